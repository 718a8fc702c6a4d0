package docker

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
)

// EndpointSpec is how a container joins a network.
type EndpointSpec struct {
	Aliases []string
	Links   []string
	IP      string // --ip, or empty
}

// Member is a container with its connection to a network.
type Member struct {
	Container *Container
	Endpoint  *Endpoint
}

// Members lists the containers that are connected to a network, running or not,
// oldest first.
func (e *Engine) Members(n *Network) []Member {
	var members []Member
	for _, c := range e.containers {
		for _, ep := range c.Endpoints {
			if ep.Network == n {
				members = append(members, Member{c, ep})
			}
		}
	}
	return members
}

// Endpoint is the container's connection to a network, or nil.
func (c *Container) Endpoint(n *Network) *Endpoint {
	i := slices.IndexFunc(c.Endpoints, func(ep *Endpoint) bool { return ep.Network == n })
	if i < 0 {
		return nil
	}
	return c.Endpoints[i]
}

// newEndpoint checks what was asked for and records the connection. It is
// plugged in when the container runs.
func (e *Engine) newEndpoint(c *Container, n *Network, spec EndpointSpec) (*Endpoint, error) {
	ep := &Endpoint{Network: n, Aliases: spec.Aliases, Links: spec.Links}
	if err := ep.check(n, spec); err != nil {
		return nil, fmt.Errorf("invalid config for network %s: invalid endpoint settings:\n%w", n.Name, err)
	}
	if spec.IP != "" {
		ep.Asked, _ = netip.ParseAddr(spec.IP)
	}
	c.Endpoints = append(c.Endpoints, ep)
	return ep, nil
}

func (ep *Endpoint) check(n *Network, spec EndpointSpec) error {
	var errs []error
	if spec.IP != "" {
		a, err := netip.ParseAddr(spec.IP)
		switch {
		case err != nil || !a.Is4():
			errs = append(errs, fmt.Errorf("invalid IPv4 address: %s", spec.IP))
		case n.Predefined():
			errs = append(errs, errors.New("user specified IP address is supported on user defined networks only"))
		case n.Segment == nil || !n.OwnSubnet:
			errs = append(errs, errors.New("user specified IP address is supported only when connecting to networks with user configured subnets"))
		case !n.Segment.Subnet.Contains(a):
			errs = append(errs, fmt.Errorf("no configured subnet or ip-range contain the IP address %s", a))
		}
	}
	if len(spec.Aliases) > 0 && n.Predefined() {
		errs = append(errs, errors.New("network-scoped alias is supported only for containers in user defined networks"))
	}
	return errors.Join(errs...)
}

// plug connects the endpoint of a container that starts, or runs already.
func (e *Engine) plug(c *Container, ep *Endpoint) error {
	if ep.Network.Segment == nil || ep.Iface != nil {
		return nil
	}
	a, err := ep.Network.address(ep.Asked)
	if err != nil {
		return err
	}
	ep.ID, ep.MAC = e.hexID(), e.mac()
	ep.Iface = ep.Network.Segment.Attach(c.Net, a)
	ep.Iface.MAC = ep.MAC
	e.emit("network", ep.Network.Name, "connect", fmt.Sprintf("%s joined the network %s as %s", c.Name, ep.Network.Name, a),
		ep.Network.attributes(c))
	return nil
}

// unplug takes the container off the network; the endpoint stays for the next start.
func (e *Engine) unplug(c *Container, ep *Endpoint) {
	if ep.Iface == nil {
		return
	}
	ep.Network.Segment.Detach(c.Net)
	ep.Iface = nil
	e.emit("network", ep.Network.Name, "disconnect", fmt.Sprintf("%s left the network %s", c.Name, ep.Network.Name), ep.Network.attributes(c))
}

