package cluster

import (
	"slices"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"drydock/sim/clock"
	"drydock/sim/kube/api"
	"drydock/sim/kube/store"
)

// The node life cycle's times: --node-monitor-period and --node-monitor-grace-period
// (50 s since v1.32).
const (
	monitorPeriod = 5 * time.Second
	monitorGrace  = 50 * time.Second
)

// leaseSpace is the namespace of the nodes' heartbeats.
const leaseSpace = "kube-node-lease"

// nodeLifecycle watches over the nodes' heartbeats and taints those that are ill.
type nodeLifecycle struct {
	*Cluster
	queue *api.Queue
	// check are nodes by the turn at which their heartbeat is looked at, so that a turn
	// costs only those that may be late.
	check map[int64][]string
	// watched are the nodes that are in check; recent those whose condition changed
	// since the last turn, in order.
	watched map[string]bool
	recent  []string
	ready   map[string]bool // as of the last turn
	// began is when the controller last started: what it has not watched it does not
	// count, so every node has the whole grace period from then on.
	began time.Time
}

func newNodeLifecycle(c *Cluster) {
	l := &nodeLifecycle{Cluster: c, check: map[int64][]string{}, watched: map[string]bool{}, ready: map[string]bool{}}
	l.queue = c.manager.Queue(reaction, l.sync)
	c.server.Nodes.Watch(func(ch store.Change[*corev1.Node]) {
		if ch.Type != store.Modified || !sameHealth(ch.Old, ch.New) {
			l.queue.Add(store.KeyOf(ch.Now()))
		}
	})
	c.manager.OnStart(func() {
		l.began = c.server.Clock.Now()
		for _, n := range c.server.Nodes.List("") {
			l.queue.Add(store.KeyOf(n))
		}
	})
	for _, n := range c.server.Nodes.List("") {
		l.queue.Add(store.KeyOf(n))
	}
	c.server.Clock.AfterWeighted(monitorPeriod, clock.Upkeep, l.turn)
}

// readyStatus is the status of a node's condition Ready; Unknown without one.
func readyStatus(n *corev1.Node) corev1.ConditionStatus { return conditionStatus(n, corev1.NodeReady) }

func conditionStatus(n *corev1.Node, t corev1.NodeConditionType) corev1.ConditionStatus {
	for i := range n.Status.Conditions {
		if n.Status.Conditions[i].Type == t {
			return n.Status.Conditions[i].Status
		}
	}
	return corev1.ConditionUnknown
}

func sameHealth(a, b *corev1.Node) bool {
	if a.Spec.Unschedulable != b.Spec.Unschedulable || len(a.Status.Conditions) != len(b.Status.Conditions) || len(a.Spec.Taints) != len(b.Spec.Taints) {
		return false
	}
	for i := range a.Status.Conditions {
		if a.Status.Conditions[i].Status != b.Status.Conditions[i].Status {
			return false
		}
	}
	return true
}

// nodeController reports what the life cycle does.
func nodeController() api.Source { return api.Source{Component: "node-controller"} }

// sync follows a node's conditions at once, as far as NoSchedule goes; the rest
// waits for the next turn.
func (l *nodeLifecycle) sync(key store.Key) {
	n, found := l.server.Nodes.Get("", key.Name)
	if !found {
		if _, known := l.ready[key.Name]; known {
			delete(l.ready, key.Name)
			gone := &corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: key.Name}}
			l.server.Event(nodeController(), "Node", gone, "", "Normal", "RemovingNode", "Node "+key.Name+" event: Removing Node "+key.Name+" from Controller")
		}
		return
	}
	if _, known := l.ready[key.Name]; !known {
		l.ready[key.Name] = readyStatus(n) == corev1.ConditionTrue
		l.server.Event(nodeController(), "Node", n, "", "Normal", "RegisteredNode", "Node "+n.Name+" event: Registered Node "+n.Name+" in Controller")
	}
	if !l.watched[n.Name] {
		l.watched[n.Name] = true
		l.checkAfter(n.Name, l.server.Clock.Now())
	}
	l.recent = append(l.recent, n.Name)
	l.retaint(n, corev1.TaintEffectNoSchedule)
}

// checkAfter puts a node into the turn at which its heartbeat of time t is too old.
func (l *nodeLifecycle) checkAfter(node string, t time.Time) {
	due := t.Add(monitorGrace).Sub(l.server.Clock.Start())
	turn := max(int64(due/monitorPeriod), l.now()) + 1
	l.check[turn] = append(l.check[turn], node)
}

func (l *nodeLifecycle) now() int64 { return int64(l.server.Clock.Elapsed() / monitorPeriod) }

// turn is the periodic look at the nodes.
func (l *nodeLifecycle) turn() {
	l.server.Clock.AfterWeighted(monitorPeriod, clock.Upkeep, l.turn)
	due := l.check[l.now()]
	delete(l.check, l.now())
	for _, name := range due {
		l.heartbeat(name)
	}
	if !l.manager.Running() {
		return
	}
	recent := l.recent
	l.recent = nil
	for _, name := range recent {
		if n, found := l.server.Nodes.Get("", name); found {
			l.follow(n)
			l.retaint(n, corev1.TaintEffectNoExecute)
		}
	}
}

