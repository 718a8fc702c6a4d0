package scheduler

import (
	"maps"
	"slices"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"drydock/sim/kube/store"
)

// amounts are quantities of resources: CPU in millicores, the others in bytes or
// pieces.
type amounts struct {
	cpu, memory, ephemeral int64
	pods                   int64
	other                  map[corev1.ResourceName]int64
}

// The assumed needs of a container without requests, for scoring only
// (kube-scheduler: DefaultMilliCPURequest, DefaultMemoryRequest).
const (
	assumedCPU    = 100
	assumedMemory = 200 << 20
)

// podInfo is what the scheduler knows of a pod.
type podInfo struct {
	pod    *corev1.Pod
	key    store.Key
	seq    uint64 // order of arrival
	needs  amounts
	cpu    int64 // needs with the assumed ones, for scoring
	memory int64
	ports  []port
	on     *node // where it is counted; nil while it is nowhere
	hoped  *node // the node it waits for after a preemption
}

type port struct {
	protocol corev1.Protocol
	ip       string
	number   int32
}

func newPodInfo(p *corev1.Pod) *podInfo {
	i := &podInfo{pod: p, key: store.KeyOf(p)}
	i.needs, i.cpu, i.memory = podNeeds(p)
	for _, c := range p.Spec.Containers {
		for _, at := range c.Ports {
			if at.HostPort > 0 {
				i.ports = append(i.ports, port{protocol: at.Protocol, ip: anyIP(at.HostIP), number: at.HostPort})
			}
		}
	}
	return i
}

func anyIP(ip string) string {
	if ip == "" {
		return "0.0.0.0"
	}
	return ip
}

// podNeeds sums a pod's requests: its containers and sidecars together, or the
// largest of its init containers with the sidecars before it, plus overhead.
func podNeeds(p *corev1.Pod) (needs amounts, cpu, memory int64) {
	var sum, assumed, sidecars, sidecarsAssumed, peak, peakAssumed amounts
	for _, c := range p.Spec.Containers {
		r, z := containerNeeds(c)
		sum.add(r, 1)
		assumed.add(z, 1)
	}
	for _, c := range p.Spec.InitContainers {
		r, z := containerNeeds(c)
		if c.RestartPolicy != nil && *c.RestartPolicy == corev1.ContainerRestartPolicyAlways {
			sidecars.add(r, 1)
			sidecarsAssumed.add(z, 1)
			continue
		}
		r.add(sidecars, 1)
		z.add(sidecarsAssumed, 1)
		peak.raise(r)
		peakAssumed.raise(z)
	}
	sum.add(sidecars, 1)
	assumed.add(sidecarsAssumed, 1)
	sum.raise(peak)
	assumed.raise(peakAssumed)
	overhead := amountsOf(p.Spec.Overhead)
	sum.add(overhead, 1)
	assumed.add(overhead, 1)
	sum.pods = 1
	return sum, assumed.cpu, assumed.memory
}

func containerNeeds(c corev1.Container) (needs, assumed amounts) {
	needs = amountsOf(c.Resources.Requests)
	assumed = amounts{cpu: needs.cpu, memory: needs.memory}
	if _, has := c.Resources.Requests[corev1.ResourceCPU]; !has {
		assumed.cpu = assumedCPU
	}
	if _, has := c.Resources.Requests[corev1.ResourceMemory]; !has {
		assumed.memory = assumedMemory
	}
	return needs, assumed
}

func amountsOf(list corev1.ResourceList) amounts {
	var a amounts
	for name, q := range list {
		switch name {
		case corev1.ResourceCPU:
			a.cpu = q.MilliValue()
		case corev1.ResourceMemory:
			a.memory = q.Value()
		case corev1.ResourceEphemeralStorage:
			a.ephemeral = q.Value()
		case corev1.ResourcePods:
			a.pods = q.Value()
		default:
			if a.other == nil {
				a.other = map[corev1.ResourceName]int64{}
			}
			a.other[name] = q.Value()
		}
	}
	return a
}

func (a *amounts) add(b amounts, sign int64) {
	a.cpu += sign * b.cpu
	a.memory += sign * b.memory
	a.ephemeral += sign * b.ephemeral
	a.pods += sign * b.pods
	for name, v := range b.other {
		if a.other == nil {
			a.other = map[corev1.ResourceName]int64{}
		}
		a.other[name] += sign * v
	}
}

