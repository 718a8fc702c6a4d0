package controllers

import (
	"slices"
	"time"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"drydock/sim/clock"
	"drydock/sim/kube/api"
)

// decide ends the Job when it has succeeded or failed, or starts the pods it lacks.
func (r *run) decide() error {
	if reason, message := r.failure(); reason != "" {
		r.end(batchv1.JobFailureTarget, batchv1.JobFailed, corev1.EventTypeWarning, reason, message)
		return nil
	}
	if why := r.enough(); why != "" {
		r.end(batchv1.JobSuccessCriteriaMet, batchv1.JobComplete, corev1.EventTypeNormal, batchv1.JobReasonSuccessPolicy, why)
		return nil
	}
	if r.succeeded() {
		r.end(batchv1.JobSuccessCriteriaMet, batchv1.JobComplete, corev1.EventTypeNormal, "CompletionsReached", "Reached expected number of succeeded pods")
		return nil
	}
	want, have := r.wanted(), len(r.active)
	if r.onlyFailed() {
		have += r.ending
	}
	if have < want {
		return r.startPods(want - have)
	}
	for len(r.active) > want {
		r.drop(r.active[len(r.active)-1])
		r.active = r.active[:len(r.active)-1]
	}
	return nil
}

// failure is why the Job has failed, "" when it has not.
func (r *run) failure() (reason, message string) {
	for _, c := range r.st.Conditions {
		if c.Type == batchv1.JobFailureTarget {
			return c.Reason, c.Message
		}
	}
	if r.against != "" {
		return batchv1.JobReasonPodFailurePolicy, r.against
	}
	if reason, message = r.indexesFailed(); reason != "" {
		return reason, message
	}
	limit := int32(6)
	if r.job.Spec.BackoffLimit != nil {
		limit = *r.job.Spec.BackoffLimit
	}
	if r.st.Failed > limit || r.restartsExceed(limit) {
		return batchv1.JobReasonBackoffLimitExceeded, "Job has reached the specified backoff limit"
	}
	if d := r.job.Spec.ActiveDeadlineSeconds; d != nil && r.s.Clock.Now().Sub(r.st.StartTime.Time) >= time.Duration(*d)*time.Second {
		return batchv1.JobReasonDeadlineExceeded, "Job was active longer than specified deadline"
	}
	return "", ""
}

// restartsExceed counts the restarts within pods, for a Job whose pods restart.
func (r *run) restartsExceed(limit int32) bool {
	if r.job.Spec.Template.Spec.RestartPolicy != corev1.RestartPolicyOnFailure {
		return false
	}
	restarts := int32(0)
	for _, p := range r.active {
		for _, list := range [][]corev1.ContainerStatus{p.Status.InitContainerStatuses, p.Status.ContainerStatuses} {
			for i := range list {
				restarts += list[i].RestartCount
			}
		}
	}
	return restarts > 0 && restarts >= limit
}

func (r *run) succeeded() bool {
	if n := r.job.Spec.Completions; n != nil {
		return r.st.Succeeded >= *n
	}
	return r.st.Succeeded > 0 && len(r.active) == 0
}

// wanted is how many pods are to run now.
func (r *run) wanted() int {
	n := replicasOf(r.job.Spec.Parallelism)
	switch {
	case r.job.Spec.Completions != nil:
		n = min(n, *r.job.Spec.Completions-r.st.Succeeded-int32(len(r.failed))) //nolint:gosec // a count
	case r.st.Succeeded > 0:
		return len(r.active)
	}
	return int(n)
}

// startPods starts pods, after failures only when the back-off is over.
func (r *run) startPods(n int) error {
	if r.waits(failed{r.failures, r.lastFail}) {
		return nil
	}
	n = min(n, burst)
	var indexes []int
	if r.indexed() {
		indexes = r.missing(n)
		n = len(indexes)
	}
	next := 0
	return slowStart(n, func() error {
		p := r.pod(&r.job.Spec.Template)
		if indexes != nil {
			p = r.numbered(p, indexes[next])
		}
		next++
		if err := r.create(p); err != nil {
			return err
		}
		r.active = append(r.active, p)
		r.st.Active++
		return nil
	})
}

