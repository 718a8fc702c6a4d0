package tui

import (
	"fmt"
	"image"
	"strings"

	tea "charm.land/bubbletea/v2"
	"charm.land/lipgloss/v2"

	"drydock/tui/draw"
	"drydock/tui/layout"
	"drydock/tui/theme"
	"drydock/tui/ui"
)

// View composes the frame: the screen, the status line, the dialogs over both.
func (m *Model) View() tea.View {
	w, h := m.env.Width, m.env.Height
	v := tea.View{AltScreen: true, MouseMode: tea.MouseModeCellMotion, WindowTitle: "drydock"}
	m.ground(&v)
	switch {
	case w <= 0 || h <= 0 || m.screen == nil:
		return v
	case m.tooSmall():
		v.Content = strings.Join(m.enlarge(w, h), "\n")
		return v
	}
	frame := m.screen.View(m.env, w, h-1)
	if frame.Title != "" {
		v.WindowTitle = frame.Title
	}
	v.Cursor = frame.Cursor
	lines := append(draw.Pad(frame.Lines, w, h-1), m.status.view(m.env, m.top().Commands(m.env), w))
	for _, d := range m.dialogs {
		box, over := m.boxOf(d), d.View(m.env, w, h-1)
		lines = draw.Over(lines, over.Lines, box.Min.X, box.Min.Y)
		v.Cursor = nil
		if over.Cursor != nil {
			c := *over.Cursor
			c.X, c.Y = c.X+box.Min.X, c.Y+box.Min.Y
			v.Cursor = &c
		}
	}
	v.Content = strings.Join(lines, "\n")
	return v
}

// ground sets the terminal's own two colours where a theme was asked for, since
// it may be the opposite of the terminal's.
func (m *Model) ground(v *tea.View) {
	if background, text := theme.Ground(m.env.Theme.Kind); m.opt.Theme != "" && background != "" {
		v.BackgroundColor, v.ForegroundColor = lipgloss.Color(background), lipgloss.Color(text)
	}
}

// boxOf is where a dialog is drawn: in the middle, a little high.
func (m *Model) boxOf(d ui.Screen) image.Rectangle {
	w, h := m.env.Width, m.env.Height-1
	lines := d.View(m.env, w, h).Lines
	dw, dh := 0, len(lines)
	if dh > 0 {
		dw = draw.Width(lines[0])
	}
	x, y := max((w-dw)/2, 0), max((h-dh)*2/5, 0)
	return image.Rect(x, y, x+dw, y+dh)
}

// enlarge asks for a larger window; the lesson behind it goes on as it is.
func (m *Model) enlarge(w, h int) []string {
	text := []string{
		m.env.Theme.Strong.Render("Please enlarge the window"),
		fmt.Sprintf("drydock needs %d × %d, this is %d × %d.", layout.MinWidth, layout.MinHeight, w, h),
		"Nothing is lost.",
	}
	lines := make([]string, 0, h)
	for range max((h-len(text))/2, 0) {
		lines = append(lines, "")
	}
	for _, line := range text {
		lines = append(lines, draw.Spaces((w-draw.Width(line))/2)+line)
	}
	return draw.Pad(lines, w, h)
}
