package controllers

import (
	"fmt"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"drydock/sim/kube/store"
)

// roll is one step of a rolling update: first up, else down, else clean up.
func (r *rollout) roll() {
	r.syncRevision(true)
	if r.newest == nil {
		r.syncProgress()
		return
	}
	if !r.growNew() && !r.shrinkOld() && complete(r.d, r.d.Status) {
		r.cleanUp()
	}
	r.syncProgress()
}

// recreate is one step of an update that ends all old pods first.
func (r *rollout) recreate() {
	r.syncRevision(false)
	down := false
	for _, rs := range r.old {
		down = r.scale(rs, 0) || down
	}
	if !down && !r.oldPodsLeft() {
		r.syncRevision(true)
		if r.newest != nil && !r.scale(r.newest, replicasOf(r.d.Spec.Replicas)) && complete(r.d, r.d.Status) {
			r.cleanUp()
		}
	}
	r.syncProgress()
}

func (r *rollout) oldPodsLeft() bool {
	for _, rs := range r.old {
		for _, p := range r.s.PodsByOwner.Get(string(rs.UID)) {
			if !finished(p) {
				return true
			}
		}
	}
	return false
}

// fenceposts are how many pods an update may have too many and too few.
func fenceposts(d *appsv1.Deployment) (surge, unavailable int32) {
	ru := d.Spec.Strategy.RollingUpdate
	if d.Spec.Strategy.Type == appsv1.RecreateDeploymentStrategyType || ru == nil {
		return 0, 0
	}
	n := replicasOf(d.Spec.Replicas)
	surge, unavailable = share(ru.MaxSurge, n, true), share(ru.MaxUnavailable, n, false)
	if surge == 0 && unavailable == 0 {
		unavailable = 1
	}
	return surge, min(unavailable, n)
}

// share resolves a number or a percentage of n.
func share(v *intstr.IntOrString, n int32, up bool) int32 {
	if v == nil {
		return 0
	}
	got, err := intstr.GetScaledValueFromIntOrPercent(v, int(n), up)
	if err != nil {
		return 0
	}
	return int32(got) //nolint:gosec // a share of n
}

// newReplicas is how many replicas the newest ReplicaSet may have now.
func (r *rollout) newReplicas(have int32) int32 {
	want := replicasOf(r.d.Spec.Replicas)
	if r.d.Spec.Strategy.Type == appsv1.RecreateDeploymentStrategyType {
		return want
	}
	surge, _ := fenceposts(r.d)
	room := want + surge - replicas(r.all())
	if room <= 0 {
		return have
	}
	return have + min(room, want-have)
}

func (r *rollout) growNew() bool {
	have, want := replicasOf(r.newest.Spec.Replicas), replicasOf(r.d.Spec.Replicas)
	if have >= want {
		return r.scale(r.newest, want)
	}
	return r.scale(r.newest, r.newReplicas(have))
}

// shrinkOld takes away old pods as far as enough others are available; first those
// that are not available themselves.
func (r *rollout) shrinkOld() bool {
	if replicas(r.old) == 0 {
		return false
	}
	_, unavailable := fenceposts(r.d)
	least := replicasOf(r.d.Spec.Replicas) - unavailable
	most := replicas(r.all()) - least - (replicasOf(r.newest.Spec.Replicas) - r.newest.Status.AvailableReplicas)
	if most <= 0 {
		return false
	}
	cleaned := int32(0)
	for _, rs := range r.old {
		n := replicasOf(rs.Spec.Replicas)
		if sick := min(most-cleaned, n-rs.Status.AvailableReplicas); sick > 0 && r.scale(rs, n-sick) {
			cleaned += sick
		}
	}
	spare := available(r.all()) - least
	down := int32(0)
	for _, rs := range r.old {
		n := replicasOf(rs.Spec.Replicas)
		if less := min(n, spare-down); less > 0 && r.scale(rs, n-less) {
			down += less
		}
	}
	return cleaned+down > 0
}

// scale gives a ReplicaSet another size and says so.
func (r *rollout) scale(rs *appsv1.ReplicaSet, n int32) bool {
	had := replicasOf(rs.Spec.Replicas)
	size, stale := had != n, r.sizeAnnotationsStale(rs)
	if !size && (!stale || n == 0) {
		return false
	}
	copied := store.Copy(rs)
	copied.Spec.Replicas = &n
	copied.Annotations = r.sizeAnnotations(rs.Annotations)
	change := func() {
		updated, err := r.s.ReplicaSets.Update(copied)
		if err != nil {
			r.problem = err
			return
		}
		r.replaced(updated)
	}
	if !size {
		change()
		return false
	}
	way := "up"
	if n < had {
		way = "down"
	}
	id := r.s.Event(r.from, "Deployment", r.d, "", corev1.EventTypeNormal, "ScalingReplicaSet",
		fmt.Sprintf("Scaled %s replica set %s from %d to %d", way, rs.Name, had, n))
	r.s.Clock.Because(id, change)
	return true
}

// replicas is how many pods ReplicaSets are to have together.
func replicas(list []*appsv1.ReplicaSet) int32 {
	n := int32(0)
	for _, rs := range list {
		n += replicasOf(rs.Spec.Replicas)
	}
	return n
}

func available(list []*appsv1.ReplicaSet) int32 {
	n := int32(0)
	for _, rs := range list {
		n += rs.Status.AvailableReplicas
	}
	return n
}
