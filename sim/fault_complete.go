package sim

import (
	"slices"
	"strings"

	"drydock/sim/kube"
	"drydock/sim/machine"
)

// completeFault offers how a fault goes on: its two words, then what it may name in
// this world.
func (w *World) completeFault(args []string, word string) []machine.Completion {
	var names []string
	switch len(args) {
	case 0:
		for _, f := range FaultNames() {
			names = append(names, strings.Fields(f)[0])
		}
	case 1:
		for _, f := range FaultNames() {
			if first, second, _ := strings.Cut(f, " "); first == args[0] {
				names = append(names, second)
			}
		}
	default:
		names = w.faultNames(args[0], args[2:])
	}
	var out []machine.Completion
	for _, name := range slices.Compact(names) {
		if strings.HasPrefix(name, word) {
			out = append(out, machine.Completion{Text: name})
		}
	}
	return out
}

// faultNames are what may follow the words of a fault, behind what was named already.
func (w *World) faultNames(kind string, named []string) []string {
	var machines []string
	for _, m := range w.site.Machines() {
		if !slices.Contains(named, m.Name) {
			machines = append(machines, m.Name)
		}
	}
	switch {
	case kind == "network":
		return machines
	case kind == "component" && w.cluster != nil && len(named) == 0:
		return kube.ComponentNames()
	case kind == "component" && w.cluster != nil && len(named) == 1:
		return slices.DeleteFunc(machines, func(node string) bool { return w.cluster.CheckComponent(named[0], node) != nil })
	case len(named) == 0 && slices.Contains([]string{"power", "daemon", "disk", "process"}, kind):
		return machines
	}
	return nil
}
