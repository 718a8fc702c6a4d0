// Package chart is the map: the chapters and their lessons, the stars earned,
// and what to do next.
package chart

import (
	"slices"

	tea "charm.land/bubbletea/v2"

	"drydock/lessons"
	"drydock/tui/draw"
	"drydock/tui/theme"
	"drydock/tui/ui"
)

// Screen is the map. The cursor is on a lesson.
type Screen struct {
	course *lessons.Course
	at     int // index into the course's lessons
}

// New opens the map with the cursor on what to do next.
func New(env *ui.Env) *Screen {
	s := &Screen{course: env.Course}
	if next := Next(env); next != nil {
		s.at = max(slices.Index(s.course.Lessons, next), 0)
	}
	return s
}

// Next is the lesson to play now: one that was begun, else the first that is
// not finished; nil when all are.
func Next(env *ui.Env) *lessons.Lesson {
	var first *lessons.Lesson
	for _, l := range env.Course.Lessons {
		saved, begun := env.Progress.Saved(l.ID)
		if begun && !saved.Passed && len(saved.Journal) > 0 {
			return l
		}
		if first == nil && !env.Progress.Best(l.ID).Finished {
			first = l
		}
	}
	return first
}

// After is the lesson to play after another: the first one behind it in the
// course that is not finished, else what Next says.
func After(env *ui.Env, l *lessons.Lesson) *lessons.Lesson {
	all := env.Course.Lessons
	for i := slices.Index(all, l) + 1; i < len(all); i++ {
		if !env.Progress.Best(all[i].ID).Finished {
			return all[i]
		}
	}
	return Next(env)
}

// Update moves the cursor and starts lessons.
func (s *Screen) Update(env *ui.Env, msg tea.Msg) (ui.Action, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.KeyPressMsg:
		do, cmd, _ := ui.Dispatch(s.Commands(env), msg)
		return do, cmd
	case tea.MouseWheelMsg:
		s.move(map[tea.MouseButton]int{tea.MouseWheelUp: -1, tea.MouseWheelDown: 1}[msg.Button])
	case tea.MouseClickMsg:
		return s.click(env, msg), nil
	}
	return nil, nil
}

// click selects a lesson; a click on the selected one starts it.
func (s *Screen) click(env *ui.Env, msg tea.MouseClickMsg) ui.Action {
	list := s.listWidth(env.Width)
	rows := s.rows(env, list)
	i := msg.Y - headerLines + s.top(rows, s.listHeight(env, env.Width, env.Height-1))
	if i < 0 || i >= len(rows) || rows[i].lesson < 0 || msg.X >= list {
		return nil
	}
	if s.at == rows[i].lesson {
		return s.start(false)
	}
	s.at = rows[i].lesson
	return nil
}

func (s *Screen) move(by int) { s.at = min(max(s.at+by, 0), max(len(s.course.Lessons)-1, 0)) }

// chapter goes to the first lesson of the next or the one before of the chapters.
func (s *Screen) chapter(by int) {
	here := s.selected()
	if here == nil {
		return
	}
	for i := s.at; i >= 0 && i < len(s.course.Lessons); i += by {
		if c := s.course.Lessons[i].Chapter; c != here.Chapter {
			s.at = slices.IndexFunc(s.course.Lessons, func(l *lessons.Lesson) bool { return l.Chapter == c })
			return
		}
	}
}

func (s *Screen) selected() *lessons.Lesson {
	if s.at < 0 || s.at >= len(s.course.Lessons) {
		return nil
	}
	return s.course.Lessons[s.at]
}

func (s *Screen) start(anew bool) ui.Action {
	if l := s.selected(); l != nil {
		return ui.Go{To: ui.ToLesson{ID: l.ID, Anew: anew}}
	}
	return nil
}