// waits reports that a back-off after failures is not over, and looks again then.
func (r *run) waits(f failed) bool {
	if f.times == 0 {
		return false
	}
	wait := min(jobBackoff<<min(f.times-1, 10), jobBackoffMax) - r.s.Clock.Now().Sub(f.last)
	if wait > 0 {
		r.queue.AddAfter(r.key, wait, clock.Work)
	}
	return wait > 0
}

// drop deletes a pod that is no longer wanted; it counts neither way.
func (r *run) drop(p *corev1.Pod) {
	r.counted[p.UID] = true
	r.remove(p)
}

// stop deletes the pods that run.
func (r *run) stop() {
	for _, p := range r.active {
		r.drop(p)
		r.ending++
	}
	r.active, r.st.Active = nil, 0
}

// end ends the Job: first it is sure how, then its pods go, then it is finished.
func (r *run) end(target, final batchv1.JobConditionType, kind, reason, message string) {
	if !hasJobCondition(r.st.Conditions, target) {
		r.condition(target, corev1.ConditionTrue, reason, message)
		if target == batchv1.JobFailureTarget {
			r.st.Failed += int32(len(r.active)) //nolint:gosec // every pod that still runs counts as failed
		}
	}
	r.stop()
	if r.ending > 0 {
		return
	}
	if r.fresh > 0 {
		r.queue.AddAfter(r.key, jobBatch, clock.Work)
		return
	}
	now := metav1.NewTime(r.s.Clock.Now())
	r.condition(final, corev1.ConditionTrue, reason, message)
	if final == batchv1.JobComplete {
		r.st.CompletionTime = &now
		r.event(kind, "Completed", "Job completed")
	} else {
		r.event(kind, reason, message)
	}
	if ttl := r.job.Spec.TTLSecondsAfterFinished; ttl != nil {
		r.queue.AddAfter(r.key, time.Duration(*ttl)*time.Second, clock.Upkeep)
	}
}

func (r *run) condition(t batchv1.JobConditionType, status corev1.ConditionStatus, reason, message string) {
	now := metav1.NewTime(r.s.Clock.Now())
	list := slices.DeleteFunc(slices.Clone(r.st.Conditions), func(c batchv1.JobCondition) bool { return c.Type == t })
	r.st.Conditions = append(list, batchv1.JobCondition{
		Type: t, Status: status, Reason: reason, Message: message, LastProbeTime: now, LastTransitionTime: now,
	})
}

// suspended reports that the Job is to wait, and notes when that changes.
func (r *run) suspended() bool {
	on := r.job.Spec.Suspend != nil && *r.job.Spec.Suspend
	was := hasJobCondition(r.st.Conditions, batchv1.JobSuspended)
	switch {
	case on && !was:
		r.condition(batchv1.JobSuspended, corev1.ConditionTrue, "JobSuspended", "Job suspended")
		r.event(corev1.EventTypeNormal, "Suspended", "Job suspended")
		r.st.StartTime = nil
	case !on && was:
		r.condition(batchv1.JobSuspended, corev1.ConditionFalse, "JobResumed", "Job resumed")
		r.event(corev1.EventTypeNormal, "Resumed", "Job resumed")
	}
	return on
}

// expire deletes a finished Job whose time to live is over.
func (r *run) expire() {
	ttl := r.job.Spec.TTLSecondsAfterFinished
	if ttl == nil || r.job.DeletionTimestamp != nil {
		return
	}
	last := r.st.Conditions[len(r.st.Conditions)-1].LastTransitionTime
	if wait := last.Add(time.Duration(*ttl) * time.Second).Sub(r.s.Clock.Now()); wait > 0 {
		r.queue.AddAfter(r.key, wait, clock.Upkeep)
		return
	}
	_, _ = r.s.Jobs.Delete(r.job.Namespace, r.job.Name, api.DeleteOptions{Propagation: metav1.DeletePropagationBackground})
}
