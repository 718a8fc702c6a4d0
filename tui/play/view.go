package play

import (
	"fmt"
	"image"
	"strconv"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"drydock/lessons"
	"drydock/tui/draw"
	"drydock/tui/layout"
	"drydock/tui/prose"
	"drydock/tui/theme"
	"drydock/tui/ui"
)

// View draws the screen.
func (s *Screen) View(env *ui.Env, w, h int) ui.Frame {
	if w < 1 || h < 1 {
		return ui.Frame{}
	}
	l := s.layoutOf(w, h)
	t := env.Theme
	lines := []string{s.header(t, w)}
	if !l.Tabs.Empty() {
		lines = append(lines, s.tabs(t, l))
	}
	if !l.Goal.Empty() {
		lines = append(lines, s.goalRow(t, w))
	}
	body, cursor := s.body(env, l)
	lines = append(lines, body...)
	if !l.Actions.Empty() {
		lines = append(lines, s.actionRow(t, w).text)
	}
	return ui.Frame{Lines: draw.Pad(lines, w, h), Cursor: cursor, Title: "drydock · " + s.game.Lesson().Title}
}

// body draws the panes, and the line between those beside each other.
func (s *Screen) body(env *ui.Env, l layout.Layout) ([]string, *tea.Cursor) {
	lesson := s.pane(env, l.Lesson, layout.Lesson)
	harbour := s.pane(env, l.Harbour, layout.Harbour)
	term, cursor := s.terminal(env, l.Terminal)
	if l.Rule.Empty() {
		return append(append(lesson, harbour...), term...), cursor
	}
	right := harbour
	if l.Shape == layout.Wide {
		right = append(right, term...)
	}
	var out []string
	from, to := s.thumb(env, layout.Content(l.Lesson))
	for i := range lesson {
		joint := s.joint(env.Theme, l, i)
		if i > from && i <= to {
			joint = env.Theme.Accent.Render(theme.ScrollBar)
		}
		out = append(out, lesson[i]+joint+right[i])
	}
	if l.Shape == layout.Medium {
		out = append(out, term...)
	}
	return out, cursor
}

// joint is a cell of the line between panes; titles meet it.
func (s *Screen) joint(t theme.Theme, l layout.Layout, i int) string {
	switch {
	case i == 0:
		return t.Rule.Render("┬")
	case l.Shape == layout.Wide && i == l.Terminal.Min.Y-l.Rule.Min.Y:
		return t.Rule.Render("├")
	}
	return t.Rule.Render(theme.Vertical)
}

// pane draws a pane with its title; nothing when it has no room.
func (s *Screen) pane(env *ui.Env, r image.Rectangle, p layout.Pane) []string {
	if r.Empty() {
		return nil
	}
	c := layout.Content(r)
	var lines []string
	title, right := "Harbour", ""
	if p == layout.Lesson {
		lines = s.lessonPane(env, c)
		title = "Lesson"
		if _, step := s.game.Step(); step != nil && step.Title != "" {
			title = step.Title
		}
	} else {
		in := s.harbourRect()
		lines = s.harbour.View(env.Theme, in.Dx(), in.Dy(), s.focus == p)
		for i := range lines {
			lines[i] = draw.Spaces(in.Min.X-c.Min.X) + lines[i]
		}
	}
	return append([]string{s.title(env.Theme, title, right, r.Dx(), p, -1)}, draw.Pad(lines, c.Dx(), c.Dy())...)
}

// harbourRect is where the harbour is drawn: off the line between the panes.
func (s *Screen) harbourRect() image.Rectangle {
	r := layout.Content(s.layout().Harbour)
	if !r.Empty() {
		r.Min.X++
	}
	if r.Dx() >= 60 {
		r.Max.X--
	}
	return r
}

func (s *Screen) terminal(env *ui.Env, r image.Rectangle) ([]string, *tea.Cursor) {
	if r.Empty() {
		return nil, nil
	}
	c := layout.Content(r)
	lines, cursor := s.term.View(env.Theme, max(c.Dx()-2, 0), c.Dy(), s.focus == layout.Terminal)
	for i := range lines {
		lines[i] = " " + lines[i]
	}
	if cursor != nil {
		at := *cursor
		at.X, at.Y = at.X+c.Min.X+1, at.Y+c.Min.Y
		cursor = &at
	}
	title := s.console.Machine
	if title == "" {
		title = "Terminal"
	}
	right := ""
	if n := len(s.state.Machines); n > 1 {
		right = "F4 goes to another of " + strconv.Itoa(n) + " machines"
	}
	if s.console.Status != 0 && !s.console.Busy {
		right = "exit status " + strconv.Itoa(s.console.Status)
	}
	notch := -1
	if l := s.layout(); l.Shape == layout.Medium && !l.Rule.Empty() {
		notch = l.Rule.Min.X
	}
	return append([]string{s.title(env.Theme, title, right, r.Dx(), layout.Terminal, notch)}, draw.Pad(lines, c.Dx(), c.Dy())...), cursor
}

