package harbour

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"drydock/sim"
	"drydock/tui/draw"
	"drydock/tui/theme"
)

// about tells more about a machine, and about it as a node.
func (p *place) about(t theme.Theme, w int) []string {
	if p.kube != nil {
		return p.aboutNode(t, w)
	}
	mark, style := p.mark(t)
	head := style.Render(mark) + " " + t.Strong.Render(p.machine.Name) + role(t, p.node, true) + "  " + p.word(t)
	facts := []string{p.machine.Addr}
	if p.machine.CPUs > 0 {
		facts = append(facts, plural(p.machine.CPUs, "CPU"))
	}
	facts = append(facts, amount("memory", p.machine.MemoryUsed, p.machine.Memory)...)
	facts = append(facts, amount("disk", p.machine.DiskUsed, p.machine.Disk)...)
	if p.node != nil {
		facts = append(facts, labels(p.node.Labels)...)
	}
	facts = slices.DeleteFunc(facts, func(f string) bool { return f == "" })
	return []string{head, t.Dim.Render(strings.Join(facts, " · "))}
}

func amount(what string, used, all int64) []string {
	if all <= 0 {
		return nil
	}
	return []string{what + " " + size(used) + " of " + size(all)}
}

// labels are those of a node, in order.
func labels(of map[string]string) []string {
	var out []string
	for name, value := range of {
		out = append(out, strings.TrimSuffix(name+"="+value, "="))
	}
	slices.Sort(out)
	return out
}

func (m *Model) aboutService(t theme.Theme, v *sim.Service, w int) []string {
	mark, style := serviceMark(t, v)
	head := style.Render(mark) + " " + t.Strong.Render(v.Name) + "  " + v.Mode + "  " + style.Render(fmt.Sprintf("%d of %d running", v.Running, v.Replicas)) + "  " + v.Image
	facts := []string{shortID(v.ID)}
	if len(v.Networks) > 0 {
		facts = append(facts, "on "+strings.Join(v.Networks, ", "))
	}
	if v.Update != "" {
		facts = append(facts, "last update "+strings.ReplaceAll(v.Update, "_", " "))
	}
	lines := []string{head}
	if doors := meshDoors(t, v, true); doors != "" {
		lines = append(lines, doors)
	}
	for _, line := range draw.Wrap(strings.Join(facts, " · "), w-2) {
		lines = append(lines, t.Dim.Render(line))
	}
	return lines
}

// aboutTask tells of a task, of its container, and of those before it in its slot.
func (m *Model) aboutTask(t theme.Theme, task *sim.Task, w int) []string {
	mark, style := rankMark(t, taskRank(task))
	where := "on no node yet"
	if task.Node != "" {
		where = "on " + task.Node
	}
	head := style.Render(mark+" ") + t.Strong.Render(task.Name) + "  " + where + "  " + style.Render(task.State)
	if task.Desired != "" && task.Desired != task.State {
		head += t.Dim.Render(", is to be " + task.Desired)
	}
	lines := []string{head}
	if task.Error != "" {
		lines = append(lines, t.Bad.Render(draw.Clip(task.Error, w-2)))
	}
	if past := m.past(task); past != "" {
		lines = append(lines, t.Dim.Render(draw.Clip("before it: "+past, w-2)))
	}
	for i := range m.state.Containers {
		if c := &m.state.Containers[i]; c.Labels[swarmTask] == task.ID {
			return append(lines, aboutContainer(t, c, w)...)
		}
	}
	return append(lines, t.Dim.Render("task "+shortID(task.ID)))
}

// past words the tasks that had a slot before, the newest first.
func (m *Model) past(task *sim.Task) string {
	var parts []string
	more := 0
	for i := range m.state.Tasks {
		old := &m.state.Tasks[i]
		if old.Name != task.Name || old.ID == task.ID || old.Current {
			continue
		}
		if len(parts) == 3 {
			more++
			continue
		}
		text := old.State
		if old.Node != "" {
			text += " on " + old.Node
		}
		parts = append(parts, text)
	}
	if more > 0 {
		parts = append(parts, strconv.Itoa(more)+" more")
	}
	return strings.Join(parts, ", ")
}
