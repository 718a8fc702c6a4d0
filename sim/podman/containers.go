package podman

import (
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"drydock/sim/docker"
	"drydock/sim/docker/cli"
	"drydock/sim/machine"
)

// pick are the containers that -a, -l or the operands mean.
type pick struct{ all, latest, ignore bool }

func (o *pick) declare(cmd *cobra.Command) {
	f := cmd.Flags()
	f.BoolVarP(&o.all, "all", "a", false, "Act on all containers")
	f.BoolVarP(&o.latest, "latest", "l", false, "Act on the latest container podman is aware of")
	f.BoolVarP(&o.ignore, "ignore", "i", false, "Ignore errors when a specified container is missing")
}

func (c *client) picked(o *pick, args []string, keep func(*docker.Container) bool) ([]string, error) {
	switch {
	case o.all:
		var names []string
		for _, ct := range c.store.Engine.Containers() {
			if keep == nil || keep(ct) {
				names = append(names, ct.ID)
			}
		}
		return names, nil
	case o.latest:
		list := c.store.Engine.Containers()
		if len(list) == 0 {
			return nil, errors.New("no containers found: no such container")
		}
		return []string{list[len(list)-1].ID}, nil
	case len(args) == 0:
		return nil, fmt.Errorf("you must provide at least one name or id")
	}
	return args, nil
}

// simple makes a command that does one thing to containers and prints their names.
func simple(use string, status int, keep func(*docker.Container) bool, do func(c *client, ct *docker.Container) error) func(c *client) *cobra.Command {
	return func(c *client) *cobra.Command {
		var o pick
		cmd := &cobra.Command{Use: use + " [options] CONTAINER [CONTAINER...]"}
		o.declare(cmd)
		cmd.RunE = func(_ *cobra.Command, args []string) error {
			names, err := c.picked(&o, args, keep)
			if err != nil {
				return err
			}
			return c.each(names, func(name string) error {
				ct, err := c.store.container(name, status)
				if err != nil && o.ignore {
					return nil
				}
				if err == nil {
					err = do(c, ct)
				}
				if err == nil {
					c.Printf("%s\n", name)
				}
				return err
			})
		}
		return cmd
	}
}

func running(ct *docker.Container) bool { return ct.State.Status == "running" }

func pauseContainer(c *client, ct *docker.Container) error {
	if !running(ct) {
		return fmt.Errorf("%q is not running, can't pause: container state improper", ct.State.Status)
	}
	return c.store.Engine.Pause(ct)
}

func unpauseContainer(c *client, ct *docker.Container) error {
	if ct.State.Status != "paused" {
		return fmt.Errorf("%q is not paused, can't unpause: container state improper", ct.ID)
	}
	return c.store.Engine.Unpause(ct)
}

func newStart(c *client) *cobra.Command {
	var o pick
	var attach, interactive bool
	cmd := &cobra.Command{Use: "start [options] CONTAINER [CONTAINER...]"}
	o.declare(cmd)
	cmd.Flags().Lookup("ignore").Shorthand = ""
	cmd.Flags().Bool("interactive", false, "Make STDIN available to the contained process")
	cmd.Flags().BoolVar(&attach, "attach", false, "Attach container's STDOUT and STDERR")
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		names, err := c.picked(&o, args, func(ct *docker.Container) bool { return !ct.Running() })
		if err != nil {
			return err
		}
		return c.each(names, func(name string) error {
			ct, err := c.store.container(name, 125)
			if err != nil {
				return err
			}
			if attach {
				status, err := cli.RunAttached(c.Process, c.store.Engine, ct, interactive)
				if err != nil {
					return c.startError(err)
				}
				return exitStatus(status)
			}
			if err := c.start(ct); err != nil {
				return fail(125, "unable to start container %q: %s", ct.ID, err)
			}
			c.Printf("%s\n", name)
			return nil
		})
	}
	return cmd
}

// stopOptions are those of stop, restart and rm -t.
type stopOptions struct{ seconds int }

func (o *stopOptions) grace(ct *docker.Container) time.Duration {
	if o.seconds >= 0 {
		return time.Duration(o.seconds) * time.Second
	}
	return ct.Grace()
}

// stop ends a container and says when that took force.
func (c *client) stop(ct *docker.Container, grace time.Duration) error {
	if ct.State.Status == "paused" {
		return fmt.Errorf("container %s is running or paused, refusing to clean up: container state improper", ct.ID)
	}
	if !ct.Running() {
		return nil
	}
	began := c.Now()
	if err := c.store.Engine.Stop(c.Proc, ct, grace, 0); err != nil {
		return err
	}
	if grace > 0 && c.Now().Sub(began) >= grace && ct.State.ExitCode == 137 {
		signal := ct.Config.StopSignal
		if signal == "" {
			signal = "SIGTERM"
		}
		c.warn("StopSignal %s failed to stop container %s in %d seconds, resorting to SIGKILL", signal, ct.Name, int(grace.Seconds()))
	}
	return nil
}

