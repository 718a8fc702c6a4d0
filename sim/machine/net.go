package machine

import (
	"errors"
	"net/netip"
	"slices"
	"strings"
	"time"
)

// Why a connection fails. The wording belongs to the tool that tries.
var (
	ErrRefused     = errors.New("connection refused")       // the machine answers, nothing listens
	ErrReset       = errors.New("connection reset by peer") // a forwarded port with nothing behind it
	ErrTimeout     = errors.New("connection timed out")     // packets vanish: another network, a policy, a cut cable
	ErrNoRoute     = errors.New("no route to host")         // the neighbour does not answer
	ErrUnreachable = errors.New("network is unreachable")   // no interface leads there
	ErrUnknownHost = errors.New("name does not resolve")
	// ErrTryAgain is a lookup that no name server answered (EAI_AGAIN). The resolver
	// gives up after LookupTime; who shows it to a person lets the time pass first.
	ErrTryAgain = errors.New("temporary failure in name resolution")
	// ErrUntrusted is what a client that checks certificates makes of one that no
	// authority it knows has signed.
	ErrUntrusted = errors.New("self-signed certificate")
	// ErrNoTLS is the answer of a plain server to a client that speaks TLS ("https").
	ErrNoTLS = errors.New("the server does not speak TLS")
	// ErrNoProbe is the answer to a Probe of a program that runs code of its own for
	// each request, so that nobody can tell what an answer would change.
	ErrNoProbe = errors.New("the server cannot answer without doing something")
)

// Segment is one network that interfaces are plugged into: the cable between
// machines, a docker bridge, an overlay, a pod network.
type Segment struct {
	Name     string
	Subnet   netip.Prefix
	Gateway  netip.Addr
	Internal bool // no way out
	// Resolve answers for names on this network (docker's 127.0.0.11, cluster DNS).
	// Nil means that the network has no name service of its own.
	Resolve func(from *Namespace, name string) []netip.Addr
	// Cut reports that nothing passes between two namespaces, though both are on
	// the segment: a cable pulled, a partition, a network policy.
	Cut func(from, to *Namespace) bool
	// Route finds a way to an address that is not on the segment, before the
	// gateway does; nil when there is none.
	Route func(from *Namespace, to netip.Addr) *Namespace
	// Routed says that the site's other routed segments know its addresses, so that
	// nobody masquerades what goes from one to the other: a pod network.
	Routed bool
	// Virtual chooses who gets a connection to an address that belongs to nobody in
	// particular, such as a service's. known is false for other addresses; a nil at
	// means that there is nobody behind it.
	Virtual func(from *Namespace, to netip.AddrPort) (at *Namespace, addr netip.Addr, known bool)

	ifaces []*Interface
}

// Interface is a namespace's plug in a segment.
type Interface struct {
	Net     *Namespace
	Segment *Segment
	Addr    netip.Addr
	MAC     string // hardware address, where the owner of the network gives one
}

// Attach plugs a namespace in. An invalid address means: take the next free one.
func (s *Segment) Attach(n *Namespace, addr netip.Addr) *Interface {
	if !addr.IsValid() {
		addr = s.next()
	}
	i := &Interface{Net: n, Segment: s, Addr: addr}
	s.ifaces = append(s.ifaces, i)
	n.ifaces = append(n.ifaces, i)
	return i
}

// Detach unplugs a namespace.
func (s *Segment) Detach(n *Namespace) {
	gone := func(i *Interface) bool { return i.Segment == s && i.Net == n }
	s.ifaces = slices.DeleteFunc(s.ifaces, gone)
	n.ifaces = slices.DeleteFunc(n.ifaces, gone)
}

// Interfaces lists what is plugged in, in the order of plugging.
func (s *Segment) Interfaces() []*Interface { return slices.Clone(s.ifaces) }

// Free reports whether nobody on the segment has the address.
func (s *Segment) Free(a netip.Addr) bool { return a != s.Gateway && s.at(a) == nil }

// next is the lowest free address of the subnet, as docker and most DHCP servers
// of learning set-ups hand them out.
func (s *Segment) next() netip.Addr {
	a := s.Subnet.Masked().Addr().Next()
	for !s.Free(a) {
		a = a.Next()
	}
	return a
}

