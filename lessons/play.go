package lessons

import (
	"time"

	"drydock/sim"
)

// Play is a lesson being played: its world, the step, what was asked and used.
// All changes to the world go through Play, so that goals are judged and the
// journal can be kept. It is not safe for concurrent use.
type Play struct {
	lesson *Lesson
	sim    *sim.Session
	view   *view

	step  int
	phase Phase
	turns []turn // by step
	goals []GoalState

	begin   int // length of the journal when the step had begun
	events  int // length of the log when the step began
	command int // the console's count of commands when the step began
	began   time.Duration
	judged  int // length of the log when the goals were judged last
	before  int // commands of the steps that are done
	holding bool
	since   time.Duration // when all goals began to hold
	hold    time.Duration // how long they must
	busy    bool          // a command ran in the foreground when the goals were judged last
	pending []string      // lines of an answer that wait for the console
	pumping bool          // one of them is being carried out
	passed  []sim.Input   // the journal at the moment of passing
	strayed bool          // the learner went back behind that moment
}

// turn is what the learner did in one step besides changing the world.
type turn struct {
	answer int // -1 for none
	hints  int
	undos  int
	solved bool
}

// Phase is where in a step the learner is.
type Phase string

// The phases of a step.
const (
	Asking  Phase = "asking"  // a question waits for an answer (predict, choose)
	Working Phase = "working" // goals are open
	Passed  Phase = "passed"  // the step is done; Next goes on
	Over    Phase = "over"    // the lesson is finished: debrief
)

// GoalState is a goal as it stands.
type GoalState struct {
	Text  string
	Met   bool
	Found string // what is still different; empty when met
	// Holding counts down a goal that must hold for a while, 0 otherwise.
	Holding time.Duration
}

// Start begins a lesson from its scenario. A lesson that cannot be read returns
// its Problems as the error.
func Start(l *Lesson) (*Play, error) { return ResumePlay(l, Saved{}) }

// Close frees the world.
func (p *Play) Close() { p.sim.Close() }

// Lesson is what is being played.
func (p *Play) Lesson() *Lesson { return p.lesson }

// Session is the lesson's world. Look at it freely; change it only through Play.
func (p *Play) Session() *sim.Session { return p.sim }

// Step is the number of the current step, from 0, and the step itself. When the
// lesson is over it is the last one.
func (p *Play) Step() (int, *Step) {
	i := min(p.step, len(p.lesson.Steps)-1)
	return i, &p.lesson.Steps[i]
}

// Phase is where in the step the learner is.
func (p *Play) Phase() Phase { return p.phase }

// Goals are the step's goals as they stand after the last change.
func (p *Play) Goals() []GoalState { return append([]GoalState(nil), p.goals...) }

// Due tells after how much virtual time something will happen, in the world or
// to a goal that must hold for a while; false when nothing ever will.
func (p *Play) Due() (time.Duration, bool) {
	next, ok := p.sim.World().Next()
	if left := p.left(); left > 0 && (!ok || left < next) {
		return left, true
	}
	return next, ok
}

// Next goes to the next step, or to the end. It does nothing while goals are
// open. If the world was changed since so that they no longer hold, it goes back
// to the moment at which they did: a step never begins from a world that its
// author did not foresee.
func (p *Play) Next() {
	if p.phase != Passed {
		return
	}
	count := p.Commands()
	if p.strayed || !p.holds() {
		if err := p.sim.Reset(p.passed); err != nil {
			return
		}
	}
	p.before, p.pending, p.passed, p.strayed = count, nil, nil, false
	p.step++
	if p.step >= len(p.lesson.Steps) {
		p.phase, p.goals = Over, nil
		return
	}
	p.enter()
}

// enter begins the current step.
func (p *Play) enter() {
	p.sim.Do(sim.Input{Kind: sim.InputMark, Lesson: true})
	p.mark()
	_, step := p.Step()
	if step.Kind != Predict {
		p.breakThings(step)
	}
	p.begin = len(p.sim.Journal())
	p.phase = p.firstPhase()
	p.judge()
}

// firstPhase is how the current step begins.
func (p *Play) firstPhase() Phase {
	if _, step := p.Step(); step.Question != "" && p.turns[p.step].answer < 0 {
		return Asking
	}
	return Working
}

// mark notes how things stand as the step begins.
func (p *Play) mark() {
	w := p.sim.World()
	p.events, p.began = len(w.Events(0)), w.Elapsed()
	p.command = 0
	for _, line := range w.Console().Lines {
		p.command = max(p.command, line.Command)
	}
	p.holding, p.judged = false, -1
}

// breakThings injects the step's faults. In a predict step that happens after
// the answer, so that the prediction is one.
func (p *Play) breakThings(step *Step) {
	for _, f := range step.Faults {
		_ = p.sim.Fault(f, true) // the checker reports a fault that does not fit the world
	}
}

func (p *Play) firstEvent() int   { return p.events }
func (p *Play) firstCommand() int { return p.command }
