// Package playtest is a game made by hand, for tests and benchmarks of the
// screen: no simulator, only what it is told to show.
package playtest

import (
	"errors"
	"strings"
	"time"

	"drydock/lessons"
	"drydock/sim"
	"drydock/tui/play"
)

// Game is a play.Game whose every answer is set by hand. What was asked of it
// is noted in Log.
type Game struct {
	L       *lessons.Lesson
	At      int
	Now     lessons.Phase
	Open    []lessons.GoalState
	Shown   []string
	Said    int
	Score   lessons.Stars
	S       sim.State
	C       sim.Console
	Time    time.Duration
	Due     time.Duration // 0: nothing is due
	Causes  []sim.Cause
	Words   []sim.Candidate // what completion offers
	Log     []string
	Journal []sim.Input
	// OnType answers a command line; nil only shows it.
	OnType func(g *Game, line string)
	// OnTime is told when virtual time passed.
	OnTime func(g *Game, d time.Duration)
	// Other is the branch that was made last.
	Other *Game
	redo  int
}

func (g *Game) note(words ...string) { g.Log = append(g.Log, strings.Join(words, " ")) }

// Lesson is what is being played.
func (g *Game) Lesson() *lessons.Lesson { return g.L }

// Step is the current step.
func (g *Game) Step() (int, *lessons.Step) {
	if g.At >= len(g.L.Steps) {
		return g.At, nil
	}
	return g.At, &g.L.Steps[g.At]
}

// Phase is as set.
func (g *Game) Phase() lessons.Phase { return g.Now }

// Goals are as set.
func (g *Game) Goals() []lessons.GoalState { return g.Open }

// Hints are those revealed.
func (g *Game) Hints() []string { return g.Shown }

// Answered is as set.
func (g *Game) Answered() int { return g.Said }

// Stars are as set.
func (g *Game) Stars() lessons.Stars { return g.Score }

// CanUndo is true once a line was typed.
func (g *Game) CanUndo() bool { return len(g.Journal) > 0 }

// CanRedo is true after an undo.
func (g *Game) CanRedo() bool { return g.redo > 0 }

// Save is the journal.
func (g *Game) Save() lessons.Saved {
	return lessons.Saved{Step: g.At, Journal: append([]sim.Input(nil), g.Journal...)}
}

// Type notes a line and shows it at the console.
func (g *Game) Type(line string) {
	g.note("type", line)
	g.Journal = append(g.Journal, sim.Input{Kind: sim.InputLine, Text: line})
	n := 1
	if k := len(g.C.Lines); k > 0 {
		n = g.C.Lines[k-1].Command + 1
	}
	g.C.Lines = append(g.C.Lines, sim.ConsoleLine{Text: g.C.Prompt + line, Kind: sim.LineCommand, Command: n})
	g.C.History = append(g.C.History, line)
	if g.OnType != nil {
		g.OnType(g, line)
	}
}

// Print adds output to the console.
func (g *Game) Print(lines ...string) {
	n := 0
	if k := len(g.C.Lines); k > 0 {
		n = g.C.Lines[k-1].Command
	}
	for _, line := range lines {
		g.C.Lines = append(g.C.Lines, sim.ConsoleLine{Text: line, Command: n})
	}
}

// Do notes an input.
func (g *Game) Do(in sim.Input) {
	if in.Kind != sim.InputResize {
		g.note(string(in.Kind), in.Machine, in.Text)
	}
	if in.Kind == sim.InputInterrupt {
		g.C.Busy, g.C.Reading, g.Due = false, true, 0
	}
}

// Advance lets time pass.
func (g *Game) Advance(d time.Duration) {
	g.Time += d
	if g.Due > 0 {
		g.Due = max(g.Due-d, 0)
	}
	if g.OnTime != nil {
		g.OnTime(g, d)
	}
}

// Settle notes itself and passes what is due.
func (g *Game) Settle() bool {
	g.note("settle")
	g.Advance(g.Due)
	return true
}

// Undo takes the last line back.
func (g *Game) Undo() error {
	if len(g.Journal) == 0 {
		return errors.New("nothing to undo")
	}
	g.note("undo")
	g.Journal, g.redo = g.Journal[:len(g.Journal)-1], g.redo+1
	return nil
}

// Redo brings nothing back but notes itself.
func (g *Game) Redo() error { g.note("redo"); g.redo--; return nil }

// Restart notes itself.
func (g *Game) Restart() error { g.note("restart"); return nil }

// Answer notes the answer and goes on to the goals.
func (g *Game) Answer(i int) error {
	g.note("answer", string(rune('1'+i)))
	g.Said, g.Now = i, lessons.Working
	return nil
}

// Hint reveals the next hint.
func (g *Game) Hint() (string, bool) {
	_, step := g.Step()
	if len(g.Shown) >= len(step.Hints) {
		return "", false
	}
	g.Shown = append(g.Shown, step.Hints[len(g.Shown)])
	return g.Shown[len(g.Shown)-1], true
}

// Solution is the step's.
func (g *Game) Solution() []string { _, step := g.Step(); g.note("solution"); return step.Solution }

// Next goes on.
func (g *Game) Next() {
	g.note("next")
	g.At++
	g.Now, g.Shown, g.Said = lessons.Working, nil, -1
	if g.At >= len(g.L.Steps) {
		g.Now = lessons.Over
	}
}

// Branch is a copy that notes what it is asked by itself.
func (g *Game) Branch() (play.Game, error) {
	g.note("branch")
	b := *g
	b.Log = nil
	b.C.Lines = append([]sim.ConsoleLine(nil), g.C.Lines...)
	g.Other = &b
	return &b, nil
}

// Close notes itself.
func (g *Game) Close() { g.note("close") }

// World is the game itself in another coat.
func (g *Game) World() play.World { return world{g} }

type world struct{ g *Game }

func (w world) State() sim.State       { return w.g.S }
func (w world) Console() sim.Console   { return w.g.C }
func (w world) Elapsed() time.Duration { return w.g.Time }
func (w world) Next() (time.Duration, bool) {
	return w.g.Due, w.g.Due > 0
}
func (w world) Settled() bool                               { return w.g.Due == 0 }
func (w world) Complete(string, int) (int, []sim.Candidate) { return 0, w.g.Words }
func (w world) Files(string) []sim.FileInfo                 { return nil }
func (w world) ReadFile(string, string) string              { return "" }
func (w world) Why(string) []sim.Cause                      { return w.g.Causes }
