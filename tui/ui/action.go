package ui

import (
	tea "charm.land/bubbletea/v2"

	"drydock/lessons"
	"drydock/sim"
)

// Action is what a screen or a dialog asks of the root.
type Action interface{ action() }

// Go shows another screen instead of this one.
type Go struct{ To Route }

// Open puts a dialog over the screen.
type Open struct{ Dialog Screen }

// Close takes the dialog away and hands Tell, if there is any, to what is
// beneath it: that is how a dialog answers.
type Close struct{ Tell tea.Msg }

// Flash says something in the status line for a few seconds.
type Flash struct {
	Text  string
	Level Level
}

// Quit ends the program; progress is written first.
type Quit struct{}

// Write stores the progress.
type Write struct{}

// Several are actions one after the other.
type Several []Action

func (Go) action()      {}
func (Open) action()    {}
func (Close) action()   {}
func (Flash) action()   {}
func (Quit) action()    {}
func (Write) action()   {}
func (Several) action() {}

// Level is how grave a flash is.
type Level int

// Levels of a flash.
const (
	Note Level = iota
	Success
	Problem
)

// Notice is a flash that only informs.
func Notice(text string) Action { return Flash{Text: text} }

// Trouble is a flash about something that did not work; it says what to do next.
func Trouble(text string) Action { return Flash{Text: text, Level: Problem} }

// Route names a screen. The root turns it into one, so that screens need not
// know each other.
type Route interface{ route() }

// The screens there are.
type (
	// ToWelcome is the first screen.
	ToWelcome struct{}
	// ToMap is the course with its stars.
	ToMap struct{}
	// ToLesson plays a lesson; Anew forgets what was saved of it.
	ToLesson struct {
		ID   string
		Anew bool
	}
	// ToDebrief closes a lesson that was just finished.
	ToDebrief struct {
		Lesson *lessons.Lesson
		Stars  lessons.Stars
		Saved  lessons.Saved
	}
)

func (ToWelcome) route() {}
func (ToMap) route()     {}
func (ToLesson) route()  {}
func (ToDebrief) route() {}

// Edit opens the editor for a file that a command in the world asked for. The
// screen is told Edited when it is over.
type Edit struct{ Request sim.EditRequest }

// Browse shows the files of a machine. The screen is told Chosen when one is to
// be opened.
type Browse struct {
	Machine string
	Files   []sim.FileInfo
}

// Chosen is the file of the console's machine that the learner wants to open.
type Chosen struct{ Path string }

// Edited is the message with which the editor answers. Without Saved nothing is
// to be written, but the command that waits must be told all the same.
type Edited struct {
	Machine, Path, Data string
	Saved               bool
}

func (Edit) action()   {}
func (Browse) action() {}
