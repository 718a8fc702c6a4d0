package api

import (
	"time"

	"drydock/sim/clock"
	"drydock/sim/kube/store"
)

// Component is a program of the control plane or of a node that can be stopped:
// "kube-scheduler", "kubelet node-1".
type Component struct {
	Name   string
	server *Server
	down   bool
	queues []*Queue
	start  []func()
}

// Component makes a component of the cluster, running.
func (s *Server) Component(name string) *Component { return &Component{Name: name, server: s} }

// Running reports whether the component works: it runs and the API server answers.
func (c *Component) Running() bool {
	return !c.down && (c.server.Ready == nil || c.server.Ready())
}

// Stopped reports that the component itself does not run, whatever the API server does.
func (c *Component) Stopped() bool { return c.down }

// SetRunning stops or starts the component. A start looks at everything anew.
func (c *Component) SetRunning(on bool) {
	was := c.down
	c.down = !on
	if was && on {
		c.Resume()
	}
}

// OnStart registers what the component does when it starts or can reach the API
// server again: put into its queues all that there is.
func (c *Component) OnStart(fn func()) { c.start = append(c.start, fn) }

// Resume makes a component go on that could not reach the API server.
func (c *Component) Resume() {
	for _, fn := range c.start {
		fn()
	}
	for _, q := range c.queues {
		q.wake()
	}
}

// Queue is a controller's work queue: keys wait, each at most once, until the
// component works them off a moment later. What a key's handling does is blamed on
// what put it there.
type Queue struct {
	owner   *Component
	delay   time.Duration
	sync    func(store.Key)
	keys    []queued
	waiting map[store.Key]bool
	failed  map[store.Key]int
	awake   bool
}

type queued struct {
	key   store.Key
	cause int
}

// Queue makes a queue of the component; delay is what passes between a change and
// its handling.
func (c *Component) Queue(delay time.Duration, sync func(store.Key)) *Queue {
	q := &Queue{owner: c, delay: delay, sync: sync, waiting: map[store.Key]bool{}, failed: map[store.Key]int{}}
	c.queues = append(c.queues, q)
	return q
}

// Add puts a key into the queue.
func (q *Queue) Add(key store.Key) {
	if q.waiting[key] {
		return
	}
	q.waiting[key] = true
	q.keys = append(q.keys, queued{key, q.owner.server.Clock.Cause()})
	q.wake()
}

// AddAfter puts a key into the queue when d has passed. weight says whether the
// wait keeps the world from being settled.
func (q *Queue) AddAfter(key store.Key, d time.Duration, weight clock.Weight) *clock.Timer {
	return q.owner.server.Clock.AfterWeighted(d, weight, func() { q.Add(key) })
}

// The back-off of a key whose handling failed (client-go's default rate limiter).
const (
	retryFirst = 5 * time.Millisecond
	retryMax   = 1000 * time.Second
)

// Retry puts a key back after a failure, each time after twice as long.
func (q *Queue) Retry(key store.Key) {
	d := retryMax
	if n := q.failed[key]; n < 18 {
		d = min(retryFirst<<n, retryMax)
	}
	q.failed[key]++
	weight := clock.Work
	if d > time.Second {
		weight = clock.Upkeep // it may go on for ever
	}
	q.AddAfter(key, d, weight)
}

// Forget ends the back-off of a key that was handled well.
func (q *Queue) Forget(key store.Key) { delete(q.failed, key) }

func (q *Queue) wake() {
	if q.awake || len(q.keys) == 0 || !q.owner.Running() {
		return
	}
	q.awake = true
	q.owner.server.Clock.After(q.delay, q.drain)
}

// drain works off what is there now; what comes meanwhile waits for the next turn.
func (q *Queue) drain() {
	q.awake = false
	if !q.owner.Running() {
		return
	}
	batch := q.keys
	q.keys = nil
	for _, k := range batch {
		delete(q.waiting, k.key)
	}
	for _, k := range batch {
		q.owner.server.Clock.Because(k.cause, func() { q.sync(k.key) })
	}
}
