package cluster

import (
	"cmp"
	"slices"

	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	apiequality "k8s.io/apimachinery/pkg/api/equality"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"drydock/sim/kube/store"
)

// maxSlice is how many endpoints a slice holds (--max-endpoints-per-slice).
const maxSlice = 100

// sliceController is the value of managed-by on slices of the controller.
const sliceController = "endpointslice-controller.k8s.io"

// portGroup is the endpoints of a service that have the same ports.
type portGroup struct {
	ports     []discoveryv1.EndpointPort
	endpoints []discoveryv1.Endpoint
}

// syncSlices writes the endpoint slices of a service. A slice keeps its name while
// it has something to hold; a service without endpoints has one empty slice.
func (e *endpoints) syncSlices(svc *corev1.Service, pods []*corev1.Pod) {
	old := e.slicesOf(svc)
	used := map[types.UID]bool{}
	for _, g := range e.groups(svc, pods) {
		for chunk := range slices.Chunk(g.endpoints, maxSlice) {
			e.putSlice(svc, old, used, g.ports, chunk)
		}
		if len(g.endpoints) == 0 {
			e.putSlice(svc, old, used, nil, nil)
		}
	}
	for _, s := range old {
		if !used[s.UID] {
			_, _ = e.server.EndpointSlices.Delete(s.Namespace, s.Name, deleteNow()) // it was there a moment ago
		}
	}
}

// slicesOf lists the controller's slices of a service.
func (e *endpoints) slicesOf(svc *corev1.Service) []*discoveryv1.EndpointSlice {
	return slices.DeleteFunc(e.sliceIndex.Get(store.KeyOf(svc).String()), func(s *discoveryv1.EndpointSlice) bool {
		return s.Labels[discoveryv1.LabelManagedBy] != sliceController
	})
}

// groups sorts the endpoints of a service by what ports they have.
func (e *endpoints) groups(svc *corev1.Service, pods []*corev1.Pod) []portGroup {
	var groups []portGroup
	for _, p := range pods {
		ports := slicePorts(svc, p)
		at := slices.IndexFunc(groups, func(g portGroup) bool { return apiequality.Semantic.DeepEqual(g.ports, ports) })
		if at < 0 {
			at, groups = len(groups), append(groups, portGroup{ports: ports})
		}
		groups[at].endpoints = append(groups[at].endpoints, e.endpoint(svc, p))
	}
	if len(groups) == 0 {
		return []portGroup{{}}
	}
	return groups
}

// slicePorts are the ports of a pod under the names of the service.
func slicePorts(svc *corev1.Service, p *corev1.Pod) []discoveryv1.EndpointPort {
	ports := []discoveryv1.EndpointPort{}
	for _, port := range svc.Spec.Ports {
		n, ok := targetPort(p, port)
		if !ok {
			continue
		}
		name, protocol := port.Name, protocolOf(port)
		ports = append(ports, discoveryv1.EndpointPort{Name: &name, Port: &n, Protocol: &protocol, AppProtocol: port.AppProtocol})
	}
	slices.SortFunc(ports, func(a, b discoveryv1.EndpointPort) int { return cmp.Compare(*a.Name, *b.Name) })
	return ports
}

func (e *endpoints) endpoint(svc *corev1.Service, p *corev1.Pod) discoveryv1.Endpoint {
	serving, terminating := isReady(p), p.DeletionTimestamp != nil
	ready := svc.Spec.PublishNotReadyAddresses || serving && !terminating
	node := p.Spec.NodeName
	end := discoveryv1.Endpoint{
		Addresses:  []string{p.Status.PodIP},
		Conditions: discoveryv1.EndpointConditions{Ready: &ready, Serving: &serving, Terminating: &terminating},
		NodeName:   &node, TargetRef: podReference(p),
	}
	if n, found := e.server.Nodes.Get("", node); found && n.Labels[corev1.LabelTopologyZone] != "" {
		zone := n.Labels[corev1.LabelTopologyZone]
		end.Zone = &zone
	}
	if p.Spec.Hostname != "" && p.Spec.Subdomain == svc.Name {
		host := p.Spec.Hostname
		end.Hostname = &host
	}
	return end
}

// putSlice writes endpoints into an old slice not used yet, best into one with the
// same ports, else into a new one.
func (e *endpoints) putSlice(svc *corev1.Service, old []*discoveryv1.EndpointSlice, used map[types.UID]bool, ports []discoveryv1.EndpointPort, list []discoveryv1.Endpoint) {
	marks := map[string]string{discoveryv1.LabelServiceName: svc.Name, discoveryv1.LabelManagedBy: sliceController}
	for k, v := range svc.Labels {
		marks[k] = v
	}
	if svc.Spec.ClusterIP == corev1.ClusterIPNone {
		marks[corev1.IsHeadlessService] = ""
	}
	var into *discoveryv1.EndpointSlice
	for _, s := range old {
		same := apiequality.Semantic.DeepEqual(s.Ports, ports)
		if !used[s.UID] && (into == nil || same && !apiequality.Semantic.DeepEqual(into.Ports, ports)) {
			into = s
		}
	}
	if into == nil {
		yes := true
		s := &discoveryv1.EndpointSlice{
			ObjectMeta: metav1.ObjectMeta{GenerateName: svc.Name + "-", Namespace: svc.Namespace, Labels: marks, OwnerReferences: []metav1.OwnerReference{
				{APIVersion: "v1", Kind: "Service", Name: svc.Name, UID: svc.UID, Controller: &yes, BlockOwnerDeletion: &yes},
			}},
			AddressType: discoveryv1.AddressTypeIPv4, Ports: ports, Endpoints: list,
		}
		_, _ = e.server.EndpointSlices.Create(s) // the namespace may be ending
		return
	}
	used[into.UID] = true
	if apiequality.Semantic.DeepEqual(into.Ports, ports) && apiequality.Semantic.DeepEqual(into.Endpoints, list) && apiequality.Semantic.DeepEqual(into.Labels, marks) {
		return
	}
	s := store.Copy(into)
	s.Ports, s.Endpoints, s.Labels = ports, list, marks
	s.Generation++
	e.server.EndpointSlices.SetStatus(s)
}
