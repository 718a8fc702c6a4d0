package controllers

import (
	"fmt"
	"strings"
	"testing"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"drydock/sim/clock"
	"drydock/sim/kube/api"
	"drydock/sim/kube/store"
)

// lab is a cluster of the controllers and, in place of scheduler and kubelets, a loop
// that lets pods start and end.
type lab struct {
	t     *testing.T
	clock *clock.Clock
	s     *api.Server
	c     *Controllers
	// broken are images whose pods never get ready.
	broken map[string]bool
	nodes  int
}

func newLab(t *testing.T) *lab {
	t.Helper()
	c := clock.New(1, time.Date(2026, 11, 23, 2, 43, 16, 0, time.UTC))
	s := api.NewServer(c)
	if _, err := s.Namespaces.Create(&corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: "default"}}); err != nil {
		t.Fatal(err)
	}
	s.ServiceAccounts.Table.Put(&corev1.ServiceAccount{ObjectMeta: metav1.ObjectMeta{Name: "default", Namespace: "default"}})
	l := &lab{t: t, clock: c, s: s, c: New(s), broken: map[string]bool{}}
	s.Pods.Table.Watch(l.podChanged)
	return l
}

func (l *lab) podChanged(ch store.Change[*corev1.Pod]) {
	switch {
	case ch.Old == nil && !l.broken[ch.New.Spec.Containers[0].Image]:
		l.clock.After(time.Second, func() { l.start(ch.New.Name) })
	case ch.New != nil && ch.Old != nil && ch.New.DeletionTimestamp != nil && ch.Old.DeletionTimestamp == nil:
		l.clock.After(time.Second, func() { l.s.Pods.Remove(ch.New.Namespace, ch.New.Name) })
	}
}

// start makes a pod run and be ready.
func (l *lab) start(name string) {
	l.setPod(name, corev1.PodRunning, corev1.ConditionTrue)
}

func (l *lab) setPod(name string, phase corev1.PodPhase, ready corev1.ConditionStatus) {
	p, found := l.s.Pods.Table.Get("default", name)
	if !found {
		return
	}
	p = store.Copy(p)
	p.Spec.NodeName = targetNode(p)
	if p.Spec.NodeName == "" {
		p.Spec.NodeName = fmt.Sprintf("node-%d", l.nodes%3+1)
		l.nodes++
	}
	p.Status.Phase = phase
	if p.Status.StartTime == nil {
		at := metav1.NewTime(l.clock.Now())
		p.Status.StartTime = &at
	}
	p.Status.Conditions = []corev1.PodCondition{{Type: corev1.PodReady, Status: ready, LastTransitionTime: metav1.NewTime(l.clock.Now())}}
	l.s.Pods.SetStatus(p)
}

// template is a pod template with one container of an image.
func template(app, image string) corev1.PodTemplateSpec {
	return corev1.PodTemplateSpec{
		ObjectMeta: metav1.ObjectMeta{Labels: map[string]string{"app": app}},
		Spec:       corev1.PodSpec{Containers: []corev1.Container{{Name: strings.Split(image, ":")[0], Image: image}}},
	}
}

func (l *lab) deploy(name, image string, replicas int32) *appsv1.Deployment {
	l.t.Helper()
	d := &appsv1.Deployment{ObjectMeta: metav1.ObjectMeta{Name: name, Namespace: "default"}}
	d.Spec.Replicas, d.Spec.Selector, d.Spec.Template = &replicas, &metav1.LabelSelector{MatchLabels: map[string]string{"app": name}}, template(name, image)
	created, err := l.s.Deployments.Create(d)
	if err != nil {
		l.t.Fatal(err)
	}
	return created
}

func (l *lab) deployment(name string) *appsv1.Deployment {
	l.t.Helper()
	d, found := l.s.Deployments.Table.Get("default", name)
	if !found {
		l.t.Fatalf("no deployment %s", name)
	}
	return d
}

// changeDeployment changes a Deployment as a person does.
func (l *lab) changeDeployment(name string, change func(*appsv1.Deployment)) {
	l.t.Helper()
	d := l.deployment(name).DeepCopy()
	change(d)
	if _, err := l.s.Deployments.Update(d); err != nil {
		l.t.Fatal(err)
	}
}

func setImage(image string) func(*appsv1.Deployment) {
	return func(d *appsv1.Deployment) { d.Spec.Template.Spec.Containers[0].Image = image }
}

// scalings are the events of a Deployment without the names of its ReplicaSets.
func (l *lab) scalings() string {
	var list []string
	for _, e := range l.clock.Events(0) {
		if e.Reason == "ScalingReplicaSet" {
			f := strings.Fields(e.Message)
			list = append(list, f[1]+" "+f[6]+">"+f[8])
		}
	}
	return strings.Join(list, ", ")
}

func (l *lab) count(reason string) int {
	n := 0
	for _, e := range l.clock.Events(0) {
		if e.Reason == reason {
			n++
		}
	}
	return n
}

// endJobs lets new pods end in the phase; "" lets them run.
func (l *lab) endJobs(phase corev1.PodPhase) func(store.Change[*corev1.Pod]) {
	return func(ch store.Change[*corev1.Pod]) {
		if ch.Old == nil && phase != "" {
			l.clock.After(time.Second, func() { l.setPod(ch.New.Name, phase, corev1.ConditionFalse) })
		}
	}
}
