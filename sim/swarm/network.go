package swarm

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"drydock/sim/clock"
	"drydock/sim/docker"
	"drydock/sim/machine"
)

// NetworkSpec is what an overlay network is to be.
type NetworkSpec struct {
	Name       string
	Ingress    bool
	Internal   bool
	Attachable bool
	Subnet     string
	Options    map[string]string
	Labels     map[string]string
}

// Network is an overlay network of the cluster.
type Network struct {
	Meta
	ID   string
	Spec NetworkSpec

	cluster *Cluster
	segment *machine.Segment
	on      map[*Member]*docker.Network // as the engines have it
	boxes   map[*Member]*machine.Namespace
	seen    []*Member // the keys of on, in order
}

// vip is a service's virtual address on a network.
type vip struct {
	network *Network
	addr    netip.Addr
	box     *machine.Namespace // holds the address
}

// Networks lists the overlay networks, the ingress network first.
func (c *Cluster) Networks() []*Network { return slices.Clone(c.networks) }

// FindNetwork finds an overlay network by id, name, or the beginning of an id.
func (c *Cluster) FindNetwork(ref string) (*Network, error) {
	return find("network", ref, c.networks, func(n *Network) string { return n.ID }, func(n *Network) string { return n.Spec.Name })
}

// newNetwork makes a network with the next free /24 of the swarm's address pool.
func (c *Cluster) newNetwork(spec NetworkSpec) *Network {
	subnet, err := netip.ParsePrefix(spec.Subnet)
	for i := 0; err != nil; i++ {
		p := netip.PrefixFrom(netip.AddrFrom4([4]byte{10, byte(i >> 8), byte(i), 0}), 24)
		if !slices.ContainsFunc(c.networks, func(n *Network) bool { return n.segment.Subnet.Overlaps(p) }) {
			subnet, err = p, nil
		}
	}
	n := &Network{ID: c.fleet.newID(), Spec: spec, cluster: c, on: map[*Member]*docker.Network{}, boxes: map[*Member]*machine.Namespace{}}
	c.touch(&n.Meta)
	site := c.fleet.site
	n.segment = &machine.Segment{
		Name: spec.Name, Subnet: subnet, Gateway: subnet.Addr().Next(), Internal: spec.Internal,
		Resolve: func(_ *machine.Namespace, name string) []netip.Addr { return n.resolve(name) },
		Virtual: n.virtual,
		Cut: func(from, to *machine.Namespace) bool {
			return site.LAN.Cut != nil && from.Machine != to.Machine && site.LAN.Cut(from, to)
		},
	}
	c.networks = append(c.networks, n)
	c.showNetworks()
	return n
}

// createOverlay is `docker network create -d overlay` on a manager.
func (m *Member) createOverlay(p *clock.Proc, spec docker.NetworkSpec) (*docker.Network, error) {
	c, err := m.Control(p)
	if err != nil {
		return nil, err
	}
	n, err := c.CreateNetwork(NetworkSpec{
		Name: spec.Name, Internal: spec.Internal, Attachable: spec.Attachable, Subnet: strings.Join(spec.Subnets, ","), Options: spec.Options, Labels: spec.Labels,
	})
	if err != nil {
		return nil, err
	}
	return n.on[m], nil
}

// CreateNetwork makes an overlay network.
func (c *Cluster) CreateNetwork(spec NetworkSpec) (*Network, error) {
	for _, n := range c.networks {
		if n.Spec.Name == spec.Name {
			return nil, fmt.Errorf("network with name %s already exists", spec.Name)
		}
	}
	if spec.Subnet != "" {
		p, err := netip.ParsePrefix(spec.Subnet)
		switch {
		case err != nil:
			return nil, fmt.Errorf("invalid network config:\ninvalid subnet %s: invalid CIDR block notation", spec.Subnet)
		case slices.ContainsFunc(c.networks, func(n *Network) bool { return n.segment.Subnet.Overlaps(p) }):
			return nil, rpcError("InvalidArgument", "invalid pool request: Pool overlaps with other one on this address space")
		}
	}
	n := c.newNetwork(spec)
	c.emit("network", spec.Name, "create", "the overlay network %s was created with the addresses %s", spec.Name, n.segment.Subnet)
	return n, nil
}

