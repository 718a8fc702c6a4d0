package controllers

import (
	"fmt"
	"testing"
	"time"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	"pgregory.net/rapid"

	"drydock/sim/kube/store"
)

// indexedJob makes an indexed Job whose pods end a second later with what exit says
// for their index.
func (l *lab) indexedJob(completions int32, exit func(index int) int32, change func(*batchv1.JobSpec)) {
	l.t.Helper()
	l.s.Pods.Table.Watch(func(ch store.Change[*corev1.Pod]) {
		if ch.Old != nil {
			return
		}
		l.clock.After(time.Second, func() { l.exit(ch.New.Name, exit(indexOf(ch.New))) })
	})
	l.job("work", "", func(s *batchv1.JobSpec) {
		mode, parallelism := batchv1.IndexedCompletion, completions
		s.CompletionMode, s.Completions, s.Parallelism = &mode, &completions, &parallelism
		change(s)
	})
}

// exit ends a pod's container with a status.
func (l *lab) exit(pod string, code int32) {
	p, found := l.s.Pods.Table.Get("default", pod)
	if !found {
		return
	}
	p = store.Copy(p)
	p.Status.Phase = corev1.PodSucceeded
	if code != 0 {
		p.Status.Phase = corev1.PodFailed
	}
	p.Status.ContainerStatuses = []corev1.ContainerStatus{{Name: "busybox", State: corev1.ContainerState{Terminated: &corev1.ContainerStateTerminated{ExitCode: code}}}}
	l.s.Pods.SetStatus(p)
}

func failing(index int, code int32) func(int) int32 {
	return func(i int) int32 {
		if i == index {
			return code
		}
		return 0
	}
}

func TestIndexedJobGivesEachPodItsNumber(t *testing.T) {
	l := newLab(t)
	l.indexedJob(3, failing(-1, 0), func(*batchv1.JobSpec) {})
	l.clock.Advance(500 * time.Millisecond)
	for _, p := range l.s.Pods.Table.List("default") {
		text := p.Labels[batchv1.JobCompletionIndexAnnotation]
		if p.Spec.Hostname != "work-"+text || p.Spec.Containers[0].Env[0].Name != "JOB_COMPLETION_INDEX" || indexOf(p) < 0 || indexOf(p) > 2 {
			t.Errorf("pod %s: index %q, host %q", p.Name, text, p.Spec.Hostname)
		}
	}
	l.clock.Advance(time.Minute)
	if st := l.theJob("work").Status; st.CompletedIndexes != "0-2" || st.Succeeded != 3 || l.s.Pods.Table.Len() != 3 {
		t.Errorf("%+v", st)
	}
}

func TestFailedIndexesDoNotStopTheOthers(t *testing.T) {
	l := newLab(t)
	l.indexedJob(3, failing(1, 1), func(s *batchv1.JobSpec) { n := int32(1); s.BackoffLimitPerIndex = &n })
	l.clock.Advance(5 * time.Minute)
	j := l.theJob("work")
	if st := j.Status; st.CompletedIndexes != "0,2" || st.FailedIndexes == nil || *st.FailedIndexes != "1" || st.Failed != 2 {
		t.Errorf("%+v", st)
	}
	if !hasJobCondition(j.Status.Conditions, batchv1.JobFailed) || l.count("FailedIndexes") != 1 {
		t.Errorf("conditions %+v", j.Status.Conditions)
	}
}

func TestPodFailurePolicyEndsTheJobAtOnce(t *testing.T) {
	l := newLab(t)
	l.indexedJob(1, failing(0, 42), func(s *batchv1.JobSpec) {
		s.PodFailurePolicy = &batchv1.PodFailurePolicy{Rules: []batchv1.PodFailurePolicyRule{{
			Action:      batchv1.PodFailurePolicyActionFailJob,
			OnExitCodes: &batchv1.PodFailurePolicyOnExitCodesRequirement{Operator: batchv1.PodFailurePolicyOnExitCodesOpIn, Values: []int32{42}},
		}}}
	})
	l.clock.Advance(30 * time.Second)
	pod := l.s.Pods.Table.List("default")[0]
	want := fmt.Sprintf("Container busybox for pod default/%s failed with exit code 42 matching FailJob rule at index 0", pod.Name)
	conditions := l.theJob("work").Status.Conditions
	if last := conditions[len(conditions)-1]; last.Type != batchv1.JobFailed || last.Reason != "PodFailurePolicy" || last.Message != want {
		t.Errorf("%+v", conditions)
	}
}

func TestIgnoredFailuresDoNotCount(t *testing.T) {
	l := newLab(t)
	tries := 0
	l.indexedJob(1, func(int) int32 { tries++; return map[bool]int32{true: 3}[tries < 4] }, func(s *batchv1.JobSpec) {
		limit := int32(0)
		s.BackoffLimit = &limit
		s.PodFailurePolicy = &batchv1.PodFailurePolicy{Rules: []batchv1.PodFailurePolicyRule{{
			Action:      batchv1.PodFailurePolicyActionIgnore,
			OnExitCodes: &batchv1.PodFailurePolicyOnExitCodesRequirement{Operator: batchv1.PodFailurePolicyOnExitCodesOpNotIn, Values: []int32{1}},
		}}}
	})
	l.clock.Advance(time.Minute)
	if j := l.theJob("work"); !hasJobCondition(j.Status.Conditions, batchv1.JobComplete) || j.Status.Failed != 0 || tries != 4 {
		t.Errorf("%d tries, %+v", tries, j.Status)
	}
}

func TestSuccessPolicyIsEnough(t *testing.T) {
	l := newLab(t)
	l.indexedJob(3, failing(2, 1), func(s *batchv1.JobSpec) {
		leader := "0"
		s.SuccessPolicy = &batchv1.SuccessPolicy{Rules: []batchv1.SuccessPolicyRule{{SucceededIndexes: &leader}}}
	})
	l.clock.Advance(time.Minute)
	if st := l.theJob("work").Status; !hasJobCondition(st.Conditions, batchv1.JobComplete) || st.Conditions[0].Message != "Matched rules at index 0" {
		t.Errorf("%+v", st.Conditions)
	}
}

func TestIndexesAreWrittenAsTheyAreRead(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		set := map[int]bool{}
		for _, i := range rapid.SliceOf(rapid.IntRange(0, 40)).Draw(rt, "indexes") {
			set[i] = true
		}
		text := formatIndexes(set)
		if again := parseIndexes(text); fmt.Sprint(again) != fmt.Sprint(set) {
			rt.Fatalf("%v became %q and then %v", set, text, again)
		}
	})
}
