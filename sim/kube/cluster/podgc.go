package cluster

import (
	"slices"
	"time"

	corev1 "k8s.io/api/core/v1"

	"drydock/sim/clock"
	"drydock/sim/kube/store"
)

// The pod garbage collector's times: it looks every 20 s, and believes that a node
// is gone when it has been for 40 s (pkg/controller/podgc).
const (
	podGCPeriod     = 20 * time.Second
	podGCQuarantine = 40 * time.Second
)

// podGC removes pods whose node is gone or declared out of service.
type podGC struct {
	*Cluster
	missing map[string]time.Time // when a node was first seen to be missing
	out     map[string]bool      // nodes with the taint out-of-service
}

func newPodGC(c *Cluster) {
	g := &podGC{Cluster: c, missing: map[string]time.Time{}, out: map[string]bool{}}
	c.server.Nodes.Watch(func(ch store.Change[*corev1.Node]) {
		name := ch.Now().Name
		delete(g.out, name)
		if ch.Type == store.Deleted {
			g.missing[name] = time.Time{}
			return
		}
		if ch.Type == store.Added {
			delete(g.missing, name)
		}
		if outOfService(ch.New) {
			g.out[name] = true
		}
	})
	c.server.Pods.Watch(func(ch store.Change[*corev1.Pod]) {
		if ch.Type == store.Deleted || ch.New.Spec.NodeName == "" || ch.Old != nil && ch.Old.Spec.NodeName != "" {
			return
		}
		node := ch.New.Spec.NodeName
		if _, found := c.server.Nodes.Get("", node); !found {
			if _, known := g.missing[node]; !known {
				g.missing[node] = time.Time{}
			}
		}
	})
	c.server.Clock.AfterWeighted(podGCPeriod, clock.Upkeep, g.turn)
}

func outOfService(n *corev1.Node) bool {
	return slices.ContainsFunc(n.Spec.Taints, func(t corev1.Taint) bool { return t.Key == corev1.TaintNodeOutOfService })
}

// turn is the periodic look at the nodes that went away.
func (g *podGC) turn() {
	g.server.Clock.AfterWeighted(podGCPeriod, clock.Upkeep, g.turn)
	if !g.manager.Running() {
		return
	}
	now := g.server.Clock.Now()
	for _, node := range sortedKeys(g.missing) {
		switch since := g.missing[node]; {
		case g.server.PodsByNode.Len(node) == 0:
			delete(g.missing, node)
		case since.IsZero():
			g.missing[node] = now
		case now.Sub(since) >= podGCQuarantine:
			for _, p := range g.server.PodsByNode.Get(node) {
				g.remove(p, "PodGC: node no longer exists")
			}
		}
	}
	for _, node := range sortedKeys(g.out) {
		n, found := g.server.Nodes.Get("", node)
		if !found || readyStatus(n) == corev1.ConditionTrue {
			continue
		}
		for _, p := range g.server.PodsByNode.Get(node) {
			if p.DeletionTimestamp != nil {
				g.remove(p, "PodGC: node is out of service")
			}
		}
	}
}

// remove ends a pod without its kubelet.
func (g *podGC) remove(p *corev1.Pod, why string) {
	if !isOver(p) {
		g.disrupt(p, "DeletionByPodGC", why)
	}
	_, _ = g.server.Pods.Delete(p.Namespace, p.Name, deleteNow()) // it was there a moment ago
	if last, still := g.server.Pods.Get(p.Namespace, p.Name); still && len(last.Finalizers) == 0 {
		g.server.Pods.Remove(p.Namespace, p.Name)
	}
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
