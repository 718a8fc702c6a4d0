package network

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"drydock/sim/kube/api"
	"drydock/sim/kube/store"
	"drydock/sim/machine"
)

// The pool that metallb has for services: free addresses of the machines' network.
const (
	poolFirst = 240
	poolLast  = 250
)

// allocateDelay is what metallb's controller takes to give a service its address.
const allocateDelay = 300 * time.Millisecond

// balancer is metallb in layer 2 mode: its controller gives services of the type
// LoadBalancer addresses, its speakers answer for them on the machines' network.
type balancer struct {
	component *api.Component // nil without the addon
	queue     *api.Queue
	given     map[store.Key]*announcement
}

// announcement is one address that a node's speaker answers for.
type announcement struct {
	addr netip.Addr
	node *node
	net  *machine.Namespace
}

// startBalancer begins to serve load balancers.
func (n *Network) startBalancer() *api.Component {
	b := &n.balancer
	b.component = n.server.Component("metallb")
	b.queue = b.component.Queue(allocateDelay, n.syncBalancer)
	b.given = map[store.Key]*announcement{}
	again := func() {
		for _, s := range n.server.Services.List("") {
			n.balance(store.KeyOf(s))
		}
	}
	b.component.OnStart(again)
	n.server.Pods.Watch(func(c store.Change[*corev1.Pod]) {
		if c.Now().Namespace == metallbSpace && c.Type == store.Modified && isReady(c.Old) != isReady(c.New) {
			again()
		}
	})
	for _, at := range n.nodes {
		at.machine.OnPower(func(bool) { n.clock.After(failoverTime, again) })
	}
	return b.component
}

// failoverTime is how long the speakers take to notice that one of them is gone.
const failoverTime = 3 * time.Second

// balance takes note of a service that may need an address.
func (n *Network) balance(service store.Key) {
	if n.balancer.queue == nil {
		return
	}
	s, found := n.server.Services.Get(service.Namespace, service.Name)
	if found && s.Spec.Type == corev1.ServiceTypeLoadBalancer || n.given[service] != nil {
		n.balancer.queue.Add(service)
	}
}

// syncBalancer gives a service its address, or takes it back.
func (n *Network) syncBalancer(key store.Key) {
	svc, found := n.server.Services.Get(key.Namespace, key.Name)
	wants := found && svc.Spec.Type == corev1.ServiceTypeLoadBalancer && svc.DeletionTimestamp == nil &&
		(svc.Spec.LoadBalancerClass == nil || *svc.Spec.LoadBalancerClass == "")
	a := n.given[key]
	switch {
	case !wants && a != nil:
		n.withdraw(a)
		delete(n.given, key)
		if found && len(svc.Status.LoadBalancer.Ingress) > 0 {
			c := store.Copy(svc)
			c.Status.LoadBalancer = corev1.LoadBalancerStatus{}
			n.server.Services.SetStatus(c)
		}
	case !wants || len(n.readyPods(metallbSpace, "component", "controller")) == 0:
	case a == nil:
		n.assign(svc)
	}
	if a := n.given[key]; a != nil && wants {
		n.announce(svc, a)
	}
}

// assign finds a free address and writes it into the service's status.
func (n *Network) assign(svc *corev1.Service) {
	from := api.Source{Component: "metallb-controller"}
	addr, ok := n.freeAddress(svc.Spec.LoadBalancerIP) //nolint:staticcheck // what learners write
	if !ok {
		n.server.Event(from, "Service", svc, "", "Warning", "AllocationFailed", fmt.Sprintf("Failed to allocate IP for %q: no available IPs", store.KeyOf(svc)))
		return
	}
	n.given[store.KeyOf(svc)] = &announcement{addr: addr}
	c, mode := store.Copy(svc), corev1.LoadBalancerIPModeVIP
	c.Status.LoadBalancer = corev1.LoadBalancerStatus{Ingress: []corev1.LoadBalancerIngress{{IP: addr.String(), IPMode: &mode}}}
	n.server.Services.SetStatus(c)
	n.server.Event(from, "Service", svc, "", "Normal", "IPAllocated", fmt.Sprintf("Assigned IP [%q]", addr))
}

