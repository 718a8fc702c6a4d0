package cluster

import (
	"testing"
	"time"

	coordinationv1 "k8s.io/api/coordination/v1"
	corev1 "k8s.io/api/core/v1"
	policyv1 "k8s.io/api/policy/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"drydock/sim/clock"
	"drydock/sim/kube/api"
	"drydock/sim/kube/store"
)

// house is a cluster of which only the controllers of this package run.
type house struct {
	*api.Server
	*Cluster
	t *testing.T
}

func newHouse(t *testing.T) house {
	t.Helper()
	s := api.NewServer(clock.New(1, time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)))
	h := house{s, New(s, s.Component("kube-controller-manager")), t}
	h.namespace("default")
	h.namespace(leaseSpace)
	return h
}

func (h house) namespace(name string) {
	if _, err := h.Namespaces.Create(&corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: name}}); err != nil {
		h.t.Fatal(err)
	}
	h.Clock.Advance(time.Second)
}

func (h house) node(name string) {
	n := &corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: name}, Status: corev1.NodeStatus{Conditions: []corev1.NodeCondition{{Type: corev1.NodeReady, Status: corev1.ConditionTrue}}}}
	if _, err := h.Nodes.Create(n); err != nil {
		h.t.Fatal(err)
	}
	now := metav1.NewMicroTime(h.Clock.Now())
	lease := &coordinationv1.Lease{ObjectMeta: metav1.ObjectMeta{Namespace: leaseSpace, Name: name}, Spec: coordinationv1.LeaseSpec{RenewTime: &now}}
	if _, err := h.Leases.Create(lease); err != nil {
		h.t.Fatal(err)
	}
	h.Clock.Advance(6 * time.Second)
}

// pod makes a pod that runs and is ready.
func (h house) pod(name, node, ip string, owners ...metav1.OwnerReference) *corev1.Pod {
	p := &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Namespace: "default", Name: name, Labels: map[string]string{"app": "web"}, OwnerReferences: owners},
		Spec:       corev1.PodSpec{NodeName: node, Containers: []corev1.Container{{Name: "c", Image: "nginx:1.27"}}},
	}
	seconds := int64(300)
	p.Spec.Tolerations = []corev1.Toleration{{Key: corev1.TaintNodeUnreachable, Operator: corev1.TolerationOpExists, Effect: corev1.TaintEffectNoExecute, TolerationSeconds: &seconds}}
	if _, err := h.Pods.Create(p); err != nil {
		h.t.Fatal(err)
	}
	made, _ := h.Pods.Get("default", name)
	c := store.Copy(made)
	c.Status.Phase, c.Status.PodIP = corev1.PodRunning, ip
	c.Status.Conditions = []corev1.PodCondition{{Type: corev1.PodReady, Status: corev1.ConditionTrue}}
	h.Pods.SetStatus(c)
	h.Clock.Advance(time.Second)
	return c
}

func TestAServiceFindsTheReadyPodsOfItsSelector(t *testing.T) {
	h := newHouse(t)
	h.node("node-1")
	h.pod("a", "node-1", "10.244.0.9")
	h.pod("b", "node-1", "10.244.0.6")
	svc := &corev1.Service{ObjectMeta: metav1.ObjectMeta{Namespace: "default", Name: "web"}, Spec: corev1.ServiceSpec{
		Selector: map[string]string{"app": "web"}, Ports: []corev1.ServicePort{{Port: 80, TargetPort: intstr.FromInt32(80)}},
	}}
	if _, err := h.Services.Create(svc); err != nil {
		t.Fatal(err)
	}
	h.Clock.Advance(time.Second)
	ep, found := h.Endpoints.Get("default", "web")
	if !found || len(ep.Subsets) != 1 || len(ep.Subsets[0].Addresses) != 2 || ep.Subsets[0].Addresses[0].IP != "10.244.0.6" {
		t.Fatalf("endpoints: %+v", ep)
	}
	if _, err := h.Pods.Delete("default", "a", api.DeleteOptions{}); err != nil {
		t.Fatal(err)
	}
	h.Clock.Advance(time.Second)
	ep, _ = h.Endpoints.Get("default", "web")
	slices := h.EndpointSlices.List("default")
	if len(ep.Subsets[0].Addresses) != 1 || len(slices) != 1 || len(slices[0].Endpoints) != 2 {
		t.Fatalf("a terminating pod stays in the slice and leaves the endpoints: %+v %+v", ep.Subsets, slices)
	}
	if c := slices[0].Endpoints[1].Conditions; *c.Ready || !*c.Serving || !*c.Terminating {
		t.Errorf("the terminating pod is %+v", c)
	}
}

