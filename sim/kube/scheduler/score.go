package scheduler

import (
	"math"

	corev1 "k8s.io/api/core/v1"
)

// candidate is a node that would take the pod, with its score.
type candidate struct {
	node  *node
	total int64
	part  int64 // of the plugin at work
}

// The weights of the plugins of the default profile; those of resources are 1.
const (
	best           = 100
	weightTaints   = 3
	weightAffinity = 2
	weightSpread   = 2
	weightPods     = 2
)

// enough is the number of feasible nodes after which the search ends: half of them
// less one percent for every 125 nodes, at least 5 percent and 100 nodes.
func enough(nodes int) int {
	if nodes < 100 {
		return nodes
	}
	return max(100, nodes*max(5, 50-nodes/125)/100)
}

// find gives the best node of those that would take the pod, or nil. Of equals it is
// the first.
func (a *attempt) find() *node {
	if len(a.nodes) == 0 || a.volumes.refused != "" {
		return nil
	}
	if h := a.info.hoped; h != nil && h.obj != nil && a.check(h).ok() {
		return h
	}
	list, all := a.x.scratch[:0], len(a.nodes)
	want, seen := enough(all), 0
	at := a.x.start % all
	for ; seen < all && len(list) < want; seen++ {
		if n := a.nodes[at]; a.check(n).ok() {
			list = append(list, candidate{node: n})
		}
		if at++; at == all {
			at = 0
		}
	}
	if !a.named {
		a.x.start = at
	}
	a.x.scratch = list
	switch len(list) {
	case 0:
		return nil
	case 1:
		return list[0].node
	}
	a.score(list)
	top := 0
	for i := range list {
		if list[i].total > list[top].total {
			top = i
		}
	}
	return list[top].node
}

// score runs the scoring plugins over the candidates.
func (a *attempt) score(list []candidate) {
	needs := &a.info.needs
	effort := needs.cpu > 0 || needs.memory > 0
	tainted := false
	for i := range list {
		n := list[i].node
		list[i].total = (left(n.cpu+a.info.cpu, n.room.cpu) + left(n.memory+a.info.memory, n.room.memory)) / 2
		if effort {
			list[i].total += balance(n.used.cpu+needs.cpu, n.room.cpu, n.used.memory+needs.memory, n.room.memory)
		}
		tainted = tainted || n.taints > 0
	}
	if tainted {
		a.scoreTaints(list)
	}
	a.scoreSpread(list)
	if a.pod.Spec.Affinity != nil {
		a.scoreNodeAffinity(list)
		a.scorePodAffinity(list)
	}
}

// left is the score of the plugin NodeResourcesFit, LeastAllocated, for one resource.
func left(used, room int64) int64 {
	if room == 0 || used > room {
		return 0
	}
	return (room - used) * best / room
}

// balance is the score of NodeResourcesBalancedAllocation for CPU and memory.
func balance(cpu, cpuRoom, memory, memoryRoom int64) int64 {
	if cpuRoom == 0 || memoryRoom == 0 {
		return best
	}
	a, b := min(1, float64(cpu)/float64(cpuRoom)), min(1, float64(memory)/float64(memoryRoom))
	return int64((1 - math.Abs(a-b)/2) * best)
}

// scale brings the parts to 0..100 by their maximum and adds them with a weight.
func scale(list []candidate, weight int64, reverse bool) {
	most := int64(0)
	for i := range list {
		most = max(most, list[i].part)
	}
	for i := range list {
		part := int64(0)
		if most > 0 {
			part = list[i].part * best / most
		}
		if reverse {
			part = best - part
		}
		list[i].total += weight * part
	}
}

func (a *attempt) scoreTaints(list []candidate) {
	for i := range list {
		list[i].part = softTaints(a.pod, list[i].node.obj)
	}
	scale(list, weightTaints, true)
}

func (a *attempt) scoreNodeAffinity(list []candidate) {
	if a.pod.Spec.Affinity.NodeAffinity == nil {
		return
	}
	for i := range list {
		list[i].part = 0
		for _, t := range a.pod.Spec.Affinity.NodeAffinity.PreferredDuringSchedulingIgnoredDuringExecution {
			if termMatches(t.Preference, list[i].node.obj) {
				list[i].part += int64(t.Weight)
			}
		}
	}
	scale(list, weightAffinity, false)
}

// scorePodAffinity prefers the nodes near what the pod wishes near.
func (a *attempt) scorePodAffinity(list []candidate) {
	wishes := a.wishes()
	if len(wishes) == 0 {
		return
	}
	low, high := int64(math.MaxInt64), int64(math.MinInt64)
	for i := range list {
		list[i].part = 0
		for _, t := range wishes {
			if count, has := t.finds.around(a.x, t.key, list[i].node); has {
				list[i].part += t.weight * int64(count)
			}
		}
		low, high = min(low, list[i].part), max(high, list[i].part)
	}
	for i := range list {
		if high > low {
			list[i].total += weightPods * ((list[i].part - low) * best / (high - low))
		}
	}
}

// scoreSpread prefers the nodes in domains with few of the pods that belong together.
func (a *attempt) scoreSpread(list []candidate) {
	soft, builtIn := a.softSpreads()
	for i := range list {
		list[i].part = 0
	}
	some := false
	for _, s := range soft {
		if builtIn && s.TopologyKey != corev1.LabelHostname && a.x.zones == 0 {
			continue
		}
		some = true
		a.addSpread(list, s, builtIn)
	}
	if !some {
		return
	}
	low, high := int64(math.MaxInt64), int64(0)
	for i := range list {
		if list[i].part >= 0 {
			low, high = min(low, list[i].part), max(high, list[i].part)
		}
	}
	for i := range list {
		switch {
		case list[i].part < 0: // lacks a label
		case high == 0:
			list[i].total += weightSpread * best
		default:
			list[i].total += weightSpread * (best * (high + low - list[i].part) / high)
		}
	}
}

// addSpread adds what one constraint says against each node.
func (a *attempt) addSpread(list []candidate, s spread, builtIn bool) {
	domains := len(list)
	if s.TopologyKey != corev1.LabelHostname {
		seen := map[string]bool{}
		for i := range list {
			if value, has := list[i].node.labels()[s.TopologyKey]; has {
				seen[value] = true
			}
		}
		domains = len(seen)
	}
	weight := math.Log(float64(domains + 2))
	hostname := builtIn && s.TopologyKey == corev1.LabelHostname
	for i := range list {
		count, has := 0, true
		if hostname {
			count = s.finds.on(list[i].node)
		} else {
			count, has = s.finds.around(a.x, s.TopologyKey, list[i].node)
		}
		switch {
		case list[i].part < 0 || !has && !builtIn:
			list[i].part = -1
		case has:
			list[i].part += int64(math.Round(float64(count)*weight + float64(s.MaxSkew-1)))
		}
	}
}
