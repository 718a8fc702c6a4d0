package harbour

import (
	"fmt"
	"image"
	"strconv"
	"strings"

	"drydock/sim"
	"drydock/tui/draw"
	"drydock/tui/theme"
)

const (
	tileWidth  = 25 // of a container drawn as a box
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

// containers draws a machine's containers as large as they fit into h lines:
// boxes, lines, names, glyphs, or only how many there are.
func (m *Model) containers(t theme.Theme, p *place, w, h int) block {
	n := len(p.containers) + len(m.ghostsOf("container", p.machine.Name))
	perRow := max((w+1)/(tileWidth+1), 1)
	rows := (n + perRow - 1) / perRow
	chips := max(w/chipWidth, 1)
	switch {
	case n == 0:
		var b block
		if p.machine.Powered && p.machine.Engine != "" {
			b.line(t.Dim.Render("no containers"))
		}
		return b
	case w >= tileWidth && rows*tileHeight <= h:
		return m.tiles(t, p, w, min(perRow, n))
	case n <= h:
		return m.containerLines(t, p, w)
	case (n+chips-1)/chips <= h:
		return m.chips(t, p, w, chips, h)
	case n <= max(w/2, 1)*(h-1):
		return m.dots(t, p, w)
	}
	var b block
	for _, line := range draw.Wrap(m.tally(t, p), w) {
		b.line(line)
	}
	b.below(m.chips(t, p, w, chips, h-b.height()))
	return b.sized(w, h)
}

// tiles draws containers as boxes.
func (m *Model) tiles(t theme.Theme, p *place, w, columns int) block {
	widths := shares(w, columns)
	var out block
	var line []block
	flush := func() {
		if len(line) > 0 {
			out.below(row(1, line...))
			line = nil
		}
	}
	put := func(draw func(w int) block) {
		if line = append(line, draw(min(widths[len(line)], 46))); len(line) == columns {
			flush()
		}
	}
	for _, i := range p.containers {
		put(func(w int) block { return m.tile(t, &m.state.Containers[i], w) })
	}
	for _, g := range m.ghostsOf("container", p.machine.Name) {
		f := draw.Frame{Title: t.Ghost.Render(g.name), Style: t.Rule}
		put(func(w int) block { return block{lines: f.Around([]string{t.Dim.Render(" removed")}, w, tileHeight)} })
	}
	flush()
	return out
}

// tile draws one container as a box.
func (m *Model) tile(t theme.Theme, c *sim.Container, w int) block {
	key := containerKey(c)
	mark, style := containerMark(t, c)
	border := t.Rule
	if m.fresh[key] != "" {
		border = t.Fresh
	}
	if key == m.selected {
		border = t.Accent
	}
	f := draw.Frame{Title: style.Render(mark) + " " + m.styleOf(t, key, t.Strong).Render(draw.Clip(c.Name, w-16)) + m.news(t, key), Style: border}
	state := condition(c)
	first := draw.Ends(t.Dim.Render(c.Image), style.Render(state), w-4)
	if draw.Width(c.Image)+draw.Width(state)+1 > w-4 {
		first = draw.Fit(t.Dim.Render(draw.Clip(c.Image, max(w-5-draw.Width(state), 6)))+" "+style.Render(state), w-4)
	}
	second := doors(t, c, true)
	if draw.Width(second) > w-4 {
		second = doors(t, c, false)
	}
	if second == "" {
		second = t.Dim.Render(links(c))
	}
	var b block
	b.object(key, w, f.Around([]string{" " + first, " " + draw.Clip(second, w-4)}, w, tileHeight)...)
	return b
}

// links says what a container without doors is connected to.
func links(c *sim.Container) string {
	var parts []string
	for _, n := range c.Networks {
		if n != "bridge" {
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

// containerLines draws each container as one line.
func (m *Model) containerLines(t theme.Theme, p *place, w int) block {
	name := 0
	for _, i := range p.containers {
		name = max(name, draw.Width(m.state.Containers[i].Name))
	}
	name = min(name, max(w/3, 8))
	var out block
	for _, i := range p.containers {
		c := &m.state.Containers[i]
		key := containerKey(c)
		mark, style := containerMark(t, c)
		left := style.Render(mark) + " " + m.styleOf(t, key, t.Strong).Render(draw.Fit(c.Name, name)) + " "
		rest := w - name - 3
		state, ports := style.Render(condition(c)), doors(t, c, false)
		text := state
		if draw.Width(ports) > 0 && draw.Width(state)+draw.Width(ports)+2 <= rest {
			text += "  " + ports
		} else if ports != "" && c.Running {
			text = ports
		}
		if draw.Width(text)+draw.Width(c.Image)+2 <= rest {
			text = draw.Ends(text, t.Dim.Render(c.Image), rest)
		}
		out.object(key, w, draw.Fit(left+text, w))
	}
	for _, g := range m.ghostsOf("container", p.machine.Name) {
		out.line(t.Dim.Render(theme.Died+" ") + t.Ghost.Render(g.name) + t.Dim.Render(" removed"))
	}
	return out
}

// chips draws containers as glyph and name, as many as fit into h lines.
func (m *Model) chips(t theme.Theme, p *place, w, columns, h int) block {
	var out block
	width := w / columns
	for from := 0; from < len(p.containers) && out.height() < h; from += columns {
		line := block{lines: []string{""}}
		for _, i := range p.containers[from:min(from+columns, len(p.containers))] {
			c := &m.state.Containers[i]
			mark, style := containerMark(t, c)
			var b block
			b.object(containerKey(c), width-1, draw.Fit(style.Render(mark)+" "+m.styleOf(t, containerKey(c), t.Text).Render(draw.Clip(c.Name, width-3)), width))
			line = row(0, line, b)
		}
		out.below(line)
	}
	return out
}

// dots draws each container as its glyph alone, and counts them.
func (m *Model) dots(t theme.Theme, p *place, w int) block {
	var out block
	out.line(draw.Clip(m.tally(t, p), w))
	per := max(w/2, 1)
	for from := 0; from < len(p.containers); from += per {
		var b strings.Builder
		y := out.height()
		for x, i := range p.containers[from:min(from+per, len(p.containers))] {
			c := &m.state.Containers[i]
			key := containerKey(c)
			mark, style := containerMark(t, c)
			b.WriteString(m.styleOf(t, key, style).Render(mark) + " ")
			out.hits = append(out.hits, hit{image.Rect(2*x, y, 2*x+1, y+1), key})
		}
		out.line(b.String())
	}
	return out
}

// tally counts containers by state.
func (m *Model) tally(t theme.Theme, p *place) string {
	var parts []string
	for r, n := range p.tally {
		if n > 0 {
			mark, style := rankMark(t, r)
			parts = append(parts, style.Render(mark)+" "+thousands(n)+" "+states()[r])
		}
	}
	return strings.Join(parts, "  ")
}
