package controllers

import (
	"testing"
	"time"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// job makes a Job whose pods end in the phase as soon as the lab starts them.
func (l *lab) job(name string, phase corev1.PodPhase, change func(*batchv1.JobSpec)) {
	l.t.Helper()
	l.broken["busybox:1.36"] = true
	l.s.Pods.Table.Watch(l.endJobs(phase))
	j := &batchv1.Job{ObjectMeta: metav1.ObjectMeta{Name: name, Namespace: "default"}}
	j.Spec.Template = template(name, "busybox:1.36")
	j.Spec.Template.Spec.RestartPolicy = corev1.RestartPolicyNever
	change(&j.Spec)
	if _, err := l.s.Jobs.Create(j); err != nil {
		l.t.Fatal(err)
	}
}

func (l *lab) theJob(name string) *batchv1.Job {
	j, _ := l.s.Jobs.Table.Get("default", name)
	return j
}

func TestJobRunsItsCompletionsInParallel(t *testing.T) {
	l := newLab(t)
	l.job("pi", corev1.PodSucceeded, func(s *batchv1.JobSpec) {
		completions, parallelism := int32(5), int32(2)
		s.Completions, s.Parallelism = &completions, &parallelism
	})
	l.clock.Advance(500 * time.Millisecond)
	if st := l.theJob("pi").Status; st.Active != 2 {
		t.Errorf("at first %+v", st)
	}
	l.clock.Advance(time.Minute)
	if j := l.theJob("pi"); !finishedJob(j) || j.Status.Succeeded != 5 || l.s.Pods.Table.Len() != 5 || l.count("Completed") != 1 {
		t.Errorf("%d pods, %+v", l.s.Pods.Table.Len(), j.Status)
	}
}

// With restartPolicy Never a new pod comes after 10 s, then after 20 s.
func TestFailingJobIsTriedAgainUpToItsLimit(t *testing.T) {
	l := newLab(t)
	l.job("fail", corev1.PodFailed, func(s *batchv1.JobSpec) { n := int32(2); s.BackoffLimit = &n })
	for _, step := range []struct {
		after time.Duration
		pods  int
	}{{9 * time.Second, 1}, {5 * time.Second, 2}, {12 * time.Second, 2}, {10 * time.Second, 3}, {time.Minute, 3}} {
		l.clock.Advance(step.after)
		if n := l.s.Pods.Table.Len(); n != step.pods {
			t.Errorf("%d pods after %s, want %d", n, l.clock.Elapsed(), step.pods)
		}
	}
	if j := l.theJob("fail"); !hasJobCondition(j.Status.Conditions, batchv1.JobFailed) || j.Status.Failed != 3 || l.count("BackoffLimitExceeded") != 1 {
		t.Errorf("%+v", j.Status)
	}
}

func TestJobIsStoppedAtItsDeadlineAndForgottenAfterItsTime(t *testing.T) {
	l := newLab(t)
	l.job("slow", "", func(s *batchv1.JobSpec) {
		deadline, ttl := int64(5), int32(30)
		s.ActiveDeadlineSeconds, s.TTLSecondsAfterFinished = &deadline, &ttl
	})
	l.clock.Advance(10 * time.Second)
	if j := l.theJob("slow"); j.Status.Active != 0 || j.Status.Failed != 1 || l.count("SuccessfulDelete") != 1 || l.count("DeadlineExceeded") != 1 {
		t.Errorf("%+v", j.Status)
	}
	l.clock.Advance(time.Minute)
	if n := l.s.Jobs.Table.Len(); n != 0 {
		t.Error("it is still there")
	}
}
