package harbour

import (
	"strconv"
	"strings"

	"drydock/sim"
	"drydock/tui/draw"
	"drydock/tui/theme"
)

// podRank is what the glyph of a pod's state says; the ranks are those of containers.
func podRank(p *sim.Pod) int {
	switch {
	case p.Phase == "Succeeded":
		return 6
	case p.Deleting:
		return 1
	case p.Ready && p.Status == "Running":
		return 0
	case p.Status == "CrashLoopBackOff" || p.Status == "Init:CrashLoopBackOff":
		return 4
	case p.Phase == "Failed" || wentWrong(p.Status):
		return 5
	}
	return 1
}

// wentWrong reports a state in which a pod stays until somebody mends something, in
// the words of kubectl v1.37.
func wentWrong(status string) bool {
	status = strings.TrimPrefix(status, "Init:")
	switch status {
	case "Error", "OOMKilled", "ContainerCannotRun", "StartError", "DeadlineExceeded", "Evicted", "NodeLost", "Unknown", "CreateContainerConfigError",
		"CreateContainerError", "InvalidImageName", "RunContainerError", "ErrImageNeverPull":
		return true
	}
	return strings.HasPrefix(status, "ErrImage") || strings.HasPrefix(status, "ImagePull") || strings.HasPrefix(status, "ExitCode:") ||
		strings.HasPrefix(status, "Signal:")
}

// podStates are the words of the ranks for pods.
func podStates() [7]string {
	return [7]string{"running", "not ready", "unhealthy", "paused", "crashing", "failed", "completed"}
}

// podWord is a pod's state as kubectl get pods has it, with what its other columns
// add: how many containers are ready, how often they were restarted.
func podWord(p *sim.Pod) string {
	word := p.Status
	if p.Status == "Running" && !p.Ready {
		ready, all := readiness(p)
		word += " " + strconv.Itoa(ready) + "/" + strconv.Itoa(all)
	}
	if p.Restarts > 0 {
		word += ", restarted " + strconv.Itoa(p.Restarts) + "×"
	}
	return word
}

// readiness counts the containers that are ready, without those that only begin.
func readiness(p *sim.Pod) (ready, all int) {
	for i := range p.Containers {
		c := &p.Containers[i]
		if c.Init {
			continue
		}
		if all++; c.Ready {
			ready++
		}
	}
	return ready, all
}

// podImage is the image of a pod's first container, and how many more there are.
func podImage(p *sim.Pod) string {
	first, more := "", 0
	for i := range p.Containers {
		switch {
		case p.Containers[i].Init:
		case first == "":
			first = p.Containers[i].Image
		default:
			more++
		}
	}
	if more > 0 {
		first += " +" + strconv.Itoa(more)
	}
	return first
}

// ofPod makes the tenant of a pod on a node.
func ofPod(p *sim.Pod, at *place) tenant {
	n := tenant{key: podKey(p), name: p.Name, image: podImage(p), rank: podRank(p), condition: podWord(p), more: p.Addr}
	if p.Namespace != "default" {
		n.more = strings.TrimSpace(p.Namespace + "  " + p.Addr)
	}
	if !at.machine.Powered && n.rank != 6 {
		n.rank = 5
		if n.condition = "lost"; p.Status != "Running" {
			n.condition += ", " + p.Status
		}
	}
	return n
}

// squeeze shortens the name of a pod in its middle.
func squeeze(name string, w int) string {
	const tail = 5 // what is drawn by lot at the end of a name
	at := strings.LastIndexByte(name, '-')
	if len(name) <= w || at < 0 || len(name)-at > tail+1 || w < tail+3 {
		return draw.Clip(name, w)
	}
	return name[:w-tail-1] + theme.Ellipsis + name[len(name)-tail:]
}

// berth is a number of pods of one owner that wait for a node for the same reason.
type berth struct {
	pod    *sim.Pod // the first of them
	reason string
	n      int
}

// waitingPods are those that no node has, by owner and reason.
func (m *Model) waitingPods() []berth {
	type why struct{ owner, reason string }
	at := map[why]int{}
	var out []berth
	for i := range m.state.Kube.Pods {
		p := &m.state.Kube.Pods[i]
		if p.Node != "" || p.Phase != "Pending" || p.Deleting || !m.shows(p.Namespace) {
			continue
		}
		k := why{p.Namespace + "/" + p.Owner, p.Message}
		if p.Owner == "" {
			k.owner += p.Name
		}
		if _, known := at[k]; !known {
			at[k] = len(out)
			out = append(out, berth{pod: p, reason: shortReason(p.Message)})
		}
		out[at[k]].n++
	}
	return out
}

// shortReason leaves of the scheduler's message what each node said.
func shortReason(message string) string {
	if _, said, found := strings.Cut(message, "nodes are available: "); found {
		message = said
	}
	message, _, _ = strings.Cut(message, ". preemption:")
	message = strings.TrimSuffix(strings.TrimSuffix(message, "."), ". not found")
	return strings.ReplaceAll(message, " node(s) ", " ")
}

// onQuay draws the pods that wait, in at most h lines.
func (m *Model) onQuay(t theme.Theme, w, h int) block {
	var out block
	for i := range m.kube.quay {
		if out.height() >= h {
			break
		}
		if rest := len(m.kube.quay) - i; out.height() == h-1 && rest > 1 {
			n := 0
			for _, more := range m.kube.quay[i:] {
				n += more.n
			}
			out.line(draw.Fit(" "+t.Warn.Render(theme.Starting)+" "+plural(n, "pod")+" wait for a node", w))
			break
		}
		each := &m.kube.quay[i]
		key := podKey(each.pod)
		name, verb := scoped(each.pod.Namespace, each.pod.Name), " waits"
		if _, owner, owned := strings.Cut(each.pod.Owner, "/"); owned && each.n > 1 {
			name, verb = thousands(each.n)+" pods of "+scoped(each.pod.Namespace, owner), " wait"
		}
		line := " " + t.Warn.Render(theme.Starting) + " " + m.styleOf(t, key, t.Strong).Render(name) + t.Warn.Render(verb)
		switch {
		case each.reason != "":
			line += t.Dim.Render(": " + each.reason)
		case m.stopped("kube-scheduler"):
			line += t.Dim.Render(": no scheduler runs")
		default:
			line += t.Dim.Render(" for a node")
		}
		out.object(key, w, draw.Fit(line, w))
	}
	return out
}
