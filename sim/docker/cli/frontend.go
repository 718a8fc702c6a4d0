package cli

import (
	"github.com/spf13/pflag"

	"drydock/sim/clock"
	"drydock/sim/docker"
	"drydock/sim/machine"
)

// ContainerFlags are the flags that run and create of docker share with those of
// another command line over the same engine, such as podman.
type ContainerFlags struct{ options containerOptions }

// Declare adds those flags that both have.
func (c *ContainerFlags) Declare(f *pflag.FlagSet) {
	f.SetInterspersed(false)
	o := &c.options
	o.declareBasics(f)
	o.declareNetwork(f)
	o.declareStorage(f)
	o.declareLimits(f)
	o.declareHealth(f)
}

// Spec is what the flags and the operands ask for. Errors are about the flags.
func (c *ContainerFlags) Spec(p *machine.Process, e *docker.Engine, f *pflag.FlagSet, args []string) (docker.ContainerSpec, error) {
	return c.options.spec(&Client{Process: p, Engine: e}, f, args)
}

// Pull is --pull: always, missing, never or newer.
func (c *ContainerFlags) Pull() string { return c.options.pull }

// Quiet is --quiet.
func (c *ContainerFlags) Quiet() bool { return c.options.quiet }

// CIDFile is --cidfile.
func (c *ContainerFlags) CIDFile() string { return c.options.cidfile }

// RunAttached starts a container and stays with it until it ends, with the
// process's own streams; stdin says whether its input is connected. It returns
// the program's exit status, or the error of not starting.
func RunAttached(p *machine.Process, e *docker.Engine, ct *docker.Container, stdin bool) (int, error) {
	c := &Client{Process: p, Engine: e}
	runs := ct.Runs()
	a := c.attach(ct, true, true)
	defer a.Detach()
	if !ct.Host.TTY {
		c.forwardSignals(ct)
	}
	in := c.streams(stdin, ct.Host.TTY)
	if ct.Host.TTY {
		in.Terminal = p.Stdin.Terminal()
	}
	if err := c.Do(func(p *clock.Proc) error { return e.Start(p, ct, in) }); err != nil {
		return 0, err
	}
	status := e.WaitExit(p.Proc, ct, runs)
	if ct.Host.AutoRemove {
		e.Wait(p.Proc, ct, true)
	}
	return status, nil
}

// Follow joins the output of a container that runs already until it ends, and
// returns its exit status.
func Follow(p *machine.Process, e *docker.Engine, ct *docker.Container, stdin bool) int {
	c := &Client{Process: p, Engine: e}
	a := c.attach(ct, true, true)
	defer a.Detach()
	if stdin {
		ct.AttachInput(c.streams(true, ct.Host.TTY))
	}
	return e.WaitExit(p.Proc, ct, ct.Runs())
}

// Logs are the flags of `docker logs`, for other command lines.
type Logs struct{ options logsOptions }

// Declare adds the flags.
func (l *Logs) Declare(f *pflag.FlagSet) {
	o := &l.options
	f.BoolVarP(&o.follow, "follow", "f", false, "Follow log output")
	f.StringVar(&o.since, "since", "", "Show logs since TIMESTAMP")
	f.StringVar(&o.tail, "tail", "all", "Output the specified number of LINES at the end of the logs")
	f.BoolVarP(&o.timestamps, "timestamps", "t", false, "Output the timestamps in the log")
	f.StringVar(&o.until, "until", "", "Show logs until TIMESTAMP")
}

// Write prints a container's output.
func (l *Logs) Write(p *machine.Process, e *docker.Engine, name string) error {
	return (&Client{Process: p, Engine: e}).logs(&l.options, name)
}

// Copy is `docker cp` without words about what was copied.
func Copy(p *machine.Process, e *docker.Engine, from, to string) error {
	return (&Client{Process: p, Engine: e}).copy(from, to, false, true)
}
