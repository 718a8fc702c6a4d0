package harbour

import (
	"drydock/sim"
	"drydock/tui/draw"
	"drydock/tui/theme"
)

// wait is a number of tasks of a service that wait for a node for the same reason.
type wait struct {
	task *sim.Task // the first of them
	n    int
}

// waiting are the tasks that no node has, by service and reason.
func (m *Model) waiting() []wait {
	type why struct{ service, reason string }
	at := map[why]int{}
	var out []wait
	for i := range m.state.Tasks {
		t := &m.state.Tasks[i]
		if t.Node != "" || !t.Current || over(t) {
			continue
		}
		k := why{t.Service, t.Error}
		if _, known := at[k]; !known {
			at[k] = len(out)
			out = append(out, wait{task: t})
		}
		out[at[k]].n++
	}
	return out
}

// pending draws them in at most h lines.
func (m *Model) pending(t theme.Theme, waiting []wait, w, h int) block {
	var out block
	for i, each := range waiting {
		if out.height() >= h {
			break
		}
		if rest := len(waiting) - i; out.height() == h-1 && rest > 1 {
			n := 0
			for _, more := range waiting[i:] {
				n += more.n
			}
			out.line(draw.Fit(" "+t.Warn.Render(theme.Starting)+" "+plural(n, "task")+" of "+plural(rest, "service")+" wait for a node", w))
			break
		}
		key := taskKey(each.task)
		name, verb := each.task.Name, " waits"
		if each.n > 1 {
			name, verb = thousands(each.n)+" tasks of "+each.task.Service, " wait"
		}
		line := " " + t.Warn.Render(theme.Starting) + " " + m.styleOf(t, key, t.Strong).Render(name) + t.Warn.Render(verb)
		if reason := each.task.Error; reason != "" {
			line += t.Dim.Render(": " + reason)
		} else {
			line += t.Dim.Render(" for a node")
		}
		out.object(key, w, draw.Fit(draw.Clip(line, w), w))
	}
	return out
}
