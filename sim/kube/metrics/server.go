// Package metrics is the metrics server of a cluster: what the pods and nodes use of
// processors and memory, read from the kubelets every 15 seconds
// (metrics-server v0.8, --metric-resolution).
package metrics

import (
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"

	"drydock/sim/clock"
	"drydock/sim/kube/api"
	"drydock/sim/kube/kubelet"
	"drydock/sim/kube/store"
)

// Addon is the name by which a world's spec asks for the metrics server.
const Addon = "metrics-server"

// resolution is how often the kubelets are read.
const resolution = 15 * time.Second

// Usage is what something uses.
type Usage struct {
	CPU    int64 // thousandths of a processor
	Memory int64 // bytes
}

// Container is the use of one container of a pod.
type Container struct {
	Name string
	Usage
}

// What is used without anybody asking: by a node's own programs (kubelet, containerd,
// the kernel), by a program that only waits, and by one on a node without a machine
// that requests nothing.
const (
	nodeIdleCPU    = 2 // percent of the node
	nodeIdleMemory = 620 << 20
	idleCPU        = 1
	hollowMemory   = 24 << 20
	// hollowShare is what a container on a node without a machine uses of its request.
	hollowShare = 4 // a quarter
)

// sample is one reading of a pod.
type sample struct {
	at    time.Time
	work  time.Duration // processor time since the pod began
	milli int64
	known bool
}

// Server is the metrics server of one cluster.
type Server struct {
	s       *api.Server
	kubelet func(node string) *kubelet.Kubelet
	samples map[types.UID]*sample
	began   time.Time
}

// New starts a metrics server. kubelet finds that of a node.
func New(s *api.Server, node func(name string) *kubelet.Kubelet) *Server {
	m := &Server{s: s, kubelet: node, samples: map[types.UID]*sample{}, began: s.Clock.Now()}
	s.Pods.Table.Watch(func(c store.Change[*corev1.Pod]) {
		if c.Type == store.Deleted {
			delete(m.samples, c.Old.UID)
		}
	})
	m.tick()
	return m
}

func (m *Server) tick() {
	m.s.Clock.AfterWeighted(resolution, clock.Upkeep, func() {
		if m.s.Ready == nil || m.s.Ready() {
			m.read()
		}
		m.tick()
	})
}

// read takes a sample of every pod on a node with a machine.
func (m *Server) read() {
	for _, node := range m.s.Nodes.Table.List("") {
		k := m.kubelet(node.Name)
		if k == nil || k.Machine() == nil {
			continue
		}
		for _, pod := range m.s.PodsByNode.Get(node.Name) {
			net := k.Namespace(pod.Namespace, pod.Name)
			if net == nil || pod.Status.Phase != corev1.PodRunning {
				continue
			}
			m.note(pod, net.Worked())
		}
	}
}

// note makes a figure of the work between two samples.
func (m *Server) note(pod *corev1.Pod, work time.Duration) {
	now := m.s.Clock.Now()
	last, found := m.samples[pod.UID]
	if !found {
		m.samples[pod.UID] = &sample{at: now, work: work}
		return
	}
	if passed := now.Sub(last.at); passed > 0 {
		last.milli = max(idleCPU, int64(1000*(work-last.work)/passed))
		last.at, last.work, last.known = now, work, true
	}
	if most := limit(pod); most > 0 {
		last.milli = min(last.milli, most)
	}
}

// limit is what a pod's containers may use of processors together; 0 for no limit.
func limit(pod *corev1.Pod) int64 {
	var sum int64
	for i := range pod.Spec.Containers {
		l := pod.Spec.Containers[i].Resources.Limits.Cpu().MilliValue()
		if l == 0 {
			return 0
		}
		sum += l
	}
	return sum
}

// Measured implements controllers.Metrics.
func (m *Server) Measured(pod *corev1.Pod) (cpu, memory int64, at time.Time, known bool) {
	list, known := m.Pod(pod)
	for _, c := range list {
		cpu += c.CPU
		memory += c.Memory
	}
	at = m.s.Clock.Now()
	if last := m.samples[pod.UID]; last != nil {
		at = last.at
	}
	return cpu, memory, at, known
}

// Pod is the use of a pod's containers; false while it has not been measured twice.
// The work of a pod is counted to its first container.
func (m *Server) Pod(pod *corev1.Pod) ([]Container, bool) {
	k := m.kubelet(pod.Spec.NodeName)
	if k == nil || pod.Status.Phase != corev1.PodRunning {
		return nil, false
	}
	if k.Machine() == nil {
		return hollow(pod), true
	}
	last := m.samples[pod.UID]
	if last == nil || !last.known {
		return nil, false
	}
	var list []Container
	for i, c := range pod.Spec.Containers {
		u := Container{Name: c.Name, Usage: Usage{CPU: idleCPU}}
		if i == 0 {
			u.CPU = max(idleCPU, last.milli-int64(len(pod.Spec.Containers)-1)*idleCPU)
		}
		if run, err := k.Container(pod.Namespace, pod.Name, c.Name, false); err == nil {
			u.Memory = run.MemoryUsed()
		}
		list = append(list, u)
	}
	return list, true
}

// hollow is what the containers of a pod would use on a node that has no machine: a
// share of what they request.
func hollow(pod *corev1.Pod) []Container {
	var list []Container
	for _, c := range pod.Spec.Containers {
		u := Container{Name: c.Name, Usage: Usage{CPU: idleCPU, Memory: hollowMemory}}
		if cpu := c.Resources.Requests.Cpu().MilliValue(); cpu > 0 {
			u.CPU = max(idleCPU, cpu/hollowShare)
		}
		if memory := c.Resources.Requests.Memory().Value(); memory > 0 {
			u.Memory = memory / hollowShare
		}
		list = append(list, u)
	}
	return list
}

// Node is the use of a node: that of its pods and of its own programs. It is false
// before the first figures and while the node does not answer.
func (m *Server) Node(node *corev1.Node) (Usage, bool) {
	k := m.kubelet(node.Name)
	if k == nil || m.s.Clock.Now().Sub(m.began) < 2*resolution || k.Machine() != nil && !k.Machine().Powered {
		return Usage{}, false
	}
	u := Usage{CPU: node.Status.Capacity.Cpu().MilliValue() * nodeIdleCPU / 100, Memory: nodeIdleMemory}
	for _, pod := range m.s.PodsByNode.Get(node.Name) {
		list, _ := m.Pod(pod)
		for _, c := range list {
			u.CPU += c.CPU
			u.Memory += c.Memory
		}
	}
	return u, true
}