func newStop(c *client) *cobra.Command {
	var o pick
	s := stopOptions{}
	cmd := &cobra.Command{Use: "stop [options] CONTAINER [CONTAINER...]"}
	o.declare(cmd)
	cmd.Flags().IntVarP(&s.seconds, "time", "t", -1, "Seconds to wait for stop before killing the container")
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		names, err := c.picked(&o, args, running)
		if err != nil {
			return err
		}
		return c.each(names, func(name string) error {
			ct, err := c.store.container(name, 125)
			if err != nil && o.ignore {
				return nil
			}
			if err == nil {
				err = c.stop(ct, s.grace(ct))
			}
			if err == nil {
				c.Printf("%s\n", name)
			}
			return err
		})
	}
	return cmd
}

func newRestart(c *client) *cobra.Command {
	var o pick
	s := stopOptions{}
	cmd := &cobra.Command{Use: "restart [options] CONTAINER [CONTAINER...]"}
	o.declare(cmd)
	cmd.Flags().IntVarP(&s.seconds, "time", "t", -1, "Seconds to wait for stop before killing the container")
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		names, err := c.picked(&o, args, nil)
		if err != nil {
			return err
		}
		return c.each(names, func(name string) error {
			ct, err := c.store.container(name, 125)
			if err == nil {
				err = c.stop(ct, s.grace(ct))
			}
			if err == nil {
				err = c.start(ct)
			}
			if err == nil {
				c.Printf("%s\n", name)
			}
			return err
		})
	}
	return cmd
}

func newKill(c *client) *cobra.Command {
	var o pick
	var signal string
	cmd := &cobra.Command{Use: "kill [options] CONTAINER [CONTAINER...]"}
	o.declare(cmd)
	cmd.Flags().StringVarP(&signal, "signal", "s", "KILL", "Signal to send to the container")
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		sig, ok := machine.ParseSignal(signal)
		if !ok {
			return fmt.Errorf("invalid signal: %s", signal)
		}
		names, err := c.picked(&o, args, running)
		if err != nil {
			return err
		}
		return c.each(names, func(name string) error {
			ct, err := c.store.container(name, 125)
			if err != nil {
				return err
			}
			if !ct.Running() {
				return fmt.Errorf("can only kill running containers. %s is in state %s: container state improper", ct.ID, state(ct))
			}
			if err := c.store.Engine.Kill(c.Proc, ct, sig); err != nil {
				return err
			}
			c.Printf("%s\n", name)
			return nil
		})
	}
	return cmd
}

func newRm(c *client) *cobra.Command {
	var o pick
	var force, volumes, depend bool
	s := stopOptions{}
	cmd := &cobra.Command{Use: "rm [options] CONTAINER [CONTAINER...]"}
	o.declare(cmd)
	f := cmd.Flags()
	f.BoolVarP(&force, "force", "f", false, "Force removal of a running or unusable container")
	f.BoolVarP(&volumes, "volumes", "v", false, "Remove anonymous volumes associated with the container")
	f.BoolVar(&depend, "depend", false, "Remove container and all containers that depend on the selected container")
	f.IntVarP(&s.seconds, "time", "t", -1, "Seconds to wait for stop before killing the container")
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		names, err := c.picked(&o, args, nil)
		if err != nil {
			return err
		}
		return c.each(names, func(name string) error { return c.remove(name, force, force && o.ignore || o.ignore, volumes, s) })
	}
	return cmd
}

func (c *client) remove(name string, force, ignore, volumes bool, s stopOptions) error {
	ct, err := c.store.container(name, 1)
	if err != nil {
		if w := c.store.workingNamed(name); w != nil {
			c.store.dropWorking(w)
			c.Printf("%s\n", name)
			return nil
		}
		if force || ignore {
			return nil
		}
		return err
	}
	if (ct.Running()) && !force {
		return fail(2, "cannot remove container %s as it is %s - running or paused containers cannot be removed without force: container state improper", ct.ID, state(ct))
	}
	if running(ct) {
		if err := c.stop(ct, s.grace(ct)); err != nil {
			return err
		}
	}
	if err := c.store.Engine.Remove(c.Proc, ct, true, true); err != nil {
		return err
	}
	c.store.leavePod(ct)
	c.Printf("%s\n", name)
	return nil
}
