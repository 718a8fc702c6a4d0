package compose

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/compose-spec/compose-go/v2/types"
	"github.com/spf13/cobra"

	"drydock/sim/clock"
	"drydock/sim/docker"
)

// runningOrHealthy is the condition of --wait.
const runningOrHealthy = "running_or_healthy"

// pollTime is how often Compose looks at what it waits for.
const pollTime = 500 * time.Millisecond

type startOptions struct {
	wait    bool
	timeout time.Duration // of the wait; 0 is none
}

func newStart(b *backend) *cobra.Command {
	var o startOptions
	var seconds int
	cmd := &cobra.Command{
		Use: "start [SERVICE...]", Short: "Start services",
		RunE: func(_ *cobra.Command, services []string) error {
			pr, name, err := b.projectOrName(services...)
			if err != nil {
				return err
			}
			if pr == nil {
				pr = b.projectOf(name, b.containers(name, withoutOneOff, true))
				if pr, err = pr.WithSelectedServices(services); err != nil {
					return err
				}
			}
			o.timeout = time.Duration(seconds) * time.Second
			return b.operation("start", func() error { return b.start(b.Proc, pr, o) })
		},
	}
	f := cmd.Flags()
	f.BoolVar(&o.wait, "wait", false, "Wait for services to be running|healthy. Implies detached mode.")
	f.IntVar(&seconds, "wait-timeout", 0, "Maximum duration in seconds to wait for the project to be running|healthy")
	return cmd
}

// start starts a project's containers in the order of its dependencies.
func (b *backend) start(p *clock.Proc, pr *types.Project, o startOptions) error {
	if b.dryRun {
		return b.startDry(p, pr)
	}
	list := b.containers(pr.Name, withoutOneOff, true)
	err := inOrder(p, pr, func(p *clock.Proc, service string) error { return b.startService(p, pr, pr.Services[service], list, o) })
	if err != nil || !o.wait {
		return err
	}
	all := types.DependsOnConfig{}
	for _, name := range sortedServices(pr) {
		all[name] = types.ServiceDependency{Condition: waitCondition(pr, name), Required: true}
	}
	err = b.waitFor(p, pr, pr.Name, all, list, o.timeout)
	if errors.Is(err, errTimeout) {
		return fmt.Errorf("application not healthy after %s", o.timeout)
	}
	return err
}

// startDry says what would be started.
func (b *backend) startDry(p *clock.Proc, pr *types.Project) error {
	return inOrder(p, pr, func(_ *clock.Proc, service string) error {
		s := pr.Services[service]
		for i := range min(s.GetScale(), maxScale) {
			name := "Container " + b.containerName(pr.Name, s, fmt.Sprint(i+1))
			b.tell(name, working, "Starting")
			b.tell(name, done, "Started")
		}
		return nil
	})
}

// waitCondition is what --wait waits for: a service that others want to have
// completed is not expected to go on running.
func waitCondition(pr *types.Project, name string) string {
	for _, other := range pr.Services {
		if d, ok := other.DependsOn[name]; ok && d.Condition == types.ServiceConditionCompletedSuccessfully {
			return d.Condition
		}
	}
	return runningOrHealthy
}

func (b *backend) startService(p *clock.Proc, pr *types.Project, s types.ServiceConfig, list []*docker.Container, o startOptions) error {
	if s.Deploy != nil && s.Deploy.Replicas != nil && *s.Deploy.Replicas == 0 {
		return nil
	}
	if err := b.waitFor(p, pr, s.Name, s.DependsOn, list, o.timeout); err != nil {
		return err
	}
	mine := ofService(list, s.Name)
	if len(list) == 0 && s.GetScale() > 0 {
		return fmt.Errorf("service %q has no container to start", s.Name)
	}
	for _, c := range mine {
		if c.State.Status == "running" {
			continue
		}
		if err := b.startContainer(p, pr, s, c); err != nil {
			return err
		}
	}
	return nil
}

func (b *backend) startContainer(p *clock.Proc, pr *types.Project, s types.ServiceConfig, c *docker.Container) error {
	if err := b.inject(pr, s, c); err != nil {
		return err
	}
	b.tell(eventName(c), working, "Starting")
	if err := b.engineDo(p, func(p *clock.Proc) error { return b.Engine.Start(p, c, docker.Streams{}) }); err != nil {
		p.Sleep(teardownTime)
		return err
	}
	if err := b.runHooks(p, c, s.Name, s.PostStart); err != nil {
		return err
	}
	b.tell(eventName(c), done, "Started")
	return nil
}

// teardownTime is how long the engine takes to clear up after a failed start; what
// starts beside it is done by then.
const teardownTime = 80 * time.Millisecond

// errTimeout says that something did not come about in time.
var errTimeout = errors.New("timeout waiting for dependencies")

// waitFor waits until a service's dependencies are as it wants them.
func (b *backend) waitFor(p *clock.Proc, pr *types.Project, who string, needs types.DependsOnConfig, list []*docker.Container, limit time.Duration) error {
	g := newGroup(p)
	end := b.Now().Add(limit)
	for _, name := range sortedKeys(needs) {
		need := needs[name]
		if need.Condition == types.ServiceConditionStarted {
			continue
		}
		s, err := pr.GetService(name)
		if disabled(err) {
			continue
		}
		if err != nil {
			return err
		}
		if s.GetScale() == 0 {
			continue
		}
		waiting := slices.DeleteFunc(ofService(list, name), isOneOff)
		for _, c := range waiting {
			b.tell(eventName(c), working, "Waiting")
		}
		if len(waiting) == 0 {
			if need.Required {
				return fmt.Errorf("%s is missing dependency %s", who, name)
			}
			b.warn(fmt.Sprintf("%s is missing dependency %s", who, name))
			continue
		}
		g.do("wait for "+name, func(p *clock.Proc) error {
			for {
				p.Sleep(pollTime)
				if limit > 0 && b.Now().After(end) {
					return errTimeout
				}
				if met, err := b.look(name, need, waiting); met || err != nil {
					return err
				}
			}
		})
	}
	return g.wait()
}
