// Package editor edits a file of the simulated machine, and lists those that
// there are. Nothing is lost by leaving: an edited file asks first.
package editor

import (
	"path"

	"charm.land/bubbles/v2/textarea"
	tea "charm.land/bubbletea/v2"

	"drydock/sim"
	"drydock/tui/dialog"
	"drydock/tui/draw"
	"drydock/tui/theme"
	"drydock/tui/ui"
)

// Editor is a dialog over the whole screen with one file in it.
type Editor struct {
	request sim.EditRequest
	area    textarea.Model
}

// discard is the answer to "leave without saving?".
type discard struct{}

// NewEditor opens a file. The screen beneath is told ui.Edited in the end.
func NewEditor(env *ui.Env, r sim.EditRequest) *Editor {
	a := textarea.New()
	a.SetStyles(styles(env))
	a.SetVirtualCursor(false)
	a.CharLimit, a.MaxHeight, a.MaxWidth = 0, 0, 0
	a.ShowLineNumbers, a.Prompt = true, ""
	a.SetValue(r.Data)
	a.MoveToBegin()
	a.Focus()
	e := &Editor{request: r, area: a}
	e.resize(env)
	return e
}

// styles takes the colours of the textarea away: weight and rules carry the frame.
func styles(env *ui.Env) textarea.Styles {
	s := textarea.DefaultStyles(env.Theme.Kind != theme.Light)
	s.Focused.Base, s.Focused.CursorLine, s.Focused.EndOfBuffer = plain(), plain(), plain()
	s.Focused.Text, s.Focused.CursorLineNumber, s.Focused.Prompt = plain(), plain().Bold(true), plain()
	s.Focused.LineNumber = plain().Faint(true)
	return s
}

func (e *Editor) resize(env *ui.Env) {
	e.area.SetWidth(max(env.Width-4, 10))
	e.area.SetHeight(max(env.Height-1-3, 3))
}

// changed reports text that would be lost.
func (e *Editor) changed() bool { return e.area.Value() != e.request.Data }

// Update edits, saves and leaves.
func (e *Editor) Update(env *ui.Env, msg tea.Msg) (ui.Action, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.KeyPressMsg:
		if do, cmd, taken := ui.Dispatch(e.Commands(env), msg); taken {
			return do, cmd
		}
	case tea.MouseWheelMsg:
		for range 3 {
			if msg.Button == tea.MouseWheelUp {
				e.area.CursorUp()
			} else {
				e.area.CursorDown()
			}
		}
		return nil, nil
	case tea.MouseMsg:
		return nil, nil
	case discard:
		return ui.Close{Tell: e.left()}, nil
	}
	e.resize(env)
	area, cmd := e.area.Update(msg)
	e.area = area
	return nil, cmd
}

func (e *Editor) left() ui.Edited {
	return ui.Edited{Machine: e.request.Machine, Path: e.request.Path}
}

// Commands are the keys that do not edit.
func (e *Editor) Commands(env *ui.Env) []ui.Group {
	k := env.Keys
	save := func() (ui.Action, tea.Cmd) {
		saved := e.left()
		saved.Data, saved.Saved = withEnd(e.area.Value()), true
		return ui.Several{ui.Close{Tell: saved}, ui.Flash{Text: path.Base(e.request.Path) + " is saved", Level: ui.Success}}, nil
	}
	leave := func() (ui.Action, tea.Cmd) {
		if !e.changed() {
			return ui.Close{Tell: e.left()}, nil
		}
		return ui.Open{Dialog: dialog.Ask("Leave without saving?", "The file stays as it was before you opened it.",
			"leave, and forget the changes", "go on editing", discard{})}, nil
	}
	off := ""
	if e.request.ReadOnly {
		off = "this file can only be read"
	}
	return []ui.Group{{Title: "Editor", Commands: []ui.Command{
		{Key: k.Save, Off: off, Foot: true, Run: save},
		{Key: ui.Says(ui.With(k.Cancel, "ctrl+c"), "leave"), Foot: true, Run: leave},
	}}}
}

// withEnd gives a text the line end that every text file has.
func withEnd(text string) string {
	if text == "" || text[len(text)-1] == '\n' {
		return text
	}
	return text + "\n"
}

// View draws the file in a frame as large as the screen.
func (e *Editor) View(env *ui.Env, w, h int) ui.Frame {
	t := env.Theme
	state := ""
	switch {
	case e.changed():
		state = "changed"
	case e.request.New:
		state = "new file"
	}
	frame := draw.Frame{Title: t.Title.Render(e.request.Path), Right: t.Dim.Render(e.request.Machine), Foot: t.Dim.Render(state), Style: t.Accent}
	var body []string
	for _, line := range splitLines(e.area.View()) {
		body = append(body, " "+line)
	}
	f := ui.Frame{Lines: frame.Around(body, w, h)}
	if c := e.area.Cursor(); c != nil {
		c.X, c.Y = c.X+2, c.Y+1
		f.Cursor = c
	}
	return f
}
