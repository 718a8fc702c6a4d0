package controllers

import (
	"fmt"
	"math"
	"slices"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	apiequality "k8s.io/apimachinery/pkg/api/equality"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"drydock/sim/clock"
	"drydock/sim/kube/api"
	"drydock/sim/kube/store"
)

// The reasons of the condition Progressing that later looks depend on.
const (
	reasonAvailable = "NewReplicaSetAvailable"
	reasonTimedOut  = "ProgressDeadlineExceeded"
	reasonPaused    = "DeploymentPaused"
	reasonResumed   = "DeploymentResumed"
)

func (r *rollout) deleteReplicaSet(rs *appsv1.ReplicaSet) {
	if _, err := r.s.ReplicaSets.Delete(rs.Namespace, rs.Name, api.DeleteOptions{}); err != nil {
		r.problem = err
		return
	}
	r.old = slices.DeleteFunc(r.old, func(o *appsv1.ReplicaSet) bool { return o.UID == rs.UID })
}

// write stores a status and, unless it is "", the revision. It reports whether that
// changed anything.
func (r *rollout) write(st appsv1.DeploymentStatus, revision string) bool {
	copied := store.Copy(r.d)
	copied.Status = st
	if revision != "" && r.d.Annotations[RevisionAnnotation] != revision {
		copied.Annotations = with(r.d.Annotations, RevisionAnnotation, revision)
	} else if apiequality.Semantic.DeepEqual(st, r.d.Status) {
		return false
	}
	r.d = copied
	r.s.Deployments.SetStatus(copied)
	return true
}

// writeStatus stores a status at the end of a look. When the revision was written
// before in the same look, the server refuses this as out of date, and the controller
// looks again a moment later (pkg/controller/deployment v1.37.2: getNewReplicaSet does
// not keep what UpdateStatus returns).
func (r *rollout) writeStatus(st appsv1.DeploymentStatus) {
	if r.outdated {
		r.again = true
		return
	}
	r.write(st, "")
}

// status counts the pods of all ReplicaSets.
func (r *rollout) status() appsv1.DeploymentStatus {
	st := appsv1.DeploymentStatus{
		ObservedGeneration: r.d.Generation, CollisionCount: r.d.Status.CollisionCount, Conditions: r.d.Status.Conditions,
		TerminatingReplicas: new(int32),
	}
	for _, rs := range r.all() {
		st.Replicas += rs.Status.Replicas
		st.ReadyReplicas += rs.Status.ReadyReplicas
		st.AvailableReplicas += rs.Status.AvailableReplicas
		if n := rs.Status.TerminatingReplicas; n != nil {
			*st.TerminatingReplicas += *n
		}
	}
	st.UnavailableReplicas = max(0, replicas(r.all())-st.AvailableReplicas)
	if r.newest != nil {
		st.UpdatedReplicas = r.newest.Status.Replicas
	}
	_, unavailable := fenceposts(r.d)
	if st.AvailableReplicas >= replicasOf(r.d.Spec.Replicas)-unavailable {
		r.setCondition(&st, appsv1.DeploymentAvailable, corev1.ConditionTrue, "MinimumReplicasAvailable", "Deployment has minimum availability.")
	} else {
		r.setCondition(&st, appsv1.DeploymentAvailable, corev1.ConditionFalse, "MinimumReplicasUnavailable", "Deployment does not have minimum availability.")
	}
	return st
}

// syncProgress writes the status with what is known about the update's progress.
func (r *rollout) syncProgress() {
	st := r.status()
	cond := condition(&st, appsv1.DeploymentProgressing)
	switch {
	case !hasDeadline(r.d):
		dropCondition(&st, appsv1.DeploymentProgressing)
	case cond != nil && cond.Reason == reasonAvailable && st.Replicas == st.UpdatedReplicas:
	default:
		r.noteProgress(&st, cond)
	}
	dropCondition(&st, appsv1.DeploymentReplicaFailure)
	for _, rs := range append(r.all()[max(0, len(r.all())-1):], r.old...) {
		if i := slices.IndexFunc(rs.Status.Conditions, func(c appsv1.ReplicaSetCondition) bool { return c.Type == appsv1.ReplicaSetReplicaFailure }); i >= 0 {
			f := rs.Status.Conditions[i]
			st.Conditions = append(st.Conditions, failureOf(r.d, f))
			break
		}
	}
	r.writeStatus(st)
	r.checkAgain(&st)
}

// failureOf is a ReplicaSet's failure as a condition of its Deployment.
func failureOf(d *appsv1.Deployment, f appsv1.ReplicaSetCondition) appsv1.DeploymentCondition {
	c := appsv1.DeploymentCondition{
		Type: appsv1.DeploymentReplicaFailure, Status: f.Status, Reason: f.Reason, Message: f.Message,
		LastUpdateTime: f.LastTransitionTime, LastTransitionTime: f.LastTransitionTime,
	}
	if had := condition(&d.Status, appsv1.DeploymentReplicaFailure); had != nil && had.Status == c.Status && had.Reason == c.Reason {
		return *had
	}
	return c
}

