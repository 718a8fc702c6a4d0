package network

import (
	"net/netip"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"drydock/sim/kube/kubelet"
	"drydock/sim/kube/store"
	"drydock/sim/machine"
)

// Answer is what a name server says to a question for addresses.
type Answer struct {
	Exists bool // the name does, with addresses or without; else NXDOMAIN
	Addrs  []netip.Addr
}

// maxAliases ends a chain of ExternalNames.
const maxAliases = 8

// Look answers for a full name as CoreDNS does: the plugin kubernetes for the
// cluster's domain, and the resolver of the machine it runs on for all others.
func (n *Network) Look(name string, upstream *machine.Namespace) Answer {
	return n.look(strings.ToLower(strings.TrimSuffix(name, ".")), upstream, 0)
}

func (n *Network) look(name string, upstream *machine.Namespace, depth int) Answer {
	rest, inside := strings.CutSuffix(name, "."+kubelet.ClusterDomain)
	switch {
	case depth > maxAliases:
		return Answer{}
	case !inside && name == kubelet.ClusterDomain:
		return Answer{Exists: true}
	case !inside:
		addrs, err := upstream.LookupHost(name)
		return Answer{Exists: err == nil, Addrs: addrs}
	}
	labels := strings.Split(rest, ".")
	last := len(labels) - 1
	switch {
	case labels[last] == "svc" && (last == 2 || last == 3):
		svc, found := n.server.Services.Get(labels[last-1], labels[last-2])
		if !found {
			return Answer{}
		}
		host := ""
		if last == 3 {
			host = labels[0]
		}
		return n.lookService(svc, host, upstream, depth)
	case labels[last] == "svc" && last == 1:
		_, found := n.server.Namespaces.Get("", labels[0])
		return Answer{Exists: found}
	case labels[last] == "pod" && last == 2: // pods insecure, as kubeadm's Corefile has it
		a, err := netip.ParseAddr(strings.ReplaceAll(labels[0], "-", "."))
		if _, found := n.server.Namespaces.Get("", labels[1]); err != nil || !found {
			return Answer{}
		}
		return Answer{Exists: true, Addrs: []netip.Addr{a}}
	case rest == "svc" || rest == "pod":
		return Answer{Exists: true}
	}
	return Answer{}
}

// lookService is the answer for a service, or with host for one endpoint of it.
func (n *Network) lookService(svc *corev1.Service, host string, upstream *machine.Namespace, depth int) Answer {
	if svc.Spec.Type == corev1.ServiceTypeExternalName {
		if host != "" {
			return Answer{}
		}
		a := n.look(strings.ToLower(strings.TrimSuffix(svc.Spec.ExternalName, ".")), upstream, depth+1)
		return Answer{Exists: true, Addrs: a.Addrs}
	}
	cluster, err := netip.ParseAddr(svc.Spec.ClusterIP)
	if err == nil && host == "" {
		return Answer{Exists: true, Addrs: []netip.Addr{cluster}}
	}
	var a Answer
	for _, s := range n.slices.Get(store.KeyOf(svc).String()) {
		for _, e := range s.Endpoints {
			if len(e.Addresses) == 0 || e.Conditions.Ready != nil && !*e.Conditions.Ready {
				continue
			}
			name := strings.ReplaceAll(e.Addresses[0], ".", "-")
			if e.Hostname != nil {
				name = *e.Hostname
			}
			addr, err := netip.ParseAddr(e.Addresses[0])
			if err == nil && (host == "" || strings.EqualFold(host, name)) && !slices.Contains(a.Addrs, addr) {
				a.Addrs = append(a.Addrs, addr)
			}
		}
	}
	a.Exists = len(a.Addrs) > 0 // a headless service without endpoints has no name
	return a
}

// Serve answers a request of the protocol "dns": Host is the name asked for. The
// answer has a line for each address; Status is 3 where the name does not exist.
func (n *Network) serveDNS(upstream *machine.Namespace) func(machine.Request) machine.Response {
	return func(r machine.Request) machine.Response {
		if r.Proto != "dns" {
			return machine.Response{Err: machine.ErrReset}
		}
		a := n.Look(r.Host, upstream)
		if !a.Exists {
			return machine.Response{Status: nxdomain}
		}
		var b strings.Builder
		for _, addr := range a.Addrs {
			b.WriteString(addr.String() + "\n")
		}
		return machine.Response{Body: b.String()}
	}
}

// nxdomain is the response code for a name that does not exist (RFC 1035).
const nxdomain = 3
