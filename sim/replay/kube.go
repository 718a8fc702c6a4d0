package replay

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"drydock/sim"
)

// kubeStep is how often the recordings of Kubernetes looked whether what they waited
// for had come.
const kubeStep = 500 * time.Millisecond

// waitKube waits until the cluster is as the event says. How long the real thing
// took does not count: it hangs on when a lease was renewed, and on chance. What
// only flashes up does not hold for two looks.
func waitKube(looks int, holds func(k *sim.Kube, groups []string) bool) func(*stage, []string) error {
	return func(s *stage, groups []string) error {
		limit, err := duration(groups[1], groups[2])
		if err != nil {
			return err
		}
		limit = 2*limit + time.Minute
		held := 0
		for waited := time.Duration(0); waited < limit; waited += kubeStep {
			state := s.session.World().State().Kube
			if held++; !holds(&state, groups[3:]) {
				held = 0
			}
			if held >= looks {
				return nil
			}
			s.session.Advance(kubeStep)
		}
		return nil
	}
}

// nodeIs: "node-2 is NotReady".
func nodeIs(k *sim.Kube, groups []string) bool {
	for _, n := range k.Nodes {
		if n.Name == groups[0] {
			return n.Ready == strings.EqualFold(groups[1], "Ready")
		}
	}
	return false
}

// podsAreDeleted: "the pods of node-2 are being deleted".
func podsAreDeleted(k *sim.Kube, groups []string) bool {
	for _, p := range k.Pods {
		if p.Node == groups[0] && p.Deleting {
			return true
		}
	}
	return false
}

// podShows finds a pod by what kubectl's STATUS column says.
func podShows(word string) func(*sim.Kube, []string) bool {
	return func(k *sim.Kube, _ []string) bool {
		for _, p := range k.Pods {
			if p.Status == word {
				return true
			}
		}
		return false
	}
}

// users finds the users of a cluster whose kubeconfig files were there at the start:
// the recording reads NAME.conf with success, and shows nobody writing it.
func (r *Recording) users() []string {
	read := regexp.MustCompile(`--kubeconfig[= ]([a-z][a-z0-9-]*)\.conf\b`)
	var names, seen []string
	for _, step := range r.Steps {
		for _, m := range read.FindAllStringSubmatch(step.Text, -1) {
			name := m[1]
			if slices.Contains(seen, name) {
				continue
			}
			seen = append(seen, name)
			if !strings.Contains(step.Output, "no such file") && !strings.Contains(step.Text, "kubectl config") {
				names = append(names, name)
			}
		}
		for _, m := range regexp.MustCompile(`([a-z][a-z0-9-]*)\.conf\b`).FindAllStringSubmatch(step.Text, -1) {
			seen = append(seen, m[1]) // made, or written to, before it is read
		}
	}
	return names
}
