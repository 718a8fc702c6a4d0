package term

import (
	"fmt"
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"drydock/sim"
	"drydock/tui/draw"
	"drydock/tui/theme"
)

// View draws the pane into w × h cells. The cursor is nil unless the pane is
// focused and a line can be typed.
func (m *Model) View(t theme.Theme, w, h int, focused bool) ([]string, *tea.Cursor) {
	if w < 4 || h < 1 {
		return draw.Pad(nil, w, h), nil
	}
	foot, cursor := m.foot(t, w)
	rows := m.rows(t, w, h-len(foot)+m.scroll)
	if m.scroll > 0 {
		rows = rows[:max(len(rows)-m.scroll, min(h-len(foot), len(rows)))]
	}
	rows = rows[max(len(rows)-(h-len(foot)), 0):]
	at := len(rows)
	lines := draw.Pad(append(rows, foot...), w, h)
	if m.scroll > 0 {
		mark := t.Accent.Render(fmt.Sprintf(" %s %d more below ", theme.Down, m.scroll))
		lines[h-1] = draw.Ends("", mark, w)
		return lines, nil
	}
	if cursor == nil || !focused {
		return lines, nil
	}
	cursor.Y += at
	if box := m.popup.view(t, w, max(at, h-at-1, 3)); box != nil {
		x := min(max(cursor.X-draw.Width(m.input.Value())+m.popup.from, 0), max(w-draw.Width(box[0]), 0))
		y := at - len(box)
		if y < 0 {
			y = at + 1
		}
		lines = draw.Over(lines, box, x, y)
	}
	return lines, cursor
}

// foot is the last line of the terminal: the prompt, or what is going on.
func (m *Model) foot(t theme.Theme, w int) ([]string, *tea.Cursor) {
	c := m.console
	switch {
	case c.Reading:
		prompt := draw.Clip(c.Prompt, w-2)
		if !c.Busy {
			prompt = t.Dim.Render(prompt)
		}
		used := draw.Width(prompt)
		in := m.input
		in.SetWidth(max(w-used-1, 1))
		cursor := in.Cursor()
		if cursor != nil {
			cursor.X = min(cursor.X+used, w-1)
		}
		return []string{prompt + in.View()}, cursor
	case c.Edit != nil:
		return []string{t.Accent.Render("the editor is open")}, nil
	case c.Busy:
		return []string{t.Accent.Render(theme.Starting) + t.Dim.Render(" running"+busyFor(m.busyFor)+"   ^C stops it")}, nil
	}
	return []string{t.Warn.Render(theme.Stopped) + t.Dim.Render(" nothing answers on "+c.Machine+"; enter tries again")}, nil
}

func busyFor(d time.Duration) string {
	if d < time.Second {
		return ""
	}
	return " for " + d.Truncate(time.Second).String()
}

// rows are the newest lines of the scroll-back, broken to the width, as many as
// are needed. Older ones are not looked at, however many there are.
func (m *Model) rows(t theme.Theme, w, need int) []string {
	lines := m.console.Lines
	if n := len(lines); n > 0 && m.console.Reading && m.console.Busy && lines[n-1].Text == m.console.Prompt {
		lines = lines[:n-1]
	}
	var rows []string // newest first
	if m.note != "" {
		rows = append(rows, draw.Clip(paint(t, sim.ConsoleLine{Text: m.note, Kind: sim.LineNote}), w))
	}
	for i := len(lines) - 1; i >= 0 && len(rows) < need; i-- {
		broken := m.breakLine(paint(t, lines[i]), w)
		slices.Reverse(broken)
		rows = append(rows, broken...)
	}
	slices.Reverse(rows)
	return rows
}

// breakLine wraps a line between words: a table stays readable that way, where a
// real terminal would cut through its words.
func (m *Model) breakLine(line string, w int) []string {
	if len(line) <= w || draw.Width(line) <= w {
		return []string{line}
	}
	if m.cut {
		return []string{draw.Clip(line, w)}
	}
	return draw.Wrap(strings.TrimRight(line, " "), w)
}

// paint gives prompts, commands and the game's notes their looks; output keeps
// its own colours.
func paint(t theme.Theme, line sim.ConsoleLine) string {
	switch line.Kind {
	case sim.LineCommand:
		for _, end := range []string{"$ ", "# ", "> "} {
			if prompt, command, ok := strings.Cut(line.Text, end); ok {
				return t.Dim.Render(prompt+end) + t.Command.Render(command)
			}
		}
		return t.Command.Render(line.Text)
	case sim.LineNote:
		return t.Accent.Render(theme.Pointer+" ") + t.Dim.Render(line.Text)
	}
	return line.Text
}

// Scroll moves through the scroll-back by rows; positive is back. The pane's
// size says how far that can go.
func (m *Model) Scroll(by, w, h int) {
	m.scroll = max(m.scroll+by, 0)
	if m.scroll > 0 {
		all := len(m.rows(theme.Theme{}, w, m.scroll+h))
		m.scroll = min(m.scroll, max(all-h+1, 0))
	}
}

// Scrolled reports that the newest lines are not in sight.
func (m *Model) Scrolled() bool { return m.scroll > 0 }

func position(at, all int) string { return fmt.Sprintf("%d of %d", at, all) }
