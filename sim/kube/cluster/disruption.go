package cluster

import (
	"slices"

	corev1 "k8s.io/api/core/v1"
	policyv1 "k8s.io/api/policy/v1"
	apiequality "k8s.io/apimachinery/pkg/api/equality"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/intstr"

	"drydock/sim/kube/api"
	"drydock/sim/kube/store"
)

// disruption is the disruption controller: it counts what budgets allow.
type disruption struct {
	*Cluster
	queue *api.Queue
}

func newDisruption(c *Cluster) {
	d := &disruption{Cluster: c}
	d.queue = c.manager.Queue(reaction, d.sync)
	c.server.PodDisruptionBudgets.Watch(func(ch store.Change[*policyv1.PodDisruptionBudget]) {
		if ch.Type == store.Added || ch.Type == store.Modified && ch.Old.Generation != ch.New.Generation {
			d.queue.Add(store.KeyOf(ch.New))
		}
	})
	c.server.Pods.Watch(func(ch store.Change[*corev1.Pod]) {
		if c.server.PodDisruptionBudgets.Table.Len() == 0 || ch.Type == store.Modified && sameEndpoint(ch.Old, ch.New) {
			return
		}
		for _, b := range c.budgetsOf(ch.Now()) {
			d.queue.Add(store.KeyOf(b))
		}
	})
	all := func() {
		for _, b := range c.server.PodDisruptionBudgets.List("") {
			d.queue.Add(store.KeyOf(b))
		}
	}
	all()
	c.manager.OnStart(all)
}

// budgetsOf lists the budgets that a pod counts for.
func (c *Cluster) budgetsOf(p *corev1.Pod) []*policyv1.PodDisruptionBudget {
	return slices.DeleteFunc(c.server.PodDisruptionBudgets.List(p.Namespace), func(b *policyv1.PodDisruptionBudget) bool {
		selector, err := metav1.LabelSelectorAsSelector(b.Spec.Selector)
		return err != nil || !selector.Matches(labels.Set(p.Labels))
	})
}

func (d *disruption) sync(key store.Key) {
	b, found := d.server.PodDisruptionBudgets.Get(key.Namespace, key.Name)
	if !found {
		return
	}
	selector, err := metav1.LabelSelectorAsSelector(b.Spec.Selector)
	if err != nil {
		return // the API refuses such a selector
	}
	var equal map[string]string
	if b.Spec.Selector != nil {
		equal = b.Spec.Selector.MatchLabels
	}
	pods := slices.DeleteFunc(d.podsOf(b.Namespace, selector, equal), isOver)
	healthy := int32(0)
	for _, p := range pods {
		if isReady(p) && p.DeletionTimestamp == nil {
			healthy++
		}
	}
	expected, desired := d.expected(b, pods)
	c := store.Copy(b)
	c.Status.ObservedGeneration, c.Status.DisruptedPods = b.Generation, nil
	c.Status.CurrentHealthy, c.Status.DesiredHealthy, c.Status.ExpectedPods = healthy, desired, expected
	c.Status.DisruptionsAllowed = 0
	if expected > 0 {
		c.Status.DisruptionsAllowed = max(0, healthy-desired)
	}
	c.Status.Conditions = []metav1.Condition{d.allowed(c)}
	if !apiequality.Semantic.DeepEqual(b.Status, c.Status) {
		d.server.PodDisruptionBudgets.SetStatus(c)
	}
}

// allowed is the condition DisruptionAllowed of a budget.
func (d *disruption) allowed(b *policyv1.PodDisruptionBudget) metav1.Condition {
	c := metav1.Condition{
		Type: policyv1.DisruptionAllowedCondition, Status: metav1.ConditionFalse, Reason: policyv1.InsufficientPodsReason,
		ObservedGeneration: b.Generation, LastTransitionTime: metav1.NewTime(d.server.Clock.Now()),
	}
	if b.Status.DisruptionsAllowed > 0 {
		c.Status, c.Reason = metav1.ConditionTrue, policyv1.SufficientPodsReason
	}
	for _, old := range b.Status.Conditions {
		if old.Type == c.Type && old.Status == c.Status {
			c.LastTransitionTime = old.LastTransitionTime
		}
	}
	return c
}

// expected is how many pods there should be and how many of them have to be healthy.
// A number of minAvailable counts the pods that are; all else asks their controllers.
func (d *disruption) expected(b *policyv1.PodDisruptionBudget, pods []*corev1.Pod) (expected, desired int32) {
	minimum, maximum := b.Spec.MinAvailable, b.Spec.MaxUnavailable
	if minimum != nil && minimum.Type == intstr.Int {
		return int32(len(pods)), minimum.IntVal //nolint:gosec // a cluster has fewer pods
	}
	expected = d.scale(pods)
	switch {
	case maximum != nil:
		n, _ := intstr.GetScaledValueFromIntOrPercent(maximum, int(expected), true) // the API has checked it
		return expected, max(0, expected-int32(n))                                  //nolint:gosec // at most expected or an int32
	case minimum != nil:
		n, _ := intstr.GetScaledValueFromIntOrPercent(minimum, int(expected), true) // the API has checked it
		return expected, int32(n)                                                   //nolint:gosec // at most expected or an int32
	}
	return expected, 1 // an empty budget allows to lose all but one
}

// scale adds up the replicas that the pods' controllers want.
func (d *disruption) scale(pods []*corev1.Pod) int32 {
	counted, sum := map[types.UID]bool{}, int32(0)
	for _, p := range pods {
		ref := metav1.GetControllerOf(p)
		if ref == nil || counted[ref.UID] {
			continue
		}
		counted[ref.UID] = true
		switch ref.Kind {
		case "ReplicaSet":
			if rs, found := d.server.ReplicaSets.Get(p.Namespace, ref.Name); found {
				up := metav1.GetControllerOf(rs)
				if up == nil {
					sum += replicas(rs.Spec.Replicas)
				} else if deploy, has := d.server.Deployments.Get(p.Namespace, up.Name); has && !counted[up.UID] {
					counted[up.UID] = true
					sum += replicas(deploy.Spec.Replicas)
				}
			}
		case "StatefulSet":
			if set, found := d.server.StatefulSets.Get(p.Namespace, ref.Name); found {
				sum += replicas(set.Spec.Replicas)
			}
		}
	}
	return sum
}

func replicas(n *int32) int32 {
	if n == nil {
		return 1
	}
	return *n
}
