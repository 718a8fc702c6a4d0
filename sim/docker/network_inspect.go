package docker

import (
	"math"
	"time"
)

// NetworkInspect is what `docker network inspect` shows (Docker 29, API 1.55).
type NetworkInspect struct {
	Name       string
	ID         string `json:"Id"`
	Created    time.Time
	Scope      string
	Driver     string
	EnableIPv4 bool
	EnableIPv6 bool
	IPAM       IPAM
	Internal   bool
	Attachable bool
	Ingress    bool
	ConfigFrom struct{ Network string }
	ConfigOnly bool
	Options    map[string]string
	Labels     map[string]string
	Containers map[string]EndpointResource
	Status     *NetworkStatus `json:",omitempty"`
}

// IPAM is a network's address plan.
type IPAM struct {
	Driver  string
	Options map[string]string
	Config  []IPAMConfig
}

// IPAMConfig is one subnet.
type IPAMConfig struct {
	Subnet  string
	IPRange string `json:",omitempty"`
	Gateway string `json:",omitempty"`
}

// EndpointResource is a running container on the network.
type EndpointResource struct {
	Name        string
	EndpointID  string
	MacAddress  string
	IPv4Address string
	IPv6Address string
}

// NetworkStatus counts the addresses of each subnet.
type NetworkStatus struct{ IPAM IPAMStatus }

// IPAMStatus is the count by subnet.
type IPAMStatus struct{ Subnets map[string]SubnetStatus }

// SubnetStatus is how full a subnet is.
type SubnetStatus struct {
	IPsInUse            uint64
	DynamicIPsAvailable uint64
}

// InspectNetwork describes a network.
func (e *Engine) InspectNetwork(ref string) (*NetworkInspect, error) {
	n, err := e.Network(ref)
	if err != nil {
		return nil, err
	}
	v := &NetworkInspect{
		Name: n.Name, ID: n.ID, Created: n.Created, Scope: n.Scope, Driver: n.Driver, EnableIPv4: true, Internal: n.Internal,
		Attachable: n.Attachable, Options: orEmpty(n.Options), Labels: orEmpty(n.Labels), Containers: map[string]EndpointResource{},
		IPAM: IPAM{Driver: "default", Options: map[string]string{}},
	}
	members := e.Members(n)
	running := uint64(0)
	for _, m := range members {
		if ep := m.Endpoint; ep.Iface != nil {
			running++
			v.Containers[m.Container.ID] = EndpointResource{
				Name: m.Container.Name, EndpointID: ep.ID, MacAddress: ep.MAC, IPv4Address: ep.Address().String(),
			}
		}
	}
	if s := n.Segment; s != nil {
		c := IPAMConfig{Subnet: s.Subnet.String(), Gateway: s.Gateway.String()}
		if n.IPRange.IsValid() {
			c.IPRange = n.IPRange.String()
		}
		v.IPAM.Config = []IPAMConfig{c}
		used := running + 3 // the network's own address, the gateway, the broadcast address
		total := uint64(math.Exp2(float64(32 - s.Subnet.Bits())))
		v.Status = &NetworkStatus{IPAMStatus{map[string]SubnetStatus{c.Subnet: {used, total - min(used, total)}}}}
	} else {
		v.IPAM.Options = nil
	}
	return v, nil
}

func orEmpty(m map[string]string) map[string]string {
	if m == nil {
		return map[string]string{}
	}
	return m
}
