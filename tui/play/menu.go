package play

import (
	"image"
	"slices"
	"strconv"

	"drydock/lessons"
	"drydock/tui/draw"
	"drydock/tui/layout"
	"drydock/tui/theme"
	"drydock/tui/ui"
)

// menuRow is the actions in one line, with where each of them is.
type menuRow struct {
	text    string
	targets []struct {
		from, to int
		target   target
	}
	used int
}

func (m *menuRow) add(text string, t target) {
	w := draw.Width(text)
	m.targets = append(m.targets, struct {
		from, to int
		target   target
	}{m.used, m.used + w, t})
	m.text += text
	m.used += w
}

// actionRow draws the actions, or that a question waits, or the way on, in w cells.
func (s *Screen) actionRow(t theme.Theme, w int) menuRow {
	var out menuRow
	if s.phase == lessons.Passed {
		out.add(" "+t.Good.Render(theme.Met+" Done.")+" "+t.Key.Render("enter")+" goes on", target{what: theNext})
		return out
	}
	if s.asking() != nil {
		out.add(" "+t.Warn.Render("?")+" a digit answers the question  ", target{what: theList})
		out.add(t.Key.Render("F2")+t.Dim.Render(" shows it in full"), target{what: theList})
		return out
	}
	if s.listed(t) {
		out.add(" "+t.Key.Render("1-"+strconv.Itoa(len(s.actions())))+t.Dim.Render(" picks an action  "), target{what: theList})
		out.add(t.Key.Render("F2")+t.Dim.Render(" tells what each is for"), target{what: theList})
		return out
	}
	var texts []string
	for _, a := range s.actions() {
		texts = append(texts, a.Command)
	}
	// Each gets its share, and the short ones leave theirs to the long ones.
	for i, text := range texts {
		share := (w - out.used - 1) / (len(texts) - i)
		if share < 10 {
			out.add(" "+t.Key.Render("F2")+t.Dim.Render(" more"), target{what: theList})
			break
		}
		out.add(" "+t.Key.Render(strconv.Itoa(i+1))+" "+t.Command.Render(draw.Clip(text, share-4))+" ", target{anAction, i})
	}
	if len(texts) == 0 {
		out.add(t.Dim.Render(" type a command; F3 gives a hint"), target{what: theHint})
	}
	out.text = draw.Clip(out.text, w)
	return out
}

// listed reports that the lesson pane has room for several actions.
func (s *Screen) listed(t theme.Theme) bool {
	r := layout.Content(s.layout().Lesson)
	return len(s.actions()) > 1 && !r.Empty() && slices.ContainsFunc(s.pinned(t, min(r.Dx()-2, maxProse), r.Dy()), func(l line) bool {
		return l.target.what == anAction
	})
}

// targetAt is what can be clicked at a cell: a line of the lesson pane, or a
// part of the row of actions.
func (s *Screen) targetAt(env *ui.Env, x, y int) (target, bool) {
	l := s.layout()
	at := image.Pt(x, y)
	if at.In(l.Actions) {
		for _, part := range s.actionRow(env.Theme, l.Actions.Dx()).targets {
			if x >= part.from && x < part.to {
				return part.target, true
			}
		}
		return target{}, false
	}
	r := layout.Content(l.Lesson)
	if !at.In(r) {
		return target{}, false
	}
	below := s.pinned(env.Theme, min(r.Dx()-2, maxProse), r.Dy())
	first := s.proseRows(len(below), r.Dy())
	if first < r.Dy()-len(below) {
		first++
	}
	i := y - r.Min.Y - first
	if i < 0 || i >= len(below) || below[i].target.what == nothing {
		return target{}, false
	}
	return below[i].target, true
}
