// Package harbour draws a world: machines as boxes, containers as tiles in them,
// images as stacks of layers, volumes, networks, registries and builds. It draws
// only what fits, so that three containers and three thousand take the same time.
package harbour

import (
	"image"

	"drydock/sim"
	"drydock/tui/theme"
)

// Key names an object of the world.
type Key struct {
	// Kind is machine, container, image, volume, network, registry, service, task; of
	// a cluster also node, pod, deployment and the like, "kube service", claim, namespace.
	Kind    string
	Machine string // of an object of a cluster its namespace
	ID      string // what stays the same: a container's id, an image's, a name
}

// Model is the picture of a world: its state, what changed a moment ago, and
// what is selected.
type Model struct {
	state    sim.State
	machines []place
	shared   map[string]int // how many images of a machine have a layer
	looks    map[Key]look
	fresh    map[Key]string // what happened to it a moment ago
	ghosts   []ghost
	tasks    map[string]bool // ids of the tasks there are
	kube     cluster
	desk     []place      // machines that are no nodes, where there is a cluster
	open     map[Key]bool // rows whose contents are drawn
	selected Key
	shown    bool
}

// place is a machine with what is on it, as indexes into the state's lists.
type place struct {
	machine  sim.Machine
	node     *sim.Node     // of the swarm; nil without one
	kube     *sim.KubeNode // of a cluster; nil without one
	pods     []int32       // on the node
	hollow   bool          // a node that has no machine
	tenants  []tenant
	images   []int
	volumes  []int
	networks []int
	tally    [7]int // tenants by their rank
	longest  int    // width of the longest name of a tenant
}

// New makes a picture of nothing.
func New() Model { return Model{} }

// Show takes the world as it is now. It reports whether anything that is marked
// changed: then Calm is due in a moment.
func (m *Model) Show(s sim.State) bool {
	looks := looksOf(s)
	var inCluster map[Key]look // nil when nothing changed there
	if !m.shown || !sameCluster(&m.state.Kube, &s.Kube) {
		inCluster = kubeLooks(&s.Kube, s.Machines)
	}
	changed := m.shown && m.compare(&s, looks, inCluster)
	m.state, m.looks, m.shown = s, looks, true
	if inCluster != nil {
		m.moor()
		m.kube.looks = inCluster
	}
	m.sort()
	if m.Name(m.selected) == "" {
		m.selected = Key{}
	}
	return changed
}

// Calm takes the marks off what changed, and the ghosts away.
func (m *Model) Calm() { m.fresh, m.ghosts = nil, nil }

// Selected is the chosen object; the zero Key when there is none.
func (m *Model) Selected() Key { return m.selected }

// Select chooses an object.
func (m *Model) Select(k Key) { m.selected = k }

// sort groups what there is by machine, once for all drawings of it.
func (m *Model) sort() {
	s := &m.state
	at := make(map[string]int, len(s.Machines))
	m.desk = nil
	m.machines = make([]place, len(s.Machines))
	for i, machine := range s.Machines {
		m.machines[i].machine, at[machine.Name] = machine, i
	}
	each := func(machine string, put func(*place)) {
		if i, ok := at[machine]; ok {
			put(&m.machines[i])
		}
	}
	for i := range s.Nodes {
		each(s.Nodes[i].Name, func(p *place) { p.node = &s.Nodes[i] })
	}
	m.settle(at)
	m.shared = map[string]int{}
	for i := range s.Images {
		each(s.Images[i].Machine, func(p *place) { p.images = append(p.images, i) })
		for _, l := range s.Images[i].Layers {
			if l.Size > 0 {
				m.shared[s.Images[i].Machine+l.Digest]++
			}
		}
	}
	for i := range s.Volumes {
		each(s.Volumes[i].Machine, func(p *place) { p.volumes = append(p.volumes, i) })
	}
	for i := range s.Networks {
		if worthShowing(&s.Networks[i]) {
			each(s.Networks[i].Machine, func(p *place) { p.networks = append(p.networks, i) })
		}
	}
	if s.Kube.Exists {
		m.berthed()
	}
}

// View draws the picture into w × h cells. What is selected is seen while it is
// focused.
func (m *Model) View(t theme.Theme, w, h int, focused bool) []string {
	if !focused {
		quiet := *m
		quiet.selected = Key{}
		m = &quiet
	}
	return m.scene(t, w, h, focused).lines
}

// At is the object drawn at a cell of a w × h picture.
func (m *Model) At(x, y, w, h int, focused bool) (Key, bool) {
	for _, hit := range m.scene(theme.Theme{}, w, h, focused).hits {
		if image.Pt(x, y).In(hit.at) {
			return hit.key, true
		}
	}
	return Key{}, false
}

// Direction is where an arrow key points.
type Direction int

// The directions.
const (
	Left Direction = iota
	Right
	Up
	Down
)

// Move selects the nearest object in a direction; the first when none is selected.
func (m *Model) Move(d Direction, w, h int) {
	picture, _ := m.picture(theme.Theme{}, w, h)
	hits := picture.hits
	if len(hits) == 0 {
		return
	}
	from := -1
	for i, hit := range hits {
		if hit.key == m.selected {
			from = i
		}
	}
	if from < 0 {
		m.selected = hits[0].key
		return
	}
	best, distance := from, 1<<30
	for i, hit := range hits {
		if far, ok := apart(hits[from].at, hit.at, d); ok && i != from && far < distance {
			best, distance = i, far
		}
	}
	m.selected = hits[best].key
}

// apart is how far b is from a in a direction; false when it is not there. What
// is in line counts as nearer than what is aside.
func apart(a, b image.Rectangle, d Direction) (int, bool) {
	dx, dy := b.Min.X-a.Min.X, b.Min.Y-a.Min.Y
	switch d {
	case Left:
		return -dx + 8*abs(dy), dx < 0 && overlaps(a.Min.Y, a.Max.Y, b.Min.Y, b.Max.Y)
	case Right:
		return dx + 8*abs(dy), dx > 0 && overlaps(a.Min.Y, a.Max.Y, b.Min.Y, b.Max.Y)
	case Up:
		return -4*dy + abs(dx), dy < 0
	default:
		return 4*dy + abs(dx), dy > 0
	}
}

func overlaps(a, b, c, d int) bool { return a < d && c < b }

func abs(n int) int { return max(n, -n) }
