package controllers

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	autoscalingv2 "k8s.io/api/autoscaling/v2"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
)

// Metrics is what a metrics server knows of pods.
type Metrics interface {
	// Measured is the use of a pod, of processors in thousandths and of memory in
	// bytes, and the end of the time that was measured; false when it is not known yet.
	Measured(pod *corev1.Pod) (cpu, memory int64, at time.Time, known bool)
}

// The autoscaler's other flags (kube-controller-manager v1.37.2), and the time that a
// metrics server measures.
const (
	scaleTolerance   = 0.1
	cpuInitialPeriod = 5 * time.Minute
	initialReadiness = 30 * time.Second
	metricsWindow    = 15 * time.Second
)

// measure is the size that the metrics ask for, the largest of all, and the name of the
// metric that asks for it.
func (l *scaling) measure() (int32, string, error) {
	var want int32
	var metric string
	var first error
	failed := 0
	var statuses []autoscalingv2.MetricStatus
	for _, m := range l.h.Spec.Metrics {
		n, name, status, err := l.metric(m)
		if err != nil {
			failed++
			first = cmp.Or(first, err)
			continue
		}
		statuses = append(statuses, status)
		if metric == "" || n > want {
			want, metric = n, name
		}
	}
	l.h.Status.CurrentMetrics = statuses
	if failed > 0 && (metric == "" || want < l.target.replicas) {
		l.condition(autoscalingv2.ScalingActive, false, failure(l.h), "the HPA was unable to compute the replica count: "+errors.Unwrap(first).Error())
		return 0, "", fmt.Errorf("invalid metrics (%d invalid out of %d), first error is: %w", failed, len(l.h.Spec.Metrics), first)
	}
	l.condition(autoscalingv2.ScalingActive, true, "ValidMetricFound", "the HPA was able to successfully calculate a replica count from "+metric)
	return want, metric, nil
}

// failure is the reason of a metric that cannot be read.
func failure(h *autoscalingv2.HorizontalPodAutoscaler) string {
	for _, m := range h.Spec.Metrics {
		if m.Resource == nil {
			return fmt.Sprintf("FailedGet%sMetric", m.Type)
		}
	}
	return "FailedGetResourceMetric"
}

// metric is what one metric asks for. An error wraps the plain reason.
func (l *scaling) metric(m autoscalingv2.MetricSpec) (int32, string, autoscalingv2.MetricStatus, error) {
	var none autoscalingv2.MetricStatus
	if m.Resource == nil {
		kind := strings.ToLower(string(m.Type))
		err := fmt.Errorf("unable to get %s metric: no custom metrics API (custom.metrics.k8s.io) registered", kind)
		l.warn(fmt.Sprintf("FailedGet%sMetric", m.Type), err.Error())
		return 0, "", none, fmt.Errorf("failed to get %s metric value: %w", kind, err)
	}
	name, target := m.Resource.Name, m.Resource.Target
	u, err := l.usage(name, target.AverageValue == nil)
	if err != nil {
		what := "utilization"
		if target.AverageValue != nil {
			what = "usage"
		}
		err = fmt.Errorf("failed to get %s %s: %w", name, what, err)
		l.warn("FailedGetResourceMetric", err.Error())
		return 0, "", none, fmt.Errorf("failed to get %s resource metric value: %w", name, err)
	}
	status := autoscalingv2.MetricStatus{Type: m.Type, Resource: &autoscalingv2.ResourceMetricStatus{Name: name}}
	current := &status.Resource.Current
	average := u.quantity()
	current.AverageValue = average
	if target.AverageValue != nil {
		goal := float64(target.AverageValue.MilliValue()) / 1000
		if name == corev1.ResourceCPU {
			goal *= 1000
		}
		return l.size(u, func(used, _ int64, pods int) float64 { return float64(used) / float64(pods) / max(goal, 1) }, int64(goal)), string(name) + " resource", status, nil
	}
	goal := float64(replicasOf(target.AverageUtilization))
	percent := int32(100 * u.used / max(u.requested, 1)) //nolint:gosec // a percentage
	current.AverageUtilization = &percent
	ratio := func(used, requested int64, _ int) float64 {
		return float64(100*used/max(requested, 1)) / max(goal, 1)
	}
	return l.size(u, ratio, 0), string(name) + " resource utilization (percentage of request)", status, nil
}

