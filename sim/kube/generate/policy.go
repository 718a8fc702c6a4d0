package generate

import (
	"fmt"
	"strings"

	autoscalingv2 "k8s.io/api/autoscaling/v2"
	corev1 "k8s.io/api/core/v1"
	policyv1 "k8s.io/api/policy/v1"
	schedulingv1 "k8s.io/api/scheduling/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// Namespace makes what `kubectl create namespace NAME` sends.
func Namespace(name string) *corev1.Namespace {
	return &corev1.Namespace{TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: "Namespace"}, ObjectMeta: metav1.ObjectMeta{Name: name}}
}

// Resources reads a list such as "cpu=1,memory=1Gi"; "" is none.
func Resources(list string) (corev1.ResourceList, error) {
	if list == "" {
		return nil, nil
	}
	r := corev1.ResourceList{}
	for _, part := range strings.Split(list, ",") {
		k, v, found := strings.Cut(part, "=")
		if !found || strings.Contains(v, "=") {
			return nil, fmt.Errorf("invalid argument syntax %v, expected <resource>=<value>", part)
		}
		q, err := resource.ParseQuantity(v)
		if err != nil {
			return nil, err
		}
		r[corev1.ResourceName(k)] = q
	}
	return r, nil
}

// Quota makes what `kubectl create quota NAME` sends.
func Quota(name, hard, scopes string) (*corev1.ResourceQuota, error) {
	q := &corev1.ResourceQuota{TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: "ResourceQuota"}, ObjectMeta: metav1.ObjectMeta{Name: name}}
	list, err := Resources(hard)
	if err != nil {
		return nil, err
	}
	q.Spec.Hard = list
	if scopes != "" {
		for _, s := range strings.Split(scopes, ",") {
			q.Spec.Scopes = append(q.Spec.Scopes, corev1.ResourceQuotaScope(s))
		}
	}
	return q, nil
}

// PodDisruptionBudget makes what `kubectl create poddisruptionbudget NAME` sends.
func PodDisruptionBudget(name, selector, minAvailable, maxUnavailable string) (*policyv1.PodDisruptionBudget, error) {
	switch {
	case selector == "":
		return nil, fmt.Errorf("a selector must be specified")
	case minAvailable == "" && maxUnavailable == "":
		return nil, fmt.Errorf("one of min-available or max-unavailable must be specified")
	case minAvailable != "" && maxUnavailable != "":
		return nil, fmt.Errorf("min-available and max-unavailable cannot be both specified")
	}
	parsed, err := metav1.ParseToLabelSelector(selector)
	if err != nil {
		return nil, err
	}
	pdb := &policyv1.PodDisruptionBudget{TypeMeta: metav1.TypeMeta{APIVersion: "policy/v1", Kind: "PodDisruptionBudget"}, ObjectMeta: metav1.ObjectMeta{Name: name}}
	pdb.Spec.Selector = parsed
	if minAvailable != "" {
		v := intstr.Parse(minAvailable)
		pdb.Spec.MinAvailable = &v
	} else {
		v := intstr.Parse(maxUnavailable)
		pdb.Spec.MaxUnavailable = &v
	}
	return pdb, nil
}

// PriorityClass makes what `kubectl create priorityclass NAME` sends.
func PriorityClass(name string, value int32, global bool, description, preemption string) *schedulingv1.PriorityClass {
	policy := corev1.PreemptionPolicy(preemption)
	return &schedulingv1.PriorityClass{
		TypeMeta: metav1.TypeMeta{APIVersion: "scheduling.k8s.io/v1", Kind: "PriorityClass"}, ObjectMeta: metav1.ObjectMeta{Name: name},
		Value: value, GlobalDefault: global, Description: description, PreemptionPolicy: &policy,
	}
}

// AutoscaleOptions are the flags of `kubectl autoscale` and what it scales.
type AutoscaleOptions struct {
	Name     string
	Target   autoscalingv2.CrossVersionObjectReference
	Min, Max int32
	CPU      string // "80%" or a quantity; "" for none
	Memory   string
}

// Autoscaler makes what `kubectl autoscale` sends.
func Autoscaler(o AutoscaleOptions) (*autoscalingv2.HorizontalPodAutoscaler, error) {
	switch {
	case o.Max < 1:
		return nil, fmt.Errorf("--max=MAXPODS is required and must be at least 1, max: %d", o.Max)
	case o.Max < o.Min:
		return nil, fmt.Errorf("--max=MAXPODS must be larger or equal to --min=MINPODS, max: %d, min: %d", o.Max, o.Min)
	}
	hpa := &autoscalingv2.HorizontalPodAutoscaler{
		TypeMeta: metav1.TypeMeta{APIVersion: "autoscaling/v2", Kind: "HorizontalPodAutoscaler"}, ObjectMeta: metav1.ObjectMeta{Name: o.Name},
		Spec: autoscalingv2.HorizontalPodAutoscalerSpec{ScaleTargetRef: o.Target, MaxReplicas: o.Max},
	}
	if o.Min > 0 {
		hpa.Spec.MinReplicas = &o.Min
	}
	for _, m := range []struct {
		name  corev1.ResourceName
		value string
	}{{corev1.ResourceCPU, o.CPU}, {corev1.ResourceMemory, o.Memory}} {
		if m.value == "" {
			continue
		}
		target, err := metricTarget(m.value)
		if err != nil {
			return nil, err
		}
		hpa.Spec.Metrics = append(hpa.Spec.Metrics, autoscalingv2.MetricSpec{
			Type: autoscalingv2.ResourceMetricSourceType, Resource: &autoscalingv2.ResourceMetricSource{Name: m.name, Target: target},
		})
	}
	return hpa, nil
}

func metricTarget(value string) (autoscalingv2.MetricTarget, error) {
	if percent, found := strings.CutSuffix(value, "%"); found {
		var n int32
		if _, err := fmt.Sscanf(percent, "%d", &n); err != nil || n < 0 {
			return autoscalingv2.MetricTarget{}, fmt.Errorf("invalid percentage value %q", value)
		}
		return autoscalingv2.MetricTarget{Type: autoscalingv2.UtilizationMetricType, AverageUtilization: &n}, nil
	}
	q, err := resource.ParseQuantity(value)
	if err != nil {
		return autoscalingv2.MetricTarget{}, err
	}
	return autoscalingv2.MetricTarget{Type: autoscalingv2.AverageValueMetricType, AverageValue: &q}, nil
}
