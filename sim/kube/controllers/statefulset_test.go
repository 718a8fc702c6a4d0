package controllers

import (
	"strings"
	"testing"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

func (l *lab) statefulSet(name, image string, replicas int32) {
	l.t.Helper()
	set := &appsv1.StatefulSet{ObjectMeta: metav1.ObjectMeta{Name: name, Namespace: "default"}}
	set.Spec.Replicas, set.Spec.ServiceName = &replicas, name
	set.Spec.Selector, set.Spec.Template = &metav1.LabelSelector{MatchLabels: map[string]string{"app": name}}, template(name, image)
	if _, err := l.s.StatefulSets.Create(set); err != nil {
		l.t.Fatal(err)
	}
}

func (l *lab) changeStatefulSet(name string, change func(*appsv1.StatefulSet)) {
	l.t.Helper()
	set, _ := l.s.StatefulSets.Table.Get("default", name)
	set = set.DeepCopy()
	change(set)
	if _, err := l.s.StatefulSets.Update(set); err != nil {
		l.t.Fatal(err)
	}
}

// said are the messages of events of a reason from the log's given place on.
func (l *lab) said(from int, component string) string {
	var list []string
	for _, e := range l.clock.Events(from) {
		if e.Actor == component {
			f := strings.Fields(e.Message)
			list = append(list, f[0]+" "+f[2])
		}
	}
	return strings.Join(list, ", ")
}

func TestStatefulSetGoesInOrderUpDownAndThroughAnUpdate(t *testing.T) {
	l := newLab(t)
	const who = "statefulset-controller"
	l.statefulSet("db", "redis:7.2", 3)
	l.clock.Advance(1500 * time.Millisecond)
	if got := l.said(0, who); got != "Create db-0, Create db-1" {
		t.Errorf("at first: %s", got)
	}
	l.clock.Advance(time.Minute)
	from := len(l.clock.Events(0))
	l.changeStatefulSet("db", func(s *appsv1.StatefulSet) { s.Spec.Template.Spec.Containers[0].Image = "redis:7.4" })
	l.clock.Advance(time.Minute)
	if got, want := l.said(from, who), "Delete db-2, Create db-2, Delete db-1, Create db-1, Delete db-0, Create db-0"; got != want {
		t.Errorf("update: %s", got)
	}
	from = len(l.clock.Events(0))
	l.changeStatefulSet("db", func(s *appsv1.StatefulSet) { n := int32(1); s.Spec.Replicas = &n })
	l.clock.Advance(time.Minute)
	if got := l.said(from, who); got != "Delete db-2, Delete db-1" {
		t.Errorf("down: %s", got)
	}
	set, _ := l.s.StatefulSets.Table.Get("default", "db")
	if st := set.Status; st.CurrentRevision != st.UpdateRevision || st.ReadyReplicas != 1 || len(History(l.s, set)) != 2 {
		t.Errorf("%+v", st)
	}
}

func TestPartitionKeepsTheLowerPodsAsTheyAre(t *testing.T) {
	l := newLab(t)
	l.statefulSet("db", "redis:7.2", 3)
	l.clock.Advance(time.Minute)
	l.changeStatefulSet("db", func(s *appsv1.StatefulSet) {
		p := int32(2)
		s.Spec.UpdateStrategy.RollingUpdate = &appsv1.RollingUpdateStatefulSetStrategy{Partition: &p}
		s.Spec.Template.Spec.Containers[0].Image = "redis:7.4"
	})
	l.clock.Advance(time.Minute)
	var images []string
	for _, p := range l.s.Pods.Table.List("default") {
		images = append(images, p.Spec.Containers[0].Image)
	}
	if got := strings.Join(images, " "); got != "redis:7.2 redis:7.2 redis:7.4" {
		t.Error(got)
	}
}
