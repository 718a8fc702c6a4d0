package api

import (
	"fmt"

	corev1 "k8s.io/api/core/v1"
	schedulingv1 "k8s.io/api/scheduling/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
)

// priority gives a new pod the number of its priority class, or of the class that
// is the cluster's default, or 0.
func (s *Server) priority(p *corev1.Pod) error {
	var class *schedulingv1.PriorityClass
	if name := p.Spec.PriorityClassName; name != "" {
		found := false
		if class, found = s.PriorityClasses.Get("", name); !found {
			return apierrors.NewForbidden(s.Pods.kind.GroupResource(), p.Name, fmt.Errorf("no PriorityClass with name %s was found", name))
		}
	} else {
		for _, c := range s.PriorityClasses.List("") {
			if c.GlobalDefault && (class == nil || c.Value < class.Value) {
				class = c
			}
		}
	}
	value, policy := int32(0), corev1.PreemptLowerPriority
	if class != nil {
		p.Spec.PriorityClassName, value = class.Name, class.Value
		if class.PreemptionPolicy != nil {
			policy = *class.PreemptionPolicy
		}
	}
	if given := p.Spec.Priority; given != nil && *given != value {
		return apierrors.NewForbidden(s.Pods.kind.GroupResource(), p.Name, fmt.Errorf(
			"the integer value of priority (%d) must not be provided in pod spec; priority admission controller computed %d from the given PriorityClass name", *given, value))
	}
	p.Spec.Priority = &value
	if p.Spec.PreemptionPolicy == nil {
		p.Spec.PreemptionPolicy = &policy
	}
	return nil
}
