package harbour

import (
	"fmt"
	"strings"

	"drydock/sim"
	"drydock/tui/draw"
	"drydock/tui/theme"
)

// workloadRank is what the glyph of a workload says, in the ranks of containers.
func workloadRank(w *sim.Workload) int {
	switch w.Kind {
	case "CronJob":
		if w.Rollout == "suspended" {
			return 3
		}
		return 0
	case "Job":
		return jobRank(w)
	}
	switch {
	case w.Rollout == "failed":
		return 5
	case w.Rollout == "paused":
		return 3
	case w.Replicas == 0 && w.Current == 0:
		return 6
	case w.Ready >= w.Replicas && (w.Rollout == "complete" || w.Rollout == "") && w.Current <= w.Replicas:
		return 0
	case w.Ready == 0:
		return 2
	}
	return 1
}

func jobRank(w *sim.Workload) int {
	switch w.Rollout {
	case "complete":
		return 6
	case "failed":
		return 5
	case "suspended":
		return 3
	}
	return 1
}

// shortKinds are the names by which kubectl v1.37 knows kinds for short.
func shortKind(kind string) string {
	switch kind {
	case "Deployment":
		return "deploy"
	case "ReplicaSet":
		return "rs"
	case "StatefulSet":
		return "sts"
	case "DaemonSet":
		return "ds"
	case "CronJob":
		return "cj"
	}
	return strings.ToLower(kind)
}

func (m *Model) workloadEntry(t theme.Theme, w *sim.Workload) entry {
	mark, style := rankMark(t, workloadRank(w))
	e := entry{key: workloadKey(w), mark: mark, style: style, kind: w.Kind, brief: shortKind(w.Kind), name: scoped(w.Namespace, w.Name)}
	if w.Owner != "" {
		e.name = w.Name
	}
	switch w.Kind {
	case "CronJob":
		e.count = w.Schedule
		if w.Active > 0 {
			e.say(t.Good.Render(theme.Play) + " " + plural(w.Active, "job") + " at work")
		}
	case "Job":
		e.count = style.Render(fmt.Sprintf("%d of %d done", w.Succeeded, w.Replicas))
		if w.Failed > 0 {
			e.say(t.Bad.Render(fmt.Sprintf("%s %d failed", theme.Died, w.Failed)))
		}
	default:
		e.count = style.Render(thousands(w.Ready) + " of " + thousands(w.Replicas))
	}
	e.say(m.rollout(t, w), m.rolloutWord(t, w))
	e.say(m.generations(t, w, true), m.generations(t, w, false))
	e.say(t.Dim.Render(images(w.Images)))
	if w.Revision != "" && (w.Kind == "Deployment" || w.Kind == "ReplicaSet") {
		e.say(t.Dim.Render("revision " + w.Revision))
	}
	return e
}

// images names the first and counts the others.
func images(list []string) string {
	if len(list) < 2 {
		return strings.Join(list, "")
	}
	return fmt.Sprintf("%s +%d", list[0], len(list)-1)
}

// rollout says how far a workload is with its newest template, and what holds it up.
func (m *Model) rollout(t theme.Theme, w *sim.Workload) string {
	held := m.heldUp(w)
	switch w.Rollout {
	case "failed":
		if w.Kind == "Job" {
			return t.Bad.Render("failed")
		}
		if held == "" {
			held = w.Message
		}
		return strings.TrimSuffix(t.Bad.Render(theme.Died+" rollout hangs")+t.Bad.Render(": "+held), ": ")
	case "paused":
		return t.Warn.Render(theme.Paused + " rollout paused")
	case "suspended":
		return t.Warn.Render(theme.Paused + " suspended")
	case "progressing":
		if held != "" {
			return t.Bad.Render(theme.Restarts + " rollout held up: " + held)
		}
		return t.Warn.Render(theme.Restarts + " rolling out")
	}
	if w.Message != "" && w.Current < w.Replicas {
		return t.Bad.Render(w.Message)
	}
	if held != "" && w.Kind != "Job" {
		return t.Bad.Render(held)
	}
	return ""
}

// rolloutWord is the same in the fewest words.
func (m *Model) rolloutWord(t theme.Theme, w *sim.Workload) string {
	switch {
	case w.Rollout == "failed" && w.Kind != "Job":
		return t.Bad.Render(theme.Died + " hangs")
	case w.Rollout == "paused":
		return t.Warn.Render(theme.Paused + " paused")
	case w.Kind == "Job" || w.Kind == "CronJob":
		return ""
	case m.heldUp(w) != "":
		return t.Bad.Render(theme.Died + " held up")
	}
	return ""
}

// heldUp is what keeps a workload's pods from being ready, in kubectl's words.
func (m *Model) heldUp(w *sim.Workload) string {
	bad := m.kube.trouble[w.UID]
	for _, i := range m.kube.children[w.UID] {
		c := &m.state.Kube.Workloads[i]
		if of := m.kube.trouble[c.UID]; of.n > 0 && w.Kind != "CronJob" {
			bad = misfortune{of.status, bad.n + of.n}
		}
		if c.Message != "" && c.Current < c.Replicas && bad.n == 0 {
			return c.Message
		}
	}
	if bad.n == 0 {
		return ""
	}
	return fmt.Sprintf("%s %s", plural(bad.n, "pod"), bad.status)
}

// generations shows the new template against the old while both have pods.
func (m *Model) generations(t theme.Theme, w *sim.Workload, bars bool) string {
	const width = 6
	all := max(w.Replicas, 1)
	newer := func(done int) string {
		text := fmt.Sprintf(" %d of %d", done, w.Replicas)
		if bars {
			text = " " + bar(t, min(done, all), all, width) + text
		}
		return "new" + text
	}
	switch w.Kind {
	case "StatefulSet", "DaemonSet":
		if w.Rollout != "progressing" {
			return ""
		}
		return newer(w.Updated)
	case "Deployment":
	default:
		return ""
	}
	var fresh *sim.Workload
	old := 0
	for _, i := range m.kube.children[w.UID] {
		if c := &m.state.Kube.Workloads[i]; c.Revision == w.Revision {
			fresh = c
		} else {
			old += c.Current
		}
	}
	if fresh == nil || old == 0 {
		return ""
	}
	text := newer(fresh.Ready) + t.Dim.Render("  old")
	if bars {
		text += " " + t.Dim.Render(draw.Repeat(theme.Fill, (min(old, all)*width+all-1)/all))
	}
	return text + fmt.Sprintf(" %d", old)
}
