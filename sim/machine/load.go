package machine

import (
	"cmp"
	"time"
)

// requestCost is the processor time of a request to a program that only hands out a
// small page, such as nginx. What a client takes to start covers it.
const requestCost = 300 * time.Microsecond

// period is what a limit of processor time is reckoned by: within one, a container
// may have its share at once (cpu.max of control groups, 100 ms).
const period = 100 * time.Millisecond

// processors are what a container or a machine may use of processor time. Work that
// comes in faster than they can do it queues up.
type processors struct {
	free time.Time // when all that was asked for is done
}

// take queues work for so many processors and says when it will be done.
func (c *processors) take(now time.Time, work time.Duration, cores float64) time.Time {
	if unused := now.Add(-period); c.free.Before(unused) {
		c.free = unused
	}
	c.free = c.free.Add(time.Duration(float64(work) / cores))
	return c.free
}

// Worked is the processor time that the programs of the stack have spent: on requests,
// and in busy loops.
func (n *Namespace) Worked() time.Duration { return n.work }

// Work counts processor time that the process has spent.
func (p *Process) Work(d time.Duration) {
	if p.Net != nil {
		p.Net.work += d * time.Duration(p.turns())
	}
}

// labour is what answering costs the listener: it counts the processor time and
// returns how long each of the requests waited for it. One request is worked on by
// one processor; the limit of the container and the processors of the machine bound
// all of them together.
func (n *Namespace) labour(by *Process, cost time.Duration, times int) time.Duration {
	one := cmp.Or(cost, requestCost)
	all := one * time.Duration(times)
	n.work += all
	now := n.Machine.Site.Clock.Now()
	done := now.Add(all)
	if by != nil && by.Group != nil && by.Group.NanoCPUs > 0 {
		done = later(done, by.Group.busy.take(now, all, float64(by.Group.NanoCPUs)/1e9))
	}
	if n.Machine.CPUs > 0 {
		done = later(done, n.Machine.busy.take(now, all, float64(n.Machine.CPUs)))
	}
	each := done.Sub(now) / time.Duration(times)
	if cost == 0 {
		each -= one
	}
	return max(each, 0)
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// longestBulk bounds one wait of a process that stands for many turns of a loop, so
// that it soon notices when the world has changed.
const longestBulk = 2 * time.Second

// turns is how many turns of a loop what the process does now stands for.
func (p *Process) turns() int { return max(p.Times, 1) }

// Sleep lets d of virtual time pass for the process, as often as it has turns to do.
func (p *Process) Sleep(d time.Duration) {
	if n := p.turns(); n > 1 {
		d = max(d, min(d*time.Duration(n), longestBulk))
	}
	p.Proc.Sleep(d)
}
