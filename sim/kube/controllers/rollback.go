package controllers

import (
	"maps"
	"slices"

	appsv1 "k8s.io/api/apps/v1"

	"drydock/sim/kube/api"
	"drydock/sim/kube/store"
)

// Revisions are the ReplicaSets of a Deployment by revision, the oldest first, as
// kubectl rollout history lists them.
func Revisions(s *api.Server, d *appsv1.Deployment) []*appsv1.ReplicaSet {
	list := s.ReplicaSetsByOwner.Get(string(d.UID))
	slices.SortStableFunc(list, func(a, b *appsv1.ReplicaSet) int { return int(RevisionOf(a) - RevisionOf(b)) })
	return list
}

// Rollback is the Deployment as kubectl rollout undo patches it to go back to the
// template of a ReplicaSet. It is not stored yet.
func Rollback(d *appsv1.Deployment, to *appsv1.ReplicaSet) *appsv1.Deployment {
	c := store.Copy(d)
	c.Spec.Template = *WithoutHash(&to.Spec.Template).DeepCopy()
	c.Annotations = map[string]string{}
	for k, v := range d.Annotations {
		if ownAnnotation(k) {
			c.Annotations[k] = v
		}
	}
	theirs := maps.Clone(to.Annotations)
	maps.DeleteFunc(theirs, func(k, _ string) bool { return ownAnnotation(k) })
	maps.Copy(c.Annotations, theirs)
	return c
}