// freeAddress is the wanted address of the pool, or the first free one.
func (n *Network) freeAddress(wanted string) (netip.Addr, bool) {
	base := n.site.LAN.Subnet.Addr().As4()
	used := map[netip.Addr]bool{}
	for _, a := range n.given {
		used[a.addr] = true
	}
	for last := poolFirst; last <= poolLast; last++ {
		base[3] = byte(last)
		a := netip.AddrFrom4(base)
		if !used[a] && n.site.LAN.Free(a) && (wanted == "" || wanted == a.String()) {
			return a, true
		}
	}
	return netip.Addr{}, false
}

// announce makes a node with a speaker answer for an address: with the policy Local
// one that has an endpoint.
func (n *Network) announce(svc *corev1.Service, a *announcement) {
	var with []string
	for _, p := range n.readyPods(metallbSpace, "component", "speaker") {
		with = append(with, p.Spec.NodeName)
	}
	local := svc.Spec.ExternalTrafficPolicy == corev1.ServiceExternalTrafficPolicyLocal
	fits := func(at *node) bool {
		return at.machine.Powered && slices.Contains(with, at.name) && (!local || n.hasEndpoint(svc, at.name))
	}
	if a.node != nil && fits(a.node) {
		return
	}
	n.withdraw(a)
	i := slices.IndexFunc(n.nodes, fits)
	if i < 0 {
		return
	}
	a.node = n.nodes[i]
	a.net = machine.NewNamespace(a.node.name, a.node.machine)
	n.site.LAN.Attach(a.net, a.addr)
	a.net.AddRedirect(&machine.Redirect{
		Match: func(netip.AddrPort, string) bool { return true },
		Choose: func(_ *machine.Namespace, to netip.AddrPort, proto string) (machine.Hop, error) {
			return n.arrived(a.node, to, proto)
		},
	})
	n.server.Event(api.Source{Component: "metallb-speaker"}, "Service", svc, "", "Normal", "nodeAssigned",
		fmt.Sprintf("announcing from node %q with protocol %q", a.node.name, "layer2"))
}

// arrived is a packet for a load balancer's address on the node that answers for it.
// Without a rule of its kube-proxy the packet has nowhere to go.
func (n *Network) arrived(at *node, to netip.AddrPort, proto string) (machine.Hop, error) {
	if _, _, ok := at.proxy.find(to, proto); !ok {
		return machine.Hop{}, machine.ErrTimeout
	}
	return machine.Hop{At: at.machine.Net, To: to}, nil
}

func (n *Network) withdraw(a *announcement) {
	if a.net != nil {
		n.site.LAN.Detach(a.net)
	}
	a.net, a.node = nil, nil
}

func (n *Network) hasEndpoint(svc *corev1.Service, node string) bool {
	for _, p := range svc.Spec.Ports {
		for _, t := range endpointsOf(n.slices.Get(store.KeyOf(svc).String()), p.Name, proto(p.Protocol)) {
			if t.node == node {
				return true
			}
		}
	}
	return false
}

// readyPods are the pods of a namespace with a label that are ready, by name.
func (n *Network) readyPods(namespace, label, value string) []*corev1.Pod {
	var list []*corev1.Pod
	for _, p := range n.server.Pods.List(namespace) {
		if p.Labels[label] == value && isReady(p) {
			list = append(list, p)
		}
	}
	slices.SortFunc(list, func(a, b *corev1.Pod) int { return cmp.Compare(a.Name, b.Name) })
	return list
}

func isReady(p *corev1.Pod) bool {
	return slices.ContainsFunc(p.Status.Conditions, func(c corev1.PodCondition) bool {
		return c.Type == corev1.PodReady && c.Status == corev1.ConditionStatus(metav1.ConditionTrue)
	})
}
