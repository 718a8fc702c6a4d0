package compose

import (
	"drydock/sim/clock"
	"drydock/sim/docker"
)

// step is one thing to do, after the steps that it needs.
type step struct {
	after []*step
	// name is what events call the object, begins and ends the words for it; an
	// empty begins is silent.
	name, begins, ends string
	// errors is the name under which a failure is reported.
	errors string
	// of is the replacement of a container that the step is a part of.
	of   *replacement
	run  func(p *clock.Proc) error
	done bool
	// container is the one that the step is about, or has made.
	container *docker.Container
}

// replacement is the exchange of a container for a new one, in several steps.
type replacement struct {
	name           string
	total          int
	started, ended int
}

// plan is what has to be done to make the engine as the project wants it.
type plan struct{ steps []*step }

func (pl *plan) add(s *step) *step {
	pl.steps = append(pl.steps, s)
	return s
}

// touches reports that the plan does something to a container.
func (pl *plan) touches(c *docker.Container) bool {
	for _, s := range pl.steps {
		if s.container == c {
			return true
		}
	}
	return false
}

// execute carries a plan out, side by side where it can.
func (b *backend) execute(p *clock.Proc, pl *plan) error {
	g := newGroup(p)
	progress := p.Clock().NewSignal()
	for _, s := range pl.steps {
		if s.of != nil {
			s.of.total++
		}
	}
	for _, s := range pl.steps {
		g.do("step", func(p *clock.Proc) error {
			for _, before := range s.after {
				p.WaitFor(progress, func() bool { return before.done })
			}
			b.stepBegins(s)
			if err := s.run(p); err != nil {
				b.stepFails(s, err)
				return err
			}
			b.stepEnds(s)
			s.done = true
			progress.Broadcast()
			return nil
		})
	}
	return g.wait()
}

func (b *backend) stepBegins(s *step) {
	if s.of == nil {
		if s.begins != "" {
			b.tell(s.name, working, s.begins)
		}
		return
	}
	if s.of.started++; s.of.started == 1 {
		b.tell(s.of.name, working, "Recreate")
	}
}

func (b *backend) stepEnds(s *step) {
	if s.of == nil {
		if s.ends != "" {
			b.tell(s.name, done, s.ends)
		}
		return
	}
	if s.of.ended++; s.of.ended == s.of.total {
		b.tell(s.of.name, done, "Recreated")
	}
}

func (b *backend) stepFails(s *step, err error) {
	name := s.errors
	if s.of != nil {
		name = s.of.name
	}
	b.tell(name, failed, err.Error())
}
