package compose

import "drydock/sim/clock"

// group is work that is done side by side. The first error ends all of it.
type group struct {
	parent *clock.Proc
	tasks  []*clock.Proc
	ended  *clock.Signal
	err    error
}

// newGroup makes a group of tasks of the process p.
func newGroup(p *clock.Proc) *group { return &group{parent: p, ended: p.Clock().NewSignal()} }

// do adds a task; it begins when the parent waits.
func (g *group) do(name string, work func(p *clock.Proc) error) {
	task := g.parent.Clock().Go(name, g.parent.Weight(), func(p *clock.Proc) {
		if err := work(p); err != nil && g.err == nil {
			g.err = err
			g.cancel()
		}
	})
	task.Exited().Watch(g.ended.Broadcast)
	g.tasks = append(g.tasks, task)
}

// cancel ends the tasks that have not ended.
func (g *group) cancel() {
	for _, t := range g.tasks {
		if !t.Running() {
			t.Kill()
		}
	}
}

// failed reports that a task went wrong, so that the others are being ended.
func (g *group) failed() bool { return g.err != nil }

// wait waits for all tasks and returns the first error.
func (g *group) wait() error {
	defer g.cancel() // the parent may be ended while it waits
	g.parent.WaitFor(g.ended, func() bool {
		for _, t := range g.tasks {
			if !t.Done() {
				return false
			}
		}
		return true
	})
	return g.err
}

// together runs tasks side by side.
func together[T any](p *clock.Proc, items []T, work func(p *clock.Proc, item T) error) error {
	g := newGroup(p)
	for _, item := range items {
		g.do("compose", func(p *clock.Proc) error { return work(p, item) })
	}
	return g.wait()
}
