package network

import (
	"net/netip"
	"strconv"
	"strings"

	"drydock/sim/kube/api"
	"drydock/sim/kube/kubelet"
	"drydock/sim/machine"
)

// dnsPort is where name servers listen.
const dnsPort = 53

// hiddenDNS is the name service of a cluster whose control plane is out of sight.
type hiddenDNS struct {
	net       *machine.Namespace
	component *api.Component
}

// ProvideDNS gives the cluster a name service that no pod of the cluster runs, as
// some managed clusters have it. Without it the pods behind the Service kube-dns
// answer, as far as there are any. The component stops and starts it.
func (n *Network) ProvideDNS() *api.Component {
	d := &hiddenDNS{net: machine.NewNamespace("coredns", n.site.Machines()[0]), component: n.server.Component("coredns")}
	n.dns = d
	for _, proto := range []string{"udp", "tcp"} {
		_ = d.net.Listen(&machine.Listener{Addr: netip.IPv4Unspecified(), Port: dnsPort, Proto: proto, Serve: n.serveDNS(d.net.Machine.Net)}) // it is the first
	}
	return d.component
}

// hiddenDNSRoute leads a node's packets for the name service out of sight.
func (n *Network) hiddenDNSRoute() *machine.Redirect {
	at := netip.AddrPortFrom(DNSAddress(), dnsPort)
	return &machine.Redirect{
		Match: func(to netip.AddrPort, _ string) bool { return n.dns != nil && to == at },
		Choose: func(_ *machine.Namespace, to netip.AddrPort, _ string) (machine.Hop, error) {
			if n.dns.component.Stopped() {
				return machine.Hop{}, machine.ErrTimeout
			}
			return machine.Hop{At: n.dns.net, To: to}, nil
		},
	}
}

// resolve is a pod's resolver: the names that its search list makes, one after the
// other, each asked of its name servers.
func (n *Network) resolve(p *pod, name string) ([]netip.Addr, error) {
	for _, full := range candidates(p.dns, name) {
		addrs, err := n.ask(p, full)
		if err != nil || len(addrs) > 0 {
			return addrs, err
		}
	}
	return nil, machine.ErrUnknownHost
}

// candidates are the full names that are tried for a name (resolv.conf(5)): one with
// fewer dots than ndots says is searched for first.
func candidates(dns kubelet.DNS, name string) []string {
	if full, absolute := strings.CutSuffix(name, "."); absolute {
		return []string{full}
	}
	least := 1
	for _, o := range dns.Options {
		if text, ok := strings.CutPrefix(o, "ndots:"); ok {
			if v, err := strconv.Atoi(text); err == nil {
				least = v
			}
		}
	}
	var list []string
	for _, domain := range dns.Search {
		list = append(list, name+"."+strings.TrimSuffix(domain, "."))
	}
	if strings.Count(name, ".") >= least {
		return append([]string{name}, list...)
	}
	return append(list, name)
}

// ask asks the pod's name servers for a full name. No addresses and no error means
// that the name does not exist.
func (n *Network) ask(p *pod, name string) ([]netip.Addr, error) {
	for _, server := range p.dns.Servers {
		if addrs, answered := n.askServer(p, server, name); answered {
			return addrs, nil
		}
	}
	return nil, machine.ErrTryAgain
}

func (n *Network) askServer(p *pod, server netip.Addr, name string) ([]netip.Addr, bool) {
	to := netip.AddrPortFrom(server, dnsPort)
	if !serviceRange().Contains(server) && !inPodNetwork(server) { // the site's, or one of the internet
		if p.net.Leaving != nil && !p.net.Leaving(nil, to, "udp") {
			return nil, false
		}
		addrs, err := p.node.machine.Net.LookupHost(name)
		return addrs, err == nil || !n.site.Internet.Down
	}
	conn, err := p.net.DialAddr(to, "udp")
	if err != nil {
		return nil, false
	}
	resp := conn.Do(machine.Request{Proto: "dns", Method: "A", Host: name})
	if resp.Err != nil {
		return nil, false
	}
	var addrs []netip.Addr
	for _, line := range strings.Fields(resp.Body) {
		if a, err := netip.ParseAddr(line); err == nil {
			addrs = append(addrs, a)
		}
	}
	return addrs, true
}

// The ports of CoreDNS beside that of the names: health, ready and metrics, as in
// kubeadm's Corefile.
const (
	healthPort  = 8080
	readyPort   = 8181
	metricsPort = 9153
)

// CoreDNS is the program /coredns of the image registry.k8s.io/coredns/coredns: it
// answers for the cluster's names wherever it runs.
func (n *Network) CoreDNS() machine.Main {
	return func(p *machine.Process) int {
		open := func(port int, proto string, serve func(machine.Request) machine.Response) bool {
			err := p.Net.Listen(&machine.Listener{Addr: netip.IPv4Unspecified(), Port: port, Proto: proto, Process: p, Serve: serve})
			if err != nil {
				p.Errorf("Listen: listen %s :%d: bind: address already in use\n", proto, port)
			}
			return err == nil
		}
		page := func(text string) func(machine.Request) machine.Response {
			return func(machine.Request) machine.Response { return machine.Response{Status: 200, Body: text} }
		}
		names := n.serveDNS(p.Machine.Net)
		if !open(dnsPort, "udp", names) || !open(dnsPort, "tcp", names) || !open(healthPort, "tcp", page("OK")) ||
			!open(readyPort, "tcp", page("OK")) || !open(metricsPort, "tcp", page("")) {
			return 1
		}
		p.Printf("%s", ".:53\n[INFO] plugin/reload: Running configuration SHA512 = "+strings.Repeat("1b226df79860026c6a52e67daa10d7f0", 4)+"\nCoreDNS-1.13.1\nlinux/amd64, go1.25.2, 1db4568\n")
		return serveUntilStopped(p, lameduck)
	}
}
