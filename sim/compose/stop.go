package compose

import (
	"slices"
	"time"

	"github.com/compose-spec/compose-go/v2/types"
	"github.com/spf13/cobra"

	"drydock/sim/clock"
	"drydock/sim/docker"
)

func newStop(b *backend) *cobra.Command {
	var seconds int
	cmd := &cobra.Command{Use: "stop [OPTIONS] [SERVICE...]", Short: "Stop services"}
	cmd.Flags().IntVarP(&seconds, "timeout", "t", 0, "Specify a shutdown timeout in seconds")
	cmd.RunE = func(cmd *cobra.Command, services []string) error {
		pr, name, err := b.projectOrName(services...)
		if err != nil {
			return err
		}
		return b.operation("stop", func() error { return b.stop(b.Proc, pr, name, services, grace(cmd, seconds)) })
	}
	return cmd
}

// stop stops services, those that need others first.
func (b *backend) stop(p *clock.Proc, pr *types.Project, name string, services []string, timeout *time.Duration) error {
	list := b.containers(name, withoutOneOff, true)
	if pr == nil {
		pr = b.projectOf(name, list)
	}
	return inReverse(p, pr, func(p *clock.Proc, service string) error {
		if len(services) > 0 && !slices.Contains(services, service) {
			return nil
		}
		return together(p, ofService(list, service), func(p *clock.Proc, c *docker.Container) error {
			return b.stopContainer(p, c, pr.Services[service].PreStop, timeout)
		})
	})
}

// stopContainer stops a container after its pre_stop commands.
func (b *backend) stopContainer(p *clock.Proc, c *docker.Container, hooks []types.ServiceHook, timeout *time.Duration) error {
	b.tell(eventName(c), working, "Stopping")
	if err := b.runHooks(p, c, serviceOf(c), hooks); err != nil {
		return err
	}
	if err := b.stopNow(p, c, timeout); err != nil {
		b.tell(eventName(c), failed, "Error", "Error while Stopping")
		return err
	}
	b.tell(eventName(c), done, "Stopped")
	return nil
}

func (b *backend) stopNow(p *clock.Proc, c *docker.Container, timeout *time.Duration) error {
	limit := c.Grace()
	if timeout != nil {
		limit = *timeout
	}
	return b.engineDo(p, func(p *clock.Proc) error { return b.Engine.Stop(p, c, limit, 0) })
}

func newRestart(b *backend) *cobra.Command {
	var seconds int
	var noDeps bool
	cmd := &cobra.Command{Use: "restart [OPTIONS] [SERVICE...]", Short: "Restart service containers"}
	f := cmd.Flags()
	f.BoolVar(&noDeps, "no-deps", false, "Don't restart dependent services")
	f.IntVarP(&seconds, "timeout", "t", 0, "Specify a shutdown timeout in seconds")
	cmd.RunE = func(cmd *cobra.Command, services []string) error {
		pr, name, err := b.projectOrName()
		if err != nil {
			return err
		}
		if pr != nil && len(services) > 0 {
			if pr, err = pr.WithServicesEnabled(services...); err != nil {
				return err
			}
		}
		return b.operation("restart", func() error { return b.restart(pr, name, services, noDeps, grace(cmd, seconds)) })
	}
	return cmd
}

func (b *backend) restart(pr *types.Project, name string, services []string, noDeps bool, timeout *time.Duration) error {
	list := b.containers(name, withoutOneOff, true)
	if pr == nil {
		pr = b.projectOf(name, list)
	}
	for _, s := range pr.Services {
		for dep, d := range s.DependsOn {
			if !d.Restart {
				delete(s.DependsOn, dep)
			}
		}
	}
	if len(services) > 0 {
		follow := types.IncludeDependents
		if noDeps {
			follow = types.IgnoreDependencies
		}
		var err error
		if pr, err = pr.WithSelectedServices(services, follow); err != nil {
			return err
		}
	}
	return inOrder(b.Proc, pr, func(p *clock.Proc, service string) error {
		if err := b.waitFor(p, pr, service, pr.Services[service].DependsOn, list, 0); err != nil {
			return err
		}
		return together(p, ofService(list, service), func(p *clock.Proc, c *docker.Container) error {
			b.tell(eventName(c), working, "Restarting")
			limit := c.Grace()
			if timeout != nil {
				limit = *timeout
			}
			if err := b.engineDo(p, func(p *clock.Proc) error { return b.Engine.Restart(p, c, limit, 0) }); err != nil {
				return err
			}
			b.tell(eventName(c), done, "Started")
			return nil
		})
	})
}
