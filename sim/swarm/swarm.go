// Package swarm is swarm mode of Docker Engine 29.7.2 over several machines:
// nodes and the raft log that managers share, services and their tasks, the
// routing mesh and overlay networks, secrets and configs.
//
// A Fleet is every engine of a world. Each engine is a Member: what its disk knows
// of a swarm. Members of one swarm share a Cluster, which stands for the content
// of the raft log; a manager reaches it only while a leader with a quorum can be
// reached (raft.go). Everything else follows the parts of SwarmKit:
//
//	dispatcher.go                     heartbeats: when a node is Ready, Unknown or Down
//	orchestrator.go, restart.go       services to tasks, tasks that ended to new ones
//	global.go, job.go                 the modes that are not replicated
//	updater.go                        rolling updates and rollbacks
//	scheduler.go, filter.go           tasks to nodes
//	agent.go                          tasks to containers of the node's engine
//	network.go, mesh.go               overlay networks, VIPs, the routing mesh
//
// Nothing polls. A part acts when what it watches changed, or when a delay fell
// due; heartbeats are worked out from the moment of contact, not sent.
package swarm

import (
	"math/rand/v2"
	"strings"
	"time"

	"drydock/sim/clock"
	"drydock/sim/docker"
	"drydock/sim/machine"
)

// Fleet is every engine of a world, with its part in swarm mode.
type Fleet struct {
	site    *machine.Site
	members []*Member
}

// NewFleet makes a fleet without engines.
func NewFleet(site *machine.Site) *Fleet { return &Fleet{site: site} }

// Member is one engine: what is on its own disk about swarm mode.
type Member struct {
	Engine *docker.Engine

	fleet   *Fleet
	cluster *Cluster // nil: not in a swarm
	node    *Node
	locked  bool   // its raft log is encrypted and nobody unlocked it since it started
	stray   bool   // removed from the swarm without leaving it
	failed  string // why it could not join
	joining *clock.Timer
	// leaderless says that a request has found out that there is no leader.
	leaderless bool
	agent      *agent
}

// Add makes an engine swarm-capable.
func (f *Fleet) Add(e *docker.Engine) *Member {
	m := &Member{Engine: e, fleet: f}
	f.members = append(f.members, m)
	e.Swarm = m.info
	e.Overlay = m.createOverlay
	e.RemoveOverlay = m.removeOverlay
	e.Learn = m.learn
	e.InspectObject = m.inspect
	e.Machine.OnPower(func(on bool) { m.powered(on) })
	e.Changed().Watch(m.engineChanged)
	return m
}

// Member finds the part that a machine's engine has in swarm mode, or nil.
func (f *Fleet) Member(name string) *Member {
	for _, m := range f.members {
		if m.Engine.Machine.Name == name {
			return m
		}
	}
	return nil
}

// Of finds the member of an engine, or nil.
func (f *Fleet) Of(e *docker.Engine) *Member {
	for _, m := range f.members {
		if m.Engine == e {
			return m
		}
	}
	return nil
}

// Clusters lists the swarms of the world, in the order of their first member.
func (f *Fleet) Clusters() []*Cluster {
	var list []*Cluster
	for _, m := range f.members {
		known := m.cluster == nil
		for _, c := range list {
			known = known || c == m.cluster
		}
		if !known {
			list = append(list, m.cluster)
		}
	}
	return list
}

// Check looks again at who reaches whom; call it when the network changed.
func (f *Fleet) Check() {
	for _, c := range f.Clusters() {
		c.check()
	}
}

func (f *Fleet) clock() *clock.Clock { return f.site.Clock }

func (f *Fleet) now() time.Time { return f.site.Clock.Now() }

// alive reports that the member's daemon runs.
func (m *Member) alive() bool { return m.Engine.Up && m.Engine.Machine.Powered }

// reaches reports that two daemons can talk to each other.
func (m *Member) reaches(o *Member) bool {
	if m == o {
		return m.alive()
	}
	lan := m.fleet.site.LAN
	cut := lan.Cut != nil && lan.Cut(m.Engine.Machine.Net, o.Engine.Machine.Net)
	return m.alive() && o.alive() && !cut
}

// Name is the machine's name.
func (m *Member) Name() string { return m.Engine.Machine.Name }

// Cluster is the swarm that the engine is part of, or nil.
func (m *Member) Cluster() *Cluster { return m.cluster }

// Node is the engine's node in that swarm, or nil.
func (m *Member) Node() *Node { return m.node }

// powered follows the machine's power: agents and managers end and begin with it.
func (m *Member) powered(bool) { m.engineChanged() }

// engineChanged looks at what a change of the engine means for its swarm.
func (m *Member) engineChanged() {
	if m.cluster == nil {
		return
	}
	if up := m.alive(); up != m.agent.up {
		m.agent.up = up
		m.restarted(up)
		return
	}
	m.agent.look()
}

// restarted is the daemon's end or start.
func (m *Member) restarted(up bool) {
	m.leaderless = false
	if up {
		if m.cluster.AutoLock && m.node.voter {
			m.locked = true
		}
		m.cluster.addIngress(m)
	} else {
		m.agent.stop()
	}
	m.cluster.check()
}

const idDigits = "0123456789abcdefghijklmnopqrstuvwxyz"

// newID draws the 25 characters that name an object of a cluster (swarmkit,
// package identity).
func newID(r *rand.Rand) string { return randomText(r, 25) }

func randomText(r *rand.Rand, n int) string {
	var b strings.Builder
	for range n {
		b.WriteByte(idDigits[r.IntN(len(idDigits))])
	}
	return b.String()
}

func (f *Fleet) newID() string { return newID(f.clock().Rand()) }
