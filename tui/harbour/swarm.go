package harbour

import (
	"fmt"
	"strings"

	"drydock/sim"
	"drydock/tui/draw"
	"drydock/tui/theme"
)

const serviceWidth = 22 // of a service drawn as a name and its count

// swarm draws what belongs to no single machine in at most h lines: the managers,
// the services, and the tasks that no node has.
func (m *Model) swarm(t theme.Theme, w, h int) block {
	var out block
	if len(m.state.Nodes) == 0 && len(m.state.Services) == 0 || h < 1 {
		return out
	}
	waiting := m.waiting()
	need := len(m.state.Services) + min(len(waiting), 3)
	if h >= 3 || need < h {
		out.line(draw.Fit(" "+t.Dim.Render("swarm  ")+m.managers(t), w))
	}
	forWaiting := min(len(waiting), 3, max((h-out.height())/2, 0))
	out.below(m.services(t, w, h-out.height()-forWaiting))
	out.below(m.pending(t, waiting, w, h-out.height()))
	return out
}

// managers counts those that can be reached, and says whether they can decide.
func (m *Model) managers(t theme.Theme) string {
	managers, reachable := 0, 0
	for i := range m.state.Nodes {
		n := &m.state.Nodes[i]
		if n.Role != "manager" {
			continue
		}
		managers++
		if n.Reachability != "unreachable" && m.answers(n.Name) {
			reachable++
		}
	}
	text := plural(len(m.state.Nodes), "node") + fmt.Sprintf(" · managers %d of %d reachable", reachable, managers)
	switch {
	case !m.state.Quorum:
		return t.Bad.Render(theme.Died+" no quorum") + t.Dim.Render(" · "+text)
	case reachable < managers:
		return t.Warn.Render(theme.Starting) + " " + text
	}
	return t.Dim.Render(text)
}

// answers reports that a machine is on and its engine runs.
func (m *Model) answers(machine string) bool {
	for i := range m.machines {
		if p := &m.machines[i].machine; p.Name == machine {
			return p.Powered && p.EngineUp
		}
	}
	return true
}

// services draws each as a line, as a name and count, or only how many there are.
func (m *Model) services(t theme.Theme, w, h int) block {
	all := m.state.Services
	columns := max(w/serviceWidth, 1)
	var out block
	switch {
	case len(all) == 0 || h < 1:
		return out
	case len(all) <= h:
		name := 0
		for i := range all {
			name = max(name, min(draw.Width(all[i].Name), w/4))
		}
		for i := range all {
			out.object(serviceKey(&all[i]), w, draw.Fit(m.serviceLine(t, &all[i], name, w), w))
		}
		return out
	}
	rows := h
	if (len(all)+columns-1)/columns > h {
		out.line(draw.Fit(" "+serviceTally(t, all), w))
		rows--
	}
	for from := 0; from < len(all) && rows > 0; from, rows = from+columns, rows-1 {
		line := block{lines: []string{""}}
		for i := from; i < min(from+columns, len(all)); i++ {
			v := &all[i]
			mark, style := serviceMark(t, v)
			count := fmt.Sprintf(" %d/%d", v.Running, v.Replicas)
			text := " " + style.Render(mark) + " " + m.styleOf(t, serviceKey(v), t.Strong).Render(draw.Clip(v.Name, serviceWidth-4-len(count))) + count
			var b block
			b.object(serviceKey(v), serviceWidth, draw.Fit(text, serviceWidth))
			line = row(0, line, b)
		}
		out.below(line)
	}
	return out
}

func serviceKey(v *sim.Service) Key { return Key{"service", "", v.Name} }

func serviceMark(t theme.Theme, v *sim.Service) (string, theme.Style) {
	switch {
	case v.Replicas == 0:
		return theme.Stopped, t.Dim
	case v.Running >= v.Replicas:
		return theme.Running, t.Good
	case v.Running == 0 && !strings.HasSuffix(v.Mode, "-job"):
		return theme.Died, t.Bad
	}
	return theme.Starting, t.Warn
}

func serviceTally(t theme.Theme, all []sim.Service) string {
	whole := 0
	for i := range all {
		if all[i].Running >= all[i].Replicas {
			whole++
		}
	}
	text := plural(len(all), "service") + ": " + t.Good.Render(theme.Running) + " " + thousands(whole) + " as wanted"
	if rest := len(all) - whole; rest > 0 {
		text += "  " + t.Warn.Render(theme.Starting) + " " + thousands(rest) + " not"
	}
	return text
}

// serviceLine is a service with as much of what is told of it as fits.
func (m *Model) serviceLine(t theme.Theme, v *sim.Service, name, w int) string {
	key := serviceKey(v)
	mark, style := serviceMark(t, v)
	count := style.Render(fmt.Sprintf("%d of %d", v.Running, v.Replicas))
	line := " " + style.Render(mark) + t.Dim.Render(" service ") + m.styleOf(t, key, t.Strong).Render(draw.Fit(v.Name, name)) + "  " + count
	if draw.Width(line)+12 > w {
		line = " " + style.Render(mark) + " " + m.styleOf(t, key, t.Strong).Render(draw.Clip(v.Name, w/2)) + "  " + count
	}
	for _, part := range []string{updateWord(t, v.Update), meshDoors(t, v, true), t.Dim.Render(v.Image), t.Dim.Render(modeWord(v.Mode)), m.news(t, key)} {
		if part != "" && draw.Width(line)+draw.Width(part)+2 <= w {
			line += "  " + part
		} else if short := meshDoors(t, v, false); part == meshDoors(t, v, true) && part != "" && draw.Width(line)+draw.Width(short)+2 <= w {
			line += "  " + short
		}
	}
	return line
}

func modeWord(mode string) string {
	if mode == "replicated" {
		return ""
	}
	return mode
}

// meshDoors are the published ports of a service: on every node by the routing
// mesh, or only where a task runs.
func meshDoors(t theme.Theme, v *sim.Service, words bool) string {
	var parts []string
	for _, p := range v.Ports {
		door := fmt.Sprintf(":%d%s%d", p.Published, theme.Arrow, p.Target)
		if p.Proto != "" && p.Proto != "tcp" {
			door += "/" + p.Proto
		}
		switch {
		case words && p.Mode == "host":
			door += t.Dim.Render(" where it runs")
		case words:
			door += t.Dim.Render(" on every node")
		}
		parts = append(parts, door)
	}
	return strings.Join(parts, " ")
}

// updateWord is the state of a service's last update in words.
func updateWord(t theme.Theme, state string) string {
	switch state {
	case "updating":
		return t.Warn.Render(theme.Restarts + " updating")
	case "paused":
		return t.Bad.Render(theme.Paused + " update paused")
	case "rollback_started":
		return t.Warn.Render(theme.Restarts + " rolling back")
	case "rollback_paused":
		return t.Bad.Render(theme.Paused + " rollback paused")
	case "rollback_completed":
		return t.Warn.Render("rolled back")
	}
	return ""
}
