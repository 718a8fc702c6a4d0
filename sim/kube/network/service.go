package network

import (
	"cmp"
	"net/netip"
	"slices"
	"time"

	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"

	"drydock/sim/kube/store"
)

// rules are what a kube-proxy knows of a service. They are made once for all nodes
// and never changed.
type rules struct {
	service  store.Key
	cluster  netip.Addr
	external []netip.Addr  // load balancer and externalIPs
	affinity time.Duration // 0 is none
	local    bool          // externalTrafficPolicy Local
	inner    bool          // internalTrafficPolicy Local
	ports    []rulePort
}

// rulePort is one port of a service with what stands behind it.
type rulePort struct {
	name      string
	number    uint16
	node      uint16 // node port, or 0
	proto     string
	endpoints []target
}

// target is one endpoint of a port.
type target struct {
	addr netip.AddrPort
	node string
}

// compile makes the rules of a service; nil when kube-proxy has nothing to do for it.
func (n *Network) compile(svc *corev1.Service) *rules {
	cluster, err := netip.ParseAddr(svc.Spec.ClusterIP)
	if err != nil { // headless, ExternalName
		return nil
	}
	r := &rules{
		service: store.KeyOf(svc), cluster: cluster,
		local: svc.Spec.ExternalTrafficPolicy == corev1.ServiceExternalTrafficPolicyLocal,
		inner: svc.Spec.InternalTrafficPolicy != nil && *svc.Spec.InternalTrafficPolicy == corev1.ServiceInternalTrafficPolicyLocal,
	}
	for _, in := range svc.Status.LoadBalancer.Ingress {
		r.addExternal(in.IP)
	}
	for _, ip := range svc.Spec.ExternalIPs {
		r.addExternal(ip)
	}
	if svc.Spec.SessionAffinity == corev1.ServiceAffinityClientIP {
		r.affinity = 3 * time.Hour // the default of timeoutSeconds
		if c := svc.Spec.SessionAffinityConfig; c != nil && c.ClientIP != nil && c.ClientIP.TimeoutSeconds != nil {
			r.affinity = time.Duration(*c.ClientIP.TimeoutSeconds) * time.Second
		}
	}
	list := n.slices.Get(r.service.String())
	for _, p := range svc.Spec.Ports {
		r.ports = append(r.ports, rulePort{
			name: p.Name, number: uint16(p.Port), node: uint16(p.NodePort), proto: proto(p.Protocol), endpoints: endpointsOf(list, p.Name, proto(p.Protocol)),
		})
	}
	return r
}

func (r *rules) addExternal(text string) {
	if a, err := netip.ParseAddr(text); err == nil {
		r.external = append(r.external, a)
	}
}

// endpointsOf are the endpoints of a port in the slices of its service: those that are
// ready, or while there is none those that still serve as they end.
func endpointsOf(list []*discoveryv1.EndpointSlice, name, protocol string) []target {
	var ready, ending []target
	for _, s := range list {
		port, ok := slicePort(s, name, protocol)
		if !ok {
			continue
		}
		for _, e := range s.Endpoints {
			t, valid := targetOf(e, port)
			switch {
			case !valid:
			case e.Conditions.Ready == nil || *e.Conditions.Ready:
				ready = append(ready, t)
			case e.Conditions.Serving != nil && *e.Conditions.Serving && e.Conditions.Terminating != nil && *e.Conditions.Terminating:
				ending = append(ending, t)
			}
		}
	}
	if len(ready) == 0 {
		ready = ending
	}
	slices.SortFunc(ready, func(a, b target) int { return a.addr.Compare(b.addr) })
	return slices.CompactFunc(ready, func(a, b target) bool { return a.addr == b.addr })
}

func targetOf(e discoveryv1.Endpoint, port uint16) (target, bool) {
	if len(e.Addresses) == 0 {
		return target{}, false
	}
	a, err := netip.ParseAddr(e.Addresses[0])
	t := target{addr: netip.AddrPortFrom(a, port)}
	if e.NodeName != nil {
		t.node = *e.NodeName
	}
	return t, err == nil
}

// slicePort is the number that a port of the service has in a slice.
func slicePort(s *discoveryv1.EndpointSlice, name, protocol string) (uint16, bool) {
	for _, p := range s.Ports {
		own, kind := "", corev1.ProtocolTCP
		if p.Name != nil {
			own = *p.Name
		}
		if p.Protocol != nil {
			kind = cmp.Or(*p.Protocol, kind)
		}
		if own == name && proto(kind) == protocol && p.Port != nil {
			return uint16(*p.Port), true
		}
	}
	return 0, false
}