// usage is what the pods of a target use.
type usage struct {
	name            corev1.ResourceName
	used, requested int64
	pods            int     // that were measured
	missing         []int64 // requests of pods that should have been, but were not
	unready         []int64 // requests of pods that are not ready, or only just
}

func (u *usage) quantity() *resource.Quantity {
	average := u.used / int64(max(u.pods, 1))
	if u.name == corev1.ResourceCPU {
		return resource.NewMilliQuantity(average, resource.DecimalSI)
	}
	return resource.NewQuantity(average, resource.DecimalSI)
}

// usage adds up what the pods use, as far as it says anything: a pod that is not ready
// yet, or was measured while it became so, does not count.
func (l *scaling) usage(name corev1.ResourceName, share bool) (*usage, error) {
	if l.metrics == nil {
		return nil, fmt.Errorf("unable to get metrics for resource %s: unable to fetch metrics from resource metrics API: the server could not find the requested resource (get pods.metrics.k8s.io)", name)
	}
	u := &usage{name: name}
	seen := false
	pods := slices.DeleteFunc(slices.Clone(l.target.pods), func(p *corev1.Pod) bool { return !active(p) })
	for _, p := range pods {
		requested, err := requestOf(p, name)
		if err != nil && share {
			return nil, err
		}
		cpu, memory, at, known := l.metrics.Measured(p)
		seen = seen || known
		used := memory
		if name == corev1.ResourceCPU {
			used = cpu
		}
		switch {
		case p.Status.Phase == corev1.PodPending:
			u.unready = append(u.unready, requested)
		case !known:
			u.missing = append(u.missing, requested)
		case name == corev1.ResourceCPU && l.fresh(p, at):
			u.unready = append(u.unready, requested)
		default:
			u.pods++
			u.used += used
			u.requested += requested
		}
	}
	switch {
	case !seen:
		return nil, fmt.Errorf("unable to get metrics for resource %s: no metrics returned from resource metrics API", name)
	case u.pods == 0:
		return nil, errors.New("did not receive metrics for targeted pods (pods might be unready)")
	}
	return u, nil
}

// fresh reports a pod whose use of processors does not count yet.
func (l *scaling) fresh(p *corev1.Pod, at time.Time) bool {
	since, ready := readySince(p)
	if p.Status.StartTime == nil || since.IsZero() {
		return true
	}
	if l.s.Clock.Now().Before(p.Status.StartTime.Add(cpuInitialPeriod)) {
		return !ready || at.Before(since.Add(metricsWindow))
	}
	return !ready && p.Status.StartTime.Add(initialReadiness).After(since)
}

// requestOf is what the containers of a pod ask for together.
func requestOf(p *corev1.Pod, name corev1.ResourceName) (int64, error) {
	var sum int64
	for i := range p.Spec.Containers {
		c := &p.Spec.Containers[i]
		q, found := c.Resources.Requests[name]
		if !found {
			return 0, fmt.Errorf("missing request for %s in container %s of Pod %s", name, c.Name, p.Name)
		}
		if name == corev1.ResourceCPU {
			sum += q.MilliValue()
		} else {
			sum += q.Value()
		}
	}
	return sum, nil
}

// size is the number of pods at which they would use what is aimed at. Pods without
// figures count as those that would make the change smaller.
func (l *scaling) size(u *usage, ratio func(used, requested int64, pods int) float64, goal int64) int32 {
	now := l.target.replicas
	near := func(r float64) bool { return math.Abs(1-r) <= scaleTolerance }
	used, requested, pods := u.used, u.requested, u.pods
	r := ratio(used, requested, pods)
	if len(u.missing) == 0 && (len(u.unready) == 0 || r <= 1) {
		if near(r) {
			return now
		}
		return int32(math.Ceil(r * float64(pods)))
	}
	for _, asked := range u.missing {
		if r < 1 {
			used += cmp.Or(goal, asked)
		}
		requested += asked
		pods++
	}
	if r > 1 {
		for _, asked := range u.unready {
			requested += asked
			pods++
		}
	}
	again := ratio(used, requested, pods)
	want := int32(math.Ceil(again * float64(pods)))
	if near(again) || (r < 1) != (again < 1) || again < 1 && want > now || again > 1 && want < now {
		return now
	}
	return want
}
