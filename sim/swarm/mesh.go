package swarm

import (
	"net/netip"
	"slices"
	"strings"

	"drydock/sim/docker"
	"drydock/sim/machine"
)

// meshPort is a published port of a service as one node has it open.
type meshPort struct {
	service  *Service
	port     PortConfig
	redirect *machine.Redirect
	listener *machine.Listener
	open     bool
}

// publish opens the service's ports in ingress mode on every node.
func (c *Cluster) publish(s *Service) {
	for _, m := range c.fleet.members {
		if m.cluster == c {
			c.publishOn(s, m)
		}
	}
}

func (c *Cluster) unpublish(s *Service) {
	for _, m := range c.fleet.members {
		if m.agent != nil {
			c.unpublishOn(s, m)
		}
	}
}

// publishOn opens the ports on one node. A port that another program holds stays
// with it.
func (c *Cluster) publishOn(s *Service, m *Member) {
	if m.agent == nil {
		return
	}
	for _, p := range s.Endpoint.Ports {
		known := slices.ContainsFunc(m.agent.mesh, func(o *meshPort) bool { return o.service == s && o.port == p })
		if p.PublishMode == "host" || known {
			continue
		}
		mp := &meshPort{service: s, port: p}
		m.agent.mesh = append(m.agent.mesh, mp)
		mp.claim(m)
	}
}

// claim opens a port of the mesh, unless something else has it.
func (p *meshPort) claim(m *Member) bool {
	net := m.Engine.Machine.Net
	if p.open || net.Listening(netip.IPv4Unspecified(), int(p.port.PublishedPort), p.port.Protocol) != nil {
		return p.open
	}
	p.redirect = &machine.Redirect{
		Match: func(to netip.AddrPort, proto string) bool {
			return uint32(to.Port()) == p.port.PublishedPort && proto == p.port.Protocol && net.Owns(to.Addr())
		},
		Target: func() (*machine.Namespace, netip.AddrPort, bool) { return p.service.route(m, p.port) },
	}
	p.listener = &machine.Listener{Addr: netip.IPv4Unspecified(), Port: int(p.port.PublishedPort), Proto: p.port.Protocol}
	net.AddRedirect(p.redirect)
	_ = net.Listen(p.listener) // it was free a moment ago
	p.open = true
	return true
}

func (c *Cluster) unpublishOn(s *Service, m *Member) {
	if m.agent == nil {
		return
	}
	m.agent.mesh = slices.DeleteFunc(m.agent.mesh, func(p *meshPort) bool {
		if p.service != s {
			return false
		}
		if p.open {
			m.Engine.Machine.Net.RemoveRedirect(p.redirect)
			m.Engine.Machine.Net.Close(p.listener)
		}
		return true
	})
}

// route chooses the task that gets a connection to a published port, one after
// the other, wherever it runs.
func (s *Service) route(m *Member, p PortConfig) (*machine.Namespace, netip.AddrPort, bool) {
	t := s.next(m.Engine.Machine)
	if t == nil {
		return nil, netip.AddrPort{}, false
	}
	c := t.container()
	for _, ep := range c.Endpoints {
		if ep.Iface != nil {
			return c.Net, netip.AddrPortFrom(ep.Iface.Addr, uint16(p.TargetPort)), true
		}
	}
	return nil, netip.AddrPort{}, false
}

// next is the next running task that a machine reaches; those whose machine does
// not answer any more are passed over.
func (s *Service) next(from *machine.Machine) *Task {
	var fit []*Task
	for _, t := range s.tasks {
		if t.serving() && reachable(from, t.node.member.Engine.Machine) {
			fit = append(fit, t)
		}
	}
	if len(fit) == 0 {
		return nil
	}
	s.turn++
	return fit[(s.turn-1)%len(fit)]
}

func reachable(from, to *machine.Machine) bool {
	lan := from.Site.LAN
	return to.Powered && (from == to || lan.Cut == nil || !lan.Cut(from.Net, to.Net))
}

// serving reports that the task's container runs and is to be sent requests.
func (t *Task) serving() bool {
	c := t.container()
	return t.State == Running && !t.draining && c != nil && c.Running() && c.Net != nil
}

// container is the task's container on its node, or nil.
func (t *Task) container() *docker.Container {
	if t.node == nil || t.node.member == nil || t.node.member.agent == nil {
		return nil
	}
	return t.node.member.agent.containers[t]
}

// addr is the task's address on a network.
func (t *Task) addr(n *Network) netip.Addr {
	if c := t.container(); c != nil && t.serving() {
		return c.Net.Addr(n.segment)
	}
	return netip.Addr{}
}

// resolve is the name service of an overlay network: services by name and by
// alias, "tasks." and the name for all tasks, and containers.
func (n *Network) resolve(name string) []netip.Addr {
	all := false
	if rest, ok := strings.CutPrefix(name, "tasks."); ok {
		name, all = rest, true
	}
	for _, s := range n.cluster.services {
		if !s.answersTo(n, name) {
			continue
		}
		if i := slices.IndexFunc(s.vips, func(v vip) bool { return v.network == n }); i >= 0 && !all {
			return []netip.Addr{s.vips[i].addr}
		}
		return s.addrs(n)
	}
	for _, m := range n.seen {
		for _, o := range m.Engine.Members(n.on[m]) {
			if o.Endpoint.Iface != nil && slices.ContainsFunc(o.DNSNames(), func(k string) bool { return strings.EqualFold(k, name) }) {
				return []netip.Addr{o.Endpoint.Iface.Addr}
			}
		}
	}
	return nil
}

// addrs are the addresses of the service's running tasks on a network.
func (s *Service) addrs(n *Network) []netip.Addr {
	var list []netip.Addr
	for _, t := range s.tasks {
		if a := t.addr(n); a.IsValid() {
			list = append(list, a)
		}
	}
	return list
}

// answersTo reports that a service is known by a name on a network.
func (s *Service) answersTo(n *Network, name string) bool {
	for _, a := range s.Spec.TaskTemplate.Networks {
		if a.Target != n.ID {
			continue
		}
		if strings.EqualFold(s.Spec.Name, name) || slices.ContainsFunc(a.Aliases, func(k string) bool { return strings.EqualFold(k, name) }) {
			return true
		}
	}
	return false
}

// virtual chooses the task behind a service's virtual address.
func (n *Network) virtual(from *machine.Namespace, to netip.AddrPort) (*machine.Namespace, netip.Addr, bool) {
	for _, s := range n.cluster.services {
		if !slices.ContainsFunc(s.vips, func(v vip) bool { return v.network == n && v.addr == to.Addr() }) {
			continue
		}
		t := s.next(from.Machine)
		if t == nil || !t.addr(n).IsValid() {
			return nil, netip.Addr{}, true
		}
		return t.container().Net, t.addr(n), true
	}
	return nil, netip.Addr{}, false
}
