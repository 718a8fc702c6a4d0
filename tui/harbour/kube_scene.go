package harbour

import (
	"fmt"
	"image"
	"slices"
	"strings"

	"drydock/sim"
	"drydock/tui/draw"
	"drydock/tui/theme"
)

// upper draws what belongs to no single node in at most h lines: the control plane,
// what makes pods and leads to them, and the pods that no node has.
func (m *Model) upper(t theme.Theme, w, h int) block {
	var out block
	if !m.state.Kube.Exists || h < 1 {
		return out
	}
	out.below(m.control(t, w, max(min(h-1, 2), 1)))
	quay := min(len(m.kube.quay), 4, max((h-out.height())/2, 0))
	system := m.systemLine(t, w)
	if h-out.height()-quay < 3 {
		system = block{}
	}
	out.below(m.rows(t, w, h-out.height()-quay-system.height()))
	out.below(system)
	out.below(m.onQuay(t, w, h-out.height()))
	return out
}

// control draws the state of the cluster and of its own programs.
func (m *Model) control(t theme.Theme, w, h int) block {
	var out block
	k := &m.state.Kube
	head := t.Dim.Render("cluster " + k.Version + "  ")
	if !k.Answers {
		text := t.Bad.Render(theme.Died+" the API server does not answer") + t.Dim.Render(" · this is what etcd held last")
		out.line(draw.Fit(" "+draw.Clip(text, w-1), w))
	} else {
		text := m.summing(t)
		if draw.Width(head)+draw.Width(text) < w {
			text = head + text
		}
		out.line(draw.Fit(" "+draw.Clip(text, w-1), w))
	}
	parts := m.programs(t, true)
	if draw.Width(parts)+1 > w {
		parts = m.programs(t, false)
	}
	if parts == "" {
		return out
	}
	if line := strings.TrimRight(out.lines[0], " "); draw.Width(line)+draw.Width(parts)+4 <= w {
		out.lines[0] = draw.Fit(line+"    "+parts, w)
	} else if h > 1 || !k.Answers {
		out.line(draw.Fit(" "+parts, w))
	}
	return out
}

// summing counts nodes and pods.
func (m *Model) summing(t theme.Theme) string {
	nodes, ready := len(m.state.Kube.Nodes), len(m.state.Kube.Nodes)-m.kube.load[5]
	text := pickStyle(ready < nodes, t.Warn, t.Dim).Render(fmt.Sprintf("%s of %s Ready", thousands(ready), plural(nodes, "node")))
	pods := 0
	for r, n := range m.kube.tally {
		if r != 6 {
			pods += n
		}
	}
	if pods == 0 {
		return text + t.Dim.Render(" · no pods")
	}
	good := m.kube.tally[0]
	return text + t.Dim.Render(" · ") + pickStyle(good < pods, t.Warn, t.Dim).Render(fmt.Sprintf("%s of %s ready", thousands(good), plural(pods, "pod")))
}

// programs are the cluster's own, each kind once, with what is wrong in words. What
// runs on each node is named only where it does not run; what runs nowhere is first.
func (m *Model) programs(t theme.Theme, words bool) string {
	all := m.state.Kube.Components
	var down, parts []string
	for i := range all {
		name := all[i].Name
		if slices.ContainsFunc(all[:i], func(c sim.Component) bool { return c.Name == name }) {
			continue
		}
		if part := program(t, name, all[i:], words, name == "kubelet" || name == "kube-proxy" || name == "containerd"); strings.Contains(part, theme.Died) {
			down = append(down, part)
		} else if part != "" {
			parts = append(parts, part)
		}
	}
	return strings.Join(append(down, parts...), "  ")
}

func program(t theme.Theme, name string, all []sim.Component, words, everywhere bool) string {
	up, n, leader, message := 0, 0, "", ""
	for i := range all {
		c := &all[i]
		if c.Name != name {
			continue
		}
		n++
		switch {
		case !c.Running && message == "":
			message = strings.TrimSpace(pick(c.Message == "", "stopped", c.Message))
		case c.Running:
			up++
		}
		if c.Leader {
			leader = c.Node
		}
	}
	short := strings.TrimPrefix(name, "kube-")
	count := ""
	if n > 1 {
		count = fmt.Sprintf(pick(words, " %d of %d", " %d/%d"), up, n)
	}
	if leader != "" && n > 1 {
		count += " " + t.Star.Render(theme.StarFull) + pick(words, " "+leader, "")
	}
	switch {
	case up == n && everywhere:
		return ""
	case up == n:
		return t.Good.Render(theme.Running) + " " + short + count
	case up == 0:
		return t.Bad.Render(theme.Died+" "+short+" "+message) + count
	}
	return t.Warn.Render(theme.Starting+" "+short) + count + t.Warn.Render(pick(words, " "+message, ""))
}

// stopped reports that a program of the cluster is known and runs nowhere.
func (m *Model) stopped(name string) bool {
	known := false
	for i := range m.state.Kube.Components {
		if c := &m.state.Kube.Components[i]; c.Name == name {
			if c.Running {
				return false
			}
			known = true
		}
	}
	return known
}

// desks draws the machines that are no nodes as what they are: where one types.
func (m *Model) desks(t theme.Theme, w, h int) block {
	var out block
	for i := range m.desk {
		if out.height() >= h {
			break
		}
		p := &m.desk[i]
		key := p.key()
		mark, style := machineMark(t, &p.machine)
		line := " " + style.Render(mark) + " " + m.styleOf(t, key, t.Strong).Render(p.machine.Name)
		if !p.machine.Powered {
			line += t.Bad.Render(" no power")
		} else if i == 0 {
			line += t.Dim.Render("  kubectl, where you type")
		}
		if n := len(p.tenants); n > 0 {
			line += "  " + m.summary(t, p, max(w-draw.Width(line)-3, 12))
		} else if n := len(p.images); n > 0 {
			line += t.Dim.Render("  " + p.machine.Engine + ": " + plural(n, "image"))
		}
		out.object(key, w, draw.Fit(draw.Clip(line, w)+m.news(t, key), w))
	}
	return out
}

// lowPicture is below how many lines the nodes are lines rather than boxes.
const lowPicture = 12

// clusterPicture draws a cluster: the desk and what stands above the nodes, the
// nodes, and what every world has below. It says how many lines that took.
func (m *Model) clusterPicture(t theme.Theme, w, h int) (block, int) {
	registries := m.registries(t, w, h/5)
	build := m.building(t, w, max((h-registries.height())/4, 0))
	rest := h - registries.height() - build.height()
	var out block
	if rest > 6 {
		out.below(m.desks(t, w, max(rest/8, 1)))
		rest -= out.height()
	}
	nodes := min(len(m.machines), max(rest/2, 1))
	if columns := max(w/boxWidth, 1); len(m.machines) <= columns {
		nodes = min(rest/2, boxHeight+2) // a row of boxes says more than lines
	}
	most := max(rest/3, min(rest*3/5, rest-nodes))
	if wanted := 2 + len(m.kube.rows) + min(len(m.kube.quay), 4); rest < lowPicture {
		most = max(most, min(wanted, rest-len(m.machines))) // there the nodes are lines
	}
	out.below(m.upper(t, w, most))
	if used := out.height(); len(m.machines) > 0 {
		out.below(m.dock(t, w, h-registries.height()-build.height()-used))
	}
	out.below(build)
	out.below(registries)
	used := out.height()
	return out.sized(w, h), used
}

func rectAt(x, y, w int) image.Rectangle { return image.Rect(x, y, x+w, y+1) }
