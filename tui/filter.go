package tui

import (
	"time"

	tea "charm.land/bubbletea/v2"
)

// wheelEvery is the least time between two wheel events that are let through: a
// touchpad sends hundreds a second, and each would draw a frame.
const wheelEvery = 12 * time.Millisecond

// Filter keeps a flood of mouse events from the program; give it to
// tea.WithFilter. Nothing here follows the mouse, so that its motion is dropped,
// and a wheel turns only as fast as frames can be drawn.
func (m *Model) Filter(_ tea.Model, msg tea.Msg) tea.Msg {
	switch msg := msg.(type) {
	case tea.MouseMotionMsg, tea.MouseReleaseMsg:
		return nil
	case tea.MouseWheelMsg:
		now := m.opt.Now()
		if msg.Button == m.wheel.button && now.Sub(m.wheel.at) < wheelEvery {
			return nil
		}
		m.wheel.button, m.wheel.at = msg.Button, now
	}
	return msg
}

// wheel is the last wheel event that was let through.
type wheel struct {
	button tea.MouseButton
	at     time.Time
}
