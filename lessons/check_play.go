package lessons

import (
	"cmp"
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"time"

	"drydock/sim"
)

// actionTime is how much virtual time an action of the menu gets before it is
// interrupted: `docker logs -f` never ends by itself.
const actionTime = 2 * time.Minute

// proof is the playing of one step by the checker.
type proof struct {
	play  *Play // at the step's beginning
	spare *Play // a copy that nothing was done to, or nil
	step  *Step
	c     *collector
}

// stepCheck is one thing that is proved of a step by playing it.
type stepCheck struct {
	name string
	run  func(*proof)
}

// stepChecks are carried out in this order; the last one moves the play on.
func stepChecks() []stepCheck {
	return []stepCheck{
		{"faults", checkFaults},
		{"expressions", checkExpressions},
		{"start", checkStart},
		{"actions", checkActions},
		{"consequences", checkConsequences},
		{"wrong", checkWrong},
		{"solution", checkSolution},
	}
}

// checkPlay plays the lesson by its solutions and proves each step on the way.
func checkPlay(l *Lesson, c *collector) {
	p, err := Start(l)
	if err != nil {
		c.check = "world"
		var known Problems
		if errors.As(err, &known) {
			c.list = append(c.list, known...)
			return
		}
		c.add(max(l.worldLine, 1), "the world cannot be made: %s", err)
		return
	}
	defer p.Close()
	for p.Phase() != Over {
		n, step := p.Step()
		proveStep(&proof{play: p, step: step, c: c})
		if p.Phase() != Passed {
			if rest := len(l.Steps) - n - 1; rest > 0 {
				c.note(step.Line, "what comes after %q (%d of %d steps) was not proved, because it cannot be passed", step.Title, rest, len(l.Steps))
			}
			return
		}
		p.Next()
	}
	if c.check = "par"; l.Par > 0 && p.Commands() > l.Par {
		c.add(l.lines["par"], "par is %d, but the solutions alone take %d commands; nobody could earn that star", l.Par, p.Commands())
	}
}

// proveStep carries out all checks on a step; the last one moves the play on.
func proveStep(p *proof) {
	defer func() {
		if p.spare != nil {
			p.spare.Close()
		}
	}()
	for _, ch := range stepChecks() {
		p.c.check = ch.name
		ch.run(p)
	}
}

// try does something with a copy of the world as it is when the step begins,
// with the question answered rightly.
func (p *proof) try(do func(*Play)) {
	b, err := p.fresh()
	if err != nil {
		p.c.add(p.step.Line, "the world cannot be made a second time: %s", err)
		return
	}
	defer b.Close()
	do(b)
}

// fresh is a copy of the world as it is when the step begins, with the question
// answered rightly: one that was only looked at, or a new one.
func (p *proof) fresh() (*Play, error) {
	if b := p.spare; b != nil {
		p.spare = nil
		return b, nil
	}
	b, err := p.play.Branch()
	if err == nil {
		answerRight(b)
	}
	return b, err
}

// answerRight gives the right answer, if there is a question, and lets its
// consequence happen.
func answerRight(p *Play) {
	if p.Phase() != Asking {
		return
	}
	_, step := p.Step()
	right := max(slices.IndexFunc(step.Answers, func(a Answer) bool { return a.Right }), 0)
	_ = p.Answer(right)
	if len(step.Answers[right].Run) > 0 || len(step.Goals) == 0 {
		p.Settle()
	}
}

// checkFaults: a step's faults name what its world has.
func checkFaults(p *proof) {
	if len(p.step.Faults) == 0 {
		return
	}
	b, err := p.play.Branch()
	if err != nil {
		return // try says so
	}
	defer b.Close()
	for _, f := range p.step.Faults {
		if err := b.sim.Fault(f, true); err != nil {
			p.c.add(p.step.blockLine, "faults: %q: %s", f, err)
		}
	}
}

// checkExpressions: goals can be worked out also where what they ask for is not
// there yet.
func checkExpressions(p *proof) {
	p.play.refresh()
	for i := range p.step.Goals {
		g := &p.step.Goals[i]
		if _, err := run(g.when, p.play.view); err != nil {
			p.c.add(g.Line, "when: cannot be worked out as the step begins: %s; make it false there instead", err)
		}
		if _, err := g.found.say(p.play.view); err != nil {
			p.c.add(g.Line, "found: cannot be worked out as the step begins: %s", err)
		}
	}
}

// checkStart: something is left to do.
func checkStart(p *proof) {
	if len(p.step.Goals) == 0 {
		return
	}
	b := p.play
	if b.Phase() == Asking {
		var err error
		if b, err = p.fresh(); err != nil {
			p.c.add(p.step.Line, "the world cannot be made a second time: %s", err)
			return
		}
		p.spare = b
	}
	met := 0
	for _, g := range b.Goals() {
		if g.Met {
			met++
		}
	}
	if met == len(p.step.Goals) && len(p.step.Solution) > 0 {
		p.c.add(p.step.Goals[0].Line, "all goals of %q hold before anything is done", p.step.Title)
	}
}

