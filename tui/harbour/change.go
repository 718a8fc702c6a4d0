package harbour

import (
	"slices"
	"strings"

	"drydock/sim"
)

// look is what of an object is worth a mark when it changes.
type look struct {
	name    string
	state   string
	more    string
	count   int
	answers uint64
	at      string // the machine that it is on
}

// ghost is something that was there a moment ago.
type ghost struct {
	key  Key
	name string
	at   string // the machine that it was on
}

// looksOf notes how all objects look.
func looksOf(s sim.State) map[Key]look {
	looks := make(map[Key]look, len(s.Containers)+len(s.Images)+len(s.Networks)+len(s.Volumes)+len(s.Tasks)+16)
	hidden := swarmLooks(looks, s)
	for i := range s.Machines {
		m := &s.Machines[i]
		looks[Key{"machine", m.Name, m.Name}] = look{name: m.Name, state: machineWord(m)}
	}
	for i := range s.Containers {
		c := &s.Containers[i]
		if !hidden[c.Labels[swarmTask]] {
			looks[containerKey(c)] = look{c.Name, c.State, c.Health, c.Restarts, answers(c), c.Machine}
		}
	}
	for i := range s.Images {
		looks[imageKey(&s.Images[i])] = look{name: imageName(&s.Images[i]), at: s.Images[i].Machine, count: len(s.Images[i].Names)}
	}
	for i := range s.Networks {
		n := &s.Networks[i]
		looks[Key{"network", n.Machine, n.Name}] = look{name: n.Name, at: n.Machine, count: len(n.Containers)}
	}
	for i := range s.Volumes {
		v := &s.Volumes[i]
		looks[Key{"volume", v.Machine, v.Name}] = look{name: volumeName(v), at: v.Machine, count: len(v.UsedBy)}
	}
	for i := range s.Registries {
		r := &s.Registries[i]
		l := look{name: r.Host, count: len(r.Repos)}
		if !r.Up {
			l.state = "down"
		}
		for _, repo := range r.Repos {
			l.answers += uint64(len(repo.Tags))
		}
		looks[Key{"registry", "", r.Host}] = l
	}
	return looks
}

// answers has a bit for each published port that is answered.
func answers(c *sim.Container) (bits uint64) {
	for i, p := range c.Ports {
		if p.Answers {
			bits |= 1 << (i % 64)
		}
	}
	return bits
}

// compare marks what is new or different in a state and remembers what is gone.
func (m *Model) compare(s *sim.State, looks, inCluster map[Key]look) (changed bool) {
	if m.fresh == nil {
		m.fresh = map[Key]string{}
	}
	changed = m.compareLooks(m.looks, looks)
	if inCluster != nil {
		changed = m.compareLooks(m.kube.looks, inCluster) || changed
		changed = m.comparePods(m.state.Kube.Pods, s.Kube.Pods) || changed
	} else {
		inCluster = m.kube.looks
	}
	m.tidy(s, looks, inCluster)
	return changed
}

func (m *Model) compareLooks(past, now map[Key]look) (changed bool) {
	fresh := m.fresh
	for key, l := range now {
		before, was := past[key]
		switch {
		case !was && key.Kind == "task" && key.Machine != "": // what was left behind is nothing new
		case !was:
			fresh[key], changed = "new", true
		case key.Kind == "task" && before.at != l.at && before.at != "" && l.at != "":
			fresh[key], changed = "from "+before.at, true
		case before != l && fresh[key] != "": // what was said first matters more
			changed = true
		case before != l:
			fresh[key], changed = "changed", true
		}
	}
	for key, l := range past {
		if _, still := now[key]; !still && l.name != "" && len(m.ghosts) < mostGhosts {
			m.ghosts, changed = append(m.ghosts, ghost{key, l.name, l.at}), true
		}
	}
	return changed
}

// tidy orders the ghosts, and drops those of what is back.
func (m *Model) tidy(s *sim.State, looks, inCluster map[Key]look) {
	slices.SortFunc(m.ghosts, func(a, b ghost) int {
		if a.name != b.name {
			return map[bool]int{true: -1, false: 1}[a.name < b.name]
		}
		return map[bool]int{true: -1, false: 1}[a.key.ID < b.key.ID]
	})
	m.ghosts = slices.DeleteFunc(m.ghosts, func(g ghost) bool {
		_, back := looks[g.key]
		_, again := inCluster[g.key]
		return back || again || g.key.Kind == "pod" && findPod(&s.Kube, g.key) != nil
	})
}

// mostGhosts is how many things are remembered after they are gone.
const mostGhosts = 50

// moved reports a task or pod that came from another node a moment ago.
func (m *Model) moved(key Key) bool {
	return (key.Kind == "task" || key.Kind == "pod") && strings.HasPrefix(m.fresh[key], "from ")
}

// ghostsOf are the ghosts of some kinds on a machine.
func (m *Model) ghostsOf(machine string, kinds ...string) []ghost {
	var out []ghost
	for _, g := range m.ghosts {
		if g.at == machine && slices.Contains(kinds, g.key.Kind) {
			out = append(out, g)
		}
	}
	return out
}

// swarmLooks notes how services and tasks look, and which tasks there are.
func swarmLooks(looks map[Key]look, s sim.State) map[string]bool {
	ids := make(map[string]bool, len(s.Tasks))
	for i := range s.Services {
		v := &s.Services[i]
		looks[Key{"service", "", v.Name}] = look{name: v.Name, state: v.Update, more: v.Image, count: v.Running, answers: uint64(v.Replicas)}
	}
	for i := range s.Tasks {
		t := &s.Tasks[i]
		if ids[t.ID] = true; t.Current || shows(t) {
			looks[taskKey(t)] = look{name: t.Name, state: t.State, at: t.Node}
		}
	}
	return ids
}
