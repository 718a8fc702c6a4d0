package controllers

import (
	"slices"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	apiequality "k8s.io/apimachinery/pkg/api/equality"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/types"

	"drydock/sim/clock"
	"drydock/sim/kube/api"
	"drydock/sim/kube/store"
)

// burst is the most pods that one look at a small workload creates or deletes
// (v1.37.2: BurstReplicas).
const burst = 500

// burstOf is the most that one look at a workload of so many pods changes. The real
// bound is the same for all; here every look goes over all pods, and a bound that
// grows with them makes a workload of n pods cost n looks at a pod, not n times n.
func burstOf(pods int) int { return max(burst, pods) }

// replicaSetController keeps the number of pods of each ReplicaSet.
type replicaSetController struct {
	s     *api.Server
	queue *api.Queue
	pace  *pace
}

func newReplicaSetController(s *api.Server, m *api.Component) *replicaSetController {
	c := &replicaSetController{s: s}
	c.queue = m.Queue(reaction, c.sync)
	c.pace = newPace(s.Clock, c.queue)
	s.ReplicaSets.Table.Watch(func(ch store.Change[*appsv1.ReplicaSet]) {
		if ch.Old == nil || ch.New == nil || ch.Old.Generation != ch.New.Generation || ch.Old.DeletionTimestamp != ch.New.DeletionTimestamp {
			c.queue.Add(store.KeyOf(ch.Now()))
		}
	})
	m.OnStart(func() {
		for _, rs := range s.ReplicaSets.Table.List("") {
			c.queue.Add(store.KeyOf(rs))
		}
	})
	return c
}

func (c *replicaSetController) podChanged(key store.Key, uid types.UID) {
	if rs, found := c.s.ReplicaSets.Table.Get(key.Namespace, key.Name); found && rs.UID == uid {
		c.pace.changed(key)
	}
}

// orphan queues the ReplicaSets that may adopt a pod.
func (c *replicaSetController) orphan(p *corev1.Pod) {
	for _, rs := range c.s.ReplicaSets.Table.List(p.Namespace) {
		if selects(rs.Spec.Selector, p.Labels) {
			c.queue.Add(store.KeyOf(rs))
		}
	}
}

// selects reports that a selector matches labels; an empty or broken one matches none.
func selects(s *metav1.LabelSelector, set map[string]string) bool {
	selector, err := metav1.LabelSelectorAsSelector(s)
	return err == nil && !selector.Empty() && selector.Matches(labels.Set(set))
}

func (c *replicaSetController) sync(key store.Key) {
	rs, found := c.s.ReplicaSets.Table.Get(key.Namespace, key.Name)
	if !found {
		c.queue.Forget(key)
		c.pace.looked(key, 0)
		return
	}
	selector, err := metav1.LabelSelectorAsSelector(rs.Spec.Selector)
	if err != nil || selector.Empty() {
		return
	}
	owner := newPodOwner(c.s, "replicaset-controller", appsv1.SchemeGroupVersion.WithKind("ReplicaSet"), rs)
	pods := owner.claim(selector)
	c.pace.looked(key, len(pods))
	replicas := activePods(pods)
	var problem error
	if rs.DeletionTimestamp == nil {
		problem = c.manage(owner, rs, replicas)
	}
	c.updateStatus(rs, replicas, terminating(pods), problem)
	if problem != nil && !apierrors.HasStatusCause(problem, corev1.NamespaceTerminatingCause) {
		c.queue.Retry(key)
		return
	}
	c.queue.Forget(key)
}

// manage creates the pods that are missing, or deletes those that are too many.
func (c *replicaSetController) manage(owner *podOwner, rs *appsv1.ReplicaSet, pods []*corev1.Pod) error {
	diff := len(pods) - int(replicasOf(rs.Spec.Replicas))
	if diff > 0 {
		for _, p := range c.victims(rs, pods, min(diff, burstOf(len(pods)))) {
			owner.remove(p)
		}
		return nil
	}
	return slowStart(min(-diff, burstOf(len(pods))), func() error { return owner.create(owner.pod(&rs.Spec.Template)) })
}

// slowStart calls create n times in batches of 1, 2, 4 ...: when all would fail for
// the same reason, only a few are tried. It returns the first error, after its batch.
func slowStart(n int, create func() error) error {
	for batch := 1; n > 0; batch *= 2 {
		var first error
		size := min(batch, n)
		for range size {
			if err := create(); err != nil && first == nil {
				first = err
			}
		}
		if first != nil {
			return first
		}
		n -= size
	}
	return nil
}

// updateStatus writes down how many pods there are, are ready and available.
func (c *replicaSetController) updateStatus(rs *appsv1.ReplicaSet, pods []*corev1.Pod, leaving *int32, problem error) {
	now := c.s.Clock.Now()
	st := appsv1.ReplicaSetStatus{ObservedGeneration: rs.Generation, Replicas: int32(len(pods)), TerminatingReplicas: leaving} //nolint:gosec // a count
	st.Conditions = replicaFailure(rs, problem, len(pods), now)
	template := labels.SelectorFromSet(rs.Spec.Template.Labels)
	var soonest time.Duration
	for _, p := range pods {
		if template.Matches(labels.Set(p.Labels)) {
			st.FullyLabeledReplicas++
		}
		since, ready := readySince(p)
		if !ready {
			continue
		}
		st.ReadyReplicas++
		wait := availableIn(since, now, rs.Spec.MinReadySeconds)
		if wait <= 0 {
			st.AvailableReplicas++
		} else if soonest == 0 || wait < soonest {
			soonest = wait
		}
	}
	if soonest > 0 {
		c.queue.AddAfter(store.KeyOf(rs), soonest, clock.Work)
	}
	if apiequality.Semantic.DeepEqual(rs.Status, st) || rs.ResourceVersion == "" {
		return
	}
	copied := store.Copy(rs)
	copied.Status = st
	c.s.ReplicaSets.SetStatus(copied)
}

// replicaFailure is the conditions of a ReplicaSet after a try that had a problem,
// or had none.
func replicaFailure(rs *appsv1.ReplicaSet, problem error, pods int, now time.Time) []appsv1.ReplicaSetCondition {
	had := slices.IndexFunc(rs.Status.Conditions, func(c appsv1.ReplicaSetCondition) bool { return c.Type == appsv1.ReplicaSetReplicaFailure })
	switch {
	case problem == nil && had < 0, problem != nil && had >= 0:
		return rs.Status.Conditions
	case problem == nil:
		return slices.Delete(slices.Clone(rs.Status.Conditions), had, had+1)
	}
	reason := "FailedCreate"
	if pods > int(replicasOf(rs.Spec.Replicas)) {
		reason = "FailedDelete"
	}
	return append(slices.Clone(rs.Status.Conditions), appsv1.ReplicaSetCondition{
		Type: appsv1.ReplicaSetReplicaFailure, Status: corev1.ConditionTrue, Reason: reason, Message: problem.Error(), LastTransitionTime: metav1.NewTime(now),
	})
}

// replicasOf is a number of replicas with its default.
func replicasOf(n *int32) int32 {
	if n == nil {
		return 1
	}
	return *n
}

// terminating counts the pods that are being deleted and have not ended yet.
func terminating(pods []*corev1.Pod) *int32 {
	n := int32(0)
	for _, p := range pods {
		if p.DeletionTimestamp != nil && !finished(p) {
			n++
		}
	}
	return &n
}
