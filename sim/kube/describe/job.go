package describe

import (
	"fmt"

	batchv1 "k8s.io/api/batch/v1"
	"k8s.io/apimachinery/pkg/util/duration"
)

func (p *page) job(j *batchv1.Job) {
	p.name(j)
	if j.Spec.Selector != nil {
		p.field(0, "Selector", selector(j.Spec.Selector))
	}
	p.labels("Labels", j.Labels)
	p.annotations("Annotations", j.Annotations)
	p.controller(j)
	p.jobSpec(j)
	p.jobTimes(j)
	ready := "0"
	if j.Status.Ready != nil {
		ready = fmt.Sprint(*j.Status.Ready)
	}
	p.line(0, "Pods Statuses:\t%d Active (%s Ready) / %d Succeeded / %d Failed", j.Status.Active, ready, j.Status.Succeeded, j.Status.Failed)
	if mode := j.Spec.CompletionMode; mode != nil && *mode == batchv1.IndexedCompletion {
		indexes := j.Status.CompletedIndexes
		if indexes == "" {
			indexes = none
		}
		p.field(0, "Completed Indexes", indexes)
	}
	p.template(&j.Spec.Template)
	p.eventTable()
}

func (p *page) jobSpec(j *batchv1.Job) {
	if j.Spec.Parallelism != nil {
		p.field(0, "Parallelism", *j.Spec.Parallelism)
	}
	p.field(0, "Completions", orUnset(j.Spec.Completions))
	if j.Spec.CompletionMode != nil {
		p.field(0, "Completion Mode", *j.Spec.CompletionMode)
	}
	if j.Spec.Suspend != nil {
		p.field(0, "Suspend", *j.Spec.Suspend)
	}
	if j.Spec.BackoffLimit != nil {
		p.field(0, "Backoff Limit", *j.Spec.BackoffLimit)
	}
	if j.Spec.TTLSecondsAfterFinished != nil {
		p.field(0, "TTL Seconds After Finished", *j.Spec.TTLSecondsAfterFinished)
	}
}

func (p *page) jobTimes(j *batchv1.Job) {
	start, end := j.Status.StartTime, j.Status.CompletionTime
	if start != nil {
		p.field(0, "Start Time", date(*start))
	}
	if end != nil {
		p.field(0, "Completed At", date(*end))
	}
	if start != nil && end != nil {
		p.field(0, "Duration", duration.HumanDuration(end.Sub(start.Time)))
	}
	if j.Spec.ActiveDeadlineSeconds != nil {
		p.field(0, "Active Deadline Seconds", fmt.Sprintf("%ds", *j.Spec.ActiveDeadlineSeconds))
	}
}

func (p *page) cronJob(c *batchv1.CronJob) {
	p.identity(c)
	p.field(0, "Schedule", c.Spec.Schedule)
	p.field(0, "Concurrency Policy", c.Spec.ConcurrencyPolicy)
	p.field(0, "Suspend", truth(c.Spec.Suspend != nil && *c.Spec.Suspend))
	zone := unset
	if c.Spec.TimeZone != nil {
		zone = *c.Spec.TimeZone
	}
	p.field(0, "Time Zone", zone)
	p.field(0, "Successful Job History Limit", orUnset(c.Spec.SuccessfulJobsHistoryLimit))
	p.field(0, "Failed Job History Limit", orUnset(c.Spec.FailedJobsHistoryLimit))
	deadline := unset
	if n := c.Spec.StartingDeadlineSeconds; n != nil {
		deadline = fmt.Sprintf("%ds", *n)
	}
	p.field(0, "Starting Deadline Seconds", deadline)
	spec := c.Spec.JobTemplate.Spec
	if spec.Selector != nil {
		p.field(0, "Selector", selector(spec.Selector))
	} else {
		p.field(0, "Selector", unset)
	}
	p.field(0, "Parallelism", orUnset(spec.Parallelism))
	p.field(0, "Completions", orUnset(spec.Completions))
	p.template(&spec.Template)
	last := unset
	if c.Status.LastScheduleTime != nil {
		last = date(*c.Status.LastScheduleTime)
	}
	p.field(0, "Last Schedule Time", last)
	active := none
	for i, ref := range c.Status.Active {
		if i == 0 {
			active = ref.Name
			continue
		}
		active += ", " + ref.Name
	}
	p.field(0, "Active Jobs", active)
	p.eventTable()
}
