package lessons

import "drydock/sim"

// Undo takes back the learner's last action and all that followed from it, never
// past the beginning of the current step. A step that was passed stays passed.
func (p *Play) Undo() error {
	if !p.CanUndo() {
		return sim.ErrNothingToUndo
	}
	at := p.sim.LastAction()
	if err := p.sim.Undo(); err != nil {
		return err
	}
	p.strayed = p.strayed || p.phase == Passed && at < len(p.passed)
	p.turns[min(p.step, len(p.turns)-1)].undos++
	p.anew()
	return nil
}

// Redo brings back what Undo or Restart took.
func (p *Play) Redo() error {
	if err := p.sim.Redo(); err != nil {
		return err
	}
	p.anew()
	return nil
}

// CanUndo says whether Undo would do something.
func (p *Play) CanUndo() bool { return p.sim.LastAction() >= p.begin }

// CanRedo says whether Redo would do something.
func (p *Play) CanRedo() bool { return p.sim.CanRedo() }

// Restart begins the current step again, as it was when it started, with its
// question open again. Hints and solutions that were shown stay shown. Redo
// brings the world back, not the answer.
func (p *Play) Restart() error {
	if err := p.sim.Rewind(p.begin); err != nil {
		return err
	}
	if p.phase == Over {
		return nil
	}
	p.turns[p.step].answer = -1
	p.pending, p.passed, p.strayed = nil, nil, false
	p.phase = p.firstPhase()
	p.anew()
	return nil
}

// anew judges a world that was replaced by another.
func (p *Play) anew() {
	p.holding = false
	p.judge()
}

// Branch begins a second play from the same past, to try something out. The two
// share nothing; close both.
func (p *Play) Branch() (*Play, error) {
	session, err := p.sim.Branch()
	if err != nil {
		return nil, err
	}
	b := *p
	b.sim = session
	b.turns = append([]turn(nil), p.turns...)
	b.pending = append([]string(nil), p.pending...)
	b.view = newView(&b)
	b.anew()
	return &b, nil
}
