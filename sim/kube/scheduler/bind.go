package scheduler

import (
	"cmp"
	"fmt"
	"slices"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"drydock/sim/kube/api"
	"drydock/sim/kube/store"
)

// source signs the scheduler's events.
func source() api.Source { return api.Source{Component: profile} }

// bind gives a pod its node.
func (x *Scheduler) bind(p *corev1.Pod, n *node) {
	id := x.server.Event(source(), "Pod", p, "", corev1.EventTypeNormal, "Scheduled", fmt.Sprintf("Successfully assigned %s/%s to %s", p.Namespace, p.Name, n.name))
	c := store.Copy(p)
	c.Spec.NodeName = n.name
	c.Status.NominatedNodeName = ""
	x.setScheduled(c, corev1.ConditionTrue, "", "")
	x.server.Clock.Because(id, func() { x.server.Pods.SetStatus(c) })
}

// setScheduled replaces the condition PodScheduled of a copy of a pod.
func (x *Scheduler) setScheduled(c *corev1.Pod, status corev1.ConditionStatus, reason, message string) {
	now := metav1.NewTime(x.server.Clock.Now())
	condition := corev1.PodCondition{Type: corev1.PodScheduled, Status: status, Reason: reason, Message: message, LastTransitionTime: now, ObservedGeneration: c.Generation}
	list := make([]corev1.PodCondition, 0, len(c.Status.Conditions)+1)
	for _, old := range c.Status.Conditions {
		if old.Type != corev1.PodScheduled {
			list = append(list, old)
		} else if old.Status == status {
			condition.LastTransitionTime = old.LastTransitionTime
		}
	}
	c.Status.Conditions = append(list, condition)
}

// gate says of a pod that its scheduling gates hold it.
func (x *Scheduler) gate(p *corev1.Pod) {
	for _, c := range p.Status.Conditions {
		if c.Type == corev1.PodScheduled && c.Reason == corev1.PodReasonSchedulingGated {
			return
		}
	}
	c := store.Copy(p)
	x.setScheduled(c, corev1.ConditionFalse, corev1.PodReasonSchedulingGated, "Scheduling is blocked due to non-empty scheduling gates")
	x.server.Pods.SetStatus(c)
}

// refuse lets a pod wait and says why.
func (x *Scheduler) refuse(info *podInfo, v verdict) {
	now := x.server.Clock.Now()
	w := x.waiting[info.key]
	if w == nil {
		w = &wait{since: now}
		x.waiting[info.key] = w
	}
	w.since, w.helps = now, v.helps
	// The pod that the first refusal marked is another version: the second is reported
	// anew, those after it belong to the second's series.
	if w.message == v.message && w.version == info.pod.ResourceVersion && now.Sub(w.told) < repeat {
		return
	}
	changed := w.message != v.message
	w.message, w.told, w.version = v.message, now, info.pod.ResourceVersion
	id := x.server.Event(source(), "Pod", info.pod, "", corev1.EventTypeWarning, "FailedScheduling", v.message)
	if !changed && (info.hoped == nil || info.pod.Status.NominatedNodeName == info.hoped.name) {
		return
	}
	c := store.Copy(info.pod)
	if info.hoped != nil {
		c.Status.NominatedNodeName = info.hoped.name
	}
	x.setScheduled(c, corev1.ConditionFalse, corev1.PodReasonUnschedulable, v.message)
	x.server.Clock.Because(id, func() { x.server.Pods.SetStatus(c) })
}

// wake notes a change that may help pods that wait; the next turn tries them.
func (x *Scheduler) wake(helps help) {
	if len(x.waiting) == 0 && helps != helpAny {
		return
	}
	x.woken |= helps
	x.turns.Add(store.Key{})
}

// retry puts the pods into the queue that what was noted may help. A restarted scheduler looks at all that have no node.
func (x *Scheduler) retry() {
	helps := x.woken
	x.woken = 0
	if helps == helpAny {
		for _, p := range x.server.PodsByNode.Get("") {
			if ours(p) {
				x.enqueue(p)
			}
		}
		return
	}
	x.enqueueWaiting(func(w *wait) bool { return w.helps&helps != 0 })
}

// enqueueWaiting puts some of the waiting pods into the queue in order of arrival.
func (x *Scheduler) enqueueWaiting(which func(*wait) bool) {
	var list []*podInfo
	for key, w := range x.waiting {
		if which(w) && x.pods[key] != nil {
			list = append(list, x.pods[key])
		}
	}
	slices.SortFunc(list, func(a, b *podInfo) int { return cmp.Compare(a.seq, b.seq) })
	for _, i := range list {
		x.enqueue(i.pod)
	}
}
