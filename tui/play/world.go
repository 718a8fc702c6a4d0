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
	return s.arrived(env, verb+what)
}

// arrived goes on in another world and says which in the terminal.
func (s *Screen) arrived(env *ui.Env, note string) (ui.Action, tea.Cmd) {
	s.pace.last, s.pace.due = env.Now(), s.pace.due.AddDate(-1, 0, 0)
	s.editing, s.columns = false, 0 // the new world has to be told its width
	act, cmd := s.after(env)
	s.term.Note(note)
	return with(ui.Notice(note), act), cmd
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
	for _, object := range ofCluster(&s.state.Kube) {
		add("cluster", object)
	}
	for i := range s.state.Services {
		add("service", s.state.Services[i].Name)
	}
	for i := range s.state.Tasks {
		if s.state.Tasks[i].Current {
			add("task", s.state.Tasks[i].Name)
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

// ofCluster names the objects of a cluster that one asks about, as why takes them:
// what makes pods, Services, the pods that are not ready, the nodes.
func ofCluster(k *sim.Kube) []string {
	const system = "kube-system"
	var out []string
	add := func(kind, namespace, name string) {
		if namespace != "" && namespace != "default" {
			name = namespace + "/" + name
		}
		out = append(out, strings.ToLower(kind)+"/"+name)
	}
	for i := range k.Workloads {
		if o := &k.Workloads[i]; o.Owner == "" && o.Namespace != system && len(out) < 15 {
			add(o.Kind, o.Namespace, o.Name)
		}
	}
	for i := range k.Services {
		if o := &k.Services[i]; o.Namespace != system && len(out) < 20 {
			add("service", o.Namespace, o.Name)
		}
	}
	for i := range k.Pods {
		if o := &k.Pods[i]; !o.Ready && o.Namespace != system && len(out) < 30 {
			add("pod", o.Namespace, o.Name)
		}
	}
	for i := range k.Nodes {
		if len(out) < 35 {
			add("node", "", k.Nodes[i].Name)
		}
	}
	return out
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
