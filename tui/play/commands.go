package play

import (
	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"drydock/lessons"
	"drydock/tui/harbour"
	"drydock/tui/layout"
	"drydock/tui/ui"
)

// do is what a key does.
type do func(*ui.Env) (ui.Action, tea.Cmd)

// Commands are the keys of the screen as it is now.
func (s *Screen) Commands(env *ui.Env) []ui.Group {
	groups := []ui.Group{
		{Title: "Lesson", Commands: s.lessonCommands(env)},
		{Title: "Time", Commands: s.timeCommands(env)},
		{Title: "Panes", Commands: s.paneCommands(env)},
		{Title: "World", Commands: s.worldCommands(env)},
	}
	switch s.focus {
	case layout.Terminal:
		groups = append(groups, ui.Group{Title: "Terminal", Commands: s.promptCommands(env)})
	case layout.Harbour:
		groups = append([]ui.Group{{Title: "Harbour", Commands: s.harbourCommands(env)}}, groups...)
	case layout.Lesson:
		groups = append([]ui.Group{{Title: "Reading", Commands: s.readCommands(env)}}, groups...)
	}
	return groups
}

// letters adds single letters to a key while no line is typed.
func (s *Screen) letters(b key.Binding, letters ...string) key.Binding {
	if s.focus == layout.Terminal {
		return b
	}
	return ui.With(b, letters...)
}

// bound makes the Run of a command.
func bound(env *ui.Env, f do) func() (ui.Action, tea.Cmd) {
	return func() (ui.Action, tea.Cmd) { return f(env) }
}

func reason(off bool, why string) string {
	if off {
		return why
	}
	return ""
}

func (s *Screen) lessonCommands(env *ui.Env) []ui.Command {
	k := env.Keys
	var out []ui.Command
	free := s.focus != layout.Terminal || s.term.Value() == "" && s.term.AtPrompt()
	if free && s.phase == lessons.Passed {
		out = append(out, ui.Command{Key: k.Continue, Foot: true, Run: bound(env, s.goOn)})
	}
	if s.focus == layout.Terminal {
		out = append(out, s.scrollDown(env))
	}
	hint, hintOff := s.hintKey(k.Hint)
	if s.inWhatIf() {
		out = append(out, s.whatIfCommand(env)) // the way back comes first
	}
	out = append(out,
		ui.Command{Key: k.Help, Foot: true},
		ui.Command{Key: s.letters(k.Actions, "a"), Foot: true, Run: bound(env, s.listActions), Off: s.actionsOff()},
		ui.Command{Key: s.letters(hint, "h"), Foot: true, Run: bound(env, s.hint), Off: hintOff},
	)
	if free {
		out = append(out, ui.Command{Key: k.Pick, Off: s.actionsOff()})
	}
	if s.focus != layout.Terminal {
		out = append(out, ui.Command{Key: k.Restart, Run: bound(env, s.askRestart)})
	}
	return append(out, ui.Command{Key: k.Quit, Run: bound(env, s.askLeave)})
}

func (s *Screen) timeCommands(env *ui.Env) []ui.Command {
	k := env.Keys
	pause := k.Pause
	if s.pace.paused {
		pause = ui.Says(k.Pause, "go on")
	}
	_, due := s.game.World().Next()
	calm := s.game.World().Settled()
	return []ui.Command{
		{Key: s.letters(pause, "p"), Foot: true, Run: bound(env, s.pause)},
		{Key: s.letters(k.Step, "."), Foot: s.pace.paused, Run: bound(env, s.next), Off: reason(!due, "nothing is due")},
		{Key: s.letters(k.Faster, ">"), Foot: due, Run: bound(env, s.faster)},
		{Key: s.letters(k.Settle, "s"), Foot: true, Run: bound(env, s.settle), Off: reason(calm, "nothing is under way")},
		{Key: s.letters(k.Undo, "u"), Foot: true, Run: bound(env, s.undo), Off: reason(!s.game.CanUndo(), "there is nothing to undo in this step")},
		{Key: s.letters(k.Redo, "U"), Foot: true, Run: bound(env, s.redo), Off: reason(!s.game.CanRedo(), "nothing was undone")},
		{Key: s.letters(k.Why, "w"), Foot: true, Run: bound(env, s.askWhy)},
	}
}

func (s *Screen) worldCommands(env *ui.Env) []ui.Command {
	k := env.Keys
	out := []ui.Command{
		{Key: s.letters(k.Machine, "m"), Foot: true, Run: bound(env, s.chooseMachine), Off: reason(len(s.state.Machines) < 2, "there is only this machine")},
		{Key: s.letters(k.Faults, "f"), Foot: true, Run: bound(env, s.listFaults)},
		{Key: s.letters(k.Files, "o"), Foot: true, Run: bound(env, s.files), Off: reason(s.console.Machine == "", "there is no machine")},
	}
	if !s.inWhatIf() {
		out = append(out, s.whatIfCommand(env))
	}
	return out
}

