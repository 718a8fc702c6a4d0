package harbour

import (
	"cmp"
	"strings"

	"drydock/sim"
)

// kubeLooks notes how the objects of a cluster look, but for its pods: those are
// compared in place, since they can be very many.
func kubeLooks(k *sim.Kube, machines []sim.Machine) map[Key]look {
	looks := make(map[Key]look, len(k.Nodes)+len(k.Workloads)+len(k.Services)+len(k.Ingresses)+len(k.Claims)+len(k.Autoscalers)+1)
	if !k.Exists {
		return looks
	}
	real := make(map[string]bool, len(machines))
	for i := range machines {
		real[machines[i].Name] = true
	}
	looks[namespaceKey(systemNamespace)] = look{name: "namespace/" + systemNamespace}
	for i := range k.Nodes {
		n := &k.Nodes[i]
		l := look{name: "node/" + n.Name, state: n.Status, count: len(n.Taints)}
		if real[n.Name] {
			looks[Key{"machine", n.Name, n.Name}] = l
		} else {
			looks[Key{"node", "", n.Name}] = l
		}
	}
	for i := range k.Workloads {
		w := &k.Workloads[i]
		if w.Kind == "ReplicaSet" && w.Replicas == 0 && w.Current == 0 {
			looks[workloadKey(w)] = look{name: spoken("replicaset", w.Namespace, w.Name)}
			continue
		}
		looks[workloadKey(w)] = look{
			name: spoken(strings.ToLower(w.Kind), w.Namespace, w.Name), state: w.Rollout, more: w.Revision, count: w.Ready + w.Succeeded,
			answers: uint64(w.Replicas), //nolint:gosec // a count
		}
	}
	for i := range k.Services {
		v := &k.Services[i]
		looks[kubeServiceKey(v)] = look{name: spoken("service", v.Namespace, v.Name), state: v.Type, more: strings.Join(v.External, " "), count: v.ReadyCount}
	}
	for i := range k.Ingresses {
		g := &k.Ingresses[i]
		looks[Key{"ingress", g.Namespace, g.Name}] = look{name: spoken("ingress", g.Namespace, g.Name), state: strings.Join(g.Hosts, " "), count: len(g.Services)}
	}
	for i := range k.Claims {
		c := &k.Claims[i]
		looks[Key{"claim", c.Namespace, c.Name}] = look{name: spoken("pvc", c.Namespace, c.Name), state: c.Phase, more: c.Volume, count: len(c.UsedBy)}
	}
	for i := range k.Autoscalers {
		a := &k.Autoscalers[i]
		looks[Key{"autoscaler", a.Namespace, a.Name}] = look{name: spoken("hpa", a.Namespace, a.Name), count: a.Desired}
	}
	return looks
}

// spoken is what the history of an object of a cluster is asked for by.
func spoken(kind, namespace, name string) string { return kind + "/" + scoped(namespace, name) }

// comparePods marks the pods that are new or different and remembers those that are
// gone. Both lists are in the order of namespace and name.
func (m *Model) comparePods(before, now []sim.Pod) (changed bool) {
	if sameList(before, now) {
		return false
	}
	mark := func(p *sim.Pod, what string) {
		if key := podKey(p); m.fresh[key] == "" {
			m.fresh[key] = what
		}
		changed = true
	}
	i, j := 0, 0
	for i < len(before) || j < len(now) {
		order := 0
		switch {
		case i == len(before):
			order = 1
		case j == len(now):
			order = -1
		default:
			order = cmp.Or(strings.Compare(before[i].Namespace, now[j].Namespace), strings.Compare(before[i].Name, now[j].Name))
		}
		switch {
		case order < 0:
			changed = m.departed(&before[i]) || changed
			i++
		case order > 0:
			if m.shows(now[j].Namespace) {
				mark(&now[j], "new")
			}
			j++
		default:
			if what := podChange(&before[i], &now[j]); what != "" && m.shows(now[j].Namespace) {
				mark(&now[j], what)
			}
			i, j = i+1, j+1
		}
	}
	return changed
}

// departed remembers a pod that is gone for a moment.
func (m *Model) departed(p *sim.Pod) bool {
	if !m.shows(p.Namespace) {
		return false
	}
	if len(m.ghosts) < mostGhosts {
		m.ghosts = append(m.ghosts, ghost{podKey(p), p.Name, p.Node})
	}
	return true
}

// podChange is the word for what happened to a pod; empty when nothing did that can
// be seen.
func podChange(a, b *sim.Pod) string {
	switch {
	case a.UID != b.UID && a.Node != b.Node && a.Node != "" && b.Node != "":
		return "from " + a.Node
	case a.UID != b.UID:
		return "new"
	case a.Status != b.Status || a.Ready != b.Ready || a.Restarts != b.Restarts || a.Node != b.Node:
		return "changed"
	}
	return ""
}
