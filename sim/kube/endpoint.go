package kube

import (
	"fmt"
	"net/netip"
	"net/url"
	"strconv"

	"drydock/sim/kube/api"
	"drydock/sim/machine"
)

// securePort is where an API server listens.
const securePort = 6443

// hiddenAddress is where the API server of a cluster with a hidden control plane is
// on the machines' network: below the machines' own addresses.
const hiddenAddress = "192.168.56.10"

// endpoint is the address of the API server on the network of the machines.
type endpoint struct {
	net      *machine.Namespace
	addr     netip.Addr
	listener *machine.Listener
}

// newEndpoint plugs a hidden control plane into the network. It takes the first
// machine for its place only: nothing of the control plane runs there.
func newEndpoint(site *machine.Site) *endpoint {
	e := &endpoint{net: machine.NewNamespace("control-plane", site.Machines()[0]), addr: netip.MustParseAddr(hiddenAddress)}
	site.LAN.Attach(e.net, e.addr)
	return e
}

// url is the server of a kubeconfig.
func (e *endpoint) url() string { return fmt.Sprintf("https://%s:%d", e.addr, securePort) }

// listen opens or closes the API server's port.
func (e *endpoint) listen(on bool) {
	switch {
	case on && e.listener == nil:
		l := &machine.Listener{Port: securePort, Proto: "tcp", Addr: netip.IPv4Unspecified(), Serve: refusePlain}
		if e.net.Listen(l) == nil {
			e.listener = l
		}
	case !on && e.listener != nil:
		e.net.Close(e.listener)
		e.listener = nil
	}
}

// refusePlain is what the port says to whoever does not speak kubectl's protocol.
func refusePlain(r machine.Request) machine.Response {
	if r.Proto == "http" {
		return machine.Response{Status: 400, Body: "Client sent an HTTP request to an HTTPS server.\n"}
	}
	return machine.Response{Status: 401, Body: "{\n  \"kind\": \"Status\",\n  \"apiVersion\": \"v1\",\n  \"metadata\": {},\n  \"status\": \"Failure\",\n  \"message\": \"Unauthorized\",\n  \"reason\": \"Unauthorized\",\n  \"code\": 401\n}"}
}

// Reach connects a process to the API server that a URL names. Errors are those of
// the network (package machine).
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
	if err != nil {
		return nil, err
	}
	if conn.Listener != c.endpoint.listener {
		return nil, machine.ErrNoTLS
	}
	return c.Server, nil
}
