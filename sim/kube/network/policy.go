package network

import (
	"net/netip"
	"slices"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/util/intstr"

	"drydock/sim/machine"
)

// peer is one side of a connection as policies see it.
type peer struct {
	addr      netip.Addr
	namespace string // "" when it is no pod
	labels    map[string]string
	pod       *corev1.Pod
}

// mayEnter reports whether the network policies let a client in. A pod's own node
// always gets in, so that the kubelet's probes do.
func (n *Network) mayEnter(own *pod, client *machine.Namespace, to netip.AddrPort, proto string) bool {
	if client == own.node.machine.Net {
		return true
	}
	return n.allowed(own, networkingv1.PolicyTypeIngress, n.peerOf(client, clientAddr(client)), to.Port(), proto)
}

// mayLeave reports whether they let a connection out to a server.
func (n *Network) mayLeave(own *pod, server *machine.Namespace, to netip.AddrPort, proto string) bool {
	return n.allowed(own, networkingv1.PolicyTypeEgress, n.peerOf(server, to.Addr()), to.Port(), proto)
}

// peerOf is what is known of a stack.
func (n *Network) peerOf(net *machine.Namespace, addr netip.Addr) peer {
	switch {
	case net == nil:
	case n.dns != nil && net == n.dns.net:
		return peer{addr: addr, namespace: metav1.NamespaceSystem, labels: map[string]string{"k8s-app": "kube-dns"}}
	case n.byNet[net] != nil:
		p := n.byNet[net]
		if obj := n.live(p); obj != nil {
			return peer{addr: p.addr, namespace: obj.Namespace, labels: obj.Labels, pod: obj}
		}
		return peer{addr: p.addr}
	}
	return peer{addr: addr}
}

// allowed asks all policies that select a pod. Without one in a direction everything
// passes; with some, what one of their rules names.
func (n *Network) allowed(own *pod, direction networkingv1.PolicyType, other peer, port uint16, proto string) bool {
	list := n.server.NetworkPolicies.List(own.key.Namespace)
	if len(list) == 0 {
		return true
	}
	obj := n.live(own)
	if obj == nil {
		return true
	}
	isolated := false
	for _, policy := range list {
		if !selects(&policy.Spec.PodSelector, obj.Labels) || !concerns(policy, direction) {
			continue
		}
		isolated = true
		if direction == networkingv1.PolicyTypeIngress {
			for _, rule := range policy.Spec.Ingress {
				if n.fromPeers(policy.Namespace, rule.From, other) && onPorts(rule.Ports, port, proto, obj) {
					return true
				}
			}
			continue
		}
		for _, rule := range policy.Spec.Egress {
			if n.fromPeers(policy.Namespace, rule.To, other) && onPorts(rule.Ports, port, proto, other.pod) {
				return true
			}
		}
	}
	return !isolated
}

// concerns reports whether a policy isolates in a direction. Without policyTypes it
// does for ingress, and for egress where it has rules for that.
func concerns(p *networkingv1.NetworkPolicy, direction networkingv1.PolicyType) bool {
	if len(p.Spec.PolicyTypes) > 0 {
		return slices.Contains(p.Spec.PolicyTypes, direction)
	}
	return direction == networkingv1.PolicyTypeIngress || len(p.Spec.Egress) > 0
}

func selects(s *metav1.LabelSelector, have map[string]string) bool {
	selector, err := metav1.LabelSelectorAsSelector(s)
	return err == nil && selector.Matches(labels.Set(have))
}

// fromPeers reports whether a rule's list names the other side; an empty one names
// everybody.
func (n *Network) fromPeers(namespace string, list []networkingv1.NetworkPolicyPeer, other peer) bool {
	return len(list) == 0 || slices.ContainsFunc(list, func(p networkingv1.NetworkPolicyPeer) bool { return n.isPeer(namespace, p, other) })
}

func (n *Network) isPeer(namespace string, p networkingv1.NetworkPolicyPeer, other peer) bool {
	if p.IPBlock != nil {
		return inBlock(p.IPBlock, other.addr)
	}
	if other.namespace == "" {
		return false
	}
	if p.NamespaceSelector == nil {
		return other.namespace == namespace && p.PodSelector != nil && selects(p.PodSelector, other.labels)
	}
	ns, found := n.server.Namespaces.Get("", other.namespace)
	return found && selects(p.NamespaceSelector, ns.Labels) && (p.PodSelector == nil || selects(p.PodSelector, other.labels))
}

func inBlock(b *networkingv1.IPBlock, a netip.Addr) bool {
	cidr, err := netip.ParsePrefix(b.CIDR)
	if err != nil || !cidr.Contains(a) {
		return false
	}
	return !slices.ContainsFunc(b.Except, func(text string) bool {
		but, err := netip.ParsePrefix(text)
		return err == nil && but.Contains(a)
	})
}

// onPorts reports whether a rule's ports have one; none means all of them. A named
// port is looked up in the pod that is connected to.
func onPorts(list []networkingv1.NetworkPolicyPort, port uint16, protocol string, server *corev1.Pod) bool {
	return len(list) == 0 || slices.ContainsFunc(list, func(p networkingv1.NetworkPolicyPort) bool {
		kind := "tcp"
		if p.Protocol != nil {
			kind = proto(*p.Protocol)
		}
		switch {
		case kind != protocol:
			return false
		case p.Port == nil:
			return true
		case p.Port.Type == intstr.String:
			return server != nil && namedPort(server, p.Port.StrVal, protocol) == port
		case p.EndPort != nil:
			return int32(port) >= p.Port.IntVal && int32(port) <= *p.EndPort
		}
		return int32(port) == p.Port.IntVal
	})
}

// namedPort is the number of a port that a pod's containers name, or 0.
func namedPort(p *corev1.Pod, name, protocol string) uint16 {
	for _, c := range p.Spec.Containers {
		for _, own := range c.Ports {
			if own.Name == name && proto(own.Protocol) == protocol {
				return uint16(own.ContainerPort)
			}
		}
	}
	return 0
}
