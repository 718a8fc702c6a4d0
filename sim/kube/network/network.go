// Package network is a cluster's network on its nodes' machines: the pods' own
// addresses and the routes between nodes (a CNI plugin such as flannel with host-gw),
// kube-proxy, CoreDNS, network policies, and the addons ingress-nginx and metallb.
// Connections are followed from stack to stack (package machine) and fail where the
// packets of a real cluster would.
package network

import (
	"net/netip"
	"slices"

	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"

	"drydock/sim/clock"
	"drydock/sim/kube/api"
	"drydock/sim/kube/kubelet"
	"drydock/sim/kube/store"
	"drydock/sim/machine"
)

// DNSAddress is where pods find the cluster's name service: the tenth address of the
// Services' range, as kubeadm chooses it.
func DNSAddress() netip.Addr { return netip.MustParseAddr("10.96.0.10") }

// PodNetwork is the range of all pods' addresses (--pod-network-cidr), wide enough for
// the largest cluster; serviceRange is that of the Services.
func podNetwork() netip.Prefix   { return netip.MustParsePrefix("10.64.0.0/10") }
func otherPods() netip.Prefix    { return netip.MustParsePrefix("10.244.0.0/16") }
func serviceRange() netip.Prefix { return netip.MustParsePrefix("10.96.0.0/12") }

// inPodNetwork reports an address that only a pod can have.
func inPodNetwork(a netip.Addr) bool {
	return otherPods().Contains(a) || podNetwork().Contains(a) && !serviceRange().Contains(a)
}

// Network is the network of one cluster.
type Network struct {
	server *api.Server
	clock  *clock.Clock
	site   *machine.Site
	nodes  []*node
	byCIDR map[netip.Prefix]*node
	pods   map[netip.Addr]*pod // those with a network stack
	byNet  map[*machine.Namespace]*pod
	slices *store.Index[*discoveryv1.EndpointSlice] // by service
	dns    *hiddenDNS
	turns  map[string]uint64 // how often a choice was made
	balancer
}

// node is a node with a machine.
type node struct {
	name      string
	machine   *machine.Machine
	cidr      netip.Prefix
	proxy     *Proxy
	hostPorts map[portKey]hostPort
}

// pod is a pod that has a network stack of its own.
type pod struct {
	key  store.Key
	node *node
	net  *machine.Namespace
	addr netip.Addr
	dns  kubelet.DNS
}

// New makes the network of a cluster whose nodes are added one by one.
func New(server *api.Server, site *machine.Site) *Network {
	n := &Network{
		server: server, clock: server.Clock, site: site, byCIDR: map[netip.Prefix]*node{}, pods: map[netip.Addr]*pod{},
		byNet: map[*machine.Namespace]*pod{}, turns: map[string]uint64{},
	}
	n.slices = server.EndpointSlices.Table.Index(func(s *discoveryv1.EndpointSlice) []string { return []string{serviceOf(s).String()} })
	server.Services.Watch(func(c store.Change[*corev1.Service]) { n.changed(store.KeyOf(c.Now())) })
	server.EndpointSlices.Watch(func(c store.Change[*discoveryv1.EndpointSlice]) {
		if c.Type == store.Modified && serviceOf(c.Old) != serviceOf(c.New) {
			n.changed(serviceOf(c.Old))
		}
		n.changed(serviceOf(c.Now()))
	})
	return n
}

// serviceOf is the service that a slice belongs to by its label.
func serviceOf(s *discoveryv1.EndpointSlice) store.Key {
	return store.Key{Namespace: s.Namespace, Name: s.Labels[discoveryv1.LabelServiceName]}
}

// changed tells every kube-proxy of a service that is not what it was.
func (n *Network) changed(service store.Key) {
	if service.Name == "" {
		return
	}
	for _, m := range n.nodes {
		m.proxy.queue.Add(service)
	}
	n.balance(service)
}

