package harbour

import (
	"fmt"
	"slices"
	"strings"

	"drydock/sim"
	"drydock/tui/draw"
	"drydock/tui/theme"
)

// entry is an object above the nodes as it is written.
type entry struct {
	key         Key
	mark        string
	style       theme.Style
	kind, brief string // the kind, and its short name as kubectl takes it
	name        string
	count       string // what it has of what it wants
	parts       []part // more, the first the most important; what has no room is left out
}

// part is something told of an object, from the longest way to say it to the shortest.
type part []string

// say adds something to an entry.
func (e *entry) say(ways ...string) { e.parts = append(e.parts, ways) }

// told adds to a line of an entry what has room in w cells.
func (e *entry) told(line, news string, w int) string {
	used := draw.Width(line)
	for _, p := range append(e.parts[:len(e.parts):len(e.parts)], part{news}) {
		for _, text := range p {
			if width := draw.Width(text) + 2; text != "" && used+width <= w {
				line += "  " + text
				used += width
				break
			}
		}
	}
	return line
}

// words are all that is told of an entry.
func (e *entry) words() string {
	var out []string
	for _, p := range e.parts {
		if p[0] != "" {
			out = append(out, p[0])
		}
	}
	return strings.Join(out, "  ")
}

const cellWidth = 24 // of an entry drawn as a name and its count

// entryOf writes a row.
func (m *Model) entryOf(t theme.Theme, r ref) entry {
	k := &m.state.Kube
	switch r.kind {
	case workloadRow:
		return m.workloadEntry(t, &k.Workloads[r.index])
	case serviceRow:
		return m.serviceEntry(t, &k.Services[r.index])
	case ingressRow:
		return ingressEntry(t, &k.Ingresses[r.index])
	case claimRow:
		return claimEntry(t, &k.Claims[r.index])
	}
	return scalerEntry(t, &k.Autoscalers[r.index])
}

// rowKey is the key of a row without writing it.
func (m *Model) rowKey(r ref) Key {
	k := &m.state.Kube
	switch r.kind {
	case workloadRow:
		return workloadKey(&k.Workloads[r.index])
	case serviceRow:
		return kubeServiceKey(&k.Services[r.index])
	case ingressRow:
		return Key{"ingress", k.Ingresses[r.index].Namespace, k.Ingresses[r.index].Name}
	case claimRow:
		return Key{"claim", k.Claims[r.index].Namespace, k.Claims[r.index].Name}
	}
	return Key{"autoscaler", k.Autoscalers[r.index].Namespace, k.Autoscalers[r.index].Name}
}

// rows draws what makes pods and what leads to them in at most h lines: each as a
// line, or those in trouble as lines and the others as cells, or counted.
func (m *Model) rows(t theme.Theme, w, h int) block {
	all := m.kube.rows
	if len(all) == 0 || h < 1 {
		return block{}
	}
	if len(all) <= h {
		return m.rowLines(t, all, w, h)
	}
	var lines, cells []ref
	for _, r := range all {
		if m.open[m.rowKey(r)] || r.trouble {
			lines = append(lines, r)
		} else {
			cells = append(cells, r)
		}
	}
	columns := max(w/cellWidth, 1)
	need := (len(cells) + columns - 1) / columns
	if len(lines)+need > h {
		need = max(h/2, 1)
	}
	lines = lines[:min(len(lines), max(h-need, 0))]
	out := m.rowLines(t, lines, w, max(h-need, 0))
	out.below(m.rowCells(t, cells, len(all)-len(lines)-len(cells), w, h-out.height()))
	return out
}

// rowLines draws rows as lines, what an open one holds below it.
func (m *Model) rowLines(t theme.Theme, rows []ref, w, h int) block {
	var out block
	entries := make([]entry, len(rows))
	kind, name := 0, 0
	for i, r := range rows {
		e := m.entryOf(t, r)
		if w < 60 {
			e.kind = e.brief
		}
		kind, name = max(kind, draw.Width(e.kind)), max(name, min(draw.Width(e.name), w/4))
		entries[i] = e
	}
	spare := h - len(rows)
	for i := range entries {
		e := &entries[i]
		out.object(e.key, w, m.entryLine(t, e, kind, name, w))
		if m.open[e.key] && spare > 0 {
			below := m.tree(t, e.key, w, spare)
			spare -= below.height()
			out.below(below)
		}
	}
	return out
}

// entryLine is a row with as much of what is told of it as fits.
func (m *Model) entryLine(t theme.Theme, e *entry, kind, name, w int) string {
	line := " " + e.style.Render(e.mark) + " " + t.Dim.Render(draw.Fit(e.kind, kind)) + " " +
		m.styleOf(t, e.key, t.Strong).Render(draw.Fit(draw.Clip(e.name, name), name))
	if _, can := m.Opened(e.key); can {
		line += " " + t.Dim.Render(pick(m.open[e.key], theme.Opened, theme.Pointer))
	} else {
		line += "  "
	}
	line += " " + e.count
	return draw.Fit(e.told(line, m.news(t, e.key), w), w)
}

// rowCells draws rows as glyph, name and count; the first line counts them when they
// do not all fit.
func (m *Model) rowCells(t theme.Theme, rows []ref, hidden, w, h int) block {
	var out block
	columns := max(w/cellWidth, 1)
	if h < 1 || len(rows) == 0 {
		return out
	}
	if (len(rows)+columns-1)/columns > h || hidden > 0 {
		out.line(draw.Fit(" "+m.rowTally(t), w))
	}
	for from := 0; from < len(rows) && out.height() < h; from += columns {
		line := block{lines: []string{""}}
		for _, r := range rows[from:min(from+columns, len(rows))] {
			e := m.entryOf(t, r)
			count := " " + short(e.count)
			name := m.styleOf(t, e.key, t.Strong).Render(draw.Clip(e.name, max(cellWidth-5-len(e.brief)-draw.Width(count), 4)))
			var b block
			b.object(e.key, cellWidth-1, draw.Fit(draw.Clip(" "+e.style.Render(e.mark)+" "+t.Dim.Render(e.brief+"/")+name+count, cellWidth-1), cellWidth))
			line = row(0, line, b)
		}
		out.below(line)
	}
	return out
}

