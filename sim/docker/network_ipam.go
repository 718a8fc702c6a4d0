package docker

import (
	"errors"
	"fmt"
	"net/netip"
)

// plan chooses subnet and gateway of a new network: what was asked for, or the
// first free one of Docker's default address pools.
func (e *Engine) plan(spec NetworkSpec) (subnet netip.Prefix, gateway netip.Addr, err error) {
	if len(spec.Subnets) == 0 {
		if len(spec.Gateways) > 0 || len(spec.IPRanges) > 0 {
			return subnet, gateway, errors.New("invalid network config:\ninvalid subnet : no subnet configured for the gateway or the ip-range")
		}
		if subnet, err = e.freeSubnet(); err != nil {
			return subnet, gateway, err
		}
		return subnet, subnet.Addr().Next(), nil
	}
	if subnet, err = netip.ParsePrefix(spec.Subnets[0]); err != nil {
		return subnet, gateway, fmt.Errorf("invalid network config:\ninvalid subnet %s: invalid CIDR block notation", spec.Subnets[0])
	}
	if subnet != subnet.Masked() {
		return subnet, gateway, fmt.Errorf("invalid network config:\ninvalid subnet %s: it should be %s", subnet, subnet.Masked())
	}
	if e.taken(subnet) {
		return subnet, gateway, errors.New("invalid pool request: Pool overlaps with other one on this address space")
	}
	gateway = subnet.Addr().Next()
	if len(spec.Gateways) > 0 {
		if gateway, err = netip.ParseAddr(spec.Gateways[0]); err != nil || !subnet.Contains(gateway) {
			return subnet, gateway, fmt.Errorf("no matching subnet for gateway %s", spec.Gateways[0])
		}
	}
	return subnet, gateway, nil
}

// freeSubnet is the lowest free network of Docker's default pools: 172.17 to
// 172.31 with 16 bits, then 192.168 with 20 (moby, ipamutils).
func (e *Engine) freeSubnet() (netip.Prefix, error) {
	if p, ok := e.poolSubnet(); ok {
		return p, nil
	}
	for i := 17; i < 32; i++ {
		p := netip.PrefixFrom(netip.AddrFrom4([4]byte{172, byte(i), 0, 0}), 16)
		if !e.taken(p) {
			return p, nil
		}
	}
	for i := 0; i < 256; i += 16 {
		p := netip.PrefixFrom(netip.AddrFrom4([4]byte{192, 168, byte(i), 0}), 20)
		if !e.taken(p) {
			return p, nil
		}
	}
	return netip.Prefix{}, errors.New("all predefined address pools have been fully subnetted")
}

// taken reports that a network of the engine or a route of the machine overlaps.
func (e *Engine) taken(p netip.Prefix) bool {
	for _, n := range e.networks {
		if n.Segment != nil && n.Segment.Subnet.Overlaps(p) {
			return true
		}
	}
	for _, i := range e.Machine.Net.Interfaces() {
		if i.Segment.Subnet.Overlaps(p) {
			return true
		}
	}
	return false
}

// address picks the address of a new endpoint: the one asked for, or the lowest
// free one of the network's range.
func (n *Network) address(asked netip.Addr) (netip.Addr, error) {
	if asked.IsValid() {
		if !n.Segment.Free(asked) {
			return asked, errors.New("Address already in use")
		}
		return asked, nil
	}
	pool := n.Segment.Subnet
	if n.IPRange.IsValid() {
		pool = n.IPRange
	}
	a := pool.Masked().Addr()
	if a == n.Segment.Subnet.Masked().Addr() {
		a = a.Next()
	}
	for ; pool.Contains(a) && pool.Contains(a.Next()); a = a.Next() {
		if n.Segment.Free(a) && a != n.Segment.Gateway {
			return a, nil
		}
	}
	return a, errors.New("no available IPv4 addresses on this network's address pools: " + n.Name + " (" + n.ID + ")")
}
