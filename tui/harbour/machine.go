package harbour

import (
	"strings"

	"github.com/docker/go-units"

	"drydock/sim"
	"drydock/tui/draw"
	"drydock/tui/theme"
)

// machineWord is the state of a machine in a word or two.
func machineWord(m *sim.Machine) string {
	switch {
	case !m.Powered:
		return "no power"
	case m.Engine == "":
		return "no engine"
	case m.Engine == "docker" && !m.EngineUp:
		return "docker is down"
	}
	return m.Engine
}

func machineMark(t theme.Theme, m *sim.Machine) (string, theme.Style) {
	switch {
	case !m.Powered:
		return theme.Died, t.Bad
	case m.Engine == "docker" && !m.EngineUp:
		return theme.Died, t.Bad
	case m.Engine == "":
		return theme.Stopped, t.Dim
	}
	return theme.Running, t.Good
}

// machineBox draws a machine around what is on it.
func (m *Model) machineBox(t theme.Theme, p *place, inside block, w, h int) block {
	key := Key{"machine", p.machine.Name, p.machine.Name}
	mark, style := machineMark(t, &p.machine)
	border := t.Rule
	if m.fresh[key] != "" {
		border = t.Fresh
	}
	word := t.Dim.Render(machineWord(&p.machine))
	if mark == theme.Died {
		word = t.Bad.Render(machineWord(&p.machine))
	}
	f := draw.Frame{
		Title: style.Render(mark) + " " + m.styleOf(t, key, t.Strong).Render(p.machine.Name) + m.news(t, key),
		Right: word + logins(t, &p.machine), Foot: resources(t, &p.machine), Style: border,
	}
	out := framed(f, inside, w, h)
	out.hits = append(out.hits, hit{at: rectOfTitle(w), key: key})
	return out
}

// logins names the registries that a machine is logged in to.
func logins(t theme.Theme, m *sim.Machine) string {
	if len(m.Users) == 0 {
		return ""
	}
	return t.Dim.Render(" " + theme.Lock + " " + strings.Join(m.Users, ", "))
}

// resources tells how full a machine's memory and disk are, where there is a limit
// and it comes near.
func resources(t theme.Theme, m *sim.Machine) string {
	var parts []string
	note := func(what string, used, all int64) {
		if all <= 0 || used*10 < all*7 {
			return
		}
		text := what + " " + units.HumanSize(float64(used)) + " of " + units.HumanSize(float64(all))
		if used*100 >= all*95 {
			text = t.Bad.Render(text + " full")
		} else {
			text = t.Warn.Render(text)
		}
		parts = append(parts, text)
	}
	note("memory", m.MemoryUsed, m.Memory)
	note("disk", m.DiskUsed, m.Disk)
	return strings.Join(parts, "  ")
}

// inside draws what is on a machine: containers above, the shelf below.
func (m *Model) inside(t theme.Theme, p *place, w, h int) block {
	if h <= 0 || w <= 0 {
		return block{}
	}
	if h == 1 {
		var b block
		b.line(m.summary(t, p, w))
		return b
	}
	sections := m.sections(t, p)
	least := min(len(sections), max(h/2, 1))
	if len(sections) > 0 && w >= shelfWidth {
		least = min(2, h/2)
	}
	tiles := m.containers(t, p, w, h-least)
	out := tiles
	room, gap := h-tiles.height(), 0
	if tiles.height() > 0 && room > len(sections)+2 {
		gap = 1
	}
	shelf := m.shelf(t, p, sections, w, room-gap)
	if shelf.height() > 0 && tiles.height() > 0 && shelf.height() < room {
		out.line("")
	}
	out.below(shelf)
	return out
}

// summary is a machine in one line.
func (m *Model) summary(t theme.Theme, p *place, w int) string {
	if !p.machine.Powered {
		return t.Bad.Render("no power")
	}
	if len(p.containers) == 0 {
		text := "no containers"
		if n := len(p.images); n > 0 {
			text += ", " + plural(n, "image")
		}
		return t.Dim.Render(text)
	}
	line, used := "", 0
	for shown, i := range p.containers {
		c := &m.state.Containers[i]
		mark, style := containerMark(t, c)
		width := draw.Width(c.Name) + 4
		if used+width > w-6 && shown < len(p.containers)-1 || used+width > w {
			return m.tally(t, p)
		}
		line += style.Render(mark) + " " + m.styleOf(t, containerKey(c), t.Text).Render(c.Name) + "  "
		used += width
	}
	return line
}

func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return thousands(n) + " " + what + "s"
}
