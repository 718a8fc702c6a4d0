package cli

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"drydock/sim/clock"
	"drydock/sim/docker"
	"drydock/sim/image"
	"drydock/sim/machine"
)

func newRun(c *Client) *cobra.Command {
	o := &containerOptions{}
	var detach, sigProxy bool
	var keys string
	cmd := &cobra.Command{
		Use: "run [OPTIONS] IMAGE [COMMAND] [ARG...]", Short: "Create and run a new container from an image", Args: requiresMinArgs(1),
		Annotations: map[string]string{"operands": "program", "aliases": "docker container run, docker run"},
	}
	f := cmd.Flags()
	o.declare(f)
	f.BoolVarP(&detach, "detach", "d", false, "Run container in background and print container ID")
	f.BoolVar(&sigProxy, "sig-proxy", true, "Proxy received signals to the process")
	f.StringVar(&keys, "detach-keys", "", "Override the key sequence for detaching a container")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		spec, err := o.spec(c, cmd.Flags(), args)
		if err == nil {
			err = o.checkPull()
		}
		if err != nil {
			return StatusError{withHelp(err, "run"), 125}
		}
		return c.run(o, spec, detach, sigProxy)
	}
	return cmd
}

func newCreate(c *Client) *cobra.Command {
	o := &containerOptions{}
	cmd := &cobra.Command{
		Use: "create [OPTIONS] IMAGE [COMMAND] [ARG...]", Short: "Create a new container", Args: requiresMinArgs(1),
		Annotations: map[string]string{"operands": "program", "aliases": "docker container create, docker create"},
	}
	o.declare(cmd.Flags())
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		spec, err := o.spec(c, cmd.Flags(), args)
		if err == nil {
			err = o.checkPull()
		}
		if err != nil {
			return StatusError{withHelp(err, "create"), 125}
		}
		spec.Host.Attach = [3]bool{o.interactive, true, true}
		ct, err := c.create(o, spec)
		if err != nil {
			return err
		}
		c.Printf("%s\n", ct.ID)
		return nil
	}
	return cmd
}

func (o *containerOptions) checkPull() error {
	switch o.pull {
	case "always", "missing", "never", "":
		return nil
	}
	return fmt.Errorf("invalid pull option: '%s': must be one of \"always\", \"missing\" or \"never\"", o.pull)
}

// create makes the container, pulling the image when it is missing. Its errors
// already say whose they are.
func (c *Client) create(o *containerOptions, spec docker.ContainerSpec) (*docker.Container, error) {
	if o.cidfile != "" && c.FS.Exists(c.Abs(o.cidfile)) {
		return nil, fmt.Errorf("container ID file found, make sure the other container isn't running or delete %s", o.cidfile)
	}
	norm := spec.Image
	if _, err := c.Engine.Image(spec.Image); err != nil || o.pull == "always" {
		if norm, err = image.Normalise(spec.Image); err != nil {
			return nil, err
		}
	}
	if o.pull == "always" {
		if err := c.pullFor(o, norm); err != nil {
			return nil, err
		}
	}
	ct, err := c.createNow(spec)
	var missing docker.NotFound
	if errors.As(err, &missing) && (o.pull == "missing" || o.pull == "") && imageMissing(c, spec.Image) {
		if !o.quiet {
			c.Errorf("Unable to find image '%s' locally\n", image.Familiar(norm))
		}
		if err := c.pullFor(o, norm); err != nil {
			return nil, err
		}
		ct, err = c.createNow(spec)
	}
	if err != nil {
		return nil, c.daemon(err)
	}
	if o.cidfile != "" {
		if err := c.WriteFile(o.cidfile, []byte(ct.ID)); err != nil {
			return nil, fmt.Errorf("failed to write the container ID to the file: open %s: %w", o.cidfile, err)
		}
	}
	return ct, nil
}

func imageMissing(c *Client, ref string) bool { _, err := c.Engine.Image(ref); return err != nil }

func (c *Client) createNow(spec docker.ContainerSpec) (ct *docker.Container, err error) {
	err = c.Do(func(p *clock.Proc) error { ct, err = c.Engine.Create(p, spec); return err })
	return ct, err
}

