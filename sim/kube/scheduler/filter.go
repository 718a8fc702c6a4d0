package scheduler

import (
	"maps"
	"slices"

	corev1 "k8s.io/api/core/v1"
)

// help says which changes may make an unschedulable pod schedulable.
type help uint8

const (
	helpNode    help = 1 << iota // a node came or changed
	helpRoom                     // a pod left a node
	helpArrival                  // a pod came to a node
	helpVolume                   // a claim or a volume changed
	helpAny     help = 0xff
)

// The reasons of refusal, in the words of kube-scheduler v1.37.
const (
	reasonUnschedulable = "node(s) were unschedulable"
	reasonTaint         = "node(s) had untolerated taint(s)"
	reasonNodeAffinity  = "node(s) didn't match Pod's node affinity/selector"
	reasonPorts         = "node(s) didn't have free ports for the requested pod ports"
	reasonPods          = "Too many pods"
	reasonVolumeNode    = "node(s) didn't match PersistentVolume's node affinity"
	reasonSpread        = "node(s) didn't match pod topology spread constraints"
	reasonSpreadLabel   = "node(s) didn't match pod topology spread constraints (missing required label)"
	reasonAffinity      = "node(s) didn't match pod affinity rules"
	reasonAntiAffinity  = "node(s) didn't match pod anti-affinity rules"
	reasonExistingAnti  = "node(s) didn't satisfy existing pods anti-affinity rules"
	reasonNotNamed      = "node(s) didn't satisfy plugin(s) [NodeAffinity]"
)

// refusal is why a node does not take a pod; the zero value is that it does.
type refusal struct {
	reason string
	more   []string // further reasons, when several resources lack
	final  bool     // nothing is gained by removing pods from the node
	helps  help
}

func (r refusal) ok() bool { return r.reason == "" }

func (r refusal) reasons() []string { return append([]string{r.reason}, r.more...) }

// attempt is the search of a node for one pod.
type attempt struct {
	x       *Scheduler
	info    *podInfo
	pod     *corev1.Pod
	nodes   []*node // those that come into question
	named   bool    // the pod names its nodes
	spread  []spread
	near    []podTerm
	apart   []podTerm
	shunned []*carrier // existing pods that do not want this one near
	volumes volumes
	picky   bool // has a nodeSelector or node affinity
}

func (x *Scheduler) attempt(info *podInfo) *attempt {
	p := info.pod
	a := &attempt{x: x, info: info, pod: p, nodes: x.nodes, volumes: x.volumesOf(p)}
	a.picky = len(p.Spec.NodeSelector) > 0 || requiredNodes(p) != nil
	if names, ok := namedNodes(p); ok {
		a.named, a.nodes = true, nil
		for _, name := range names {
			if n := x.byName[name]; n != nil && n.obj != nil && !slices.Contains(a.nodes, n) {
				a.nodes = append(a.nodes, n)
			}
		}
	}
	a.podTerms()
	for _, k := range x.count.order {
		if k.term.total > 0 && k.term.inside(p.Namespace) && k.finds.Matches(labelsOf(p)) {
			a.shunned = append(a.shunned, k)
		}
	}
	a.spreads()
	return a
}

// check runs the filters on a node, in the order of the default profile; the first
// that refuses decides.
func (a *attempt) check(n *node) refusal {
	switch {
	case n.closed && !tolerates(a.pod.Spec.Tolerations, corev1.Taint{Key: corev1.TaintNodeUnschedulable, Effect: corev1.TaintEffectNoSchedule}):
		return refusal{reason: reasonUnschedulable, final: true, helps: helpNode}
	case n.taints > 0 && untolerated(a.pod, n.obj):
		return refusal{reason: reasonTaint, final: true, helps: helpNode}
	case a.picky && !wantsNode(a.pod, n.obj):
		return refusal{reason: reasonNodeAffinity, final: true, helps: helpNode}
	case len(a.info.ports) > 0 && len(n.ports) > 0 && slices.ContainsFunc(a.info.ports, n.taken):
		return refusal{reason: reasonPorts, helps: helpRoom | helpNode}
	}
	if !a.fitsAtOnce(n) {
		if r := a.fits(n); !r.ok() {
			return r
		}
	}
	if a.volumes.pinned() && !a.volumes.reach(n) {
		return refusal{reason: reasonVolumeNode, final: true, helps: helpNode | helpVolume}
	}
	if len(a.spread) > 0 {
		if r := a.checkSpread(n); !r.ok() {
			return r
		}
	}
	if len(a.near)+len(a.apart)+len(a.shunned) > 0 {
		return a.checkPodAffinity(n)
	}
	return refusal{}
}

// fitsAtOnce is the common case of fits: nothing but CPU and memory, and enough of it.
func (a *attempt) fitsAtOnce(n *node) bool {
	need := &a.info.needs
	return len(n.hopes) == 0 && need.ephemeral == 0 && need.other == nil && n.used.pods < n.room.pods &&
		(need.cpu == 0 || need.cpu <= n.room.cpu-n.used.cpu) && (need.memory == 0 || need.memory <= n.room.memory-n.used.memory)
}

// fits compares the pod's requests with what the node has left.
func (a *attempt) fits(n *node) refusal {
	need, used := &a.info.needs, &n.used
	if len(n.hopes) > 0 {
		used = a.withHopes(n)
	}
	var reasons []string
	final := false
	lack := func(name corev1.ResourceName, need, used, room int64) {
		if need > 0 && need > room-used {
			reasons = append(reasons, "Insufficient "+string(name))
			final = final || need > room
		}
	}
	if used.pods+1 > n.room.pods {
		reasons = append(reasons, reasonPods)
	}
	lack(corev1.ResourceCPU, need.cpu, used.cpu, n.room.cpu)
	lack(corev1.ResourceMemory, need.memory, used.memory, n.room.memory)
	lack(corev1.ResourceEphemeralStorage, need.ephemeral, used.ephemeral, n.room.ephemeral)
	for _, name := range slices.Sorted(maps.Keys(need.other)) {
		lack(name, need.other[name], used.other[name], n.room.other[name])
	}
	if len(reasons) == 0 {
		return refusal{}
	}
	return refusal{reason: reasons[0], more: reasons[1:], final: final, helps: helpRoom | helpNode}
}

// withHopes adds to a node's use what pods of the same or a higher priority are about
// to take there.
func (a *attempt) withHopes(n *node) *amounts {
	used := n.used
	used.other = maps.Clone(used.other)
	for _, i := range n.hopes {
		if i.key != a.info.key && priorityOf(i.pod) >= priorityOf(a.pod) {
			used.add(i.needs, 1)
		}
	}
	return &used
}
