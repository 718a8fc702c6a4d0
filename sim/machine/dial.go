package machine

import "net/netip"

// Dial connects to a host by name or address. It takes no virtual time itself;
// a caller that shows a person an ErrTimeout should let the time pass first.
func (n *Namespace) Dial(host string, port int, proto string) (*Conn, error) {
	addrs, err := n.LookupHost(host)
	if err != nil {
		return nil, err
	}
	for _, a := range addrs {
		var c *Conn
		if c, err = n.DialAddr(netip.AddrPortFrom(a, uint16(port)), proto); err == nil {
			return c, nil
		}
	}
	return nil, err
}

// DialAddr connects to an address, step by step as packets would go: this
// stack's own redirects and listeners, its networks, then the gateway's machine.
func (n *Namespace) DialAddr(to netip.AddrPort, proto string) (*Conn, error) {
	return n.dial(n, to, proto, 0)
}

// maxHops ends a loop of redirects.
const maxHops = 8

func (n *Namespace) dial(client *Namespace, to netip.AddrPort, proto string, hops int) (*Conn, error) {
	if hops > maxHops {
		return nil, ErrTimeout
	}
	if r := n.redirect(to, proto); r != nil {
		return n.follow(r, client, to, proto, hops)
	}
	if to.Addr().IsLoopback() || n.owns(to.Addr()) {
		return n.accept(client, to, proto)
	}
	for _, i := range n.ifaces {
		if i.Segment.Subnet.Contains(to.Addr()) {
			return i.deliver(client, to, proto, hops)
		}
	}
	for _, i := range n.ifaces {
		if i.Segment.Route != nil {
			if next := i.Segment.Route(n, to.Addr()); next != nil {
				return next.arrive(client, to, proto, hops+1)
			}
		}
	}
	return n.viaGateway(client, to, proto, hops)
}

// deliver hands a connection to the neighbour that has the address.
func (i *Interface) deliver(client *Namespace, to netip.AddrPort, proto string, hops int) (*Conn, error) {
	if to.Addr() == i.Segment.Gateway && i.Net != i.Net.Machine.Net {
		return i.Net.Machine.Net.arrive(client, to, proto, hops+1)
	}
	if i.Segment.Virtual != nil {
		if at, addr, known := i.Segment.Virtual(i.Net, to); known && at == nil {
			return nil, ErrRefused
		} else if known {
			return i.deliver(client, netip.AddrPortFrom(addr, to.Port()), proto, hops+1)
		}
	}
	peer := i.Segment.at(to.Addr())
	if peer == nil || !peer.Net.Machine.Powered {
		return nil, ErrNoRoute
	}
	if i.Segment.Cut != nil && i.Segment.Cut(i.Net, peer.Net) {
		return nil, ErrTimeout
	}
	return peer.Net.arrive(client, to, proto, hops+1)
}

// arrive is a connection that comes in from outside the stack.
func (n *Namespace) arrive(client *Namespace, to netip.AddrPort, proto string, hops int) (*Conn, error) {
	if hops > maxHops {
		return nil, ErrTimeout
	}
	if r := n.redirect(to, proto); r != nil {
		return n.follow(r, client, to, proto, hops)
	}
	return n.accept(client, to, proto)
}

func (n *Namespace) follow(r *Redirect, client *Namespace, to netip.AddrPort, proto string, hops int) (*Conn, error) {
	if r.Choose != nil {
		return n.choose(r, client, to, proto, hops)
	}
	at, to, ok := r.Target()
	if !ok {
		if r.Proxied {
			return nil, ErrReset
		}
		return nil, ErrRefused
	}
	conn, err := at.arrive(client, to, proto, hops+1)
	if err != nil && r.Proxied {
		return nil, ErrReset
	}
	return conn, err
}

