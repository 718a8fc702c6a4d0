package lessons

import "time"

// judge looks at the goals. It is called after every change; once they hold, the
// step is passed whatever happens afterwards.
func (p *Play) judge() {
	if p.phase == Over || p.phase == Passed {
		return
	}
	p.judged = len(p.sim.World().Events(0))
	_, step := p.Step()
	all := p.look(step)
	now := p.sim.World().Elapsed()
	switch {
	case !all:
		p.holding = false
	case !p.holding:
		p.holding, p.since = true, now
	}
	p.hold = step.Stable
	if p.busy {
		p.hold = max(p.hold, inPassing)
	}
	left := p.left()
	for i := range p.goals {
		if p.holding && step.Stable > 0 {
			p.goals[i].Holding = left
		}
	}
	if p.phase == Working && p.holding && left == 0 {
		p.pass()
	}
}

// inPassing is how long goals must hold while a command still runs in the
// foreground: what `docker rm -f` passes through on its way (an ended container)
// is not what the learner has made.
const inPassing = 2 * time.Second

// look judges each goal as things stand now and reports whether all hold.
func (p *Play) look(step *Step) bool {
	p.refresh()
	p.goals = make([]GoalState, len(step.Goals))
	all := true
	for i := range step.Goals {
		p.goals[i] = step.Goals[i].state(p.view)
		all = all && p.goals[i].Met
	}
	if len(step.Goals) == 0 { // a question alone: done when its consequence has been seen
		all = p.phase != Asking && len(p.pending) == 0 && p.sim.World().Settled()
	}
	return all
}

// holds reports whether the goals hold now.
func (p *Play) holds() bool {
	_, step := p.Step()
	p.refresh()
	for i := range step.Goals {
		if !step.Goals[i].state(p.view).Met {
			return false
		}
	}
	return true
}

func (p *Play) refresh() {
	p.view.refresh(p.sim.World())
	p.view.At, p.busy = p.sim.World().Foreground()
	p.view.Began = p.began
	t := p.turns[min(p.step, len(p.turns)-1)]
	p.view.Answer, p.view.Undos, p.view.Hints = t.answer+1, t.undos, t.hints
}

// state evaluates a goal. One that cannot be worked out is not met.
func (g *Goal) state(v *view) GoalState {
	s := GoalState{Text: g.Text}
	if g.when != nil {
		out, err := run(g.when, v)
		s.Met = err == nil && out == true
	}
	if !s.Met {
		s.Found, _ = g.found.say(v)
	}
	return s
}

// left is how long the goals must still hold; 0 when they do not hold, or have
// held for long enough.
func (p *Play) left() time.Duration {
	if !p.holding || p.phase == Passed || p.phase == Over {
		return 0
	}
	return max(p.hold-(p.sim.World().Elapsed()-p.since), 0)
}

// pass ends the step.
func (p *Play) pass() {
	p.phase, p.passed, p.strayed = Passed, p.sim.Journal(), false
	for i := range p.goals {
		p.goals[i] = GoalState{Text: p.goals[i].Text, Met: true}
	}
}
