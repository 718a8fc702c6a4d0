package lessons

import (
	"slices"

	"drydock/sim"
)

// Saved is what is stored of a lesson in progress: enough to come back to it.
type Saved struct {
	Step     int         `json:"step"`
	Journal  []sim.Input `json:"journal,omitempty"`
	Answers  []int       `json:"answers,omitempty"` // by step, -1 where none was given
	Hints    []int       `json:"hints,omitempty"`   // by step: how many were shown
	Solved   []bool      `json:"solved,omitempty"`  // by step: the solution was shown
	Undos    []int       `json:"undos,omitempty"`   // by step
	Commands int         `json:"commands"`
	Passed   bool        `json:"passed,omitempty"` // the lesson is over
	// StepPassed is how much of the journal there was when the current step was
	// passed; 0 when it is not.
	StepPassed int      `json:"stepPassed,omitempty"`
	Pending    []string `json:"pending,omitempty"` // lines of an answer that were still to be typed
}

// Save is what to store so that ResumePlay can come back here.
func (p *Play) Save() Saved {
	s := Saved{Step: p.step, Journal: p.sim.Journal(), Commands: p.Commands(), Passed: p.phase == Over, Pending: slices.Clone(p.pending)}
	if p.phase == Passed {
		s.StepPassed = len(p.passed)
		if p.strayed {
			s.Journal = slices.Clone(p.passed)
		}
	}
	for _, t := range p.turns {
		s.Answers, s.Hints = append(s.Answers, t.answer), append(s.Hints, t.hints)
		s.Solved, s.Undos = append(s.Solved, t.solved), append(s.Undos, t.undos)
	}
	return s
}

// ResumePlay takes a lesson up where it was left. What was saved with an earlier
// text of the lesson and no longer fits it is passed over: the lesson begins anew.
func ResumePlay(l *Lesson, s Saved) (*Play, error) {
	if err := l.Open(); err != nil {
		return nil, err
	}
	p := &Play{lesson: l, turns: make([]turn, len(l.Steps))}
	for i := range p.turns {
		p.turns[i].answer = -1
	}
	p.view = newView(p)
	if !s.fits(l) {
		s = Saved{}
	}
	for i := range p.turns {
		t := &p.turns[i]
		t.answer = min(at(s.Answers, i, -1), len(l.Steps[i].Answers)-1)
		t.hints = min(max(at(s.Hints, i, 0), 0), len(l.Steps[i].Hints))
		t.undos, t.solved = at(s.Undos, i, 0), at(s.Solved, i, false)
	}
	begin := p.start
	if len(s.Journal) > 0 {
		begin = func() error { return p.resume(s) }
	}
	if err := begin(); err != nil {
		return nil, err
	}
	return p, nil
}

// start opens the lesson's world and begins its first step.
func (p *Play) start() error {
	session, err := sim.Open(p.lesson.Scenario)
	if err != nil {
		return Problems{{File: p.lesson.Source, Line: p.lesson.worldLine, Check: "world", Message: "the world cannot be made: " + err.Error()}}
	}
	p.sim = session
	p.enter()
	return nil
}

// resume re-enacts the journal. How things stood when the step began is noted on
// the way.
func (p *Play) resume(s Saved) error {
	marked := lastMark(s.Journal) + 1
	begin := marked
	session, err := sim.Resume(p.lesson.Scenario, s.Journal[:begin:begin])
	if err != nil {
		return err
	}
	p.sim, p.step = session, s.Step
	p.mark()
	if s.Passed {
		session.Replay(s.Journal[begin:])
		p.before, p.phase, p.begin = s.Commands, Over, len(s.Journal)
		return nil
	}
	if _, step := p.Step(); step.Kind != Predict {
		for begin < len(s.Journal) && s.Journal[begin].Kind == sim.InputFault && s.Journal[begin].Lesson {
			begin++
		}
	}
	session.Replay(s.Journal[marked:])
	p.begin, p.pending, p.phase = begin, s.Pending, p.firstPhase()
	upTo := len(s.Journal)
	if s.StepPassed > 0 {
		upTo = min(max(s.StepPassed, begin), upTo)
	}
	p.before = s.Commands - typed(s.Journal[:upTo], begin)
	p.judge()
	if s.StepPassed > 0 {
		p.pass()
		p.passed = slices.Clone(s.Journal[:upTo])
	}
	return nil
}

// fits reports whether a saved play belongs to the lesson as it is now.
func (s *Saved) fits(l *Lesson) bool {
	marks := 0
	for _, in := range s.Journal {
		if in.Kind == sim.InputMark {
			marks++
		}
	}
	if s.Passed {
		return s.Step == len(l.Steps) && marks == len(l.Steps)
	}
	return s.Step >= 0 && s.Step < len(l.Steps) && marks == s.Step+1
}

func lastMark(journal []sim.Input) int {
	for i := len(journal) - 1; i >= 0; i-- {
		if journal[i].Kind == sim.InputMark {
			return i
		}
	}
	return -1
}

func at[T any](list []T, i int, otherwise T) T {
	if i < len(list) {
		return list[i]
	}
	return otherwise
}