// choose follows a redirect that looks at the client.
func (n *Namespace) choose(r *Redirect, client *Namespace, to netip.AddrPort, proto string, hops int) (*Conn, error) {
	hop, err := r.Choose(client, to, proto)
	if err != nil {
		return nil, err
	}
	var conn *Conn
	if hop.At != nil {
		conn, err = hop.At.arrive(client, hop.To, proto, hops+1)
	} else {
		conn, err = n.dial(client, hop.To, proto, hops+1)
	}
	if err == nil && hop.From.IsValid() {
		conn.From = hop.From
	}
	return conn, err
}

// passes reports whether the firewalls of both sides let a connection through;
// what a stack sends to itself meets none.
func passes(client, server *Namespace, to netip.AddrPort, proto string) bool {
	return client == server || (client.Leaving == nil || client.Leaving(server, to, proto)) &&
		(server == nil || server.Entering == nil || server.Entering(client, to, proto))
}

func (n *Namespace) accept(client *Namespace, to netip.AddrPort, proto string) (*Conn, error) {
	if !passes(client, n, to, proto) {
		return nil, ErrTimeout
	}
	for _, l := range n.listeners {
		if l.Port == int(to.Port()) && l.Proto == proto && (l.Addr.IsUnspecified() || l.Addr == to.Addr()) {
			return &Conn{From: client.source(n), To: to, Listener: l, Server: n}, nil
		}
	}
	return nil, ErrRefused
}

// source is the address under which the server sees the client.
func (n *Namespace) source(server *Namespace) netip.Addr {
	if n == server {
		return netip.MustParseAddr("127.0.0.1")
	}
	for _, i := range server.ifaces {
		if a := n.Addr(i.Segment); a.IsValid() {
			return a
		}
	}
	for _, i := range n.ifaces {
		if i.Segment.Routed && server != server.Machine.Net && len(server.ifaces) > 0 && server.ifaces[0].Segment.Routed {
			return i.Addr
		}
	}
	if len(server.ifaces) > 0 && server.ifaces[0].Segment.Gateway.IsValid() {
		return server.ifaces[0].Segment.Gateway
	}
	return n.Machine.Addr
}

func (n *Namespace) redirect(to netip.AddrPort, proto string) *Redirect {
	for _, r := range n.redirects {
		if r.Match(to, proto) {
			return r
		}
	}
	return nil
}

// Owns reports that an address is the stack's own, the loopback included.
func (n *Namespace) Owns(a netip.Addr) bool { return a.IsLoopback() || n.owns(a) }

func (n *Namespace) owns(a netip.Addr) bool {
	for _, i := range n.ifaces {
		if i.Addr == a || i.Segment.Gateway == a && n == n.Machine.Net {
			return true
		}
	}
	return false
}

// viaGateway leaves the stack's networks: a container's traffic is masqueraded
// by its machine, a machine's goes to its neighbours and the internet.
func (n *Namespace) viaGateway(client *Namespace, to netip.AddrPort, proto string, hops int) (*Conn, error) {
	out := false
	for _, i := range n.ifaces {
		out = out || !i.Segment.Internal
	}
	switch {
	case !out:
		return nil, ErrUnreachable
	case n != n.Machine.Net:
		return n.Machine.Net.forward(client, to, proto, hops+1)
	case !passes(client, nil, to, proto):
		return nil, ErrTimeout
	default:
		return n.Machine.Site.Internet.dial(n, to)
	}
}

// forward is a machine passing on what a container on it sends out. Other
// container networks of the machine are closed to it.
func (n *Namespace) forward(client *Namespace, to netip.AddrPort, proto string, hops int) (*Conn, error) {
	lan := n.Machine.Site.LAN
	if !lan.Subnet.Contains(to.Addr()) && n.redirect(to, proto) == nil {
		for _, i := range n.ifaces {
			if i.Segment != lan && i.Segment.Subnet.Contains(to.Addr()) {
				return nil, ErrTimeout
			}
		}
	}
	return n.dial(client, to, proto, hops)
}
