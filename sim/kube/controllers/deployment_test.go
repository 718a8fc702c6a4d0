package controllers

import (
	"strings"
	"testing"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
)

// The name was recorded with Kubernetes v1.37.2.
func TestReplicaSetIsNamedAfterItsTemplate(t *testing.T) {
	l := newLab(t)
	l.deploy("web", "nginx:1.27", 1)
	l.clock.Advance(time.Minute)
	if _, found := l.s.ReplicaSets.Table.Get("default", "web-69c6f74b8b"); !found {
		t.Errorf("there is %v", l.s.ReplicaSets.Table.List("default")[0].Name)
	}
}

// The sequences were recorded with Kubernetes v1.37.2, 25 % surge and unavailable.
func TestRollingUpdateGoesStepByStep(t *testing.T) {
	for replicas, want := range map[int32]string{
		3:  "up 0>3, up 0>1, down 3>2, up 1>2, down 2>1, up 2>3, down 1>0",
		4:  "up 0>4, up 0>1, down 4>3, up 1>2",
		10: "up 0>10, up 0>3, down 10>8, up 3>5",
	} {
		l := newLab(t)
		l.deploy("web", "nginx:1.26", replicas)
		l.clock.Advance(time.Minute)
		l.changeDeployment("web", setImage("nginx:1.27"))
		l.clock.Advance(time.Minute)
		if got := l.scalings(); !strings.HasPrefix(got, want) {
			t.Errorf("%d replicas: %s", replicas, got)
		}
		d := l.deployment("web")
		if !complete(d, d.Status) || RevisionOf(d) != 2 {
			t.Errorf("%d replicas: revision %d, %+v", replicas, RevisionOf(d), d.Status)
		}
	}
}

func TestRecreateWaitsForTheOldPodsToBeGone(t *testing.T) {
	l := newLab(t)
	l.deploy("web", "nginx:1.26", 2)
	l.clock.Advance(time.Minute)
	l.changeDeployment("web", func(d *appsv1.Deployment) {
		d.Spec.Strategy = appsv1.DeploymentStrategy{Type: appsv1.RecreateDeploymentStrategyType}
		setImage("nginx:1.27")(d)
	})
	l.clock.Advance(500 * time.Millisecond)
	if n := l.s.ReplicaSets.Table.Len(); n != 1 {
		t.Errorf("%d ReplicaSets while old pods end", n)
	}
	l.clock.Advance(time.Minute)
	if got := l.scalings(); got != "up 0>2, down 2>0, up 0>2" {
		t.Error(got)
	}
}

func TestBrokenImageStopsTheUpdateUntilItsDeadline(t *testing.T) {
	l := newLab(t)
	l.broken["nginx:nope"] = true
	l.deploy("web", "nginx:1.27", 4)
	l.clock.Advance(time.Minute)
	l.changeDeployment("web", func(d *appsv1.Deployment) {
		seconds := int32(20)
		d.Spec.ProgressDeadlineSeconds = &seconds
		setImage("nginx:nope")(d)
	})
	l.clock.Advance(15 * time.Second)
	if c := condition(&l.deployment("web").Status, appsv1.DeploymentProgressing); c.Status != corev1.ConditionTrue {
		t.Errorf("too early: %+v", c)
	}
	l.clock.Advance(10 * time.Second)
	st := l.deployment("web").Status
	if c := condition(&st, appsv1.DeploymentProgressing); c.Reason != reasonTimedOut {
		t.Errorf("%+v", c)
	}
	if st.AvailableReplicas != 3 || st.UpdatedReplicas != 2 || st.Replicas != 5 {
		t.Errorf("%+v", st)
	}
}

func TestGoingBackUsesTheOldReplicaSetAgain(t *testing.T) {
	l := newLab(t)
	l.deploy("web", "nginx:1.26", 2)
	l.clock.Advance(time.Minute)
	l.changeDeployment("web", setImage("nginx:1.27"))
	l.clock.Advance(time.Minute)
	first := Revisions(l.s, l.deployment("web"))[0]
	if _, err := l.s.Deployments.Update(Rollback(l.deployment("web"), first)); err != nil {
		t.Fatal(err)
	}
	l.clock.Advance(time.Minute)
	list := Revisions(l.s, l.deployment("web"))
	if len(list) != 2 || list[1].UID != first.UID || RevisionOf(list[1]) != 3 || RevisionOf(list[0]) != 2 {
		t.Errorf("revisions %d and %d of %d", RevisionOf(list[0]), RevisionOf(list[1]), len(list))
	}
}

func TestPausedDeploymentKeepsItsPods(t *testing.T) {
	l := newLab(t)
	l.deploy("web", "nginx:1.26", 2)
	l.clock.Advance(time.Minute)
	l.changeDeployment("web", func(d *appsv1.Deployment) { d.Spec.Paused = true; setImage("nginx:1.27")(d) })
	l.clock.Advance(time.Minute)
	d := l.deployment("web")
	if c := condition(&d.Status, appsv1.DeploymentProgressing); c.Reason != reasonPaused || d.Status.UpdatedReplicas != 0 || l.s.ReplicaSets.Table.Len() != 1 {
		t.Errorf("%+v", d.Status)
	}
	l.changeDeployment("web", func(d *appsv1.Deployment) { d.Spec.Paused = false })
	l.clock.Advance(time.Minute)
	if d := l.deployment("web"); !complete(d, d.Status) {
		t.Errorf("%+v", d.Status)
	}
}
