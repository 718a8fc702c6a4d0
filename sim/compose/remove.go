package compose

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"drydock/sim/clock"
	"drydock/sim/docker"
	"drydock/sim/machine"
)

func newRm(b *backend) *cobra.Command {
	var force, stop, volumes bool
	cmd := &cobra.Command{
		Use: "rm [OPTIONS] [SERVICE...]", Short: "Removes stopped service containers",
		Long: "Removes stopped service containers\n\nBy default, anonymous volumes attached to containers will not be removed. You\ncan override this with -v. To list all volumes, use \"docker volume ls\".\n\nAny data which is not in a volume will be lost.",
		RunE: func(_ *cobra.Command, services []string) error { return b.rm(services, force, stop, volumes) },
	}
	f := cmd.Flags()
	f.BoolVarP(&force, "force", "f", false, "Don't ask to confirm removal")
	f.BoolVarP(&stop, "stop", "s", false, "Stop the containers, if required, before removing")
	f.BoolVarP(&volumes, "volumes", "v", false, "Remove any anonymous volumes attached to containers")
	f.BoolP("all", "a", false, "Deprecated - no effect")
	hide(f, "all")
	return cmd
}

func (b *backend) rm(services []string, force, stop, volumes bool) error {
	pr, name, err := b.projectOrName(services...)
	if err != nil {
		return err
	}
	if stop {
		err := b.operation("stop", func() error { return b.stop(b.Proc, pr, name, services, nil) })
		if err != nil {
			return err
		}
	}
	list := b.containers(name, withoutOneOff, true, services...)
	list = slices.DeleteFunc(list, func(c *docker.Container) bool {
		if pr != nil {
			if _, ok := pr.Services[serviceOf(c)]; !ok {
				return true
			}
		}
		return c.Running() || c.State.Status == "restarting"
	})
	if len(list) == 0 {
		b.Errorf("No stopped containers\n")
		return nil
	}
	var names []string
	for _, c := range list {
		names = append(names, c.Name)
	}
	question := "Going to remove " + strings.Join(names, ", ")
	if force {
		b.Printf("%s\n", question)
	} else if !b.ask(question) {
		return nil
	}
	return b.operation("remove", func() error {
		return together(b.Proc, list, func(p *clock.Proc, c *docker.Container) error {
			b.tell(eventName(c), working, "Removing")
			err := b.engineDo(p, func(p *clock.Proc) error { return b.Engine.Remove(p, c, force, volumes) })
			if err == nil {
				b.tell(eventName(c), done, "Removed")
			}
			return err
		})
	})
}

// ask puts a yes-or-no question. Without a terminal it is only printed, and the
// answer is read from the input; no is the default.
func (b *backend) ask(question string) bool {
	if b.Stdin.Terminal() != nil {
		b.Printf("? %s (y/N) ", question)
	} else {
		b.Printf("%s\n", question)
	}
	line, err := b.Stdin.ReadLine()
	answer := strings.ToLower(strings.TrimSpace(line))
	return err == nil && (answer == "y" || answer == "yes" || answer == "true" || answer == "1")
}

func newKill(b *backend) *cobra.Command {
	var orphans bool
	var word string
	cmd := &cobra.Command{Use: "kill [OPTIONS] [SERVICE...]", Short: "Force stop service containers"}
	f := cmd.Flags()
	f.BoolVar(&orphans, "remove-orphans", false, "Remove containers for services not defined in the Compose file")
	f.StringVarP(&word, "signal", "s", "SIGKILL", "SIGNAL to send to the container")
	cmd.RunE = func(_ *cobra.Command, services []string) error {
		pr, name, err := b.projectOrName(services...)
		if err != nil {
			return err
		}
		list := b.containers(name, withOneOff, false, services...)
		if !orphans && pr != nil {
			list = ofService(list, sortedServices(pr)...)
		}
		if len(list) == 0 {
			b.Errorf("No container to kill\n")
			return nil
		}
		return b.operation("kill", func() error {
			return together(b.Proc, list, func(p *clock.Proc, c *docker.Container) error { return b.kill(p, c, word) })
		})
	}
	return cmd
}

func (b *backend) kill(p *clock.Proc, c *docker.Container, word string) error {
	b.tell(eventName(c), working, "Killing")
	sig, ok := machine.ParseSignal(word)
	err := daemon(fmt.Errorf("invalid signal: %s", word))
	if ok {
		err = b.engineDo(p, func(p *clock.Proc) error { return b.Engine.Kill(p, c, sig) })
	}
	if err != nil {
		b.tell(eventName(c), failed, "Error", "Error while Killing")
		return err
	}
	b.tell(eventName(c), done, "Killed")
	return nil
}

func newPause(b *backend) *cobra.Command {
	return &cobra.Command{Use: "pause [SERVICE...]", Short: "Pause services", RunE: func(_ *cobra.Command, services []string) error {
		return b.each("pause", services, "Paused", func(c *docker.Container) error { return b.Engine.Pause(c) })
	}}
}

func newUnpause(b *backend) *cobra.Command {
	return &cobra.Command{Use: "unpause [SERVICE...]", Short: "Unpause services", RunE: func(_ *cobra.Command, services []string) error {
		return b.each("unpause", services, "Unpaused", func(c *docker.Container) error { return b.Engine.Unpause(c) })
	}}
}

// each does something to every running container of services.
func (b *backend) each(operation string, services []string, word string, do func(c *docker.Container) error) error {
	pr, name, err := b.projectOrName(services...)
	if err != nil {
		return err
	}
	list := b.containers(name, withoutOneOff, false, services...)
	if pr != nil {
		list = ofService(list, sortedServices(pr)...)
	}
	return b.operation(operation, func() error {
		return together(b.Proc, list, func(p *clock.Proc, c *docker.Container) error {
			err := b.engineDo(p, func(*clock.Proc) error { return do(c) })
			if err == nil {
				b.tell(eventName(c), done, word)
			}
			return err
		})
	})
}

func newWait(b *backend) *cobra.Command {
	var down bool
	cmd := &cobra.Command{
		Use: "wait SERVICE [SERVICE...] [OPTIONS]", Short: "Block until containers of all (or specified) services stop.",
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return fmt.Errorf("docker: '%s' requires at least 1 argument\n\nUsage:  %s\n\nSee '%[1]s --help' for more information", cmd.CommandPath(), cmd.UseLine())
			}
			return nil
		},
	}
	cmd.Flags().BoolVar(&down, "down-project", false, "Drops project when the first container stops")
	cmd.RunE = func(_ *cobra.Command, services []string) error {
		pr, name, err := b.projectOrName()
		if err != nil {
			return err
		}
		list := b.containers(name, withoutOneOff, false, services...)
		if len(list) == 0 {
			return fmt.Errorf("no containers for project %q", name)
		}
		status := 0
		g := newGroup(b.Proc)
		for _, c := range list {
			g.do("wait", func(p *clock.Proc) error {
				status = b.Engine.Wait(p, c, false)
				b.Printf("container %q exited with status code %d\n", c.ID, status)
				if down {
					g.cancel()
				}
				return nil
			})
		}
		if err := g.wait(); err != nil {
			return err
		}
		if down {
			if err := b.down(pr, name, nil, downOptions{orphans: true}); err != nil {
				return err
			}
		}
		if status != 0 {
			return exitStatus(status)
		}
		return nil
	}
	return cmd
}
