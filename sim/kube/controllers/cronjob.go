package controllers

import (
	"fmt"
	"slices"
	"time"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"drydock/sim/clock"
	"drydock/sim/kube/api"
	"drydock/sim/kube/store"
)

// cronJobController makes Jobs when they are due.
type cronJobController struct {
	s     *api.Server
	from  api.Source
	queue *api.Queue
	wake  map[store.Key]*clock.Timer
}

func newCronJobController(s *api.Server, m *api.Component) *cronJobController {
	c := &cronJobController{s: s, from: api.Source{Component: "cronjob-controller"}, wake: map[store.Key]*clock.Timer{}}
	c.queue = m.Queue(reaction, c.sync)
	s.CronJobs.Table.Watch(func(ch store.Change[*batchv1.CronJob]) {
		if ch.Old == nil || ch.New == nil || ch.Old.Generation != ch.New.Generation {
			c.queue.Add(store.KeyOf(ch.Now()))
		}
	})
	s.Jobs.Table.Watch(func(ch store.Change[*batchv1.Job]) {
		if ref := metav1.GetControllerOfNoCopy(ch.Now()); ref != nil && ref.Kind == "CronJob" {
			c.queue.Add(store.Key{Namespace: ch.Now().Namespace, Name: ref.Name})
		}
	})
	m.OnStart(func() {
		for _, cj := range s.CronJobs.Table.List("") {
			c.queue.Add(store.KeyOf(cj))
		}
	})
	return c
}

func (c *cronJobController) sync(key store.Key) {
	c.wake[key].Stop()
	delete(c.wake, key)
	cj, found := c.s.CronJobs.Table.Get(key.Namespace, key.Name)
	if !found || cj.DeletionTimestamp != nil {
		return
	}
	schedule, err := ParseSchedule(cj.Spec.Schedule)
	if err != nil {
		c.event(cj, corev1.EventTypeWarning, "UnparseableSchedule", fmt.Sprintf("unparseable schedule: %q : %v", cj.Spec.Schedule, err))
		return
	}
	cj = c.track(cj)
	if cj.Spec.Suspend != nil && *cj.Spec.Suspend {
		return
	}
	zone := time.UTC
	if cj.Spec.TimeZone != nil {
		if z, err := time.LoadLocation(*cj.Spec.TimeZone); err == nil {
			zone = z
		}
	}
	last := cj.CreationTimestamp.Time
	if t := cj.Status.LastScheduleTime; t != nil {
		last = t.Time
	}
	now := c.s.Clock.Now().In(zone)
	var due time.Time
	for t, n := schedule.Next(last.In(zone)), 0; !t.IsZero() && !t.After(now) && n < 10_000; t, n = schedule.Next(t), n+1 {
		due = t
	}
	if !due.IsZero() {
		c.start(cj, due)
	}
	if next := schedule.Next(now); !next.IsZero() {
		c.wake[key] = c.queue.AddAfter(key, next.Sub(now), clock.Upkeep)
	}
}

