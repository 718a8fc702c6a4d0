package play

import (
	"fmt"
	"image"
	"strconv"

	"drydock/lessons"
	"drydock/tui/draw"
	"drydock/tui/layout"
	"drydock/tui/prose"
	"drydock/tui/theme"
	"drydock/tui/ui"
)

// target is what a click on a line does.
type target struct {
	what  int
	index int
}

// What a line can be clicked for.
const (
	nothing = iota
	anAction
	anAnswer
	theNext
	theHint
	theList
)

// line is a line below the prose: goals, the question, hints, the menu.
type line struct {
	text   string
	target target
}

type lines []line

func (l *lines) add(t target, text ...string) {
	for _, each := range text {
		*l = append(*l, line{each, t})
	}
}

// section begins with a blank line and a title.
func (l *lines) section(title string) {
	if len(*l) > 0 {
		l.add(target{}, "")
	}
	l.add(target{}, title)
}

// shortPane is the height under which the lesson pane saves lines.
const shortPane = 16

// pinned is what stays in sight below the prose in w × h cells: as much of it
// as leaves room to read.
func (s *Screen) pinned(t theme.Theme, w, h int) lines {
	room := h - min(len(s.lines)+1, max(h*2/5, 3))
	if !s.layout().Actions.Empty() {
		// The row of actions has them too: here only where nothing else makes way.
		room = h - len(s.lines) - 1
	}
	for _, menu := range []int{2, 1, 0} {
		if out := s.below(t, w, menu, h < shortPane); len(out) <= room || menu == 0 {
			return out[:min(len(out), max(h-min(len(s.lines), 2), 1))]
		}
	}
	return nil
}

// below builds the lines below the prose. The menu is 0 without actions, 1 with
// them, 2 with their reasons.
func (s *Screen) below(t theme.Theme, w, menu int, short bool) lines {
	var out lines
	if step := s.asking(); step != nil {
		s.question(t, &out, step, w)
		return out
	}
	s.verdict(t, &out, w)
	s.goalLines(t, &out, w, short)
	s.hintLines(t, &out, w)
	if s.phase == lessons.Passed {
		if len(out) > 0 {
			out.add(target{}, "")
		}
		out.add(target{what: theNext}, t.Good.Render(theme.Met+" Done.")+" "+t.Key.Render("enter")+" goes on")
		return out
	}
	if menu > 0 {
		s.actionLines(t, &out, w, menu > 1)
	}
	return out
}

// actionLines is the menu; a long command goes on in the next line, as it would
// in a shell.
func (s *Screen) actionLines(t theme.Theme, out *lines, w int, reasons bool) {
	for i, a := range s.actions() {
		if i == 0 {
			out.section(t.Strong.Render("Actions"))
		}
		mark := t.Key.Render(strconv.Itoa(i+1)) + " "
		for _, text := range prose.Command(a.Command, w-2) {
			out.add(target{anAction, i}, mark+t.Command.Render(text))
			mark = "  "
		}
		if reasons {
			for _, text := range draw.Wrap(a.Why, w-2) {
				out.add(target{anAction, i}, "  "+t.Dim.Render(text))
			}
		}
	}
}

func (s *Screen) question(t theme.Theme, out *lines, step *lessons.Step, w int) {
	for i, text := range prose.Inline(t, t.Strong, "", step.Question, w) {
		if i == 0 {
			out.section(text)
			continue
		}
		out.add(target{}, text)
	}
	for i, a := range step.Answers {
		out.add(target{anAnswer, i}, prose.Inline(t, t.Text, t.Key.Render(strconv.Itoa(i+1))+" ", a.Text, w)...)
	}
}

// verdict is what became of the learner's answer, once they have seen it.
func (s *Screen) verdict(t theme.Theme, out *lines, w int) {
	_, step := s.game.Step()
	i := s.game.Answered()
	if step == nil || i < 0 || i >= len(step.Answers) {
		return
	}
	a := step.Answers[i]
	if !s.seen() {
		out.section(t.Strong.Render("You said"))
		out.add(target{}, prose.Inline(t, t.Text, "  ", a.Text, w)...)
		return
	}
	mark := t.Warn.Render(theme.Died + " Not quite")
	if a.Right {
		mark = t.Good.Render(theme.Met + " Right")
	}
	out.section(mark + t.Dim.Render(": "+draw.Clip(prose.Plain(a.Text), w-13)))
	out.add(target{}, prose.Inline(t, t.Text, "  ", a.Because, w)...)
}

