package lessons

import (
	"errors"
	"fmt"

	"drydock/sim"
)

// ErrNoQuestion means that the step asks nothing, or was answered already.
var ErrNoQuestion = errors.New("there is no open question; restart the step to answer again")

// Answer answers the step's question with one of its answers, by index.
func (p *Play) Answer(i int) error {
	if p.phase != Asking {
		return ErrNoQuestion
	}
	_, step := p.Step()
	if i < 0 || i >= len(step.Answers) {
		return fmt.Errorf("the answers are 1 to %d", len(step.Answers))
	}
	p.turns[p.step].answer = i
	p.phase, p.holding = Working, false
	if step.Kind == Predict {
		p.breakThings(step)
	}
	p.pending = append([]string(nil), step.Answers[i].Run...)
	p.pump()
	p.judge()
	return nil
}

// Answered is the answer given in this step, or -1.
func (p *Play) Answered() int {
	i, _ := p.Step()
	return p.turns[i].answer
}

// Because is what to say about the answer given, once the step is passed: why it
// was right, or why not and what is. Nothing before.
func (p *Play) Because() []string {
	i, step := p.Step()
	given := p.turns[i].answer
	if given < 0 || p.phase != Passed && p.phase != Over {
		return nil
	}
	said := []string{step.Answers[given].Because}
	if !step.Answers[given].Right {
		for _, a := range step.Answers {
			if a.Right {
				said = append(said, a.Because)
			}
		}
	}
	return said
}

// Hint reveals and returns the next hint; ok is false when there is none left.
func (p *Play) Hint() (text string, ok bool) {
	i, step := p.Step()
	if p.turns[i].hints >= len(step.Hints) {
		return "", false
	}
	p.turns[i].hints++
	p.judge()
	return step.Hints[p.turns[i].hints-1], true
}

// Hints are those of this step that were revealed so far.
func (p *Play) Hints() []string {
	i, step := p.Step()
	return append([]string(nil), step.Hints[:min(p.turns[i].hints, len(step.Hints))]...)
}

// Solution reveals the step's solution; it costs the second star.
func (p *Play) Solution() []string {
	i, step := p.Step()
	p.turns[i].solved = true
	return append([]string(nil), step.Solution...)
}

// Commands is how many commands the learner has typed so far, as par counts
// them: what was taken back does not count, and neither does what is typed in a
// step that is already passed.
func (p *Play) Commands() int {
	switch p.phase {
	case Over:
		return p.before
	case Passed:
		return p.before + typed(p.passed, p.begin)
	default:
		return p.before + typed(p.sim.Journal(), p.begin)
	}
}

func typed(journal []sim.Input, from int) int {
	n := 0
	for _, in := range journal[min(from, len(journal)):] {
		if in.Kind == sim.InputLine && !in.Lesson && in.Text != "" {
			n++
		}
	}
	return n
}

// Stars is the score so far: finished, without the solution, within par. Each
// says whether it is still to be had.
func (p *Play) Stars() Stars {
	s := Stars{Finished: p.phase == Over, Unaided: true}
	for _, t := range p.turns {
		s.Unaided = s.Unaided && !t.solved
	}
	s.WithinPar = p.lesson.Par == 0 || p.Commands() <= p.lesson.Par
	return s
}

// Stars is a score: three separate achievements.
type Stars struct {
	Finished  bool `json:"finished"`
	Unaided   bool `json:"unaided"` // no solution was shown
	WithinPar bool `json:"withinPar"`
}

// Count is the number of stars, 0 to 3; none without having finished.
func (s Stars) Count() int {
	n := 0
	if !s.Finished {
		return n
	}
	for _, got := range []bool{s.Finished, s.Unaided, s.WithinPar} {
		if got {
			n++
		}
	}
	return n
}
