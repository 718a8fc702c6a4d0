package docker

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"drydock/sim/clock"
)

// Restart delays (moby, package restartmanager).
const (
	firstBackoff = 100 * time.Millisecond
	maxBackoff   = time.Minute
	steadyAfter  = 10 * time.Second // a run of this length begins the delays anew
)

// ended takes note that the first process ended: the container has exited, and
// what its restart policy says follows.
func (e *Engine) ended(c *Container, status int) {
	c.flush()
	oom := c.group.OOMKilled
	c.init, c.stdin = nil, nil
	c.runs, c.lastStatus = c.runs+1, status
	c.probe.Stop()
	c.State.Finished, c.State.ExitCode, c.State.OOMKilled = e.now(), status, oom
	for _, x := range slices.Clone(c.execs) {
		x.Process.Exit(137)
	}
	e.disconnect(c)
	if c.sharesNet() {
		c.Net = nil // it was never its own
	}
	c.volumeEvents("unmount")
	again := e.Up && !e.ending && e.Machine.Powered && c.shouldRestart()
	c.State.Status = "exited"
	if again {
		c.State.Status = "restarting"
	}
	for _, w := range slices.Clone(c.watchers) {
		w.Detach()
	}
	c.touch()
	if !e.Machine.Powered {
		e.died(c, status, oom)
		return
	}
	// Those who wait for the end hear of it before the log has it.
	e.clock().After(0, func() { e.died(c, status, oom) })
}

// died logs the end with its cause and does what follows from it.
func (e *Engine) died(c *Container, status int, oom bool) {
	blame := c.blame
	if oom {
		blame = e.kernelKill(c, blame)
	}
	e.clock().Because(blame, func() {
		if oom {
			blame = c.emit("oom", c.Name+" used more memory than it may", nil)
		}
	})
	e.clock().Because(blame, func() {
		c.blame = c.emit("die", c.dieMessage(status, oom), map[string]string{"exitCode": fmt.Sprint(status)})
	})
	e.clock().Because(c.blame, func() {
		switch {
		case c.State.Status == "restarting":
			e.planRestart(c)
		case c.Host.AutoRemove && c.State.Status == "exited" && e.Up && e.Machine.Powered:
			e.task("remove "+c.Name, func(p *clock.Proc) {
				p.Sleep(removeTime)
				if c.State.Status == "exited" {
					e.drop(c, true)
				}
			})
		}
	})
}

// kernelKill is the kernel's own event about the container's memory.
func (e *Engine) kernelKill(c *Container, other int) int {
	events := e.clock().Events(0)
	for i := len(events) - 1; i >= max(len(events)-50, 0); i-- {
		if events[i].Reason == "oom" && events[i].Actor == "kernel" {
			return events[i].ID
		}
	}
	return other
}

// dieMessage says how it ended and, when it failed, what it printed last.
func (c *Container) dieMessage(status int, oom bool) string {
	text := fmt.Sprintf("%s exited with %d", c.Name, status)
	switch {
	case oom:
		return text + ": it ran out of memory"
	case status == 0 || c.State.ByHand:
		return text
	}
	for i := len(c.Log) - 1; i >= max(len(c.Log)-20, 0); i-- {
		if line := strings.TrimSpace(c.Log[i].Text); c.Log[i].Stderr && line != "" && !c.Log[i].Time.Before(c.State.Started) {
			text = fmt.Sprintf("%s exited with %d: %s", c.Name, status, line)
			if strings.Contains(strings.ToLower(line), "error") {
				break
			}
		}
	}
	return text
}

// shouldRestart applies the restart policy to a container that has just ended.
func (c *Container) shouldRestart() bool {
	if c.State.ByHand {
		return false
	}
	return c.policyRestarts()
}

func (c *Container) policyRestarts() bool {
	switch r := c.Host.RestartPolicy; r.Name {
	case "always", "unless-stopped":
		return true
	case "on-failure":
		return c.State.ExitCode != 0 && (r.MaximumRetryCount == 0 || c.State.Restarts < r.MaximumRetryCount)
	}
	return false
}

// planRestart starts the container again after a delay that doubles each time,
// until a run lasts.
func (e *Engine) planRestart(c *Container) {
	if c.backoff == 0 || c.State.Finished.Sub(c.State.Started) >= steadyAfter {
		c.backoff = firstBackoff
	} else {
		c.backoff = min(2*c.backoff, maxBackoff)
	}
	c.restart.Stop()
	c.restart = e.clock().AfterWeighted(c.backoff, clock.Program, func() {
		if c.State.Status != "restarting" {
			return
		}
		c.State.Restarts++
		started := c.State.Started
		if err := e.launch(c, Streams{}); err != nil {
			c.State.Finished = e.now()
			if !c.policyRestarts() {
				c.State.Status = "exited"
				c.touch()
				return
			}
			if c.State.Started.Equal(started) {
				c.State.Started = e.now()
			}
			e.planRestart(c)
		}
	})
}

// Wait waits until the container is in the state that `docker wait` means and
// returns its exit status. removed waits until it is gone.
func (e *Engine) Wait(p *clock.Proc, c *Container, removed bool) int {
	p.WaitFor(c.logged, func() bool {
		if removed {
			return e.named(c.Name) != c
		}
		return c.State.Status != "running" && c.State.Status != "paused" && c.State.Status != "restarting"
	})
	return c.State.ExitCode
}

// Runs counts the runs of the container that have ended.
func (c *Container) Runs() int { return c.runs }

// WaitExit waits until more runs than that have ended, although the container may
// have been started again, and returns the exit status of the last.
func (e *Engine) WaitExit(p *clock.Proc, c *Container, runs int) int {
	p.WaitFor(c.logged, func() bool { return c.runs > runs })
	return c.lastStatus
}
