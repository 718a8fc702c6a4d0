package controllers

import (
	"testing"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"drydock/sim/kube/api"
)

func TestDeletedPodIsReplaced(t *testing.T) {
	l := newLab(t)
	l.deploy("web", "nginx:1.27", 3)
	l.clock.Advance(time.Minute)
	victim := l.s.Pods.Table.List("default")[0]
	if _, err := l.s.Pods.Delete("default", victim.Name, api.DeleteOptions{}); err != nil {
		t.Fatal(err)
	}
	l.clock.Advance(time.Minute)
	if d := l.deployment("web"); l.s.Pods.Table.Len() != 3 || d.Status.ReadyReplicas != 3 || l.count("SuccessfulCreate") != 4 {
		t.Errorf("%d pods, %+v", l.s.Pods.Table.Len(), d.Status)
	}
}

func TestPodWithoutTheLabelIsLetGoAndAnotherTaken(t *testing.T) {
	l := newLab(t)
	l.deploy("web", "nginx:1.27", 2)
	l.clock.Advance(time.Minute)
	stray := l.s.Pods.Table.List("default")[0].DeepCopy()
	label := stray.Labels
	stray.Labels = map[string]string{"app": "other"}
	if _, err := l.s.Pods.Update(stray); err != nil {
		t.Fatal(err)
	}
	l.clock.Advance(time.Minute)
	stray, _ = l.s.Pods.Table.Get("default", stray.Name)
	if l.s.Pods.Table.Len() != 3 || metav1.GetControllerOf(stray) != nil {
		t.Fatalf("%d pods, the stray one of %v", l.s.Pods.Table.Len(), stray.OwnerReferences)
	}
	stray = stray.DeepCopy()
	stray.Labels = label
	if _, err := l.s.Pods.Update(stray); err != nil {
		t.Fatal(err)
	}
	l.clock.Advance(time.Minute)
	if n := l.s.Pods.Table.Len(); n != 2 {
		t.Errorf("%d pods after adoption", n)
	}
}

func TestRefusedPodsAreTriedAgainEverSlower(t *testing.T) {
	l := newLab(t)
	rs := &appsv1.ReplicaSet{ObjectMeta: metav1.ObjectMeta{Name: "web", Namespace: "default"}}
	n := int32(2)
	rs.Spec.Replicas, rs.Spec.Selector, rs.Spec.Template = &n, &metav1.LabelSelector{MatchLabels: map[string]string{"app": "web"}}, template("web", "nginx:1.27")
	l.s.ServiceAccounts.Remove("default", "default")
	rs.Spec.Template.Spec.ServiceAccountName = "missing"
	if _, err := l.s.ReplicaSets.Create(rs); err != nil {
		t.Fatal(err)
	}
	l.clock.Advance(2 * time.Second)
	if got := l.count("FailedCreate"); got < 8 || got > 11 {
		t.Errorf("%d failures in two seconds", got)
	}
	rs, _ = l.s.ReplicaSets.Table.Get("default", "web")
	if len(rs.Status.Conditions) != 1 || rs.Status.Conditions[0].Reason != "FailedCreate" {
		t.Errorf("%+v", rs.Status)
	}
}

func TestScaleDownTakesTheOnesNotReadyFirst(t *testing.T) {
	l := newLab(t)
	l.deploy("web", "nginx:1.27", 3)
	l.clock.Advance(time.Minute)
	sick := l.s.Pods.Table.List("default")[1].Name
	l.setPod(sick, corev1.PodRunning, corev1.ConditionFalse)
	l.changeDeployment("web", func(d *appsv1.Deployment) { n := int32(2); d.Spec.Replicas = &n })
	l.clock.Advance(time.Minute)
	if _, found := l.s.Pods.Table.Get("default", sick); found || l.s.Pods.Table.Len() != 2 {
		t.Errorf("%s is there: %v", sick, found)
	}
}

func TestStoppedManagerDoesNothingUntilItStarts(t *testing.T) {
	l := newLab(t)
	l.c.Component().SetRunning(false)
	l.deploy("web", "nginx:1.27", 2)
	l.clock.Advance(time.Minute)
	if n := l.s.ReplicaSets.Table.Len(); n != 0 {
		t.Fatalf("%d ReplicaSets", n)
	}
	l.c.Component().SetRunning(true)
	l.clock.Advance(time.Minute)
	if d := l.deployment("web"); d.Status.ReadyReplicas != 2 {
		t.Errorf("%+v", d.Status)
	}
}

func BenchmarkTenThousandPods(b *testing.B) {
	for b.Loop() {
		l := newLab(&testing.T{})
		l.deploy("web", "nginx:1.27", 10_000)
		l.clock.Advance(5 * time.Minute)
		if d := l.deployment("web"); d.Status.ReadyReplicas != 10_000 {
			b.Fatalf("%+v", d.Status)
		}
	}
}
