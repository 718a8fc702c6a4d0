package play

import (
	tea "charm.land/bubbletea/v2"

	"drydock/tui/layout"
	"drydock/tui/ui"
)

func (s *Screen) nextPane(env *ui.Env) (ui.Action, tea.Cmd) { return s.turn(env, 1) }
func (s *Screen) prevPane(env *ui.Env) (ui.Action, tea.Cmd) { return s.turn(env, 2) }

// turn goes through the panes in the order terminal, lesson, harbour.
func (s *Screen) turn(env *ui.Env, by int) (ui.Action, tea.Cmd) {
	order := [3]layout.Pane{layout.Terminal, layout.Lesson, layout.Harbour}
	for i, p := range order {
		if p == s.focus {
			return s.focusOn(env, order[(i+by)%len(order)])
		}
	}
	return s.focusOn(env, layout.Terminal)
}

func (s *Screen) focusOn(env *ui.Env, p layout.Pane) (ui.Action, tea.Cmd) {
	s.focus = p
	if s.zoom != layout.None {
		s.zoom = p
	}
	s.term.ClosePopup()
	s.fitConsole()
	s.arrange(env)
	return nil, nil
}

// leavePrompt goes from the prompt to where single letters are keys, and back.
func (s *Screen) leavePrompt(env *ui.Env) (ui.Action, tea.Cmd) {
	if s.focus == layout.Terminal {
		return s.focusOn(env, layout.Lesson)
	}
	return s.focusOn(env, layout.Terminal)
}

// toggleZoom gives the focused pane all the room, or takes it back.
func (s *Screen) toggleZoom(env *ui.Env) (ui.Action, tea.Cmd) {
	if s.zoom == layout.None {
		s.zoom = s.focus
	} else {
		s.zoom = layout.None
	}
	return s.after(env)
}

// click focuses a pane and uses what is under the mouse.
func (s *Screen) click(env *ui.Env, at tea.Mouse) (ui.Action, tea.Cmd) {
	if at.Button != tea.MouseLeft {
		return nil, nil
	}
	if s.typing.on() {
		return s.finishTyping(env)
	}
	l := s.layout()
	if p, ok := l.TabAt(at.X, at.Y); ok {
		return s.focusOn(env, p)
	}
	if target, ok := s.targetAt(env, at.X, at.Y); ok {
		return s.use(env, target)
	}
	pane := l.PaneAt(at.X, at.Y)
	if pane == layout.None {
		return nil, nil
	}
	if pane == layout.Harbour {
		r := s.harbourRect()
		if key, ok := s.harbour.At(at.X-r.Min.X, at.Y-r.Min.Y, r.Dx(), r.Dy(), s.focus == layout.Harbour); ok {
			s.harbour.Select(key)
		}
	}
	return s.focusOn(env, pane)
}

// use does what a line that can be clicked stands for.
func (s *Screen) use(env *ui.Env, t target) (ui.Action, tea.Cmd) {
	switch t.what {
	case anAction, anAnswer:
		return s.pick(env, t.index)
	case theNext:
		return s.goOn(env)
	case theHint:
		return s.hint(env)
	case theList:
		return s.listActions(env)
	}
	return nil, nil
}

// wheel scrolls the pane under the mouse.
func (s *Screen) wheel(env *ui.Env, at tea.Mouse) (ui.Action, tea.Cmd) {
	by := 0
	switch at.Button {
	case tea.MouseWheelUp:
		by = -3
	case tea.MouseWheelDown:
		by = 3
	}
	l := s.layout()
	switch l.PaneAt(at.X, at.Y) {
	case layout.Lesson:
		s.read(env, by)
	case layout.Terminal:
		r := layout.Content(l.Terminal)
		s.term.Scroll(-by, r.Dx()-2, r.Dy())
	}
	return nil, nil
}
