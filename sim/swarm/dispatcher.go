package swarm

import "time"

// How long a node takes to register with the leader's dispatcher.
const (
	registerTime = 1200 * time.Millisecond
	renewTime    = 2 * time.Second // with a leader that is new
)

// contacts looks which nodes the leader reaches, and begins or ends sessions.
func (c *Cluster) contacts() {
	for _, n := range c.Nodes() {
		inReach := n.member != nil && n.member.node == n && !n.member.stray && !n.member.locked && c.leader.member.reaches(n.member)
		switch {
		case inReach && !n.contact && n.register == nil:
			delay := registerTime
			if n.Status.State == "unknown" {
				delay = renewTime
			}
			n.register = c.clock().After(delay, func() { n.register = nil; c.registered(n) })
		case !inReach && n.contact:
			c.lost(n)
		case !inReach && n.register != nil:
			n.register.Stop()
			n.register = nil
		}
	}
}

// registered begins a session with a node: it is Ready, tells what became of its
// tasks and gets what it missed.
func (c *Cluster) registered(n *Node) {
	if c.leader == nil || n.member == nil || n.member.node != n || !c.leader.member.reaches(n.member) {
		return
	}
	n.expiry.Stop()
	n.orphans.Stop()
	n.contact, n.since = true, c.now()
	if n.Status.State != "ready" {
		n.Status.State, n.Status.Message = "ready", ""
		c.touch(&n.Meta)
		event := c.emit("node", n.Hostname(), "ready", "the node %s is Ready", n.Hostname())
		c.clock().Because(event, func() { c.nodeChanged(n) })
	}
	n.member.agent.sync()
}

// lost is the end of contact. The leader notices when heartbeats stay away for
// three periods after the last one.
func (c *Cluster) lost(n *Node) {
	n.contact = false
	if n.Status.State != "ready" {
		return
	}
	passed := c.now().Sub(n.since) % c.Heartbeat
	c.expireAfter(n, graceMultiplier*c.Heartbeat-passed)
}

func (c *Cluster) expireAfter(n *Node, d time.Duration) {
	n.expiry.Stop()
	n.expiry = c.clock().After(d, func() {
		if n.contact || n.Status.State == "down" {
			return
		}
		if c.leader == nil {
			n.overdue = true
			return
		}
		c.down(n)
	})
}

// down gives a node up and has its tasks replaced.
func (c *Cluster) down(n *Node) {
	n.overdue = false
	n.Status.State, n.Status.Message = "down", "Heartbeat failure"
	c.touch(&n.Meta)
	event := c.emit("node", n.Hostname(), "down", "the node %s is Down: no heartbeat came from it for %s", n.Hostname(), graceMultiplier*c.Heartbeat)
	c.clock().Because(event, func() { c.nodeChanged(n) })
	n.orphans.Stop()
	n.orphans = c.clock().AfterWeighted(orphanAfter, upkeep, func() { c.orphan(n) })
}

// forget is what a new leader begins with: every node is Unknown until it has
// registered, and Down when it does not.
func (c *Cluster) forget() {
	for _, n := range c.nodes {
		n.contact = false
		n.register.Stop()
		n.register = nil
		if n.Status.State == "down" {
			continue
		}
		n.Status.State, n.Status.Message = "unknown", "Node moved to \"unknown\" state due to leadership change in cluster"
		c.touch(&n.Meta)
		c.expireAfter(n, unknownGrace)
	}
}

// orphan gives up the tasks of a node that is gone for good.
func (c *Cluster) orphan(n *Node) {
	for _, t := range n.Tasks() {
		if t.State < Orphaned {
			c.setState(t, Orphaned, "Task belonged to a node that has been deleted", "")
		}
	}
}

// nodeChanged does what follows from another state, availability or label of a
// node: tasks move, global services grow, waiting tasks find a place.
func (c *Cluster) nodeChanged(n *Node) {
	if c.leader == nil {
		return
	}
	for _, t := range n.Tasks() {
		if t.Desired > Running {
			continue
		}
		switch {
		case n.Status.State == "down" || n.Spec.Availability == "drain":
			c.evict(t, n)
		case t.State <= Running && !t.service.isGlobal():
			c.enforce(t, n)
		}
	}
	for _, s := range c.Services() {
		if s.isGlobal() {
			c.reconcile(s)
		}
	}
	c.plan()
}

// evict replaces a task whose node is down or drained.
func (c *Cluster) evict(t *Task, n *Node) {
	if t.service.isGlobal() {
		c.setDesired(t, Shutdown)
		return
	}
	c.restart(t)
}

// enforce rejects a task whose node no longer meets its service's constraints
// (swarmkit, constraintenforcer).
func (c *Cluster) enforce(t *Task, n *Node) {
	if meets(t.Spec.Placement, n) {
		return
	}
	c.setState(t, Rejected, "task rejected by constraint enforcer", "assigned node no longer meets constraints")
}
