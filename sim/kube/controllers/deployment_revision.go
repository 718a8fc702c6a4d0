package controllers

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	apiequality "k8s.io/apimachinery/pkg/api/equality"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"drydock/sim/kube/store"
)

// RevisionAnnotation numbers the ReplicaSets of a Deployment by when their template
// was last the Deployment's.
const RevisionAnnotation = "deployment.kubernetes.io/revision"

const historyAnnotation = "deployment.kubernetes.io/revision-history"

// RevisionOf is the revision of a Deployment or of one of its ReplicaSets, 0 when it
// has none yet.
func RevisionOf(obj metav1.Object) int64 {
	n, err := strconv.ParseInt(obj.GetAnnotations()[RevisionAnnotation], 10, 64)
	if err != nil {
		return 0
	}
	return n
}

// find tells the ReplicaSet of the present template from the old ones.
func (r *rollout) find(all []*appsv1.ReplicaSet) {
	r.newest, r.old = nil, nil
	for _, rs := range all {
		if r.newest == nil && SameTemplate(&rs.Spec.Template, &r.d.Spec.Template) {
			r.newest = rs
			continue
		}
		r.old = append(r.old, rs)
	}
}

// SameTemplate compares pod templates but for the label that a Deployment adds.
func SameTemplate(a, b *corev1.PodTemplateSpec) bool {
	return apiequality.Semantic.DeepEqual(WithoutHash(a), WithoutHash(b))
}

// WithoutHash is a template of a ReplicaSet as its Deployment had it.
func WithoutHash(t *corev1.PodTemplateSpec) *corev1.PodTemplateSpec {
	c := *t
	c.Labels = maps.Clone(t.Labels)
	delete(c.Labels, appsv1.DefaultDeploymentUniqueLabelKey)
	return &c
}

// syncRevision makes the newest ReplicaSet the one of the highest revision, and
// creates it when there is none and create says so.
func (r *rollout) syncRevision(create bool) {
	highest := int64(0)
	for _, rs := range r.old {
		highest = max(highest, RevisionOf(rs))
	}
	revision := highest + 1
	if r.newest != nil {
		r.renew(revision)
		return
	}
	if create {
		r.create(revision)
	}
}

// renew brings an existing newest ReplicaSet up to date with its Deployment.
func (r *rollout) renew(revision int64) {
	copied := store.Copy(r.newest)
	copied.Annotations = r.annotations(r.newest, revision)
	copied.Spec.MinReadySeconds = r.d.Spec.MinReadySeconds
	if !sameLabels(copied.Annotations, r.newest.Annotations) || copied.Spec.MinReadySeconds != r.newest.Spec.MinReadySeconds {
		updated, err := r.s.ReplicaSets.Update(copied)
		if err != nil {
			r.problem = err
			return
		}
		r.newest = updated
	}
	st := r.d.Status
	if hasDeadline(r.d) && condition(&st, appsv1.DeploymentProgressing) == nil {
		r.setCondition(&st, appsv1.DeploymentProgressing, corev1.ConditionTrue, "FoundNewReplicaSet", fmt.Sprintf("Found new replica set %q", r.newest.Name))
	}
	r.outdated = r.write(st, r.newest.Annotations[RevisionAnnotation])
}