// nextFrom is next without the addresses below the n-th of the subnet.
func (s *Segment) nextFrom(n int) netip.Addr {
	a := s.Subnet.Masked().Addr()
	for range n {
		a = a.Next()
	}
	for !s.Free(a) && s.Subnet.Contains(a) {
		a = a.Next()
	}
	return a
}

func (s *Segment) at(a netip.Addr) *Interface {
	for _, i := range s.ifaces {
		if i.Addr == a {
			return i
		}
	}
	return nil
}

// Redirect sends connections elsewhere before listeners are asked: a published
// port, a Service's address, a routing mesh.
type Redirect struct {
	// Match picks the connections: the address and port dialled, the protocol.
	Match func(to netip.AddrPort, proto string) bool
	// Target chooses where one connection goes. ok false means that there is
	// nobody behind it.
	Target func() (at *Namespace, to netip.AddrPort, ok bool)
	// Choose, where it is set, takes the place of Target for redirects that look at
	// the client and the address. An error is what the client meets.
	Choose func(client *Namespace, to netip.AddrPort, proto string) (Hop, error)
	// Proxied says that the redirecting side accepts first and only then finds
	// nobody: the client sees a reset instead of a refusal.
	Proxied bool
}

// Hop is where a redirect sends one connection.
type Hop struct {
	At   *Namespace // whose it becomes; nil sends it on from where it is
	To   netip.AddrPort
	From netip.Addr // what the server takes for the client; invalid keeps the client's own
}

// Namespace is one network stack: a machine's own, a container's, a pod's.
type Namespace struct {
	work      time.Duration // processor time spent
	Name      string
	Machine   *Machine
	Hosts     []HostEntry // its /etc/hosts
	ifaces    []*Interface
	listeners []*Listener
	redirects []*Redirect

	// Resolver is the stack's own way to names that /etc/hosts does not have, such as
	// a pod's by its cluster's DNS; nil asks the networks and the site. A name that
	// ends in a dot is taken as it is.
	Resolver func(name string) ([]netip.Addr, error)
	// Leaving and Entering say what passes a firewall around the stack; nil lets all
	// pass. What does not pass is dropped. server is nil for the internet.
	Leaving  func(server *Namespace, to netip.AddrPort, proto string) bool
	Entering func(client *Namespace, to netip.AddrPort, proto string) bool
}

// HostEntry is a line of /etc/hosts.
type HostEntry struct {
	Addr netip.Addr
	Name string
}

// NewNamespace makes a stack with only a loopback interface.
func NewNamespace(name string, m *Machine) *Namespace { return &Namespace{Name: name, Machine: m} }

// Interfaces lists the stack's plugs.
func (n *Namespace) Interfaces() []*Interface { return slices.Clone(n.ifaces) }

// Addr is the stack's address on a segment; invalid when it is not plugged in.
func (n *Namespace) Addr(s *Segment) netip.Addr {
	for _, i := range n.ifaces {
		if i.Segment == s {
			return i.Addr
		}
	}
	return netip.Addr{}
}

// AddRedirect and RemoveRedirect change what is sent elsewhere.
func (n *Namespace) AddRedirect(r *Redirect) { n.redirects = append(n.redirects, r) }

// RemoveRedirect undoes AddRedirect.
func (n *Namespace) RemoveRedirect(r *Redirect) {
	n.redirects = slices.DeleteFunc(n.redirects, func(o *Redirect) bool { return o == r })
}

// Listener is an open server socket.
type Listener struct {
	Addr    netip.Addr // unspecified (0.0.0.0) or one address, such as 127.0.0.1
	Port    int
	Proto   string // "tcp" or "udp"
	Process *Process
	// Serve answers one request. It must not wait; Response.Delay says how long
	// the answer takes.
	Serve func(Request) Response
}

// ErrInUse means that something listens on the port already.
var ErrInUse = errors.New("address already in use")

// Listen opens a server socket until its process ends.
func (n *Namespace) Listen(l *Listener) error {
	if n.Listening(l.Addr, l.Port, l.Proto) != nil {
		return ErrInUse
	}
	n.listeners = append(n.listeners, l)
	return nil
}

