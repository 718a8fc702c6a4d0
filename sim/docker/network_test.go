package docker

import (
	"fmt"
	"net/netip"
	"testing"
	"time"

	"pgregory.net/rapid"

	"drydock/sim/clock"
	"drydock/sim/image"
	"drydock/sim/machine"
	"drydock/sim/vfs"
)

// freshEngine makes a machine with an engine and nothing else.
func freshEngine(t testing.TB) *Engine {
	c := clock.New(1, time.Date(2026, time.November, 23, 8, 0, 0, 0, time.UTC))
	t.Cleanup(c.Close)
	return engineOn(c)
}

func engineOn(c *clock.Clock) *Engine {
	site := machine.NewSite(c)
	base := vfs.NewLayer()
	base.Put("/root", vfs.Dir(0o700))
	m := site.Add(machine.Config{Name: "laptop", CPUs: 2, Memory: 1 << 30, Base: []*vfs.Layer{base}, Owner: machine.Root()})
	return New(m, image.NewHub(site.Internet), "29.7.2")
}

// Whatever networks are made, joined, left and removed: no two subnets overlap
// and no two interfaces of a network have the same address.
func TestAddressesAreNeverGivenTwice(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e := engineOn(clock.New(1, time.Unix(0, 0).UTC()))
		for i := range 4 {
			c := &Container{ID: e.hexID(), Name: fmt.Sprintf("c%d", i), engine: e, Net: machine.NewNamespace("c", e.Machine)}
			c.logged = e.clock().NewSignal()
			c.State.Status = "running"
			e.containers = append(e.containers, c)
		}
		name := rapid.SampledFrom([]string{"a", "b", "c", "d", "e"})
		container := rapid.SampledFrom([]string{"c0", "c1", "c2", "c3"})
		subnet := rapid.SampledFrom([]string{"", "10.1.0.0/16", "10.1.2.0/24", "172.20.0.0/16", "192.168.56.0/24", "10.9.0.0/30"})
		t.Repeat(map[string]func(*rapid.T){
			"create": func(t *rapid.T) {
				spec := NetworkSpec{Name: name.Draw(t, "name")}
				if s := subnet.Draw(t, "subnet"); s != "" {
					spec.Subnets = []string{s}
				}
				_, _ = e.CreateNetwork(spec)
			},
			"remove":     func(t *rapid.T) { _ = e.RemoveNetwork(name.Draw(t, "name")) },
			"connect":    func(t *rapid.T) { _ = e.Connect(name.Draw(t, "name"), container.Draw(t, "container"), EndpointSpec{}) },
			"disconnect": func(t *rapid.T) { _ = e.Disconnect(name.Draw(t, "name"), container.Draw(t, "container"), false) },
			"prune":      func(*rapid.T) { e.PruneNetworks(nil) },
			"":           func(t *rapid.T) { checkAddresses(t, e) },
		})
	})
}

func checkAddresses(t *rapid.T, e *Engine) {
	var subnets []netip.Prefix
	for _, n := range e.Networks() {
		if n.Segment == nil {
			continue
		}
		for _, other := range subnets {
			if other.Overlaps(n.Segment.Subnet) {
				t.Fatalf("%s overlaps with %s", n.Segment.Subnet, other)
			}
		}
		subnets = append(subnets, n.Segment.Subnet)
		seen := map[netip.Addr]bool{}
		for _, i := range n.Segment.Interfaces() {
			if seen[i.Addr] || !n.Segment.Subnet.Contains(i.Addr) {
				t.Fatalf("on %s the address %s is used twice, or is not of %s", n.Name, i.Addr, n.Segment.Subnet)
			}
			seen[i.Addr] = true
		}
	}
}

func TestAFullSubnetHasNoAddressLeft(t *testing.T) {
	e := freshEngine(t)
	n, err := e.CreateNetwork(NetworkSpec{Name: "tiny", Subnets: []string{"10.9.0.0/30"}})
	if err != nil {
		t.Fatal(err)
	}
	first, err := n.address(netip.Addr{})
	if err != nil || first.String() != "10.9.0.2" {
		t.Fatalf("the first address is %s (%v)", first, err)
	}
	n.Segment.Attach(machine.NewNamespace("c", e.Machine), first)
	if a, err := n.address(netip.Addr{}); err == nil {
		t.Errorf("%s was given, which is the broadcast address", a)
	}
}
