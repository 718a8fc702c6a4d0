package term

import (
	"slices"
	"strings"

	"drydock/sim"
	"drydock/tui/draw"
	"drydock/tui/theme"
)

// popupRows is how many candidates are seen at a time.
const popupRows = 7

// popup is the list of completions above the prompt.
type popup struct {
	items  []sim.Candidate
	from   int // where in the line the completed word begins
	at     int
	search bool // it lists the history instead
}

// Completing reports that the pop-up is open.
func (m *Model) Completing() bool { return len(m.popup.items) > 0 }

// ClosePopup puts the pop-up away.
func (m *Model) ClosePopup() { m.popup = popup{} }

// Complete opens the pop-up. What all candidates have in common is put into the
// line at once; a single one is taken. It reports whether there are any.
func (m *Model) Complete(complete Completer) bool {
	line, cursor := m.input.Value(), m.byteCursor()
	from, items := complete(line, cursor)
	if len(items) == 0 || from < 0 || from > cursor {
		return false
	}
	if len(items) == 1 {
		m.replace(from, withSpace(items[0].Text))
		return true
	}
	if common := commonPrefix(items); len(common) > cursor-from {
		m.replace(from, common)
	}
	m.popup = popup{items: items, from: from}
	return true
}

// Search opens the history, newest first, as far as it holds what is typed.
func (m *Model) Search() bool {
	var items []sim.Candidate
	for _, line := range slices.Backward(m.console.History) {
		if strings.Contains(line, m.input.Value()) && !slices.ContainsFunc(items, func(c sim.Candidate) bool { return c.Text == line }) {
			items = append(items, sim.Candidate{Text: line})
		}
	}
	m.popup = popup{items: items, search: true}
	return len(items) > 0
}

// Move goes through the candidates.
func (m *Model) Move(by int) {
	if n := len(m.popup.items); n > 0 {
		m.popup.at = ((m.popup.at+by)%n + n) % n
	}
}

// Take puts the chosen candidate into the line.
func (m *Model) Take() {
	p := m.popup
	if len(p.items) == 0 {
		return
	}
	if p.search {
		m.Set(p.items[p.at].Text)
		return
	}
	m.replace(p.from, withSpace(p.items[p.at].Text))
}

func (m *Model) byteCursor() int {
	runes := []rune(m.input.Value())
	return len(string(runes[:min(m.input.Position(), len(runes))]))
}

// replace puts text where the word at the cursor is.
func (m *Model) replace(from int, text string) {
	line, cursor := m.input.Value(), m.byteCursor()
	m.input.SetValue(line[:from] + text + line[cursor:])
	m.input.SetCursor(len([]rune(line[:from] + text)))
	m.popup = popup{}
}

// narrow follows what is typed while the pop-up is open.
func (p *popup) narrow(m *Model, complete Completer) {
	if len(p.items) == 0 {
		return
	}
	if p.search {
		m.Search()
		return
	}
	from, items := complete(m.input.Value(), m.byteCursor())
	if from != p.from {
		items = nil
	}
	*p = popup{items: items, from: from}
}

// withSpace ends a completed word, unless it is a part of one.
func withSpace(word string) string {
	if word == "" || strings.ContainsRune("/=:", rune(word[len(word)-1])) {
		return word
	}
	return word + " "
}

func commonPrefix(items []sim.Candidate) string {
	common := items[0].Text
	for _, item := range items[1:] {
		for !strings.HasPrefix(item.Text, common) {
			common = common[:len(common)-1]
		}
	}
	return strings.ToValidUTF8(common, "")
}

// view draws the pop-up, at most w × h.
func (p *popup) view(t theme.Theme, w, h int) []string {
	rows := min(len(p.items), popupRows, h-2)
	if rows < 1 {
		return nil
	}
	top := min(max(p.at-rows/2, 0), len(p.items)-rows)
	name, help := 0, 0
	for _, item := range p.items[top : top+rows] {
		name, help = max(name, draw.Width(item.Text)), max(help, draw.Width(item.Help))
	}
	name = min(name, max(w-6, 8))
	width := min(name+2+help+2, w-2)
	var lines []string
	for i, item := range p.items[top : top+rows] {
		line := " " + draw.Fit(item.Text, name) + "  "
		if top+i == p.at {
			lines = append(lines, t.Selected.Render(draw.Fit(line+item.Help, width)))
			continue
		}
		lines = append(lines, draw.Fit(line+t.Dim.Render(item.Help), width))
	}
	foot := ""
	if len(p.items) > rows {
		foot = t.Dim.Render(position(p.at+1, len(p.items)))
	}
	return draw.Frame{Foot: foot, Style: t.Rule}.Around(lines, width+2, rows+2)
}
