package harbour

import (
	"image"
	"strconv"

	"drydock/tui/draw"
	"drydock/tui/theme"
)

const (
	boxWidth  = 27 // the least width of a machine's box
	boxHeight = 3  // and the least height
)

// scene draws everything: services, machines, a running build, registries; and
// where it has the focus, details of what is selected. They lie over the picture
// where there is no room beside it, so that nothing moves when it gets the focus.
func (m *Model) scene(t theme.Theme, w, h int, focused bool) block {
	out, used := m.picture(t, w, h)
	if !focused || h < 7 {
		return out
	}
	free := h - used
	if m.selected.Kind == "" && free < 2 {
		return out
	}
	lines := m.details(t, w, min(max(h/4, free, 2), 6))
	if len(lines) > free {
		lines = lines[:min(len(lines), max(free, 2))]
	}
	at := h - len(lines)
	for _, hit := range out.hits {
		if hit.key == m.selected && hit.at.Max.Y > at && hit.at.Min.Y >= len(lines) && len(lines) > 1 {
			lines, at = append(lines[1:len(lines):len(lines)], lines[0]), 0
			break
		}
	}
	return out.under(lines, w, at)
}

// under lays lines over the block from line y on; what they cover cannot be hit.
func (b block) under(lines []string, w, y int) block {
	over := image.Rect(0, y, w, y+len(lines))
	out := block{lines: append([]string(nil), b.lines...)}
	copy(out.lines[y:], lines)
	for _, hit := range b.hits {
		if !hit.at.In(over) {
			out.hits = append(out.hits, hit)
		}
	}
	return out
}

// picture draws the world alone, and says how many lines that took.
func (m *Model) picture(t theme.Theme, w, h int) (block, int) {
	if w < 8 || h < 1 {
		return block{lines: draw.Pad(nil, w, h)}, h
	}
	if len(m.state.Machines) == 0 {
		return block{lines: draw.Pad([]string{t.Dim.Render(" nothing here yet")}, w, h)}, 1
	}
	if m.state.Kube.Exists {
		return m.clusterPicture(t, w, h)
	}
	registries := m.registries(t, w, h/4)
	build := m.building(t, w, max((h-registries.height())/3, 0))
	rest := h - registries.height() - build.height()
	// A third for the services, up to a half while each machine keeps a line.
	out := m.swarm(t, w, max(rest/3, min(rest/2, rest-len(m.machines)-1)))
	out.below(m.dock(t, w, rest-out.height()))
	out.below(build)
	out.below(registries)
	used := out.height()
	return out.sized(w, h), used
}

// dock arranges the machines.
func (m *Model) dock(t theme.Theme, w, h int) block {
	k := len(m.machines)
	columns := min(max(w/boxWidth, 1), k)
	rows := (k + columns - 1) / columns
	switch {
	case rows*boxHeight <= h:
		columns = (k + rows - 1) / rows // as even as possible
		return m.boxes(t, w, h, columns, rows)
	case k <= h:
		return m.machineLines(t, w, h)
	}
	if m.state.Kube.Exists {
		return m.nodeGrid(t, w, h)
	}
	return m.machineGrid(t, w, h)
}

// boxes draws each machine in a box of its own, as high as the fullest of its row
// needs; what a row leaves is the next one's.
func (m *Model) boxes(t theme.Theme, w, h, columns, rows int) block {
	var out block
	for r := range rows {
		inRow := m.machines[r*columns : min((r+1)*columns, len(m.machines))]
		most := (h - out.height()) / (rows - r)
		contents := make([]block, len(inRow))
		height := boxHeight
		least := shares(w, len(inRow))[0] // all of a row in the same form
		for i := range inRow {
			contents[i] = m.inside(t, &inRow[i], least-4, most-2)
			height = max(height, contents[i].height()+2)
		}
		height = min(height, most)
		var line []block
		for i, width := range shares(w, len(inRow)) {
			line = append(line, m.machineBox(t, &inRow[i], contents[i], width, height, least))
		}
		out.below(row(1, line...).sized(w, height))
	}
	return out
}

// shares divides a width by n, with a cell between each two.
func shares(w, n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = (w - (n - i - 1)) / (n - i)
		w -= out[i] + 1
	}
	return out
}

// machineLines draws each machine as one line.
func (m *Model) machineLines(t theme.Theme, w, h int) block {
	var out block
	name := 0
	for i := range m.machines {
		name = max(name, min(draw.Width(m.machines[i].machine.Name), 16))
	}
	for i := range m.machines {
		p := &m.machines[i]
		key := p.key()
		mark, style := p.mark(t)
		text := m.styleOf(t, key, t.Strong).Render(draw.Fit(p.machine.Name, name))
		line := style.Render(mark) + " " + text + "  " + m.summary(t, p, w-name-5)
		out.object(key, w, draw.Fit(line, w))
	}
	return out.sized(w, h)
}

// machineGrid draws as many machines as there are cells for, and counts the rest.
func (m *Model) machineGrid(t theme.Theme, w, h int) block {
	const cell = 16
	columns := max(w/cell, 1)
	fit := columns * max(h-1, 0)
	var out block
	for from := 0; from < min(fit, len(m.machines)); from += columns {
		var line block
		for i, text := from, ""; i < min(from+columns, len(m.machines)); i++ {
			p := &m.machines[i]
			key := Key{"machine", p.machine.Name, p.machine.Name}
			mark, style := p.mark(t)
			count := " " + strconv.Itoa(len(p.tenants))
			text = style.Render(mark) + " " + m.styleOf(t, key, t.Text).Render(draw.Clip(p.machine.Name, cell-4-len(count))) + t.Dim.Render(count)
			var b block
			b.object(key, cell, draw.Fit(text, cell))
			line = row(0, line.sizedLike(b), b)
		}
		out.below(line)
	}
	if rest := len(m.machines) - fit; rest > 0 {
		out.line(t.Dim.Render("and " + thousands(rest) + " more machines"))
	} else {
		out.line(t.Dim.Render(thousands(len(m.machines)) + " machines"))
	}
	return out.sized(w, h)
}

// sizedLike gives an empty block as many lines as another has.
func (b block) sizedLike(other block) block {
	for len(b.lines) < len(other.lines) {
		b.lines = append(b.lines, "")
	}
	return b
}

// thousands writes a number with commas.
func thousands(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
