package api

import (
	"fmt"
	"slices"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// The ranges of a cluster that kubeadm made: --service-cluster-ip-range 10.96.0.0/12,
// and --service-node-port-range.
const (
	nodePortFirst = 30000
	nodePortCount = 2768
)

func defaultService(v *corev1.Service) {
	setString(&v.Spec.Type, corev1.ServiceTypeClusterIP)
	setString(&v.Spec.SessionAffinity, corev1.ServiceAffinityNone)
	v.Spec.Ports = eachChanged(v.Spec.Ports, func(p *corev1.ServicePort) {
		setString(&p.Protocol, corev1.ProtocolTCP)
		if p.TargetPort == (intstr.IntOrString{}) {
			p.TargetPort = intstr.FromInt32(p.Port)
		}
	})
	switch v.Spec.Type {
	case corev1.ServiceTypeExternalName:
		return
	case corev1.ServiceTypeNodePort, corev1.ServiceTypeLoadBalancer:
		setString(&v.Spec.ExternalTrafficPolicy, corev1.ServiceExternalTrafficPolicyCluster)
	case corev1.ServiceTypeClusterIP:
		v.Spec.ExternalTrafficPolicy = ""
	}
	if v.Spec.Type == corev1.ServiceTypeLoadBalancer {
		setPointer(&v.Spec.AllocateLoadBalancerNodePorts, true)
	}
	setPointer(&v.Spec.InternalTrafficPolicy, corev1.ServiceInternalTrafficPolicyCluster)
	setPointer(&v.Spec.IPFamilyPolicy, corev1.IPFamilyPolicySingleStack)
	if len(v.Spec.IPFamilies) == 0 {
		v.Spec.IPFamilies = []corev1.IPFamily{corev1.IPv4Protocol}
	}
}

// allocate gives a service its address and node ports, as far as its type has them.
func (s *Server) allocate(v *corev1.Service) error {
	if v.Spec.Type == corev1.ServiceTypeExternalName {
		return nil
	}
	if v.Spec.ClusterIP == "" {
		v.Spec.ClusterIP = s.freeAddress()
	}
	v.Spec.ClusterIPs = []string{v.Spec.ClusterIP}
	if v.Spec.Type == corev1.ServiceTypeClusterIP {
		return nil
	}
	used := s.nodePorts(v)
	v.Spec.Ports = slices.Clone(v.Spec.Ports)
	for i := range v.Spec.Ports {
		p := &v.Spec.Ports[i]
		if p.NodePort == 0 {
			if len(used) >= nodePortCount {
				return fmt.Errorf("failed to allocate a nodePort: range is full")
			}
			for p.NodePort == 0 || used[p.NodePort] {
				p.NodePort = nodePortFirst + s.Clock.Rand().Int32N(nodePortCount)
			}
		}
		used[p.NodePort] = true
	}
	return nil
}

// freeAddress draws a service address that none has.
func (s *Server) freeAddress() string {
	used := map[string]bool{}
	for _, v := range s.Services.List("") {
		used[v.Spec.ClusterIP] = true
	}
	for {
		// The first 256 are kept for those who choose one.
		n := 256 + s.Clock.Rand().IntN(1<<20-257)
		ip := fmt.Sprintf("10.%d.%d.%d", 96+n>>16, n>>8&0xff, n&0xff)
		if !used[ip] {
			return ip
		}
	}
}

// nodePorts are those of the other services.
func (s *Server) nodePorts(but *corev1.Service) map[int32]bool {
	used := map[int32]bool{}
	for _, v := range s.Services.List("") {
		if v.Namespace == but.Namespace && v.Name == but.Name {
			continue
		}
		for _, p := range v.Spec.Ports {
			if p.NodePort != 0 {
				used[p.NodePort] = true
			}
		}
	}
	return used
}

// keepAllocated takes over what the server gave a service when an update, as from
// a file that never had it, leaves it out; it runs before validation.
func keepAllocated(v, old *corev1.Service) {
	if v.Spec.Type == corev1.ServiceTypeExternalName {
		return
	}
	if v.Spec.ClusterIP == "" {
		v.Spec.ClusterIP, v.Spec.ClusterIPs = old.Spec.ClusterIP, old.Spec.ClusterIPs
	}
	if v.Spec.Type == corev1.ServiceTypeClusterIP {
		v.Spec.Ports = eachChanged(v.Spec.Ports, func(p *corev1.ServicePort) { p.NodePort = 0 })
		return
	}
	v.Spec.Ports = eachChanged(v.Spec.Ports, func(p *corev1.ServicePort) {
		for _, o := range old.Spec.Ports {
			if p.NodePort == 0 && o.Port == p.Port && o.Protocol == p.Protocol {
				p.NodePort = o.NodePort
			}
		}
	})
}
