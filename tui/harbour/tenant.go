package harbour

import (
	"slices"
	"strconv"
	"strings"

	"drydock/sim"
	"drydock/tui/draw"
	"drydock/tui/theme"
)

// Labels by which Compose and the swarm mark their containers, as Docker Engine
// 29 and Compose v5 write them.
const (
	composeProject = "com.docker.compose.project"
	composeService = "com.docker.compose.service"
	composeNumber  = "com.docker.compose.container-number"
	swarmTask      = "com.docker.swarm.task.id"
)

// tenant is what stands on a machine: a container, or a task of a service.
type tenant struct {
	key       Key
	name      string
	image     string
	project   string // of Compose; empty for what stands alone
	rank      int
	condition string
	container *sim.Container // nil for a task whose container is not known
	more      string         // what else is told of it
}

// ofContainer makes the tenant of a container. One of Compose is called by its
// service, and by its number where it is not the first.
func ofContainer(c *sim.Container) tenant {
	t := tenant{key: containerKey(c), name: c.Name, image: c.Image, rank: rank(c), condition: condition(c), container: c}
	if t.project = c.Labels[composeProject]; t.project != "" && c.Labels[composeService] != "" {
		t.name = c.Labels[composeService]
		if n := c.Labels[composeNumber]; n != "" && n != "1" {
			t.name += "-" + n
		}
	}
	return t
}

// label is a tenant's name in at most w cells. Of a pod's name the end must be seen:
// it alone differs from those of the others.
func (n *tenant) label(w int) string {
	if n.key.Kind == "pod" {
		return squeeze(n.name, w)
	}
	return draw.Clip(n.name, w)
}

// mark is the glyph of a tenant's state.
func (n *tenant) mark(t theme.Theme) (string, theme.Style) { return rankMark(t, n.rank) }

// doors are the published ports; links what else it is connected to.
func (n *tenant) doors(t theme.Theme, words bool) string {
	if n.container == nil {
		return ""
	}
	return doors(t, n.container, words)
}

func (n *tenant) links() string {
	switch {
	case n.container == nil:
		return n.more
	case n.project != "" && n.name != n.container.Name:
		return strings.TrimSpace(n.container.Name + "  " + links(n.container, n.project+"_default"))
	}
	return links(n.container, "bridge")
}

// settle gives each machine its tenants: tasks in the place of their containers,
// and those of a Compose project beside each other.
func (m *Model) settle(at map[string]int) {
	s := &m.state
	ofTask := m.housed()
	for i := range s.Containers {
		c := &s.Containers[i]
		if p, ok := at[c.Machine]; ok && !m.isTask(c) {
			m.machines[p].tenants = append(m.machines[p].tenants, ofContainer(c))
		}
	}
	failures := failures(s.Tasks)
	for i := range s.Tasks {
		task := &s.Tasks[i]
		p, ok := at[task.Node]
		if !ok || !shows(task) {
			continue
		}
		m.machines[p].tenants = append(m.machines[p].tenants, ofTaskOn(task, &m.machines[p], ofTask[task.ID], failures[task.Name]))
	}
	for i := range m.machines {
		p := &m.machines[i]
		if byProject := func(a, b tenant) int { return strings.Compare(a.project, b.project) }; !slices.IsSortedFunc(p.tenants, byProject) {
			slices.SortStableFunc(p.tenants, byProject)
		}
		for k := range p.tenants {
			p.tally[p.tenants[k].rank]++
			p.longest = max(p.longest, draw.Width(p.tenants[k].name))
		}
	}
}

// housed finds the containers of the tasks.
func (m *Model) housed() map[string]*sim.Container {
	m.tasks = make(map[string]bool, len(m.state.Tasks))
	for i := range m.state.Tasks {
		m.tasks[m.state.Tasks[i].ID] = true
	}
	out := map[string]*sim.Container{}
	for i := range m.state.Containers {
		if id := m.state.Containers[i].Labels[swarmTask]; id != "" {
			out[id] = &m.state.Containers[i]
		}
	}
	return out
}

// isTask reports a container that is drawn as the task it belongs to.
func (m *Model) isTask(c *sim.Container) bool { return m.tasks[c.Labels[swarmTask]] }

// failures counts for each slot the tasks that failed before the current one.
func failures(tasks []sim.Task) map[string]int {
	out := map[string]int{}
	for i := range tasks {
		if t := &tasks[i]; !t.Current && (t.State == "failed" || t.State == "rejected") {
			out[t.Name]++
		}
	}
	return out
}

// over reports a task that has come to its end.
func over(t *sim.Task) bool {
	return slices.Contains([]string{"complete", "shutdown", "failed", "rejected", "orphaned", "remove"}, t.State)
}

// shows reports that a task is drawn on its node: the current ones, and old ones
// that have not ended as far as the managers know.
func shows(t *sim.Task) bool { return t.Node != "" && (t.Current || !over(t)) }

func taskKey(t *sim.Task) Key {
	if t.Current {
		return Key{"task", "", t.Name} // the same when another task takes the slot
	}
	return Key{"task", t.Node, t.ID}
}

// ofTaskOn makes the tenant of a task on a machine.
func ofTaskOn(task *sim.Task, p *place, c *sim.Container, failed int) tenant {
	image, _, _ := strings.Cut(task.Image, "@")
	n := tenant{key: taskKey(task), name: task.Name, image: image, container: c, rank: taskRank(task), condition: task.State}
	lost := !p.machine.Powered || p.node != nil && p.node.Status == "down"
	switch {
	case lost && !over(task):
		n.rank, n.condition = 5, "lost"
	case !task.Current:
		n.rank, n.condition = 1, "stopping"
	case task.State == "running" && c != nil:
		n.rank, n.condition = rank(c), condition(c)
	}
	if failed > 0 && n.condition == "running" {
		n.condition = "running, failed " + strconv.Itoa(failed) + "×"
	}
	return n
}

// taskRank is what the glyph of a task's state says.
func taskRank(t *sim.Task) int {
	switch {
	case t.State == "running":
		return 0
	case t.State == "complete" || t.State == "shutdown" || t.State == "remove":
		return 6
	case over(t):
		return 5
	}
	return 1
}
