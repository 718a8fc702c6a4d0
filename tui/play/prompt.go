package play

import (
	"fmt"
	"strings"
	"time"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"drydock/sim"
	"drydock/tui/layout"
	"drydock/tui/ui"
)

// pressed routes a key: what is being typed out is finished first, then an open
// pop-up, then the commands, and what is left is typed.
func (s *Screen) pressed(env *ui.Env, msg tea.KeyPressMsg) (ui.Action, tea.Cmd) {
	if s.typing.on() {
		return s.finishTyping(env)
	}
	if s.term.Completing() && s.popupKey(env, msg) {
		return nil, nil
	}
	if key.Matches(msg, env.Keys.Pick) && s.free() {
		return s.pick(env, int(msg.String()[0]-'1'))
	}
	if s.term.Waiting() > 0 && !s.typeOn {
		return s.confirmPaste(env, msg)
	}
	if act, cmd, taken := ui.Dispatch(s.Commands(env), msg); taken {
		return act, cmd
	}
	if s.focus == layout.Terminal {
		s.term.Key(msg, s.completer())
	} else if s.layout().Shape == layout.Narrow && len(msg.Text) == 1 && s.term.Reading() {
		s.focus = layout.Terminal
		s.term.Key(msg, s.completer())
		s.arrange(env)
	}
	return nil, nil
}

// free reports that a digit picks something rather than being typed.
func (s *Screen) free() bool {
	return s.focus != layout.Terminal || s.term.Value() == "" && s.term.AtPrompt()
}

// popupKey is a key while completions are shown; false when it closes or narrows them.
func (s *Screen) popupKey(env *ui.Env, msg tea.KeyPressMsg) bool {
	k := env.Keys
	switch {
	case key.Matches(msg, k.Complete, k.HistoryForward):
		s.term.Move(1)
	case key.Matches(msg, k.PrevPane, k.HistoryBack):
		s.term.Move(-1)
	case key.Matches(msg, k.Accept):
		s.term.Take()
	case key.Matches(msg, k.Cancel):
		s.term.ClosePopup()
	default:
		return false
	}
	return true
}

func (s *Screen) completer() func(string, int) (int, []sim.Candidate) { return s.game.World().Complete }

func (s *Screen) complete(*ui.Env) (ui.Action, tea.Cmd) {
	if !s.term.Complete(s.completer()) {
		return ui.Notice("nothing to complete here"), nil
	}
	return nil, nil
}

func (s *Screen) search(*ui.Env) (ui.Action, tea.Cmd) {
	if !s.term.Search() {
		return ui.Notice("no command before holds that"), nil
	}
	return nil, nil
}

// enter runs the typed line. An empty one at the shell's prompt is nothing that
// undo should have to take back.
func (s *Screen) enter(env *ui.Env) (ui.Action, tea.Cmd) {
	if s.term.AtPrompt() && strings.TrimSpace(s.term.Value()) == "" {
		s.term.Set("")
		return nil, nil
	}
	return s.run(env, s.term.Enter())
}

// run gives a line to the world, at the moment that it really is.
func (s *Screen) run(env *ui.Env, line string) (ui.Action, tea.Cmd) {
	s.sync(env)
	s.game.Type(line)
	act, cmd := s.after(env)
	if _, leaving := act.(ui.Go); leaving {
		return act, cmd
	}
	env.Progress.Keep(s.game.Lesson().ID, s.game.Save())
	return with(act, ui.Write{}), cmd
}

// interrupt is Ctrl-C: it stops what runs, clears a line, and only at an empty
// prompt asks whether to leave.
func (s *Screen) interrupt(env *ui.Env) (ui.Action, tea.Cmd) {
	switch {
	case s.console.Busy:
		s.typeOn = false
		s.term.DropPasted()
		s.sync(env)
		s.game.Do(sim.Input{Kind: sim.InputInterrupt})
		s.term.Set("")
		return s.after(env)
	case s.term.Value() != "":
		s.term.Set("")
		return nil, nil
	}
	return s.askLeave(env)
}

// knock asks for a shell where the last one has ended.
func (s *Screen) knock(env *ui.Env) (ui.Action, tea.Cmd) {
	for _, m := range s.state.Machines {
		if m.Name == s.console.Machine && !m.Powered {
			return ui.Trouble(m.Name + " has no power; F10 can give it back, ^Z undoes what took it"), nil
		}
	}
	s.sync(env)
	s.game.Do(sim.Input{Kind: sim.InputSwitch, Machine: s.console.Machine, Lesson: true})
	return s.after(env)
}

