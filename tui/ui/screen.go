// Package ui is the contract between the program's root and its screens and
// dialogs: what they are given (Env), what they answer (Action), what keys they
// take (Command) and how they look (Frame).
package ui

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"drydock/lessons"
	"drydock/tui/theme"
)

// Screen is a page of the program, or a dialog over one: a dialog is a Screen
// whose frame is smaller than the room it is offered; the root centres it.
//
// A Screen is told everything through Update and never does I/O there. View is
// pure, total (any size, also 0 × 0) and cheap: it runs after every Update.
type Screen interface {
	// Update takes a key, a paste, a mouse event in the screen's own coordinates,
	// or a message that one of its commands made. It may answer with an action
	// for the root and a command for the outside world; both may be nil.
	Update(env *Env, msg tea.Msg) (Action, tea.Cmd)
	// View draws into at most w × h cells. The line below belongs to the root.
	View(env *Env, w, h int) Frame
	// Commands are the keys that work now, and those that do not with the reason.
	// Update, the footer and the help all come from them.
	Commands(env *Env) []Group
}

// Frame is a drawn screen: lines that are already as wide and as many as they
// shall be, and the cursor, if the terminal's own is to be shown.
type Frame struct {
	Lines  []string
	Cursor *tea.Cursor
	Title  string // of the window; dialogs leave it empty
}

// Env is what the program lends its screens. Screens change nothing in it.
type Env struct {
	Theme         theme.Theme
	Keys          Keys
	Course        *lessons.Course
	Progress      Progress
	Now           func() time.Time // the only source of real time
	ReducedMotion bool
	Width, Height int // of the window
	generation    int
}

// Generation is a number that no one else gets: a tick carries it, so that a
// late one is recognised.
func (e *Env) Generation() int {
	e.generation++
	return e.generation
}

// Progress is what is kept of the learner between two runs. All but Write work
// on memory.
type Progress interface {
	// Saved is a lesson in progress, if there is one.
	Saved(lesson string) (lessons.Saved, bool)
	// Best are the stars earned so far.
	Best(lesson string) lessons.Stars
	// Keep notes how far a lesson is.
	Keep(lesson string, s lessons.Saved)
	// Finish notes that a lesson was finished; Best keeps the better score.
	Finish(lesson string, stars lessons.Stars)
	// Write stores everything; it is the only one that does I/O.
	Write() error
}
