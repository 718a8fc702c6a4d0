// Package scheduler is the kube-scheduler: it gives every pod a node, or says why
// none will do. Plugins, their order, weights and wording are those of the default
// profile of kube-scheduler v1.37.
package scheduler

import (
	"container/heap"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"

	"drydock/sim/clock"
	"drydock/sim/kube/api"
	"drydock/sim/kube/store"
)

const (
	// profile is the name that pods ask for in spec.schedulerName.
	profile = corev1.DefaultSchedulerName
	// pace is what passes between a change and the scheduler's look at it.
	pace = time.Millisecond
	// leftover is how long an unschedulable pod waits at most for its next try
	// (kube-scheduler: DefaultPodMaxInUnschedulablePodsDuration).
	leftover = 5 * time.Minute
	// sweepEvery is how often those that wait so long are looked for.
	sweepEvery = 30 * time.Second
	// repeat is how long an unchanged refusal is not reported again: the longest
	// back-off of a pod (kube-scheduler: podMaxBackoffSeconds).
	repeat = 10 * time.Second
)

// Scheduler gives pods their nodes. It keeps what the nodes have and hold as counts
// that follow every change, so that a pod costs a look at some nodes and no more.
type Scheduler struct {
	server    *api.Server
	component *api.Component
	turns     *api.Queue

	nodes  []*node // those that exist, oldest first
	byName map[string]*node
	slots  int // of nodes ever seen
	zones  int // nodes that say their zone
	pods   map[store.Key]*podInfo
	count  *counts

	active  active
	queued  map[store.Key]bool
	waiting map[store.Key]*wait
	seq     uint64
	start   int    // where the next search for feasible nodes begins
	woken   help   // what happened since the last turn
	version uint64 // of everything that decides about a pod
	sweep   *clock.Timer

	spreads  map[types.UID]*counter // built-in spread of an owner's pods; nil for none
	failures map[shape]failure      // of pods alike, while nothing has changed
	scratch  []candidate
}

// wait is a pod that no node would take.
type wait struct {
	since   time.Time
	told    time.Time // when it was last reported
	version string    // of the pod then
	message string
	helps   help // the changes that may help it
}

// New makes the scheduler of a cluster and lets it watch.
func New(s *api.Server) *Scheduler {
	x := &Scheduler{
		server: s, component: s.Component("kube-scheduler"), byName: map[string]*node{}, pods: map[store.Key]*podInfo{},
		count: newCounts(), queued: map[store.Key]bool{}, waiting: map[store.Key]*wait{},
		spreads: map[types.UID]*counter{}, failures: map[shape]failure{},
	}
	x.turns = x.component.Queue(pace, func(store.Key) { x.turn() })
	s.Nodes.Watch(x.nodeChanged)
	s.Pods.Watch(x.podChanged)
	s.Services.Watch(func(store.Change[*corev1.Service]) { clear(x.spreads) })
	s.PersistentVolumeClaims.Watch(x.claimChanged)
	s.PersistentVolumes.Watch(func(store.Change[*corev1.PersistentVolume]) { x.version++; x.wake(helpVolume) })
	for _, n := range s.Nodes.List("") {
		x.nodeChanged(store.Change[*corev1.Node]{Type: store.Added, New: n})
	}
	for _, p := range s.Pods.List("") {
		x.podChanged(store.Change[*corev1.Pod]{Type: store.Added, New: p})
	}
	x.component.OnStart(func() { x.wake(helpAny) })
	return x
}

// Component is the program, to be stopped and started.
func (x *Scheduler) Component() *api.Component { return x.component }

// task is a pod's place in the queue.
type task struct {
	key      store.Key
	priority int32
	seq      uint64
	cause    int
}

// active orders pods as the PrioritySort plugin does: priority, then age in the queue.
type active []task

func (a active) Len() int { return len(a) }
func (a active) Less(i, j int) bool {
	if a[i].priority != a[j].priority {
		return a[i].priority > a[j].priority
	}
	return a[i].seq < a[j].seq
}
func (a active) Swap(i, j int) { a[i], a[j] = a[j], a[i] }
func (a *active) Push(v any) {
	if t, ok := v.(task); ok {
		*a = append(*a, t)
	}
}
func (a *active) Pop() any {
	t := (*a)[len(*a)-1]
	*a = (*a)[:len(*a)-1]
	return t
}

// enqueue puts a pod into the queue, once.
func (x *Scheduler) enqueue(p *corev1.Pod) {
	key := store.KeyOf(p)
	if x.queued[key] {
		return
	}
	x.queued[key] = true
	x.seq++
	heap.Push(&x.active, task{key: key, priority: priorityOf(p), seq: x.seq, cause: x.server.Clock.Cause()})
	x.turns.Add(store.Key{})
}

// turn works off the queue.
func (x *Scheduler) turn() {
	x.retry()
	for len(x.active) > 0 && x.component.Running() {
		t, ok := heap.Pop(&x.active).(task)
		if !ok {
			return
		}
		delete(x.queued, t.key)
		x.server.Clock.Because(t.cause, func() { x.schedule(t.key) })
	}
	clear(x.failures)
	x.sweepLater()
}

// schedule finds a node for one pod.
func (x *Scheduler) schedule(key store.Key) {
	info := x.pods[key]
	if info == nil || !ours(info.pod) {
		return
	}
	if len(info.pod.Spec.SchedulingGates) > 0 {
		x.gate(info.pod)
		return
	}
	like := shapeOf(info.pod)
	if f, known := x.failures[like]; known && f.version == x.version {
		x.refuse(info, f.verdict)
		return
	}
	a := x.attempt(info)
	n := a.find()
	switch {
	case n != nil && a.volumes.choose(x, n):
		// The pod is bound when its claims are.
		x.waiting[key] = &wait{since: x.server.Clock.Now(), helps: helpVolume}
	case n != nil:
		delete(x.waiting, key)
		x.bind(info.pod, n)
	default:
		v := a.verdict()
		if !v.preempted && like.owner != "" {
			x.failures[like] = failure{version: x.version, verdict: v}
		}
		x.refuse(info, v)
		if v.preempted && a.check(info.hoped).ok() {
			x.wake(helpRoom) // its victims needed no time to leave
		}
	}
}

// sweepLater gives pods that wait for long another try, for as long as there are any.
func (x *Scheduler) sweepLater() {
	if x.sweep != nil || len(x.waiting) == 0 {
		return
	}
	x.sweep = x.server.Clock.AfterWeighted(sweepEvery, clock.Upkeep, func() {
		x.sweep = nil
		x.enqueueWaiting(func(w *wait) bool { return x.server.Clock.Now().Sub(w.since) >= leftover })
		x.sweepLater()
	})
}
