package lessons

import (
	"os"
	"reflect"
	"testing"
	"time"

	"drydock/sim"
)

// lamp plays the pack in testdata/good, which needs nothing but files.
func lamp(t *testing.T) *Play {
	t.Helper()
	course, err := Load(os.DirFS("testdata/good"))
	if err != nil {
		t.Fatal(err)
	}
	p, err := Start(course.Lessons[0])
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	return p
}

func wantPhase(t *testing.T, p *Play, step int, phase Phase) {
	t.Helper()
	if n, _ := p.Step(); n != step || p.Phase() != phase {
		t.Fatalf("step %d %s, want step %d %s; goals %+v\n%v", n, p.Phase(), step, phase, p.Goals(), p.Session().World().Console().Lines)
	}
}

func TestAStepIsPassedWhenItsGoalHoldsAndNotBefore(t *testing.T) {
	p := lamp(t)
	wantPhase(t, p, 0, Working)
	p.Type("echo off > lamp")
	if g := p.Goals()[0]; g.Met || g.Found != "lamp says off" {
		t.Errorf("after a wrong way: %+v", g)
	}
	p.Next()
	wantPhase(t, p, 0, Working)
	p.Type("echo on > lamp")
	wantPhase(t, p, 0, Passed)
	if g := p.Goals()[0]; !g.Met || g.Found != "" {
		t.Errorf("after the solution: %+v", g)
	}
	p.Next()
	wantPhase(t, p, 1, Asking)
}

func TestAPassedStepStaysPassedAndTheNextBeginsFromItsWorld(t *testing.T) {
	p := lamp(t)
	p.Type("echo on > lamp")
	p.Type("echo off > lamp")
	wantPhase(t, p, 0, Passed)
	p.Next()
	if got := p.Session().World().ReadFile("laptop", "lamp"); got != "on\n" {
		t.Errorf("the next step begins with a lamp that says %q", got)
	}
}

func TestUndoInAPassedStepIsNoTrap(t *testing.T) {
	p := lamp(t)
	p.Type("echo on > lamp")
	if err := p.Undo(); err != nil {
		t.Fatal(err)
	}
	wantPhase(t, p, 0, Passed)
	p.Type("echo other > file")
	p.Next()
	wantPhase(t, p, 1, Asking)
	if got := p.Session().World().ReadFile("laptop", "lamp"); got != "on\n" {
		t.Errorf("the lamp says %q", got)
	}
}

func TestUndoStopsAtTheBeginningOfTheStep(t *testing.T) {
	p := lamp(t)
	p.Type("echo on > lamp")
	p.Next()
	if p.CanUndo() || p.Undo() == nil {
		t.Error("undo went back into the step before")
	}
	p.Type("echo x > other")
	if !p.CanUndo() || p.Undo() != nil || p.Session().World().ReadFile("laptop", "other") != "" {
		t.Error("undo did not take the command back")
	}
	if !p.CanRedo() || p.Redo() != nil || p.Session().World().ReadFile("laptop", "other") != "x\n" {
		t.Error("redo did not bring it back")
	}
	if p.Session().World().ReadFile("laptop", "lamp") != "on\n" {
		t.Error("what the step before did is gone")
	}
}

func TestAGoalThatMustHoldCountsDownOnVirtualTime(t *testing.T) {
	p := lamp(t)
	p.Type("echo on > lamp")
	p.Next()
	if err := p.Answer(1); err != nil {
		t.Fatal(err)
	}
	wantPhase(t, p, 1, Working)
	p.Advance(40 * time.Second)
	if g := p.Goals()[0]; !g.Met || g.Holding > 20*time.Second || g.Holding <= 0 {
		t.Errorf("after 40 s: %+v", g)
	}
	p.Type("echo off > lamp")
	p.Type("echo on > lamp")
	p.Advance(59 * time.Second)
	wantPhase(t, p, 1, Working)
	if due, ok := p.Due(); !ok || due > time.Second {
		t.Errorf("due in %v, %v", due, ok)
	}
	p.Advance(time.Second)
	wantPhase(t, p, 1, Passed)
}

