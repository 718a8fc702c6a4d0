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
	if err := e.configure(); up && err != nil {
		e.emit("daemon", "dockerd", "daemon-start-failed",
			"the docker daemon on "+e.Machine.Name+" does not start: unable to configure the Docker daemon with file "+daemonFile+": "+err.Error(), nil)
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

// Ready waits until a daemon that has just been started accepts connections.
func (e *Engine) Ready(client *clock.Proc) {
	if b := e.booting; b != nil {
		client.WaitFor(b.Exited(), b.Done)
	}
}

// shutDown ends every container: its stop signal first, SIGKILL after the grace.
func (e *Engine) shutDown(event int) {
	e.endTasks()
	e.booting, e.ending = nil, true
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
		c.init.Signal(c.stopSignal())
		e.task("dockerd stops "+c.Name, func(p *clock.Proc) {
			if !e.waitEnd(p, c, c.Grace()) {
				c.init.Signal(machine.SIGKILL)
			}
		})
	}
}

// boot starts the containers that are to run whenever the daemon does, once those
// that the last daemon was still stopping have ended.
func (e *Engine) boot() {
	e.booting = e.task("dockerd starts", func(p *clock.Proc) {
		for _, c := range e.Containers() {
			p.WaitFor(c.logged, func() bool { return !c.Running() })
		}
		e.ending = false
		p.Sleep(bootTime)
		for _, c := range e.Containers() {
			switch {
			case c.Host.AutoRemove && c.State.Status == "exited":
				e.drop(c, true)
			case c.startsAtBoot():
				_ = e.Start(p, c, Streams{})
			}
		}
		e.booting = nil
	})
}

// startsAtBoot applies the restart policy at the start of the daemon.
func (c *Container) startsAtBoot() bool {
	stopped := c.State.ByHand && c.Host.RestartPolicy.Name != "always"
	return c.State.Status == "exited" && !stopped && c.policyRestarts()
}

// power follows the machine: without it the containers end at once, with it the
// daemon starts again, as a service that is enabled does.
func (e *Engine) power(on bool) {
	if on && e.Flavour.Daemonless {
		e.Up = true
		return
	}
	if on {
		if e.Up = e.configure() == nil; !e.Up {
			return
		}
		e.boot()
		return
	}
	e.endTasks()
	e.booting = nil
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
