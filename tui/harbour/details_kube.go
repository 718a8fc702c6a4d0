package harbour

import (
	"fmt"
	"slices"
	"strings"

	"drydock/sim"
	"drydock/tui/draw"
	"drydock/tui/theme"
)

// aboutKube tells more about an object of a cluster; nil when it is none.
func (m *Model) aboutKube(t theme.Theme, key Key, w int) []string {
	k := &m.state.Kube
	switch key.Kind {
	case "pod":
		if p := findPod(k, key); p != nil {
			return m.aboutPod(t, p, w)
		}
	case "node":
		for i := range m.machines {
			if m.machines[i].key() == key {
				return m.machines[i].aboutNode(t, w)
			}
		}
	case "kube service":
		for i := range k.Services {
			if kubeServiceKey(&k.Services[i]) == key {
				return m.aboutKubeService(t, &k.Services[i], w)
			}
		}
	case "claim":
		for i := range k.Claims {
			if c := &k.Claims[i]; c.Namespace == key.Machine && c.Name == key.ID {
				return m.aboutClaim(t, c, w)
			}
		}
	case "ingress", "autoscaler":
		return m.aboutRow(t, key)
	case "namespace":
		return []string{t.Strong.Render(key.ID) + t.Dim.Render("  what runs the cluster itself; space opens and closes it")}
	}
	if work := m.workload(key); work != nil {
		return m.aboutWorkload(t, work, w)
	}
	return nil
}

// fact writes what is known of an object in dim lines.
func facts(t theme.Theme, list []string, w int) []string {
	list = slices.DeleteFunc(list, func(s string) bool { return s == "" })
	if len(list) == 0 {
		return nil
	}
	var out []string
	for _, line := range draw.Wrap(strings.Join(list, " · "), w-2) {
		out = append(out, t.Dim.Render(line))
	}
	return out
}

func (m *Model) aboutPod(t theme.Theme, p *sim.Pod, w int) []string {
	mark, style := rankMark(t, podRank(p))
	ready, all := readiness(p)
	head := style.Render(mark) + " " + t.Strong.Render(scoped(p.Namespace, p.Name)) + "  " + style.Render(p.Status) + fmt.Sprintf("  %d/%d ready", ready, all)
	if p.Node != "" {
		head += t.Dim.Render("  on " + p.Node)
	}
	lines := []string{head}
	if p.Message != "" && !p.Ready {
		lines = append(lines, t.Bad.Render(draw.Clip(shortReason(p.Message), w-2)))
	}
	for i := range p.Containers {
		if c := &p.Containers[i]; len(p.Containers) < 5 || c.State != "running" {
			lines = append(lines, containerLine(t, c))
		}
	}
	return append(lines, facts(t, []string{p.Addr, pick(p.Owner == "", "no owner", "of "+p.Owner), p.QoS, strings.Join(labels(p.Labels), ", ")}, w)...)
}

// containerLine tells of one container of a pod.
func containerLine(t theme.Theme, c *sim.PodContainer) string {
	mark, style := theme.Starting, t.Warn
	switch {
	case c.State == "terminated" && c.ExitCode != 0:
		mark, style = theme.Died, t.Bad
	case c.State == "terminated":
		mark, style = theme.Stopped, t.Dim
	case c.State == "running" && (c.Ready || c.Init):
		mark, style = theme.Running, t.Good
	case c.Reason == "CrashLoopBackOff":
		mark, style = theme.Restarts, t.Bad
	case c.State == "waiting" && wentWrong(c.Reason):
		mark, style = theme.Died, t.Bad
	}
	state := c.State
	if c.Reason != "" {
		state += " " + c.Reason
	}
	if c.State == "terminated" {
		state += fmt.Sprintf(", exit %d", c.ExitCode)
	} else if c.State == "running" && !c.Ready && !c.Init {
		state += ", not ready"
	}
	line := style.Render(mark) + " " + pick(c.Init, "init ", "") + c.Name + "  " + t.Dim.Render(c.Image) + "  " + style.Render(state)
	if c.Restarts > 0 {
		line += t.Dim.Render(fmt.Sprintf("  restarted %d×", c.Restarts))
	}
	if c.LastReason != "" {
		line += t.Dim.Render(fmt.Sprintf(", before: %s, exit %d", c.LastReason, c.LastExit))
	}
	return line
}

func (p *place) aboutNode(t theme.Theme, w int) []string {
	n := p.kube
	mark, style := p.mark(t)
	head := style.Render(mark) + " " + t.Strong.Render(n.Name) + p.kubeRole(t) + "  " + p.kubeWord(t) + fmt.Sprintf("  %d of %d pods", n.Pods, n.MaxPods)
	list := []string{n.Addr, "cpu " + cores(n.CPURequested) + " of " + cores(n.CPU) + " requested"}
	if n.Memory > 0 {
		list = append(list, "memory "+size(n.MemRequested)+" of "+size(n.Memory)+" requested")
	}
	list = append(list, n.Version, n.Runtime)
	lines := []string{head}
	if len(n.Taints) > 0 {
		lines = append(lines, t.Warn.Render("taints ")+strings.Join(n.Taints, ", "))
	}
	return append(append(lines, facts(t, list, w)...), facts(t, ownLabels(n.Labels), w)...)
}

