package scheduler

import (
	"cmp"
	"fmt"
	"slices"

	corev1 "k8s.io/api/core/v1"
	policyv1 "k8s.io/api/policy/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"

	"drydock/sim/kube/api"
	"drydock/sim/kube/store"
)

// What preemption says of a node that it cannot help with.
const (
	notHelpful = "Preemption is not helpful for scheduling"
	noVictims  = "No preemption victims found for incoming pod"
)

// sacrifice is what a node would give up for a pod.
type sacrifice struct {
	node     *node
	victims  []*podInfo // the most important first
	breaches int        // of disruption budgets
}

// preempt removes less important pods from the node where that costs least. Where it
// can't it says why.
func (a *attempt) preempt(refusals []refusal) (said string, done bool) {
	p := a.pod
	if p.Spec.PreemptionPolicy != nil && *p.Spec.PreemptionPolicy == corev1.PreemptNever {
		return "not eligible due to preemptionPolicy=Never.", false
	}
	if h := a.info.hoped; h != nil && leaving(h, priorityOf(p)) {
		return "not eligible due to a terminating pod on the nominated node.", false
	}
	var offers []sacrifice
	reasons, enough := map[string]int{}, max(100, len(refusals)/10)
	for i, n := range a.x.nodes {
		switch r := refusals[i]; {
		case r.final:
			reasons[notHelpful]++
		case !n.below(priorityOf(p)):
			reasons[noVictims]++
		case len(offers) < enough:
			offer, why := a.offer(n)
			if why.ok() {
				offers = append(offers, offer)
				continue
			}
			for _, reason := range why.reasons() {
				reasons[reason]++
			}
		}
	}
	if len(offers) == 0 {
		return fmt.Sprintf("0/%d nodes are available: %s.", len(refusals), histogram(reasons)), false
	}
	a.x.sacrifice(a.info, slices.MinFunc(offers, cheaper))
	return "", true
}

// leaving reports that a pod of lower priority is on its way off a node.
func leaving(n *node, priority int32) bool {
	for i := range n.pods {
		if i.pod.DeletionTimestamp != nil && priorityOf(i.pod) < priority {
			return true
		}
	}
	return false
}

// offer tries how few pods must leave a node: all less important ones do, then they
// come back as long as the pod still fits, those with a budget and the important first.
func (a *attempt) offer(n *node) (sacrifice, refusal) {
	offer := sacrifice{node: n}
	var lower []*podInfo
	for i := range n.pods {
		if priorityOf(i.pod) < priorityOf(a.pod) {
			lower = append(lower, i)
		}
	}
	slices.SortFunc(lower, func(p, q *podInfo) int {
		return cmp.Or(cmp.Compare(priorityOf(q.pod), priorityOf(p.pod)), cmp.Compare(p.seq, q.seq))
	})
	for _, i := range lower {
		a.x.lift(i)
	}
	why := a.again(n)
	if !why.ok() {
		for _, i := range lower {
			a.x.place(i, n)
		}
		a.again(n)
		return offer, why
	}
	var guarded, free []*podInfo
	for _, i := range lower {
		if a.x.guarded(i.pod) {
			guarded = append(guarded, i)
		} else {
			free = append(free, i)
		}
	}
	for _, i := range append(guarded, free...) {
		a.x.place(i, n)
		if a.again(n).ok() {
			continue
		}
		a.x.lift(i)
		offer.victims = append(offer.victims, i)
		if a.x.guarded(i.pod) {
			offer.breaches++
		}
	}
	for _, i := range offer.victims {
		a.x.place(i, n)
	}
	a.again(n)
	slices.SortStableFunc(offer.victims, func(p, q *podInfo) int { return cmp.Compare(priorityOf(q.pod), priorityOf(p.pod)) })
	return offer, refusal{}
}

// again is check after pods were moved.
func (a *attempt) again(n *node) refusal {
	for i := range a.spread {
		a.spread[i].least = a.least(a.spread[i])
	}
	return a.check(n)
}

// guarded reports that a disruption budget does not allow a pod's eviction.
func (x *Scheduler) guarded(p *corev1.Pod) bool {
	return slices.ContainsFunc(x.server.PodDisruptionBudgets.List(p.Namespace), func(b *policyv1.PodDisruptionBudget) bool {
		return b.Spec.Selector != nil && b.Status.DisruptionsAllowed <= 0 && selectorOf(b.Spec.Selector).Matches(labels.Set(p.Labels))
	})
}

// cheaper compares offers as the scheduler does: fewest breached budgets, then the
// lowest first victim, the lowest sum of priorities, the fewest victims.
func cheaper(a, b sacrifice) int {
	first := func(s sacrifice) int32 {
		if len(s.victims) == 0 {
			return -1 << 31
		}
		return priorityOf(s.victims[0].pod)
	}
	sum := func(s sacrifice) (total int64) {
		for _, v := range s.victims {
			total += int64(priorityOf(v.pod)) + 1<<31
		}
		return total
	}
	return cmp.Or(cmp.Compare(a.breaches, b.breaches), cmp.Compare(first(a), first(b)), cmp.Compare(sum(a), sum(b)), cmp.Compare(len(a.victims), len(b.victims)))
}

// sacrifice deletes the victims and keeps their place for the pod.
func (x *Scheduler) sacrifice(info *podInfo, s sacrifice) {
	x.hope(info, s.node)
	for _, v := range s.victims {
		p := v.pod
		if p.DeletionTimestamp != nil {
			continue
		}
		c := store.Copy(p)
		c.Status.Conditions = append(slices.Clone(c.Status.Conditions), corev1.PodCondition{
			Type: corev1.DisruptionTarget, Status: corev1.ConditionTrue, Reason: corev1.PodReasonPreemptionByScheduler, ObservedGeneration: p.Generation,
			Message: profile + ": preempting to accommodate a higher priority pod", LastTransitionTime: metav1.NewTime(x.server.Clock.Now()),
		})
		x.server.Pods.SetStatus(c)
		id := x.server.Event(source(), "Pod", p, "", corev1.EventTypeNormal, "Preempted", fmt.Sprintf("Preempted by pod %s on node %s", info.pod.UID, s.node.name))
		x.server.Clock.Because(id, func() {
			_, _ = x.server.Pods.Delete(p.Namespace, p.Name, api.DeleteOptions{}) // gone already is as good
		})
	}
}