// heartbeat looks at the lease of a node and makes its conditions Unknown when it is
// too old.
func (l *nodeLifecycle) heartbeat(name string) {
	n, found := l.server.Nodes.Get("", name)
	if !found {
		delete(l.watched, name)
		return
	}
	last := n.CreationTimestamp.Time
	if lease, has := l.server.Leases.Get(leaseSpace, name); has && lease.Spec.RenewTime != nil {
		last = lease.Spec.RenewTime.Time
	}
	if last.Before(l.began) {
		last = l.began
	}
	l.checkAfter(name, last)
	now := l.server.Clock.Now()
	if now.Sub(last) < monitorGrace || readyStatus(n) == corev1.ConditionUnknown || !l.manager.Running() {
		return
	}
	c := store.Copy(n)
	c.Status.Conditions = slices.Clone(n.Status.Conditions)
	for i := range c.Status.Conditions {
		at := &c.Status.Conditions[i]
		at.Status, at.Reason, at.Message = corev1.ConditionUnknown, "NodeStatusUnknown", "Kubelet stopped posting node status."
		at.LastTransitionTime = metav1.NewTime(now)
	}
	l.server.Nodes.SetStatus(c)
	l.follow(c)
	l.retaint(c, "")
}

// follow tells of a node that is Ready no longer, and marks its pods.
func (l *nodeLifecycle) follow(n *corev1.Node) {
	was, is := l.ready[n.Name], readyStatus(n) == corev1.ConditionTrue
	l.ready[n.Name] = is
	if !was || is {
		return
	}
	id := l.server.Event(nodeController(), "Node", n, "", "Normal", "NodeNotReady", "Node "+n.Name+" status is now: NodeNotReady")
	l.server.Clock.Because(id, func() {
		for _, p := range l.server.PodsByNode.Get(n.Name) {
			if !isReady(p) {
				continue
			}
			c := store.Copy(p)
			c.Status.Conditions = withPodCondition(p, metav1.NewTime(l.server.Clock.Now()), corev1.PodCondition{Type: corev1.PodReady, Status: corev1.ConditionFalse})
			l.server.Pods.SetStatus(c)
			l.server.Event(nodeController(), "Pod", c, "", "Warning", "NodeNotReady", "Node is not ready")
		}
	})
}

// illness are the taints that a node's state asks for.
func illness(n *corev1.Node) []corev1.Taint {
	var taints []corev1.Taint
	add := func(key string, effects ...corev1.TaintEffect) {
		for _, e := range effects {
			taints = append(taints, corev1.Taint{Key: key, Effect: e})
		}
	}
	if n.Spec.Unschedulable {
		add(corev1.TaintNodeUnschedulable, corev1.TaintEffectNoSchedule)
	}
	switch readyStatus(n) {
	case corev1.ConditionFalse:
		add(corev1.TaintNodeNotReady, corev1.TaintEffectNoSchedule, corev1.TaintEffectNoExecute)
	case corev1.ConditionUnknown:
		add(corev1.TaintNodeUnreachable, corev1.TaintEffectNoSchedule, corev1.TaintEffectNoExecute)
	}
	if conditionStatus(n, corev1.NodeMemoryPressure) == corev1.ConditionTrue {
		add(corev1.TaintNodeMemoryPressure, corev1.TaintEffectNoSchedule)
	}
	if conditionStatus(n, corev1.NodeDiskPressure) == corev1.ConditionTrue {
		add(corev1.TaintNodeDiskPressure, corev1.TaintEffectNoSchedule)
	}
	if conditionStatus(n, corev1.NodePIDPressure) == corev1.ConditionTrue {
		add(corev1.TaintNodePIDPressure, corev1.TaintEffectNoSchedule)
	}
	return taints
}

// retaint makes the life cycle's own taints of one effect ("" for both) those that
// the node's state asks for. It leaves all others alone.
func (l *nodeLifecycle) retaint(n *corev1.Node, effect corev1.TaintEffect) {
	n, found := l.server.Nodes.Get("", n.Name)
	if !found {
		return
	}
	wanted := illness(n)
	same := func(a corev1.Taint) func(corev1.Taint) bool {
		return func(b corev1.Taint) bool { return a.Key == b.Key && a.Effect == b.Effect }
	}
	ours := func(t corev1.Taint) bool {
		return (effect == "" || t.Effect == effect) && strings.HasPrefix(t.Key, "node.kubernetes.io/") && t.Key != corev1.TaintNodeOutOfService && t.Key != corev1.TaintNodeNetworkUnavailable
	}
	kept := slices.DeleteFunc(slices.Clone(n.Spec.Taints), func(t corev1.Taint) bool {
		return ours(t) && !slices.ContainsFunc(wanted, same(t))
	})
	changed := len(kept) != len(n.Spec.Taints)
	now := metav1.NewTime(l.server.Clock.Now())
	for _, t := range wanted {
		if ours(t) && !slices.ContainsFunc(kept, same(t)) {
			t.TimeAdded = &now
			kept, changed = append(kept, t), true
		}
	}
	if changed {
		c := store.Copy(n)
		c.Spec.Taints = kept
		l.server.Nodes.SetStatus(c)
	}
}
