package docker

import (
	"slices"
	"time"

	"drydock/sim/clock"
	"drydock/sim/machine"
)

// bootTime is how long the daemon takes until the containers of restart policies run.
const bootTime = 900 * time.Millisecond

// SetDaemon stops or starts the daemon, as systemctl does. Stopping ends all
// containers; starting brings those back whose restart policy says so.
func (e *Engine) SetDaemon(up bool) {
	if e.Up == up || !e.Machine.Powered {
		return
	}
	e.Up = up
	reason, message := "daemon-start", "the docker daemon on "+e.Machine.Name+" was started"
	if !up {
		reason, message = "daemon-stop", "the docker daemon on "+e.Machine.Name+" was stopped"
	}
	event := e.emit("daemon", "dockerd", reason, message, nil)
	e.clock().Because(event, func() {
		if up {
			e.boot()
			return
		}
		e.shutDown(event)
	})
	e.changed.Broadcast()
}

// shutDown ends every container: its stop signal first, SIGKILL after the grace.
func (e *Engine) shutDown(event int) {
	e.endTasks()
	for _, c := range slices.Clone(e.containers) {
		c.restart.Stop()
		if c.State.Status == "restarting" {
			c.State.Status = "exited"
		}
		if !c.Running() {
			continue
		}
		c.blame = event
		if c.State.Status == "paused" {
			c.group.Freeze(false)
			c.State.Status = "running"
		}
		init := c.init
		init.Signal(c.stopSignal())
		e.clock().After(c.Grace(), func() { init.Signal(machine.SIGKILL) })
	}
}

// boot starts the containers that are to run whenever the daemon does.
func (e *Engine) boot() {
	var again []*Container
	for _, c := range e.containers {
		stopped := c.State.ByHand && c.Host.RestartPolicy.Name != "always"
		if !c.Running() && c.State.Status != "created" && !stopped && c.policyRestarts() {
			again = append(again, c)
		}
	}
	e.task("dockerd starts", func(p *clock.Proc) {
		p.Sleep(bootTime)
		for _, c := range e.Containers() {
			if c.Host.AutoRemove && c.State.Status == "exited" {
				e.drop(c, true)
			}
		}
		for _, c := range again {
			if e.named(c.Name) == c {
				_ = e.Start(p, c, Streams{})
			}
		}
	})
}

// power follows the machine: without it the containers end at once, with it the
// daemon starts again, as a service that is enabled does.
func (e *Engine) power(on bool) {
	if on {
		e.Up = true
		e.boot()
		return
	}
	e.endTasks()
	for _, c := range e.Containers() {
		c.restart.Stop()
		if c.State.Status == "restarting" {
			c.State.Status = "exited"
		}
		if c.Running() {
			c.blame = e.clock().Cause()
			e.ended(c, 255)
		}
	}
	e.Up = false
	e.changed.Broadcast()
}
