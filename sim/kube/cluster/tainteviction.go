package cluster

import (
	"slices"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"drydock/sim/clock"
	"drydock/sim/kube/api"
	"drydock/sim/kube/store"
)

// taintEviction deletes pods from nodes with NoExecute taints that they tolerate no
// longer.
type taintEviction struct {
	*Cluster
	queue   *api.Queue // nodes
	pods    *api.Queue
	tainted map[string]bool
	pending map[store.Key]*eviction
}

// eviction is a deletion that is due.
type eviction struct {
	at    time.Time
	timer *clock.Timer
}

func newTaintEviction(c *Cluster) {
	t := &taintEviction{Cluster: c, tainted: map[string]bool{}, pending: map[store.Key]*eviction{}}
	t.queue = c.manager.Queue(reaction, t.syncNode)
	t.pods = c.manager.Queue(reaction, t.syncPod)
	c.server.Nodes.Watch(func(ch store.Change[*corev1.Node]) {
		if ch.Type != store.Modified || !slices.Equal(noExecute(ch.Old), noExecute(ch.New)) {
			t.queue.Add(store.KeyOf(ch.Now()))
		}
	})
	c.server.Pods.Watch(func(ch store.Change[*corev1.Pod]) {
		key := store.KeyOf(ch.Now())
		switch {
		case ch.Type == store.Deleted && t.pending[key] != nil:
			t.pods.Add(key)
		case ch.Type != store.Deleted && t.tainted[ch.New.Spec.NodeName] && (ch.Old == nil || ch.Old.Spec.NodeName == ""):
			t.pods.Add(key)
		}
	})
	c.manager.OnStart(func() {
		for _, n := range c.server.Nodes.List("") {
			t.queue.Add(store.KeyOf(n))
		}
	})
}

// noExecute are a node's taints that drive pods away.
func noExecute(n *corev1.Node) []corev1.Taint {
	var list []corev1.Taint
	for _, t := range n.Spec.Taints {
		if t.Effect == corev1.TaintEffectNoExecute {
			list = append(list, t)
		}
	}
	return list
}

func (t *taintEviction) syncNode(key store.Key) {
	n, found := t.server.Nodes.Get("", key.Name)
	has := found && len(noExecute(n)) > 0
	if !has && !t.tainted[key.Name] {
		return
	}
	t.tainted[key.Name] = has
	for _, p := range t.server.PodsByNode.Get(key.Name) {
		t.syncPod(store.KeyOf(p))
	}
}

// syncPod plans, calls off or carries out the deletion of one pod.
func (t *taintEviction) syncPod(key store.Key) {
	p, found := t.server.Pods.Get(key.Namespace, key.Name)
	if !found {
		t.cancel(key, &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Namespace: key.Namespace, Name: key.Name}})
		return
	}
	n, found := t.server.Nodes.Get("", p.Spec.NodeName)
	if !found || len(noExecute(n)) == 0 {
		t.cancel(key, p)
		return
	}
	after, ever := tolerance(p, noExecute(n))
	switch {
	case !ever:
		t.cancel(key, p)
		return
	case after <= 0:
		t.cancel(key, p)
		t.evict(key)
		return
	}
	now := t.server.Clock.Now()
	at := now.Add(after)
	if old := t.pending[key]; old != nil {
		if !at.Before(old.at) {
			return
		}
		old.timer.Stop()
	}
	t.pending[key] = &eviction{at: at, timer: t.server.Clock.AfterWeighted(after, clock.Work, func() {
		delete(t.pending, key)
		t.evict(key)
	})}
}

// tolerance is how long a pod stays on a node with taints; ever is false when it
// need never go.
func tolerance(p *corev1.Pod, taints []corev1.Taint) (after time.Duration, ever bool) {
	for i := range taints {
		found := false
		for j := range p.Spec.Tolerations {
			tol := &p.Spec.Tolerations[j]
			if !tolerates(tol, &taints[i]) {
				continue
			}
			found = true
			if tol.TolerationSeconds == nil {
				continue
			}
			d := time.Duration(max(0, *tol.TolerationSeconds)) * time.Second
			if !ever || d < after {
				after, ever = d, true
			}
		}
		if !found {
			return 0, true
		}
	}
	return after, ever
}

// tolerates reports that a toleration covers a taint.
func tolerates(tol *corev1.Toleration, taint *corev1.Taint) bool {
	switch {
	case tol.Effect != "" && tol.Effect != taint.Effect, tol.Key != "" && tol.Key != taint.Key:
		return false
	case tol.Operator == corev1.TolerationOpExists:
		return true
	}
	return (tol.Operator == "" || tol.Operator == corev1.TolerationOpEqual) && tol.Key != "" && tol.Value == taint.Value
}

// taintSource reports what the eviction does (v1.37: a controller of its own).
func taintSource() api.Source { return api.Source{Component: "taint-eviction-controller"} }

// tell reports something about a pod. The event names the pod without its uid
// (pkg/controller/tainteviction), so that kubectl describe does not find it.
func (t *taintEviction) tell(p *corev1.Pod, message string) int {
	named := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Namespace: p.Namespace, Name: p.Name}}
	return t.server.Event(taintSource(), "Pod", named, "", "Normal", "TaintManagerEviction", message)
}

func (t *taintEviction) cancel(key store.Key, p *corev1.Pod) {
	if e := t.pending[key]; e != nil {
		e.timer.Stop()
		delete(t.pending, key)
		t.tell(p, "Cancelling deletion of Pod "+key.String())
	}
}

func (t *taintEviction) evict(key store.Key) {
	p, found := t.server.Pods.Get(key.Namespace, key.Name)
	if !found || p.DeletionTimestamp != nil {
		return
	}
	if !t.manager.Running() {
		t.pods.Add(key)
		return
	}
	id := t.tell(p, "Marking for deletion Pod "+key.String())
	t.server.Clock.Because(id, func() {
		t.disrupt(p, "DeletionByTaintManager", "Taint manager: deleting due to NoExecute taint")
		_, _ = t.server.Pods.Delete(key.Namespace, key.Name, api.DeleteOptions{}) // it is there
	})
}

// disrupt notes in a pod's status why the cluster ends it.
func (c *Cluster) disrupt(p *corev1.Pod, reason, message string) {
	changed := store.Copy(p)
	changed.Status.Conditions = withPodCondition(p, metav1.NewTime(c.server.Clock.Now()), corev1.PodCondition{
		Type: corev1.DisruptionTarget, Status: corev1.ConditionTrue, Reason: reason, Message: message,
	})
	c.server.Pods.SetStatus(changed)
}
