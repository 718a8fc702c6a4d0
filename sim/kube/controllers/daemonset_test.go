package controllers

import (
	"fmt"
	"testing"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// daemons makes a DaemonSet on three nodes and lets its pods start.
func (l *lab) daemons(change func(*appsv1.DaemonSetSpec)) {
	l.t.Helper()
	for i := range 3 {
		l.s.Nodes.Table.Put(&corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: fmt.Sprintf("node-%d", i+1)}})
	}
	ds := &appsv1.DaemonSet{ObjectMeta: metav1.ObjectMeta{Name: "agent", Namespace: "default"}}
	ds.Spec.Selector, ds.Spec.Template = &metav1.LabelSelector{MatchLabels: map[string]string{"app": "agent"}}, template("agent", "fluentd:v1.16")
	change(&ds.Spec)
	if _, err := l.s.DaemonSets.Create(ds); err != nil {
		l.t.Fatal(err)
	}
	l.clock.Advance(time.Minute)
}

func (l *lab) changeDaemons(change func(*appsv1.DaemonSetSpec)) {
	l.t.Helper()
	ds, _ := l.s.DaemonSets.Table.Get("default", "agent")
	ds = ds.DeepCopy()
	change(&ds.Spec)
	if _, err := l.s.DaemonSets.Update(ds); err != nil {
		l.t.Fatal(err)
	}
}

func TestSurgingDaemonSetNeverLacksAPod(t *testing.T) {
	l := newLab(t)
	l.daemons(func(s *appsv1.DaemonSetSpec) {
		one, none := intstr.FromInt32(1), intstr.FromInt32(0)
		s.UpdateStrategy.RollingUpdate = &appsv1.RollingUpdateDaemonSet{MaxSurge: &one, MaxUnavailable: &none}
	})
	l.changeDaemons(func(s *appsv1.DaemonSetSpec) { s.Template.Spec.Containers[0].Image = "fluentd:v1.17" })
	most := 0
	for range 200 {
		l.clock.Advance(100 * time.Millisecond)
		ready := 0
		for _, p := range l.s.Pods.Table.List("default") {
			if _, ok := readySince(p); ok && p.DeletionTimestamp == nil {
				ready++
			}
		}
		if ready < 3 {
			t.Fatalf("%d pods are ready", ready)
		}
		most = max(most, l.s.Pods.Table.Len())
	}
	ds, _ := l.s.DaemonSets.Table.Get("default", "agent")
	if st := ds.Status; st.UpdatedNumberScheduled != 3 || l.s.Pods.Table.Len() != 3 || most < 4 || most > 5 {
		t.Errorf("at most %d pods, %+v", most, st)
	}
}

func TestDaemonSetNumbersItsTemplatesAndForgetsOldRevisions(t *testing.T) {
	l := newLab(t)
	l.daemons(func(s *appsv1.DaemonSetSpec) { n := int32(1); s.RevisionHistoryLimit = &n })
	for _, image := range []string{"fluentd:v1.17", "fluentd:v1.18", "fluentd:latest"} {
		l.changeDaemons(func(s *appsv1.DaemonSetSpec) { s.Template.Spec.Containers[0].Image = image })
		l.clock.Advance(time.Minute)
	}
	l.changeDaemons(func(s *appsv1.DaemonSetSpec) { n := int32(2); s.RevisionHistoryLimit = &n })
	ds, _ := l.s.DaemonSets.Table.Get("default", "agent")
	if got := ds.Annotations[appsv1.DeprecatedTemplateGeneration]; got != "4" || ds.Generation != 5 {
		t.Errorf("template %s of generation %d", got, ds.Generation)
	}
	if n := len(History(l.s, ds)); n != 2 {
		t.Errorf("%d revisions: the present one and one more are kept", n)
	}
}

func TestDaemonSetFollowsTheNodesAndItsTemplate(t *testing.T) {
	l := newLab(t)
	for i := range 3 {
		n := &corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: fmt.Sprintf("node-%d", i+1)}}
		if i == 1 {
			n.Spec.Taints = []corev1.Taint{{Key: corev1.TaintNodeUnschedulable, Effect: corev1.TaintEffectNoSchedule}}
		}
		if i == 2 {
			n.Spec.Taints = []corev1.Taint{{Key: "gpu", Effect: corev1.TaintEffectNoSchedule}}
		}
		l.s.Nodes.Table.Put(n)
	}
	ds := &appsv1.DaemonSet{ObjectMeta: metav1.ObjectMeta{Name: "agent", Namespace: "default"}}
	ds.Spec.Selector, ds.Spec.Template = &metav1.LabelSelector{MatchLabels: map[string]string{"app": "agent"}}, template("agent", "fluentd:v1.16")
	if _, err := l.s.DaemonSets.Create(ds); err != nil {
		t.Fatal(err)
	}
	l.clock.Advance(time.Minute)
	ds, _ = l.s.DaemonSets.Table.Get("default", "agent")
	if st := ds.Status; st.DesiredNumberScheduled != 2 || st.NumberReady != 2 || l.s.Pods.Table.Len() != 2 {
		t.Fatalf("%+v", st)
	}
	ds = ds.DeepCopy()
	ds.Spec.Template.Spec.Containers[0].Image = "fluentd:v1.17"
	if _, err := l.s.DaemonSets.Update(ds); err != nil {
		t.Fatal(err)
	}
	l.clock.Advance(500 * time.Millisecond)
	if n := l.count("SuccessfulDelete"); n != 1 {
		t.Errorf("%d pods replaced at once", n)
	}
	l.clock.Advance(time.Minute)
	ds, _ = l.s.DaemonSets.Table.Get("default", "agent")
	if st := ds.Status; st.UpdatedNumberScheduled != 2 || st.NumberAvailable != 2 || len(History(l.s, ds)) != 2 {
		t.Errorf("%+v", st)
	}
	l.s.Nodes.Table.Put(&corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: "node-4"}})
	l.clock.Advance(time.Minute)
	if n := l.s.Pods.Table.Len(); n != 3 {
		t.Errorf("%d pods with a node more", n)
	}
}