// removeOverlay is `docker network rm` of a swarm's network.
func (m *Member) removeOverlay(p *clock.Proc, n *docker.Network) error {
	c, err := m.Control(p)
	if err != nil {
		return err
	}
	o, err := c.FindNetwork(n.ID)
	if err != nil {
		return err
	}
	return c.RemoveNetwork(o)
}

// RemoveNetwork deletes a network that no service and no container uses.
func (c *Cluster) RemoveNetwork(n *Network) error {
	if n.Spec.Ingress {
		for _, s := range c.services {
			if slices.Contains(s.networks(), n) {
				return rpcError("FailedPrecondition", "ingress network cannot be removed because service %s depends on it", s.ID)
			}
		}
		return errors.New("docker: 'docker network rm ingress' is part of docker, but this simulator does not have it")
	}
	for _, s := range c.services {
		for _, a := range s.Spec.TaskTemplate.Networks {
			if a.Target == n.ID {
				return rpcError("FailedPrecondition", "network %s is in use by service %s", n.ID, s.ID)
			}
		}
	}
	for _, m := range n.seen {
		if on := n.on[m]; on != nil && slices.ContainsFunc(m.Engine.Members(on), func(o docker.Member) bool {
			return o.Endpoint.Iface != nil && o.Container.Config.Labels["com.docker.swarm.task.id"] == ""
		}) {
			return rpcError("FailedPrecondition", "network %s is in use by task %s", n.ID, m.Engine.Members(on)[0].Container.ID[:25])
		}
	}
	for _, m := range slices.Clone(n.seen) {
		n.hide(m)
	}
	c.networks = slices.DeleteFunc(c.networks, func(o *Network) bool { return o == n })
	c.emit("network", n.Spec.Name, "remove", "the overlay network %s was removed", n.Spec.Name)
	return nil
}

// learn makes an attachable network known to the engine of a node, because a
// container of its own joins it.
func (m *Member) learn(ref string) *docker.Network {
	if m.cluster == nil || m.cluster.leader == nil || !m.reaches(m.cluster.leader.member) {
		return nil
	}
	n, err := m.cluster.FindNetwork(ref)
	if err != nil {
		return nil
	}
	return n.show(m)
}

// show makes the network known to an engine.
func (n *Network) show(m *Member) *docker.Network {
	if on := n.on[m]; on != nil {
		return on
	}
	on := &docker.Network{
		ID: n.ID, Name: n.Spec.Name, Created: n.CreatedAt, Driver: "overlay", Scope: "swarm", Internal: n.Spec.Internal, Attachable: n.Spec.Attachable,
		Options: n.options(), Labels: n.Spec.Labels, Segment: n.segment, OwnSubnet: n.Spec.Subnet != "",
	}
	n.on[m] = on
	n.seen = append(n.seen, m)
	m.Engine.Adopt(on)
	return on
}

// options are those that the allocator adds (libnetwork, overlay).
func (n *Network) options() map[string]string {
	all := map[string]string{"com.docker.network.driver.overlay.vxlanid_list": fmt.Sprint(4096 + slices.Index(n.cluster.networks, n))}
	for k, v := range n.Spec.Options {
		all[k] = v
	}
	return all
}

// hide makes an engine forget the network.
func (n *Network) hide(m *Member) {
	if on := n.on[m]; on != nil {
		m.Engine.Disown(on)
		delete(n.on, m)
		n.seen = slices.DeleteFunc(n.seen, func(o *Member) bool { return o == m })
	}
	if box := n.boxes[m]; box != nil {
		n.segment.Detach(box)
		delete(n.boxes, m)
	}
}

// showNetworks makes all networks known on managers: they answer for them.
func (c *Cluster) showNetworks() {
	for _, m := range c.fleet.members {
		if m.cluster != c || m.node == nil || !m.node.voter {
			continue
		}
		for _, n := range c.networks {
			n.show(m)
		}
	}
}

