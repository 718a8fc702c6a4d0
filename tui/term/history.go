package term

// history walks through the commands typed before.
type history struct {
	back  int    // how many commands back; 0 is the line being typed
	draft string // what was typed before walking
}

// HistoryBack shows the command before.
func (m *Model) HistoryBack() { m.walk(1) }

// HistoryForward shows the command after, and at the end what was being typed.
func (m *Model) HistoryForward() { m.walk(-1) }

func (m *Model) walk(by int) {
	h, all := m.history, m.console.History
	if h.back == 0 {
		h.draft = m.input.Value()
	}
	h.back = min(max(h.back+by, 0), len(all))
	line := h.draft
	if h.back > 0 {
		line = all[len(all)-h.back]
	}
	m.Set(line)
	m.history = h
}
