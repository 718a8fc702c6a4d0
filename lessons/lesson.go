// Package lessons is the course and the rules of play: it loads lessons, judges
// goals, counts stars, keeps progress and proves lessons. It knows nothing of
// screens.
package lessons

import (
	"time"

	"github.com/expr-lang/expr/vm"

	"drydock/sim"
)

// Course is a set of lessons in the order in which they are taught.
type Course struct {
	Chapters []Chapter
	Lessons  []*Lesson

	listed bool            // course.yaml lists the chapters
	claims map[string]text // claim to the lesson that is to show it
	// problems are what Outline found wrong.
	problems Problems
}

// Chapter is a group of lessons.
type Chapter struct {
	Number int    // 0 is the first
	Title  string // "Containers with Docker"
	Pain   string // one sentence: what the chapter before could not do
}

// Lesson is one lesson, as its author wrote it.
type Lesson struct {
	ID       string // "first-container"; progress is kept under it
	Number   string // "1.1": chapter and place in it
	Chapter  int
	Title    string
	Summary  string
	Minutes  int
	Covers   []string // claims of the course, "C01"
	Requires []string // ids of lessons that should come first
	Par      int      // commands that a practised person needs for the whole lesson
	Scenario sim.Scenario
	Intro    string // Markdown before the first step; may be empty
	Steps    []Step
	Debrief  string // Markdown
	Source   string // file name, for messages

	pack        *pack
	dir         string
	place       int // within its chapter
	lines       map[string]int
	world       []byte
	worldLine   int
	body        []byte
	bodyLine    int
	debriefLine int
	opened      bool
	problems    Problems
}

// StepKind says what a step asks for.
type StepKind string

// The kinds of steps.
const (
	Do      StepKind = "do"      // reach a state of the world by any route
	Predict StepKind = "predict" // say what will happen, then see
	Fix     StepKind = "fix"     // repair a broken world
	Choose  StepKind = "choose"  // pick one; the world shows the consequence
)

// Step is one idea.
type Step struct {
	Title    string
	Prose    string // Markdown
	Kind     StepKind
	Goals    []Goal
	Actions  []Action
	Hints    []string
	Solution []string
	Wrong    []Wrong
	Stable   time.Duration // the goals must still hold after that long
	Faults   []string      // injected when the step starts
	Question string        // predict, choose
	Answers  []Answer
	Line     int // of its heading in the lesson's file

	blockLine    int
	hintLine     int
	solutionLine int
}

// Goal is a state of the world to reach.
type Goal struct {
	Text  string // what the learner reads
	When  string // expression over sim.State
	Found string // what to say while it is false; may hold {expressions}
	Line  int    // of the expression

	when  *vm.Program
	found template
}

// Action is an entry of the menu: a real command and why one would run it.
type Action struct {
	Command string
	Why     string
	Line    int
}

// Wrong is a way that must not pass, for the checker.
type Wrong struct {
	Run    []string
	Expect string // text of a goal that must still be open
	Line   int
}

// Answer is one possible answer to a question.
type Answer struct {
	Text  string
	Right bool
	// Because is said once the learner has seen what happens.
	Because string
	// Run are commands that show the consequence (choose).
	Run  []string
	Line int
}
