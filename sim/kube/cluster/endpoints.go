package cluster

import (
	"cmp"
	"net/netip"
	"slices"
	"time"

	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	apiequality "k8s.io/apimachinery/pkg/api/equality"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/util/intstr"

	"drydock/sim/clock"
	"drydock/sim/kube/api"
	"drydock/sim/kube/store"
)

// endpointWrite is what writing one endpoint of a service costs: the manager may send
// 20 requests a second (--kube-api-qps), each with a slice of up to 100 endpoints.
const endpointWrite = time.Second / 20 / maxSlice

// endpoints is the endpoint controller and the endpoint slice controller.
type endpoints struct {
	*Cluster
	queue *api.Queue
	// bySelector finds services by the first label of their selector, as labelKey.
	bySelector *store.Index[*corev1.Service]
	// sliceIndex finds slices by the service that they are labelled with.
	sliceIndex *store.Index[*discoveryv1.EndpointSlice]
	// due are large services whose endpoints will be written in a while.
	due map[store.Key]bool
}

func newEndpoints(c *Cluster) {
	e := &endpoints{Cluster: c, due: map[store.Key]bool{}}
	e.queue = c.manager.Queue(reaction, e.sync)
	e.bySelector = c.server.Services.Table.Index(selectorKeys)
	e.sliceIndex = c.server.EndpointSlices.Table.Index(func(s *discoveryv1.EndpointSlice) []string {
		return []string{store.Key{Namespace: s.Namespace, Name: s.Labels[discoveryv1.LabelServiceName]}.String()}
	})
	c.server.Services.Watch(func(ch store.Change[*corev1.Service]) { e.queue.Add(store.KeyOf(ch.Now())) })
	c.server.Pods.Watch(func(ch store.Change[*corev1.Pod]) {
		if ch.Type == store.Modified && sameEndpoint(ch.Old, ch.New) {
			return
		}
		if ch.Type == store.Added && ch.New.Status.PodIP == "" {
			return
		}
		if ch.Type == store.Modified && !apiequality.Semantic.DeepEqual(ch.Old.Labels, ch.New.Labels) {
			e.note(ch.Old)
		}
		e.note(ch.Now())
	})
	c.manager.OnStart(func() {
		for _, s := range c.server.Services.List("") {
			e.queue.Add(store.KeyOf(s))
		}
	})
}

// selectorKeys is the least label of a service's selector.
func selectorKeys(s *corev1.Service) []string {
	if len(s.Spec.Selector) == 0 {
		return nil
	}
	least, first := "", true
	for k := range s.Spec.Selector {
		if first || k < least {
			least, first = k, false
		}
	}
	return []string{labelKey(s.Namespace, least, s.Spec.Selector[least])}
}

// sameEndpoint reports that two states of a pod make the same endpoint.
func sameEndpoint(a, b *corev1.Pod) bool {
	return a.Status.PodIP == b.Status.PodIP && isReady(a) == isReady(b) && isOver(a) == isOver(b) &&
		(a.DeletionTimestamp == nil) == (b.DeletionTimestamp == nil) && apiequality.Semantic.DeepEqual(a.Labels, b.Labels)
}

// note queues the services that a pod belongs to.
func (e *endpoints) note(p *corev1.Pod) {
	for _, key := range labelKeys(p) {
		for _, s := range e.bySelector.Get(key) {
			if !labels.SelectorFromSet(s.Spec.Selector).Matches(labels.Set(p.Labels)) {
				continue
			}
			e.later(store.KeyOf(s), e.podsByLabel.Len(key))
		}
	}
}

// later queues a service, after a while when it has many endpoints to write.
func (e *endpoints) later(key store.Key, size int) {
	switch {
	case size <= maxSlice:
		e.queue.Add(key)
	case !e.due[key]:
		e.due[key] = true
		e.server.Clock.AfterWeighted(time.Duration(size)*endpointWrite, clock.Work, func() {
			delete(e.due, key)
			e.queue.Add(key)
		})
	}
}

func (e *endpoints) sync(key store.Key) {
	svc, found := e.server.Services.Get(key.Namespace, key.Name)
	if !found {
		if ep, has := e.server.Endpoints.Get(key.Namespace, key.Name); has && ep.Labels[managedBy] == endpointController {
			e.server.Endpoints.Remove(key.Namespace, key.Name)
		}
		return
	}
	if len(svc.Spec.Selector) == 0 || svc.Spec.Type == corev1.ServiceTypeExternalName || svc.DeletionTimestamp != nil {
		return
	}
	pods := e.podsOf(svc.Namespace, labels.SelectorFromSet(svc.Spec.Selector), svc.Spec.Selector)
	pods = slices.DeleteFunc(pods, func(p *corev1.Pod) bool { return isOver(p) || p.Status.PodIP == "" })
	slices.SortStableFunc(pods, compareAddresses)
	e.syncEndpoints(svc, pods)
	e.syncSlices(svc, pods)
}