func TestADeadNodesPodsAreDeletedWhenTheirTolerationEnds(t *testing.T) {
	h := newHouse(t)
	h.node("node-1")
	h.pod("a", "node-1", "10.244.0.9")
	h.Clock.Advance(54 * time.Second)
	n, _ := h.Nodes.Get("", "node-1")
	if p, _ := h.Pods.Get("default", "a"); len(n.Spec.Taints) != 2 || readyStatus(n) != corev1.ConditionUnknown || isReady(p) {
		t.Fatalf("a minute after the last heartbeat: taints %v", n.Spec.Taints)
	}
	if h.Clock.Settled() {
		t.Error("a pod will be evicted, and the world counts as settled")
	}
	h.Clock.Advance(290 * time.Second)
	if p, _ := h.Pods.Get("default", "a"); p.DeletionTimestamp != nil {
		t.Error("evicted too early")
	}
	h.Clock.Advance(15 * time.Second)
	if p, _ := h.Pods.Get("default", "a"); p.DeletionTimestamp == nil {
		t.Error("not evicted after 300 s")
	}
	if _, err := h.Nodes.Delete("", "node-1", api.DeleteOptions{}); err != nil {
		t.Fatal(err)
	}
	h.Clock.Advance(90 * time.Second)
	if _, still := h.Pods.Get("default", "a"); still {
		t.Error("the pod of a deleted node is still there")
	}
}

func TestGarbageGoesWithItsOwnerUnlessOrphaned(t *testing.T) {
	for _, how := range []metav1.DeletionPropagation{metav1.DeletePropagationBackground, metav1.DeletePropagationForeground, metav1.DeletePropagationOrphan} {
		h := newHouse(t)
		owner, err := h.ConfigMaps.Create(&corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Namespace: "default", Name: "owner"}})
		if err != nil {
			t.Fatal(err)
		}
		yes := true
		ref := metav1.OwnerReference{APIVersion: "v1", Kind: "ConfigMap", Name: "owner", UID: owner.UID, BlockOwnerDeletion: &yes}
		h.pod("a", "", "", ref)
		if _, err := h.ConfigMaps.Delete("default", "owner", api.DeleteOptions{Propagation: how}); err != nil {
			t.Fatal(err)
		}
		h.Clock.Advance(time.Second)
		_, owned := h.ConfigMaps.Get("default", "owner")
		p, left := h.Pods.Get("default", "a")
		if orphan := how == metav1.DeletePropagationOrphan; owned || left != orphan || left && len(p.OwnerReferences) > 0 {
			t.Errorf("%s: owner there %v, pod there %v", how, owned, left)
		}
	}
}

func TestADeletedNamespaceTakesItsContentsWithIt(t *testing.T) {
	h := newHouse(t)
	h.namespace("team")
	if _, has := h.ConfigMaps.Get("team", rootCA); !has {
		t.Error("a namespace has no root certificate")
	}
	if _, err := h.Namespaces.Delete("", "team", api.DeleteOptions{}); err != nil {
		t.Fatal(err)
	}
	h.Clock.Advance(20 * time.Second)
	if _, still := h.Namespaces.Get("", "team"); still || len(h.ConfigMaps.List("team")) > 0 {
		t.Error("the namespace or its contents are still there")
	}
}

func TestABudgetRefusesAnEvictionThatItHasNoRoomFor(t *testing.T) {
	h := newHouse(t)
	h.node("node-1")
	h.pod("a", "node-1", "10.244.0.9")
	h.pod("b", "node-1", "10.244.0.6")
	one := intstr.FromInt32(1)
	b := &policyv1.PodDisruptionBudget{ObjectMeta: metav1.ObjectMeta{Namespace: "default", Name: "web"}, Spec: policyv1.PodDisruptionBudgetSpec{
		MinAvailable: &one, Selector: &metav1.LabelSelector{MatchLabels: map[string]string{"app": "web"}},
	}}
	if _, err := h.PodDisruptionBudgets.Create(b); err != nil {
		t.Fatal(err)
	}
	h.Clock.Advance(time.Second)
	if err := h.Evict("default", "a"); err != nil {
		t.Fatalf("two pods, one needed: %v", err)
	}
	h.Clock.Advance(time.Second)
	err := h.Evict("default", "b")
	if !apierrors.IsTooManyRequests(err) || err.Error() != "Cannot evict pod as it would violate the pod's disruption budget." {
		t.Errorf("the last pod: %v", err)
	}
}
