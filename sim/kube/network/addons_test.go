package network_test

import (
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"drydock/sim/kube/network"
	"drydock/sim/kube/store"
	"drydock/sim/machine"
)

func TestAnUnknownAddonIsAnError(t *testing.T) {
	if err := network.CheckAddons([]string{"metallb", "istio"}); err == nil || !strings.Contains(err.Error(), `no addon "istio"`) {
		t.Errorf("the error is %v", err)
	}
}

func TestALoadBalancerWaitsForAProvider(t *testing.T) {
	y := newYard(t)
	y.pod("default", "a", "node-1", app("web"))
	y.service("web", func(s *corev1.Service) { s.Spec.Type = corev1.ServiceTypeLoadBalancer })
	y.clock.Advance(time.Minute)
	s, _ := y.Server.Services.Get("default", "web")
	if len(s.Status.LoadBalancer.Ingress) > 0 {
		t.Errorf("it has the address %v", s.Status.LoadBalancer.Ingress)
	}
	y.expect(y.laptop, "node-2", int(s.Spec.Ports[0].NodePort), "a")
}

func TestMetalLBGivesAddressesAndMovesThemWhenANodeFails(t *testing.T) {
	y := newYard(t, "metallb")
	y.pod("default", "a", "node-2", app("web"))
	y.service("web", func(s *corev1.Service) { s.Spec.Type = corev1.ServiceTypeLoadBalancer })
	s, _ := y.Server.Services.Get("default", "web")
	if len(s.Status.LoadBalancer.Ingress) != 1 {
		t.Fatal("it has no address")
	}
	ip := s.Status.LoadBalancer.Ingress[0].IP
	y.expect(y.laptop, ip, 80, "a")
	y.expect(y.laptop, ip, 81, timeout)
	y.site.Machine("node-1").SetPower(false)
	y.clock.Advance(5 * time.Second)
	y.expect(y.laptop, ip, 80, "a")
	if _, err := y.Server.Services.Delete("default", "web", gracefully()); err != nil {
		t.Fatal(err)
	}
	y.clock.Advance(time.Second)
	y.expect(y.laptop, ip, 80, noRoute)
}

// ask is the status and the body of an answer of the ingress controller.
func (y *yard) ask(proto, host, path string, insecure bool) (int, string) {
	y.Helper()
	s, _ := y.Server.Services.Get("ingress-nginx", "ingress-nginx-controller")
	port := int(s.Spec.Ports[0].NodePort)
	if proto == "https" {
		port = int(s.Spec.Ports[1].NodePort)
	}
	conn, err := y.laptop.Dial("node-1", port, "tcp")
	if err != nil {
		y.Fatal(err)
	}
	r := conn.Do(machine.Request{Proto: proto, Method: "GET", Host: host, Path: path, Insecure: insecure})
	if r.Err != nil {
		return 0, r.Err.Error()
	}
	return r.Status, r.Body
}

func (y *yard) answers(proto, host, path string, want int) {
	y.Helper()
	if got, body := y.ask(proto, host, path, true); got != want {
		y.Errorf("%s://%s%s answers %d, not %d: %s", proto, host, path, got, want, body)
	}
}

// shop is an ingress for shop.example.com.
func shop(change func(*networkingv1.Ingress)) *networkingv1.Ingress {
	exact, prefix, class := networkingv1.PathTypeExact, networkingv1.PathTypePrefix, "nginx"
	to := func(name string) networkingv1.IngressBackend {
		return networkingv1.IngressBackend{Service: &networkingv1.IngressServiceBackend{Name: name, Port: networkingv1.ServiceBackendPort{Number: 80}}}
	}
	rule := networkingv1.IngressRule{Host: "shop.example.com"}
	rule.HTTP = &networkingv1.HTTPIngressRuleValue{Paths: []networkingv1.HTTPIngressPath{
		{Path: "/index.html", PathType: &exact, Backend: to("web")}, {Path: "/cart", PathType: &prefix, Backend: to("cart")},
	}}
	i := &networkingv1.Ingress{ObjectMeta: metav1.ObjectMeta{Namespace: "default", Name: "shop"}, Spec: networkingv1.IngressSpec{IngressClassName: &class, Rules: []networkingv1.IngressRule{rule}}}
	if change != nil {
		change(i)
	}
	return i
}

