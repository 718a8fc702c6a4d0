package api

import (
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/resource"
	utilerrors "k8s.io/apimachinery/pkg/util/errors"
)

// limitDefaults gives the containers of a new pod the requests and limits that the
// namespace's LimitRanges have as defaults, and notes that in an annotation.
func (s *Server) limitDefaults(p *corev1.Pod) error {
	var notes []string
	for _, limits := range s.LimitRanges.List(p.Namespace) {
		for _, item := range limits.Spec.Limits {
			if item.Type != corev1.LimitTypeContainer {
				continue
			}
			fill := func(kind string) func(c *corev1.Container) {
				return func(c *corev1.Container) {
					requests := missingNames(item.DefaultRequest, c.Resources.Requests)
					amounts := missingNames(item.Default, c.Resources.Limits)
					c.Resources.Requests = merged(item.DefaultRequest, c.Resources.Requests)
					c.Resources.Limits = merged(item.Default, c.Resources.Limits)
					if len(requests) > 0 {
						notes = append(notes, fmt.Sprintf("%s request for %s %s", strings.Join(requests, ", "), kind, c.Name))
					}
					if len(amounts) > 0 {
						notes = append(notes, fmt.Sprintf("%s limit for %s %s", strings.Join(amounts, ", "), kind, c.Name))
					}
				}
			}
			p.Spec.Containers = eachChanged(p.Spec.Containers, fill("container"))
			p.Spec.InitContainers = eachChanged(p.Spec.InitContainers, fill("init container"))
		}
	}
	if len(notes) > 0 {
		annotations := map[string]string{"kubernetes.io/limit-ranger": "LimitRanger plugin set: " + strings.Join(notes, "; ")}
		for k, v := range p.Annotations {
			annotations[k] = v
		}
		p.Annotations = annotations
	}
	return nil
}

// missingNames are the resources that the first list has and the second has not.
func missingNames(defaults, has corev1.ResourceList) []string {
	var names []string
	for name := range defaults {
		if _, found := has[name]; !found {
			names = append(names, string(name))
		}
	}
	slices.Sort(names)
	return names
}

// sortedNames are the resources of a list in alphabetical order.
func sortedNames(list corev1.ResourceList) []corev1.ResourceName {
	names := make([]corev1.ResourceName, 0, len(list))
	for name := range list {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// limitCheck refuses a pod that is outside a LimitRange of its namespace.
func (s *Server) limitCheck(p *corev1.Pod) error {
	var errs []error
	for _, limits := range s.LimitRanges.List(p.Namespace) {
		for _, item := range limits.Spec.Limits {
			switch item.Type {
			case corev1.LimitTypeContainer:
				for _, c := range p.Spec.Containers {
					errs = append(errs, outside(item, c.Resources.Requests, c.Resources.Limits)...)
				}
			case corev1.LimitTypePod:
				requests, amounts := podTotals(&p.Spec)
				errs = append(errs, outside(item, requests, amounts)...)
			}
		}
	}
	if len(errs) == 0 {
		return nil
	}
	return apierrors.NewForbidden(s.Pods.kind.GroupResource(), p.Name, utilerrors.NewAggregate(errs))
}

// outside compares with minimum, maximum and ratio in LimitRanger's words.
func outside(item corev1.LimitRangeItem, requests, limits corev1.ResourceList) []error {
	var errs []error
	for _, name := range sortedNames(item.Min) {
		least := item.Min[name]
		request, asked := requests[name]
		limit, limited := limits[name]
		switch {
		case !asked:
			errs = append(errs, fmt.Errorf("minimum %s usage per %s is %s.  No request is specified", name, item.Type, least.String()))
		case request.Cmp(least) < 0:
			errs = append(errs, fmt.Errorf("minimum %s usage per %s is %s, but request is %s", name, item.Type, least.String(), request.String()))
		case limited && limit.Cmp(least) < 0:
			errs = append(errs, fmt.Errorf("minimum %s usage per %s is %s, but limit is %s", name, item.Type, least.String(), limit.String()))
		}
	}
	for _, name := range sortedNames(item.Max) {
		most := item.Max[name]
		limit, limited := limits[name]
		request, asked := requests[name]
		switch {
		case !limited:
			errs = append(errs, fmt.Errorf("maximum %s usage per %s is %s.  No limit is specified", name, item.Type, most.String()))
		case limit.Cmp(most) > 0:
			errs = append(errs, fmt.Errorf("maximum %s usage per %s is %s, but limit is %s", name, item.Type, most.String(), limit.String()))
		case asked && request.Cmp(most) > 0:
			errs = append(errs, fmt.Errorf("maximum %s usage per %s is %s, but request is %s", name, item.Type, most.String(), request.String()))
		}
	}
	for _, name := range sortedNames(item.MaxLimitRequestRatio) {
		most := item.MaxLimitRequestRatio[name]
		request, limit := requests[name], limits[name]
		if request.IsZero() || limit.IsZero() {
			errs = append(errs, fmt.Errorf("%s max limit to request ratio per %s is %s, but no request is specified or request is 0", name, item.Type, most.String()))
		} else if ratio := limit.AsApproximateFloat64() / request.AsApproximateFloat64(); ratio > most.AsApproximateFloat64() {
			errs = append(errs, fmt.Errorf("%s max limit to request ratio per %s is %s, but provided ratio is %f", name, item.Type, most.String(), ratio))
		}
	}
	return errs
}

// podTotals adds up what the containers of a pod ask for; an init container counts
// where it asks for more than all that follow.
func podTotals(spec *corev1.PodSpec) (requests, limits corev1.ResourceList) {
	requests, limits = corev1.ResourceList{}, corev1.ResourceList{}
	for i := range spec.Containers {
		addTo(requests, spec.Containers[i].Resources.Requests)
		addTo(limits, spec.Containers[i].Resources.Limits)
	}
	for i := range spec.InitContainers {
		c := &spec.InitContainers[i]
		if c.RestartPolicy != nil && *c.RestartPolicy == corev1.ContainerRestartPolicyAlways {
			addTo(requests, c.Resources.Requests)
			addTo(limits, c.Resources.Limits)
			continue
		}
		raise(requests, c.Resources.Requests)
		raise(limits, c.Resources.Limits)
	}
	return requests, limits
}

func addTo(sum, list corev1.ResourceList) {
	for name, q := range list {
		total := sum[name].DeepCopy()
		total.Add(q)
		sum[name] = total
	}
}

func raise(sum, list corev1.ResourceList) {
	for name, q := range list {
		if has := sum[name]; has.Cmp(q) < 0 {
			sum[name] = q
		}
	}
}

// takeFrom subtracts a list from a sum.
func takeFrom(sum, list corev1.ResourceList) {
	for name, q := range list {
		total := sum[name].DeepCopy()
		total.Sub(q)
		if total.IsZero() {
			total = *resource.NewQuantity(0, total.Format)
		}
		sum[name] = total
	}
}