// addIngress gives a node its part of the ingress network, and the bridge over
// which containers on overlay networks reach the world.
func (c *Cluster) addIngress(m *Member) {
	n := c.networks[0]
	n.show(m)
	if n.boxes[m] == nil {
		n.boxes[m] = machine.NewNamespace("ingress-sbox", m.Engine.Machine)
		n.segment.Attach(n.boxes[m], netip.Addr{})
	}
	if _, err := m.Engine.Network("docker_gwbridge"); err != nil {
		_, _ = m.Engine.CreateNetwork(docker.NetworkSpec{Name: "docker_gwbridge", Options: map[string]string{
			"com.docker.network.bridge.enable_icc": "false", "com.docker.network.bridge.enable_ip_masquerade": "true", "com.docker.network.bridge.name": "docker_gwbridge",
		}}) // without room for one more network its containers have no way out, as in the real thing
	}
	for _, s := range c.services {
		c.publishOn(s, m)
	}
}

// hideNetworks takes the swarm's networks off an engine that leaves.
func (m *Member) hideNetworks() {
	for _, n := range m.cluster.Networks() {
		n.hide(m)
	}
	for _, s := range m.cluster.services {
		m.cluster.unpublishOn(s, m)
	}
}

// hideUnused takes networks off workers that run nothing on them any more.
func (c *Cluster) hideUnused() {
	for _, n := range c.networks[1:] {
		for _, m := range slices.Clone(n.seen) {
			if on := n.on[m]; m.node != nil && !m.node.voter && on != nil && len(m.Engine.Members(on)) == 0 {
				n.hide(m)
			}
		}
	}
}

// allocate gives a service its ports and its virtual addresses.
func (c *Cluster) allocate(s *Service) {
	before := s.Endpoint.Ports
	s.Endpoint.Spec, s.Endpoint.Ports = EndpointSpec{}, nil
	if e := s.Spec.EndpointSpec; e != nil {
		s.Endpoint.Spec = *s.Spec.clone().EndpointSpec
		for _, p := range e.Ports {
			if p.PublishedPort == 0 && p.PublishMode != "host" {
				p.PublishedPort = c.freePort(p, before)
			}
			s.Endpoint.Ports = append(s.Endpoint.Ports, p)
		}
	}
	c.unpublish(s)
	var vips []vip
	if s.Endpoint.Spec.Mode != "dnsrr" {
		for _, n := range s.networks() {
			i := slices.IndexFunc(s.vips, func(v vip) bool { return v.network == n })
			if i >= 0 {
				vips = append(vips, s.vips[i])
				continue
			}
			box := machine.NewNamespace("vip-"+s.Spec.Name, c.fleet.members[0].Engine.Machine)
			vips = append(vips, vip{n, n.segment.Attach(box, netip.Addr{}).Addr, box})
		}
	}
	s.vips, s.Endpoint.VirtualIPs = vips, nil
	for _, v := range vips {
		s.Endpoint.VirtualIPs = append(s.Endpoint.VirtualIPs, EndpointVirtual{v.network.ID, netip.PrefixFrom(v.addr, v.network.segment.Subnet.Bits()).String()})
	}
	c.publish(s)
}

// freePort is the published port of a service that asks for any (swarmkit,
// allocator: 30000 to 32767).
func (c *Cluster) freePort(p PortConfig, before []PortConfig) uint32 {
	for _, o := range before {
		if o.TargetPort == p.TargetPort && o.Protocol == p.Protocol && o.PublishedPort >= 30000 {
			return o.PublishedPort
		}
	}
	for port := uint32(30000); ; port++ {
		taken := func(s *Service) bool {
			return slices.ContainsFunc(s.Endpoint.Ports, func(o PortConfig) bool { return o.PublishedPort == port && o.Protocol == p.Protocol })
		}
		if !slices.ContainsFunc(c.services, taken) {
			return port
		}
	}
}

// networks are those that the service's tasks join: the ingress network when it
// publishes ports there, and its own.
func (s *Service) networks() []*Network {
	var list []*Network
	if slices.ContainsFunc(s.Endpoint.Ports, func(p PortConfig) bool { return p.PublishMode != "host" }) {
		list = append(list, s.cluster.networks[0])
	}
	for _, a := range s.Spec.TaskTemplate.Networks {
		if n, err := s.cluster.FindNetwork(a.Target); err == nil {
			list = append(list, n)
		}
	}
	return list
}
