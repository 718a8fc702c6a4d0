package scheduler

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// verdict is what is said of a pod that no node takes.
type verdict struct {
	message   string
	helps     help
	preempted bool // pods were removed for it
}

// NodeRefusal is why a node does not take a pod.
type NodeRefusal struct{ Node, Reason string }

// Diagnosis tells node by node why a pod has none. It is empty for a pod that is not
// there, has a node, or would get one.
func (x *Scheduler) Diagnosis(namespace, name string) []NodeRefusal {
	p, found := x.server.Pods.Get(namespace, name)
	if !found || !ours(p) {
		return nil
	}
	a := x.attempt(newPodInfo(p))
	var list []NodeRefusal
	for _, n := range x.nodes {
		if a.volumes.refused != "" {
			list = append(list, NodeRefusal{n.name, a.volumes.refused})
		} else if r := a.explain(n); !r.ok() {
			list = append(list, NodeRefusal{n.name, strings.Join(r.reasons(), ", ")})
		}
	}
	return list
}

// explain is check for a node that the pod may not even have named.
func (a *attempt) explain(n *node) refusal {
	if a.named && !slices.Contains(a.nodes, n) {
		return refusal{reason: reasonNotNamed, final: true, helps: helpNode}
	}
	return a.check(n)
}

// verdict says why the pod has no node, and makes room for it where its priority
// allows.
func (a *attempt) verdict() verdict {
	all := len(a.x.nodes)
	switch {
	case all == 0:
		return verdict{message: "no nodes available to schedule pods", helps: helpNode}
	case a.volumes.refused != "":
		return verdict{message: fmt.Sprintf("0/%d nodes are available: %s. not found", all, a.volumes.refused), helps: helpVolume}
	}
	reasons, refusals, helps := map[string]int{}, make([]refusal, all), helpNode
	for i, n := range a.x.nodes {
		r := a.explain(n)
		refusals[i] = r
		helps |= r.helps
		if r.reason != reasonNotNamed {
			for _, reason := range r.reasons() {
				reasons[reason]++
			}
		}
	}
	v := verdict{helps: helps, message: fmt.Sprintf("0/%d nodes are available", all)}
	if len(reasons) > 0 {
		v.message += ": " + histogram(reasons) + "."
	}
	said, preempted := a.preempt(refusals)
	if said != "" {
		v.message += " preemption: " + said
	}
	v.preempted = preempted
	return v
}

// histogram lists reasons with their numbers, sorted as text.
func histogram(reasons map[string]int) string {
	var list []string
	for reason := range maps.Keys(reasons) {
		list = append(list, fmt.Sprintf("%d %s", reasons[reason], reason))
	}
	slices.Sort(list)
	return strings.Join(list, ", ")
}
