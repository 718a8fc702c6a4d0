package tui

import (
	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"drydock/tui/dialog"
	"drydock/tui/ui"
)

// top is what gets the input: the last dialog, or the screen.
func (m *Model) top() ui.Screen {
	if n := len(m.dialogs); n > 0 {
		return m.dialogs[n-1]
	}
	return m.screen
}

func (m *Model) toScreen(msg tea.Msg) tea.Cmd { return m.to(m.screen, msg) }
func (m *Model) toTop(msg tea.Msg) tea.Cmd    { return m.to(m.top(), msg) }

func (m *Model) to(s ui.Screen, msg tea.Msg) tea.Cmd {
	if s == nil {
		return nil
	}
	action, cmd := s.Update(m.env, msg)
	return join(cmd, m.do(action))
}

// toAll hands on what is no input: ticks belong to whoever knows their generation.
func (m *Model) toAll(msg tea.Msg) tea.Cmd {
	if failed, ok := msg.(notWritten); ok {
		return m.status.show(m.env, ui.Flash{Text: "progress is not saved: " + failed.err.Error(), Level: ui.Problem})
	}
	cmd := m.toScreen(msg)
	for _, d := range m.dialogs {
		cmd = join(cmd, m.to(d, msg))
	}
	return cmd
}

// join is tea.Batch for two commands of which often one or both are nil.
func join(a, b tea.Cmd) tea.Cmd {
	switch {
	case a == nil:
		return b
	case b == nil:
		return a
	}
	return tea.Batch(a, b)
}

// pressed gives a key to the top; help is the root's.
func (m *Model) pressed(msg tea.KeyPressMsg) tea.Cmd {
	if m.tooSmall() && !key.Matches(msg, m.env.Keys.Quit) {
		return nil
	}
	m.status.flash = ui.Flash{} // it was there to be read before the next key
	if key.Matches(msg, m.env.Keys.Help) && len(m.dialogs) == 0 {
		return m.do(ui.Open{Dialog: m.help()})
	}
	return m.toTop(msg)
}

// help lists the keys of the screen, from the bindings that Update matches.
func (m *Model) help() ui.Screen {
	var lines []string
	for _, group := range m.screen.Commands(m.env) {
		lines = append(lines, m.env.Theme.Strong.Render(group.Title))
		for _, c := range group.Commands {
			h := c.Key.Help()
			line := "  " + m.env.Theme.Key.Render(pad(h.Key, 7)) + h.Desc
			if c.Off != "" {
				line += m.env.Theme.Dim.Render("  (" + c.Off + ")")
			}
			lines = append(lines, line)
		}
		lines = append(lines, "")
	}
	return dialog.NewText("Keys", lines)
}

// closeDialog drops the top dialog and tells what is beneath.
func (m *Model) closeDialog(c ui.Close) tea.Cmd {
	if n := len(m.dialogs); n > 0 {
		m.dialogs = m.dialogs[:n-1]
	}
	if c.Tell == nil {
		return nil
	}
	return m.toTop(c.Tell)
}

// mouse hands on an event in the coordinates of what gets it.
func (m *Model) mouse(msg tea.MouseMsg) tea.Cmd {
	if m.tooSmall() {
		return nil
	}
	if n := len(m.dialogs); n > 0 {
		box := m.boxOf(m.dialogs[n-1])
		return m.toTop(shift(msg, -box.Min.X, -box.Min.Y))
	}
	return m.toTop(msg)
}

func shift(msg tea.MouseMsg, dx, dy int) tea.Msg {
	at := msg.Mouse()
	at.X, at.Y = at.X+dx, at.Y+dy
	switch msg.(type) {
	case tea.MouseClickMsg:
		return tea.MouseClickMsg(at)
	case tea.MouseWheelMsg:
		return tea.MouseWheelMsg(at)
	case tea.MouseReleaseMsg:
		return tea.MouseReleaseMsg(at)
	}
	return tea.MouseMotionMsg(at)
}
