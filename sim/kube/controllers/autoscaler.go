package controllers

import (
	"fmt"
	"math"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"drydock/sim/clock"
	"drydock/sim/kube/api"
	"drydock/sim/kube/store"
)

// Metrics is what a metrics server knows of pods.
type Metrics interface {
	// CPU is the use of a pod in thousandths of a core; false when it is not known yet.
	CPU(pod *corev1.Pod) (milli int64, known bool)
}

// The autoscaler's flags (kube-controller-manager v1.37.2).
const (
	scalePeriod    = 15 * time.Second
	scaleTolerance = 0.1
	stabilization  = 5 * time.Minute
)

// autoscaler scales Deployments by the CPU that their pods use.
type autoscaler struct {
	s       *api.Server
	from    api.Source
	m       *api.Component
	metrics Metrics
	ticking bool
	advice  map[store.Key][]advice
}

// advice is a size that was once computed; a scale-down waits until all of the last
// minutes agree.
type advice struct {
	at time.Time
	n  int32
}

// UseMetrics gives the autoscaler something to measure by. Without, it does nothing.
func (c *Controllers) UseMetrics(m Metrics) { c.scalers.metrics = m }

func newAutoscaler(s *api.Server, m *api.Component) *autoscaler {
	a := &autoscaler{s: s, m: m, from: api.Source{Component: "horizontal-pod-autoscaler"}, advice: map[store.Key][]advice{}}
	s.HorizontalPodAutoscalers.Table.Watch(func(store.Change[*autoscalingv2.HorizontalPodAutoscaler]) { a.tick() })
	return a
}

// tick looks at all autoscalers every 15 seconds as long as there are any.
func (a *autoscaler) tick() {
	if a.ticking {
		return
	}
	a.ticking = true
	a.s.Clock.AfterWeighted(scalePeriod, clock.Upkeep, func() {
		a.ticking = false
		list := a.s.HorizontalPodAutoscalers.Table.List("")
		if a.m.Running() && a.metrics != nil {
			for _, h := range list {
				a.sync(h)
			}
		}
		if len(list) > 0 {
			a.tick()
		}
	})
}

func (a *autoscaler) sync(h *autoscalingv2.HorizontalPodAutoscaler) {
	d, found := a.s.Deployments.Table.Get(h.Namespace, h.Spec.ScaleTargetRef.Name)
	if !found || h.Spec.ScaleTargetRef.Kind != "Deployment" || replicasOf(d.Spec.Replicas) == 0 {
		return
	}
	now := replicasOf(d.Spec.Replicas)
	used, want := a.desired(h, d)
	want = min(max(a.stable(store.KeyOf(h), want), replicasOf(h.Spec.MinReplicas)), h.Spec.MaxReplicas, max(4, 2*now))
	copied := store.Copy(h)
	copied.Status.CurrentReplicas, copied.Status.DesiredReplicas = now, want
	copied.Status.CurrentMetrics = used
	if want != now {
		at := metav1.NewTime(a.s.Clock.Now())
		copied.Status.LastScaleTime = &at
		reason := "All metrics below target"
		if want > now {
			reason = "cpu resource utilization (percentage of request) above target"
		}
		id := a.s.Event(a.from, "HorizontalPodAutoscaler", h, "", corev1.EventTypeNormal, "SuccessfulRescale", fmt.Sprintf("New size: %d; reason: %s", want, reason))
		a.s.Clock.Because(id, func() {
			scaled := store.Copy(d)
			scaled.Spec.Replicas = &want
			_, _ = a.s.Deployments.Update(scaled)
		})
	}
	a.s.HorizontalPodAutoscalers.SetStatus(copied)
}

// desired is the size at which the pods would use the targeted share of what they
// request, and what they use now.
func (a *autoscaler) desired(h *autoscalingv2.HorizontalPodAutoscaler, d *appsv1.Deployment) ([]autoscalingv2.MetricStatus, int32) {
	now := replicasOf(d.Spec.Replicas)
	for _, m := range h.Spec.Metrics {
		if m.Resource == nil || m.Resource.Name != corev1.ResourceCPU || m.Resource.Target.AverageUtilization == nil {
			continue
		}
		var used, requested, pods int64
		for _, rs := range a.s.ReplicaSetsByOwner.Get(string(d.UID)) {
			for _, p := range activePods(a.s.PodsByOwner.Get(string(rs.UID))) {
				if milli, known := a.metrics.CPU(p); known {
					used += milli
					pods++
					for i := range p.Spec.Containers {
						requested += p.Spec.Containers[i].Resources.Requests.Cpu().MilliValue()
					}
				}
			}
		}
		if requested == 0 {
			continue
		}
		percent := int32(100 * used / requested) //nolint:gosec // a percentage
		status := autoscalingv2.MetricStatus{Type: m.Type, Resource: &autoscalingv2.ResourceMetricStatus{
			Name: corev1.ResourceCPU, Current: autoscalingv2.MetricValueStatus{AverageUtilization: &percent},
		}}
		ratio := float64(percent) / float64(*m.Resource.Target.AverageUtilization)
		if math.Abs(ratio-1) > scaleTolerance {
			now = int32(math.Ceil(ratio * float64(pods)))
		}
		return []autoscalingv2.MetricStatus{status}, now
	}
	return nil, now
}

// stable is the largest size advised in the last five minutes.
func (a *autoscaler) stable(key store.Key, n int32) int32 {
	now := a.s.Clock.Now()
	kept := []advice{{now, n}}
	for _, had := range a.advice[key] {
		if now.Sub(had.at) < stabilization {
			kept = append(kept, had)
			n = max(n, had.n)
		}
	}
	a.advice[key] = kept
	return n
}
