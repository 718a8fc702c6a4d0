package describe

import (
	"fmt"
	"net"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	networkingv1 "k8s.io/api/networking/v1"
)

func (p *page) service(s *corev1.Service) {
	p.identity(s)
	p.field(0, "Selector", equalities(s.Spec.Selector))
	p.field(0, "Type", s.Spec.Type)
	if s.Spec.IPFamilyPolicy != nil {
		p.field(0, "IP Family Policy", *s.Spec.IPFamilyPolicy)
	}
	if len(s.Spec.IPFamilies) > 0 {
		p.field(0, "IP Families", joined(s.Spec.IPFamilies, ","))
	} else {
		p.field(0, "IP Families", none)
	}
	p.field(0, "IP", s.Spec.ClusterIP)
	if len(s.Spec.ClusterIPs) > 0 {
		p.field(0, "IPs", strings.Join(s.Spec.ClusterIPs, ","))
	} else {
		p.field(0, "IPs", none)
	}
	if len(s.Spec.ExternalIPs) > 0 {
		p.field(0, "External IPs", strings.Join(s.Spec.ExternalIPs, ","))
	}
	p.given(0, "Desired LoadBalancer IP", s.Spec.LoadBalancerIP)
	p.given(0, "External Name", s.Spec.ExternalName)
	if in := s.Status.LoadBalancer.Ingress; len(in) > 0 {
		var list []string
		for _, i := range in {
			list = append(list, i.IP+i.Hostname)
		}
		p.field(0, "LoadBalancer Ingress", strings.Join(list, ", "))
	}
	for i := range s.Spec.Ports {
		p.servicePort(s, &s.Spec.Ports[i])
	}
	p.field(0, "Session Affinity", s.Spec.SessionAffinity)
	p.given(0, "External Traffic Policy", string(s.Spec.ExternalTrafficPolicy))
	if s.Spec.InternalTrafficPolicy != nil {
		p.field(0, "Internal Traffic Policy", *s.Spec.InternalTrafficPolicy)
	}
	if s.Spec.HealthCheckNodePort != 0 {
		p.field(0, "HealthCheck NodePort", s.Spec.HealthCheckNodePort)
	}
	if s.Spec.TrafficDistribution != nil {
		p.field(0, "Traffic Distribution", *s.Spec.TrafficDistribution)
	}
	p.given(0, "LoadBalancer Source Ranges", strings.Join(s.Spec.LoadBalancerSourceRanges, ","))
	p.eventTable()
}

func (p *page) servicePort(s *corev1.Service, port *corev1.ServicePort) {
	name := port.Name
	if name == "" {
		name = unset
	}
	p.line(0, "Port:\t%s\t%d/%s", name, port.Port, port.Protocol)
	p.line(0, "TargetPort:\t%s/%s", port.TargetPort.String(), port.Protocol)
	if port.NodePort != 0 {
		p.line(0, "NodePort:\t%s\t%d/%s", name, port.NodePort, port.Protocol)
	}
	p.field(0, "Endpoints", p.reach(s, port.Name))
}

// reach is what stands behind a port of a service: the ready addresses of its
// endpoint slices, three of them, and how many more there are.
func (p *page) reach(s *corev1.Service, port string) string {
	var list []string
	for _, slice := range p.server.EndpointSlices.List(s.Namespace) {
		if slice.Labels[discoveryv1.LabelServiceName] != s.Name {
			continue
		}
		list = append(list, sliceAddresses(slice, port)...)
	}
	return few(list)
}

func sliceAddresses(slice *discoveryv1.EndpointSlice, port string) []string {
	var list []string
	ports := slice.Ports
	if len(ports) == 0 {
		ports = []discoveryv1.EndpointPort{{Name: &port}} // a target port that no pod names
	}
	for _, sp := range ports {
		if sp.Name != nil && *sp.Name != port || sp.Name == nil && port != "" {
			continue
		}
		for _, e := range slice.Endpoints {
			if e.Conditions.Ready != nil && !*e.Conditions.Ready {
				continue
			}
			for _, a := range e.Addresses {
				if sp.Port != nil {
					a = net.JoinHostPort(a, strconv.Itoa(int(*sp.Port)))
				}
				list = append(list, a)
			}
		}
	}
	return list
}

func few(list []string) string {
	const shown = 3
	if len(list) <= shown {
		return strings.Join(list, ",")
	}
	return fmt.Sprintf("%s + %d more...", strings.Join(list[:shown], ","), len(list)-shown)
}

