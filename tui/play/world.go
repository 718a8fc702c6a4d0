package play

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"drydock/sim"
	"drydock/tui/dialog"
	"drydock/tui/draw"
	"drydock/tui/layout"
	"drydock/tui/theme"
	"drydock/tui/ui"
)

// undo takes back the last action and says in the terminal what that was.
func (s *Screen) undo(env *ui.Env) (ui.Action, tea.Cmd) {
	before := s.game.Save().Journal
	if err := s.game.Undo(); err != nil {
		return ui.Notice(err.Error()), nil
	}
	return s.travelled(env, "undone: ", newest(before, len(s.game.Save().Journal)))
}

// redo brings back what undo took.
func (s *Screen) redo(env *ui.Env) (ui.Action, tea.Cmd) {
	n := len(s.game.Save().Journal)
	if err := s.game.Redo(); err != nil {
		return ui.Notice(err.Error()), nil
	}
	return s.travelled(env, "done again: ", newest(s.game.Save().Journal, n))
}

// travelled takes over a world that was replayed.
func (s *Screen) travelled(env *ui.Env, verb, what string) (ui.Action, tea.Cmd) {
	s.pace.last, s.pace.due = env.Now(), s.pace.due.AddDate(-1, 0, 0)
	s.editing, s.columns = false, 0 // the new world has to be told its width
	act, cmd := s.after(env)
	s.term.Note(verb + what)
	return with(ui.Notice(verb+what), act), cmd
}

// newest words the first thing that was done from an entry of the journal on.
func newest(journal []sim.Input, from int) string {
	for _, in := range journal[min(from, len(journal)):] {
		switch in.Kind {
		case sim.InputLine, sim.InputExec:
			return in.Text
		case sim.InputFault:
			return "the fault: " + in.Text
		case sim.InputEdit:
			return "the change of " + in.Path
		case sim.InputSwitch:
			return "going to " + in.Machine
		}
	}
	return "the last action"
}

// askWhy explains what is selected, or the word at the prompt, or asks what.
func (s *Screen) askWhy(env *ui.Env) (ui.Action, tea.Cmd) {
	if name := s.harbour.Name(s.harbour.Selected()); name != "" && s.focus == layout.Harbour {
		return s.why(env, name), nil
	}
	if words := strings.Fields(s.term.Value()); len(words) > 0 {
		return s.why(env, words[len(words)-1]), nil
	}
	var items []dialog.Item
	add := func(kind, name string) {
		if name != "" && len(items) < 40 {
			items = append(items, dialog.Item{Text: draw.Fit(kind, 11) + name, Tell: why{name}})
		}
	}
	for i := range s.state.Containers {
		add("container", s.state.Containers[i].Name)
	}
	for _, m := range s.state.Machines {
		add("machine", m.Name)
	}
	for _, image := range s.state.Images {
		add("image", strings.Join(image.Names[:min(1, len(image.Names))], ""))
	}
	return ui.Open{Dialog: dialog.NewList("Why is it as it is?", "", items)}, nil
}

// why shows the chain of causes, the effect first.
func (s *Screen) why(env *ui.Env, object string) ui.Action {
	causes := s.game.World().Why(object)
	if len(causes) == 0 {
		return ui.Notice("nothing is known about " + object + "; nothing has happened to it")
	}
	return ui.Open{Dialog: dialog.NewText("Why "+object, chain(env.Theme, causes))}
}

// chain draws causes one below the other.
func chain(t theme.Theme, causes []sim.Cause) []string {
	var lines []string
	for i, c := range causes {
		mark := t.Accent.Render(theme.Running)
		if i > 0 {
			mark = t.Dim.Render(theme.Stopped)
			lines = append(lines, t.Rule.Render(theme.Vertical)+t.Dim.Render(" because"))
		}
		lines = append(lines, draw.Hanging(mark+" "+t.Dim.Render(draw.Fit(clock(c.At), 6)), c.Text, 72)...)
		if c.See != "" {
			lines = append(lines, "        "+t.Dim.Render("see it with ")+t.Command.Render(c.See))
		}
	}
	return lines
}

// chooseMachine goes to another machine, at once if there are just two.
func (s *Screen) chooseMachine(env *ui.Env) (ui.Action, tea.Cmd) {
	var items []dialog.Item
	other := ""
	for _, m := range s.state.Machines {
		item := dialog.Item{Text: m.Name, Tell: switchTo{m.Name}}
		if m.Name == s.console.Machine {
			item.Off = "you are here"
		} else {
			other = m.Name
		}
		items = append(items, item)
	}
	if len(items) == 2 && other != "" {
		return s.switchTo(env, other)
	}
	return ui.Open{Dialog: dialog.NewList("Machine", "", items)}, nil
}

func (s *Screen) switchTo(env *ui.Env, machine string) (ui.Action, tea.Cmd) {
	s.sync(env)
	s.game.Do(sim.Input{Kind: sim.InputSwitch, Machine: machine})
	return s.after(env)
}

// listFaults is the menu of what can be broken and mended.
func (s *Screen) listFaults(*ui.Env) (ui.Action, tea.Cmd) {
	var items []dialog.Item
	add := func(fault, help string) {
		items = append(items, dialog.Item{Text: fault, Help: help, Tell: inject{fault}})
	}
	for _, m := range s.state.Machines {
		add(pick(m.Powered, "power off ", "power on ")+m.Name, "")
		if m.Engine == "docker" && m.Powered {
			add(pick(m.EngineUp, "daemon stop ", "daemon start ")+m.Name, "")
		}
	}
	if len(s.state.Machines) > 1 {
		for _, m := range s.state.Machines {
			add("network cut "+m.Name, "")
		}
		add("network heal", "")
	}
	add("internet down", "")
	add("internet up", "")
	for _, r := range s.state.Registries {
		add(pick(r.Up, "registry down ", "registry up ")+r.Host, "")
	}
	for _, m := range s.state.Machines {
		add(pick(m.Disk > 0 && m.DiskUsed >= m.Disk, "disk free ", "disk full ")+m.Name, "")
	}
	return ui.Open{Dialog: dialog.NewList("Break it", "Whatever you break, ^Z mends it.", items)}, nil
}

func pick(yes bool, a, b string) string {
	if yes {
		return a
	}
	return b
}

func (s *Screen) inject(env *ui.Env, fault string) (ui.Action, tea.Cmd) {
	s.sync(env)
	s.game.Do(sim.Input{Kind: sim.InputFault, Text: fault})
	act, cmd := s.after(env)
	return with(ui.Notice(fault), act), cmd
}

// files opens the files of the console's machine.
func (s *Screen) files(*ui.Env) (ui.Action, tea.Cmd) {
	return ui.Browse{Machine: s.console.Machine, Files: s.game.World().Files(s.console.Machine)}, nil
}

// open edits a file that was chosen from the list.
func (s *Screen) open(name string) ui.Action {
	m := s.console.Machine
	return ui.Edit{Request: sim.EditRequest{Machine: m, Path: name, Data: s.game.World().ReadFile(m, name)}}
}

// edited takes back what the editor was opened for.
func (s *Screen) edited(env *ui.Env, e ui.Edited) (ui.Action, tea.Cmd) {
	in := sim.Input{Kind: sim.InputEdit, Machine: e.Machine}
	if e.Saved {
		in.Path, in.Text = e.Path, e.Data
	} else if s.console.Edit == nil {
		return nil, nil // a file was looked at and left
	}
	s.sync(env)
	s.game.Do(in)
	return s.after(env)
}