func (c *Client) pullFor(o *containerOptions, ref string) error {
	var out io.Writer = c.Stderr
	if o.quiet {
		out = machine.Discard()
	}
	_, err := c.Engine.PullPlatform(c.Process, ref, o.platform, out, o.quiet)
	if err != nil {
		return c.stream(err)
	}
	return nil
}

// run is `docker run`.
func (c *Client) run(o *containerOptions, spec docker.ContainerSpec, detach, sigProxy bool) error {
	in, out, errs := o.interactive, true, true
	if len(o.attach) > 0 {
		has := func(name string) bool {
			for _, a := range o.attach {
				if strings.EqualFold(a, name) {
					return true
				}
			}
			return false
		}
		in, out, errs = has("stdin"), has("stdout"), has("stderr")
	}
	if detach {
		if len(o.attach) > 0 {
			return errors.New("conflicting options: cannot specify both --attach and --detach")
		}
		in, out, errs = false, false, false
	} else if err := c.checkTTY(in, o.tty); err != nil {
		return err
	}
	spec.Host.Attach = [3]bool{in, out, errs}
	ct, err := c.create(o, spec)
	if err != nil {
		return runError(err)
	}
	if detach {
		err := c.Do(func(p *clock.Proc) error { return c.Engine.Start(p, ct, docker.Streams{}) })
		c.Printf("%s\n", ct.ID)
		if err != nil {
			return runError(c.daemon(err))
		}
		return nil
	}
	runs := ct.Runs()
	a := c.attach(ct, out, errs)
	defer a.Detach()
	if sigProxy && !o.tty {
		c.forwardSignals(ct)
	}
	if err := c.Do(func(p *clock.Proc) error { return c.Engine.Start(p, ct, c.streams(in, o.tty)) }); err != nil {
		return runError(c.daemon(err))
	}
	return c.waitFor(ct, runs)
}

// checkTTY refuses -it without a terminal.
func (c *Client) checkTTY(attachStdin, tty bool) error {
	if tty && attachStdin && c.Stdin.Terminal() == nil {
		return errors.New("cannot attach stdin to a TTY-enabled container because stdin is not a terminal")
	}
	return nil
}

// attach shows the container's output here.
func (c *Client) attach(ct *docker.Container, out, errs bool) *docker.Attachment {
	var stdout, stderr machine.Sink
	if out {
		stdout = c.Stdout
	}
	if errs {
		stderr = c.Stderr
	}
	return ct.Attach(stdout, stderr)
}

// streams are the client's own, for a container that it starts attached.
func (c *Client) streams(stdin, tty bool) docker.Streams {
	var s docker.Streams
	if stdin {
		s.Stdin = c.Stdin.Source()
		if tty {
			s.Terminal = c.Stdin.Terminal()
		}
	}
	return s
}

// forwardSignals hands what the client is sent on to the container's program. The
// third interrupt ends the client itself.
func (c *Client) forwardSignals(ct *docker.Container) {
	interrupts := 0
	c.OnSignal = func(sig machine.Signal) bool {
		switch sig {
		case machine.SIGCHLD, machine.SIGPIPE, machine.SIGURG, machine.SIGWINCH:
			return false
		case machine.SIGINT, machine.SIGTERM:
			if interrupts++; interrupts >= 3 {
				c.Errorf("\ngot 3 SIGTERM/SIGINTs, forcefully exiting\n")
				c.Exit(1)
				return true
			}
		}
		if init := ct.Init(); init != nil {
			c.Engine.Signal(ct, sig)
			return true
		}
		return false
	}
}

// waitFor waits for the end of a run of a container that the client is attached
// to, and of the container with --rm, and makes its exit status the client's.
// runs is how many had ended before.
func (c *Client) waitFor(ct *docker.Container, runs int) error {
	status := c.Engine.WaitExit(c.Proc, ct, runs)
	if ct.Host.AutoRemove {
		c.Engine.Wait(c.Proc, ct, true)
	}
	if status != 0 {
		return StatusError{StatusCode: status}
	}
	return nil
}
