package harbour

import (
	"slices"
	"strings"

	"github.com/docker/go-units"

	"drydock/sim"
	"drydock/tui/draw"
	"drydock/tui/theme"
)

// shelfWidth is from which width on the shelf's sections stand beside each other.
const shelfWidth = 60

// section is one kind of thing on a machine's shelf.
type section struct {
	title string
	count int
	// item draws one thing in at most w cells; brief is without what can be left out.
	item func(i, w int, brief bool) (Key, string)
	// weight is its share of the width where sections stand beside each other.
	weight int
}

// sections are the shelves of a machine that are not empty.
func (m *Model) sections(t theme.Theme, p *place) []section {
	var out []section
	if ghosts := m.ghostsOf(p.machine.Name, "image"); len(p.images)+len(ghosts) > 0 {
		out = append(out, section{title: "images", count: len(p.images) + len(ghosts), weight: 4, item: func(i, w int, brief bool) (Key, string) {
			if i >= len(p.images) {
				return gone(t, ghosts[i-len(p.images)])
			}
			return m.imageItem(t, &m.state.Images[p.images[i]], w, brief)
		}})
	}
	if ghosts := m.ghostsOf(p.machine.Name, "volume"); len(p.volumes)+len(ghosts) > 0 {
		out = append(out, section{title: "volumes", count: len(p.volumes) + len(ghosts), weight: 3, item: func(i, w int, brief bool) (Key, string) {
			if i >= len(p.volumes) {
				return gone(t, ghosts[i-len(p.volumes)])
			}
			return m.volumeItem(t, &m.state.Volumes[p.volumes[i]], w, brief)
		}})
	}
	if ghosts := m.ghostsOf(p.machine.Name, "network"); len(p.networks)+len(ghosts) > 0 {
		out = append(out, section{title: "networks", count: len(p.networks) + len(ghosts), weight: 3, item: func(i, w int, brief bool) (Key, string) {
			if i >= len(p.networks) {
				return gone(t, ghosts[i-len(p.networks)])
			}
			return m.networkItem(t, &m.state.Networks[p.networks[i]], w, brief)
		}})
	}
	return out
}

func gone(t theme.Theme, g ghost) (Key, string) {
	return Key{}, t.Dim.Render(theme.Died+" ") + t.Ghost.Render(g.name) + t.Dim.Render(" removed")
}

// shelf draws the sections in at most h lines: beside each other, one item a
// line, or one section a line.
func (m *Model) shelf(t theme.Theme, p *place, sections []section, w, h int) block {
	all := 0
	for _, s := range sections {
		all += s.count
	}
	switch {
	case len(sections) == 0 || h <= 0:
		return block{}
	case w >= shelfWidth && h >= stackRows+3 && len(p.images) > 0:
		return m.stackedShelf(t, p, sections, w, h)
	case w >= shelfWidth && h >= 2:
		return shelfColumns(t, sections, w, h)
	case all+len(sections) <= h:
		var out block
		for _, s := range sections {
			out.below(column(t, s, w, s.count+1))
		}
		return out
	}
	var out block
	for i, s := range sections {
		if i < h {
			out.below(shelfLine(t, s, w))
		}
	}
	return out
}

func shelfColumns(t theme.Theme, sections []section, w, h int) block {
	weights, rows := 0, 0
	for _, s := range sections {
		weights, rows = weights+s.weight, max(rows, s.count+1)
	}
	rows = min(rows, h)
	var blocks []block
	left := w
	for i, s := range sections {
		width := w*s.weight/weights - 2
		if i == len(sections)-1 {
			width = left
		}
		blocks = append(blocks, column(t, s, width, rows).sized(width, rows))
		left -= width + 2
	}
	return row(2, blocks...)
}

// stackedShelf has room for the images' layers: volumes and networks above, a
// stack for each image below.
func (m *Model) stackedShelf(t theme.Theme, p *place, sections []section, w, h int) block {
	var others []section
	for _, s := range sections {
		if s.title != "images" {
			others = append(others, s)
		}
	}
	out := block{}
	if len(others) > 0 {
		out.below(shelfColumns(t, others, w, max(h-stackRows-2, 2)))
		out.line("")
	}
	out.below(m.stacks(t, p, w, h-out.height()))
	return out
}

