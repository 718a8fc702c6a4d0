package docker

import (
	"fmt"
	"time"

	"drydock/sim/clock"
	"drydock/sim/machine"
)

// stopTimeout is how long a container has to end after its stop signal.
const stopTimeout = 10 * time.Second

// stopSignal is the container's own, SIGTERM by default.
func (c *Container) stopSignal() machine.Signal {
	if sig, ok := machine.ParseSignal(c.Config.StopSignal); ok {
		return sig
	}
	return machine.SIGTERM
}

// Grace is how long `docker stop` waits for the container, without -t.
func (c *Container) Grace() time.Duration {
	if c.Host.StopTimeout != nil {
		return time.Duration(*c.Host.StopTimeout) * time.Second
	}
	return stopTimeout
}

// Stop asks a container to end and kills it when it has not after grace; a
// negative grace waits for ever. sig 0 is the container's own stop signal. A
// container that does not run is left alone.
func (e *Engine) Stop(p *clock.Proc, c *Container, grace time.Duration, sig machine.Signal) error {
	if c.State.Status == "restarting" {
		c.State.ByHand = true
		c.restart.Stop()
		c.State.Status = "exited"
		c.touch()
		return nil
	}
	if !c.Running() {
		return nil
	}
	if sig == 0 {
		sig = c.stopSignal()
	}
	c.State.ByHand = true
	e.Signal(c, sig)
	if !e.waitEnd(p, c, grace) {
		e.Signal(c, machine.SIGKILL)
		e.waitEnd(p, c, -1)
	}
	c.emit("stop", c.Name+" was stopped", nil)
	p.Sleep(stoppedTime)
	return nil
}

// waitEnd waits until the container does not run; it reports false when that
// takes longer than limit. A negative limit is none.
func (e *Engine) waitEnd(p *clock.Proc, c *Container, limit time.Duration) bool {
	end := e.now().Add(limit)
	for c.Running() {
		if limit < 0 {
			p.Wait(c.logged)
			continue
		}
		left := end.Sub(e.now())
		if left <= 0 {
			return false
		}
		p.SleepUntil(left, c.logged)
	}
	return true
}

// Signal sends a signal to the first process. What follows from it is blamed on it.
func (e *Engine) Signal(c *Container, sig machine.Signal) {
	c.blame = c.emit("kill", fmt.Sprintf("%s was sent signal %d", c.Name, sig), map[string]string{"signal": fmt.Sprint(int(sig))})
	if c.State.Status == "paused" && (sig == machine.SIGKILL || sig == c.stopSignal()) {
		c.group.Freeze(false)
		c.State.Status = "running"
	}
	if init := c.init; init != nil {
		e.clock().Because(c.blame, func() { init.Signal(sig) })
	}
}

// Kill sends a signal to a running container.
func (e *Engine) Kill(p *clock.Proc, c *Container, sig machine.Signal) error {
	if !c.Running() {
		return fmt.Errorf("container %s is not running", c.ID)
	}
	if sig == machine.SIGKILL || sig == c.stopSignal() {
		c.State.ByHand = true
	}
	e.Signal(c, sig)
	if sig == machine.SIGKILL {
		e.waitEnd(p, c, -1)
	}
	return nil
}

// Restart stops a container that runs and starts it again.
func (e *Engine) Restart(p *clock.Proc, c *Container, grace time.Duration, sig machine.Signal) error {
	remove := c.Host.AutoRemove
	c.Host.AutoRemove = false // a restart does not count as the end
	err := e.Stop(p, c, grace, sig)
	c.Host.AutoRemove = remove
	if err != nil {
		return err
	}
	if err := e.Start(p, c, Streams{}); err != nil {
		return err
	}
	c.emit("restart", c.Name+" was restarted", nil)
	return nil
}

