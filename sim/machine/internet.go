package machine

import (
	"net/netip"
	"slices"
	"strings"
)

// Internet is the outside world: a few named services (registries, package
// indexes) and a cable that can be cut.
type Internet struct {
	Down  bool
	hosts []internetHost
}

type internetHost struct {
	name   string
	addr   netip.Addr
	ports  []int
	down   bool
	server *Listener
}

// Serve puts a named service on the internet, under an address of the
// documentation range 203.0.113.0/24 (RFC 5737). A name that starts with "*."
// answers for every sub-domain.
func (i *Internet) Serve(name string, serve func(Request) Response) {
	i.ServeOn(name, []int{80, 443}, serve)
}

// ServeOn is Serve for other ports than those of http and https.
func (i *Internet) ServeOn(name string, ports []int, serve func(Request) Response) {
	addr := netip.AddrFrom4([4]byte{203, 0, 113, byte(10 + len(i.hosts)%240)})
	i.hosts = append(i.hosts, internetHost{name: name, addr: addr, ports: ports, server: &Listener{Proto: "tcp", Serve: serve}})
}

// SetDown makes a service refuse connections, or take them again.
func (i *Internet) SetDown(name string, down bool) {
	for at := range i.hosts {
		if i.hosts[at].name == name {
			i.hosts[at].down = down
		}
	}
}

// Lookup is public DNS; it fails for everything while the internet is down.
func (i *Internet) Lookup(name string) (netip.Addr, bool) {
	if i.Down {
		return netip.Addr{}, false
	}
	at := slices.IndexFunc(i.hosts, func(h internetHost) bool {
		suffix, wild := strings.CutPrefix(h.name, "*")
		return h.name == name || wild && strings.HasSuffix(name, suffix)
	})
	if at < 0 {
		return netip.Addr{}, false
	}
	return i.hosts[at].addr, true
}

func (i *Internet) dial(client *Namespace, to netip.AddrPort) (*Conn, error) {
	if i.Down {
		return nil, ErrUnreachable
	}
	for _, h := range i.hosts {
		if h.addr == to.Addr() {
			if !slices.Contains(h.ports, int(to.Port())) {
				return nil, ErrTimeout
			}
			if h.down {
				return nil, ErrRefused
			}
			return &Conn{From: client.Machine.Addr, To: to, Listener: h.server}, nil
		}
	}
	return nil, ErrTimeout
}
