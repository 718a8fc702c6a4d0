package kube

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"strconv"
	"time"

	"drydock/sim/kube/api"
	"drydock/sim/kube/controlplane"
	"drydock/sim/machine"
)

// hiddenAddress is where the API server of a cluster with a hidden control plane, and
// the load balancer before several that are visible, is on the machines' network:
// below the machines' own addresses.
const hiddenAddress = "192.168.56.10"

// endpoint is the address of an API server out of sight on the network of the machines.
type endpoint struct {
	net      *machine.Namespace
	addr     netip.Addr
	listener *machine.Listener
	etcd     bool // whether what the API server keeps its objects in answers
	// at is the machine on whose loopback the port is published, with local as its
	// listener there; nil where it is not.
	at    *machine.Namespace
	local *machine.Listener
}

// newEndpoint plugs a hidden control plane into the network. It takes the first
// machine for its place only: nothing of the control plane runs there.
func newEndpoint(site *machine.Site, published bool) *endpoint {
	e := &endpoint{net: machine.NewNamespace("control-plane", site.Machines()[0]), addr: netip.MustParseAddr(hiddenAddress), etcd: true}
	site.LAN.Attach(e.net, e.addr)
	if published {
		e.at = site.Machines()[0].Net
	}
	return e
}

// listen opens or closes the API server's port.
func (e *endpoint) listen(on bool) {
	switch {
	case on && e.listener == nil:
		e.listener = e.open(e.net, netip.IPv4Unspecified())
		if e.at != nil {
			e.local = e.open(e.at, loopback())
		}
	case !on && e.listener != nil:
		e.net.Close(e.listener)
		e.listener = nil
		if e.local != nil {
			e.at.Close(e.local)
			e.local = nil
		}
	}
}

// open makes a network stack listen on the API server's port; nil when the port is
// taken.
func (e *endpoint) open(at *machine.Namespace, addr netip.Addr) *machine.Listener {
	l := &machine.Listener{Port: controlplane.SecurePort, Proto: "tcp", Addr: addr,
		Serve: func(r machine.Request) machine.Response { return controlplane.AnswerPlain(r, e.etcd) }}
	if at.Listen(l) != nil {
		return nil
	}
	return l
}

func loopback() netip.Addr { return netip.AddrFrom4([4]byte{127, 0, 0, 1}) }

// url is the server of the administrator's kubeconfig: the API server itself, or with
// several control plane nodes the load balancer before them.
func (c *Cluster) url() string {
	host := hiddenAddress
	if c.spec.Published {
		host = loopback().String()
	}
	if c.plane != nil && len(c.spec.ControlPlane) == 1 {
		host = c.plane.Hosts()[0].Machine.Addr.String()
	}
	return fmt.Sprintf("https://%s", net.JoinHostPort(host, strconv.Itoa(controlplane.SecurePort)))
}

// Reach connects a process to the API server that a URL names, and lets the time pass
// that a failure takes, but for a time-out, which is the client's to choose. Errors are those of the network
// (package machine), or the API server's own when etcd does not answer it.
func (c *Cluster) Reach(p *machine.Process, server string) (*api.Server, error) {
	u, err := url.Parse(server)
	if err != nil {
		return nil, err
	}
	port := 443
	if u.Scheme == "http" {
		port = 80
	}
	if n, err := strconv.Atoi(u.Port()); err == nil {
		port = n
	}
	conn, err := p.Net.Dial(u.Hostname(), port, "tcp")
	switch {
	case errors.Is(err, machine.ErrNoRoute):
		p.Sleep(arpTimeout)
		return nil, err
	case err != nil:
		return nil, err
	}
	return c.answer(p, conn.Listener)
}

// arpTimeout is how long Linux asks for a neighbour that does not answer.
const arpTimeout = 3 * time.Second

// answer is what a request over a connection leads to.
func (c *Cluster) answer(p *machine.Process, l *machine.Listener) (*api.Server, error) {
	switch {
	case c.plane != nil:
		h, wait, err := c.plane.Answering(l)
		if h == nil {
			return nil, machine.ErrNoTLS
		}
		p.Sleep(wait)
		if err != nil {
			return nil, err
		}
	case l != c.endpoint.listener && l != c.endpoint.local:
		return nil, machine.ErrNoTLS
	case !c.endpoint.etcd:
		wait, err := controlplane.NoEtcd()
		p.Sleep(wait)
		return nil, err
	}
	return c.Server, nil
}

// serverAddresses are where the API servers listen.
func (c *Cluster) serverAddresses() []netip.Addr {
	if c.plane == nil {
		return []netip.Addr{netip.MustParseAddr(hiddenAddress)}
	}
	var list []netip.Addr
	for _, h := range c.plane.Hosts() {
		list = append(list, h.Machine.Addr)
	}
	return list
}