func (s *Screen) endOfInput(env *ui.Env) (ui.Action, tea.Cmd) {
	s.sync(env)
	s.game.Do(sim.Input{Kind: sim.InputEOF})
	return s.after(env)
}

// scrollBy moves through the scroll-back; at its newest line the page key reads
// on in the lesson instead, and begins again after its end.
func (s *Screen) scrollBy(pages int) do {
	return func(env *ui.Env) (ui.Action, tea.Cmd) {
		if pages < 0 && !s.term.Scrolled() {
			top := s.top
			if s.read(env, max(s.page(env)-1, 1)); s.top == top {
				s.top = 0
			}
			return nil, nil
		}
		r := layout.Content(s.layout().Terminal)
		s.term.Scroll(pages*max(r.Dy()-2, 1), r.Dx()-2, r.Dy())
		return nil, nil
	}
}

// copy puts the last command's output on the clipboard.
func (s *Screen) copy(*ui.Env) (ui.Action, tea.Cmd) {
	text := s.term.LastOutput()
	if text == "" {
		return ui.Notice("the last command printed nothing"), nil
	}
	return ui.Notice("the last command's output is on the clipboard"), tea.SetClipboard(text)
}

func (s *Screen) cut(*ui.Env) (ui.Action, tea.Cmd) {
	if s.term.Cut() {
		return ui.Notice("long lines are cut; ^T wraps them again"), nil
	}
	return ui.Notice("long lines are wrapped"), nil
}

// paste puts text at the prompt. Several lines are typed one after the other,
// but only after a confirmation: a paste can hold anything.
func (s *Screen) paste(env *ui.Env, text string) (ui.Action, tea.Cmd) {
	if !s.term.Reading() {
		return ui.Notice("nothing reads what is pasted now"), nil
	}
	s.focus = layout.Terminal
	s.arrange(env)
	if n := s.term.Paste(text); n > 0 {
		return ui.Notice(fmt.Sprintf("%d lines were pasted: enter types them one after the other, esc drops them", n)), nil
	}
	return nil, nil
}

func (s *Screen) confirmPaste(env *ui.Env, msg tea.KeyPressMsg) (ui.Action, tea.Cmd) {
	if key.Matches(msg, env.Keys.Accept) {
		s.term.Enter()
		s.typeOn = true
		s.sync(env)
		return s.after(env)
	}
	s.term.DropPasted()
	return ui.Notice("the pasted lines are dropped"), nil
}

const (
	// keystroke is the time between two characters of a command that types itself.
	keystroke = 16 * time.Millisecond
	// strokes is how many steps the longest command takes.
	strokes = 24
)

// typing is a picked command while it types itself.
type typing struct {
	line       []rune
	at         int
	generation int
}

type typeTick struct{ generation int }

func (t *typing) on() bool { return t.line != nil }

// typeOut types a command visibly and runs it.
func (s *Screen) typeOut(env *ui.Env, line string) (ui.Action, tea.Cmd) {
	s.focus = layout.Terminal
	if s.zoom != layout.None {
		s.zoom = layout.Terminal
	}
	s.arrange(env)
	if env.ReducedMotion {
		return s.run(env, line)
	}
	s.typing = typing{line: []rune(line), generation: env.Generation()}
	s.term.Set("")
	return nil, s.typing.tick()
}

func (t *typing) tick() tea.Cmd {
	tick := typeTick{t.generation}
	return tea.Tick(keystroke, func(time.Time) tea.Msg { return tick })
}

func (s *Screen) typeTick(env *ui.Env, msg typeTick) (ui.Action, tea.Cmd) {
	t := &s.typing
	if msg.generation != t.generation || !t.on() {
		return nil, nil
	}
	if t.at >= len(t.line) {
		return s.finishTyping(env)
	}
	t.at = min(t.at+1+len(t.line)/strokes, len(t.line))
	s.term.Set(string(t.line[:t.at]))
	return nil, t.tick()
}

func (s *Screen) finishTyping(env *ui.Env) (ui.Action, tea.Cmd) {
	line := string(s.typing.line)
	s.typing = typing{}
	s.term.Set("")
	return s.run(env, line)
}