func (r *rollout) noteProgress(st *appsv1.DeploymentStatus, cond *appsv1.DeploymentCondition) {
	who := fmt.Sprintf("Deployment %q", r.d.Name)
	if r.newest != nil {
		who = fmt.Sprintf("ReplicaSet %q", r.newest.Name)
	}
	switch {
	case complete(r.d, *st):
		r.setCondition(st, appsv1.DeploymentProgressing, corev1.ConditionTrue, reasonAvailable, who+" has successfully progressed.")
	case progressed(r.d.Status, *st):
		next := r.newCondition(appsv1.DeploymentProgressing, corev1.ConditionTrue, "ReplicaSetUpdated", who+" is progressing.")
		if cond != nil && cond.Status == corev1.ConditionTrue {
			next.LastTransitionTime = cond.LastTransitionTime
		}
		dropCondition(st, appsv1.DeploymentProgressing)
		st.Conditions = append(st.Conditions, next)
	case r.timedOut(cond):
		r.setCondition(st, appsv1.DeploymentProgressing, corev1.ConditionFalse, reasonTimedOut, who+" has timed out progressing.")
	}
}

func complete(d *appsv1.Deployment, st appsv1.DeploymentStatus) bool {
	n := replicasOf(d.Spec.Replicas)
	return st.UpdatedReplicas == n && st.Replicas == n && st.AvailableReplicas == n && st.ObservedGeneration >= d.Generation
}

func progressed(had, now appsv1.DeploymentStatus) bool {
	return now.UpdatedReplicas > had.UpdatedReplicas || now.Replicas-now.UpdatedReplicas < had.Replicas-had.UpdatedReplicas ||
		now.ReadyReplicas > had.ReadyReplicas || now.AvailableReplicas > had.AvailableReplicas
}

func hasDeadline(d *appsv1.Deployment) bool {
	return d.Spec.ProgressDeadlineSeconds != nil && *d.Spec.ProgressDeadlineSeconds != math.MaxInt32
}

func (r *rollout) deadline(cond *appsv1.DeploymentCondition) time.Time {
	return cond.LastUpdateTime.Add(time.Duration(*r.d.Spec.ProgressDeadlineSeconds) * time.Second)
}

func (r *rollout) timedOut(cond *appsv1.DeploymentCondition) bool {
	if cond == nil || cond.Reason == reasonAvailable {
		return false
	}
	return cond.Reason == reasonTimedOut || r.deadline(cond).Before(r.s.Clock.Now())
}

// checkAgain looks at an update again when its deadline will have passed.
func (r *rollout) checkAgain(st *appsv1.DeploymentStatus) {
	cond := condition(st, appsv1.DeploymentProgressing)
	if !hasDeadline(r.d) || cond == nil || r.d.Spec.Paused || complete(r.d, *st) || cond.Reason == reasonAvailable || cond.Reason == reasonTimedOut {
		return
	}
	r.queue.AddAfter(store.KeyOf(r.d), r.deadline(cond).Sub(r.s.Clock.Now())+time.Second, clock.Upkeep)
}

// notePause notes in the conditions that a Deployment was paused or resumed, so that
// its deadline does not run meanwhile.
func (r *rollout) notePause() {
	cond := condition(&r.d.Status, appsv1.DeploymentProgressing)
	if !hasDeadline(r.d) || cond != nil && cond.Reason == reasonTimedOut {
		return
	}
	st, was := r.d.Status, cond != nil && cond.Reason == reasonPaused
	switch {
	case r.d.Spec.Paused && !was:
		r.setCondition(&st, appsv1.DeploymentProgressing, corev1.ConditionUnknown, reasonPaused, "Deployment is paused")
	case !r.d.Spec.Paused && was:
		r.setCondition(&st, appsv1.DeploymentProgressing, corev1.ConditionUnknown, reasonResumed, "Deployment is resumed")
	}
	r.writeStatus(st)
}

func condition(st *appsv1.DeploymentStatus, t appsv1.DeploymentConditionType) *appsv1.DeploymentCondition {
	for i := range st.Conditions {
		if st.Conditions[i].Type == t {
			return &st.Conditions[i]
		}
	}
	return nil
}

func (r *rollout) newCondition(t appsv1.DeploymentConditionType, status corev1.ConditionStatus, reason, message string) appsv1.DeploymentCondition {
	now := metav1.NewTime(r.s.Clock.Now())
	return appsv1.DeploymentCondition{Type: t, Status: status, Reason: reason, Message: message, LastUpdateTime: now, LastTransitionTime: now}
}

// setCondition puts a condition last, unless it says what it said before.
func (r *rollout) setCondition(st *appsv1.DeploymentStatus, t appsv1.DeploymentConditionType, status corev1.ConditionStatus, reason, message string) {
	had := condition(st, t)
	if had != nil && had.Status == status && had.Reason == reason {
		return
	}
	c := r.newCondition(t, status, reason, message)
	if had != nil && had.Status == status {
		c.LastTransitionTime = had.LastTransitionTime
	}
	dropCondition(st, t)
	st.Conditions = append(st.Conditions, c)
}

// dropCondition removes a condition without touching the slice that others share.
func dropCondition(st *appsv1.DeploymentStatus, t appsv1.DeploymentConditionType) {
	st.Conditions = slices.DeleteFunc(slices.Clone(st.Conditions), func(c appsv1.DeploymentCondition) bool { return c.Type == t })
}
