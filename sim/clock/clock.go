// Package clock is the bottom of the simulator: virtual time, the queue of what
// is due, the one source of randomness, processes written as straight-line code,
// and the log of everything that happened and why.
//
// Nothing here runs by itself. Whoever holds the clock advances it, and the same
// inputs at the same virtual times give the same world, byte for byte.
package clock

import (
	"container/heap"
	"math/rand/v2"
	"slices"
	"time"
)

// Clock is the virtual time of one world. It is not safe for concurrent use: a
// world is single-threaded by design, because replay depends on one order.
type Clock struct {
	now   time.Time
	start time.Time
	seq   uint64
	due   queue
	ready []*Proc
	rand  *rand.Rand
	log   []Event
	cause int
	// running is the process whose coroutine is on the stack, nil between them.
	running *Proc
	// procs are the processes that may still be alive, for Close.
	procs []*Proc
}

// New starts a clock at the given time with a seed that decides every id,
// generated name and small delay of the world.
func New(seed uint64, start time.Time) *Clock {
	return &Clock{now: start, start: start, rand: rand.New(rand.NewPCG(seed, 0x6472796468f)), cause: -1}
}

// Now is the virtual time of day.
func (c *Clock) Now() time.Time { return c.now }

// Elapsed is the virtual time since the world began.
func (c *Clock) Elapsed() time.Duration { return c.now.Sub(c.start) }

// Start is the virtual time at which the world began.
func (c *Clock) Start() time.Time { return c.start }

// Rand is the world's only random source. Draw from it only while handling an
// input or something due, never while merely looking at the world.
func (c *Clock) Rand() *rand.Rand { return c.rand }

// Weight says whether something that is due keeps a world from being settled.
type Weight int

const (
	// Work is on its way and will change something: a pull, a restart's back-off.
	Work Weight = iota
	// Program is a delay inside a workload; it counts only when it is near (Horizon).
	Program
	// Upkeep repeats for ever (health checks, heartbeats) and never counts.
	Upkeep
)

// Horizon is how far ahead a Program delay still counts as unfinished business:
// "sleep 3; exit 1" is worth waiting for, "sleep 1000" is not.
const Horizon = 30 * time.Second

// Timer is something that will happen. Stop it to call it off.
type Timer struct {
	at     time.Time
	seq    uint64
	fn     func()
	weight Weight
	cause  int
	index  int
}

// Stop calls the timer off; stopping one that has fired does nothing.
func (t *Timer) Stop() {
	if t != nil {
		t.fn = nil
	}
}

// After runs fn once, d from now. It keeps the world unsettled until then.
func (c *Clock) After(d time.Duration, fn func()) *Timer { return c.AfterWeighted(d, Work, fn) }

// AfterWeighted is After for delays that are not the world's own work.
func (c *Clock) AfterWeighted(d time.Duration, w Weight, fn func()) *Timer {
	if d < 0 {
		d = 0
	}
	c.seq++
	t := &Timer{at: c.now.Add(d), seq: c.seq, fn: fn, weight: w, cause: c.cause}
	heap.Push(&c.due, t)
	return t
}

// Next tells when the next thing is due, or false when nothing is.
func (c *Clock) Next() (time.Time, bool) {
	if len(c.ready) > 0 {
		return c.now, true
	}
	c.drop()
	if len(c.due) == 0 {
		return time.Time{}, false
	}
	return c.due[0].at, true
}

// Run makes everything happen that is due at this very moment, without letting
// time pass.
func (c *Clock) Run() { c.AdvanceTo(c.now) }

// Advance lets d pass and runs everything that falls due on the way.
func (c *Clock) Advance(d time.Duration) { c.AdvanceTo(c.now.Add(d)) }

// AdvanceTo runs everything due up to and including t, then stands at t.
func (c *Clock) AdvanceTo(t time.Time) {
	for c.stepTo(t) {
	}
	if t.After(c.now) {
		c.now = t
	}
}

// Step goes to the next moment at which something is due and runs what is due
// there. It reports false when nothing is due at all.
func (c *Clock) Step() bool {
	next, ok := c.Next()
	if !ok {
		return false
	}
	c.AdvanceTo(next)
	return true
}

// RunUntil steps until done reports true, for at most limit of virtual time.
// It reports whether done did.
func (c *Clock) RunUntil(limit time.Duration, done func() bool) bool {
	end := c.now.Add(limit)
	for !done() {
		if !c.stepTo(end) {
			return done()
		}
	}
	return true
}

// Settled reports that no work is under way: what is still due is upkeep, or a
// workload's own delay beyond the horizon.
func (c *Clock) Settled() bool {
	if len(c.ready) > 0 {
		return false
	}
	for _, t := range c.due {
		if t.fn == nil || t.weight == Upkeep || t.weight == Program && t.at.Sub(c.now) > Horizon {
			continue
		}
		return false
	}
	return true
}

// Close ends every process, so that a world that is no longer needed leaves
// nothing behind. The clock must not be used afterwards.
func (c *Clock) Close() {
	for len(c.procs) > 0 {
		p := c.procs[len(c.procs)-1]
		c.procs = c.procs[:len(c.procs)-1]
		if p.done {
			continue
		}
		p.killed, c.running = true, p
		p.stop()
		p.done, c.running = true, nil
	}
	c.ready, c.due = nil, nil
}

// track remembers a live process, and now and then forgets the dead ones.
func (c *Clock) track(p *Proc) {
	if len(c.procs) == cap(c.procs) {
		c.procs = slices.DeleteFunc(c.procs, func(p *Proc) bool { return p.done })
	}
	c.procs = append(c.procs, p)
}

// stepTo runs the processes that are ready and then one due timer, not later than t.
func (c *Clock) stepTo(t time.Time) bool {
	if len(c.ready) > 0 {
		p := c.ready[0]
		c.ready = c.ready[1:]
		p.resume()
		return true
	}
	c.drop()
	if len(c.due) == 0 || c.due[0].at.After(t) {
		return false
	}
	timer := heap.Pop(&c.due).(*Timer)
	c.now = timer.at
	fn := timer.fn
	timer.fn = nil
	c.Because(timer.cause, fn)
	return true
}

// drop forgets stopped timers at the head of the queue.
func (c *Clock) drop() {
	for len(c.due) > 0 && c.due[0].fn == nil {
		heap.Pop(&c.due)
	}
}

// queue orders timers by time, then by the order in which they were made.
type queue []*Timer

func (q queue) Len() int { return len(q) }
func (q queue) Less(i, j int) bool {
	if q[i].at.Equal(q[j].at) {
		return q[i].seq < q[j].seq
	}
	return q[i].at.Before(q[j].at)
}
func (q queue) Swap(i, j int) { q[i], q[j] = q[j], q[i]; q[i].index, q[j].index = i, j }
func (q *queue) Push(x any)   { t := x.(*Timer); t.index = len(*q); *q = append(*q, t) }
func (q *queue) Pop() any {
	old := *q
	t := old[len(old)-1]
	old[len(old)-1] = nil
	*q = old[:len(old)-1]
	return t
}