// column draws a section below its title in at most h lines.
func column(t theme.Theme, s section, w, h int) block {
	var out block
	out.line(t.Dim.Render(s.title))
	room := h - 1
	if s.count > room {
		out.lines[0] = t.Dim.Render(s.title + ", " + thousands(s.count-room) + " more")
	}
	for i := range min(s.count, room) {
		key, text := s.item(i, w, false)
		out.object(key, w, draw.Fit(text, w))
	}
	return out
}

// shelfLine draws a section as one line.
func shelfLine(t theme.Theme, s section, w int) block {
	line := t.Dim.Render(draw.Fit(s.title, 9))
	used, out := 9, block{}
	for i := range s.count {
		key, text := s.item(i, w, true)
		more := ""
		if rest := s.count - i - 1; rest > 0 {
			more = " +" + thousands(rest)
		}
		if i > 0 && used+draw.Width(text)+len(more) > w {
			line += t.Dim.Render("+" + thousands(s.count-i))
			break
		}
		text = draw.Clip(text, w-used-len(more))
		width := draw.Width(text)
		h := block{}
		h.object(key, width, text)
		out.take(h, used, 0)
		line += text + "  "
		used += width + 2
	}
	out.lines = []string{draw.Fit(line, w)}
	return out
}

func volumeName(v *sim.Volume) string { return shortName(v.Name) }

// shortName cuts the long names that the engine gives by itself.
func shortName(name string) string {
	if len(name) == 64 && strings.Trim(name, "0123456789abcdef") == "" {
		return name[:12]
	}
	return name
}

// volumeItem draws a volume and who uses it.
func (m *Model) volumeItem(t theme.Theme, v *sim.Volume, w int, brief bool) (Key, string) {
	key := Key{"volume", v.Machine, v.Name}
	text := t.Accent.Render(theme.Disk) + " " + m.styleOf(t, key, t.Text).Render(draw.Clip(volumeName(v), max(w-2, 1)))
	switch {
	case brief:
	case len(v.UsedBy) > 0:
		text += t.Dim.Render(" ← " + strings.Join(v.UsedBy, ", "))
	default:
		text += t.Dim.Render(" unused")
	}
	return key, text + m.news(t, key)
}

// called are containers as the harbour calls them: those of tasks by the task.
func (m *Model) called(containers []string) []string {
	if len(m.tasks) == 0 || len(containers) > 8 {
		return containers
	}
	out := slices.Clone(containers)
	for i, name := range out {
		if at := strings.LastIndexByte(name, '.'); at > 0 && m.tasks[name[at+1:]] {
			out[i] = name[:at]
		}
	}
	return out
}

// worthShowing leaves out the networks that every engine has, while nobody is on them, and
// those that only carry the routing mesh: the service's line shows it.
func worthShowing(n *sim.Network) bool {
	own := []string{"bridge", "host", "none"}
	mesh := []string{"ingress", "docker_gwbridge"} // what carries a swarm's ports
	return !slices.Contains(mesh, n.Name) && (len(n.Containers) > 0 || !slices.Contains(own, n.Name))
}

// networkItem draws a network and who is on it.
func (m *Model) networkItem(t theme.Theme, n *sim.Network, w int, brief bool) (Key, string) {
	key := Key{"network", n.Machine, n.Name}
	text := t.Accent.Render(theme.Wire) + " " + m.styleOf(t, key, t.Text).Render(draw.Clip(n.Name, max(w-2, 1)))
	members := strings.Join(m.called(n.Containers), " ")
	switch {
	case len(n.Containers) > 8:
		members = plural(len(n.Containers), "container")
	case members == "":
		members = "nobody"
	}
	if !brief {
		text += " " + t.Rule.Render(theme.Wire) + " " + t.Dim.Render(members)
		if n.DNS {
			text += t.Dim.Render(" · names resolve")
		}
	}
	return key, text + m.news(t, key)
}

func size(n int64) string { return units.HumanSizeWithPrecision(float64(n), 3) }
