package sim

import (
	"fmt"

	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"

	"drydock/sim/kube/api"
)

// kubeServiceStates are the Services with where they lead.
func kubeServiceStates(s *api.Server) []KubeService {
	slices := map[string][]*discoveryv1.EndpointSlice{}
	for _, slice := range s.EndpointSlices.List("") {
		key := slice.Namespace + "/" + slice.Labels[discoveryv1.LabelServiceName]
		slices[key] = append(slices[key], slice)
	}
	var out []KubeService
	for _, svc := range s.Services.List("") {
		st := KubeService{
			Namespace: svc.Namespace, Name: svc.Name, Type: string(svc.Spec.Type), ClusterIP: svc.Spec.ClusterIP, External: svc.Spec.ExternalIPs,
			Selector: svc.Spec.Selector,
		}
		for _, p := range svc.Spec.Ports {
			st.Ports = append(st.Ports, KubePort{p.Name, int(p.Port), p.TargetPort.String(), int(p.NodePort), string(p.Protocol)})
		}
		for _, i := range svc.Status.LoadBalancer.Ingress {
			st.External = appendNew(appendNew(st.External, i.IP), i.Hostname)
		}
		st.Pending = svc.Spec.Type == corev1.ServiceTypeLoadBalancer && len(svc.Status.LoadBalancer.Ingress) == 0
		for _, slice := range slices[svc.Namespace+"/"+svc.Name] {
			st.addEndpoints(slice)
		}
		out = append(out, st)
	}
	return out
}

func (st *KubeService) addEndpoints(slice *discoveryv1.EndpointSlice) {
	for _, e := range slice.Endpoints {
		at := KubeEndpoint{Ready: e.Conditions.Ready == nil || *e.Conditions.Ready}
		if len(e.Addresses) > 0 {
			at.Addr = e.Addresses[0]
		}
		if e.NodeName != nil {
			at.Node = *e.NodeName
		}
		if e.TargetRef != nil && e.TargetRef.Kind == "Pod" {
			at.Pod = e.TargetRef.Name
		}
		if at.Ready {
			st.ReadyCount++
		}
		st.Endpoints = append(st.Endpoints, at)
	}
}

func ingressStates(s *api.Server) []Ingress {
	var out []Ingress
	for _, i := range s.Ingresses.List("") {
		st := Ingress{Namespace: i.Namespace, Name: i.Name}
		if i.Spec.IngressClassName != nil {
			st.Class = *i.Spec.IngressClassName
		}
		if b := i.Spec.DefaultBackend; b != nil && b.Service != nil {
			st.Services = appendNew(st.Services, b.Service.Name)
		}
		for _, r := range i.Spec.Rules {
			st.Hosts = appendNew(st.Hosts, r.Host)
			if r.HTTP == nil {
				continue
			}
			for _, p := range r.HTTP.Paths {
				if p.Backend.Service != nil {
					st.Services = appendNew(st.Services, p.Backend.Service.Name)
				}
			}
		}
		for _, a := range i.Status.LoadBalancer.Ingress {
			st.Addresses = appendNew(appendNew(st.Addresses, a.IP), a.Hostname)
		}
		out = append(out, st)
	}
	return out
}

func claimStates(s *api.Server) []Claim {
	users := map[string][]string{}
	for _, p := range s.Pods.List("") {
		for i := range p.Spec.Volumes {
			if c := p.Spec.Volumes[i].PersistentVolumeClaim; c != nil {
				key := p.Namespace + "/" + c.ClaimName
				users[key] = append(users[key], p.Name)
			}
		}
	}
	var out []Claim
	for _, c := range s.PersistentVolumeClaims.List("") {
		st := Claim{Namespace: c.Namespace, Name: c.Name, Phase: string(c.Status.Phase), Volume: c.Spec.VolumeName, UsedBy: users[c.Namespace+"/"+c.Name]}
		if c.Spec.StorageClassName != nil {
			st.Class = *c.Spec.StorageClassName
		}
		st.Size = c.Spec.Resources.Requests.Storage().String()
		if size, bound := c.Status.Capacity[corev1.ResourceStorage]; bound {
			st.Size = size.String()
		}
		out = append(out, st)
	}
	return out
}

func volumeStates(s *api.Server) []PersistentVolume {
	var out []PersistentVolume
	for _, v := range s.PersistentVolumes.List("") {
		st := PersistentVolume{Name: v.Name, Phase: string(v.Status.Phase), Class: v.Spec.StorageClassName, Reclaim: string(v.Spec.PersistentVolumeReclaimPolicy)}
		st.Size = v.Spec.Capacity.Storage().String()
		if ref := v.Spec.ClaimRef; ref != nil {
			st.Claim = fmt.Sprintf("%s/%s", ref.Namespace, ref.Name)
		}
		out = append(out, st)
	}
	return out
}
