package kubelet

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"drydock/sim/docker"
	"drydock/sim/machine"
)

// ClusterDomain is the domain of a cluster's names (clusterDomain of kubeadm).
const ClusterDomain = "cluster.local"

// DNS is what a pod's /etc/resolv.conf says.
type DNS struct {
	Servers []netip.Addr
	Search  []string
	Options []string // "ndots:5"
}

// dns is the pod's by its dnsPolicy and dnsConfig (pkg/kubelet/network/dns).
func (k *Kubelet) dns(pod *corev1.Pod) DNS {
	var d DNS
	policy := pod.Spec.DNSPolicy
	switch {
	case policy == corev1.DNSNone:
	case !k.DNS.IsValid(), policy == corev1.DNSDefault, pod.Spec.HostNetwork && policy != corev1.DNSClusterFirstWithHostNet:
		d.Servers = []netip.Addr{k.machine.Site.LAN.Gateway}
	default:
		d.Servers = []netip.Addr{k.DNS}
		d.Search = []string{pod.Namespace + ".svc." + ClusterDomain, "svc." + ClusterDomain, ClusterDomain}
		d.Options = []string{"ndots:5"}
	}
	if own := pod.Spec.DNSConfig; own != nil {
		for _, text := range own.Nameservers {
			if a, err := netip.ParseAddr(text); err == nil && !slices.Contains(d.Servers, a) {
				d.Servers = append(d.Servers, a)
			}
		}
		for _, domain := range own.Searches {
			if !slices.Contains(d.Search, domain) {
				d.Search = append(d.Search, domain)
			}
		}
		for _, o := range own.Options {
			d.Options = slices.DeleteFunc(d.Options, func(has string) bool { return has == o.Name || strings.HasPrefix(has, o.Name+":") })
			text := o.Name
			if o.Value != nil {
				text += ":" + *o.Value
			}
			d.Options = append(d.Options, text)
		}
	}
	return d
}

// setDNS hands the pod's name service to the runtime.
func (w *worker) setDNS(pod *corev1.Pod, h *docker.HostConfig) {
	d := w.kubelet.dns(pod)
	for _, a := range d.Servers {
		h.DNS = append(h.DNS, a.String())
	}
	h.DNSSearch, h.DNSOptions = d.Search, d.Options
}

// ResolvConf writes /etc/resolv.conf of a pod's container as containerd 2.1 does.
func ResolvConf(c *docker.Container) string {
	var b strings.Builder
	if len(c.Host.DNSSearch) > 0 {
		b.WriteString("search " + strings.Join(c.Host.DNSSearch, " ") + "\n")
	}
	for _, server := range c.Host.DNS {
		b.WriteString("nameserver " + server + "\n")
	}
	if len(c.Host.DNSOptions) > 0 {
		b.WriteString("options " + strings.Join(c.Host.DNSOptions, " ") + "\n")
	}
	return b.String()
}

// HostsFile writes /etc/hosts of a pod's container as the kubelet does.
func HostsFile(c *docker.Container) string {
	var b strings.Builder
	b.WriteString("# Kubernetes-managed hosts file.\n127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\n" +
		"fe00::\tip6-localnet\nfe00::\tip6-mcastprefix\nfe00::1\tip6-allnodes\nfe00::2\tip6-allrouters\n")
	if c.Net == nil || c.Net == c.Net.Machine.Net {
		return b.String()
	}
	own, names := netip.Addr{}, []string{}
	var aliases []machine.HostEntry
	for i, h := range c.Net.Hosts {
		if i == 0 {
			own = h.Addr
		}
		if h.Addr == own {
			names = append(names, h.Name)
		} else {
			aliases = append(aliases, h)
		}
	}
	if own.IsValid() {
		fmt.Fprintf(&b, "%s\t%s\n", own, strings.Join(names, "\t"))
	}
	for i, h := range aliases {
		switch {
		case i == 0:
			fmt.Fprintf(&b, "\n# Entries added by HostAliases.\n%s\t%s", h.Addr, h.Name)
		case aliases[i-1].Addr == h.Addr:
			b.WriteString("\t" + h.Name)
		default:
			fmt.Fprintf(&b, "\n%s\t%s", h.Addr, h.Name)
		}
	}
	if len(aliases) > 0 {
		b.WriteString("\n")
	}
	return b.String()
}

// ownNames are the lines of /etc/hosts for the pod itself: with a subdomain its full
// name comes first.
func ownNames(pod *corev1.Pod, addr netip.Addr) []machine.HostEntry {
	name := hostname(pod)
	list := []machine.HostEntry{{Addr: addr, Name: name}}
	if pod.Spec.Subdomain == "" {
		return list
	}
	full := name + "." + pod.Spec.Subdomain + "." + pod.Namespace + ".svc." + ClusterDomain
	return append([]machine.HostEntry{{Addr: addr, Name: full}}, list...)
}

// unplug takes the pod's stack off the network.
func (w *worker) unplug() {
	if w.net == nil || w.addresses == nil {
		return
	}
	w.kubelet.network.Detach(w.net)
	if w.kubelet.Left != nil {
		w.kubelet.Left(w.net)
	}
}
