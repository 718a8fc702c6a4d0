package play

import (
	"time"

	"drydock/lessons"
	"drydock/sim"
)

// Game is what the screen needs of a lesson that is being played: lessons.Play,
// or something made by hand in a test.
type Game interface {
	Lesson() *lessons.Lesson
	Step() (int, *lessons.Step)
	Phase() lessons.Phase
	Goals() []lessons.GoalState
	Hints() []string
	Answered() int
	Stars() lessons.Stars
	CanUndo() bool
	CanRedo() bool
	Save() lessons.Saved

	Type(line string)
	Do(in sim.Input)
	Advance(d time.Duration)
	Settle() bool
	Undo() error
	Redo() error
	Restart() error
	Answer(i int) error
	Hint() (text string, ok bool)
	Solution() []string
	Next()
	Close()
	// Branch begins a second game from the same past; close both.
	Branch() (Game, error)

	// World is the lesson's world as it is now; undo makes a new one.
	World() World
}

// World is what can be seen of a world.
type World interface {
	State() sim.State
	Console() sim.Console
	Elapsed() time.Duration
	Next() (time.Duration, bool)
	Settled() bool
	Complete(line string, cursor int) (from int, candidates []sim.Candidate)
	Why(object string) []sim.Cause
	Files(machine string) []sim.FileInfo
	ReadFile(machine, path string) string
}

// Live plays a lesson for real, from where it was left.
func Live(l *lessons.Lesson, saved lessons.Saved) (Game, error) {
	p, err := lessons.ResumePlay(l, saved)
	if err != nil {
		return nil, err
	}
	return live{p}, nil
}

type live struct{ *lessons.Play }

// Branch is another play of the same past.
func (g live) Branch() (Game, error) {
	p, err := g.Play.Branch()
	if err != nil {
		return nil, err
	}
	return live{p}, nil
}

// World is the session's world.
func (g live) World() World { return g.Session().World() }
