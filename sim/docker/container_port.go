package docker

import (
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"drydock/sim/machine"
)

// openPort is a published port with what keeps it open.
type openPort struct {
	redirect *machine.Redirect
	proxy    *machine.Listener
}

// Ports that are handed out when none is asked for (Linux's ephemeral range).
const firstFreePort, lastFreePort = 32768, 60999

// publish opens the container's ports on the machine. A container whose start
// failed here keeps its network sandbox; at the next start Docker 29.7.2 takes it
// over as it is, without publishing anything.
func (e *Engine) publish(c *Container) error {
	if c.unplugged {
		c.unplugged = false
		return nil
	}
	ep := c.portEndpoint()
	if ep == nil {
		return nil
	}
	for _, b := range c.wantedPorts() {
		host, err := e.claim(b)
		if err != nil {
			c.unplugged = true
			e.unpublish(c)
			return fmt.Errorf("failed to set up container networking: driver failed programming external connectivity on endpoint %s (%s): %w", c.Name, ep.ID, err)
		}
		b.HostPort = host
		e.open(c, ep, b)
	}
	return nil
}

// portEndpoint is the connection that published ports lead to: the first bridge.
func (c *Container) portEndpoint() *Endpoint {
	i := slices.IndexFunc(c.Endpoints, func(ep *Endpoint) bool { return ep.Iface != nil && !ep.Network.Internal })
	if i < 0 {
		return nil
	}
	return c.Endpoints[i]
}

// wantedPorts are those of -p and, with -P, all that the image exposes.
func (c *Container) wantedPorts() []PortBinding {
	ports := slices.Clone(c.Host.PortBindings)
	if !c.Host.PublishAll {
		return ports
	}
	for _, text := range c.Config.ExposedPorts {
		number, proto, _ := strings.Cut(text, "/")
		port, err := strconv.Atoi(number)
		if proto == "" {
			proto = "tcp"
		}
		known := slices.ContainsFunc(ports, func(b PortBinding) bool { return b.Port == port && b.Proto == proto })
		if err == nil && !known {
			ports = append(ports, PortBinding{Port: port, Proto: proto})
		}
	}
	return ports
}

// claim finds the host port for a binding, or says who has it.
func (e *Engine) claim(b PortBinding) (int, error) {
	addr := hostAddr(b.HostIP)
	if b.HostPort == 0 {
		for port := firstFreePort; port <= lastFreePort; port++ {
			if e.publisher(addr, port, b.Proto) == nil && e.Machine.Net.Listening(addr, port, b.Proto) == nil {
				return port, nil
			}
		}
		return 0, fmt.Errorf("all ports are allocated")
	}
	if e.publisher(addr, b.HostPort, b.Proto) != nil {
		return 0, fmt.Errorf("Bind for %s:%d failed: port is already allocated", addr, b.HostPort)
	}
	if e.Machine.Net.Listening(addr, b.HostPort, b.Proto) != nil {
		return 0, fmt.Errorf("failed to bind host port %s:%d/%s: address already in use", addr, b.HostPort, b.Proto)
	}
	return b.HostPort, nil
}

// publisher is the container that has a port open on the machine, or nil.
func (e *Engine) publisher(addr netip.Addr, port int, proto string) *Container {
	for _, c := range e.containers {
		for _, p := range c.State.ports {
			other := hostAddr(p.HostIP)
			if p.HostPort == port && p.Proto == proto && (other == addr || other.IsUnspecified() || addr.IsUnspecified()) {
				return c
			}
		}
	}
	return nil
}

// Publisher is the container that has a TCP port open on any address of the
// machine, or nil.
func (e *Engine) Publisher(port int) *Container {
	return e.publisher(netip.IPv4Unspecified(), port, "tcp")
}

// open sends what arrives at the machine's port to the container. The engine's
// proxy holds the port, so that no other program can have it, and accepts before
// it knows whether anybody listens inside.
func (e *Engine) open(c *Container, ep *Endpoint, b PortBinding) {
	addr := hostAddr(b.HostIP)
	p := openPort{
		redirect: &machine.Redirect{
			Match: func(to netip.AddrPort, proto string) bool {
				return int(to.Port()) == b.HostPort && proto == b.Proto && (addr.IsUnspecified() && e.Machine.Net.Owns(to.Addr()) || addr == to.Addr())
			},
			Target: func() (*machine.Namespace, netip.AddrPort, bool) {
				if ep.Iface == nil {
					return nil, netip.AddrPort{}, false
				}
				return c.Net, netip.AddrPortFrom(ep.Iface.Addr, uint16(b.Port)), true
			},
			Proxied: true,
		},
		proxy: &machine.Listener{Addr: addr, Port: b.HostPort, Proto: b.Proto},
	}
	e.Machine.Net.AddRedirect(p.redirect)
	_ = e.Machine.Net.Listen(p.proxy)
	c.redirects = append(c.redirects, p)
	c.State.ports = append(c.State.ports, Published(b))
}

// unpublish closes the container's ports on the machine.
func (e *Engine) unpublish(c *Container) {
	for _, p := range c.redirects {
		e.Machine.Net.RemoveRedirect(p.redirect)
		e.Machine.Net.Close(p.proxy)
	}
	c.redirects, c.State.ports = nil, nil
}

// hostAddr is the address that a binding is for; every one by default.
func hostAddr(ip string) netip.Addr {
	if a, err := netip.ParseAddr(ip); err == nil {
		return a
	}
	return netip.IPv4Unspecified()
}
