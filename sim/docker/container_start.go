package docker

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"drydock/sim/clock"
	"drydock/sim/machine"
)

// How long the engine takes, measured on a two-core machine.
const (
	createTime  = 40 * time.Millisecond
	startTime   = 160 * time.Millisecond
	startedTime = 60 * time.Millisecond // from the program's first step to the answer
	removeTime  = 30 * time.Millisecond
	stoppedTime = 110 * time.Millisecond // from the end of the program to the answer
)

// Streams are where a container's standard streams lead for the client that
// starts it.
type Streams struct {
	Stdin    machine.Source // nil: nothing is connected
	Terminal *machine.TTY   // the client's, joined to the container's own with -t
}

// Start starts a container that does not run; one that runs is left alone.
func (e *Engine) Start(p *clock.Proc, c *Container, in Streams) error {
	switch c.State.Status {
	case "running":
		return nil
	case "paused":
		return errors.New("cannot start a paused container, try unpause instead")
	case "removing", "dead":
		return errors.New("container is marked for removal and cannot be started")
	}
	c.restart.Stop()
	c.State.ByHand, c.State.Restarts, c.backoff = false, 0, 0
	p.Sleep(takes(startTime, e.Flavour.Start))
	if c.Running() {
		return nil
	}
	if err := e.launch(c, in); err != nil {
		if c.Host.AutoRemove {
			e.drop(c, true)
		}
		return err
	}
	if e.Flavour.Start == 0 {
		p.Sleep(startedTime)
	}
	return nil
}

// launch makes the container run, or explains in its state why it does not.
func (e *Engine) launch(c *Container, in Streams) error {
	err := e.connect(c)
	if err == nil {
		e.writeHostFiles(c)
		err = e.spawn(c, in)
	} else if c.State.ExitCode == 0 {
		c.State.ExitCode = 128
	}
	if err != nil {
		if c.sharesNet() {
			c.Net = nil
		}
		e.disconnect(c)
		c.State.Error = err.Error()
		var failed *StartError
		if errors.As(err, &failed) {
			c.State.ExitCode = failed.Status
		}
		c.emit("start-failed", fmt.Sprintf("%s could not be started: %s", c.Name, err), nil)
		c.touch()
		return err
	}
	c.State.Status, c.State.Error, c.State.ExitCode, c.State.OOMKilled = "running", "", 0, false
	c.State.Started = e.now()
	c.volumeEvents("mount")
	c.blame = c.emit("start", c.Name+" was started", nil)
	e.watchHealth(c)
	c.touch()
	return nil
}

func (c *Container) sharesNet() bool {
	return c.given != nil || c.Host.NetworkMode == "host" || strings.HasPrefix(c.Host.NetworkMode, "container:")
}

// spawn starts the first process.
func (e *Engine) spawn(c *Container, in Streams) error {
	user, err := LookupUser(c.FS, c.Config.User)
	if err != nil {
		return err
	}
	if err := e.checkBinds(c); err != nil {
		return err
	}
	c.FS.ReadOnly = c.Host.ReadonlyRootfs
	c.group = c.newGroup()
	c.stdin, c.tty = nil, nil
	weight := clock.Program
	s := machine.Spec{
		Args: append([]string{c.Path}, c.Args...), Env: c.environment(c.Host.TTY, nil, user), Dir: c.workingDir(), User: &user,
		FS: c.FS, Net: c.Net, Host: c.hostname(), Group: c.group, Stdout: c.sink(false), Stderr: c.sink(true), Weight: &weight,
	}
	if c.Host.OpenStdin {
		c.stdin = newStdin(e.clock(), in.Stdin)
		s.Stdin = c.stdin
	}
	if c.Host.TTY {
		c.tty = e.newTTY(in.Terminal, s.Stdout)
		s.TTY, s.Stdout, s.Stderr = c.tty, c.tty, c.tty
		s.Stdin = c.tty
	}
	if c.Host.Init {
		s = e.withInit(s)
	}
	init, err := e.start(s)
	if err != nil {
		failed := runtimeError(err)
		failed.Text = "failed to create task for container: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: error during container init: " + failed.Text
		return failed
	}
	c.init = init
	if c.tty != nil {
		c.tty.Foreground = []*machine.Process{init}
		e.joinTTY(in.Terminal, c.tty, init)
	}
	init.Exited().Watch(func() {
		if c.init == init {
			e.ended(c, init.Status())
		}
	})
	return nil
}

// withInit puts docker-init (tini) before the program: it hands signals on, so
// that a program without handlers ends on the first SIGTERM.
func (e *Engine) withInit(s machine.Spec) machine.Spec {
	inner := s
	inner.Group, inner.Main = nil, nil
	s.Main = func(p *machine.Process) int {
		child, err := p.Spawn(machine.Spec{Args: inner.Args, Env: inner.Env})
		if err != nil {
			p.Errorf("[FATAL tini (%d)] exec %s failed: %s\n", p.LocalPID, inner.Args[0], kernelWords(err))
			return 127
		}
		p.OnSignal = func(sig machine.Signal) bool { child.Signal(sig); return true }
		return p.WaitChild(child)
	}
	s.Args = append([]string{"/sbin/docker-init", "--"}, s.Args...)
	return s
}

// kernelWords is the reason of an ExecError as strerror says it.
func kernelWords(err error) string {
	var x *machine.ExecError
	if errors.As(err, &x) && x.Status() == 126 {
		return "Permission denied"
	}
	return "No such file or directory"
}