// checkActions: the menu offers nothing that does not exist. A copy of the world
// serves until an action changes it: most actions only look, or fail.
func checkActions(p *proof) {
	var b *Play
	defer func() {
		if b != nil {
			b.Close()
		}
	}()
	var before sim.State
	var at string
	for _, a := range p.step.Actions {
		if slices.Contains(p.step.Solution, a.Command) {
			continue // it is carried out there
		}
		if b == nil {
			var err error
			if b, err = p.fresh(); err != nil {
				return // try says so
			}
			before = still(b)
			at, _ = b.sim.World().Foreground()
		}
		p.carryOut(b, a.Command, a.Line, actionTime)
		here, busy := b.sim.World().Foreground()
		if busy || here != at || !b.ready() || !reflect.DeepEqual(before, still(b)) {
			b.Close()
			b = nil
		}
	}
}

// checkConsequences: what an answer brings along can be carried out, also that
// of a wrong one. Answers that bring the same along are proved once.
func checkConsequences(p *proof) {
	for i, a := range p.step.Answers {
		same := func(b Answer) bool { return slices.Equal(a.Run, b.Run) }
		if len(a.Run) == 0 || slices.ContainsFunc(p.step.Answers[:i], same) {
			continue
		}
		b, err := p.play.Branch()
		if err != nil {
			continue
		}
		if b.Answer(i) == nil {
			b.Settle()
			p.complain(b, strings.Join(a.Run, "; "), a.Line)
			if len(b.pending) > 0 {
				p.c.add(a.Line, "the consequence of the answer %q never comes to its end; %q was not run", a.Text, b.pending[0])
			}
		}
		b.Close()
	}
}

// checkWrong: a wrong way does not pass, and says what is missing.
func checkWrong(p *proof) {
	for _, w := range p.step.Wrong {
		p.try(func(b *Play) {
			for _, line := range w.Run {
				p.carryOut(b, line, w.Line, sim.SettleLimit)
			}
			if b.Phase() == Passed {
				p.c.add(w.Line, "this wrong way passes: %s; make the goals ask for more", strings.Join(w.Run, "; "))
				return
			}
			if open := openGoals(b); !slices.ContainsFunc(open, func(g string) bool { return strings.Contains(g, w.Expect) }) {
				p.c.add(w.Line, "after this wrong way %q should be open; what is open: %s", w.Expect, strings.Join(open, "; "))
			}
		})
	}
}

// checkSolution: the solution passes, and only when everything in it that
// changes something has been done. Lines that only look may follow.
func checkSolution(p *proof) {
	answerRight(p.play)
	early, before := p.play.Phase() == Passed, still(p.play)
	for i, line := range p.step.Solution {
		at := p.step.solutionLine + i
		p.carryOut(p.play, line, at, sim.SettleLimit)
		after := still(p.play)
		if early && (i == 0 || !reflect.DeepEqual(before, after)) {
			p.c.add(at, "the goals of %q hold before this line; make them ask for what it does, or take it out: %s", p.step.Title, clip(line, 60))
			return
		}
		early, before = p.play.Phase() == Passed, after
	}
	p.play.Settle()
	if p.play.Phase() != Passed {
		p.c.add(cmp.Or(p.step.solutionLine, p.step.Line), "the solution of %q does not pass; still open: %s", p.step.Title, strings.Join(openGoals(p.play), "; "))
	}
}

// still is the state of a world without what changes by itself, or by looking.
func still(p *Play) sim.State {
	s := p.sim.World().State()
	s.Elapsed = 0
	for i := range s.Machines {
		s.Machines[i].MemoryUsed, s.Machines[i].DiskUsed = 0, 0
	}
	for i := range s.Containers {
		c := &s.Containers[i]
		c.Status, c.MemoryUsed, c.Logs = "", 0, nil
	}
	return s
}

// openGoals are the texts of goals that are not met, with what was found.
func openGoals(p *Play) []string {
	var open []string
	for _, g := range p.Goals() {
		switch {
		case !g.Met:
			open = append(open, g.Text+" ("+g.Found+")")
		case g.Holding > 0:
			open = append(open, fmt.Sprintf("%s (must hold for %s more)", g.Text, g.Holding))
		}
	}
	return open
}

// carryOut types a line, waits for its end, interrupts it if it has none, and
// complains if it does not exist.
func (p *proof) carryOut(play *Play, line string, at int, limit time.Duration) {
	play.Type(line)
	play.drive(limit, func() bool { return play.sim.World().Settled() })
	play.judge()
	if play.sim.World().Console().Busy {
		play.Do(sim.Input{Kind: sim.InputInterrupt})
		play.drive(actionTime, func() bool { return play.sim.World().Settled() })
	}
	if left := play.left(); left > 0 && limit > actionTime {
		play.Advance(left)
	}
	p.complain(play, line, at)
}

// complain reports a line that the shell or the simulator does not know.
func (p *proof) complain(play *Play, line string, at int) {
	unknown := regexp.MustCompile(`^-?bash: .*command not found`)
	console := play.sim.World().Console()
	last := 0
	for _, l := range console.Lines {
		last = max(last, l.Command)
	}
	for _, l := range console.Lines {
		switch {
		case l.Command != last || l.Kind != sim.LineOutput:
		case strings.Contains(l.Text, "this simulator does not have"):
			p.c.add(at, "%s: %s", clip(line, 60), l.Text)
			return
		case console.Status == 127 && unknown.MatchString(l.Text):
			p.c.add(at, "%s: no such command (%s)", clip(line, 60), l.Text)
			return
		}
	}
}