// Listening finds the socket that a new one at this address would clash with.
func (n *Namespace) Listening(addr netip.Addr, port int, proto string) *Listener {
	for _, l := range n.listeners {
		if l.Port == port && l.Proto == proto && (l.Addr == addr || l.Addr.IsUnspecified() || addr.IsUnspecified()) {
			return l
		}
	}
	return nil
}

// Listeners lists the open server sockets.
func (n *Namespace) Listeners() []*Listener { return slices.Clone(n.listeners) }

// Close closes a server socket.
func (n *Namespace) Close(l *Listener) {
	n.listeners = slices.DeleteFunc(n.listeners, func(o *Listener) bool { return o == l })
}

func (n *Namespace) closeOf(p *Process) {
	if n != nil {
		n.listeners = slices.DeleteFunc(n.listeners, func(l *Listener) bool { return l.Process == p })
	}
}

// Request is what a client sends over a connection, in the terms of its protocol.
type Request struct {
	Proto  string // "http", "https", "redis", "postgres", ...; "tcp" only connects
	Method string // GET; for other protocols the command
	Host   string // as the client named it
	Path   string
	Header []string // "Name: value"
	Body   string
	From   netip.Addr
	// Insecure says that the client takes any certificate (curl -k).
	Insecure bool
	// Probe marks a look that must leave no trace, such as a lesson's goal: no
	// access log, no change of state.
	Probe bool
	// Times is how many requests like this, one after the other, it stands for; 0 is 1.
	Times int
}

// Response is the answer.
type Response struct {
	Status int // HTTP status, or 0 for other protocols
	Header []string
	Body   string
	Delay  time.Duration
	Cost   time.Duration // processor time that it took; 0 is that of a small page
	Err    error         // the connection broke instead
}

// Conn is a connection that was accepted.
type Conn struct {
	From     netip.Addr
	To       netip.AddrPort
	Listener *Listener
	Server   *Namespace
}

// Do sends a request and returns the answer.
func (c *Conn) Do(r Request) Response {
	r.From = c.From
	if c.Listener.Serve == nil {
		return Response{}
	}
	answer := c.Listener.Serve(r)
	if c.Server != nil && !r.Probe {
		answer.Delay += c.Server.labour(c.Listener.Process, answer.Cost, max(r.Times, 1))
	}
	answer.Cost = 0 // who passes the answer on has not worked for it
	return answer
}

// LookupTime is how long the resolver waits for a name server that does not answer:
// two attempts of five seconds (resolv.conf(5)).
const LookupTime = 10 * time.Second

// LookupHost resolves a name as this stack does: /etc/hosts, the name service of
// its networks, then the site's own names and the internet's.
func (n *Namespace) LookupHost(name string) ([]netip.Addr, error) {
	if a, err := netip.ParseAddr(name); err == nil {
		return []netip.Addr{a}, nil
	}
	asked := strings.ToLower(name)
	name = strings.TrimSuffix(asked, ".")
	if name == "localhost" {
		return []netip.Addr{netip.MustParseAddr("127.0.0.1")}, nil
	}
	for _, h := range n.Hosts {
		if h.Name == name {
			return []netip.Addr{h.Addr}, nil
		}
	}
	if addrs := n.fromHostsFile(name); len(addrs) > 0 {
		return addrs, nil
	}
	if n.Resolver != nil {
		return n.Resolver(asked)
	}
	for _, i := range n.ifaces {
		if i.Segment.Resolve != nil {
			if addrs := i.Segment.Resolve(n, name); len(addrs) > 0 {
				return addrs, nil
			}
		}
	}
	if len(n.ifaces) == 0 {
		return nil, ErrUnknownHost
	}
	return n.Machine.Site.lookup(name)
}

func (s *Site) lookup(name string) ([]netip.Addr, error) {
	if m := s.Machine(name); m != nil {
		return []netip.Addr{m.Addr}, nil
	}
	if a, ok := s.Internet.Lookup(name); ok {
		return []netip.Addr{a}, nil
	}
	return nil, ErrUnknownHost
}
