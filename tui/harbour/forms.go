package harbour

import (
	"image"
	"strings"

	"drydock/tui/draw"
	"drydock/tui/theme"
)

// group is a run of tenants of one Compose project, or of none.
type group struct {
	project string
	tenants []tenant
}

// groups divides a machine's tenants by their project.
func (p *place) groups() []group {
	var out []group
	from := 0
	for i := range p.tenants {
		if i+1 == len(p.tenants) || p.tenants[i+1].project != p.tenants[i].project {
			out = append(out, group{p.tenants[i].project, p.tenants[from : i+1]})
			from = i + 1
		}
	}
	return out
}

// heading is the line above a project.
func (g *group) heading(t theme.Theme, w int) string {
	name := t.Dim.Render("compose ") + t.Strong.Render(g.project) + " "
	return draw.Fit(name+t.Rule.Render(draw.Repeat(theme.Wire, w-draw.Width(name))), w)
}

// boxLines is how many lines the tenants take as boxes, and as lines.
func boxLines(groups []group, ghosts, perRow int) (boxes, lines int) {
	for i, g := range groups {
		n := len(g.tenants)
		if i == len(groups)-1 {
			n += ghosts
		}
		boxes, lines = boxes+(n+perRow-1)/perRow*tileHeight, lines+n
		if g.project != "" {
			boxes, lines = boxes+1, lines+1
		}
	}
	if len(groups) == 0 {
		boxes, lines = (ghosts+perRow-1)/perRow*tileHeight, ghosts
	}
	return boxes, lines
}

