// Package kubelet is the agent on a node of a cluster (Kubernetes v1.37.2): it
// registers the node, keeps its lease, runs the pods that are bound to it and
// reports on them.
package kubelet

import (
	"net/netip"
	"slices"
	"time"

	corev1 "k8s.io/api/core/v1"

	"drydock/sim/clock"
	"drydock/sim/docker"
	"drydock/sim/kube/api"
	"drydock/sim/kube/store"
	"drydock/sim/machine"
)

// Config is what a kubelet is started with.
type Config struct {
	Node    string
	Address netip.Addr   // of the node
	PodCIDR netip.Prefix // of its pods
	CPUs    int
	Memory  int64 // bytes
	Labels  map[string]string
	Taints  []corev1.Taint
	MaxPods int // 0 is 110
	// Network is what the pods of a node with a machine are plugged into; nil makes
	// one of the node's own, with the machine as its gateway.
	Network *machine.Segment
	// DNS is the address of the cluster's name service for /etc/resolv.conf, or none.
	DNS netip.Addr
	// Joined is told of a pod that got a network stack of its own, and Left of a stack
	// that is gone; nil when nobody asks.
	Joined func(pod *corev1.Pod, net *machine.Namespace, dns DNS)
	Left   func(net *machine.Namespace)
	// Reachable reports whether the node reaches the API server; nil means always.
	Reachable func() bool
}

// Kubelet is the kubelet of one node.
type Kubelet struct {
	Config
	server    *api.Server
	clock     *clock.Clock
	source    api.Source
	component *api.Component
	machine   *machine.Machine // nil on a hollow node
	engine    *docker.Engine
	network   *machine.Segment
	nextAddr  netip.Addr
	workers   map[store.Key]*worker
	order     []*worker
	boot      string // id of the machine's last start
	hollow    *hollow
	away      bool // the last lease could not be renewed
	// statics are the pods of the manifest directory by key; what the runtime knows of
	// one outlasts a power cut.
	statics   map[store.Key]*corev1.Pod
	manifests manifests
	watched   bool // the manifest directory is looked at all the time
	// runtimeDown is when the container runtime stopped answering; zero while it does.
	runtimeDown time.Time
}

// Pool is all kubelets of a cluster. They share one watch, so that a thousand of
// them cost no more per change than one.
type Pool struct {
	server *api.Server
	nodes  map[string]*Kubelet
	order  []*Kubelet
}

// NewPool makes an empty pool on a server.
func NewPool(s *api.Server) *Pool {
	p := &Pool{server: s, nodes: map[string]*Kubelet{}}
	s.Pods.Table.Watch(p.changed)
	s.ConfigMaps.Table.Watch(func(c store.Change[*corev1.ConfigMap]) { p.refresh(store.KeyOf(c.Now()), mountsConfigMap) })
	s.Secrets.Table.Watch(func(c store.Change[*corev1.Secret]) { p.refresh(store.KeyOf(c.Now()), mountsSecret) })
	return p
}

// New starts the kubelet of a machine whose containers run in an engine.
func New(s *api.Server, m *machine.Machine, e *docker.Engine, cfg Config) *Kubelet {
	return NewPool(s).Add(m, e, cfg)
}

// Add starts one more kubelet with a machine.
func (p *Pool) Add(m *machine.Machine, e *docker.Engine, cfg Config) *Kubelet {
	k := p.add(cfg)
	k.machine, k.engine, k.network = m, e, cfg.Network
	if k.network == nil {
		k.network = &machine.Segment{Name: "cni0", Subnet: cfg.PodCIDR, Gateway: cfg.PodCIDR.Addr().Next()}
		k.network.Attach(m.Net, k.network.Gateway)
	}
	m.OnPower(k.power)
	k.start()
	return k
}

// AddHollow starts one more kubelet without a machine.
func (p *Pool) AddHollow(cfg Config) *Kubelet {
	k := p.add(cfg)
	k.hollow = &hollow{kubelet: k, ids: map[store.Key]netip.Addr{}}
	k.start()
	return k
}

func (p *Pool) add(cfg Config) *Kubelet {
	if cfg.MaxPods == 0 {
		cfg.MaxPods = 110
	}
	k := &Kubelet{
		Config: cfg, server: p.server, clock: p.server.Clock, source: api.Source{Component: "kubelet", Host: cfg.Node},
		component: p.server.Component("kubelet " + cfg.Node), workers: map[store.Key]*worker{}, statics: map[store.Key]*corev1.Pod{}, nextAddr: cfg.PodCIDR.Addr().Next(),
	}
	k.component.OnStart(k.resume)
	p.nodes[cfg.Node] = k
	p.order = append(p.order, k)
	return k
}

