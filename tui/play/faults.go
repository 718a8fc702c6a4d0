package play

import (
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"drydock/sim"
	"drydock/tui/dialog"
	"drydock/tui/ui"
)

// listFaults is the menu of what can be broken and mended.
func (s *Screen) listFaults(*ui.Env) (ui.Action, tea.Cmd) {
	var items []dialog.Item
	for _, fault := range faults(s.state) {
		items = append(items, dialog.Item{Text: fault, Tell: inject{fault}})
	}
	return ui.Open{Dialog: dialog.NewList("Break it", "Whatever you break, ^Z mends it.", items)}, nil
}

// faults are those that would change something in a world as it is.
func faults(state sim.State) []string {
	var out []string
	add := func(fault string) { out = append(out, fault) }
	for _, m := range state.Machines {
		add(power(m))
		if m.Engine == "docker" && m.Powered {
			add(pick(m.EngineUp, "daemon stop ", "daemon start ") + m.Name)
		}
	}
	if len(state.Machines) > 1 {
		for _, m := range state.Machines {
			if !slices.Contains(state.Cut, m.Name) {
				add("network cut " + m.Name)
			}
		}
		if len(state.Cut) > 0 {
			add("network heal")
		}
	}
	add(pick(state.Internet, "internet down", "internet up"))
	for _, r := range state.Registries {
		add(pick(r.Up, "registry down ", "registry up ") + r.Host)
	}
	for _, c := range state.Kube.Components {
		add(strings.TrimSpace(pick(c.Running, "component stop ", "component start ") + c.Name + " " + c.Node))
	}
	for _, m := range state.Machines {
		add(pick(m.Disk > 0 && m.DiskUsed >= m.Disk, "disk free ", "disk full ") + m.Name)
	}
	return out
}

// power is the fault that turns a machine off, or on again.
func power(m sim.Machine) string { return pick(m.Powered, "power off ", "power on ") + m.Name }

// chosen is the machine that is selected in the harbour.
func (s *Screen) chosen() (sim.Machine, bool) {
	key := s.harbour.Selected()
	for _, m := range s.state.Machines {
		if key.Kind == "machine" && key.ID == m.Name {
			return m, true
		}
	}
	return sim.Machine{}, false
}

// switchPower turns the selected machine off, or on again.
func (s *Screen) switchPower(env *ui.Env) (ui.Action, tea.Cmd) {
	m, ok := s.chosen()
	if !ok {
		return nil, nil
	}
	return s.inject(env, power(m))
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
