// Package play is the lesson screen: the lesson and its goals, the harbour, the
// terminal, and virtual time.
package play

import (
	tea "charm.land/bubbletea/v2"

	"drydock/tui/draw"
	"drydock/tui/ui"
)

// Screen plays one lesson.
type Screen struct {
	game Game
}

// New makes the screen of a game.
func New(env *ui.Env, game Game) *Screen { return &Screen{game: game} }

// Update is the table of contents of what can happen here.
func (s *Screen) Update(env *ui.Env, msg tea.Msg) (ui.Action, tea.Cmd) {
	if press, ok := msg.(tea.KeyPressMsg); ok {
		do, cmd, _ := ui.Dispatch(s.Commands(env), press)
		return do, cmd
	}
	return nil, nil
}

// Commands are the keys of the screen.
func (s *Screen) Commands(env *ui.Env) []ui.Group {
	return []ui.Group{{Title: "Lesson", Commands: []ui.Command{
		{Key: env.Keys.Quit, Foot: true, Run: ui.Act(ui.Go{To: ui.ToMap{}})},
	}}}
}

// View draws the screen.
func (s *Screen) View(env *ui.Env, w, h int) ui.Frame {
	return ui.Frame{Lines: draw.Pad([]string{" " + env.Theme.Strong.Render(s.game.Lesson().Title)}, w, h)}
}

// Leave keeps how far the lesson is and frees its world.
func (s *Screen) Leave(env *ui.Env) {
	env.Progress.Keep(s.game.Lesson().ID, s.game.Save())
	s.game.Close()
}
