package network_test

import (
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"drydock/sim/machine"
)

// What a connection or a lookup comes to, in the words of package machine.
const (
	refused = "connection refused"
	timeout = "connection timed out"
	noRoute = "no route to host"
	unknown = "name does not resolve"
)

func TestPodsReachEachOtherAcrossNodesAndNobodyOutsideReachesThem(t *testing.T) {
	y := newYard(t)
	a, b := y.pod("default", "a", "node-1", nil), y.pod("default", "b", "node-2", nil)
	ip := y.get("default", "b").Status.PodIP
	y.expect(a, ip, 80, "b")
	y.expect(a, ip, 81, refused)
	y.expect(b, y.get("default", "a").Status.PodIP, 80, "a")
	y.expect(y.site.Machine("node-1").Net, ip, 80, "b")
	y.expect(y.laptop, ip, 80, timeout)
	conn, err := a.Dial(ip, 80, "tcp")
	if err != nil || conn.From.String() != y.get("default", "a").Status.PodIP {
		t.Errorf("b sees the client as %v (%v)", conn.From, err)
	}
	y.expect(a, "10.244.1.200", 80, noRoute)
	y.site.LAN.Cut = func(*machine.Namespace, *machine.Namespace) bool { return true }
	y.expect(a, ip, 80, timeout)
	y.site.LAN.Cut = nil
	y.site.Machine("node-2").SetPower(false)
	y.expect(a, ip, 80, noRoute)
}

func TestAServiceSpreadsOverItsReadyPods(t *testing.T) {
	y := newYard(t)
	c := y.pod("default", "c", "node-1", nil)
	s := y.service("web", nil)
	y.expect(c, s.Spec.ClusterIP, 80, refused)
	y.pod("default", "a", "node-1", app("web"))
	y.pod("default", "b", "node-2", app("web"))
	seen := map[string]int{}
	for range 40 {
		seen[y.dial(c, "web", 80)]++
	}
	if seen["a"] < 8 || seen["b"] < 8 || seen["a"]+seen["b"] != 40 {
		t.Errorf("the connections went to %v", seen)
	}
	y.expect(y.laptop, s.Spec.ClusterIP, 80, timeout)
	y.expect(c, s.Spec.ClusterIP, 81, timeout) // no rule for the port
	if got := y.dial(y.site.Machine("node-2").Net, s.Spec.ClusterIP, 80); got != "a" && got != "b" {
		t.Errorf("from a node: %s", got)
	}
}

func TestSessionAffinityKeepsAClientAtItsPod(t *testing.T) {
	y := newYard(t)
	c := y.pod("default", "c", "node-1", nil)
	y.pod("default", "a", "node-1", app("web"))
	y.pod("default", "b", "node-2", app("web"))
	y.service("web", func(s *corev1.Service) {
		s.Spec.SessionAffinity = corev1.ServiceAffinityClientIP
		s.Spec.Ports[0].TargetPort = intstr.FromString("web")
	})
	first := y.dial(c, "web", 80)
	for range 20 {
		y.expect(c, "web", 80, first)
	}
}

func TestAStoppedKubeProxyKeepsItsLastRules(t *testing.T) {
	y := newYard(t)
	c := y.pod("default", "c", "node-1", nil)
	y.pod("default", "a", "node-1", app("web"))
	y.service("web", nil)
	if err := y.SetComponent("kube-proxy", "node-1", false); err != nil {
		t.Fatal(err)
	}
	fresh := y.service("fresh", nil)
	y.expect(c, "web", 80, "a")
	y.expect(c, fresh.Spec.ClusterIP, 80, timeout)
	if got := y.dial(y.site.Machine("node-2").Net, fresh.Spec.ClusterIP, 80); got != "a" {
		t.Errorf("the other node's kube-proxy goes on: %s", got)
	}
	_ = y.SetComponent("kube-proxy", "node-1", true)
	y.clock.Advance(time.Second)
	y.expect(c, fresh.Spec.ClusterIP, 80, "a")
}

func TestANodePortIsOpenOnEveryNode(t *testing.T) {
	y := newYard(t)
	y.pod("default", "a", "node-1", app("web"))
	s := y.service("web", func(s *corev1.Service) { s.Spec.Type = corev1.ServiceTypeNodePort; s.Spec.Ports[0].NodePort = 30080 })
	y.expect(y.laptop, "node-1", 30080, "a")
	y.expect(y.laptop, "node-2", 30080, "a")
	y.expect(y.laptop, "node-2", 30081, refused)
	changed := s.DeepCopy()
	changed.Spec.ExternalTrafficPolicy = corev1.ServiceExternalTrafficPolicyLocal
	if _, err := y.Server.Services.Update(changed); err != nil {
		t.Fatal(err)
	}
	y.clock.Advance(time.Second)
	y.expect(y.laptop, "node-1", 30080, "a")
	y.expect(y.laptop, "node-2", 30080, timeout)
	conn, err := y.laptop.Dial("node-1", 30080, "tcp")
	if err != nil || conn.From != y.laptop.Machine.Addr {
		t.Errorf("with Local the pod sees the laptop itself, not %v (%v)", conn, err)
	}
}

func TestAServiceWithoutSelectorLeadsWhereItsSliceSays(t *testing.T) {
	y := newYard(t)
	c := y.pod("default", "c", "node-1", nil)
	y.service("legacy", func(s *corev1.Service) { s.Spec.Selector = nil })
	port, own := int32(8080), ""
	slice := &discoveryv1.EndpointSlice{
		ObjectMeta:  metav1.ObjectMeta{Namespace: "default", Name: "legacy-1", Labels: map[string]string{discoveryv1.LabelServiceName: "legacy"}},
		AddressType: discoveryv1.AddressTypeIPv4, Ports: []discoveryv1.EndpointPort{{Name: &own, Port: &port}},
		Endpoints: []discoveryv1.Endpoint{{Addresses: []string{y.laptop.Machine.Addr.String()}}},
	}
	if _, err := y.Server.EndpointSlices.Create(slice); err != nil {
		t.Fatal(err)
	}
	y.clock.Advance(time.Second)
	y.expect(c, "legacy", 80, refused)
	_ = y.laptop.Listen(&machine.Listener{Port: 8080, Proto: "tcp", Addr: y.laptop.Machine.Addr})
	y.expect(c, "legacy", 80, "laptop")
}

func TestPodsReachTheAPIServerByItsService(t *testing.T) {
	y := newYard(t)
	c := y.pod("default", "c", "node-1", nil)
	y.expect(c, "kubernetes.default.svc", 443, "control-plane")
	y.resolve(c, "kubernetes", "10.96.0.1")
}
