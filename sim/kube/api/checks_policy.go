package api

import (
	"fmt"
	"slices"
	"strings"

	autoscalingv2 "k8s.io/api/autoscaling/v2"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	policyv1 "k8s.io/api/policy/v1"
	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

// checkAutoscaler finds sizes that cannot be (v1.37, pkg/apis/autoscaling/validation).
func checkAutoscaler(h, _ *autoscalingv2.HorizontalPodAutoscaler) field.ErrorList {
	var errs field.ErrorList
	path, low := field.NewPath("spec"), h.Spec.MinReplicas
	if low != nil && *low < 1 {
		errs = append(errs, field.Invalid(path.Child("minReplicas"), *low, "must be greater than or equal to 1"))
	}
	if h.Spec.MaxReplicas < 1 {
		errs = append(errs, field.Invalid(path.Child("maxReplicas"), h.Spec.MaxReplicas, "must be greater than 0"))
	}
	if low != nil && h.Spec.MaxReplicas < *low {
		errs = append(errs, field.Invalid(path.Child("maxReplicas"), h.Spec.MaxReplicas, "must be greater than or equal to `minReplicas`"))
	}
	target := path.Child("scaleTargetRef")
	if h.Spec.ScaleTargetRef.Kind == "" {
		errs = append(errs, field.Required(target.Child("kind"), ""))
	}
	if h.Spec.ScaleTargetRef.Name == "" {
		errs = append(errs, field.Required(target.Child("name"), ""))
	}
	return errs
}

// checkBudget finds a budget with two measures (v1.37, pkg/apis/policy/validation).
func checkBudget(b, _ *policyv1.PodDisruptionBudget) field.ErrorList {
	var errs field.ErrorList
	path := field.NewPath("spec")
	if b.Spec.MinAvailable != nil && b.Spec.MaxUnavailable != nil {
		errs = append(errs, field.Invalid(path, b.Spec, "minAvailable and maxUnavailable cannot be both set"))
	}
	return errs
}

// checkLimitRange finds limits that contradict each other (v1.37,
// pkg/apis/core/validation).
func checkLimitRange(l, _ *corev1.LimitRange) field.ErrorList {
	var errs field.ErrorList
	for i := range l.Spec.Limits {
		item, path := &l.Spec.Limits[i], field.NewPath("spec", "limits").Index(i)
		for _, name := range sortedResources(item.Min, item.Max, item.Default, item.DefaultRequest) {
			low, hasLow := item.Min[name]
			high, hasHigh := item.Max[name]
			usual, hasUsual := item.Default[name]
			request, hasRequest := item.DefaultRequest[name]
			more := func(has bool, a, b interface{ String() string }, greater bool, where, one, other string) {
				if has && greater {
					errs = append(errs, field.Invalid(path.Child(where).Key(string(name)), a.String(), fmt.Sprintf("%s value %s is greater than %s value %s", one, a.String(), other, b.String())))
				}
			}
			more(hasLow && hasHigh, &low, &high, low.Cmp(high) > 0, "min", "min", "max")
			more(hasRequest && hasLow, &low, &request, low.Cmp(request) > 0, "defaultRequest", "min", "default request")
			more(hasRequest && hasHigh, &request, &high, request.Cmp(high) > 0, "defaultRequest", "default request", "max")
			more(hasRequest && hasUsual, &request, &usual, request.Cmp(usual) > 0, "defaultRequest", "default request", "default limit")
			more(hasUsual && hasLow, &low, &usual, low.Cmp(usual) > 0, "default", "min", "default")
			more(hasUsual && hasHigh, &usual, &high, usual.Cmp(high) > 0, "default", "default", "max")
		}
	}
	return errs
}

func sortedResources(lists ...corev1.ResourceList) []corev1.ResourceName {
	var names []corev1.ResourceName
	for _, l := range lists {
		for name := range l {
			if !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	slices.Sort(names)
	return names
}

// checkNetworkPolicy finds types of policies that are none (v1.37,
// pkg/apis/networking/validation).
func checkNetworkPolicy(p, _ *networkingv1.NetworkPolicy) field.ErrorList {
	var errs field.ErrorList
	types := field.NewPath("spec", "policyTypes")
	for i, t := range p.Spec.PolicyTypes {
		if t != networkingv1.PolicyTypeIngress && t != networkingv1.PolicyTypeEgress {
			errs = append(errs, field.NotSupported(types.Index(i), t, []networkingv1.PolicyType{networkingv1.PolicyTypeEgress, networkingv1.PolicyTypeIngress}))
		}
	}
	return errs
}

// checkIngress finds rules that lead nowhere (v1.37, pkg/apis/networking/validation).
func checkIngress(i, _ *networkingv1.Ingress) field.ErrorList {
	var errs field.ErrorList
	path := field.NewPath("spec")
	if len(i.Spec.Rules) == 0 && i.Spec.DefaultBackend == nil {
		errs = append(errs, field.Invalid(path, i.Spec.Rules, "either `defaultBackend` or `rules` must be specified"))
	}
	if i.Spec.DefaultBackend != nil {
		errs = append(errs, checkBackend(i.Spec.DefaultBackend, path.Child("defaultBackend"))...)
	}
	for n := range i.Spec.Rules {
		rule, at := &i.Spec.Rules[n], path.Child("rules").Index(n)
		if rule.Host != "" {
			valid := validation.IsDNS1123Subdomain
			if strings.Contains(rule.Host, "*") {
				valid = validation.IsWildcardDNS1123Subdomain
			}
			for _, text := range valid(rule.Host) {
				errs = append(errs, field.Invalid(at.Child("host"), rule.Host, text))
			}
		}
		if rule.HTTP == nil {
			continue
		}
		if len(rule.HTTP.Paths) == 0 {
			errs = append(errs, field.Required(at.Child("http", "paths"), ""))
		}
		for k := range rule.HTTP.Paths {
			errs = append(errs, checkIngressPath(&rule.HTTP.Paths[k], at.Child("http", "paths").Index(k))...)
		}
	}
	return errs
}

func checkIngressPath(p *networkingv1.HTTPIngressPath, at *field.Path) field.ErrorList {
	var errs field.ErrorList
	known := []networkingv1.PathType{networkingv1.PathTypeExact, networkingv1.PathTypeImplementationSpecific, networkingv1.PathTypePrefix}
	switch {
	case p.PathType == nil:
		errs = append(errs, field.Required(at.Child("pathType"), "pathType must be specified"))
	case !slices.Contains(known, *p.PathType):
		errs = append(errs, field.NotSupported(at.Child("pathType"), *p.PathType, known))
	case *p.PathType != networkingv1.PathTypeImplementationSpecific || p.Path != "":
		if !strings.HasPrefix(p.Path, "/") {
			errs = append(errs, field.Invalid(at.Child("path"), p.Path, "must be an absolute path"))
		}
	}
	return append(errs, checkBackend(&p.Backend, at.Child("backend"))...)
}

func checkBackend(b *networkingv1.IngressBackend, at *field.Path) field.ErrorList {
	if b.Service == nil {
		if b.Resource == nil {
			return field.ErrorList{field.Required(at, "resource or service backend is required")}
		}
		return nil
	}
	var errs field.ErrorList
	if b.Service.Name == "" {
		errs = append(errs, field.Required(at.Child("service", "name"), ""))
	}
	for _, text := range validation.IsDNS1035Label(b.Service.Name) {
		if b.Service.Name != "" {
			errs = append(errs, field.Invalid(at.Child("service", "name"), b.Service.Name, text))
		}
	}
	switch name, number := b.Service.Port.Name, b.Service.Port.Number; {
	case name != "" && number != 0:
		errs = append(errs, field.Invalid(at, "", "cannot set both port name & port number"))
	case name == "" && number == 0:
		errs = append(errs, field.Required(at, "port name or number is required"))
	case number != 0:
		for _, text := range validation.IsValidPortNum(int(number)) {
			errs = append(errs, field.Invalid(at.Child("service", "port", "number"), number, text))
		}
	}
	return errs
}