// title is the first line of a pane. The focused one is heavier, so that no
// colour is needed to see it. The line from above meets it at notch.
func (s *Screen) title(t theme.Theme, title, right string, w int, p layout.Pane, notch int) string {
	line, meet, style, rule := theme.Horizon, "┴", t.Title, t.Rule
	if s.focus == p {
		line, meet, style, rule = theme.Heavy, "┷", t.Accent, t.Accent
	}
	name := " " + style.Render(draw.Clip(title, w-6)) + " "
	if right != "" && draw.Width(name)+draw.Width(right)+6 <= w {
		right = " " + t.Dim.Render(right) + " "
	} else {
		right = ""
	}
	rest := w - 1 - draw.Width(name) - draw.Width(right)
	if right != "" {
		rest--
		right += rule.Render(line)
	}
	edge := draw.Repeat(line, rest)
	if at := notch - 1 - draw.Width(name); at >= 0 && at < rest {
		edge = draw.Repeat(line, at) + meet + draw.Repeat(line, rest-at-1)
	}
	return rule.Render(line) + name + rule.Render(edge) + right
}

// header is the first line of the screen.
func (s *Screen) header(t theme.Theme, w int) string {
	lesson := s.game.Lesson()
	left := " " + t.Bar.Render(lesson.Number) + " " + t.Strong.Render(lesson.Title)
	if s.inWhatIf() {
		left += "  " + t.Warn.Render("what if?")
	}
	right := fmt.Sprintf("step %d of %d", min(s.step+1, max(len(lesson.Steps), 1)), max(len(lesson.Steps), 1))
	parts := []string{s.stars(t), t.Dim.Render(right), s.time(t) + " "}
	for len(parts) > 1 && draw.Width(left)+draw.Width(strings.Join(parts, "   "))+2 > w {
		parts = parts[1:]
	}
	return draw.Ends(left, strings.Join(parts, "   "), w)
}

// stars are those still to be had.
func (s *Screen) stars(t theme.Theme) string {
	stars := s.game.Stars()
	n := 1
	for _, more := range []bool{stars.Unaided, stars.WithinPar} {
		if more {
			n++
		}
	}
	text := t.Star.Render(draw.Repeat(theme.StarFull, n)) + t.Dim.Render(draw.Repeat(theme.StarNone, 3-n))
	if t.Words() {
		text += " " + strconv.Itoa(n) + " of 3 to win"
	}
	return text
}

// time is the virtual clock, and whether it runs.
func (s *Screen) time(t theme.Theme) string {
	text := clock(s.elapsed) + " "
	_, due := s.game.World().Next()
	switch {
	case s.pace.paused:
		return text + t.Warn.Render(theme.Paused+" paused")
	case due:
		return text + t.Good.Render(theme.Play) + " ×" + strconv.Itoa(s.pace.speed)
	}
	return t.Dim.Render(text + theme.Play + " ×" + strconv.Itoa(s.pace.speed))
}

// clock words the time since the world began.
func clock(d time.Duration) string {
	sec := int(d / time.Second)
	if sec >= 3600 {
		return fmt.Sprintf("%d:%02d:%02d", sec/3600, sec/60%60, sec%60)
	}
	return fmt.Sprintf("%d:%02d", sec/60, sec%60)
}

// tabs are the names of the panes, where only one is shown.
func (s *Screen) tabs(t theme.Theme, l layout.Layout) string {
	line := ""
	for _, tab := range l.TabList() {
		text := " " + tab.Name + " "
		if tab.Pane == s.focus {
			line += t.Selected.Render(text)
		} else {
			line += t.Dim.Render(text)
		}
		line += " "
	}
	return draw.Fit(line, l.Tabs.Dx())
}

// goalRow is the first open goal in one line.
func (s *Screen) goalRow(t theme.Theme, w int) string {
	if step := s.asking(); step != nil {
		return draw.Fit(" "+t.Warn.Render("? ")+prose.Plain(step.Question), w)
	}
	met := 0
	for _, g := range s.goals {
		if g.Met {
			met++
		}
	}
	for _, g := range s.goals {
		if !g.Met {
			return draw.Fit(fmt.Sprintf(" %s %s %s", t.Warn.Render(theme.Open), g.Text, t.Dim.Render(fmt.Sprintf("(%d of %d done)", met, len(s.goals)))), w)
		}
	}
	if s.phase == lessons.Passed {
		return draw.Fit(" "+t.Good.Render(theme.Met+" Done.")+" enter goes on", w)
	}
	return draw.Spaces(w)
}
