// Bench measures what no Go benchmark can: how long drydock takes from the start
// of the process to its first frame, next to a bare Bubble Tea and Glamour
// program in the same run; what it writes while idle; how large the binary is.
//
//	go run ./internal/bench        on Linux, from the top of the project
package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"time"
)

// rounds is how often each program is started; the medians are compared.
const rounds = 21

// idle is how long the programs are left alone, after which nothing should have
// been written.
const idle = 5 * time.Second

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run() error {
	dir, err := os.MkdirTemp("", "drydock-bench")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	bare, drydock := filepath.Join(dir, "bare"), filepath.Join(dir, "drydock")
	for binary, source := range map[string]string{bare: "./internal/bench/bare", drydock: "."} {
		cmd := exec.Command("go", "build", "-ldflags=-s -w", "-o", binary, source)
		cmd.Stderr = os.Stderr
		if err := cmd.Run(); err != nil {
			return fmt.Errorf("go build %s: %w", source, err)
		}
	}
	info, err := os.Stat(drydock)
	if err != nil {
		return err
	}
	fmt.Printf("stripped binary            %6.1f MB\n", float64(info.Size())/1e6)
	state := "--state=" + filepath.Join(dir, "state")
	return compare(map[string][]string{"bare": {bare}, "start": {drydock, state}, "lesson": {drydock, state, "1.1"}})
}

// compare starts the programs in turn, so that a busy moment hits all alike.
func compare(programs map[string][]string) error {
	times := map[string][]time.Duration{}
	names := []string{"bare", "start", "lesson"}
	for range rounds {
		for _, name := range names {
			d, _, err := firstFrame(0, programs[name][0], programs[name][1:]...)
			if err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
			times[name] = append(times[name], d)
		}
	}
	base := median(times["bare"])
	fmt.Printf("process start to first full frame, %d × %d, median of %d:\n", columns, rows, rounds)
	for _, name := range names {
		m := median(times[name])
		fmt.Printf("  %-24s %6.1f ms   %4.2f × bare\n", name, float64(m.Microseconds())/1e3, float64(m)/float64(base))
	}
	for _, name := range []string{"start", "lesson"} {
		_, written, err := firstFrame(idle, programs[name][0], programs[name][1:]...)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		fmt.Printf("idle for %s, %-12s %6d bytes written\n", idle, name, written)
	}
	return nil
}

func median(all []time.Duration) time.Duration {
	slices.Sort(all)
	return all[len(all)/2]
}
