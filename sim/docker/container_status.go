package docker

import (
	"fmt"

	"github.com/docker/go-units"
)

// StatusText is the STATUS of docker ps: "Up 3 seconds (healthy)".
func (e *Engine) StatusText(c *Container) string {
	ago := func() string { return units.HumanDuration(e.now().Sub(c.State.Finished)) }
	switch c.State.Status {
	case "running", "paused":
		text := "Up " + units.HumanDuration(e.now().Sub(c.State.Started))
		if c.State.Status == "paused" {
			return text + " (Paused)"
		}
		if h := c.State.Health; h != nil {
			if h.Status == "starting" {
				return text + " (health: starting)"
			}
			return text + " (" + h.Status + ")"
		}
		return text
	case "restarting":
		return fmt.Sprintf("Restarting (%d) %s ago", c.State.ExitCode, ago())
	case "removing":
		return "Removal In Progress"
	case "dead":
		return "Dead"
	case "created":
		return "Created"
	}
	return fmt.Sprintf("Exited (%d) %s ago", c.State.ExitCode, ago())
}

// Pid is the number of the container's first process on its machine; 0 while it does
// not run.
func (c *Container) Pid() int {
	if c.init == nil {
		return 0
	}
	return c.init.PID
}
