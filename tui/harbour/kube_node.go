package harbour

import (
	"strings"

	"drydock/sim"
	"drydock/tui/draw"
	"drydock/tui/theme"
)

// nodeRank is what the glyph of a node says: 0 ready, 3 cordoned, 5 not ready.
func nodeRank(n *sim.KubeNode) int {
	switch {
	case !n.Ready:
		return 5
	case n.Unschedulable:
		return 3
	}
	return 0
}

// nodeWords are the ranks of nodes in words.
func nodeWords() [7]string { return [7]string{0: "Ready", 3: "cordoned", 5: "NotReady"} }

// manyNodes is from how many nodes on none is drawn with its pods.
const manyNodes = 200

// moorNodes makes the places of the nodes that have no machine.
func (m *Model) moorNodes() {
	k := &m.state.Kube
	real := make(map[string]bool, len(m.state.Machines))
	for i := range m.state.Machines {
		real[m.state.Machines[i].Name] = true
	}
	for _, n := range m.kube.order {
		node := &k.Nodes[n]
		if real[node.Name] {
			continue
		}
		p := place{machine: sim.Machine{Name: node.Name, Addr: node.Addr, Powered: true}, hollow: true, kube: node, pods: m.kube.onNode[n]}
		if len(k.Nodes) <= manyNodes {
			p.lodge(k.Pods)
		}
		m.kube.hollow = append(m.kube.hollow, p)
	}
}

// berthed makes the places of the nodes, those that have a machine first as the
// machines are ordered, and leaves the other machines at the desk.
func (m *Model) berthed() {
	k := &m.state.Kube
	places := make([]place, 0, len(k.Nodes))
	for i := range m.machines {
		p := &m.machines[i]
		n, isNode := m.kube.nodes[p.machine.Name]
		if !isNode {
			m.desk = append(m.desk, *p)
			continue
		}
		p.kube, p.pods = &k.Nodes[n], m.kube.onNode[n]
		if len(k.Nodes) <= manyNodes {
			p.lodge(k.Pods)
		}
		places = append(places, *p)
	}
	m.machines = append(places, m.kube.hollow...)
}

// lodge gives a node its pods as tenants, beside what else runs on its machine.
func (p *place) lodge(pods []sim.Pod) {
	tenants := make([]tenant, len(p.tenants), len(p.tenants)+len(p.pods))
	copy(tenants, p.tenants)
	for _, i := range p.pods {
		n := ofPod(&pods[i], p)
		p.tally[n.rank]++
		p.longest = max(p.longest, draw.Width(n.name))
		tenants = append(tenants, n)
	}
	p.tenants = tenants
}

// key is what a place is selected by: its machine, or the node that has none.
func (p *place) key() Key {
	if p.hollow {
		return Key{"node", "", p.machine.Name}
	}
	return Key{"machine", p.machine.Name, p.machine.Name}
}

// kubeMark is the glyph of a node.
func (p *place) kubeMark(t theme.Theme) (string, theme.Style) {
	if !p.machine.Powered {
		return theme.Died, t.Bad
	}
	return rankMark(t, nodeRank(p.kube))
}

// kubeWord is the state of a node as kubectl get nodes has it, after what is wrong
// with its machine.
func (p *place) kubeWord(t theme.Theme) string {
	status := t.Dim.Render(p.kube.Status)
	switch {
	case !p.kube.Ready:
		status = t.Bad.Render(p.kube.Status)
	case p.kube.Unschedulable:
		status = t.Warn.Render(p.kube.Status)
	}
	if !p.machine.Powered {
		return t.Bad.Render("no power") + t.Dim.Render(", ") + status
	}
	return status
}

// kubeWorst is the one word that must be said of a node; empty when all is well.
func (p *place) kubeWorst(t theme.Theme) string {
	switch {
	case !p.machine.Powered:
		return t.Bad.Render("no power")
	case !p.kube.Ready:
		return t.Bad.Render("NotReady")
	case p.kube.Unschedulable:
		return t.Warn.Render("cordoned")
	}
	return ""
}

// kubeRole is what a node is besides a worker.
func (p *place) kubeRole(t theme.Theme) string {
	if len(p.kube.Roles) == 0 {
		return ""
	}
	return t.Dim.Render(" " + strings.Join(p.kube.Roles, ","))
}

