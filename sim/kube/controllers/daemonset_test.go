package controllers

import (
	"fmt"
	"testing"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

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
