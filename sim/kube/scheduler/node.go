package scheduler

import (
	"maps"
	"slices"

	corev1 "k8s.io/api/core/v1"
	apiequality "k8s.io/apimachinery/pkg/api/equality"

	"drydock/sim/kube/store"
)

// node is a node with what its pods take of it. It exists without an object while
// pods are bound to a node that is not there.
type node struct {
	room   amounts
	used   amounts
	cpu    int64 // used with assumed needs, for scoring
	memory int64
	slot   int  // its place in counters
	taints int  // that keep pods away
	closed bool // unschedulable; here because every pod asks
	name   string
	obj    *corev1.Node
	pods   map[*podInfo]bool
	ranks  map[int32]int // pods by priority
	ports  map[port]int
	hopes  []*podInfo // pods that wait for their victims to leave
}

// node finds a node by its name, also one that only pods speak of.
func (x *Scheduler) node(name string) *node {
	n := x.byName[name]
	if n == nil {
		n = &node{name: name, slot: x.slots, pods: map[*podInfo]bool{}, ranks: map[int32]int{}, ports: map[port]int{}}
		x.slots++
		x.byName[name] = n
	}
	return n
}

// nodeChanged follows the nodes. Heartbeats change nothing here.
func (x *Scheduler) nodeChanged(c store.Change[*corev1.Node]) {
	n := x.node(c.Now().Name)
	if c.Type == store.Deleted {
		x.count.relabel(n, n.labels(), nil)
		x.zones -= zoned(n.labels())
		n.obj = nil
		x.nodes = slices.DeleteFunc(x.nodes, func(o *node) bool { return o == n })
		x.version++
		x.wake(helpNode)
		return
	}
	old := n.obj
	if old == nil {
		x.nodes = append(x.nodes, n)
	}
	had := n.labels()
	n.obj = c.New
	if old != nil && maps.Equal(old.Labels, c.New.Labels) && apiequality.Semantic.DeepEqual(old.Spec, c.New.Spec) &&
		apiequality.Semantic.DeepEqual(old.Status.Allocatable, c.New.Status.Allocatable) {
		return
	}
	n.room = amountsOf(c.New.Status.Allocatable)
	n.taints, n.closed = len(c.New.Spec.Taints), c.New.Spec.Unschedulable
	x.zones += zoned(c.New.Labels) - zoned(had)
	x.count.relabel(n, had, c.New.Labels)
	x.version++
	if old == nil || opens(old, c.New) {
		x.wake(helpNode)
	}
}

// opens reports that a changed node may now take a pod that it did not take before: a
// cordon, one more taint and less room help none (v1.37.2: the plugins' queueing hints).
func opens(old, now *corev1.Node) bool {
	if old.Spec.Unschedulable && !now.Spec.Unschedulable || !maps.Equal(old.Labels, now.Labels) {
		return true
	}
	for _, t := range old.Spec.Taints {
		same := func(o corev1.Taint) bool { return o.Key == t.Key && o.Value == t.Value && o.Effect == t.Effect }
		if !slices.ContainsFunc(now.Spec.Taints, same) {
			return true
		}
	}
	for name, amount := range now.Status.Allocatable {
		if had, known := old.Status.Allocatable[name]; !known || amount.Cmp(had) > 0 {
			return true
		}
	}
	return false
}

func (n *node) labels() map[string]string {
	if n.obj == nil {
		return nil
	}
	return n.obj.Labels
}

// take counts a pod in (sign 1) or out (sign -1).
func (n *node) take(i *podInfo, sign int64) {
	n.used.add(i.needs, sign)
	n.cpu += sign * i.cpu
	n.memory += sign * i.memory
	rank := priorityOf(i.pod)
	n.ranks[rank] += int(sign)
	if n.ranks[rank] == 0 {
		delete(n.ranks, rank)
	}
	for _, p := range i.ports {
		n.ports[p] += int(sign)
		if n.ports[p] == 0 {
			delete(n.ports, p)
		}
	}
	if sign > 0 {
		n.pods[i] = true
	} else {
		delete(n.pods, i)
	}
}

// below reports that the node has a pod of a lower priority.
func (n *node) below(priority int32) bool {
	for rank := range n.ranks {
		if rank < priority {
			return true
		}
	}
	return false
}

// taken reports that a host port cannot be had on the node.
func (n *node) taken(want port) bool {
	for has := range n.ports {
		if has.number == want.number && has.protocol == want.protocol && (has.ip == want.ip || has.ip == "0.0.0.0" || want.ip == "0.0.0.0") {
			return true
		}
	}
	return false
}

// zoned is 1 for a node that says its zone.
func zoned(labels map[string]string) int {
	if _, has := labels[corev1.LabelTopologyZone]; has {
		return 1
	}
	return 0
}
