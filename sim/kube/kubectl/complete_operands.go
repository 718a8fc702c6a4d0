package kubectl

import (
	"slices"
	"strings"

	"drydock/sim/machine"
)

// operandsOf are what the next argument of a command may be.
func (f *factory) operandsOf(at *place, word string) []machine.Completion {
	command := strings.TrimPrefix(at.cmd.CommandPath(), "kubectl ")
	first, _, _ := strings.Cut(command, " ")
	switch {
	case command == "help":
		return commandNames(at.cmd.Root())
	case first == "config":
		return f.configOperands(at)
	case slices.Contains([]string{"cordon", "uncordon", "drain", "top node"}, command):
		return f.namesOf("nodes")
	case command == "taint":
		if len(at.operands) == 0 {
			return plainWords("nodes")
		}
		return f.namesOf("nodes")
	case command == "top pod":
		return f.namesOf("pods")
	case slices.Contains([]string{"logs", "exec", "attach", "port-forward", "debug", "cp"}, command):
		if len(at.operands) > 0 {
			return nil
		}
		if strings.Contains(word, "/") {
			return f.objects(nil, nil, word)
		}
		return f.namesOf("pods")
	}
	if kinds, takes := kindsFor(command); takes {
		return f.objects(kinds, at.operands, word)
	}
	return nil
}

// kindsFor are the kinds that a command takes, nil for all; takes is false for one
// without kinds.
func kindsFor(command string) (kinds []string, takes bool) {
	switch command {
	case "get", "describe", "delete", "edit", "label", "annotate", "patch", "wait", "explain":
		return nil, true
	case "rollout status", "rollout history", "rollout undo", "rollout restart", "rollout pause", "rollout resume":
		return []string{"deployments", "daemonsets", "statefulsets"}, true
	case "scale", "autoscale":
		return []string{"deployments", "replicasets", "statefulsets"}, true
	case "expose":
		return []string{"deployments", "pods", "replicasets", "services"}, true
	case "set image", "set env", "set resources", "set serviceaccount":
		return []string{"deployments", "daemonsets", "statefulsets", "cronjobs", "pods", "replicasets"}, true
	}
	return nil, false
}

func (f *factory) configOperands(at *place) []machine.Completion {
	if len(at.operands) > 0 {
		return nil
	}
	switch at.cmd.Name() {
	case "use-context", "delete-context", "rename-context", "set-context", "get-contexts":
		return f.configured("context")
	case "delete-cluster", "set-cluster":
		return f.configured("cluster")
	case "delete-user", "set-credentials":
		return f.configured("user")
	}
	return nil
}

// objects are kinds first, and then the names of the one that the line has; or
// TYPE/NAME.
func (f *factory) objects(kinds, operands []string, word string) []machine.Completion {
	s := f.glimpse()
	if s == nil {
		return nil
	}
	if kind, _, slash := strings.Cut(word, "/"); slash {
		if c := s.server.Find(kind); c != nil {
			return s.namesIn(c, kind+"/")
		}
		return nil
	}
	if len(operands) == 0 {
		var list []machine.Completion
		for _, r := range resources(s.server) {
			if !r.lacking && (kinds == nil || slices.Contains(kinds, r.resource)) {
				list = append(list, machine.Completion{Text: r.resource, Help: r.kind})
			}
		}
		return list
	}
	if c := s.server.Find(operands[0]); c != nil && !strings.Contains(operands[0], "/") {
		return slices.DeleteFunc(s.namesIn(c, ""), func(m machine.Completion) bool { return slices.Contains(operands[1:], m.Text) })
	}
	return nil
}
