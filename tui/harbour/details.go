package harbour

import (
	"fmt"
	"strings"

	"drydock/sim"
	"drydock/tui/draw"
	"drydock/tui/theme"
)

// details tells more about what is selected, in at most h lines.
func (m *Model) details(t theme.Theme, w, h int) []string {
	lines := m.about(t, w, h-1)
	if lines == nil {
		return nil
	}
	out := []string{t.Rule.Render(draw.Repeat(theme.Horizon, w))}
	for _, line := range lines {
		out = append(out, draw.Fit(" "+line, w))
	}
	return out[:min(len(out), h)]
}

func (m *Model) about(t theme.Theme, w, h int) []string {
	s, key := &m.state, m.selected
	switch key.Kind {
	case "":
		return []string{t.Dim.Render("arrows select, enter asks why")}
	case "container":
		for i := range s.Containers {
			if containerKey(&s.Containers[i]) == key {
				return aboutContainer(t, &s.Containers[i], w)
			}
		}
	case "image":
		for i := range s.Images {
			if imageKey(&s.Images[i]) == key {
				return m.aboutImage(t, &s.Images[i], w, h)
			}
		}
	case "machine":
		for i := range m.machines {
			if m.machines[i].machine.Name == key.ID {
				return m.machines[i].about(t, w)
			}
		}
		for i := range m.desk {
			if m.desk[i].machine.Name == key.ID {
				return m.desk[i].about(t, w)
			}
		}
	case "service":
		for i := range s.Services {
			if s.Services[i].Name == key.ID {
				return m.aboutService(t, &s.Services[i], w)
			}
		}
	case "task":
		for i := range s.Tasks {
			if taskKey(&s.Tasks[i]) == key {
				return m.aboutTask(t, &s.Tasks[i], w)
			}
		}
	}
	if lines := m.aboutKube(t, key, w); lines != nil {
		return lines
	}
	return []string{t.Strong.Render(key.Kind+" "+shortName(key.ID)) + t.Dim.Render("  enter asks why it is as it is")}
}

func aboutContainer(t theme.Theme, c *sim.Container, w int) []string {
	mark, style := containerMark(t, c)
	lines := []string{style.Render(mark+" ") + t.Strong.Render(c.Name) + "  " + c.Image + "  " + style.Render(c.Status)}
	facts := []string{shortID(c.ID)}
	if c.Addr != "" {
		facts = append(facts, c.Addr+" on "+strings.Join(c.Networks, ", "))
	}
	if c.Restart != "" && c.Restart != "no" {
		facts = append(facts, "restart "+c.Restart)
	}
	if c.Memory > 0 {
		facts = append(facts, "memory "+size(c.MemoryUsed)+" of "+size(c.Memory))
	}
	for _, mount := range c.Mounts {
		facts = append(facts, fmt.Sprintf("%s %s at %s", mount.Type, shortName(mount.Source), mount.Target))
	}
	for _, line := range draw.Wrap(strings.Join(facts, " · "), w-2) {
		lines = append(lines, t.Dim.Render(line))
	}
	if ports := doors(t, c, true); ports != "" {
		lines = append(lines, ports)
	}
	if n := len(c.Logs); n > 0 {
		lines = append(lines, t.Dim.Render("said last: ")+c.Logs[n-1])
	}
	return lines
}

func (m *Model) aboutImage(t theme.Theme, i *sim.Image, w, h int) []string {
	name := strings.Join(i.Names, ", ")
	if name == "" {
		name = imageName(i)
	}
	line := t.Strong.Render(name) + t.Dim.Render("  "+shortID(i.ID)+"  "+size(i.Size))
	if i.User != "" {
		line += t.Dim.Render("  user " + i.User)
	}
	return append([]string{line}, m.layerLines(t, i, w-2, h-1)...)
}

// Name is what a person calls an object, and what its history is asked for by.
func (m *Model) Name(k Key) string {
	if l, ok := m.kube.looks[k]; ok {
		return l.name
	}
	if l, ok := m.looks[k]; ok {
		return l.name
	}
	if k.Kind == "pod" && findPod(&m.state.Kube, k) != nil {
		return spoken("pod", k.Machine, k.ID)
	}
	return ""
}