// create makes the ReplicaSet of the present template.
func (r *rollout) create(revision int64) {
	hash := TemplateHash(&r.d.Spec.Template, r.d.Status.CollisionCount)
	rs := &appsv1.ReplicaSet{ObjectMeta: metav1.ObjectMeta{
		Name: r.d.Name + "-" + hash, Namespace: r.d.Namespace,
		OwnerReferences: []metav1.OwnerReference{*metav1.NewControllerRef(r.d, appsv1.SchemeGroupVersion.WithKind("Deployment"))},
	}}
	rs.Spec.Template = *r.d.Spec.Template.DeepCopy()
	rs.Spec.Template.Labels = with(rs.Spec.Template.Labels, appsv1.DefaultDeploymentUniqueLabelKey, hash)
	rs.Labels = rs.Spec.Template.Labels
	rs.Spec.Selector = r.d.Spec.Selector.DeepCopy()
	rs.Spec.Selector.MatchLabels = with(rs.Spec.Selector.MatchLabels, appsv1.DefaultDeploymentUniqueLabelKey, hash)
	rs.Spec.MinReadySeconds = r.d.Spec.MinReadySeconds
	n := r.newReplicas(0)
	rs.Spec.Replicas = &n
	rs.Annotations = r.sizeAnnotations(r.annotations(rs, revision))
	created, err := r.s.ReplicaSets.Create(rs)
	if err != nil {
		r.createFailed(rs.Name, err)
		return
	}
	r.newest = created
	if n > 0 {
		r.s.Event(r.from, "Deployment", r.d, "", corev1.EventTypeNormal, "ScalingReplicaSet", fmt.Sprintf("Scaled up replica set %s from 0 to %d", created.Name, n))
	}
	st := r.d.Status
	if hasDeadline(r.d) {
		r.setCondition(&st, appsv1.DeploymentProgressing, corev1.ConditionTrue, "NewReplicaSetCreated", fmt.Sprintf("Created new replica set %q", created.Name))
	}
	r.outdated = r.write(st, created.Annotations[RevisionAnnotation])
}

// createFailed counts a collision of names, or notes why there is no new ReplicaSet.
func (r *rollout) createFailed(name string, err error) {
	r.problem = err
	st := r.d.Status
	if apierrors.IsAlreadyExists(err) {
		n := int32(1)
		if st.CollisionCount != nil {
			n += *st.CollisionCount
		}
		st.CollisionCount = &n
		r.write(st, "")
		return
	}
	if hasDeadline(r.d) {
		r.setCondition(&st, appsv1.DeploymentProgressing, corev1.ConditionFalse, "ReplicaSetCreateError", fmt.Sprintf("Failed to create new replica set %q: %v", name, err))
		r.write(st, "")
	}
}

// annotations are those of a ReplicaSet that gets a revision: its Deployment's, and
// the revisions that it had before.
func (r *rollout) annotations(rs *appsv1.ReplicaSet, revision int64) map[string]string {
	all := maps.Clone(rs.Annotations)
	if all == nil {
		all = map[string]string{}
	}
	for k, v := range r.d.Annotations {
		if !ownAnnotation(k) {
			all[k] = v
		}
	}
	had := RevisionOf(rs)
	if had >= revision {
		return all
	}
	all[RevisionAnnotation] = strconv.FormatInt(revision, 10)
	if had > 0 {
		history := strconv.FormatInt(had, 10)
		if before := all[historyAnnotation]; before != "" {
			history = before + "," + history
		}
		all[historyAnnotation] = strings.TrimPrefix(history, ",")
	}
	return all
}

// ownAnnotation names those that a Deployment and its ReplicaSets do not share.
func ownAnnotation(key string) bool {
	switch key {
	case corev1.LastAppliedConfigAnnotation, RevisionAnnotation, historyAnnotation, desiredAnnotation, maxAnnotation, appsv1.DeprecatedRollbackTo:
		return true
	}
	return false
}

// cleanUp deletes the oldest ReplicaSets that nobody needs beyond the history limit.
func (r *rollout) cleanUp() {
	limit := 10
	if r.d.Spec.RevisionHistoryLimit != nil {
		limit = int(*r.d.Spec.RevisionHistoryLimit)
	}
	old := slices.DeleteFunc(slices.Clone(r.old), func(rs *appsv1.ReplicaSet) bool { return rs.DeletionTimestamp != nil })
	slices.SortStableFunc(old, func(a, b *appsv1.ReplicaSet) int { return cmp.Compare(RevisionOf(a), RevisionOf(b)) })
	for _, rs := range old[:max(0, len(old)-limit)] {
		if rs.Status.Replicas == 0 && replicasOf(rs.Spec.Replicas) == 0 && rs.Generation <= rs.Status.ObservedGeneration {
			r.deleteReplicaSet(rs)
		}
	}
}
