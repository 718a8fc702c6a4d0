package swarm

import (
	"time"

	"drydock/sim/clock"
)

// Defaults of the restart policy (swarmkit, orchestrator/restart).
const (
	defaultRestartDelay = 5 * time.Second
	oldTaskTimeout      = time.Minute
	// loopAfter is how many ends in a row make a crash loop: from then on restarts
	// are how things are, not work that a settled world waits for.
	loopAfter = 3
)

func (t *Task) restartDelay() time.Duration {
	if p := t.Spec.RestartPolicy; p != nil && p.Delay != nil {
		return *p.Delay
	}
	return defaultRestartDelay
}

// mayRestart applies the restart policy to a task that ended.
func (t *Task) mayRestart() bool {
	p := t.Spec.RestartPolicy
	if p == nil {
		return true
	}
	switch p.Condition {
	case "none":
		return false
	case "on-failure":
		if t.State == Complete {
			return false
		}
	}
	return p.MaxAttempts == nil || *p.MaxAttempts == 0 || uint64(t.restarts) < *p.MaxAttempts
}

// restart replaces a task that ended, or whose node is lost to it.
func (c *Cluster) restart(t *Task) {
	if c.leader == nil || t.service.removed || t.Desired > Running {
		return
	}
	if t.delayed && t.State > Running {
		return // it ended while its own delay was running: that one is waited for
	}
	c.setDesired(t, Shutdown)
	n := t.node
	gone := n == nil || n.Status.State == "down" || c.NodeByID(n.ID) == nil
	drained := n != nil && n.Spec.Availability == "drain"
	if t.State > Running && !gone && !drained && !t.mayRestart() {
		return
	}
	if t.Slot > 0 && t.Slot > int(t.service.Replicas()) && len(t.service.runnable()) >= int(t.service.Replicas()) {
		return
	}
	var at *Node
	if t.Slot == 0 {
		if gone || drained {
			return
		}
		at = n
	}
	next := c.newTask(t.service, t.Slot, at)
	next.Desired = Ready
	next.restarts = t.restarts + 1
	if t.State > Running && t.Since.Sub(t.CreatedAt) > time.Minute {
		next.restarts = 1
	}
	delay := t.restartDelay()
	if drained {
		delay = 0
	}
	if !gone && t.State <= Running {
		next.waitFor = t
	}
	c.delayStart(next, delay)
}

// delayStart lets a task run when its delay is over and the task before it ended.
func (c *Cluster) delayStart(t *Task, delay time.Duration) {
	weight := clock.Work
	if t.restarts >= loopAfter {
		weight = clock.Upkeep
	}
	t.delayed = true
	t.delay = c.clock().AfterWeighted(delay, weight, func() {
		t.delayed = false
		if t.State > Running {
			c.restart(t)
			return
		}
		old := t.waitFor
		if old == nil || old.State > Running || old.node == nil {
			c.startNow(t)
			return
		}
		t.delay = c.clock().After(oldTaskTimeout, func() { c.startNow(t) })
	})
}

// mourn lets go on what waited for a task to end.
func (c *Cluster) mourn(t *Task) {
	for _, o := range t.service.tasks {
		if o.waitFor == t {
			o.waitFor = nil
			if o.Desired == Ready && !o.delayed {
				o.delay.Stop()
				c.startNow(o)
			}
		}
	}
}

func (c *Cluster) startNow(t *Task) {
	if t.Desired != Ready {
		return
	}
	if c.leader == nil {
		t.stalled = true
		return
	}
	t.Desired = Running
	c.touch(&t.Meta)
	c.tell(t)
	t.service.changed.Broadcast()
}

// loopWeight says whether a settled world waits for one more restart.
func loopWeight(restarts int) clock.Weight {
	if restarts >= loopAfter {
		return clock.Upkeep
	}
	return clock.Work
}
