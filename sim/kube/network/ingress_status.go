package network

import (
	"time"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	apiequality "k8s.io/apimachinery/pkg/api/equality"

	"drydock/sim/kube/api"
	"drydock/sim/kube/store"
)

// ingressSpace and ingressName are where ingress-nginx runs.
const (
	ingressSpace = "ingress-nginx"
	ingressName  = "ingress-nginx-controller"
)

const (
	ingressDelay = 100 * time.Millisecond
	// statusDelay is until the controller writes an address into a new ingress: it
	// does so in turns.
	statusDelay = 12 * time.Second
)

// ingressStatus is the part of the controller that writes into ingresses.
type ingressStatus struct {
	network *Network
	synced  *api.Queue
	queue   *api.Queue
}

// startIngress begins to look after ingresses.
func (n *Network) startIngress() *api.Component {
	s := &ingressStatus{network: n}
	part := n.server.Component("ingress-nginx")
	s.synced = part.Queue(ingressDelay, s.note)
	s.queue = part.Queue(statusDelay, s.sync)
	n.server.Ingresses.Watch(func(c store.Change[*networkingv1.Ingress]) {
		switch {
		case c.Type == store.Added, c.Type == store.Modified && !apiequality.Semantic.DeepEqual(c.Old.Spec, c.New.Spec):
			s.synced.Add(store.KeyOf(c.New))
			s.queue.Add(store.KeyOf(c.New))
		}
	})
	part.OnStart(s.all)
	n.server.Services.Watch(func(c store.Change[*corev1.Service]) {
		if store.KeyOf(c.Now()) == (store.Key{Namespace: ingressSpace, Name: ingressName}) {
			s.all()
		}
	})
	n.server.Pods.Watch(func(c store.Change[*corev1.Pod]) {
		if c.Now().Namespace == ingressSpace && c.Type == store.Modified && isReady(c.Old) != isReady(c.New) {
			s.all()
		}
	})
	return part
}

func (s *ingressStatus) all() {
	for _, i := range s.network.server.Ingresses.List("") {
		s.queue.Add(store.KeyOf(i))
	}
}

// note reports that the controller took an ingress over.
func (s *ingressStatus) note(key store.Key) {
	i, found := s.network.server.Ingresses.Get(key.Namespace, key.Name)
	if found && s.network.mine(i) && len(s.network.controllers()) > 0 {
		s.network.server.Event(api.Source{Component: "nginx-ingress-controller"}, "Ingress", i, "", "Normal", "Sync", "Scheduled for sync")
	}
}

// controllers are the controller's pods that work.
func (n *Network) controllers() []*corev1.Pod {
	return n.readyPods(ingressSpace, "app.kubernetes.io/component", "controller")
}

// sync writes the controller's address into an ingress. While no controller runs,
// what is there stays.
func (s *ingressStatus) sync(key store.Key) {
	i, found := s.network.server.Ingresses.Get(key.Namespace, key.Name)
	if !found || !s.network.mine(i) || len(s.network.controllers()) == 0 {
		return
	}
	want := s.network.ingressAddresses()
	if apiequality.Semantic.DeepEqual(i.Status.LoadBalancer.Ingress, want) {
		return
	}
	c := store.Copy(i)
	c.Status.LoadBalancer.Ingress = want
	s.network.server.Ingresses.SetStatus(c)
	s.network.server.Event(api.Source{Component: "nginx-ingress-controller"}, "Ingress", c, "", "Normal", "Sync", "Scheduled for sync")
}

// ingressAddresses are where the controller is reached: its load balancer, or the
// nodes that it runs on.
func (n *Network) ingressAddresses() []networkingv1.IngressLoadBalancerIngress {
	var list []networkingv1.IngressLoadBalancerIngress
	svc, found := n.server.Services.Get(ingressSpace, ingressName)
	if found && svc.Spec.Type == corev1.ServiceTypeLoadBalancer {
		for _, in := range svc.Status.LoadBalancer.Ingress {
			list = append(list, networkingv1.IngressLoadBalancerIngress{IP: in.IP})
		}
		return list
	}
	seen := map[string]bool{}
	for _, p := range n.controllers() {
		if ip := p.Status.HostIP; ip != "" && !seen[ip] {
			seen[ip] = true
			list = append(list, networkingv1.IngressLoadBalancerIngress{IP: ip})
		}
	}
	return list
}