// ownLabels leaves out the labels that every node has.
func ownLabels(of map[string]string) []string {
	return slices.DeleteFunc(labels(of), func(l string) bool {
		return strings.HasPrefix(l, "kubernetes.io/") || strings.HasPrefix(l, "beta.kubernetes.io/") || strings.HasPrefix(l, "node-role.kubernetes.io/") ||
			strings.HasPrefix(l, "node.kubernetes.io/")
	})
}

// cores writes thousandths of a core: "1.5".
func cores(milli int64) string {
	return strings.TrimSuffix(strings.TrimRight(fmt.Sprintf("%d.%03d", milli/1000, milli%1000), "0"), ".")
}

func (m *Model) aboutWorkload(t theme.Theme, w *sim.Workload, width int) []string {
	e := m.workloadEntry(t, w)
	head := e.style.Render(e.mark) + " " + t.Dim.Render(w.Kind) + " " + t.Strong.Render(e.name) + "  " + e.count
	if r := m.rollout(t, w); r != "" {
		head += "  " + r
	}
	if r := m.generations(t, w, true); r != "" {
		head += "  " + r
	}
	lines := []string{head}
	if w.Message != "" {
		lines = append(lines, t.Bad.Render(draw.Clip(w.Message, width-2)))
	}
	list := []string{strings.Join(w.Images, ", ")}
	switch w.Kind {
	case "Job":
		list = append(list, fmt.Sprintf("%d at work, %d succeeded, %d failed", w.Active, w.Succeeded, w.Failed))
	case "CronJob":
		list = append(list, plural(w.Active, "job")+" at work")
	default:
		list = append(list, fmt.Sprintf("%d wanted, %d there, %d updated, %d available", w.Replicas, w.Current, w.Updated, w.Available))
	}
	if w.Revision != "" && w.Kind != "StatefulSet" {
		list = append(list, "revision "+w.Revision)
	}
	if len(w.Selector) > 0 {
		list = append(list, "selects "+strings.Join(labels(w.Selector), ","))
	}
	if w.Owner != "" {
		list = append(list, "of "+w.Owner)
	}
	if _, can := m.Opened(e.key); can {
		list = append(list, "space opens it")
	}
	return append(lines, facts(t, list, width)...)
}

func (m *Model) aboutKubeService(t theme.Theme, v *sim.KubeService, w int) []string {
	e := m.serviceEntry(t, v)
	lines := []string{e.style.Render(e.mark) + " " + t.Dim.Render("Service ") + t.Strong.Render(e.name) + "  " + v.Type + "  " + kubePorts(v), e.count + "  " + e.parts[0][0]}
	var pods []string
	for _, p := range v.Endpoints[:min(len(v.Endpoints), 6)] {
		name := p.Addr
		if p.Pod != "" {
			name = p.Pod
		}
		if !p.Ready {
			name += " (not ready)"
		}
		pods = append(pods, name)
	}
	if more := len(v.Endpoints) - len(pods); more > 0 {
		pods = append(pods, thousands(more)+" more")
	}
	list := []string{serviceAddress(v)}
	if len(v.Selector) > 0 {
		list = append(list, "selects "+strings.Join(labels(v.Selector), ","))
	}
	return append(append(lines, facts(t, pods, w)...), facts(t, list, w)...)
}

func (m *Model) aboutClaim(t theme.Theme, c *sim.Claim, w int) []string {
	e := claimEntry(t, c)
	lines := []string{e.style.Render(e.mark) + t.Dim.Render(" claim ") + t.Strong.Render(e.name) + "  " + e.count + "  " + e.words()}
	for i := range m.state.Kube.Volumes {
		if v := &m.state.Kube.Volumes[i]; v.Name == c.Volume {
			lines = append(lines, facts(t, []string{"volume " + v.Name, v.Phase, v.Size, v.Class, "reclaim " + v.Reclaim}, w)...)
		}
	}
	return lines
}

// aboutRow tells of a row what its line does.
func (m *Model) aboutRow(t theme.Theme, key Key) []string {
	for _, r := range m.kube.rows {
		if m.rowKey(r) == key {
			e := m.entryOf(t, r)
			return []string{e.style.Render(e.mark) + " " + t.Dim.Render(e.kind) + " " + t.Strong.Render(e.name) + "  " + e.count, e.words()}
		}
	}
	return nil
}
