package tui

import (
	"fmt"

	tea "charm.land/bubbletea/v2"

	"drydock/lessons"
	"drydock/tui/draw"
	"drydock/tui/ui"
)

// placeholder lists the lessons where a screen of its own is still missing.
type placeholder struct {
	what string
	at   int
}

func newPlaceholder(to ui.Route) *placeholder { return &placeholder{what: fmt.Sprintf("%T", to)} }

func (p *placeholder) Update(env *ui.Env, msg tea.Msg) (ui.Action, tea.Cmd) {
	if press, ok := msg.(tea.KeyPressMsg); ok {
		do, cmd, _ := ui.Dispatch(p.Commands(env), press)
		return do, cmd
	}
	return nil, nil
}

func (p *placeholder) Commands(env *ui.Env) []ui.Group {
	k := env.Keys
	move := func(by int) func() (ui.Action, tea.Cmd) {
		return func() (ui.Action, tea.Cmd) {
			p.at = min(max(p.at+by, 0), max(len(env.Course.Lessons)-1, 0))
			return nil, nil
		}
	}
	start := func() (ui.Action, tea.Cmd) {
		if p.at < len(env.Course.Lessons) {
			return ui.Go{To: ui.ToLesson{ID: env.Course.Lessons[p.at].ID}}, nil
		}
		return nil, nil
	}
	return []ui.Group{{Title: "Lessons", Commands: []ui.Command{
		{Key: k.Up, Foot: true, Run: move(-1)}, {Key: k.Down, Foot: true, Run: move(1)},
		{Key: k.Accept, Foot: true, Run: start}, {Key: k.Quit, Foot: true, Run: ui.Act(ui.Quit{})},
	}}}
}

func (p *placeholder) View(env *ui.Env, w, h int) ui.Frame {
	lines := []string{"", " " + env.Theme.Strong.Render("drydock"), ""}
	for i, l := range env.Course.Lessons {
		line := draw.Fit(" "+l.Number+" "+l.Title, w)
		if i == p.at {
			line = env.Theme.Selected.Render(line)
		}
		lines = append(lines, line)
	}
	return ui.Frame{Lines: draw.Pad(lines, w, h)}
}

// forgetful is a progress that keeps nothing on disk.
type forgetful struct {
	saved map[string]lessons.Saved
	best  map[string]lessons.Stars
}

func newForgetful() *forgetful {
	return &forgetful{map[string]lessons.Saved{}, map[string]lessons.Stars{}}
}

func (f *forgetful) Saved(id string) (lessons.Saved, bool) { s, ok := f.saved[id]; return s, ok }
func (f *forgetful) Best(id string) lessons.Stars          { return f.best[id] }
func (f *forgetful) Keep(id string, s lessons.Saved)       { f.saved[id] = s }
func (f *forgetful) Finish(id string, stars lessons.Stars) { f.best[id] = stars }
func (f *forgetful) Write() error                          { return nil }