func TestAnIngressRoutesByHostAndPath(t *testing.T) {
	y := newYard(t, "ingress-nginx")
	y.pod("default", "a", "node-2", app("web"))
	y.service("web", nil)
	y.answers("http", "shop.example.com", "/index.html", 404)
	if _, err := y.Server.Ingresses.Create(shop(nil)); err != nil {
		t.Fatal(err)
	}
	y.answers("http", "shop.example.com", "/index.html", 200)
	y.answers("http", "shop.example.com", "/index.html/", 404)
	y.answers("http", "shop.example.com", "/cart/1", 503)
	y.answers("http", "shop.example.com", "/carts", 404)
	y.answers("http", "other.example.com", "/index.html", 404)
	y.clock.Advance(30 * time.Second)
	i, _ := y.Server.Ingresses.Get("default", "shop")
	if len(i.Status.LoadBalancer.Ingress) != 1 {
		t.Errorf("its addresses are %v", i.Status.LoadBalancer.Ingress)
	}
	_, _ = y.Server.Pods.Delete("default", "a", gracefully())
	y.clock.Advance(time.Minute)
	y.answers("http", "shop.example.com", "/index.html", 503)
}

func TestAnIngressWithTLSSendsPlainRequestsToHTTPS(t *testing.T) {
	y := newYard(t, "ingress-nginx")
	y.pod("default", "a", "node-2", app("web"))
	y.service("web", nil)
	if _, err := y.Server.Ingresses.Create(shop(func(i *networkingv1.Ingress) {
		i.Spec.TLS = []networkingv1.IngressTLS{{Hosts: []string{"shop.example.com"}, SecretName: "cert"}}
	})); err != nil {
		t.Fatal(err)
	}
	y.answers("http", "shop.example.com", "/index.html", 308)
	y.answers("https", "shop.example.com", "/index.html", 200)
	if _, body := y.ask("https", "shop.example.com", "/index.html", false); body != machine.ErrUntrusted.Error() {
		t.Errorf("a client that checks certificates gets %q", body)
	}
}

func TestWithoutAControllerAnIngressDoesNothing(t *testing.T) {
	y := newYard(t)
	if _, err := y.Server.Ingresses.Create(shop(nil)); err != nil {
		t.Fatal(err)
	}
	y.clock.Advance(time.Minute)
	i, _ := y.Server.Ingresses.Get("default", "shop")
	if len(i.Status.LoadBalancer.Ingress) > 0 {
		t.Errorf("its addresses are %v", i.Status.LoadBalancer.Ingress)
	}
	y.expect(y.laptop, "node-1", 80, refused)
}

func TestAControllerThatIsToldToEndServesAWhileLonger(t *testing.T) {
	y := newYard(t, "ingress-nginx")
	y.pod("default", "a", "node-2", app("web"))
	y.service("web", nil)
	if _, err := y.Server.Ingresses.Create(shop(nil)); err != nil {
		t.Fatal(err)
	}
	d, _ := y.Server.Deployments.Get("ingress-nginx", "ingress-nginx-controller")
	d, none := store.Copy(d), int32(0)
	d.Spec.Replicas = &none
	if _, err := y.Server.Deployments.Update(d); err != nil {
		t.Fatal(err)
	}
	y.clock.Advance(5 * time.Second)
	y.answers("http", "shop.example.com", "/index.html", 200)
	y.clock.Advance(20 * time.Second)
	s, _ := y.Server.Services.Get("ingress-nginx", "ingress-nginx-controller")
	if _, err := y.laptop.Dial("node-1", int(s.Spec.Ports[0].NodePort), "tcp"); err == nil {
		t.Error("somebody answers, and no controller is left")
	}
}
