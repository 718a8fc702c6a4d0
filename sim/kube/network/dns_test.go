package network_test

import (
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"drydock/sim/machine"
)

func TestServicesHaveNames(t *testing.T) {
	y := newYard(t)
	c := y.pod("default", "c", "node-1", nil)
	web := y.service("web", nil).Spec.ClusterIP
	for _, name := range []string{"web", "WEB", "web.default", "web.default.svc", "web.default.svc.cluster.local", "web.default.svc.cluster.local."} {
		y.resolve(c, name, web)
	}
	for _, name := range []string{"web.", "web.other", "db", "web.default.svc.cluster.locale"} {
		y.resolve(c, name, unknown)
	}
	y.resolve(y.laptop, "web", unknown)
	y.resolve(c, "node-2", y.site.Machine("node-2").Addr.String())
}

func TestHeadlessServicesNameTheirPods(t *testing.T) {
	y := newYard(t)
	c := y.pod("default", "c", "node-1", nil)
	y.service("web", func(s *corev1.Service) { s.Spec.ClusterIP = corev1.ClusterIPNone })
	y.resolve(c, "web", unknown)
	y.pod("default", "a", "node-1", app("web"))
	y.pod("default", "b", "node-2", app("web"))
	a, b := y.get("default", "a").Status.PodIP, y.get("default", "b").Status.PodIP
	y.resolve(c, "web", a, b)
	p := y.get("default", "a").DeepCopy()
	p.ObjectMeta = metav1.ObjectMeta{Namespace: "default", Name: "db-0", Labels: app("web")}
	p.Spec.Hostname, p.Spec.Subdomain, p.Status = "db-0", "web", corev1.PodStatus{}
	if _, err := y.Server.Pods.Create(p); err != nil {
		t.Fatal(err)
	}
	y.clock.Advance(20e9)
	y.resolve(c, "db-0.web", y.get("default", "db-0").Status.PodIP)
	y.resolve(c, "db-1.web", unknown)
}

func TestAnExternalNameIsAnAlias(t *testing.T) {
	y := newYard(t)
	c := y.pod("default", "c", "node-1", nil)
	y.site.Internet.Serve("db.example.com", func(machine.Request) machine.Response { return machine.Response{Status: 200} })
	y.service("db", func(s *corev1.Service) {
		s.Spec = corev1.ServiceSpec{Type: corev1.ServiceTypeExternalName, ExternalName: "db.example.com"}
	})
	outside, _ := y.site.Internet.Lookup("db.example.com")
	y.resolve(c, "db", outside.String())
	y.expect(c, "db", 443, "the internet")
}

func TestWithoutANameServiceNothingResolves(t *testing.T) {
	y := newYard(t)
	c := y.pod("default", "c", "node-1", nil)
	y.pod("default", "a", "node-1", app("web"))
	web := y.service("web", nil).Spec.ClusterIP
	if err := y.SetComponent("coredns", "", false); err != nil {
		t.Fatal(err)
	}
	y.resolve(c, "web", machine.ErrTryAgain.Error())
	y.expect(c, web, 80, "a")
	_ = y.SetComponent("coredns", "", true)
	y.resolve(c, "web", web)
}

func TestAPodWithDNSPolicyDefaultKnowsNoServices(t *testing.T) {
	y := newYard(t)
	y.service("web", nil)
	p := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Namespace: "default", Name: "plain"}, Spec: corev1.PodSpec{
		NodeName: "node-1", DNSPolicy: corev1.DNSDefault, Containers: []corev1.Container{{Name: "c", Image: "nginx:1.27"}},
	}}
	if _, err := y.Server.Pods.Create(p); err != nil {
		t.Fatal(err)
	}
	y.clock.Advance(20e9)
	y.resolve(y.PodNetwork(y.get("default", "plain")), "web", unknown)
}
