// Package welcome is what a newcomer sees once, before the first lesson.
package welcome

import (
	tea "charm.land/bubbletea/v2"

	"drydock/tui/draw"
	"drydock/tui/theme"
	"drydock/tui/ui"
)

// Screen is the welcome.
type Screen struct{}

// New makes the welcome.
func New() *Screen { return &Screen{} }

// Update takes the few keys.
func (s *Screen) Update(env *ui.Env, msg tea.Msg) (ui.Action, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.KeyPressMsg:
		do, cmd, _ := ui.Dispatch(s.Commands(env), msg)
		return do, cmd
	case tea.MouseClickMsg:
		return s.first(env), nil
	}
	return nil, nil
}

// first begins the first lesson of the course.
func (s *Screen) first(env *ui.Env) ui.Action {
	if len(env.Course.Lessons) == 0 {
		return ui.Trouble("the course has no lessons; start with --lessons DIR to bring some")
	}
	return ui.Go{To: ui.ToLesson{ID: env.Course.Lessons[0].ID}}
}

// Commands are the keys of the welcome.
func (s *Screen) Commands(env *ui.Env) []ui.Group {
	k := env.Keys
	return []ui.Group{{Title: "Welcome", Commands: []ui.Command{
		{Key: ui.Says(k.Accept, "begin"), Foot: true, Run: func() (ui.Action, tea.Cmd) { return s.first(env), nil }},
		{Key: ui.Says(ui.With(k.NextPane, "m"), "the map"), Foot: true, Run: ui.Act(ui.Go{To: ui.ToMap{}})},
		{Key: k.Help, Foot: true}, {Key: ui.With(k.Quit, "q", "ctrl+c", "esc"), Foot: true, Run: ui.Act(ui.Quit{})},
	}}}
}

// ship is a ship in dry dock, in one-cell glyphs.
func ship() []string {
	return []string{
		`             │▔▔╲`,
		`             │▁▁▁╲`,
		`        ┌─┬─┬┴┬─┬─┐`,
		`    ┌─┬─┼─┼─┼─┼─┼─┼─┬─┐`,
		`  ╲─┴─┴─┴─┴─┴─┴─┴─┴─┴─┴──╱`,
		`   ╲  drydock           ╱`,
		`    ╲__________________╱`,
		` ══╧══╧══╧══╧══╧══╧══╧══╧══`,
	}
}

// View draws the welcome in the middle of the screen.
func (s *Screen) View(env *ui.Env, w, h int) ui.Frame {
	t := env.Theme
	var lines []string
	if h >= 22 {
		for _, line := range ship() {
			lines = append(lines, t.Accent.Render(line))
		}
		lines = append(lines, "")
	}
	width := min(w-4, 64)
	for i, text := range []string{
		"Docker, Compose, Swarm, Kubernetes, on ships that cannot sink.",
		"Everything here is simulated: no engine, no cluster, no network. The commands and their answers are the real ones. What you break, you can undo.",
		"Pick an action by its number, or type the command yourself. The harbour shows what happens, and F9 tells why.",
	} {
		style := t.Text
		if i == 0 {
			style = t.Strong
		}
		for _, line := range draw.Wrap(text, width) {
			lines = append(lines, style.Render(line))
		}
		lines = append(lines, "")
	}
	lines = append(lines, t.Key.Render("enter")+"  your first container, in a minute",
		t.Key.Render("tab")+"    the map of all lessons")
	return ui.Frame{Lines: draw.Pad(centre(lines, width, w, h), w, h), Title: theme.Title("welcome")}
}

// centre puts a block of the given width into the middle of w × h.
func centre(lines []string, width, w, h int) []string {
	out := make([]string, max((h-len(lines))*2/5, 0))
	for _, line := range lines {
		out = append(out, draw.Spaces((w-width)/2)+line)
	}
	return out
}