// tenants draws what stands on a machine as large as it fits into h lines:
// boxes, lines, names, glyphs, or only how many there are.
func (m *Model) tenants(t theme.Theme, p *place, w, h int) block {
	ghosts := m.ghostsOf(p.machine.Name, "container", "task", "pod")
	n := len(p.tenants) + len(ghosts)
	if n == 0 {
		var b block
		if p.machine.Powered && (p.machine.Engine != "" || p.kube != nil) {
			b.line(t.Dim.Render(p.nothing()))
		}
		return b
	}
	perRow, chips := max((w+1)/(tileWidth+1), 1), max(w/min(p.longest+3, chipWidth), 1)
	groups := p.groups()
	boxes, lines := boxLines(groups, len(ghosts), perRow)
	switch {
	case (w >= tileWidth || w >= podWidth && p.kube != nil) && boxes <= h:
		return m.tiles(t, groups, ghosts, w, min(perRow, n))
	case lines <= h:
		return m.tenantLines(t, groups, ghosts, w)
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

func pick(yes bool, a, b string) string {
	if yes {
		return a
	}
	return b
}

// tiles draws tenants as boxes.
func (m *Model) tiles(t theme.Theme, groups []group, ghosts []ghost, w, columns int) block {
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
	for _, g := range groups {
		flush()
		if g.project != "" {
			out.line(g.heading(t, w))
		}
		for i := range g.tenants {
			put(func(w int) block { return m.tile(t, &g.tenants[i], w) })
		}
	}
	for _, g := range ghosts {
		f := draw.Frame{Title: t.Ghost.Render(g.name), Style: t.Rule}
		put(func(w int) block { return block{lines: f.Around([]string{t.Dim.Render(" removed")}, w, tileHeight)} })
	}
	flush()
	return out
}

// nameRoom is what the edge of a tile w cells wide has for the name; pods have names
// that are long and much alike, so news must not always have its place.
func (m *Model) nameRoom(key Key, w int) int {
	if key.Kind != "pod" {
		return w - 16
	}
	return max(w-7-draw.Width(m.news(theme.Theme{}, key)), 8)
}

// tile draws one tenant as a box.
func (m *Model) tile(t theme.Theme, n *tenant, w int) block {
	mark, style := n.mark(t)
	border := t.Rule
	if m.fresh[n.key] != "" {
		border = t.Fresh
	}
	if n.key == m.selected {
		border = t.Accent
	}
	f := draw.Frame{Title: style.Render(mark) + " " + m.styleOf(t, n.key, t.Strong).Render(n.label(m.nameRoom(n.key, w))) + m.news(t, n.key), Style: border}
	first := draw.Ends(t.Dim.Render(n.image), style.Render(n.condition), w-4)
	if draw.Width(n.image)+draw.Width(n.condition)+1 > w-4 {
		first = draw.Fit(t.Dim.Render(draw.Clip(n.image, max(w-5-draw.Width(n.condition), 6)))+" "+style.Render(n.condition), w-4)
	}
	second := n.doors(t, true)
	if draw.Width(second) > w-4 {
		second = n.doors(t, false)
	}
	if second == "" {
		second = t.Dim.Render(n.links())
	}
	if n.key.Kind == "pod" && draw.Width(n.image)+draw.Width(n.condition)+1 > w-4 { // the state is what is looked for
		first, second = style.Render(draw.Fit(draw.Clip(n.condition, w-4), w-4)), t.Dim.Render(n.image)
	}
	var b block
	b.object(n.key, w, f.Around([]string{" " + first, " " + draw.Clip(second, w-4)}, w, tileHeight)...)
	return b
}

// tenantLines draws each tenant as one line, those of a project below its name.
func (m *Model) tenantLines(t theme.Theme, groups []group, ghosts []ghost, w int) block {
	name, rest, pods := 0, 0, false
	for _, g := range groups {
		for i := range g.tenants {
			name, rest = max(name, draw.Width(g.tenants[i].name)), max(rest, draw.Width(g.tenants[i].condition))
			pods = pods || g.tenants[i].key.Kind == "pod"
		}
	}
	longest := name
	if name = min(name, max(w/3, 8)); pods && w-rest-4 > name {
		name = min(longest, w-rest-4)
	}
	var out block
	for _, g := range groups {
		if g.project != "" {
			out.line(g.heading(t, w))
		}
		for i := range g.tenants {
			out.object(g.tenants[i].key, w, m.tenantLine(t, &g.tenants[i], name, w))
		}
	}
	for _, g := range ghosts {
		out.line(t.Dim.Render(theme.Died+" ") + t.Ghost.Render(g.name) + t.Dim.Render(" removed"))
	}
	return out
}

func (m *Model) tenantLine(t theme.Theme, n *tenant, name, w int) string {
	mark, style := n.mark(t)
	left := style.Render(mark) + " " + m.styleOf(t, n.key, t.Strong).Render(draw.Fit(n.label(name), name)) + " "
	rest := w - name - 3
	state, ports := style.Render(n.condition), n.doors(t, false)
	text := state
	if news := m.news(t, n.key); (n.key.Kind == "task" || n.key.Kind == "pod") && draw.Width(text)+draw.Width(news) <= rest {
		text += news
	} else if m.moved(n.key) {
		text = t.Fresh.Render("◂ " + m.fresh[n.key]) // the glyph tells the state
	}
	if draw.Width(ports) > 0 && draw.Width(text)+draw.Width(ports)+2 <= rest {
		text += "  " + ports
	} else if ports != "" && n.rank < 5 {
		text = ports
	}
	if draw.Width(text)+draw.Width(n.image)+2 <= rest {
		text = draw.Ends(text, t.Dim.Render(n.image), rest)
	}
	return draw.Fit(left+text, w)
}

// chips draws tenants as glyph and name, as many as fit into h lines.
func (m *Model) chips(t theme.Theme, p *place, w, columns, h int) block {
	var out block
	width := w / columns
	for from := 0; from < len(p.tenants) && out.height() < h; from += columns {
		line := block{lines: []string{""}}
		for i := from; i < min(from+columns, len(p.tenants)); i++ {
			n := &p.tenants[i]
			mark, style := n.mark(t)
			var b block
			b.object(n.key, width-1, draw.Fit(style.Render(mark)+" "+m.styleOf(t, n.key, t.Text).Render(n.label(width-3)), width))
			line = row(0, line, b)
		}
		out.below(line)
	}
	return out
}

// dots draws each tenant as its glyph alone, and counts them.
func (m *Model) dots(t theme.Theme, p *place, w int) block {
	var out block
	out.line(draw.Clip(m.tally(t, p), w))
	per := max(w/2, 1)
	for from := 0; from < len(p.tenants); from += per {
		var b strings.Builder
		y := out.height()
		for x := range min(per, len(p.tenants)-from) {
			n := &p.tenants[from+x]
			mark, style := n.mark(t)
			b.WriteString(m.styleOf(t, n.key, style).Render(mark) + " ")
			out.hits = append(out.hits, hit{image.Rect(2*x, y, 2*x+1, y+1), n.key})
		}
		out.line(b.String())
	}
	return out
}

// tally counts tenants by state.
func (m *Model) tally(t theme.Theme, p *place) string {
	var parts []string
	for r, n := range p.tally {
		if n > 0 {
			mark, style := rankMark(t, r)
			words := states()
			if p.kube != nil {
				words = podStates()
			}
			parts = append(parts, style.Render(mark)+" "+thousands(n)+" "+words[r])
		}
	}
	return strings.Join(parts, "  ")
}
