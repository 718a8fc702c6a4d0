package main

import (
	"fmt"
	"os"
	"os/exec"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// The screen that programs are measured on.
const (
	columns = 120
	rows    = 36
)

// leastFrame is how many bytes a frame has at least: more than the queries and
// modes that a program begins with.
const leastFrame = 400

// quiet is how long a program writes nothing once its first frame is complete.
const quiet = 80 * time.Millisecond

// firstFrame starts a program on a terminal of its own that answers no queries
// and returns the time from its start to the last byte of its first frame. If
// idle is not 0 it goes on for as long and also returns what was written then.
func firstFrame(idle time.Duration, program string, args ...string) (frame time.Duration, written int, err error) {
	near, far, err := openTerminal()
	if err != nil {
		return 0, 0, err
	}
	defer near.Close()
	cmd := exec.Command(program, args...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = far, far, far
	cmd.Env = append(os.Environ(), "TERM=xterm-256color", "COLORTERM=truecolor", "NO_COLOR=", "ACCESSIBLE=")
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	start := time.Now()
	if err := cmd.Start(); err != nil {
		return 0, 0, err
	}
	far.Close()
	frame, err = lastByte(near, start)
	if err == nil && idle > 0 {
		written, err = count(near, idle)
	}
	_ = cmd.Process.Kill()
	_ = cmd.Wait()
	return frame, written, err
}

// count is how many bytes come within a time.
func count(near *os.File, within time.Duration) (int, error) {
	total, buf := 0, make([]byte, 64<<10)
	for end := time.Now().Add(within); ; {
		left := time.Until(end)
		if left <= 0 {
			return total, nil
		}
		fds := []unix.PollFd{{Fd: int32(near.Fd()), Events: unix.POLLIN}}
		n, err := unix.Poll(fds, int(left.Milliseconds())+1)
		if err != nil && err != unix.EINTR {
			return total, err
		}
		if n > 0 {
			got, err := unix.Read(int(near.Fd()), buf)
			if err != nil {
				return total, err
			}
			total += got
		}
	}
}

// lastByte reads until nothing has come for a while, and tells when the last came.
func lastByte(near *os.File, start time.Time) (time.Duration, error) {
	var last time.Duration
	total := 0
	buf := make([]byte, 64<<10)
	for {
		wait := quiet
		if total < leastFrame {
			wait = 5 * time.Second // not a frame yet
		}
		fds := []unix.PollFd{{Fd: int32(near.Fd()), Events: unix.POLLIN}}
		n, err := unix.Poll(fds, int(wait.Milliseconds()))
		if err == unix.EINTR {
			continue
		}
		if err != nil {
			return 0, err
		}
		if n == 0 {
			if total < leastFrame {
				return 0, fmt.Errorf("no frame within 5 s, only %d bytes", total)
			}
			return last, nil
		}
		got, err := unix.Read(int(near.Fd()), buf)
		if err != nil {
			return 0, fmt.Errorf("the program ended after %d bytes", total)
		}
		total += got
		last = time.Since(start)
	}
}

// openTerminal makes a pseudo-terminal: the near end is ours, the far end the program's.
func openTerminal() (near, far *os.File, err error) {
	near, err = os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		return nil, nil, err
	}
	fd := int(near.Fd())
	if err := unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0); err != nil {
		return nil, nil, err
	}
	n, err := unix.IoctlGetInt(fd, unix.TIOCGPTN)
	if err != nil {
		return nil, nil, err
	}
	if err := unix.IoctlSetWinsize(fd, unix.TIOCSWINSZ, &unix.Winsize{Row: rows, Col: columns}); err != nil {
		return nil, nil, err
	}
	far, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", n), os.O_RDWR|unix.O_NOCTTY, 0)
	return near, far, err
}