// mac is a random, locally administered address, as Docker gives since 28.
func (e *Engine) mac() string {
	r := e.Machine.Site.Clock.Rand()
	text := fmt.Sprintf("%02x", r.IntN(256)&0xfc|2)
	for range 5 {
		text += fmt.Sprintf(":%02x", r.IntN(256))
	}
	return text
}

// resolve is the engine's name service (127.0.0.11) on one network: names of
// containers, their aliases and short ids.
func (e *Engine) resolve(n *Network, name string) []netip.Addr {
	var found []netip.Addr
	for _, m := range e.Members(n) {
		if m.Endpoint.Iface != nil && m.answersTo(name) {
			found = append(found, m.Endpoint.Iface.Addr)
		}
	}
	return found
}

func (m Member) answersTo(name string) bool {
	return slices.ContainsFunc(m.DNSNames(), func(n string) bool { return strings.EqualFold(n, name) })
}

// DNSNames are the names under which the container is found on the network.
func (m Member) DNSNames() []string {
	if m.Endpoint.Network.Predefined() {
		return nil
	}
	names := []string{m.Container.Name}
	for _, alias := range append(slices.Clone(m.Endpoint.Aliases), m.Container.ID[:12]) {
		if !slices.Contains(names, alias) {
			names = append(names, alias)
		}
	}
	if h := m.Container.Host.Hostname; h != "" && !slices.Contains(names, h) {
		names = append(names, h)
	}
	return names
}

// Connect joins a container to one more network.
func (e *Engine) Connect(network, container string, spec EndpointSpec) error {
	n, err := e.Network(network)
	if err != nil {
		return err
	}
	c, err := e.Container(container)
	if err != nil {
		return err
	}
	switch {
	case c.Endpoint(n) != nil:
		return fmt.Errorf("endpoint with name %s already exists in network %s", c.Name, n.Name)
	case n.Driver == "host" || c.Host.NetworkMode == "host":
		return errors.New("cannot connect container to host network - container must be created in host network mode")
	case n.Driver == "null" || c.Host.NetworkMode == "none":
		return errors.New("container cannot be connected to multiple networks with one of the networks in private (none) mode")
	case strings.HasPrefix(c.Host.NetworkMode, "container:"):
		return errors.New("container sharing network namespace with another container or host cannot be connected to any other network")
	}
	ep, err := e.newEndpoint(c, n, spec)
	if err != nil {
		return err
	}
	if c.State.Status == "running" || c.State.Status == "paused" {
		if err := e.plug(c, ep); err != nil {
			c.Endpoints = slices.DeleteFunc(c.Endpoints, func(o *Endpoint) bool { return o == ep })
			return err
		}
	}
	c.refreshHosts()
	e.changed.Broadcast()
	return nil
}

// Disconnect takes a container off a network.
func (e *Engine) Disconnect(network, container string, force bool) error {
	n, err := e.Network(network)
	if err != nil {
		return err
	}
	c, err := e.Container(container)
	if err != nil {
		if force {
			return fmt.Errorf("endpoint %s not found", container)
		}
		return err
	}
	ep := c.Endpoint(n)
	switch {
	case n.Driver == "host" && c.Host.NetworkMode == "host":
		return errors.New("cannot disconnect container from host network - container was created in host network mode")
	case ep == nil && !c.Running():
		return fmt.Errorf("container %s is not connected to the network %s", c.ID, n.Name)
	case ep == nil:
		return fmt.Errorf("container %s is not connected to network %s", c.ID, n.Name)
	}
	e.unplug(c, ep)
	c.Endpoints = slices.DeleteFunc(c.Endpoints, func(o *Endpoint) bool { return o == ep })
	c.refreshHosts()
	e.changed.Broadcast()
	return nil
}

// Address is the endpoint's address with the size of its network; the zero
// prefix while the container does not run.
func (ep *Endpoint) Address() netip.Prefix {
	if ep.Iface == nil {
		return netip.Prefix{}
	}
	return netip.PrefixFrom(ep.Iface.Addr, ep.Network.Segment.Subnet.Bits())
}
