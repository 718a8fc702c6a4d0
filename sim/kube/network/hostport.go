package network

import (
	"net/netip"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"drydock/sim/machine"
)

// portKey is a port of one protocol, "tcp" or "udp".
type portKey struct {
	port  uint16
	proto string
}

// hostPort is a port of a node that leads into a pod (the CNI plugin portmap).
type hostPort struct {
	pod  *pod
	port uint16
}

func (m *node) openHostPorts(p *corev1.Pod, own *pod) {
	for _, c := range p.Spec.Containers {
		for _, port := range c.Ports {
			if port.HostPort != 0 {
				key := portKey{uint16(port.HostPort), proto(port.Protocol)}
				m.hostPorts[key] = hostPort{own, uint16(port.ContainerPort)}
			}
		}
	}
}

func (m *node) closeHostPorts(own *pod) {
	for key, h := range m.hostPorts { // the order does not show
		if h.pod == own {
			delete(m.hostPorts, key)
		}
	}
}

// hostPortRoute sends what comes for a host port into its pod.
func (m *node) hostPortRoute() *machine.Redirect {
	return &machine.Redirect{
		Match: func(to netip.AddrPort, proto string) bool {
			_, found := m.hostPorts[portKey{to.Port(), proto}]
			return found && m.machine.Net.Owns(to.Addr())
		},
		Choose: func(_ *machine.Namespace, to netip.AddrPort, proto string) (machine.Hop, error) {
			h := m.hostPorts[portKey{to.Port(), proto}]
			return machine.Hop{At: h.pod.net, To: netip.AddrPortFrom(h.pod.addr, h.port)}, nil
		},
	}
}

// proto is a protocol of the API as package machine names it.
func proto(p corev1.Protocol) string {
	if p == "" {
		return "tcp"
	}
	return strings.ToLower(string(p))
}
