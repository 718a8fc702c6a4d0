package cli

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"drydock/sim/clock"
	"drydock/sim/docker"
	"drydock/sim/machine"
)

// each does something to every container named, prints the names of those where
// it went well, and goes on after a failure.
func (c *Client) each(names []string, do func(p *clock.Proc, ct *docker.Container) error) error {
	var errs []error
	for _, name := range names {
		err := c.withContainer(name, do)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		c.Printf("%s\n", name)
	}
	return errors.Join(errs...)
}

// withContainer lets the daemon do something to one container.
func (c *Client) withContainer(name string, do func(p *clock.Proc, ct *docker.Container) error) error {
	ct, err := c.Engine.Container(name)
	if err == nil {
		err = c.Do(func(p *clock.Proc) error { return do(p, ct) })
	}
	return c.daemon(err)
}

// graceFlags are those of stop and restart.
type graceFlags struct {
	seconds int
	signal  string
}

func (g *graceFlags) declare(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVarP(&g.signal, "signal", "s", "", "Signal to send to the container")
	f.IntVarP(&g.seconds, "timeout", "t", 0, "Seconds to wait before killing the container")
	f.IntVar(&g.seconds, "time", 0, "Seconds to wait before killing the container (deprecated: use --timeout)")
	f.Lookup("time").Hidden = true
	f.Lookup("timeout").DefValue = "0"
}

// of reads the flags for a container: how long to wait, and the signal.
func (g *graceFlags) of(cmd *cobra.Command, ct *docker.Container) (time.Duration, machine.Signal, error) {
	grace := ct.Grace()
	if cmd.Flags().Changed("timeout") || cmd.Flags().Changed("time") {
		grace = time.Duration(g.seconds) * time.Second
	}
	if g.signal == "" {
		return grace, 0, nil
	}
	sig, ok := machine.ParseSignal(g.signal)
	if !ok {
		return 0, 0, fmt.Errorf("invalid signal: %s", g.signal)
	}
	return grace, sig, nil
}

func newStop(c *Client) *cobra.Command {
	var g graceFlags
	cmd := &cobra.Command{
		Use: "stop [OPTIONS] CONTAINER [CONTAINER...]", Short: "Stop one or more running containers", Args: requiresMinArgs(1),
		Annotations: map[string]string{"aliases": "docker container stop, docker stop"},
	}
	g.declare(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		return c.each(args, func(p *clock.Proc, ct *docker.Container) error {
			grace, sig, err := g.of(cmd, ct)
			if err != nil {
				return err
			}
			return c.Engine.Stop(p, ct, grace, sig)
		})
	}
	return cmd
}

func newRestart(c *Client) *cobra.Command {
	var g graceFlags
	cmd := &cobra.Command{
		Use: "restart [OPTIONS] CONTAINER [CONTAINER...]", Short: "Restart one or more containers", Args: requiresMinArgs(1),
		Annotations: map[string]string{"aliases": "docker container restart, docker restart"},
	}
	g.declare(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		return c.each(args, func(p *clock.Proc, ct *docker.Container) error {
			grace, sig, err := g.of(cmd, ct)
			if err != nil {
				return err
			}
			if err := c.Engine.Restart(p, ct, grace, sig); err != nil {
				return fmt.Errorf("Cannot restart container %s: %w", ct.Name, err)
			}
			return nil
		})
	}
	return cmd
}

func newKill(c *Client) *cobra.Command {
	var signal string
	cmd := &cobra.Command{
		Use: "kill [OPTIONS] CONTAINER [CONTAINER...]", Short: "Kill one or more running containers", Args: requiresMinArgs(1),
		Annotations: map[string]string{"aliases": "docker container kill, docker kill"},
		RunE: func(_ *cobra.Command, args []string) error {
			var errs []error
			for _, name := range args {
				if err := c.kill(name, signal); err != nil {
					errs = append(errs, c.daemon(fmt.Errorf("cannot kill container: %s: %w", name, err)))
					continue
				}
				c.Printf("%s\n", name)
			}
			return errors.Join(errs...)
		},
	}
	cmd.Flags().StringVarP(&signal, "signal", "s", "", "Signal to send to the container")
	return cmd
}

