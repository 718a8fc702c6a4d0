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

// mark is the glyph of a machine; of a node also what its managers think of it.
func (p *place) mark(t theme.Theme) (string, theme.Style) {
	if p.kube != nil {
		return p.kubeMark(t)
	}
	mark, style := machineMark(t, &p.machine)
	if mark != theme.Running || p.node == nil {
		return mark, style
	}
	switch p.node.Status {
	case "down", "disconnected":
		return theme.Died, t.Bad
	case "unknown":
		return theme.Starting, t.Warn
	}
	if p.node.Availability == "drain" || p.node.Availability == "pause" {
		return theme.Paused, t.Warn
	}
	return mark, style
}

// word is the state of a machine in a word or two, with the swarm's own words.
func (p *place) word(t theme.Theme) string {
	if p.kube != nil {
		return p.kubeWord(t)
	}
	own := machineWord(&p.machine)
	mark, _ := machineMark(t, &p.machine)
	if p.node == nil {
		if mark == theme.Died {
			return t.Bad.Render(own)
		}
		return t.Dim.Render(own)
	}
	status := t.Dim.Render(p.node.Status)
	if p.node.Status != "ready" {
		status = t.Bad.Render(p.node.Status)
	}
	if mark == theme.Died {
		status = t.Bad.Render(own) + t.Dim.Render(", ") + status
	}
	if a := p.node.Availability; a != "" && a != "active" {
		status += t.Dim.Render(", ") + t.Warn.Render(a)
	}
	return status
}

// heading is what the edge of a machine's box says, in w cells. What there is no
// room for is left out: the news first, then that all is well, then its role.
func (p *place) heading(t theme.Theme, name, news string, w int) (title, right string) {
	role, sign := role(t, p.node, true), role(t, p.node, false)
	if p.kube != nil {
		role = p.kubeRole(t)
	}
	full, brief := p.word(t)+logins(t, &p.machine), p.worst(t)
	for _, each := range [][2]string{{name + role + news, full}, {name + role, full}, {name + role, brief}, {name + sign, full}, {name + sign, brief}} {
		if title, right = each[0], each[1]; draw.Width(title)+draw.Width(right) <= w {
			return title, right
		}
	}
	return name, right
}

// worst is the one word that must be said of a machine; empty when all is well.
func (p *place) worst(t theme.Theme) string {
	if p.kube != nil {
		return p.kubeWorst(t)
	}
	mark, style := p.mark(t)
	switch own, _ := machineMark(t, &p.machine); {
	case own == theme.Died:
		return style.Render(machineWord(&p.machine))
	case p.node == nil || mark == theme.Running:
		return ""
	case mark == theme.Paused:
		return style.Render(p.node.Availability)
	}
	return style.Render(p.node.Status)
}

// role is what a machine is in the swarm, in words or in a sign.
func role(t theme.Theme, n *sim.Node, words bool) string {
	switch {
	case n == nil, !words && !n.Leader:
		return ""
	case n.Leader && !words:
		return " " + t.Star.Render(theme.StarFull)
	case n.Leader:
		return " " + t.Star.Render(theme.StarFull) + t.Dim.Render(" leader")
	case n.Role == "manager" && n.Reachability == "unreachable":
		return t.Dim.Render(" manager ") + t.Bad.Render("unreachable")
	}
	return t.Dim.Render(" " + n.Role)
}

// machineBox draws a machine around what is on it; least is the width of the
// narrowest in its row, so that all say as much.
func (m *Model) machineBox(t theme.Theme, p *place, inside block, w, h, least int) block {
	key := p.key()
	mark, style := p.mark(t)
	border := t.Rule
	if m.fresh[key] != "" {
		border = t.Fresh
	}
	f := draw.Frame{Foot: resources(t, &p.machine), Style: border}
	if p.kube != nil {
		f.Foot = draw.Clip(strings.TrimSpace(p.burdens(t)+"  "+f.Foot), max(w-6, 0))
	}
	name := style.Render(mark) + " " + m.styleOf(t, key, t.Strong).Render(p.machine.Name)
	f.Title, f.Right = p.heading(t, name, m.news(t, key), least-9)
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
	tiles := m.tenants(t, p, w, h-least)
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

// nothing says that nothing runs on a machine.
func (p *place) nothing() string {
	if p.kube != nil {
		return "no pods"
	}
	return pick(p.node != nil, "no tasks", "no containers")
}

// summary is a machine in one line.
func (m *Model) summary(t theme.Theme, p *place, w int) string {
	if !p.machine.Powered {
		return t.Bad.Render("no power")
	}
	if len(p.tenants) == 0 {
		text := p.nothing()
		if n := len(p.images); n > 0 {
			text += ", " + plural(n, "image")
		}
		return t.Dim.Render(text)
	}
	line, used := "", 0
	for i := range p.tenants {
		n := &p.tenants[i]
		mark, style := n.mark(t)
		width := draw.Width(n.name) + 4
		if used+width > w-6 && i < len(p.tenants)-1 || used+width > w {
			return m.tally(t, p)
		}
		line += style.Render(mark) + " " + m.styleOf(t, n.key, t.Text).Render(n.name) + "  "
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
