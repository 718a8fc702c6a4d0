package machine

import (
	"errors"
	"net/netip"
	"testing"
)

// docker0 gives a machine a container network with two containers on it.
func docker0(m *Machine, subnet string) (*Segment, *Namespace, *Namespace) {
	p := netip.MustParsePrefix(subnet)
	s := &Segment{Name: "docker0", Subnet: p, Gateway: p.Addr().Next()}
	s.Attach(m.Net, s.Gateway)
	a, b := NewNamespace("a", m), NewNamespace("b", m)
	s.Attach(a, netip.Addr{})
	s.Attach(b, netip.Addr{})
	return s, a, b
}

func publish(m *Machine, port int, to *Namespace, seg *Segment, inner int) *Redirect {
	r := &Redirect{Proxied: true,
		Match: func(a netip.AddrPort, proto string) bool { return int(a.Port()) == port && proto == "tcp" },
		Target: func() (*Namespace, netip.AddrPort, bool) {
			return to, netip.AddrPortFrom(to.Addr(seg), uint16(inner)), true
		},
	}
	m.Net.AddRedirect(r)
	return r
}

func TestConnectionFollowsTheRealPath(t *testing.T) {
	_, m1, m2 := site(t, map[string]Main{"web": server(80, "0.0.0.0"), "local": server(81, "127.0.0.1")})
	seg, a, b := docker0(m1, "172.17.0.0/16")
	start(t, m1, Spec{Args: []string{"web"}, Net: a})
	start(t, m1, Spec{Args: []string{"local"}, Net: a})
	publish(m1, 8080, a, seg, 80)
	publish(m1, 8081, a, seg, 81)
	publish(m1, 8082, a, seg, 82)
	_, far, _ := docker0(m2, "172.17.0.0/16")
	for _, tc := range []struct {
		what string
		from *Namespace
		host string
		port int
		want error
	}{
		{"the published port on the machine itself", m1.Net, "localhost", 8080, nil},
		{"the published port from another machine", m2.Net, "node-1", 8080, nil},
		{"the published port from a container elsewhere", far, "node-1", 8080, nil},
		{"the container's address from its machine", m1.Net, "172.17.0.2", 80, nil},
		{"its neighbour's address", b, "172.17.0.2", 80, nil},
		{"the container's own loopback", a, "localhost", 81, nil},
		{"a neighbour's loopback server", b, "172.17.0.2", 81, ErrRefused},
		{"a published port whose server listens on loopback", m1.Net, "localhost", 8081, ErrReset},
		{"a published port with nothing behind it", m2.Net, "node-1", 8082, ErrReset},
		{"a port that nobody publishes", m1.Net, "localhost", 9999, ErrRefused},
		{"an address of the network that nobody has", b, "172.17.0.9", 80, ErrNoRoute},
		{"a name that nobody knows", b, "web", 80, ErrUnknownHost},
	} {
		_, err := tc.from.Dial(tc.host, tc.port, "tcp")
		if !errors.Is(err, tc.want) {
			t.Errorf("%s: %v, want %v", tc.what, err, tc.want)
		}
	}
}

func TestContainerNetworksOfAMachineAreClosedToEachOther(t *testing.T) {
	_, m1, _ := site(t, map[string]Main{"web": server(80, "0.0.0.0")})
	_, a, _ := docker0(m1, "172.17.0.0/16")
	_, other, _ := docker0(m1, "172.18.0.0/16")
	start(t, m1, Spec{Args: []string{"web"}, Net: a})
	if _, err := other.Dial("172.17.0.2", 80, "tcp"); !errors.Is(err, ErrTimeout) {
		t.Fatalf("from another network: %v", err)
	}
}

func TestPowerAndCablesDecideWhoAnswers(t *testing.T) {
	s, m1, m2 := site(t, map[string]Main{"web": server(80, "0.0.0.0")})
	web := start(t, m1, Spec{Args: []string{"web"}})
	dial := func() error { _, err := m2.Net.Dial("node-1", 80, "tcp"); return err }
	if err := dial(); err != nil {
		t.Fatal(err)
	}
	s.LAN.Cut = func(a, b *Namespace) bool { return true }
	if err := dial(); !errors.Is(err, ErrTimeout) {
		t.Errorf("with the cable cut: %v", err)
	}
	s.LAN.Cut = nil
	m1.SetPower(false)
	s.Clock.Run()
	if err := dial(); !errors.Is(err, ErrNoRoute) || !web.Done() {
		t.Errorf("without power: %v, server ended %v", err, web.Done())
	}
	m1.SetPower(true)
	if err := dial(); !errors.Is(err, ErrRefused) {
		t.Errorf("power again, nothing started yet: %v", err)
	}
}

func TestTheInternetAnswersOnWebPortsUntilItsCableIsCut(t *testing.T) {
	s, m1, _ := site(t, nil)
	s.Internet.Serve("*.example.com", func(Request) Response { return Response{Status: 200} })
	_, a, _ := docker0(m1, "172.17.0.0/16")
	if _, err := a.Dial("hub.example.com", 443, "tcp"); err != nil {
		t.Errorf("from a container: %v", err)
	}
	if _, err := a.Dial("hub.example.com", 25, "tcp"); !errors.Is(err, ErrTimeout) {
		t.Errorf("another port: %v", err)
	}
	s.Internet.Down = true
	if _, err := a.Dial("hub.example.com", 443, "tcp"); !errors.Is(err, ErrUnknownHost) {
		t.Errorf("without internet: %v", err)
	}
}
