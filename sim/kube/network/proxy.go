package network

import (
	"cmp"
	"net/netip"
	"slices"
	"time"

	"drydock/sim/kube/api"
	"drydock/sim/kube/store"
	"drydock/sim/machine"
)

// proxyDelay is how long kube-proxy takes from hearing of a change to having its
// rules in the kernel.
const proxyDelay = 150 * time.Millisecond

// Proxy is the kube-proxy of one node (mode iptables). Stopped, its last rules stay
// in the kernel, and what changes takes no effect.
type Proxy struct {
	network   *Network
	node      *node
	component *api.Component
	queue     *api.Queue
	services  map[store.Key]*rules
	entries   map[entryKey]entry
	sticky    map[stickyKey]stuck
}

// entryKey is an address and port as packets carry it; node ports have no address.
type entryKey struct {
	addr  netip.Addr
	port  uint16
	proto string
}

// entry is what the rules do with it.
type entry struct {
	rules    *rules
	port     int
	external bool
}

// wire is one line of the rules of a service.
type wire struct {
	key entryKey
	entry
}

// wires are the lines that a service needs.
func (r *rules) wires() []wire {
	var list []wire
	for i, port := range r.ports {
		list = append(list, wire{entryKey{r.cluster, port.number, port.proto}, entry{r, i, false}})
		for _, a := range r.external {
			list = append(list, wire{entryKey{a, port.number, port.proto}, entry{r, i, true}})
		}
		if port.node != 0 {
			list = append(list, wire{entryKey{port: port.node, proto: port.proto}, entry{r, i, true}})
		}
	}
	return list
}

// stickyKey and stuck keep a client at its endpoint (sessionAffinity ClientIP).
type stickyKey struct {
	entry  entryKey
	client netip.Addr
}

type stuck struct {
	to    netip.AddrPort
	since time.Time
}

func (n *Network) newProxy(at *node) *Proxy {
	p := &Proxy{
		network: n, node: at, component: n.server.Component("kube-proxy " + at.name),
		services: map[store.Key]*rules{}, entries: map[entryKey]entry{}, sticky: map[stickyKey]stuck{},
	}
	p.queue = p.component.Queue(proxyDelay, p.sync)
	p.component.OnStart(p.resume)
	at.machine.OnPower(func(on bool) {
		if on {
			p.component.Resume()
		}
	})
	at.machine.Net.AddRedirect(&machine.Redirect{
		Match: func(to netip.AddrPort, proto string) bool { _, _, ok := p.find(to, proto); return ok },
		Choose: func(client *machine.Namespace, to netip.AddrPort, proto string) (machine.Hop, error) {
			return p.choose(client, to, proto)
		},
	})
	return p
}

// Component is kube-proxy as a program that can be stopped and started.
func (p *Proxy) Component() *api.Component { return p.component }

// resume looks at all services, also those that are gone.
func (p *Proxy) resume() {
	for _, s := range p.network.server.Services.List("") {
		p.queue.Add(store.KeyOf(s))
	}
	var known []store.Key
	for key := range p.services {
		known = append(known, key)
	}
	slices.SortFunc(known, func(a, b store.Key) int { return cmp.Compare(a.String(), b.String()) })
	for _, key := range known {
		p.queue.Add(key)
	}
}

// sync writes the rules of one service.
func (p *Proxy) sync(key store.Key) {
	if !p.node.machine.Powered {
		return // it looks at everything when it starts again
	}
	if old := p.services[key]; old != nil {
		for _, w := range old.wires() {
			if p.entries[w.key].rules == old {
				delete(p.entries, w.key)
			}
		}
		delete(p.services, key)
	}
	svc, found := p.network.server.Services.Get(key.Namespace, key.Name)
	if !found {
		return
	}
	r := p.network.compile(svc)
	if r == nil {
		return
	}
	p.services[key] = r
	for _, w := range r.wires() {
		p.entries[w.key] = w.entry
	}
}

// find is the rule for a packet.
func (p *Proxy) find(to netip.AddrPort, proto string) (entryKey, entry, bool) {
	key := entryKey{to.Addr(), to.Port(), proto}
	if e, ok := p.entries[key]; ok {
		return key, e, true
	}
	key.addr = netip.Addr{}
	e, ok := p.entries[key]
	return key, e, ok && !to.Addr().IsLoopback() && p.node.machine.Net.Owns(to.Addr())
}

// choose sends a connection to an endpoint of the service.
func (p *Proxy) choose(client *machine.Namespace, to netip.AddrPort, proto string) (machine.Hop, error) {
	key, e, _ := p.find(to, proto)
	port := e.rules.ports[e.port]
	list := port.endpoints
	inside := p.network.byNet[client] != nil || client == p.node.machine.Net
	// Traffic from within the cluster to an external address is not held to
	// externalTrafficPolicy (kube-proxy's pod-to-external shortcut).
	local := e.external && e.rules.local && !inside
	if local || !e.external && e.rules.inner {
		list = slices.DeleteFunc(slices.Clone(list), func(t target) bool { return t.node != p.node.name })
		if len(list) == 0 && len(port.endpoints) > 0 {
			return machine.Hop{}, machine.ErrTimeout // dropped, not refused
		}
	}
	if len(list) == 0 {
		return machine.Hop{}, machine.ErrRefused
	}
	at := p.pick(key, e, list, clientAddr(client))
	hop, err := p.network.toEndpoint(p.node, at)
	switch {
	case err != nil:
	case hop.At == client: // hairpin: else the pod would answer itself past the rules
		hop.From = p.masquerade(hop)
	case local: // the packet comes as it was sent
		hop.From = clientAddr(client)
	case e.external && p.network.byNet[client] == nil:
		hop.From = p.masquerade(hop)
	}
	return hop, err
}

// masquerade is the node's address as an endpoint sees it.
func (p *Proxy) masquerade(hop machine.Hop) netip.Addr {
	if hop.At == nil {
		return p.node.machine.Addr
	}
	return p.node.cidr.Addr().Next()
}

func clientAddr(client *machine.Namespace) netip.Addr {
	if list := client.Interfaces(); client != client.Machine.Net && len(list) > 0 {
		return list[0].Addr
	}
	return client.Machine.Addr
}

// pick chooses one of several endpoints: by affinity, else as good as at random.
func (p *Proxy) pick(key entryKey, e entry, list []target, client netip.Addr) netip.AddrPort {
	now, who := p.network.clock.Now(), stickyKey{key, client}
	if e.rules.affinity > 0 {
		s, found := p.sticky[who]
		if found && now.Sub(s.since) < e.rules.affinity && slices.ContainsFunc(list, func(t target) bool { return t.addr == s.to }) {
			p.sticky[who] = stuck{s.to, now}
			return s.to
		}
	}
	at := list[p.network.turn(p.node.name+" "+e.rules.service.String(), len(list))].addr
	if e.rules.affinity > 0 {
		p.sticky[who] = stuck{at, now}
	}
	return at
}

// turn draws one of n for somebody who chooses again and again. It does not use the
// clock's random source, so that a look at the network changes nothing else.
func (n *Network) turn(who string, of int) int {
	n.turns[who]++
	h := uint64(14695981039346656037)
	for _, b := range []byte(who) {
		h = (h ^ uint64(b)) * 1099511628211
	}
	h += n.turns[who] * 0x9e3779b97f4a7c15
	h = (h ^ h>>30) * 0xbf58476d1ce4e5b9
	h = (h ^ h>>27) * 0x94d049bb133111eb
	return int((h ^ h>>31) % uint64(of))
}
