package printer

import (
	"fmt"
	"strconv"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/duration"

	"drydock/sim/kube/store"
)

func workloadColumns() map[string]Columns {
	template := names("CONTAINERS|IMAGES|SELECTOR")
	return map[string]Columns{
		"Deployment":  {Names: names("NAME|READY|UP-TO-DATE|AVAILABLE|AGE"), Wide: template},
		"ReplicaSet":  {Names: names("NAME|DESIRED|CURRENT|READY|AGE"), Wide: template},
		"StatefulSet": {Names: names("NAME|READY|AGE"), Wide: names("CONTAINERS|IMAGES")},
		"DaemonSet":   {Names: names("NAME|DESIRED|CURRENT|READY|UP-TO-DATE|AVAILABLE|NODE SELECTOR|AGE"), Wide: template},
		"Job":         {Names: names("NAME|STATUS|COMPLETIONS|DURATION|AGE"), Wide: template},
		"CronJob":     {Names: names("NAME|SCHEDULE|TIMEZONE|SUSPEND|ACTIVE|LAST SCHEDULE|AGE"), Wide: template},
	}
}

func workload(obj store.Object, now time.Time) (Row, bool) {
	born := age(obj.GetCreationTimestamp(), now)
	switch o := obj.(type) {
	case *appsv1.Deployment:
		c, i := containersAndImages(o.Spec.Template.Spec.Containers)
		return Row{[]string{o.Name, fmt.Sprintf("%d/%d", o.Status.ReadyReplicas, count(o.Spec.Replicas)), number(o.Status.UpdatedReplicas), number(o.Status.AvailableReplicas), born},
			[]string{c, i, metav1.FormatLabelSelector(o.Spec.Selector)}}, true
	case *appsv1.ReplicaSet:
		c, i := containersAndImages(o.Spec.Template.Spec.Containers)
		return Row{[]string{o.Name, number(count(o.Spec.Replicas)), number(o.Status.Replicas), number(o.Status.ReadyReplicas), born},
			[]string{c, i, metav1.FormatLabelSelector(o.Spec.Selector)}}, true
	case *appsv1.StatefulSet:
		c, i := containersAndImages(o.Spec.Template.Spec.Containers)
		return Row{[]string{o.Name, fmt.Sprintf("%d/%d", o.Status.ReadyReplicas, count(o.Spec.Replicas)), born}, []string{c, i}}, true
	case *appsv1.DaemonSet:
		c, i := containersAndImages(o.Spec.Template.Spec.Containers)
		s := o.Status
		return Row{[]string{o.Name, number(s.DesiredNumberScheduled), number(s.CurrentNumberScheduled), number(s.NumberReady), number(s.UpdatedNumberScheduled), number(s.NumberAvailable),
			labelText(o.Spec.Template.Spec.NodeSelector), born}, []string{c, i, metav1.FormatLabelSelector(o.Spec.Selector)}}, true
	case *batchv1.Job:
		return job(o, now), true
	case *batchv1.CronJob:
		return cronJob(o, now), true
	}
	return Row{}, false
}

func count(n *int32) int32 {
	if n == nil {
		return 1
	}
	return *n
}

func number(n int32) string { return strconv.Itoa(int(n)) }

func job(j *batchv1.Job, now time.Time) Row {
	completions, status, took := "", "Running", ""
	switch {
	case j.Spec.Completions != nil:
		completions = fmt.Sprintf("%d/%d", j.Status.Succeeded, *j.Spec.Completions)
	case count(j.Spec.Parallelism) > 1:
		completions = fmt.Sprintf("%d/1 of %d", j.Status.Succeeded, count(j.Spec.Parallelism))
	default:
		completions = fmt.Sprintf("%d/1", j.Status.Succeeded)
	}
	has := map[batchv1.JobConditionType]bool{}
	for _, c := range j.Status.Conditions {
		has[c.Type] = c.Status == "True"
	}
	switch {
	case has[batchv1.JobComplete]:
		status = "Complete"
	case has[batchv1.JobFailed]:
		status = "Failed"
	case j.DeletionTimestamp != nil:
		status = "Terminating"
	case has[batchv1.JobSuspended]:
		status = "Suspended"
	case has[batchv1.JobFailureTarget]:
		status = "FailureTarget"
	case has[batchv1.JobSuccessCriteriaMet]:
		status = "SuccessCriteriaMet"
	}
	if start := j.Status.StartTime; start != nil {
		end := now
		if j.Status.CompletionTime != nil {
			end = j.Status.CompletionTime.Time
		}
		took = duration.HumanDuration(end.Sub(start.Time))
	}
	c, i := containersAndImages(j.Spec.Template.Spec.Containers)
	return Row{[]string{j.Name, status, completions, took, age(j.CreationTimestamp, now)}, []string{c, i, metav1.FormatLabelSelector(j.Spec.Selector)}}
}

func cronJob(j *batchv1.CronJob, now time.Time) Row {
	zone, last, suspend := "<none>", "<none>", "<unset>"
	if j.Spec.TimeZone != nil {
		zone = *j.Spec.TimeZone
	}
	if j.Status.LastScheduleTime != nil {
		last = age(*j.Status.LastScheduleTime, now)
	}
	if j.Spec.Suspend != nil {
		suspend = map[bool]string{true: "True", false: "False"}[*j.Spec.Suspend]
	}
	c, i := containersAndImages(j.Spec.JobTemplate.Spec.Template.Spec.Containers)
	return Row{[]string{j.Name, j.Spec.Schedule, zone, suspend, strconv.Itoa(len(j.Status.Active)), last, age(j.CreationTimestamp, now)},
		[]string{c, i, metav1.FormatLabelSelector(j.Spec.JobTemplate.Spec.Selector)}}
}
