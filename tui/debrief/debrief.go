// Package debrief closes a lesson: the stars, what happened, and what to do next.
package debrief

import (
	"fmt"

	tea "charm.land/bubbletea/v2"

	"drydock/lessons"
	"drydock/tui/chart"
	"drydock/tui/draw"
	"drydock/tui/prose"
	"drydock/tui/theme"
	"drydock/tui/ui"
)

// Screen is the debrief of a lesson that was just finished.
type Screen struct {
	lesson *lessons.Lesson
	stars  lessons.Stars
	saved  lessons.Saved
	prose  *prose.Cache
	top    int
}

// New makes the debrief.
func New(to ui.ToDebrief) *Screen {
	return &Screen{lesson: to.Lesson, stars: to.Stars, saved: to.Saved, prose: &prose.Cache{}}
}

// Update scrolls, and leads on.
func (s *Screen) Update(env *ui.Env, msg tea.Msg) (ui.Action, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.KeyPressMsg:
		do, cmd, _ := ui.Dispatch(s.Commands(env), msg)
		return do, cmd
	case tea.MouseWheelMsg:
		s.scroll(env, map[tea.MouseButton]int{tea.MouseWheelUp: -3, tea.MouseWheelDown: 3}[msg.Button])
	}
	return nil, nil
}

// Commands are the keys of the debrief.
func (s *Screen) Commands(env *ui.Env) []ui.Group {
	k := env.Keys
	by := func(n int) func() (ui.Action, tea.Cmd) {
		return func() (ui.Action, tea.Cmd) { s.scroll(env, n); return nil, nil }
	}
	next := ui.Command{Key: ui.Says(k.Accept, "the map"), Foot: true, Run: ui.Act(ui.Go{To: ui.ToMap{}})}
	if l := chart.After(env, s.lesson); l != nil && l != s.lesson {
		next = ui.Command{Key: ui.Says(k.Accept, "next: "+l.Number+" "+l.Title), Foot: true, Run: ui.Act(ui.Go{To: ui.ToLesson{ID: l.ID}})}
	}
	off := ""
	if s.last(env) == 0 {
		off = "everything is on the screen"
	}
	return []ui.Group{{Title: "Debrief", Commands: []ui.Command{
		next,
		{Key: ui.Says(ui.With(k.NextPane, "m", "esc"), "the map"), Foot: true, Run: ui.Act(ui.Go{To: ui.ToMap{}})},
		{Key: ui.Says(k.Restart, "play again"), Foot: true, Run: ui.Act(ui.Go{To: ui.ToLesson{ID: s.lesson.ID, Anew: true}})},
		{Key: k.Up, Off: off, Run: by(-1)}, {Key: k.Down, Off: off, Run: by(1)},
		{Key: k.PageUp, Off: off, Foot: true, Run: by(-10)}, {Key: k.PageDown, Off: off, Foot: true, Run: by(10)},
		{Key: ui.With(k.Quit, "q", "ctrl+c"), Foot: true, Run: ui.Act(ui.Quit{})},
	}}}
}

func (s *Screen) scroll(env *ui.Env, by int) { s.top = max(min(s.top+by, s.last(env)), 0) }

// last is the largest number of lines that can be scrolled away.
func (s *Screen) last(env *ui.Env) int {
	return max(len(s.text(env, env.Width))-(env.Height-1-headerLines), 0)
}

const headerLines = 2

// textWidth keeps lines short enough to read.
func textWidth(w int) int { return min(w-4, 76) }

// text is the whole page without its header.
func (s *Screen) text(env *ui.Env, w int) []string {
	t, width := env.Theme, textWidth(w)
	lines := []string{""}
	star := func(has bool, text string) {
		mark := t.Star.Render(theme.StarFull) + " "
		if !has {
			mark, text = t.Dim.Render(theme.StarNone)+" ", t.Dim.Render(text)
		}
		lines = append(lines, mark+text)
	}
	star(s.stars.Finished, "finished")
	star(s.stars.Unaided, either(s.stars.Unaided, "without looking at a solution", "with a look at a solution"))
	star(s.stars.WithinPar, fmt.Sprintf("%s: %s, par is %d", either(s.stars.WithinPar, "within par", "above par"), commands(s.saved.Commands), s.lesson.Par))
	lines = append(append(lines, ""), s.prose.Lines(t, s.lesson.Debrief, width)...)
	return lines
}

func commands(n int) string {
	if n == 1 {
		return "1 command"
	}
	return fmt.Sprintf("%d commands", n)
}

func either(yes bool, a, b string) string {
	if yes {
		return a
	}
	return b
}

// View draws the page.
func (s *Screen) View(env *ui.Env, w, h int) ui.Frame {
	t := env.Theme
	title := draw.Ends(" "+t.Accent.Render(s.lesson.Number)+" "+t.Title.Render(s.lesson.Title), t.Dim.Render("debrief "), w)
	lines := []string{title, t.Rule.Render(draw.Repeat(theme.Horizon, w))}
	text := s.text(env, w)
	top := min(s.top, max(len(text)-max(h-headerLines, 0), 0))
	for _, line := range text[top:] {
		lines = append(lines, draw.Spaces((w-textWidth(w))/2)+line)
	}
	return ui.Frame{Lines: draw.Pad(lines, w, h), Title: theme.Title("debrief")}
}
