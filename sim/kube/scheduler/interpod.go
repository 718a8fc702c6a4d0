package scheduler

import (
	"slices"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/selection"
)

// podTerm is a term of pod affinity or anti-affinity with the count of what it finds.
type podTerm struct {
	key    string
	finds  *counter
	weight int64 // of a preferred term; negative for anti-affinity
}

func labelsOf(p *corev1.Pod) labels.Set { return labels.Set(p.Labels) }

// podTerms prepares the required terms of a pod.
func (a *attempt) podTerms() {
	if a.pod.Spec.Affinity == nil {
		return
	}
	if near := a.pod.Spec.Affinity.PodAffinity; near != nil {
		for _, t := range near.RequiredDuringSchedulingIgnoredDuringExecution {
			a.near = append(a.near, a.term(t, 0))
		}
	}
	if apart := a.pod.Spec.Affinity.PodAntiAffinity; apart != nil {
		for _, t := range apart.RequiredDuringSchedulingIgnoredDuringExecution {
			a.apart = append(a.apart, a.term(t, 0))
		}
	}
}

// wishes prepares the preferred terms of a pod.
func (a *attempt) wishes() []podTerm {
	var list []podTerm
	if a.pod.Spec.Affinity == nil {
		return nil
	}
	if near := a.pod.Spec.Affinity.PodAffinity; near != nil {
		for _, t := range near.PreferredDuringSchedulingIgnoredDuringExecution {
			list = append(list, a.term(t.PodAffinityTerm, int64(t.Weight)))
		}
	}
	if apart := a.pod.Spec.Affinity.PodAntiAffinity; apart != nil {
		for _, t := range apart.PreferredDuringSchedulingIgnoredDuringExecution {
			list = append(list, a.term(t.PodAffinityTerm, -int64(t.Weight)))
		}
	}
	return list
}

func (a *attempt) term(t corev1.PodAffinityTerm, weight int64) podTerm {
	namespaces := termNamespaces(a.pod, t)
	if t.NamespaceSelector != nil && len(namespaces) > 0 {
		selector := selectorOf(t.NamespaceSelector)
		for _, ns := range a.x.server.Namespaces.List("") {
			if selector.Matches(labels.Set(ns.Labels)) && !slices.Contains(namespaces, ns.Name) {
				namespaces = append(namespaces, ns.Name)
			}
		}
	}
	return podTerm{key: t.TopologyKey, finds: a.x.count.of(namespaces, termSelector(a.pod, t), false), weight: weight}
}

// termNamespaces are the namespaces that a term names, the pod's own when it names
// none; empty for all.
func termNamespaces(p *corev1.Pod, t corev1.PodAffinityTerm) []string {
	switch {
	case t.NamespaceSelector != nil && len(t.NamespaceSelector.MatchLabels)+len(t.NamespaceSelector.MatchExpressions) == 0:
		return nil
	case len(t.Namespaces) == 0 && t.NamespaceSelector == nil:
		return []string{p.Namespace}
	case len(t.Namespaces) == 0:
		return []string{""} // none by name
	}
	return slices.Sorted(slices.Values(t.Namespaces))
}

func termSelector(p *corev1.Pod, t corev1.PodAffinityTerm) labels.Selector {
	selector := withLabelKeys(selectorOf(t.LabelSelector), p, t.MatchLabelKeys, selection.In)
	return withLabelKeys(selector, p, t.MismatchLabelKeys, selection.NotIn)
}

// withLabelKeys narrows a selector to the pod's own values of some labels.
func withLabelKeys(s labels.Selector, p *corev1.Pod, keys []string, op selection.Operator) labels.Selector {
	for _, key := range keys {
		if value, has := p.Labels[key]; has {
			if r, err := labels.NewRequirement(key, op, []string{value}); err == nil {
				s = s.Add(*r)
			}
		}
	}
	return s
}

// checkPodAffinity is the filter InterPodAffinity.
func (a *attempt) checkPodAffinity(n *node) refusal {
	if len(a.near) > 0 && !a.company(n) {
		return refusal{reason: reasonAffinity, final: true, helps: helpNode | helpArrival}
	}
	for _, t := range a.apart {
		if count, has := t.finds.around(a.x, t.key, n); has && count > 0 {
			return refusal{reason: reasonAntiAffinity, helps: helpNode | helpRoom}
		}
	}
	for _, k := range a.shunned {
		if count, has := k.term.around(a.x, k.key, n); has && count > 0 {
			return refusal{reason: reasonExistingAnti, helps: helpNode | helpRoom}
		}
	}
	return refusal{}
}

// company reports that a node's domains hold what the pod wants near. The first of
// pods that want each other may go anywhere.
func (a *attempt) company(n *node) bool {
	first, found := true, true
	for _, t := range a.near {
		count, has := t.finds.around(a.x, t.key, n)
		if !has {
			return false
		}
		found = found && count > 0
		first = first && t.finds.total == 0 && t.finds.finds(a.pod)
	}
	return found || first
}

// controllerRef is the pod's controller, or nil.
func controllerRef(p *corev1.Pod) *metav1.OwnerReference { return metav1.GetControllerOf(p) }
