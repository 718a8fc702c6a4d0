package tui_test

import (
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"drydock/tui"
)

func TestAFloodOfMouseEventsIsThinnedOut(t *testing.T) {
	now := time.Unix(0, 0)
	m := tui.New(tui.Options{Now: func() time.Time { return now }})
	passed := 0
	for range 100 {
		now = now.Add(time.Millisecond)
		if m.Filter(m, tea.MouseWheelMsg{Button: tea.MouseWheelDown}) != nil {
			passed++
		}
		if m.Filter(m, tea.MouseMotionMsg{}) != nil {
			t.Fatal("a motion came through")
		}
	}
	if passed < 5 || passed > 10 {
		t.Errorf("%d of 100 wheel events in 100 ms came through", passed)
	}
	if m.Filter(m, tea.MouseWheelMsg{Button: tea.MouseWheelUp}) == nil {
		t.Error("the first turn the other way was dropped")
	}
	if m.Filter(m, tea.MouseClickMsg{Button: tea.MouseLeft}) == nil || m.Filter(m, tea.KeyPressMsg{Code: 'x'}) == nil {
		t.Error("a click or a key was dropped")
	}
}
