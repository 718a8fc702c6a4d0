package scheduler

import (
	"fmt"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
)

// BenchmarkSchedule gives nodes to the pods of deployments of 100 in a fresh cluster.
func BenchmarkSchedule(b *testing.B) {
	for _, size := range []struct{ nodes, pods int }{{1000, 10_000}, {5000, 150_000}} {
		b.Run(fmt.Sprintf("%d-pods-%d-nodes", size.pods, size.nodes), func(b *testing.B) {
			for b.Loop() {
				b.StopTimer()
				c := newCluster(b, size.nodes)
				c.fill(size.pods)
				b.StartTimer()
				c.s.Clock.Step()
				b.StopTimer()
				if left := c.s.PodsByNode.Len(""); left > 0 {
					b.Fatalf("%d pods have no node", left)
				}
				b.StartTimer()
			}
		})
	}
}

// fill creates pods that ReplicaSets of 100 control.
func (c *cluster) fill(pods int) {
	yes := true
	var ref metav1.OwnerReference
	var labels map[string]string
	for i := range pods {
		if i%100 == 0 {
			app := fmt.Sprint("app-", i/100)
			labels = map[string]string{"app": app, "pod-template-hash": fmt.Sprint("h", i/100)}
			ref = metav1.OwnerReference{Kind: "ReplicaSet", Name: app, UID: types.UID(app), Controller: &yes}
			c.s.ReplicaSets.Table.Put(&appsv1.ReplicaSet{ObjectMeta: metav1.ObjectMeta{Name: app, Namespace: "default", UID: ref.UID},
				Spec: appsv1.ReplicaSetSpec{Selector: &metav1.LabelSelector{MatchLabels: labels}}})
		}
		c.s.Pods.Table.Put(&corev1.Pod{
			ObjectMeta: metav1.ObjectMeta{Name: fmt.Sprint("p", i), Namespace: "default", UID: types.UID(fmt.Sprint(i)), Labels: labels, OwnerReferences: []metav1.OwnerReference{ref}},
			Spec:       corev1.PodSpec{Containers: []corev1.Container{{Name: "c", Image: "nginx:1.27"}}},
		})
	}
}
