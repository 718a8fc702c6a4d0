package harbour

import (
	"fmt"
	"image"
	"strconv"
	"strings"

	"drydock/sim"
	"drydock/tui/theme"
)

const (
	tileWidth  = 25 // of a container drawn as a box
	podWidth   = 20 // of a pod, which has less to tell
	tileHeight = 4
	chipWidth  = 16 // of a container drawn as a name
)

func containerKey(c *sim.Container) Key { return Key{"container", c.Machine, c.ID} }

func rectOfTitle(w int) image.Rectangle { return image.Rect(0, 0, w, 1) }

// rank sorts containers by what their glyph says; the order is that of states.
func rank(c *sim.Container) int {
	switch {
	case c.State == "restarting":
		return 4
	case c.State == "paused":
		return 3
	case c.Running && c.Health == "unhealthy":
		return 2
	case c.Running && c.Health == "starting":
		return 1
	case c.Running:
		return 0
	case c.State == "created" || c.ExitCode == 0 && c.State != "dead":
		return 6
	}
	return 5
}

// states are the words of the ranks.
func states() [7]string {
	return [7]string{"running", "starting", "unhealthy", "paused", "restarting", "failed", "stopped"}
}

func rankMark(t theme.Theme, r int) (string, theme.Style) {
	switch r {
	case 0:
		return theme.Running, t.Good
	case 1:
		return theme.Starting, t.Warn
	case 2:
		return theme.Starting, t.Bad
	case 3:
		return theme.Paused, t.Warn
	case 4:
		return theme.Restarts, t.Warn
	case 5:
		return theme.Died, t.Bad
	}
	return theme.Stopped, t.Dim
}

func containerMark(t theme.Theme, c *sim.Container) (string, theme.Style) {
	return rankMark(t, rank(c))
}

// condition is a container's state in a few words.
func condition(c *sim.Container) string {
	switch {
	case c.State == "restarting":
		return "restarting, " + strconv.Itoa(c.Restarts) + "×"
	case c.State == "paused":
		return "paused"
	case c.Running && c.Health == "starting":
		return "starting"
	case c.Running && c.Health != "":
		return c.Health
	case c.Running && c.Restarts > 0:
		return "running, restarted " + strconv.Itoa(c.Restarts) + "×"
	case c.Running:
		return "running"
	case c.State == "created":
		return "created"
	case c.OOMKilled:
		return "out of memory, 137"
	}
	return c.State + " " + strconv.Itoa(c.ExitCode)
}

// doors are the published ports of a container: where one gets in, and whether
// anybody opens.
func doors(t theme.Theme, c *sim.Container, words bool) string {
	var parts []string
	seen := map[string]bool{}
	for _, p := range c.Ports {
		door := fmt.Sprintf(":%d%s%d", p.HostPort, theme.Arrow, p.Container)
		if p.Proto != "" && p.Proto != "tcp" {
			door += "/" + p.Proto
		}
		if p.HostAddr == "127.0.0.1" {
			door = "127.0.0.1" + door
		}
		if p.HostPort == 0 || seen[door] {
			continue
		}
		seen[door] = true
		switch {
		case !c.Running:
			parts = append(parts, t.Dim.Render(door+" closed"))
		case p.Answers && words:
			parts = append(parts, door+t.Good.Render(" ✓ answers"))
		case p.Answers:
			parts = append(parts, door+t.Good.Render(" ✓"))
		case words:
			parts = append(parts, door+t.Bad.Render(" ✗ nothing listens"))
		default:
			parts = append(parts, door+t.Bad.Render(" ✗"))
		}
	}
	return strings.Join(parts, " ")
}

// links says what a container without doors is connected to, besides the network
// that goes without saying.
func links(c *sim.Container, usual string) string {
	var parts []string
	for _, n := range c.Networks {
		if n != usual {
			parts = append(parts, theme.Wire+" "+n)
		}
	}
	for _, mount := range c.Mounts {
		if mount.Type == "volume" {
			parts = append(parts, theme.Disk+" "+shortName(mount.Source))
		}
	}
	return strings.Join(parts, "  ")
}