// short writes "3 of 4" as "3/4", and leaves out of "→ 3 endpoints" the word.
func short(count string) string {
	return strings.NewReplacer(" of ", "/", " endpoints", "", " endpoint", "").Replace(count)
}

// rowTally counts the rows by kind, and how many are in trouble.
func (m *Model) rowTally(t theme.Theme) string {
	var kinds [scalerRow + 1]int
	bad := 0
	for _, r := range m.kube.rows {
		kinds[r.kind]++
		if r.trouble {
			bad++
		}
	}
	var parts []string
	for kind, what := range [...]string{"workload", "service", "ingress rule", "claim", "autoscaler"} {
		if kinds[kind] > 0 {
			parts = append(parts, plural(kinds[kind], what))
		}
	}
	text := strings.Join(parts, ", ")
	if bad > 0 {
		text += "  " + t.Warn.Render(theme.Starting) + fmt.Sprintf(" %s not as wanted", thousands(bad))
	}
	return text
}

// systemLine counts what runs the cluster itself.
func (m *Model) systemLine(t theme.Theme, w int) block {
	var out block
	if m.kube.system == 0 && !m.open[namespaceKey(systemNamespace)] || m.kube.bare {
		return out
	}
	key := namespaceKey(systemNamespace)
	line := " " + t.Dim.Render(pick(m.open[key], theme.Opened, theme.Pointer)) + " " + m.styleOf(t, key, t.Dim).Render(systemNamespace)
	ready, all := m.kube.systemReady, m.kube.system
	count := fmt.Sprintf("  %s of %s pods ready", thousands(ready), thousands(all))
	out.object(key, w, draw.Fit(line+pickStyle(ready < all, t.Warn, t.Dim).Render(count), w))
	return out
}

// tree draws what an open owner has, in at most h lines.
func (m *Model) tree(t theme.Theme, key Key, w, h int) block {
	var out block
	if owner := m.workload(key); owner != nil {
		m.branch(t, owner, "   ", w, h, &out)
	}
	return out
}

// branch adds what an owner has: younger owners with theirs, and pods.
func (m *Model) branch(t theme.Theme, owner *sim.Workload, lead string, w, h int, out *block) {
	var below []*sim.Workload
	old := 0
	for _, i := range m.kube.children[owner.UID] {
		if c := &m.state.Kube.Workloads[i]; c.Kind == "ReplicaSet" && c.Current == 0 && c.Replicas == 0 {
			old++
		} else {
			below = append(below, c)
		}
	}
	if owner.Kind == "Deployment" { // the newest template first: it is what one waits for
		slices.SortStableFunc(below, func(a, b *sim.Workload) int {
			return btoi(b.Revision == owner.Revision) - btoi(a.Revision == owner.Revision)
		})
	}
	pods := m.kube.podsOf[owner.UID]
	for i, c := range below {
		if out.height() >= h {
			return
		}
		last := i == len(below)-1 && len(pods) == 0 && old == 0
		e := m.workloadEntry(t, c)
		text := t.Rule.Render(lead+pick(last, "╰ ", "├ ")) + e.style.Render(e.mark) + " " + t.Dim.Render(e.kind) + " " +
			m.styleOf(t, e.key, t.Strong).Render(e.name) + "  " + e.count
		out.object(e.key, w, draw.Fit(e.told(text, m.news(t, e.key), w), w))
		m.branch(t, c, lead+pick(last, "  ", theme.Vertical+" "), w, h-(len(below)-i-1), out)
	}
	if old > 0 && out.height() < h {
		out.line(draw.Fit(t.Rule.Render(lead+pick(len(pods) == 0, "╰ ", "├ "))+t.Dim.Render(theme.Stopped+" "+plural(old, "older ReplicaSet")+", scaled to 0"), w))
	}
	m.leaves(t, pods, lead, w, min(h, out.height()+mostLeaves), out)
}

func btoi(yes bool) int {
	if yes {
		return 1
	}
	return 0
}

const mostLeaves = 6 // pods of one owner that are drawn below it

// leaves adds pods, and counts those that have no room up to line h.
func (m *Model) leaves(t theme.Theme, pods []int32, lead string, w, h int, out *block) {
	for i, at := range pods {
		rest := len(pods) - i
		if out.height() >= h {
			return
		}
		if out.height() == h-1 && rest > 1 {
			var ranks [7]int
			for _, p := range pods[i:] {
				ranks[podRank(&m.state.Kube.Pods[p])]++
			}
			out.line(draw.Fit(t.Rule.Render(lead+"╰ ")+t.Dim.Render("and "+thousands(rest)+" more:")+tallied(t, ranks, podStates()), w))
			return
		}
		p := &m.state.Kube.Pods[at]
		mark, style := rankMark(t, podRank(p))
		key := podKey(p)
		where := pick(p.Node == "", "no node yet", p.Node)
		line := t.Rule.Render(lead+pick(rest == 1, "╰ ", "├ ")) + style.Render(mark) + " " + m.styleOf(t, key, t.Strong).Render(p.Name) + "  " +
			style.Render(podWord(p)) + t.Dim.Render("  "+where) + m.news(t, key)
		out.object(key, w, draw.Fit(line, w))
	}
}
