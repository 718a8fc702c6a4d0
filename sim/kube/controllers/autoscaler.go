package controllers

import (
	"fmt"
	"time"

	autoscalingv2 "k8s.io/api/autoscaling/v2"
	corev1 "k8s.io/api/core/v1"
	apiequality "k8s.io/apimachinery/pkg/api/equality"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"drydock/sim/clock"
	"drydock/sim/kube/api"
	"drydock/sim/kube/store"
)

// scalePeriod is how often an autoscaler is looked at
// (--horizontal-pod-autoscaler-sync-period, kube-controller-manager v1.37.2).
const scalePeriod = 15 * time.Second

// autoscaler keeps workloads at the size that their HorizontalPodAutoscalers ask for.
type autoscaler struct {
	s       *api.Server
	from    api.Source
	m       *api.Component
	metrics Metrics
	known   map[store.Key]*scalerMemory
}

// scalerMemory is what the controller remembers of an autoscaler.
type scalerMemory struct {
	advice   []advice // sizes computed in the last minutes
	up, down []advice // pods added and removed
}

// UseMetrics gives the autoscaler something to measure by. Without, it says that there
// are no metrics.
func (c *Controllers) UseMetrics(m Metrics) { c.scalers.metrics = m }

func newAutoscaler(s *api.Server, m *api.Component) *autoscaler {
	a := &autoscaler{s: s, m: m, from: api.Source{Component: "horizontal-pod-autoscaler"}, known: map[store.Key]*scalerMemory{}}
	s.HorizontalPodAutoscalers.Table.Watch(func(ch store.Change[*autoscalingv2.HorizontalPodAutoscaler]) {
		key := store.KeyOf(ch.Now())
		if ch.Type != store.Deleted && a.known[key] == nil {
			a.known[key] = &scalerMemory{}
			a.tick(key)
		}
	})
	return a
}

// tick looks at an autoscaler every 15 seconds as long as it is there, for the first
// time when it is 15 seconds old.
func (a *autoscaler) tick(key store.Key) {
	a.s.Clock.AfterWeighted(scalePeriod, clock.Upkeep, func() {
		h, found := a.s.HorizontalPodAutoscalers.Table.Get(key.Namespace, key.Name)
		if !found {
			delete(a.known, key)
			return
		}
		if a.m.Running() {
			a.look(h)
		}
		a.tick(key)
	})
}

// look is one look at an autoscaler, whose status tells of it.
func (a *autoscaler) look(h *autoscalingv2.HorizontalPodAutoscaler) {
	l := &scaling{autoscaler: a, h: store.Copy(h), memory: a.known[store.KeyOf(h)]}
	l.h.Status.Conditions = append([]autoscalingv2.HorizontalPodAutoscalerCondition(nil), h.Status.Conditions...)
	l.decide()
	if !apiequality.Semantic.DeepEqual(h.Status, l.h.Status) {
		a.s.HorizontalPodAutoscalers.SetStatus(l.h)
	}
}

// scaling is one look at an autoscaler.
type scaling struct {
	*autoscaler
	h      *autoscalingv2.HorizontalPodAutoscaler
	memory *scalerMemory
	target scaleTarget
}

// condition sets a condition of the status.
func (l *scaling) condition(t autoscalingv2.HorizontalPodAutoscalerConditionType, on bool, reason, message string) {
	c := autoscalingv2.HorizontalPodAutoscalerCondition{Type: t, Status: corev1.ConditionFalse, Reason: reason, Message: message, LastTransitionTime: metav1.NewTime(l.s.Clock.Now())}
	if on {
		c.Status = corev1.ConditionTrue
	}
	for i, old := range l.h.Status.Conditions {
		if old.Type == t {
			if old.Status == c.Status {
				c.LastTransitionTime = old.LastTransitionTime
			}
			l.h.Status.Conditions[i] = c
			return
		}
	}
	l.h.Status.Conditions = append(l.h.Status.Conditions, c)
}

func (l *scaling) warn(reason, message string) {
	l.s.Event(l.from, "HorizontalPodAutoscaler", l.h, "", corev1.EventTypeWarning, reason, message)
}

// decide finds out which size the target should have, and gives it to it.
func (l *scaling) decide() {
	var err error
	if l.target, err = l.find(l.h); err != nil {
		l.warn("FailedGetScale", err.Error())
		l.condition(autoscalingv2.AbleToScale, false, "FailedGetScale", "the HPA controller was unable to get the target's current scale: "+err.Error())
		return
	}
	l.condition(autoscalingv2.AbleToScale, true, "SucceededGetScale", "the HPA controller was able to get the target's current scale")
	now, low, high := l.target.replicas, replicasOf(l.h.Spec.MinReplicas), l.h.Spec.MaxReplicas
	l.h.Status.CurrentReplicas = now
	if len(l.memory.advice) == 0 { // the size that it finds counts as advised
		l.memory.advice = []advice{{l.s.Clock.Now(), now}}
	}
	var want int32
	reason := ""
	switch {
	case now == 0 && low != 0:
		l.condition(autoscalingv2.ScalingActive, false, "ScalingDisabled", "scaling is disabled since the replica count of the target is zero")
	case now > high:
		want, reason = high, "Current number of replicas above Spec.MaxReplicas"
	case now < low:
		want, reason = low, "Current number of replicas below Spec.MinReplicas"
	default:
		metric := ""
		if want, metric, err = l.measure(); err != nil {
			l.warn("FailedComputeMetricsReplicas", err.Error())
			return
		}
		if want > now {
			reason = metric + " above target"
		} else if want < now {
			reason = "All metrics below target"
		}
		want = l.within(now, want, low, high)
	}
	l.condition("ScaledToZero", false, "NotScaledToZero", "the HPA controller did not scale the workload to zero")
	l.h.Status.DesiredReplicas = want
	if want != now {
		l.rescale(now, want, reason)
	}
}

// rescale gives the target its new size.
func (l *scaling) rescale(now, want int32, reason string) {
	at := metav1.NewTime(l.s.Clock.Now())
	l.h.Status.LastScaleTime = &at
	l.condition(autoscalingv2.AbleToScale, true, "SucceededRescale", fmt.Sprintf("the HPA controller was able to update the target scale to %d", want))
	id := l.s.Event(l.from, "HorizontalPodAutoscaler", l.h, "", corev1.EventTypeNormal, "SuccessfulRescale", fmt.Sprintf("New size: %d; reason: %s", want, reason))
	if want > now {
		l.memory.up = append(l.memory.up, advice{at.Time, want - now})
	} else {
		l.memory.down = append(l.memory.down, advice{at.Time, now - want})
	}
	l.s.Clock.Because(id, func() { l.target.resize(want) })
}
