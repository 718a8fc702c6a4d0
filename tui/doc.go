// Package tui is what the learner sees: a Bubble Tea program on top of the rules
// of play. It knows how things look and which key does what, and nothing else.
//
// # The parts
//
//	theme    roles → styles, glyphs; the only place that names colours
//	draw     lines of styled text: fit, frame, beside, over
//	layout   the rectangles of the lesson screen; drawing and mouse use the same
//	ui       the contract: Screen, Action, Route, Command, Keys, Env
//	dialog   dialogs that any screen can open: a list, a text, a question
//	prose    Markdown to lines, cached
//	harbour  the picture of a world
//	term     the terminal pane
//	play     the lesson screen; play/playtest is a game made by hand, for tests
//	welcome, chart, debrief, editor   the other screens and dialogs
//	plain    the whole game line by line, without a screen
//	tui      the root: routes, dialogs, status line, what the terminal tells
//
// # To add a screen
//
// Write a type with ui.Screen's three methods in a package of its own, add a
// route to ui/action.go and a case to Model.screen in route.go. A screen leaves
// by answering ui.Go{To: ui.ToMap{}}; it never makes another screen itself. Its
// keys are ui.Commands made by one method: Update hands key presses to
// ui.Dispatch with them, and the footer and the help are made of the same list.
// A command that cannot work now has the reason in Off.
//
// # To add a dialog
//
// A dialog is a ui.Screen too. Open it with ui.Open{Dialog: …}; it closes itself
// with ui.Close{Tell: msg}, and msg arrives in the Update of what is beneath.
// Often dialog.List, dialog.Text or dialog.Ask will do.
//
// # What holds everywhere
//
// Update is a table of contents and does no I/O; View is pure and total. Time
// comes from Env.Now only. A tick carries a generation from Env.Generation, and
// nothing ticks when nothing is due. Each state has a glyph or a word, never
// colour alone. Mouse coordinates are those of the screen or dialog that gets
// the event.
package tui
