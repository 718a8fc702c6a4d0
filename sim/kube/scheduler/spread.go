package scheduler

import (
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/selection"
)

// spread is a topology spread constraint with the counts that it compares.
type spread struct {
	corev1.TopologySpreadConstraint
	finds *counter
	self  int // 1 when the pod counts itself
	least int // pods in the emptiest domain
}

// spreads prepares the constraints that must hold.
func (a *attempt) spreads() {
	for _, c := range a.pod.Spec.TopologySpreadConstraints {
		if c.WhenUnsatisfiable != corev1.DoNotSchedule {
			continue
		}
		s := a.spreadOf(c)
		s.least = a.least(s)
		a.spread = append(a.spread, s)
	}
}

func (a *attempt) spreadOf(c corev1.TopologySpreadConstraint) spread {
	selector := withLabelKeys(selectorOf(c.LabelSelector), a.pod, c.MatchLabelKeys, selection.In)
	s := spread{TopologySpreadConstraint: c, finds: a.x.count.of([]string{a.pod.Namespace}, selector, true)}
	if s.finds.finds(a.pod) {
		s.self = 1
	}
	return s
}

// counted reports that a node is one of the domains of a constraint: by default node
// affinity is honoured and taints are ignored.
func (a *attempt) counted(s spread, n *node) bool {
	if a.picky && (s.NodeAffinityPolicy == nil || *s.NodeAffinityPolicy == corev1.NodeInclusionPolicyHonor) && !wantsNode(a.pod, n.obj) {
		return false
	}
	return s.NodeTaintsPolicy == nil || *s.NodeTaintsPolicy == corev1.NodeInclusionPolicyIgnore || !untolerated(a.pod, n.obj)
}

// least is the number of pods in the emptiest domain; 0 while there are fewer domains
// than wanted.
func (a *attempt) least(s spread) int {
	least, domains := -1, map[string]bool{}
	for _, n := range a.x.nodes {
		value, has := n.labels()[s.TopologyKey]
		if !has || !a.counted(s, n) {
			continue
		}
		if s.MinDomains != nil {
			domains[value] = true
		}
		if count, _ := s.finds.around(a.x, s.TopologyKey, n); least < 0 || count < least {
			least = count
		}
	}
	if least < 0 || s.MinDomains != nil && len(domains) < int(*s.MinDomains) {
		return 0
	}
	return least
}

// checkSpread is the filter PodTopologySpread.
func (a *attempt) checkSpread(n *node) refusal {
	for _, s := range a.spread {
		count, has := s.finds.around(a.x, s.TopologyKey, n)
		switch {
		case !has:
			return refusal{reason: reasonSpreadLabel, final: true, helps: helpNode}
		case count+s.self-s.least > int(s.MaxSkew):
			return refusal{reason: reasonSpread, helps: helpNode | helpRoom | helpArrival}
		}
	}
	return refusal{}
}

// softSpreads are the constraints that only score. A pod without any of its own has
// the built-in ones when a controller or service speaks for it (kube-scheduler:
// systemDefaultConstraints, maxSkew 3 by hostname and 5 by zone).
func (a *attempt) softSpreads() (list []spread, builtIn bool) {
	for _, c := range a.pod.Spec.TopologySpreadConstraints {
		if c.WhenUnsatisfiable == corev1.ScheduleAnyway {
			list = append(list, a.spreadOf(c))
		}
	}
	if len(a.pod.Spec.TopologySpreadConstraints) > 0 {
		return list, false
	}
	if finds := a.x.siblings(a.pod); finds != nil {
		list = append(list,
			spread{TopologySpreadConstraint: corev1.TopologySpreadConstraint{MaxSkew: 3, TopologyKey: corev1.LabelHostname}, finds: finds},
			spread{TopologySpreadConstraint: corev1.TopologySpreadConstraint{MaxSkew: 5, TopologyKey: corev1.LabelTopologyZone}, finds: finds})
	}
	return list, true
}

// siblings counts the pods that the services and the controller of a pod select; nil
// when there is neither.
func (x *Scheduler) siblings(p *corev1.Pod) *counter {
	ref := controllerRef(p)
	if ref != nil {
		if known, ok := x.spreads[ref.UID]; ok {
			return known
		}
	}
	selector, some := labels.NewSelector(), false
	for _, s := range x.server.Services.List(p.Namespace) {
		if len(s.Spec.Selector) == 0 {
			continue
		}
		if wants := labels.SelectorFromSet(s.Spec.Selector); wants.Matches(labelsOf(p)) {
			requirements, _ := wants.Requirements()
			selector, some = selector.Add(requirements...), true
		}
	}
	if ref != nil {
		requirements, _ := x.controllerSelector(p.Namespace, ref.Kind, ref.Name).Requirements()
		selector, some = selector.Add(requirements...), some || len(requirements) > 0
	}
	var finds *counter
	if some {
		finds = x.count.of([]string{p.Namespace}, selector, true)
	}
	if ref != nil {
		x.spreads[ref.UID] = finds
	}
	return finds
}

// controllerSelector is what a controller selects; only these kinds count.
func (x *Scheduler) controllerSelector(namespace, kind, name string) labels.Selector {
	switch kind {
	case "ReplicaSet":
		if rs, ok := x.server.ReplicaSets.Get(namespace, name); ok {
			return selectorOf(rs.Spec.Selector)
		}
	case "StatefulSet":
		if ss, ok := x.server.StatefulSets.Get(namespace, name); ok {
			return selectorOf(ss.Spec.Selector)
		}
	}
	return labels.NewSelector()
}