// goalLines are the goals as they stand. The short form has no title and one line
// of what is still different.
func (s *Screen) goalLines(t theme.Theme, out *lines, w int, short bool) {
	if len(s.goals) == 0 {
		return
	}
	if short {
		if len(*out) > 0 {
			out.add(target{}, "")
		}
	} else {
		out.section(t.Strong.Render("Goals"))
	}
	for _, g := range s.goals {
		if g.Met && g.Holding == 0 {
			out.add(target{}, draw.Hanging(t.Good.Render(theme.Met)+" ", g.Text, w)...)
			continue
		}
		out.add(target{}, draw.Hanging(t.Warn.Render(theme.Open)+" ", g.Text, w)...)
		found := g.Found
		if g.Holding > 0 {
			found = "must hold for " + passed(g.Holding) + " more"
		}
		texts := draw.Wrap(found, w-2)
		if short {
			texts = []string{draw.Clip(found, w-2)}
		}
		for _, text := range texts {
			if text != "" {
				out.add(target{}, "  "+t.Dim.Render(text))
			}
		}
	}
}

func (s *Screen) hintLines(t theme.Theme, out *lines, w int) {
	if s.solution != nil {
		out.section(t.Strong.Render("Solution"))
		for _, command := range s.solution {
			mark := t.Dim.Render("$ ")
			for _, text := range prose.Command(command, w-2) {
				out.add(target{}, mark+t.Command.Render(text))
				mark = "  "
			}
		}
		return
	}
	hints := s.game.Hints()
	if len(hints) == 0 || s.phase == lessons.Passed {
		return
	}
	_, step := s.game.Step()
	out.section(t.Strong.Render(fmt.Sprintf("Hint %d of %d", len(hints), len(step.Hints))))
	out.add(target{what: theHint}, prose.Inline(t, t.Text, "  ", hints[len(hints)-1], w)...)
}

// lessonPane draws the prose and what is pinned below it.
func (s *Screen) lessonPane(env *ui.Env, r image.Rectangle) []string {
	w, h := r.Dx()-2, r.Dy()
	if w < 4 || h < 1 {
		return nil
	}
	below := s.pinned(env.Theme, min(w, maxProse), h)
	rows := s.proseRows(len(below), h)
	top := min(s.top, max(len(s.lines)-rows, 0))
	out := make([]string, 0, h)
	for i := range rows {
		text := ""
		if top+i < len(s.lines) {
			text = s.lines[top+i]
		}
		out = append(out, " "+text)
	}
	if from, to := s.thumb(env, r); s.layout().Rule.Empty() {
		for i := from; i < to; i++ {
			out[i] = draw.Fit(out[i], r.Dx()-1) + env.Theme.Accent.Render(theme.ScrollBar)
		}
	}
	if rows < h-len(below) {
		out = append(out, "")
	}
	for _, l := range below {
		out = append(out, " "+l.text)
	}
	return out
}

// proseRows is how many lines of prose are shown above n pinned ones.
func (s *Screen) proseRows(n, h int) int {
	rows := h - n
	if n > 0 {
		rows-- // a blank line between
	}
	return max(min(rows, len(s.lines)), 0)
}

// thumb is which rows of the pane stand for the part of the prose that is seen;
// none when all of it is.
func (s *Screen) thumb(env *ui.Env, r image.Rectangle) (from, to int) {
	rows, all := s.proseRows(len(s.pinned(env.Theme, min(r.Dx()-2, maxProse), r.Dy())), r.Dy()), len(s.lines)
	if rows <= 0 || all <= rows {
		return 0, 0
	}
	size := max(rows*rows/all, 1)
	from = min(s.top, all-rows) * (rows - size) / (all - rows)
	return from, from + size
}

// page is how many lines of prose are seen at a time.
func (s *Screen) page(env *ui.Env) int {
	r := layout.Content(s.layout().Lesson)
	return s.proseRows(len(s.pinned(env.Theme, min(r.Dx()-2, maxProse), r.Dy())), r.Dy())
}

// more reports that the prose is longer than its room.
func (s *Screen) more(env *ui.Env) bool { return len(s.lines) > s.page(env) }

// read scrolls the prose.
func (s *Screen) read(env *ui.Env, by int) {
	s.top = max(min(s.top+by, len(s.lines)-s.page(env)), 0)
}
