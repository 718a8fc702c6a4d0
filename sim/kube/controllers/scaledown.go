package controllers

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// candidate is a pod that may go, with what the choice depends on.
type candidate struct {
	pod      *corev1.Pod
	ready    bool
	since    time.Time
	cost     int
	rank     int // replicas of the same workload on its node
	restarts int32
}

// victims chooses the n pods of a ReplicaSet that go first (v1.37.2,
// controller.ActivePodsWithRanks): those that do least go before those that do most.
func (c *replicaSetController) victims(rs *appsv1.ReplicaSet, pods []*corev1.Pod, n int) []*corev1.Pod {
	if n >= len(pods) {
		return pods
	}
	onNode := c.replicasOnNodes(rs)
	list := make([]candidate, len(pods))
	for i, p := range pods {
		v := candidate{pod: p, rank: onNode[p.Spec.NodeName]}
		v.since, v.ready = readySince(p)
		v.cost, _ = strconv.Atoi(p.Annotations[corev1.PodDeletionCost])
		for j := range p.Status.ContainerStatuses {
			v.restarts = max(v.restarts, p.Status.ContainerStatuses[j].RestartCount)
		}
		list[i] = v
	}
	now := c.s.Clock.Now()
	slices.SortStableFunc(list, func(a, b candidate) int { return a.compare(b, now) })
	chosen := make([]*corev1.Pod, n)
	for i := range chosen {
		chosen[i] = list[i].pod
	}
	return chosen
}

// replicasOnNodes counts the active pods of a ReplicaSet and of its siblings by node.
func (c *replicaSetController) replicasOnNodes(rs *appsv1.ReplicaSet) map[string]int {
	family := []*appsv1.ReplicaSet{rs}
	if ref := metav1.GetControllerOfNoCopy(rs); ref != nil {
		family = c.s.ReplicaSetsByOwner.Get(string(ref.UID))
	}
	count := map[string]int{}
	for _, r := range family {
		for _, p := range c.s.PodsByOwner.Get(string(r.UID)) {
			if active(p) {
				count[p.Spec.NodeName]++
			}
		}
	}
	return count
}

func (v candidate) compare(o candidate, now time.Time) int {
	by := cmp.Or(
		cmp.Compare(truth(v.pod.Spec.NodeName != ""), truth(o.pod.Spec.NodeName != "")),
		cmp.Compare(phaseOrder(v.pod), phaseOrder(o.pod)),
		cmp.Compare(truth(v.ready), truth(o.ready)),
		cmp.Compare(v.cost, o.cost),
		cmp.Compare(o.rank, v.rank),
	)
	if by != 0 {
		return by
	}
	if v.ready && !v.since.Equal(o.since) {
		return cmp.Or(cmp.Compare(ageScale(v.since, now), ageScale(o.since, now)), cmp.Compare(v.pod.UID, o.pod.UID))
	}
	if v.restarts != o.restarts {
		return cmp.Compare(o.restarts, v.restarts)
	}
	return cmp.Or(
		cmp.Compare(ageScale(v.pod.CreationTimestamp.Time, now), ageScale(o.pod.CreationTimestamp.Time, now)),
		cmp.Compare(v.pod.UID, o.pod.UID))
}

func truth(b bool) int {
	if b {
		return 1
	}
	return 0
}

func phaseOrder(p *corev1.Pod) int {
	switch p.Status.Phase {
	case corev1.PodPending, "":
		return 0
	case corev1.PodUnknown:
		return 1
	}
	return 2
}

// ageScale is the power of two of an age: within one, which pod goes is left to
// chance, so that old ones go too (LogarithmicScaleDown, on since v1.22).
func ageScale(t, now time.Time) int {
	if d := now.Sub(t); d > 0 {
		return int(math.Log2(float64(d)))
	}
	return -1
}