// burdens are a node's taints and how much of it is asked for, where that is much.
func (p *place) burdens(t theme.Theme) string {
	var parts []string
	for _, taint := range p.kube.Taints {
		if !strings.HasPrefix(taint, "node.kubernetes.io/") { // those the status tells
			parts = append(parts, t.Warn.Render("taint ")+t.Dim.Render(strings.TrimPrefix(taint, "node-role.kubernetes.io/")))
		}
	}
	note := func(what string, used, all int64) {
		if all > 0 && used*10 >= all*7 {
			text := what + " " + percent(used, all) + " requested"
			parts = append(parts, pickStyle(used*100 >= all*95, t.Bad, t.Warn).Render(text))
		}
	}
	note("cpu", p.kube.CPURequested, p.kube.CPU)
	note("memory", p.kube.MemRequested, p.kube.Memory)
	return strings.Join(parts, "  ")
}

func pickStyle(yes bool, a, b theme.Style) theme.Style {
	if yes {
		return a
	}
	return b
}

func percent(n, of int64) string { return thousands(int(n*100/max(of, 1))) + " %" }

// nodeGrid draws nodes that are too many for lines: as cells with names and how many
// pods each has, those in trouble first; or each as its glyph alone.
func (m *Model) nodeGrid(t theme.Theme, w, h int) block {
	var out block
	out.line(draw.Fit(m.nodeTally(t), w))
	cells := max(w/nodeCell, 1) * max(h-1, 0)
	if n := len(m.machines); n > cells && n <= w*(h-1) {
		out.below(m.nodeDots(t, w, h-1))
		return out.sized(w, h)
	}
	columns := max(w/nodeCell, 1)
	shown := m.worstFirst(cells)
	for from := 0; from < len(shown); from += columns {
		line := block{lines: []string{""}}
		for _, i := range shown[from:min(from+columns, len(shown))] {
			p := &m.machines[i]
			mark, style := p.mark(t)
			count := " " + thousands(len(p.pods))
			name := m.styleOf(t, p.key(), t.Text).Render(draw.Clip(p.machine.Name, nodeCell-4-len(count)))
			var b block
			b.object(p.key(), nodeCell-1, draw.Fit(style.Render(mark)+" "+name+t.Dim.Render(count), nodeCell))
			line = row(0, line, b)
		}
		out.below(line)
	}
	return out.sized(w, h)
}

const nodeCell = 16 // the width of a node drawn as a name and a count

// nodeTally counts the nodes by state, and their pods.
func (m *Model) nodeTally(t theme.Theme) string {
	ranks, unplugged := [7]int{}, 0
	for i := range m.machines {
		if p := &m.machines[i]; p.machine.Powered {
			ranks[nodeRank(p.kube)]++
		} else {
			unplugged++
		}
	}
	text := " " + plural(len(m.machines), "node") + ":" + tallied(t, ranks, nodeWords())
	if unplugged > 0 {
		text += " " + t.Bad.Render(theme.Died) + " " + thousands(unplugged) + " no power"
	}
	return text + t.Dim.Render("   pods:") + tallied(t, m.kube.tally, podStates())
}

func tallied(t theme.Theme, ranks [7]int, words [7]string) string {
	text := ""
	for r, n := range ranks {
		if n > 0 {
			mark, style := rankMark(t, r)
			text += " " + style.Render(mark) + " " + thousands(n) + " " + words[r]
		}
	}
	return text
}

// worstFirst are the places that are drawn when there are too many: what is in
// trouble or selected comes first, but only when not all have room.
func (m *Model) worstFirst(room int) []int {
	var first, rest []int
	for i := range m.machines {
		p := &m.machines[i]
		if len(m.machines) > room && (!p.machine.Powered || nodeRank(p.kube) != 0) {
			first = append(first, i)
		} else if len(rest) < room {
			rest = append(rest, i)
		}
	}
	first = append(first, rest...)
	return first[:min(len(first), room)]
}

// nodeDots draws each node as its glyph; runs of the same are one piece.
func (m *Model) nodeDots(t theme.Theme, w, h int) block {
	step := 1
	if len(m.machines) <= (w-2)/2*h {
		step = 2
	}
	per := max((w-2)/step, 1)
	if len(m.machines) > per*h {
		per = w
	}
	var out block
	for from := 0; from < len(m.machines); from += per {
		y, line, run := out.height(), &strings.Builder{}, ""
		var last theme.Style
		flush := func() {
			line.WriteString(last.Render(run))
			run = ""
		}
		for x := range min(per, len(m.machines)-from) {
			p := &m.machines[from+x]
			mark, style := p.mark(t)
			if style = m.styleOf(t, p.key(), style); style != last {
				flush()
				last = style
			}
			if run += mark; step == 2 {
				run += " "
			}
			out.hits = append(out.hits, hit{rectAt(step*x, y, 1), p.key()})
		}
		flush()
		out.line(draw.Fit(line.String(), w))
	}
	return out
}