func TestAnAnswerRunsItsConsequenceAndIsExplainedAtTheEnd(t *testing.T) {
	p := lamp(t)
	p.Type("echo on > lamp")
	p.Next()
	if err := p.Answer(7); err == nil {
		t.Error("an answer that does not exist was taken")
	}
	if p.Answer(0) != nil || p.Answered() != 0 || p.Answer(1) == nil {
		t.Error("the question can be answered once")
	}
	if said := p.Because(); said != nil {
		t.Errorf("said too early: %q", said)
	}
	if err := p.Restart(); err != nil {
		t.Fatal(err)
	}
	wantPhase(t, p, 1, Asking)
	_ = p.Answer(1)
	p.Advance(time.Second)
	lines := p.Session().World().Console().Lines
	if last := lines[len(lines)-1].Text; last != "on" {
		t.Errorf("the consequence printed %q", last)
	}
	if p.CanUndo() {
		t.Error("the consequence is no action of the learner's")
	}
	p.Settle()
	wantPhase(t, p, 1, Passed)
	if said := p.Because(); !reflect.DeepEqual(said, []string{"A file stays."}) {
		t.Errorf("said %q", said)
	}
}

func TestStarsCountWhatWasUsed(t *testing.T) {
	p := lamp(t)
	if s := p.Stars(); s.Count() != 0 || !s.Unaided || !s.WithinPar {
		t.Errorf("at the start: %+v", s)
	}
	p.Type("echo off > lamp")
	_ = p.Undo()
	p.Type("echo on > lamp")
	p.Type("cat lamp") // looking around in a passed step is free
	if p.Commands() != 1 {
		t.Errorf("%d commands", p.Commands())
	}
	p.Next()
	_ = p.Answer(1)
	p.Settle()
	p.Next()
	for i := range 4 {
		if _, ok := p.Hint(); ok != (i < 3) {
			t.Errorf("hint %d: %v", i+1, ok)
		}
	}
	p.Type("ls")
	p.Settle()
	p.Type("rm lamp")
	p.Settle()
	p.Next()
	wantPhase(t, p, 2, Over)
	if s := p.Stars(); s.Count() != 3 || p.Commands() != 3 {
		t.Errorf("at the end: %+v with %d commands", s, p.Commands())
	}
	p.Solution()
	if s := p.Stars(); s.Count() != 2 || s.Unaided {
		t.Errorf("after the solution: %+v", s)
	}
}

func TestASavedPlayComesBackAsItWas(t *testing.T) {
	moves := []func(*Play){
		func(p *Play) { p.Type("echo off > lamp"); p.Hint() },
		func(p *Play) { p.Type("echo on > lamp") },
		func(p *Play) { p.Type("cat lamp") },
		func(p *Play) { p.Next() },
		func(p *Play) { _ = p.Answer(1) },
		func(p *Play) { p.Advance(30 * time.Second) },
		func(p *Play) { p.Settle() },
		func(p *Play) { p.Next() },
		func(p *Play) { p.Type("echo x > y"); _ = p.Undo() },
		func(p *Play) { _ = p.Restart() },
		func(p *Play) { p.Do(sim.Input{Kind: sim.InputEdit, Machine: "laptop", Path: "z", Text: "edited"}) },
	}
	p := lamp(t)
	for i, move := range moves {
		move(p)
		q, err := ResumePlay(p.Lesson(), p.Save())
		if err != nil {
			t.Fatal(err)
		}
		a, b := p.Save(), q.Save()
		if !reflect.DeepEqual(a, b) {
			t.Errorf("after move %d\nsaved  %+v\nresumed %+v", i+1, a, b)
		}
		if p.Phase() != q.Phase() || p.CanUndo() != q.CanUndo() || len(p.Hints()) != len(q.Hints()) || p.Commands() != q.Commands() {
			t.Errorf("after move %d: %s %v %d, resumed %s %v %d", i+1, p.Phase(), p.CanUndo(), p.Commands(), q.Phase(), q.CanUndo(), q.Commands())
		}
		if !reflect.DeepEqual(p.Session().World().Console().Lines, q.Session().World().Console().Lines) {
			t.Errorf("after move %d the terminals differ", i+1)
		}
		q.Close()
	}
}

func TestWhatIfBranchesShareNothing(t *testing.T) {
	p := lamp(t)
	b, err := p.Branch()
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	b.Type("echo on > lamp")
	wantPhase(t, b, 0, Passed)
	wantPhase(t, p, 0, Working)
}

func TestAPlaySavedWithAnotherTextBeginsAnew(t *testing.T) {
	p := lamp(t)
	for _, s := range []Saved{{Step: 7}, {Step: 1}, {Step: -1, Hints: []int{9}}, {Step: 3, Passed: true}} {
		q, err := ResumePlay(p.Lesson(), s)
		if err != nil {
			t.Fatal(err)
		}
		wantPhase(t, q, 0, Working)
		q.Close()
	}
}
