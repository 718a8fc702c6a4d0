package sim

import (
	"time"

	"drydock/sim/image"
	"drydock/sim/machine"
)

// InputKind says what an Input is.
type InputKind string

// What a learner, a lesson or time can do to a world. Nothing else changes one.
const (
	InputLine      InputKind = "line"      // a line typed at the console: a command, or what a program reads
	InputInterrupt InputKind = "interrupt" // Ctrl-C
	InputEOF       InputKind = "eof"       // Ctrl-D
	InputSwitch    InputKind = "switch"    // the console goes to another machine (Machine)
	InputExec      InputKind = "exec"      // a command run to its end without a terminal (Machine, Text)
	InputTime      InputKind = "time"      // only time passed
	InputSettle    InputKind = "settle"    // time passed until nothing was under way
	InputFault     InputKind = "fault"     // something broke or was mended (Text: see Fault)
	InputEdit      InputKind = "edit"      // a file was written from outside (Machine, Path, Text)
	InputResize    InputKind = "resize"    // the console's width changed (Columns)
	InputMark      InputKind = "mark"      // a step of a lesson begins here; nothing happens
)

// Input is one entry of a journal. After is the virtual time between the entry
// before it and this one.
type Input struct {
	After   time.Duration `json:"after,omitempty"`
	Kind    InputKind     `json:"kind"`
	Machine string        `json:"machine,omitempty"`
	Text    string        `json:"text,omitempty"`
	Path    string        `json:"path,omitempty"`
	Columns int           `json:"columns,omitempty"`
	// Lesson marks what a lesson did by itself (faults, files); undo passes over it.
	Lesson bool `json:"lesson,omitempty"`
}

// Scenario is what a world starts from. With a journal it determines every byte.
type Scenario struct {
	Spec  Spec
	Files []File // the learner's home on the first machine

	// catalogue is what an earlier world of the session has read of the public images.
	catalogue *image.Catalogue
	// memo is what earlier worlds of the session have worked out of files.
	memo *machine.Memo
}

// File is a file of a scenario.
type File struct {
	Machine string // empty for the first machine
	Path    string // absolute, or relative to the owner's home
	Data    string
	Mode    uint32 // permission bits; 0 means 0644
}

// Result is what a command run by Exec did.
type Result struct {
	Output string // both streams, as printed
	Stdout string
	Stderr string
	Chunks []Chunk // the same in the order in which it was printed
	Status int
	// TimedOut says that it was still running when the limit was reached.
	TimedOut bool
}

// Chunk is a piece of output that went to one stream.
type Chunk struct {
	Text   string
	Stderr bool
}

// LineKind tells the terminal pane what a line of the console is.
type LineKind int

// Kinds of console lines.
const (
	LineOutput  LineKind = iota // what a program printed
	LineCommand                 // a prompt and what was typed at it
	LineNote                    // the game speaks: a fault, an undo
)

// ConsoleLine is one line of the console's scroll-back. Text may hold SGR
// colour sequences and no other control characters.
type ConsoleLine struct {
	Text string
	Kind LineKind
	// Command counts the commands typed so far: lines of one command share it.
	Command int
}

// Console is what the learner's terminal shows; a copy, safe to keep.
type Console struct {
	Lines   []ConsoleLine
	Machine string // the machine that the console's shell is on
	Prompt  string // what stands before the cursor: "laptop$ ", "/ # "; empty while a program runs
	Reading bool   // something waits for a line
	Secret  bool   // what is typed must not be shown
	Busy    bool   // a command is running in the foreground
	Status  int    // exit status of the last command
	History []string
	// Edit is set while `edit FILE` waits for the game's editor.
	Edit *EditRequest
}

// EditRequest is a file that a command wants to be edited.
type EditRequest struct {
	Machine  string
	Path     string
	Data     string
	New      bool // the file does not exist yet
	ReadOnly bool
}

// Candidate is one completion of the word at the cursor.
type Candidate struct {
	Text string // what replaces the word
	Help string // a few words about it
}

// Cause is one link of a `why` answer, the effect first and the root last.
type Cause struct {
	At   time.Duration // virtual time since the world began
	Text string
	// See is a command that shows the same thing with the real tool.
	See string
}
