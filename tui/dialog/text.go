// Package dialog has the dialogs that any screen can open.
package dialog

import (
	tea "charm.land/bubbletea/v2"

	"drydock/tui/draw"
	"drydock/tui/ui"
)

// Text shows lines that are read and closed; it scrolls when there are many.
type Text struct {
	title string
	lines []string
	top   int
}

// NewText makes a text dialog from styled lines.
func NewText(title string, lines []string) *Text { return &Text{title: title, lines: lines} }

// Update scrolls or closes.
func (d *Text) Update(env *ui.Env, msg tea.Msg) (ui.Action, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.KeyPressMsg:
		do, cmd, _ := ui.Dispatch(d.Commands(env), msg)
		return do, cmd
	case tea.MouseWheelMsg:
		d.scroll(env, map[tea.MouseButton]int{tea.MouseWheelUp: -3, tea.MouseWheelDown: 3}[msg.Button])
	}
	return nil, nil
}

func (d *Text) scroll(env *ui.Env, by int) {
	_, rows := d.size(env.Width, env.Height-1)
	d.top = max(min(d.top+by, len(d.lines)-rows), 0)
}

// Commands are the keys of a text dialog.
func (d *Text) Commands(env *ui.Env) []ui.Group {
	k := env.Keys
	by := func(n int) func() (ui.Action, tea.Cmd) {
		return func() (ui.Action, tea.Cmd) { d.scroll(env, n); return nil, nil }
	}
	off := ""
	if _, rows := d.size(env.Width, env.Height-1); rows >= len(d.lines) {
		off = "everything is on the screen"
	}
	return []ui.Group{{Title: d.title, Commands: []ui.Command{
		{Key: ui.With(k.Cancel, "enter", "q", "f1", "ctrl+c"), Foot: true, Run: ui.Act(ui.Close{})},
		{Key: k.Up, Off: off, Foot: true, Run: by(-1)}, {Key: k.Down, Off: off, Foot: true, Run: by(1)},
		{Key: k.PageUp, Off: off, Run: by(-10)}, {Key: k.PageDown, Off: off, Run: by(10)},
	}}}
}

// size is the room for text within an offer of w × h.
func (d *Text) size(w, h int) (columns, rows int) {
	columns = draw.Width(d.title) + 4
	for _, line := range d.lines {
		columns = max(columns, draw.Width(line))
	}
	return max(min(columns, w-8, 90), 10), max(min(len(d.lines), h-4), 1)
}

// View draws the dialog.
func (d *Text) View(env *ui.Env, w, h int) ui.Frame {
	columns, rows := d.size(w, h)
	var lines []string
	for i := d.top; i < min(d.top+rows, len(d.lines)); i++ {
		lines = append(lines, " "+draw.Fit(d.lines[i], columns)+" ")
	}
	return ui.Frame{Lines: frame(env, d.title, more(d.top, rows, len(d.lines))).Around(lines, columns+4, rows+2)}
}

// frame is the border of all dialogs.
func frame(env *ui.Env, title, foot string) draw.Frame {
	if foot != "" {
		foot = env.Theme.Dim.Render(foot)
	}
	return draw.Frame{Title: env.Theme.Title.Render(title), Foot: foot, Style: env.Theme.Accent}
}

// more tells that a list goes on beyond what is shown.
func more(top, rows, all int) string {
	switch above, below := top > 0, top+rows < all; {
	case above && below:
		return "↑ more ↓"
	case above:
		return "↑ more"
	case below:
		return "more ↓"
	}
	return ""
}
