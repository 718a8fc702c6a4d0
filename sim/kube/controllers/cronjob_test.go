package controllers

import (
	"testing"
	"time"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

func TestCronJobMakesAJobEachMinuteAndForgetsOldOnes(t *testing.T) {
	l := newLab(t)
	l.broken["busybox:1.36"] = true
	l.s.Pods.Table.Watch(l.endJobs(corev1.PodSucceeded))
	cj := &batchv1.CronJob{ObjectMeta: metav1.ObjectMeta{Name: "tick", Namespace: "default"}}
	cj.Spec.Schedule = "* * * * *"
	cj.Spec.JobTemplate.Spec.Template = template("tick", "busybox:1.36")
	cj.Spec.JobTemplate.Spec.Template.Spec.RestartPolicy = corev1.RestartPolicyNever
	if _, err := l.s.CronJobs.Create(cj); err != nil {
		t.Fatal(err)
	}
	l.clock.Advance(50 * time.Second)
	if j := l.theJob("tick-29923364"); j == nil || !finishedJob(j) || l.s.Jobs.Table.Len() != 1 {
		t.Errorf("jobs %v", l.s.Jobs.Table.List(""))
	}
	l.clock.Advance(5 * time.Minute)
	cj, _ = l.s.CronJobs.Table.Get("default", "tick")
	if n := l.s.Jobs.Table.Len(); n != 3 || len(cj.Status.Active) != 0 || l.count("SawCompletedJob") != 6 || l.count("UnexpectedJob") != 0 {
		t.Errorf("%d jobs, %+v", n, cj.Status)
	}
}

func TestSchedules(t *testing.T) {
	at := time.Date(2026, 11, 23, 2, 43, 16, 0, time.UTC) // a Monday
	for text, want := range map[string]string{
		"* * * * *":      "2026-11-23 02:44",
		"*/15 * * * *":   "2026-11-23 02:45",
		"0 9 * * mon":    "2026-11-23 09:00",
		"30 1 1 * *":     "2026-12-01 01:30",
		"0 0 13 * 5":     "2026-11-27 00:00",
		"@yearly":        "2027-01-01 00:00",
		"5-10/5 3 * * *": "2026-11-23 03:05",
	} {
		s, err := ParseSchedule(text)
		if err != nil {
			t.Fatal(err)
		}
		if got := s.Next(at).Format("2006-01-02 15:04"); got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
	if _, err := ParseSchedule("every minute"); err == nil || err.Error() != "expected exactly 5 fields, found 2: [every minute]" {
		t.Error(err)
	}
}

func FuzzParseSchedule(f *testing.F) {
	f.Add("*/5 1-3,7 * jan sun")
	f.Fuzz(func(t *testing.T, text string) {
		if s, err := ParseSchedule(text); err == nil {
			s.Next(time.Date(2026, 11, 23, 2, 43, 16, 0, time.UTC))
		}
	})
}