// start makes the Job of a time, unless the CronJob's rules are against it.
func (c *cronJobController) start(cj *batchv1.CronJob, due time.Time) {
	if d := cj.Spec.StartingDeadlineSeconds; d != nil && c.s.Clock.Now().Sub(due) > time.Duration(*d)*time.Second {
		c.event(cj, corev1.EventTypeWarning, "MissSchedule", "Missed scheduled time to start a job: "+due.UTC().Format(time.RFC1123Z))
		return
	}
	if len(cj.Status.Active) > 0 && cj.Spec.ConcurrencyPolicy == batchv1.ForbidConcurrent {
		c.event(cj, corev1.EventTypeNormal, "JobAlreadyActive", "Not starting job because prior execution is running and concurrency policy is Forbid")
		return
	}
	copied := store.Copy(cj)
	if cj.Spec.ConcurrencyPolicy == batchv1.ReplaceConcurrent {
		for _, a := range cj.Status.Active {
			c.deleteJob(cj, a.Name)
		}
		copied.Status.Active = nil
	}
	t := cj.Spec.JobTemplate.DeepCopy()
	job := &batchv1.Job{ObjectMeta: metav1.ObjectMeta{
		Name: fmt.Sprintf("%s-%d", cj.Name, due.Unix()/60), Namespace: cj.Namespace, Labels: t.Labels,
		Annotations:     with(t.Annotations, batchv1.CronJobScheduledTimestampAnnotation, due.Format(time.RFC3339)),
		OwnerReferences: []metav1.OwnerReference{*metav1.NewControllerRef(cj, batchv1.SchemeGroupVersion.WithKind("CronJob"))},
	}, Spec: t.Spec}
	created, err := c.s.Jobs.Create(job)
	switch {
	case apierrors.IsAlreadyExists(err):
	case err != nil:
		c.event(cj, corev1.EventTypeWarning, "FailedCreate", "Error creating job: "+err.Error())
		return
	default:
		c.event(cj, corev1.EventTypeNormal, "SuccessfulCreate", "Created job "+created.Name)
		copied.Status.Active = append(slices.Clone(copied.Status.Active), corev1.ObjectReference{
			APIVersion: "batch/v1", Kind: "Job", Namespace: created.Namespace, Name: created.Name, UID: created.UID, ResourceVersion: created.ResourceVersion,
		})
	}
	at := metav1.NewTime(due.UTC())
	copied.Status.LastScheduleTime = &at
	c.s.CronJobs.SetStatus(copied)
}

// track notes which of the Jobs have ended and deletes those beyond the history.
func (c *cronJobController) track(cj *batchv1.CronJob) *batchv1.CronJob {
	var good, bad []*batchv1.Job
	copied := store.Copy(cj)
	running := func(j *batchv1.Job) int {
		return slices.IndexFunc(copied.Status.Active, func(r corev1.ObjectReference) bool { return r.UID == j.UID })
	}
	changed := false
	for _, j := range c.s.Jobs.Table.List(cj.Namespace) {
		if !owned(j, cj.UID) {
			continue
		}
		i := running(j)
		what := "Complete"
		switch {
		case hasJobCondition(j.Status.Conditions, batchv1.JobComplete):
			good = append(good, j)
			if i >= 0 {
				copied.Status.LastSuccessfulTime = j.Status.CompletionTime
			}
		case hasJobCondition(j.Status.Conditions, batchv1.JobFailed):
			bad, what = append(bad, j), "Failed"
		default:
			if i < 0 {
				c.event(cj, corev1.EventTypeWarning, "UnexpectedJob", "Saw a job that the controller did not create or forgot: "+j.Name)
			}
			continue
		}
		if i >= 0 {
			copied.Status.Active = slices.Delete(slices.Clone(copied.Status.Active), i, i+1)
			c.event(cj, corev1.EventTypeNormal, "SawCompletedJob", fmt.Sprintf("Saw completed job: %s, condition: %s", j.Name, what))
			changed = true
		}
	}
	if changed {
		c.s.CronJobs.SetStatus(copied)
		cj = copied
	}
	c.forget(cj, good, cj.Spec.SuccessfulJobsHistoryLimit, 3)
	c.forget(cj, bad, cj.Spec.FailedJobsHistoryLimit, 1)
	return cj
}

// forget deletes the oldest of ended Jobs.
func (c *cronJobController) forget(cj *batchv1.CronJob, list []*batchv1.Job, limit *int32, usual int) {
	if limit != nil {
		usual = int(*limit)
	}
	slices.SortStableFunc(list, func(a, b *batchv1.Job) int { return a.CreationTimestamp.Compare(b.CreationTimestamp.Time) })
	for _, j := range list[:max(0, len(list)-usual)] {
		c.deleteJob(cj, j.Name)
	}
}

func (c *cronJobController) deleteJob(cj *batchv1.CronJob, name string) {
	if _, err := c.s.Jobs.Delete(cj.Namespace, name, api.DeleteOptions{Propagation: metav1.DeletePropagationBackground}); err == nil {
		c.event(cj, corev1.EventTypeNormal, "SuccessfulDelete", "Deleted job "+name)
	}
}

func (c *cronJobController) event(cj *batchv1.CronJob, kind, reason, message string) {
	c.s.Event(c.from, "CronJob", cj, "", kind, reason, message)
}
