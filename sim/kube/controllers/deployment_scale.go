package controllers

import (
	"cmp"
	"math"
	"slices"
	"strconv"

	appsv1 "k8s.io/api/apps/v1"
)

// The annotations by which a ReplicaSet remembers the size of its Deployment.
const (
	desiredAnnotation = "deployment.kubernetes.io/desired-replicas"
	maxAnnotation     = "deployment.kubernetes.io/max-replicas"
)

func (r *rollout) sizeAnnotations(had map[string]string) map[string]string {
	surge, _ := fenceposts(r.d)
	n := replicasOf(r.d.Spec.Replicas)
	return with(with(had, desiredAnnotation, strconv.Itoa(int(n))), maxAnnotation, strconv.Itoa(int(n+surge)))
}

func (r *rollout) sizeAnnotationsStale(rs *appsv1.ReplicaSet) bool {
	return !sameLabels(rs.Annotations, r.sizeAnnotations(rs.Annotations))
}

// rescaled reports that the Deployment's size changed since the last look.
func (r *rollout) rescaled() bool {
	want := strconv.Itoa(int(replicasOf(r.d.Spec.Replicas)))
	for _, rs := range inUse(r.all()) {
		if had, found := rs.Annotations[desiredAnnotation]; found && had != want {
			return true
		}
	}
	return false
}

// inUse are the ReplicaSets that are to have pods.
func inUse(list []*appsv1.ReplicaSet) []*appsv1.ReplicaSet {
	return slices.DeleteFunc(slices.Clone(list), func(rs *appsv1.ReplicaSet) bool { return replicasOf(rs.Spec.Replicas) == 0 })
}

// scaleAll brings the ReplicaSets to the Deployment's size: the only one, or in the
// middle of an update all of them in proportion.
func (r *rollout) scaleAll() {
	want := replicasOf(r.d.Spec.Replicas)
	current := inUse(r.all())
	switch {
	case len(current) == 1:
		r.scale(current[0], want)
		return
	case len(current) == 0:
		if all := r.all(); len(all) > 0 {
			r.scale(all[len(all)-1], want)
		}
		return
	}
	if n := r.newest; n != nil && replicasOf(n.Spec.Replicas) == want && n.Annotations[desiredAnnotation] == strconv.Itoa(int(want)) && n.Status.AvailableReplicas == want {
		for _, rs := range inUse(r.old) {
			r.scale(rs, 0)
		}
		return
	}
	if r.d.Spec.Strategy.Type != appsv1.RecreateDeploymentStrategyType {
		r.scaleInProportion(current, want)
	}
}

func (r *rollout) scaleInProportion(current []*appsv1.ReplicaSet, want int32) {
	surge, _ := fenceposts(r.d)
	limit := int32(0)
	if want > 0 {
		limit = want + surge
	}
	toAdd := limit - replicas(current)
	slices.SortStableFunc(current, func(a, b *appsv1.ReplicaSet) int {
		age := a.CreationTimestamp.Compare(b.CreationTimestamp.Time)
		if toAdd > 0 { // larger ones first, then newer ones
			age = -age
		}
		return cmp.Or(cmp.Compare(replicasOf(b.Spec.Replicas), replicasOf(a.Spec.Replicas)), age)
	})
	sizes := make([]int32, len(current))
	added := int32(0)
	for i, rs := range current {
		part := int32(0)
		if toAdd != added {
			part = r.proportion(rs, want, surge)
			if toAdd > 0 {
				part = min(part, toAdd-added)
			} else {
				part = max(part, toAdd-added)
			}
		}
		sizes[i] = replicasOf(rs.Spec.Replicas) + part
		added += part
	}
	sizes[0] = max(0, sizes[0]+toAdd-added)
	for i, rs := range current {
		r.scale(rs, sizes[i])
	}
}

// proportion is a ReplicaSet's part in a change of size.
func (r *rollout) proportion(rs *appsv1.ReplicaSet, want, surge int32) int32 {
	n := replicasOf(rs.Spec.Replicas)
	if want == 0 {
		return -n
	}
	before, err := strconv.Atoi(rs.Annotations[maxAnnotation])
	if err != nil || before == 0 {
		before = int(r.d.Status.Replicas)
	}
	if before == 0 {
		return 0
	}
	return int32(math.Round(float64(n)*float64(want+surge)/float64(before))) - n
}