// Pause freezes all processes of a running container.
func (e *Engine) Pause(c *Container) error {
	switch c.State.Status {
	case "paused":
		return fmt.Errorf("Container %s is already paused", c.ID)
	case "restarting":
		return fmt.Errorf("Container %s is restarting, wait until the container is running", c.ID)
	case "running":
	default:
		return fmt.Errorf("container %s is not running", c.ID)
	}
	c.group.Freeze(true)
	c.State.Status = "paused"
	c.emit("pause", c.Name+" was paused", nil)
	c.touch()
	return nil
}

// Unpause lets the processes of a paused container go on.
func (e *Engine) Unpause(c *Container) error {
	if c.State.Status != "paused" {
		return fmt.Errorf("Container %s is not paused", c.ID)
	}
	c.State.Status = "running"
	c.group.Freeze(false)
	c.emit("unpause", c.Name+" goes on", nil)
	c.touch()
	return nil
}

// Remove deletes a container. force kills one that runs; volumes takes its
// anonymous volumes with it.
func (e *Engine) Remove(p *clock.Proc, c *Container, force, volumes bool) error {
	if c.State.Status == "removing" {
		return fmt.Errorf("removal of container %s is already in progress", c.Name)
	}
	if !force {
		why := ""
		switch c.State.Status {
		case "paused":
			why = "container is paused and must be unpaused first"
		case "running":
			why = "container is running: stop the container before removing or force remove"
		case "restarting":
			why = "container is restarting: stop the container before removing or force remove"
		}
		if why != "" {
			return fmt.Errorf("cannot remove container %q: %s", c.Name, why)
		}
	}
	c.restart.Stop()
	if c.Running() {
		c.State.ByHand = true
		e.Signal(c, machine.SIGKILL)
		e.waitEnd(p, c, -1)
	}
	p.Sleep(removeTime)
	if e.named(c.Name) != c {
		return nil // it was removed meanwhile
	}
	e.drop(c, volumes)
	return nil
}

// drop forgets a container that does not run.
func (e *Engine) drop(c *Container, volumes bool) {
	e.disconnect(c)
	_ = e.Machine.Disk.Take(-c.FS.Upper().Size())
	for i, other := range e.containers {
		if other == c {
			e.containers = append(e.containers[:i:i], e.containers[i+1:]...)
			break
		}
	}
	c.State.Status = "removing"
	for _, m := range c.Mounts {
		v := e.Volume(m.Volume)
		if volumes && m.Type == "volume" && v != nil && v.Anonymous && len(e.VolumeUsers(v)) == 0 {
			e.dropVolume(v)
		}
	}
	c.emit("destroy", c.Name+" was removed", nil)
	c.touch()
}

// Update changes the limits and the restart policy of a container.
func (e *Engine) Update(c *Container, change func(*HostConfig)) error {
	host := c.Host
	change(&host)
	if err := e.checkHost(&ContainerSpec{Host: host}); err != nil {
		return err
	}
	if host.AutoRemove && host.RestartPolicy.Name != c.Host.RestartPolicy.Name {
		return fmt.Errorf("Cannot update container %s: Restart policy cannot be updated because AutoRemove is enabled for the container", c.ID)
	}
	if swap := c.Host.swapLimit(); host.Memory != c.Host.Memory && host.MemorySwap == c.Host.MemorySwap && host.Memory > swap {
		return fmt.Errorf("Cannot update container %s: Memory limit should be smaller than already set memoryswap limit, update the memoryswap at the same time", c.ID)
	} else if host.Memory != c.Host.Memory && host.MemorySwap == 0 {
		host.MemorySwap = swap
	}
	c.Host = host
	if c.group != nil {
		c.group.MemoryLimit, c.group.PidsLimit, c.group.NanoCPUs = host.Memory, host.PidsLimit, host.NanoCPUs
	}
	c.emit("update", "the settings of "+c.Name+" were changed", nil)
	c.touch()
	return nil
}

// swapLimit is how much memory and swap together the container may use: twice
// the memory unless it was told, 0 without a limit.
func (h *HostConfig) swapLimit() int64 {
	if h.MemorySwap == 0 {
		return 2 * h.Memory
	}
	return h.MemorySwap
}
