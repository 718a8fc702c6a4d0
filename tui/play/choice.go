package play

import (
	"fmt"
	"strconv"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"drydock/lessons"
	"drydock/tui/dialog"
	"drydock/tui/layout"
	"drydock/tui/prose"
	"drydock/tui/ui"
)

// Messages that dialogs send back.
type (
	picked   struct{ action int }
	answered struct{ answer int }
	solve    struct{}
	again    struct{}
	leave    struct{}
	why      struct{ object string }
	inject   struct{ fault string }
	switchTo struct{ machine string }
)

// told is what a dialog answered.
func (s *Screen) told(env *ui.Env, msg tea.Msg) (ui.Action, tea.Cmd) {
	switch msg := msg.(type) {
	case picked:
		return s.pick(env, msg.action)
	case answered:
		return s.answer(env, msg.answer)
	case solve:
		s.solution = s.game.Solution()
		return s.after(env)
	case again:
		return s.restart(env)
	case leave:
		return ui.Go{To: ui.ToMap{}}, nil
	case why:
		return s.why(env, msg.object), nil
	case inject:
		return s.inject(env, msg.fault)
	case switchTo:
		return s.switchTo(env, msg.machine)
	case ui.Chosen:
		return s.open(msg.Path), nil
	case ui.Edited:
		return s.edited(env, msg)
	}
	return nil, nil
}

// actions is the menu of the step.
func (s *Screen) actions() []lessons.Action {
	if _, step := s.game.Step(); step != nil {
		return step.Actions
	}
	return nil
}

// asking is the question that waits for an answer, nil when none does.
func (s *Screen) asking() *lessons.Step {
	if _, step := s.game.Step(); step != nil && s.phase == lessons.Asking {
		return step
	}
	return nil
}

func (s *Screen) actionsOff() string {
	return reason(s.asking() == nil && len(s.actions()) == 0, "this step has no menu; type what you think is right")
}

// pick is a digit: an answer while a question waits, else an action.
func (s *Screen) pick(env *ui.Env, i int) (ui.Action, tea.Cmd) {
	if step := s.asking(); step != nil {
		if i >= len(step.Answers) {
			return ui.Notice(fmt.Sprintf("the question has %d answers", len(step.Answers))), nil
		}
		return s.answer(env, i)
	}
	actions := s.actions()
	switch {
	case i >= len(actions):
		return ui.Notice("there is no action " + strconv.Itoa(i+1) + "; type a command, or F2 for the list"), nil
	case !s.term.AtPrompt():
		return ui.Notice("a command is running; ^C stops it, F8 lets it finish"), nil
	}
	return s.typeOut(env, actions[i].Command)
}

func (s *Screen) answer(env *ui.Env, i int) (ui.Action, tea.Cmd) {
	s.sync(env)
	s.answerAt = s.lastCommand()
	if err := s.game.Answer(i); err != nil {
		return ui.Trouble(err.Error()), nil
	}
	return s.after(env)
}

// lastCommand is the number of the newest command at the console.
func (s *Screen) lastCommand() int {
	if n := len(s.console.Lines); n > 0 {
		return s.console.Lines[n-1].Command
	}
	return 0
}

// seen reports that something happened since the question was answered, so
// that it can be said who was right.
func (s *Screen) seen() bool { return s.phase == lessons.Passed || s.lastCommand() > s.answerAt }

func (s *Screen) listActions(env *ui.Env) (ui.Action, tea.Cmd) {
	var items []dialog.Item
	if step := s.asking(); step != nil {
		for i, a := range step.Answers {
			items = append(items, dialog.Item{Text: prose.Plain(a.Text), Tell: answered{i}})
		}
		return ui.Open{Dialog: dialog.NewList("Question", prose.Plain(step.Question), items)}, nil
	}
	for i, a := range s.actions() {
		items = append(items, dialog.Item{Text: a.Command, Help: a.Why, Tell: picked{i}})
	}
	return ui.Open{Dialog: dialog.NewList("Actions", "", items)}, nil
}

// hintKey is what F3 does next: a hint, or the solution after the last one.
func (s *Screen) hintKey(b key.Binding) (key.Binding, string) {
	_, step := s.game.Step()
	switch {
	case step == nil:
		return b, "there is nothing to hint at"
	case s.inWhatIf():
		return b, "a what-if has none"
	case s.phase == lessons.Passed:
		return b, "the step is done"
	case len(s.game.Hints()) < len(step.Hints):
		return b, ""
	case s.solution != nil:
		return ui.Says(b, "solution"), "the solution is in the lesson already"
	case len(step.Solution) == 0:
		return b, "there is no more hint"
	}
	return ui.Says(b, "solution"), ""
}

// hint shows the next hint; after the last it offers the solution.
func (s *Screen) hint(env *ui.Env) (ui.Action, tea.Cmd) {
	if s.inWhatIf() {
		return s.stay(env)
	}
	if _, ok := s.game.Hint(); ok {
		if s.layout().Shape == layout.Narrow {
			s.focus = layout.Lesson
		}
		return s.after(env)
	}
	return ui.Open{Dialog: dialog.Ask("Solution", "That was the last hint. Shall the solution be shown? It costs a star, and you can play the lesson again for it.",
		"Show the solution", "Not yet", solve{})}, nil
}

// goOn goes to the next step, or ends the lesson.
func (s *Screen) goOn(env *ui.Env) (ui.Action, tea.Cmd) {
	if s.inWhatIf() {
		return s.stay(env)
	}
	s.sync(env)
	s.game.Next()
	if s.layout().Shape == layout.Narrow {
		s.focus = layout.Lesson
	}
	act, cmd := s.after(env)
	if _, over := act.(ui.Go); over {
		return act, cmd
	}
	env.Progress.Keep(s.game.Lesson().ID, s.game.Save())
	return with(act, ui.Write{}), cmd
}

func (s *Screen) askRestart(*ui.Env) (ui.Action, tea.Cmd) {
	return ui.Open{Dialog: dialog.Ask("Start again", "Shall everything be as it was when this step began?", "Start the step again", "Go on as it is", again{})}, nil
}

func (s *Screen) restart(env *ui.Env) (ui.Action, tea.Cmd) {
	if err := s.game.Restart(); err != nil {
		return ui.Trouble(err.Error()), nil
	}
	s.pace.last, s.columns = env.Now(), 0
	act, cmd := s.after(env)
	return with(ui.Notice("the step begins again"), act), cmd
}

func (s *Screen) askLeave(*ui.Env) (ui.Action, tea.Cmd) {
	return ui.Open{Dialog: dialog.Ask("Leave", "Leave this lesson? You can come back to where you are.", "To the map", "Stay", leave{})}, nil
}