// AddNode makes a machine a node of the network and starts its kube-proxy. The segment
// is for the node's kubelet to plug pods into, Joined and Left for it to call.
func (n *Network) AddNode(name string, m *machine.Machine, cidr netip.Prefix) *machine.Segment {
	segment := &machine.Segment{Name: "cni0", Subnet: cidr, Gateway: cidr.Addr().Next(), Routed: true}
	segment.Attach(m.Net, segment.Gateway)
	at := &node{name: name, machine: m, cidr: cidr, hostPorts: map[portKey]hostPort{}}
	n.nodes = append(n.nodes, at)
	n.byCIDR[cidr] = at
	at.proxy = n.newProxy(at)
	m.Net.AddRedirect(&machine.Redirect{Match: at.routes, Choose: func(_ *machine.Namespace, to netip.AddrPort, _ string) (machine.Hop, error) {
		return n.route(at, to)
	}})
	m.Net.AddRedirect(n.hiddenDNSRoute())
	m.Net.AddRedirect(at.hostPortRoute())
	return segment
}

// Proxy is the kube-proxy of a node, or nil.
func (n *Network) Proxy(node string) *Proxy {
	if at := n.node(node); at != nil {
		return at.proxy
	}
	return nil
}

func (n *Network) node(name string) *node {
	i := slices.IndexFunc(n.nodes, func(m *node) bool { return m.name == name })
	if i < 0 {
		return nil
	}
	return n.nodes[i]
}

// Joined takes a pod into the network, for a kubelet's Config.
func (n *Network) Joined(p *corev1.Pod, net *machine.Namespace, dns kubelet.DNS) {
	at := n.node(p.Spec.NodeName)
	if at == nil || len(net.Interfaces()) == 0 {
		return
	}
	own := &pod{key: store.KeyOf(p), node: at, net: net, addr: net.Interfaces()[0].Addr, dns: dns}
	n.pods[own.addr], n.byNet[net] = own, own
	net.Resolver = func(name string) ([]netip.Addr, error) { return n.resolve(own, name) }
	net.Leaving = func(server *machine.Namespace, to netip.AddrPort, proto string) bool {
		return n.mayLeave(own, server, to, proto)
	}
	net.Entering = func(client *machine.Namespace, to netip.AddrPort, proto string) bool {
		return n.mayEnter(own, client, to, proto)
	}
	at.openHostPorts(p, own)
}

// Left takes the pod of a stack out of the network.
func (n *Network) Left(net *machine.Namespace) {
	own := n.byNet[net]
	if own == nil {
		return
	}
	delete(n.byNet, net)
	if n.pods[own.addr] == own {
		delete(n.pods, own.addr)
	}
	own.node.closeHostPorts(own)
}

// routes reports an address that the node sends to another node: a pod's there.
func (m *node) routes(to netip.AddrPort, _ string) bool {
	return inPodNetwork(to.Addr()) && !m.cidr.Contains(to.Addr())
}

// route is the way from a node to a pod on another one.
func (n *Network) route(from *node, to netip.AddrPort) (machine.Hop, error) {
	cidr, _ := to.Addr().Prefix(from.cidr.Bits())
	there := n.byCIDR[cidr]
	if there == nil {
		return machine.Hop{}, machine.ErrTimeout // the default route has nobody for it
	}
	if err := reach(from.machine, there.machine); err != nil {
		return machine.Hop{}, err
	}
	p := n.pods[to.Addr()]
	if p == nil {
		return machine.Hop{}, machine.ErrNoRoute
	}
	return machine.Hop{At: p.net, To: to}, nil
}

// reach tells why a machine's packets do not get to another one, or nil.
func reach(from, to *machine.Machine) error {
	lan := from.Site.LAN
	switch {
	case from == to:
		return nil
	case !to.Powered:
		return machine.ErrNoRoute
	case lan.Cut != nil && lan.Cut(from.Net, to.Net):
		return machine.ErrTimeout
	}
	return nil
}

// toEndpoint is the way from a node to an endpoint of a service: a pod, or any other
// address.
func (n *Network) toEndpoint(from *node, to netip.AddrPort) (machine.Hop, error) {
	if inPodNetwork(to.Addr()) && !from.cidr.Contains(to.Addr()) {
		return n.route(from, to)
	}
	if p := n.pods[to.Addr()]; p != nil {
		return machine.Hop{At: p.net, To: to}, nil
	}
	return machine.Hop{To: to}, nil
}

// live is the latest version of a pod, or nil.
func (n *Network) live(p *pod) *corev1.Pod {
	obj, found := n.server.Pods.Get(p.key.Namespace, p.key.Name)
	if !found {
		return nil
	}
	return obj
}