// compareAddresses orders pods by their IP address.
func compareAddresses(a, b *corev1.Pod) int {
	x, errX := netip.ParseAddr(a.Status.PodIP)
	y, errY := netip.ParseAddr(b.Status.PodIP)
	if errX != nil || errY != nil {
		return cmp.Compare(a.Status.PodIP, b.Status.PodIP)
	}
	return x.Compare(y)
}

// The label that says which controller an Endpoints object belongs to (since v1.33).
const (
	managedBy          = "endpoints.kubernetes.io/managed-by"
	endpointController = "endpoint-controller"
)

func (e *endpoints) syncEndpoints(svc *corev1.Service, pods []*corev1.Pod) {
	subsets := e.subsets(svc, pods)
	marks := map[string]string{managedBy: endpointController}
	for k, v := range svc.Labels {
		marks[k] = v
	}
	if svc.Spec.ClusterIP == corev1.ClusterIPNone {
		marks[corev1.IsHeadlessService] = ""
	}
	old, found := e.server.Endpoints.Get(svc.Namespace, svc.Name)
	if !found {
		ep := &corev1.Endpoints{ObjectMeta: metav1.ObjectMeta{Name: svc.Name, Namespace: svc.Namespace, Labels: marks}, Subsets: subsets} //nolint:staticcheck // what learners meet
		_, _ = e.server.Endpoints.Create(ep)                                                                                              // the namespace may be ending
		return
	}
	if apiequality.Semantic.DeepEqual(old.Subsets, subsets) && apiequality.Semantic.DeepEqual(old.Labels, marks) {
		return
	}
	ep := store.Copy(old)
	ep.Subsets, ep.Labels = subsets, marks
	e.server.Endpoints.SetStatus(ep)
}

// subsets groups the pods' addresses by the ports that they have under the service's
// names; a pod without a named port has none of it.
func (e *endpoints) subsets(svc *corev1.Service, pods []*corev1.Pod) []corev1.EndpointSubset { //nolint:staticcheck // see Server
	var subsets []corev1.EndpointSubset //nolint:staticcheck // see Server
	for _, p := range pods {
		if p.DeletionTimestamp != nil && !svc.Spec.PublishNotReadyAddresses {
			continue
		}
		var ports []corev1.EndpointPort //nolint:staticcheck // see Server
		for _, port := range svc.Spec.Ports {
			if n, ok := targetPort(p, port); ok {
				ports = append(ports, corev1.EndpointPort{Name: port.Name, Port: n, Protocol: protocolOf(port)}) //nolint:staticcheck // see Server
			}
		}
		if len(ports) == 0 && (len(svc.Spec.Ports) > 0 || svc.Spec.ClusterIP != corev1.ClusterIPNone) {
			continue
		}
		slices.SortFunc(ports, func(a, b corev1.EndpointPort) int { return cmp.Compare(a.Name, b.Name) }) //nolint:staticcheck // see Server
		node := p.Spec.NodeName
		address := corev1.EndpointAddress{IP: p.Status.PodIP, NodeName: &node, TargetRef: podReference(p)} //nolint:staticcheck // see Server
		if p.Spec.Hostname != "" && p.Spec.Subdomain == svc.Name {
			address.Hostname = p.Spec.Hostname
		}
		at := slices.IndexFunc(subsets, func(s corev1.EndpointSubset) bool { return slices.Equal(s.Ports, ports) }) //nolint:staticcheck // see Server
		if at < 0 {
			at, subsets = len(subsets), append(subsets, corev1.EndpointSubset{Ports: ports}) //nolint:staticcheck // see Server
		}
		if svc.Spec.PublishNotReadyAddresses || isReady(p) {
			subsets[at].Addresses = append(subsets[at].Addresses, address)
		} else {
			subsets[at].NotReadyAddresses = append(subsets[at].NotReadyAddresses, address)
		}
	}
	return subsets
}

// podReference is how endpoints name the pod behind them.
func podReference(p *corev1.Pod) *corev1.ObjectReference {
	return &corev1.ObjectReference{Kind: "Pod", Namespace: p.Namespace, Name: p.Name, UID: p.UID}
}

// targetPort is the number of a service's port in a pod; a name is looked up among
// the ports of its containers.
func targetPort(p *corev1.Pod, port corev1.ServicePort) (int32, bool) {
	if port.TargetPort.Type == intstr.Int {
		if port.TargetPort.IntVal == 0 {
			return port.Port, true
		}
		return port.TargetPort.IntVal, true
	}
	for _, c := range p.Spec.Containers {
		for _, own := range c.Ports {
			if own.Name == port.TargetPort.StrVal && cmp.Or(own.Protocol, corev1.ProtocolTCP) == protocolOf(port) {
				return own.ContainerPort, true
			}
		}
	}
	return 0, false
}

func protocolOf(p corev1.ServicePort) corev1.Protocol { return cmp.Or(p.Protocol, corev1.ProtocolTCP) }
