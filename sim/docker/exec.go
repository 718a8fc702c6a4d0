package docker

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"drydock/sim/clock"
	"drydock/sim/machine"
)

// ExecSpec is what `docker exec` asks for.
type ExecSpec struct {
	Cmd        []string
	Env        []string // NAME=value
	WorkingDir string
	User       string
	Privileged bool
	TTY        bool
	// Terminal is the client's terminal, to be joined to the one that -t makes.
	Terminal *machine.TTY
	Stdin    machine.Source // nil is no input
	Stdout   machine.Sink
	Stderr   machine.Sink
	// Probe marks a health check.
	Probe bool
}

// Exec is a program that was started in a running container.
type Exec struct {
	ID      string
	Process *machine.Process
	spec    ExecSpec
}

// StartError says that the runtime could not start a program in a container. Its
// status is 126 or 127.
type StartError struct {
	Text   string
	Status int
}

// Error has runc's words.
func (err *StartError) Error() string { return err.Text }

// runtimeError words why a program does not start, as runc 1.4 does.
func runtimeError(err error) *StartError {
	x, ok := err.(*machine.ExecError)
	if !ok {
		return &StartError{err.Error(), 126}
	}
	text := fmt.Sprintf("exec: %q: %s", x.Name, x)
	if x.Reason == machine.NoSuchFile {
		text = fmt.Sprintf("exec: %q: stat %s: no such file or directory", x.Name, x.Name)
	}
	return &StartError{text, x.Status()}
}

// start starts a program in a container. One that is there but cannot be loaded,
// because its interpreter is missing or it is in no known format, fails only
// after runc has handed over: it prints a line and ends with 255.
func (e *Engine) start(s machine.Spec) (*machine.Process, error) {
	p, err := e.Machine.Start(s)
	if err == nil {
		return p, nil
	}
	full, missing := machine.LookPath(s.FS, s.Env, s.Dir, s.Args[0])
	var x *machine.ExecError
	if missing != nil || !errors.As(err, &x) {
		return nil, err
	}
	why := "exec format error"
	if x.Reason == machine.NoSuchFile {
		why = "no such file or directory"
	}
	s.Main = func(p *machine.Process) int {
		p.Errorf("exec %s: %s\n", full, why)
		return 255
	}
	return e.Machine.Start(s)
}

// ExecTime is how long the runtime takes to bring a program into a container.
const ExecTime = 100 * time.Millisecond

// Exec starts a program in a running container. A *StartError means that the
// program cannot be started; every other error is the daemon's.
func (e *Engine) Exec(c *Container, spec ExecSpec) (*Exec, error) {
	switch {
	case c.State.Status == "paused":
		return nil, fmt.Errorf("Container %s is paused, unpause the container before exec", c.Name)
	case c.State.Status == "restarting":
		return nil, fmt.Errorf("Container %s is restarting, wait until the container is running", c.ID)
	case c.State.Status != "running":
		return nil, fmt.Errorf("container %s is not running", c.ID)
	}
	x := &Exec{ID: e.hexID(), spec: spec}
	command := strings.Join(spec.Cmd, " ")
	attr := map[string]string{"execID": x.ID}
	c.emit("exec_create: "+command, "in "+c.Name+" a command was prepared: "+command, attr)
	started := c.emit("exec_start: "+command, "in "+c.Name+" runs: "+command, attr)
	var err error
	e.clock().Because(started, func() { x.Process, err = e.startExec(c, spec) })
	if err != nil {
		return nil, err
	}
	c.Exec++
	c.execs = append(c.execs, x)
	x.Process.Exited().Watch(func() { e.execEnded(c, x, started) })
	return x, nil
}

func (e *Engine) startExec(c *Container, spec ExecSpec) (*machine.Process, error) {
	name := spec.User
	if name == "" {
		name = c.Config.User
	}
	user, err := LookupUser(c.FS, name)
	if err != nil {
		return nil, &StartError{err.Error(), 126}
	}
	dir := spec.WorkingDir
	if dir == "" {
		dir = c.workingDir()
	}
	if n, err := c.FS.Stat(dir); err != nil || !n.IsDir() {
		return nil, &StartError{fmt.Sprintf("OCI runtime exec failed: exec failed: unable to start container process: chdir to cwd (%q) set in config.json failed: no such file or directory", dir), 127}
	}
	weight := clock.Program
	s := machine.Spec{
		Args: spec.Cmd, Env: c.environment(spec.TTY, spec.Env, user), Dir: dir, User: &user, FS: c.FS, Net: c.Net, Host: c.hostname(),
		Group: c.group, Stdin: spec.Stdin, Stdout: spec.Stdout, Stderr: spec.Stderr, Weight: &weight,
	}
	if t, ok := spec.Stdin.(*machine.TTY); ok {
		s.Stdin = newStdin(e.clock(), t)
	}
	if spec.Probe {
		weight = clock.Upkeep
	}
	if spec.TTY {
		t := e.newTTY(spec.Terminal, spec.Stdout)
		s.TTY, s.Stdin, s.Stdout, s.Stderr = t, t, t, t
	}
	p, err := e.start(s)
	if err != nil {
		failed := runtimeError(err)
		failed.Text = "OCI runtime exec failed: exec failed: unable to start container process: " + failed.Text
		return nil, failed
	}
	if s.TTY != nil {
		e.joinTTY(spec.Terminal, s.TTY, p)
	}
	return p, nil
}

func (e *Engine) execEnded(c *Container, x *Exec, started int) {
	for i, other := range c.execs {
		if other == x {
			c.execs = append(c.execs[:i:i], c.execs[i+1:]...)
			break
		}
	}
	e.clock().Because(started, func() {
		c.emit("exec_die", fmt.Sprintf("in %s the command %q ended with %d", c.Name, strings.Join(x.spec.Cmd, " "), x.Process.Status()),
			map[string]string{"execID": x.ID, "exitCode": fmt.Sprint(x.Process.Status())})
	})
}
