package replay

import (
	"strings"
	"time"

	"drydock/sim"
)

// kubeStep is how often the recordings of Kubernetes looked whether what they waited
// for had come.
const kubeStep = 500 * time.Millisecond

// waitKube waits until the cluster is as the event says. How long the real thing
// took does not count: it hangs on when a lease was renewed, and on chance.
func waitKube(holds func(k *sim.Kube, groups []string) bool) func(*stage, []string) error {
	return func(s *stage, groups []string) error {
		limit, err := duration(groups[1], groups[2])
		if err != nil {
			return err
		}
		limit = 2*limit + time.Minute
		held := false // at the look before: what only flashes up is missed
		for waited := time.Duration(0); waited < limit; waited += kubeStep {
			state := s.session.World().State().Kube
			now := holds(&state, groups[3:])
			if held && now {
				return nil
			}
			held = now
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

// podShows finds a pod with one of some words in kubectl's STATUS column.
func podShows(words ...string) func(*sim.Kube, []string) bool {
	return func(k *sim.Kube, _ []string) bool {
		for _, p := range k.Pods {
			for _, w := range words {
				if p.Status == w {
					return true
				}
			}
		}
		return false
	}
}