func (a *amounts) raise(b amounts) {
	a.cpu, a.memory, a.ephemeral = max(a.cpu, b.cpu), max(a.memory, b.memory), max(a.ephemeral, b.ephemeral)
	for name, v := range b.other {
		if a.other == nil {
			a.other = map[corev1.ResourceName]int64{}
		}
		a.other[name] = max(a.other[name], v)
	}
}

func priorityOf(p *corev1.Pod) int32 {
	if p.Spec.Priority == nil {
		return 0
	}
	return *p.Spec.Priority
}

// ours reports a pod that this scheduler must give a node.
func ours(p *corev1.Pod) bool {
	return p.Spec.NodeName == "" && p.DeletionTimestamp == nil && !ended(p) && (p.Spec.SchedulerName == "" || p.Spec.SchedulerName == profile)
}

func ended(p *corev1.Pod) bool {
	return p.Status.Phase == corev1.PodSucceeded || p.Status.Phase == corev1.PodFailed
}

// podChanged follows the pods: what they take on their nodes, and which want one.
func (x *Scheduler) podChanged(c store.Change[*corev1.Pod]) {
	key := store.KeyOf(c.Now())
	if c.Type == store.Deleted {
		if info := x.pods[key]; info != nil {
			x.release(info)
			x.hope(info, nil)
			delete(x.pods, key)
			delete(x.waiting, key)
		}
		return
	}
	p := c.New
	info := x.pods[key]
	if info != nil && sameForUs(info.pod, p) {
		info.pod = p
		return
	}
	fresh := newPodInfo(p)
	if info != nil {
		fresh.hoped = info.hoped
		x.release(info)
		if info.hoped != nil {
			x.hope(info, nil)
			x.hope(fresh, fresh.hoped)
		}
	}
	x.seq++
	fresh.seq = x.seq
	x.pods[key] = fresh
	switch {
	case p.Spec.NodeName != "" && !ended(p):
		x.hope(fresh, nil)
		x.place(fresh, x.node(p.Spec.NodeName))
		x.wake(helpArrival)
	case ours(p):
		x.enqueue(p)
	}
}

// sameForUs reports that a change of a pod is none of the scheduler's business.
func sameForUs(a, b *corev1.Pod) bool {
	return a.UID == b.UID && a.Spec.NodeName == b.Spec.NodeName && a.Generation == b.Generation && ended(a) == ended(b) &&
		(a.DeletionTimestamp == nil) == (b.DeletionTimestamp == nil) && len(a.Spec.SchedulingGates) == len(b.Spec.SchedulingGates) &&
		maps.Equal(a.Labels, b.Labels)
}

// place counts a pod on a node.
func (x *Scheduler) place(i *podInfo, n *node) {
	i.on = n
	n.take(i, 1)
	x.count.pod(i, 1)
	x.version++
}

// release stops counting a pod on its node, which may help others.
func (x *Scheduler) release(i *podInfo) {
	if i.on == nil {
		return
	}
	x.lift(i)
	x.wake(helpRoom)
}

// lift is release without waking anybody.
func (x *Scheduler) lift(i *podInfo) {
	i.on.take(i, -1)
	x.count.pod(i, -1)
	i.on = nil
	x.version++
}

// hope keeps room on a node for a pod whose victims are leaving it; nil gives it up.
func (x *Scheduler) hope(i *podInfo, n *node) {
	if i.hoped != nil {
		i.hoped.hopes = slices.DeleteFunc(slices.Clone(i.hoped.hopes), func(o *podInfo) bool { return o == i })
		x.version++
	}
	i.hoped = n
	if n != nil {
		n.hopes = append(n.hopes, i)
		x.version++
	}
}

// shape is what pods of one template have in common: one that fails stands for all.
type shape struct {
	owner    types.UID
	revision string
}

type failure struct {
	version uint64
	verdict verdict
}

// shapeOf is empty for pods that nobody controls. DaemonSets' pods differ by node.
func shapeOf(p *corev1.Pod) shape {
	if ref := metav1.GetControllerOf(p); ref != nil && ref.Kind == "ReplicaSet" && len(p.Spec.Volumes) < 2 {
		return shape{owner: ref.UID, revision: p.Labels["pod-template-hash"]}
	}
	return shape{}
}
