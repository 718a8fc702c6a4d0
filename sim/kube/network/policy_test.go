package network_test

import (
	"testing"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"drydock/sim/machine"
)

// policy makes one for all pods of default.
func (y *yard) policy(name string, spec networkingv1.NetworkPolicySpec) {
	y.Helper()
	if _, err := y.Server.NetworkPolicies.Create(&networkingv1.NetworkPolicy{ObjectMeta: metav1.ObjectMeta{Namespace: "default", Name: name}, Spec: spec}); err != nil {
		y.Fatal(err)
	}
}

// fromPods is a rule for the pods with a label, and a port.
func fromPods(labels map[string]string, port int32) networkingv1.NetworkPolicyIngressRule {
	at := intstr.FromInt32(port)
	return networkingv1.NetworkPolicyIngressRule{
		From:  []networkingv1.NetworkPolicyPeer{{PodSelector: &metav1.LabelSelector{MatchLabels: labels}}},
		Ports: []networkingv1.NetworkPolicyPort{{Port: &at}},
	}
}

func TestADenyPolicyDropsWhatComesIn(t *testing.T) {
	y := newYard(t)
	a, b := y.pod("default", "a", "node-1", app("web")), y.pod("default", "b", "node-2", app("shop"))
	ip := y.get("default", "a").Status.PodIP
	y.service("web", func(s *corev1.Service) { s.Spec.Type = corev1.ServiceTypeNodePort; s.Spec.Ports[0].NodePort = 30080 })
	y.expect(b, "web", 80, "a")
	y.policy("deny", networkingv1.NetworkPolicySpec{PolicyTypes: []networkingv1.PolicyType{networkingv1.PolicyTypeIngress}})
	y.expect(b, "web", 80, timeout)
	y.expect(b, ip, 80, timeout)
	y.expect(b, ip, 81, timeout) // dropped before anybody could refuse it
	y.expect(y.laptop, "node-2", 30080, timeout)
	y.expect(a, ip, 80, "a")
	y.expect(y.site.Machine("node-1").Net, ip, 80, "a") // the kubelet's probes
	y.policy("shop", networkingv1.NetworkPolicySpec{PodSelector: metav1.LabelSelector{MatchLabels: app("web")},
		Ingress: []networkingv1.NetworkPolicyIngressRule{fromPods(app("shop"), 80)}})
	y.expect(b, "web", 80, "a")
	y.expect(b, ip, 81, timeout)
	y.expect(a, y.get("default", "b").Status.PodIP, 80, timeout)
}

func TestAPolicyMayNameNamespacesAndAddresses(t *testing.T) {
	y := newYard(t)
	y.pod("default", "a", "node-1", app("web"))
	if _, err := y.Server.Namespaces.Create(&corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: "team", Labels: map[string]string{"team": "red"}}}); err != nil {
		t.Fatal(err)
	}
	y.clock.Advance(1e9)
	other, same := y.pod("team", "o", "node-2", app("shop")), y.pod("default", "s", "node-2", app("shop"))
	y.service("web", func(s *corev1.Service) { s.Spec.Type = corev1.ServiceTypeNodePort; s.Spec.Ports[0].NodePort = 30080 })
	y.policy("red", networkingv1.NetworkPolicySpec{PodSelector: metav1.LabelSelector{MatchLabels: app("web")}, Ingress: []networkingv1.NetworkPolicyIngressRule{{
		From: []networkingv1.NetworkPolicyPeer{
			{NamespaceSelector: &metav1.LabelSelector{MatchLabels: map[string]string{"team": "red"}}, PodSelector: &metav1.LabelSelector{MatchLabels: app("shop")}},
			{IPBlock: &networkingv1.IPBlock{CIDR: "192.168.56.0/24", Except: []string{"192.168.56.200/32"}}},
		},
	}}})
	y.expect(other, "web.default", 80, "a")
	y.expect(same, "web", 80, timeout)
	y.expect(y.laptop, "node-1", 30080, "a")
}

func TestDenyingWhatGoesOutTakesTheNamesAway(t *testing.T) {
	y := newYard(t)
	b := y.pod("default", "b", "node-2", app("shop"))
	y.pod("default", "a", "node-1", app("web"))
	web := y.service("web", nil).Spec.ClusterIP
	shop := metav1.LabelSelector{MatchLabels: app("shop")}
	y.policy("closed", networkingv1.NetworkPolicySpec{PodSelector: shop, PolicyTypes: []networkingv1.PolicyType{networkingv1.PolicyTypeEgress}})
	y.resolve(b, "web", machine.ErrTryAgain.Error())
	y.expect(b, web, 80, timeout)
	udp, port := corev1.ProtocolUDP, intstr.FromInt32(53)
	y.policy("names", networkingv1.NetworkPolicySpec{PodSelector: shop, PolicyTypes: []networkingv1.PolicyType{networkingv1.PolicyTypeEgress}, Egress: []networkingv1.NetworkPolicyEgressRule{{
		To:    []networkingv1.NetworkPolicyPeer{{NamespaceSelector: &metav1.LabelSelector{MatchLabels: map[string]string{"kubernetes.io/metadata.name": "kube-system"}}}},
		Ports: []networkingv1.NetworkPolicyPort{{Protocol: &udp, Port: &port}},
	}}})
	y.resolve(b, "web", web)
	y.expect(b, "web", 80, timeout)
	named := intstr.FromString("web")
	y.policy("web", networkingv1.NetworkPolicySpec{PodSelector: shop, PolicyTypes: []networkingv1.PolicyType{networkingv1.PolicyTypeEgress}, Egress: []networkingv1.NetworkPolicyEgressRule{{
		To:    []networkingv1.NetworkPolicyPeer{{PodSelector: &metav1.LabelSelector{MatchLabels: app("web")}}},
		Ports: []networkingv1.NetworkPolicyPort{{Port: &named}},
	}}})
	y.expect(b, "web", 80, "a")
}