func (p *page) ingress(in *networkingv1.Ingress) {
	p.field(0, "Name", in.Name)
	p.labels("Labels", in.Labels)
	p.field(0, "Namespace", in.Namespace)
	var addresses []string
	for _, a := range in.Status.LoadBalancer.Ingress {
		addresses = append(addresses, a.IP+a.Hostname)
	}
	p.field(0, "Address", strings.Join(addresses, ","))
	class := none
	if in.Spec.IngressClassName != nil {
		class = *in.Spec.IngressClassName
	}
	p.field(0, "Ingress Class", class)
	if in.Spec.DefaultBackend != nil {
		p.field(0, "Default backend", p.backend(in, in.Spec.DefaultBackend))
	} else {
		p.field(0, "Default backend", "<default>")
	}
	if len(in.Spec.TLS) > 0 {
		p.line(0, "TLS:")
	}
	for _, t := range in.Spec.TLS {
		if t.SecretName == "" {
			p.line(1, "SNI routes %s", strings.Join(t.Hosts, ","))
			continue
		}
		p.line(1, "%s terminates %s", t.SecretName, strings.Join(t.Hosts, ","))
	}
	p.rules(in)
	p.annotations("Annotations", in.Annotations)
	p.eventTable()
}

func (p *page) rules(in *networkingv1.Ingress) {
	p.line(0, "Rules:")
	p.line(1, "Host\tPath\tBackends")
	p.line(1, "----\t----\t--------")
	written := 0
	for _, rule := range in.Spec.Rules {
		if rule.HTTP == nil {
			continue
		}
		written++
		host := rule.Host
		if host == "" {
			host = "*"
		}
		p.line(1, "%s\t", host)
		for i := range rule.HTTP.Paths {
			path := &rule.HTTP.Paths[i]
			p.line(1, "  \t%s \t%s", path.Path, p.backend(in, &path.Backend))
		}
	}
	if written == 0 && in.Spec.DefaultBackend != nil {
		p.line(1, "%s\t%s\t%s", "*", "*", p.backend(in, in.Spec.DefaultBackend))
	}
}

// backend is a service with the addresses behind it.
func (p *page) backend(in *networkingv1.Ingress, b *networkingv1.IngressBackend) string {
	switch {
	case b.Service == nil && b.Resource != nil:
		group := none
		if b.Resource.APIGroup != nil {
			group = *b.Resource.APIGroup
		}
		return fmt.Sprintf("APIGroup: %s, Kind: %s, Name: %s", group, b.Resource.Kind, b.Resource.Name)
	case b.Service == nil:
		return none
	}
	port := b.Service.Port.Name
	if port == "" {
		port = strconv.Itoa(int(b.Service.Port.Number))
	}
	name := b.Service.Name + ":" + port
	s, found := p.server.Services.Get(in.Namespace, b.Service.Name)
	if !found {
		return fmt.Sprintf("%s (<error: services %q not found>)", name, b.Service.Name)
	}
	own := "" // a port that the service lacks is looked for under no name
	for _, sp := range s.Spec.Ports {
		if sp.Name == b.Service.Port.Name && sp.Name != "" || sp.Port == b.Service.Port.Number {
			own = sp.Name
		}
	}
	return name + " (" + p.reach(s, own) + ")"
}

//nolint:staticcheck // Endpoints are deprecated, and learners still meet them
func (p *page) endpoints(e *corev1.Endpoints) {
	p.identity(e)
	p.line(0, "Subsets:")
	for _, s := range e.Subsets {
		p.field(1, "Addresses", ips(s.Addresses))
		p.field(1, "NotReadyAddresses", ips(s.NotReadyAddresses))
		if len(s.Ports) > 0 {
			p.line(1, "Ports:")
			p.line(2, "Name\tPort\tProtocol")
			p.line(2, "----\t----\t--------")
		}
		for _, port := range s.Ports {
			name := port.Name
			if name == "" {
				name = unset
			}
			p.line(2, "%s\t%d\t%s", name, port.Port, port.Protocol)
		}
		p.line(0, "")
	}
	p.eventTable()
}

func ips(list []corev1.EndpointAddress) string { //nolint:staticcheck // see endpoints
	if len(list) == 0 {
		return none
	}
	words := make([]string, len(list))
	for i, a := range list {
		words[i] = a.IP
	}
	return strings.Join(words, ",")
}
