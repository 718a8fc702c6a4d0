package scheduler

import (
	"slices"
	"strconv"

	corev1 "k8s.io/api/core/v1"
)

// tolerates reports that one of the tolerations allows a taint.
func tolerates(tolerations []corev1.Toleration, taint corev1.Taint) bool {
	return slices.ContainsFunc(tolerations, func(t corev1.Toleration) bool {
		if t.Effect != "" && t.Effect != taint.Effect || t.Key != "" && t.Key != taint.Key {
			return false
		}
		switch t.Operator {
		case corev1.TolerationOpExists:
			return true
		case "", corev1.TolerationOpEqual:
			return t.Key != "" && t.Value == taint.Value
		}
		return false
	})
}

// untolerated reports a taint that keeps a pod away, or with soft one that should.
func untolerated(p *corev1.Pod, n *corev1.Node) bool {
	for _, t := range n.Spec.Taints {
		if t.Effect != corev1.TaintEffectPreferNoSchedule && !tolerates(p.Spec.Tolerations, t) {
			return true
		}
	}
	return false
}

// softTaints counts the PreferNoSchedule taints that a pod does not tolerate.
func softTaints(p *corev1.Pod, n *corev1.Node) int64 {
	count := int64(0)
	for _, t := range n.Spec.Taints {
		if t.Effect == corev1.TaintEffectPreferNoSchedule && !tolerates(p.Spec.Tolerations, t) {
			count++
		}
	}
	return count
}

// wantsNode reports that a pod's nodeSelector and required node affinity allow a node.
func wantsNode(p *corev1.Pod, n *corev1.Node) bool {
	for key, value := range p.Spec.NodeSelector {
		if has, ok := n.Labels[key]; !ok || has != value {
			return false
		}
	}
	required := requiredNodes(p)
	return required == nil || slices.ContainsFunc(required.NodeSelectorTerms, func(t corev1.NodeSelectorTerm) bool { return termMatches(t, n) })
}

func requiredNodes(p *corev1.Pod) *corev1.NodeSelector {
	if p.Spec.Affinity == nil || p.Spec.Affinity.NodeAffinity == nil {
		return nil
	}
	return p.Spec.Affinity.NodeAffinity.RequiredDuringSchedulingIgnoredDuringExecution
}

// termMatches reports that a node fulfils all of a term; an empty one matches nothing.
func termMatches(t corev1.NodeSelectorTerm, n *corev1.Node) bool {
	if len(t.MatchExpressions) == 0 && len(t.MatchFields) == 0 {
		return false
	}
	for _, r := range t.MatchExpressions {
		if value, has := n.Labels[r.Key]; !requirementMatches(r, value, has) {
			return false
		}
	}
	for _, r := range t.MatchFields {
		if !requirementMatches(r, n.Name, r.Key == "metadata.name") {
			return false
		}
	}
	return true
}

func requirementMatches(r corev1.NodeSelectorRequirement, value string, has bool) bool {
	switch r.Operator {
	case corev1.NodeSelectorOpIn:
		return has && slices.Contains(r.Values, value)
	case corev1.NodeSelectorOpNotIn:
		return !has || !slices.Contains(r.Values, value)
	case corev1.NodeSelectorOpExists:
		return has
	case corev1.NodeSelectorOpDoesNotExist:
		return !has
	case corev1.NodeSelectorOpGt, corev1.NodeSelectorOpLt:
		if !has || len(r.Values) != 1 {
			return false
		}
		a, errA := strconv.ParseInt(value, 10, 64)
		b, errB := strconv.ParseInt(r.Values[0], 10, 64)
		if errA != nil || errB != nil {
			return false
		}
		return r.Operator == corev1.NodeSelectorOpGt && a > b || r.Operator == corev1.NodeSelectorOpLt && a < b
	}
	return false
}

// namedNodes gives the nodes that a pod's affinity names one by one, as those of
// DaemonSets do; false when it does not.
func namedNodes(p *corev1.Pod) ([]string, bool) {
	required := requiredNodes(p)
	if required == nil || len(required.NodeSelectorTerms) == 0 {
		return nil, false
	}
	var names []string
	for _, t := range required.NodeSelectorTerms {
		before := len(names)
		for _, r := range t.MatchFields {
			if r.Key == "metadata.name" && r.Operator == corev1.NodeSelectorOpIn {
				names = append(names, r.Values...)
			}
		}
		if len(names) == before {
			return nil, false
		}
	}
	return names, true
}
