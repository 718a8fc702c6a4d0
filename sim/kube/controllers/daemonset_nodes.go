package controllers

import (
	"slices"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/selection"
)

// tolerations are those of the template and those that every daemon has.
func (d *daemons) tolerations() []corev1.Toleration {
	list := slices.Clone(d.ds.Spec.Template.Spec.Tolerations)
	add := func(key string, effect corev1.TaintEffect) {
		list = append(list, corev1.Toleration{Key: key, Operator: corev1.TolerationOpExists, Effect: effect})
	}
	add(corev1.TaintNodeNotReady, corev1.TaintEffectNoExecute)
	add(corev1.TaintNodeUnreachable, corev1.TaintEffectNoExecute)
	add(corev1.TaintNodeDiskPressure, corev1.TaintEffectNoSchedule)
	add(corev1.TaintNodeMemoryPressure, corev1.TaintEffectNoSchedule)
	add(corev1.TaintNodePIDPressure, corev1.TaintEffectNoSchedule)
	add(corev1.TaintNodeUnschedulable, corev1.TaintEffectNoSchedule)
	if d.ds.Spec.Template.Spec.HostNetwork {
		add(corev1.TaintNodeNetworkUnavailable, corev1.TaintEffectNoSchedule)
	}
	return list
}

// fits tells whether a node should have a pod, and whether one there may stay.
func (d *daemons) fits(n *corev1.Node) (should, may bool) {
	spec := &d.ds.Spec.Template.Spec
	if spec.NodeName != "" && spec.NodeName != n.Name || !labels.SelectorFromSet(spec.NodeSelector).Matches(labels.Set(n.Labels)) || !affine(spec.Affinity, n) {
		return false, false
	}
	should, may = true, true
	tolerations := d.tolerations()
	for i := range n.Spec.Taints {
		t := &n.Spec.Taints[i]
		if t.Effect == corev1.TaintEffectPreferNoSchedule || tolerated(t, tolerations) {
			continue
		}
		should = false
		if t.Effect == corev1.TaintEffectNoExecute {
			may = false
		}
	}
	return should, may
}

func tolerated(t *corev1.Taint, list []corev1.Toleration) bool {
	for i := range list {
		o := &list[i]
		if (o.Effect == "" || o.Effect == t.Effect) && (o.Key == "" || o.Key == t.Key) &&
			(o.Operator == corev1.TolerationOpExists || o.Key != "" && o.Value == t.Value) {
			return true
		}
	}
	return false
}

// affine reports that a node meets the required node affinity.
func affine(a *corev1.Affinity, n *corev1.Node) bool {
	if a == nil || a.NodeAffinity == nil || a.NodeAffinity.RequiredDuringSchedulingIgnoredDuringExecution == nil {
		return true
	}
	for _, t := range a.NodeAffinity.RequiredDuringSchedulingIgnoredDuringExecution.NodeSelectorTerms {
		if len(t.MatchExpressions)+len(t.MatchFields) > 0 && meets(t.MatchExpressions, n.Labels) && meets(t.MatchFields, map[string]string{metav1.ObjectNameField: n.Name}) {
			return true
		}
	}
	return false
}

func meets(list []corev1.NodeSelectorRequirement, set map[string]string) bool {
	for _, e := range list {
		r, err := labels.NewRequirement(e.Key, operators(e.Operator), e.Values)
		if err != nil || !r.Matches(labels.Set(set)) {
			return false
		}
	}
	return true
}

// operators is a node selector's operator in the words of label selectors.
func operators(o corev1.NodeSelectorOperator) selection.Operator {
	switch o {
	case corev1.NodeSelectorOpNotIn:
		return selection.NotIn
	case corev1.NodeSelectorOpExists:
		return selection.Exists
	case corev1.NodeSelectorOpDoesNotExist:
		return selection.DoesNotExist
	case corev1.NodeSelectorOpGt:
		return selection.GreaterThan
	case corev1.NodeSelectorOpLt:
		return selection.LessThan
	}
	return selection.In
}

// onlyOn is an affinity that allows one node alone.
func onlyOn(a *corev1.Affinity, node string) *corev1.Affinity {
	c := &corev1.Affinity{}
	if a != nil {
		c.PodAffinity, c.PodAntiAffinity = a.PodAffinity, a.PodAntiAffinity
	}
	c.NodeAffinity = &corev1.NodeAffinity{RequiredDuringSchedulingIgnoredDuringExecution: &corev1.NodeSelector{
		NodeSelectorTerms: []corev1.NodeSelectorTerm{{MatchFields: []corev1.NodeSelectorRequirement{
			{Key: metav1.ObjectNameField, Operator: corev1.NodeSelectorOpIn, Values: []string{node}},
		}}},
	}}
	return c
}
