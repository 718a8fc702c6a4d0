package cli

import (
	"errors"
	"strings"

	"github.com/spf13/cobra"

	"drydock/sim/clock"
	"drydock/sim/docker"
)

func newStart(c *Client) *cobra.Command {
	var attach, interactive bool
	var keys, checkpoint, checkpointDir string
	cmd := &cobra.Command{
		Use: "start [OPTIONS] CONTAINER [CONTAINER...]", Short: "Start one or more stopped containers", Args: requiresMinArgs(1),
		Annotations: map[string]string{"aliases": "docker container start, docker start"},
		RunE: func(_ *cobra.Command, args []string) error {
			if attach || interactive {
				return c.startAttached(args, interactive)
			}
			return c.startAll(args)
		},
	}
	f := cmd.Flags()
	f.BoolVarP(&attach, "attach", "a", false, "Attach STDOUT/STDERR and forward signals")
	f.BoolVarP(&interactive, "interactive", "i", false, "Attach container's STDIN")
	f.StringVar(&keys, "detach-keys", "", "Override the key sequence for detaching a container")
	f.StringVar(&checkpoint, "checkpoint", "", "Restore from this checkpoint")
	f.StringVar(&checkpointDir, "checkpoint-dir", "", "Use a custom checkpoint storage directory")
	f.Lookup("checkpoint").Hidden, f.Lookup("checkpoint-dir").Hidden = true, true
	absent(f, "checkpoint", "checkpoint-dir")
	return cmd
}

func (c *Client) startAll(names []string) error {
	var failed []string
	for _, name := range names {
		err := c.withContainer(name, func(p *clock.Proc, ct *docker.Container) error { return c.Engine.Start(p, ct, docker.Streams{}) })
		if err != nil {
			c.Errorf("%s\n", err)
			failed = append(failed, name)
			continue
		}
		c.Printf("%s\n", name)
	}
	if len(failed) > 0 {
		return errors.New("failed to start containers: " + strings.Join(failed, ", "))
	}
	return nil
}

// startAttached starts one container and stays with it until it ends.
func (c *Client) startAttached(names []string, interactive bool) error {
	if len(names) > 1 {
		return errors.New("you cannot start and attach multiple containers at once")
	}
	ct, err := c.Engine.Container(names[0])
	if err != nil {
		return c.daemon(err)
	}
	if err := c.checkTTY(interactive, ct.Host.TTY); err != nil {
		return err
	}
	if ct.Running() {
		return c.stayWith(ct, interactive)
	}
	a := c.attach(ct, true, true)
	defer a.Detach()
	if !ct.Host.TTY {
		c.forwardSignals(ct)
	}
	in := c.streams(interactive && ct.Host.OpenStdin, ct.Host.TTY)
	if ct.Host.TTY {
		in.Terminal = c.Stdin.Terminal()
	}
	runs := ct.Runs()
	if err := c.Do(func(p *clock.Proc) error { return c.Engine.Start(p, ct, in) }); err != nil {
		return c.daemon(err)
	}
	return c.waitFor(ct, runs)
}

func newAttach(c *Client) *cobra.Command {
	var noStdin, sigProxy bool
	var keys string
	cmd := &cobra.Command{
		Use: "attach [OPTIONS] CONTAINER", Short: "Attach local standard input, output, and error streams to a running container", Args: exactArgs(1),
		Annotations: map[string]string{"aliases": "docker container attach, docker attach"},
	}
	f := cmd.Flags()
	f.StringVar(&keys, "detach-keys", "", "Override the key sequence for detaching a container")
	f.BoolVar(&noStdin, "no-stdin", false, "Do not attach STDIN")
	f.BoolVar(&sigProxy, "sig-proxy", true, "Proxy all received signals to the process")
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		ct, err := c.Engine.Container(args[0])
		if err != nil {
			return c.daemon(err)
		}
		switch ct.State.Status {
		case "paused":
			return errors.New("cannot attach to a paused container, unpause it first")
		case "restarting":
			return errors.New("cannot attach to a restarting container, wait until it is running")
		case "running":
		default:
			return errors.New("cannot attach to a stopped container, start it first")
		}
		if err := c.checkTTY(!noStdin && ct.Host.OpenStdin, ct.Host.TTY); err != nil {
			return err
		}
		if sigProxy && !ct.Host.TTY {
			c.forwardSignals(ct)
		}
		return c.stayWith(ct, !noStdin && ct.Host.OpenStdin)
	}
	return cmd
}

// stayWith joins the streams of a container that runs already.
func (c *Client) stayWith(ct *docker.Container, stdin bool) error {
	a := c.attach(ct, true, true)
	defer a.Detach()
	if stdin {
		ct.AttachInput(c.streams(true, ct.Host.TTY))
	}
	return c.waitFor(ct, ct.Runs())
}
