package cluster

import (
	"fmt"
	"testing"
	"time"

	coordinationv1 "k8s.io/api/coordination/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"drydock/sim/kube/store"
)

// BenchmarkMonitor measures a minute of watching over 5,000 healthy nodes.
func BenchmarkMonitor(b *testing.B) {
	h := newHouse(&testing.T{})
	for i := range 5000 {
		name := fmt.Sprintf("node-%d", i)
		n := &corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: name}, Status: corev1.NodeStatus{Conditions: []corev1.NodeCondition{{Type: corev1.NodeReady, Status: corev1.ConditionTrue}}}}
		far := metav1.NewMicroTime(h.Clock.Now().Add(time.Hour))
		_, errNode := h.Nodes.Create(n)
		_, errLease := h.Leases.Create(&coordinationv1.Lease{ObjectMeta: metav1.ObjectMeta{Namespace: leaseSpace, Name: name}})
		if errNode != nil || errLease != nil {
			b.Fatal(errNode, errLease)
		}
		lease, _ := h.Leases.Get(leaseSpace, name)
		c := store.Copy(lease)
		c.Spec.RenewTime = &far
		h.Leases.SetStatus(c)
	}
	h.Clock.Advance(10 * time.Second)
	for b.Loop() {
		for _, l := range h.Leases.List(leaseSpace) {
			c := store.Copy(l)
			now := metav1.NewMicroTime(h.Clock.Now())
			c.Spec.RenewTime = &now
			h.Leases.SetStatus(c)
		}
		h.Clock.Advance(40 * time.Second)
	}
}