func (s *Screen) paneCommands(env *ui.Env) []ui.Command {
	k := env.Keys
	leave := ui.Command{Key: k.Leave, Run: bound(env, s.leavePrompt)}
	if s.focus != layout.Terminal {
		leave.Key, leave.Foot = ui.Says(k.Leave, "to the prompt"), true
	}
	out := []ui.Command{leave, {Key: k.PrevPane, Run: bound(env, s.prevPane)}}
	if s.focus != layout.Terminal || s.term.Value() == "" {
		out = append(out, ui.Command{Key: k.NextPane, Foot: true, Run: bound(env, s.nextPane)})
	}
	off := reason(s.layout().Shape == layout.Narrow, "there is one pane at a time already")
	return append(out, ui.Command{Key: s.letters(k.Zoom, "z"), Foot: true, Run: bound(env, s.toggleZoom), Off: off})
}

func (s *Screen) promptCommands(env *ui.Env) []ui.Command {
	k := env.Keys
	out := []ui.Command{
		{Key: k.Interrupt, Run: bound(env, s.interrupt)},
		{Key: k.ScrollUp, Run: bound(env, s.scrollBy(+1))},
		{Key: k.Copy, Run: bound(env, s.copy)}, {Key: k.Wrap, Run: bound(env, s.cut)},
	}
	if s.term.Dead() {
		return append(out, ui.Command{Key: ui.Says(k.Accept, "a new shell"), Foot: true, Run: bound(env, s.knock)})
	}
	if !s.term.Reading() {
		return out
	}
	out = append(out, ui.Command{Key: ui.Says(k.Accept, "run"), Run: bound(env, s.enter)})
	if s.term.Value() == "" {
		out = append(out, ui.Command{Key: k.EOF, Run: bound(env, s.endOfInput)})
	} else {
		out = append(out, ui.Command{Key: k.Complete, Run: bound(env, s.complete)})
	}
	return append(out,
		ui.Command{Key: k.HistoryBack, Run: quietly(s.term.HistoryBack)}, ui.Command{Key: k.HistoryForward, Run: quietly(s.term.HistoryForward)},
		ui.Command{Key: k.SearchHistory, Run: bound(env, s.search)},
	)
}

func (s *Screen) scrollDown(env *ui.Env) ui.Command {
	c := ui.Command{Key: env.Keys.ScrollDown, Run: bound(env, s.scrollBy(-1))}
	if !s.term.Scrolled() && s.more(env) {
		c.Key, c.Foot = ui.Says(c.Key, "read on"), true
	}
	return c
}

func (s *Screen) harbourCommands(env *ui.Env) []ui.Command {
	k := env.Keys
	move := func(d harbour.Direction) func() (ui.Action, tea.Cmd) {
		return quietly(func() {
			r := s.harbourRect()
			s.harbour.Move(d, r.Dx(), r.Dy())
		})
	}
	out := []ui.Command{
		{Key: k.Left, Run: move(harbour.Left)}, {Key: k.Right, Run: move(harbour.Right)},
		{Key: k.Up, Run: move(harbour.Up)}, {Key: k.Down, Run: move(harbour.Down)},
	}
	if open, can := s.harbour.Opened(s.harbour.Selected()); can {
		key := ui.Says(k.Open, pick(open, "close", "open"))
		out = append([]ui.Command{{Key: key, Foot: true, Run: quietly(func() { s.harbour.Toggle(s.harbour.Selected()) })}}, out...)
	}
	if m, ok := s.chosen(); ok {
		key := ui.Says(k.Power, pick(m.Powered, "power off", "power on"))
		out = append([]ui.Command{{Key: key, Foot: true, Run: bound(env, s.switchPower)}}, out...)
	}
	if s.harbour.Selected().Kind != "" {
		out = append([]ui.Command{{Key: ui.Says(k.Accept, "why"), Foot: true, Run: bound(env, s.askWhy)}}, out...)
	}
	return out
}

func (s *Screen) readCommands(env *ui.Env) []ui.Command {
	k := env.Keys
	by := func(n int) func() (ui.Action, tea.Cmd) { return quietly(func() { s.read(env, n) }) }
	off := reason(!s.more(env), "the whole text is on the screen")
	return []ui.Command{
		{Key: k.Up, Off: off, Run: by(-1)}, {Key: k.Down, Off: off, Foot: true, Run: by(1)},
		{Key: k.PageUp, Off: off, Run: by(-s.page(env))}, {Key: k.PageDown, Off: off, Run: by(s.page(env))},
		{Key: k.Home, Off: off, Run: by(-len(s.lines))}, {Key: k.End, Off: off, Run: by(len(s.lines))},
	}
}

// quietly is a Run that asks nothing of the root.
func quietly(f func()) func() (ui.Action, tea.Cmd) {
	return func() (ui.Action, tea.Cmd) { f(); return nil, nil }
}
