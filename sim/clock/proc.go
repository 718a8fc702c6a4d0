package clock

import (
	"fmt"
	"iter"
	"runtime/debug"
	"time"
)

// Proc is a process on the virtual clock: straight-line code that sleeps and
// waits. It is a coroutine (iter.Pull), never a goroutine, so exactly one runs
// at any time and the order is the same in every replay.
type Proc struct {
	clock  *Clock
	name   string
	weight Weight
	cause  int
	kin    *kin

	next  func() (struct{}, bool)
	stop  func()
	yield func(struct{}) bool

	queued bool
	done   bool
	killed bool
	frozen bool
	missed bool // something woke it while it was frozen
	wake   *Timer
	waits  *Signal
	exited *Signal
}

// kin are a workload's processes: the first one and those that it started.
type kin struct {
	sleeps int // since one of them was woken by something other than the time
}

// routine is how many sleeps in a row make a workload one that ticks for ever: a
// loop that logs every five seconds must not keep the world from being settled.
const routine = 10

// unwind is what a killed process panics with, so that its defers run.
type unwind struct{}

// Go starts body as a process. It first runs when the clock next does.
// weight says how its sleeps count towards a settled world.
func (c *Clock) Go(name string, weight Weight, body func(*Proc)) *Proc {
	p := &Proc{clock: c, name: name, weight: weight, cause: c.cause, exited: c.NewSignal(), kin: &kin{}}
	if r := c.running; r != nil && r.weight == Program && weight == Program {
		p.kin = r.kin
	}
	p.next, p.stop = iter.Pull(func(yield func(struct{}) bool) {
		p.yield = yield
		defer func() {
			if r := recover(); r != nil {
				// A library on the way up may have wrapped the panic of a kill.
				if _, ok := r.(unwind); !ok && !p.killed {
					// The coroutine's own stack would be lost on the way up.
					panic(fmt.Sprintf("process %s: %v\n\n%s", name, r, debug.Stack()))
				}
			}
		}()
		body(p)
	})
	c.track(p)
	p.enqueue()
	return p
}

// Name is what the process was started as, for messages.
func (p *Proc) Name() string { return p.name }

// Clock is the clock that the process lives on.
func (p *Proc) Clock() *Clock { return p.clock }

// Weight is how the process's own sleeps count towards a settled world, as long
// as they have not become a routine.
func (p *Proc) Weight() Weight { return p.weight }

// Done reports that the process has returned or was killed.
func (p *Proc) Done() bool { return p.done }

// Exited is broadcast when the process is done.
func (p *Proc) Exited() *Signal { return p.exited }

// Sleep lets d of virtual time pass for this process.
func (p *Proc) Sleep(d time.Duration) {
	p.wake = p.clock.AfterWeighted(d, p.sleeps(), p.enqueue)
	p.park()
}

// SleepUntil waits for d or for the signal, whichever is first; it reports
// whether the signal came.
func (p *Proc) SleepUntil(d time.Duration, s *Signal) bool {
	before := s.count
	p.wake = p.clock.AfterWeighted(d, p.sleeps(), p.enqueue)
	s.waiters = append(s.waiters, p)
	p.waits = s
	p.park()
	if s.count == before {
		return false
	}
	p.kin.sleeps = 0
	return true
}

// sleeps is how one more sleep counts towards a settled world.
func (p *Proc) sleeps() Weight {
	if p.weight != Program {
		return p.weight
	}
	if p.kin.sleeps++; p.kin.sleeps > routine {
		return Upkeep
	}
	return Program
}

// Wait parks the process until the signal is broadcast. Check the condition
// again afterwards: others may have been faster.
func (p *Proc) Wait(s *Signal) {
	s.waiters = append(s.waiters, p)
	p.waits = s
	p.park()
}

// WaitFor waits until cond holds, looking again at each broadcast of s.
func (p *Proc) WaitFor(s *Signal, cond func() bool) {
	for !cond() {
		p.Wait(s)
	}
}

// Yield lets everything else that is ready run first.
func (p *Proc) Yield() {
	p.enqueue()
	p.park()
}

// Kill ends the process where it stands: its defers run, nothing after them.
// A process that kills itself does not return from the call.
func (p *Proc) Kill() {
	if p.done || p.killed {
		return
	}
	p.killed = true
	if p.clock.running == p {
		panic(unwind{})
	}
	p.unpark()
	p.enqueue()
}

// Freeze stops the process where it waits, as `docker pause` does; Freeze(false)
// lets it go on. Time that passes meanwhile counts towards its sleeps.
func (p *Proc) Freeze(on bool) {
	p.frozen = on
	if !on && p.missed {
		p.missed = false
		p.enqueue()
	}
}

// Running reports that the process's own code is what is being carried out now.
func (p *Proc) Running() bool { return p.clock.running == p }

func (p *Proc) park() {
	if p.clock.running != p {
		panic("clock: a process may only wait in its own code: " + p.name)
	}
	if !p.yield(struct{}{}) || p.killed {
		panic(unwind{})
	}
}

func (p *Proc) unpark() {
	p.wake.Stop()
	p.wake = nil
	if p.waits != nil {
		p.waits.forget(p)
		p.waits = nil
	}
}

func (p *Proc) enqueue() {
	if p.done || p.queued {
		return
	}
	p.queued = true
	p.clock.ready = append(p.clock.ready, p)
}

func (p *Proc) resume() {
	p.queued = false
	if p.done {
		return
	}
	if p.frozen && !p.killed {
		p.missed = true
		return
	}
	p.unpark()
	before := p.clock.running
	p.clock.running = p
	alive := true
	p.clock.Because(p.cause, func() {
		if p.killed && p.yield == nil {
			alive = false // killed before its first step
			return
		}
		_, alive = p.next()
		p.cause = p.clock.cause
	})
	p.clock.running = before
	if !alive {
		p.done = true
		p.stop()
		p.exited.Broadcast()
	}
}

// Blame makes the given event the cause of what this process does from now on.
// It must be called from the process's own code.
func (p *Proc) Blame(event int) { p.cause = event; p.clock.cause = event }

// Signal wakes processes that wait for a condition.
type Signal struct {
	clock   *Clock
	waiters []*Proc
	hooks   []func()
	count   int
}

// NewSignal makes a signal on this clock.
func (c *Clock) NewSignal() *Signal { return &Signal{clock: c} }

// Broadcast wakes everyone who waits now, in the order in which they came.
func (s *Signal) Broadcast() {
	s.count++
	waiters := s.waiters
	s.waiters = nil
	for _, p := range waiters {
		if p.waits == s {
			p.waits = nil
		}
		p.enqueue()
	}
	for _, fn := range s.hooks {
		fn()
	}
}

// Watch calls fn at every broadcast, at once and in the broadcaster's context.
func (s *Signal) Watch(fn func()) { s.hooks = append(s.hooks, fn) }

func (s *Signal) forget(p *Proc) {
	for i, w := range s.waiters {
		if w == p {
			s.waiters = append(s.waiters[:i:i], s.waiters[i+1:]...)
			return
		}
	}
}