func (c *Client) kill(name, signal string) error {
	sig := machine.SIGKILL
	if signal != "" {
		var ok bool
		if sig, ok = machine.ParseSignal(signal); !ok {
			if n, err := strconv.Atoi(signal); err == nil && n != 0 {
				return fmt.Errorf("the linux daemon does not support signal %d", n)
			}
			return fmt.Errorf("invalid signal: %s", signal)
		}
	}
	ct, err := c.Engine.Container(name)
	if err != nil {
		return err
	}
	return c.Do(func(p *clock.Proc) error { return c.Engine.Kill(p, ct, sig) })
}

func newPause(c *Client) *cobra.Command {
	return &cobra.Command{
		Use: "pause CONTAINER [CONTAINER...]", Short: "Pause all processes within one or more containers", Args: requiresMinArgs(1),
		Annotations: map[string]string{"aliases": "docker container pause, docker pause"},
		RunE: func(_ *cobra.Command, args []string) error {
			return c.each(args, func(_ *clock.Proc, ct *docker.Container) error { return c.Engine.Pause(ct) })
		},
	}
}

func newUnpause(c *Client) *cobra.Command {
	return &cobra.Command{
		Use: "unpause CONTAINER [CONTAINER...]", Short: "Unpause all processes within one or more containers", Args: requiresMinArgs(1),
		Annotations: map[string]string{"aliases": "docker container unpause, docker unpause"},
		RunE: func(_ *cobra.Command, args []string) error {
			return c.each(args, func(_ *clock.Proc, ct *docker.Container) error { return c.Engine.Unpause(ct) })
		},
	}
}

func newRename(c *Client) *cobra.Command {
	return &cobra.Command{
		Use: "rename CONTAINER NEW_NAME", Short: "Rename a container", Args: exactArgs(2),
		Annotations: map[string]string{"aliases": "docker container rename, docker rename"},
		RunE: func(_ *cobra.Command, args []string) error {
			ct, err := c.Engine.Container(strings.TrimSpace(args[0]))
			if err != nil {
				return c.daemon(err)
			}
			return c.daemon(c.Engine.Rename(ct, strings.TrimSpace(args[1])))
		},
	}
}

func newWait(c *Client) *cobra.Command {
	return &cobra.Command{
		Use: "wait CONTAINER [CONTAINER...]", Short: "Block until one or more containers stop, then print their exit codes", Args: requiresMinArgs(1),
		Annotations: map[string]string{"aliases": "docker container wait, docker wait"},
		RunE: func(_ *cobra.Command, args []string) error {
			var errs []error
			for _, name := range args {
				ct, err := c.Engine.Container(name)
				if err != nil {
					errs = append(errs, c.daemon(err))
					continue
				}
				c.Printf("%d\n", c.Engine.Wait(c.Proc, ct, false))
			}
			return errors.Join(errs...)
		},
	}
}

func newRm(c *Client) *cobra.Command {
	var force, link, volumes bool
	cmd := &cobra.Command{
		Use: "rm [OPTIONS] CONTAINER [CONTAINER...]", Short: "Remove one or more containers", Args: requiresMinArgs(1),
		Annotations: map[string]string{"aliases": "docker container rm, docker container remove, docker rm"},
	}
	f := cmd.Flags()
	f.BoolVarP(&force, "force", "f", false, "Force the removal of a running container (uses SIGKILL)")
	f.BoolVarP(&link, "link", "l", false, "Remove the specified link")
	f.BoolVarP(&volumes, "volumes", "v", false, "Remove anonymous volumes associated with the container")
	absent(f, "link")
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		var errs []error
		for _, name := range args {
			if strings.Trim(name, "/") == "" {
				errs = append(errs, errors.New("container name cannot be empty"))
				continue
			}
			ct, err := c.Engine.Container(name)
			if err != nil && force && strings.HasPrefix(err.Error(), "No such") {
				continue
			}
			if err == nil {
				err = c.Do(func(p *clock.Proc) error { return c.Engine.Remove(p, ct, force, volumes) })
			}
			if err != nil {
				errs = append(errs, c.daemon(err))
				continue
			}
			c.Printf("%s\n", name)
		}
		return errors.Join(errs...)
	}
	return cmd
}