// Commands are the keys of the map.
func (s *Screen) Commands(env *ui.Env) []ui.Group {
	k := env.Keys
	do := func(fn func()) func() (ui.Action, tea.Cmd) {
		return func() (ui.Action, tea.Cmd) { fn(); return nil, nil }
	}
	begun, none := "", ""
	if s.selected() == nil {
		none = "there is no lesson here"
	} else if saved, ok := env.Progress.Saved(s.selected().ID); !ok || len(saved.Journal) == 0 {
		begun = "this lesson was not begun; enter starts it"
	}
	return []ui.Group{{Title: "The map", Commands: []ui.Command{
		{Key: ui.Says(k.Accept, s.verb(env)), Off: none, Foot: true, Run: func() (ui.Action, tea.Cmd) { return s.start(false), nil }},
		{Key: ui.Says(k.Restart, "from the start"), Off: begun, Foot: true, Run: func() (ui.Action, tea.Cmd) { return s.start(true), nil }},
		{Key: k.Up, Foot: true, Run: do(func() { s.move(-1) })}, {Key: k.Down, Foot: true, Run: do(func() { s.move(1) })},
		{Key: ui.Says(k.Left, "chapter before"), Run: do(func() { s.chapter(-1) })},
		{Key: ui.Says(k.Right, "next chapter"), Run: do(func() { s.chapter(1) })},
		{Key: k.Home, Run: do(func() { s.at = 0 })}, {Key: k.End, Run: do(func() { s.move(len(s.course.Lessons)) })},
		{Key: k.Help, Foot: true}, {Key: ui.With(k.Quit, "q", "ctrl+c"), Foot: true, Run: ui.Act(ui.Quit{})},
	}}}
}

// verb is what enter does with the selected lesson.
func (s *Screen) verb(env *ui.Env) string {
	l := s.selected()
	if l == nil {
		return "start"
	}
	saved, ok := env.Progress.Saved(l.ID)
	switch {
	case ok && !saved.Passed && len(saved.Journal) > 0:
		return "go on"
	case env.Progress.Best(l.ID).Finished:
		return "play again"
	}
	return "start"
}

// headerLines is how many lines stand above the list.
const headerLines = 3

// View draws the list, and beside or below it what is selected.
func (s *Screen) View(env *ui.Env, w, h int) ui.Frame {
	list, height := s.listWidth(w), s.listHeight(env, w, h)
	lines := s.header(env, w)
	rows := draw.Pad(s.window(env, list, height), list, height)
	if list < w {
		details := draw.Pad(s.details(env, w-list-4), w-list-3, height)
		lines = append(lines, draw.Beside(rows, details, " "+env.Theme.Rule.Render(theme.Vertical)+" ")...)
	} else {
		lines = append(append(lines, rows...), env.Theme.Rule.Render(draw.Repeat(theme.Horizon, w)))
		for _, line := range s.details(env, w-2) {
			lines = append(lines, " "+line)
		}
	}
	return ui.Frame{Lines: draw.Pad(lines, w, h), Title: theme.Title("map")}
}

// listHeight is the height of the list: below it, in a narrow window, what is
// selected takes the rest.
func (s *Screen) listHeight(env *ui.Env, w, h int) int {
	body := max(h-headerLines, 0)
	if s.listWidth(w) < w {
		return body
	}
	return max(body-min(len(s.details(env, w-2)), body/2)-1, 0)
}

// listWidth is the width of the list: all of a narrow window.
func (s *Screen) listWidth(w int) int {
	if w < 96 {
		return w
	}
	return min(w/2, 64)
}

// window is the part of the list around the cursor.
func (s *Screen) window(env *ui.Env, w, h int) []string {
	rows := s.rows(env, w)
	top := s.top(rows, h)
	var lines []string
	for _, r := range rows[top:min(top+h, len(rows))] {
		lines = append(lines, r.text)
	}
	return lines
}

// top is the first line of the list that is shown in h lines.
func (s *Screen) top(rows []listRow, h int) int {
	at := slices.IndexFunc(rows, func(r listRow) bool { return r.lesson == s.at })
	return min(max(at-h/2, 0), max(len(rows)-h, 0))
}