// Node finds the kubelet of a node, or nil.
func (p *Pool) Node(name string) *Kubelet { return p.nodes[name] }

// Component is the kubelet as a program that can be stopped and started.
func (k *Kubelet) Component() *api.Component { return k.component }

// Machine is the computer that the node is; nil for a hollow one.
func (k *Kubelet) Machine() *machine.Machine { return k.machine }

// changed takes note of a pod that a kubelet has to look at.
func (p *Pool) changed(c store.Change[*corev1.Pod]) {
	pod := c.Now()
	k := p.nodes[pod.Spec.NodeName]
	if k == nil {
		return
	}
	if c.Type == store.Modified && c.Old.Spec.NodeName == pod.Spec.NodeName && c.Old.Generation == pod.Generation &&
		c.Old.DeletionTimestamp.Equal(pod.DeletionTimestamp) && sameGrace(c.Old, pod) {
		return
	}
	if k.hollow != nil {
		k.hollow.note(pod, c.Type == store.Deleted)
		return
	}
	k.note(pod)
}

func sameGrace(a, b *corev1.Pod) bool {
	x, y := a.DeletionGracePeriodSeconds, b.DeletionGracePeriodSeconds
	return x == nil && y == nil || x != nil && y != nil && *x == *y
}

// works reports that the kubelet runs and reaches the API server.
func (k *Kubelet) works() bool { return k.runs() && k.reaches() }

// runs reports that the kubelet looks after its pods: without an API server it goes
// on with what it knows.
func (k *Kubelet) runs() bool { return k.alive() && k.runtimeDown.IsZero() }

// alive reports that the program runs.
func (k *Kubelet) alive() bool {
	return !k.component.Stopped() && (k.machine == nil || k.machine.Powered)
}

// reaches reports that the API server answers the kubelet.
func (k *Kubelet) reaches() bool {
	return (k.server.Ready == nil || k.server.Ready()) && (k.Reachable == nil || k.Reachable())
}

// note wakes the worker of a pod, or starts it.
func (k *Kubelet) note(pod *corev1.Pod) {
	key := store.KeyOf(pod)
	w := k.workers[key]
	if _, mirror := pod.Annotations[mirrorAnnotation]; mirror {
		if w != nil {
			w.wake()
		}
		return
	}
	if w != nil && w.uid == pod.UID {
		w.wake()
		return
	}
	if w != nil {
		w.next = true // the old pod of the name has to end first
		w.wake()
		return
	}
	if _, found := k.server.Pods.Table.Get(key.Namespace, key.Name); found && k.works() {
		k.begin(key, pod)
	}
}

func (k *Kubelet) begin(key store.Key, pod *corev1.Pod) {
	w := newWorker(k, key, pod)
	k.workers[key] = w
	k.order = append(k.order, w)
	w.proc = k.clock.Go("kubelet "+k.Node+" "+key.String(), clock.Work, w.run)
}

// forget ends a worker; a new pod of the same name gets its own.
func (k *Kubelet) forget(w *worker) {
	delete(k.workers, w.key)
	k.order = slices.DeleteFunc(k.order, func(o *worker) bool { return o == w })
	if w.static != nil {
		k.static()
		return
	}
	if pod, found := k.server.Pods.Table.Get(w.key.Namespace, w.key.Name); found && pod.Spec.NodeName == k.Node && pod.UID != w.uid {
		k.begin(w.key, pod)
	}
}

// resume looks at everything anew, after a start or when the API answers again.
func (k *Kubelet) resume() {
	if !k.runs() {
		return
	}
	k.static()
	if !k.works() {
		return
	}
	k.register()
	for _, pod := range k.server.PodsByNode.Get(k.Node) {
		if k.hollow != nil {
			k.hollow.note(pod, false)
			continue
		}
		k.note(pod)
	}
	for _, w := range slices.Clone(k.order) {
		w.wake()
	}
}

// power ends all that ran when the plug was pulled, and begins anew afterwards.
func (k *Kubelet) power(on bool) {
	if !on {
		for _, w := range slices.Clone(k.order) {
			w.lost()
		}
		k.fallSilent()
		return
	}
	k.boot = ""
	k.clock.After(bootTime, k.resume)
}
