package swarm

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"drydock/sim/clock"
)

const upkeep = clock.Upkeep

// Node is a machine of a swarm as its managers know it.
type Node struct {
	Meta
	ID     string
	Spec   NodeSpec
	Status NodeStatus
	Addr   string

	member  *Member // nil when the machine has left
	voter   bool    // a member of the raft cluster
	contact bool    // it has a session with the leader
	since   time.Time
	overdue bool // its heartbeats stayed away while there was no leader
	tasks   []*Task

	register, expiry, orphans *clock.Timer
	host                      hostFacts
}

// hostFacts is what a node tells about its machine when it joins.
type hostFacts struct {
	name, engine string
	cpus         int
	memory       int64
}

// NodeSpec is what operators say about a node.
type NodeSpec struct {
	Annotations
	Role         string // worker, manager
	Availability string // active, pause, drain
}

// NodeStatus is how a node is.
type NodeStatus struct {
	State   string `json:",omitempty"` // unknown, down, ready, disconnected
	Message string `json:",omitempty"`
	Addr    string `json:",omitempty"`
}

// Hostname is the machine's name.
func (n *Node) Hostname() string { return n.host.name }

// EngineVersion is the version of docker on the node.
func (n *Node) EngineVersion() string { return n.host.engine }

// IsManager reports that the node is a member of the raft cluster.
func (n *Node) IsManager() bool { return n.voter }

// Tasks lists the tasks that the node was given, oldest first.
func (n *Node) Tasks() []*Task { return slices.Clone(n.tasks) }

// ManagerStatus is Leader, Reachable, Unreachable, or empty on workers.
func (c *Cluster) ManagerStatus(n *Node) string {
	switch {
	case !n.voter:
		return ""
	case n == c.leader:
		return "Leader"
	case c.leader != nil && n.speaks() && c.leader.member.reaches(n.member):
		return "Reachable"
	}
	return "Unreachable"
}

// FindNode finds a node by id, host name, or the beginning of an id; "self" is
// the node that is asked.
func (c *Cluster) FindNode(m *Member, ref string) (*Node, error) {
	if ref == "self" && m.node != nil {
		return m.node, nil
	}
	return find("node", ref, c.nodes, func(n *Node) string { return n.ID }, (*Node).Hostname)
}

// NodeByID is the node with an id, or nil when it was removed.
func (c *Cluster) NodeByID(id string) *Node {
	for _, n := range c.nodes {
		if n.ID == id {
			return n
		}
	}
	return nil
}

// UpdateNode changes availability, labels and role of a node.
func (c *Cluster) UpdateNode(n *Node, change func(*NodeSpec) error) error {
	spec := n.Spec
	spec.Labels = map[string]string{}
	for k, v := range n.Spec.Labels {
		spec.Labels[k] = v
	}
	if err := change(&spec); err != nil {
		return err
	}
	switch {
	case !slices.Contains([]string{"active", "pause", "drain"}, spec.Availability):
		return fmt.Errorf("invalid Availability: %q", spec.Availability)
	case spec.Role != "worker" && spec.Role != "manager":
		return fmt.Errorf("invalid Role: %q", spec.Role)
	case spec.Role == "worker" && n.voter && len(c.voters()) == 1:
		return rpcError("FailedPrecondition", "attempting to demote the last manager of the swarm")
	case spec.Role == "worker" && n.voter && !c.survivesWithout(n):
		return rpcError("FailedPrecondition", "can't remove member from the raft: this would result in a loss of quorum")
	}
	before := n.Spec
	n.Spec = spec
	c.touch(&n.Meta)
	event := c.emit("node", n.Hostname(), "update", "%s", nodeChange(n.Hostname(), before, spec))
	c.clock().Because(event, func() {
		c.applyRole(n)
		c.nodeChanged(n)
	})
	return nil
}

func nodeChange(name string, before, after NodeSpec) string {
	switch {
	case before.Role != after.Role:
		return "the node " + name + " becomes a " + after.Role
	case before.Availability != after.Availability:
		return "the node " + name + " was set to " + after.Availability
	}
	return "the labels of the node " + name + " were changed"
}

// survivesWithout reports that the other managers still have a quorum without one.
func (c *Cluster) survivesWithout(n *Node) bool {
	reachable, total := 0, 0
	for _, v := range c.voters() {
		if v == n {
			continue
		}
		total++
		if v.speaks() && c.leader != nil && (c.leader == n || c.leader.member.reaches(v.member)) {
			reachable++
		}
	}
	return 2*reachable > total
}

// applyRole makes the raft cluster agree with what a node is to be. A node that
// is promoted gets its certificate first; a leader that is demoted hands over.
func (c *Cluster) applyRole(n *Node) {
	want := n.Spec.Role == "manager"
	if want == n.voter {
		return
	}
	n.voter = want
	if n == c.leader {
		c.stepDown()
	}
	c.check()
	c.showNetworks()
}

// RemoveNode takes a node out of the swarm. Its tasks are given up.
func (c *Cluster) RemoveNode(n *Node, force bool) error {
	switch {
	case n.voter:
		return rpcError("FailedPrecondition", "node %s is a cluster manager and is a member of the raft cluster. It must be demoted to worker before removal", n.ID)
	case !force && n.Status.State != "down":
		return rpcError("FailedPrecondition", "node %s is not down and can't be removed", n.ID)
	}
	n.register.Stop()
	n.expiry.Stop()
	n.orphans.Stop()
	event := c.emit("node", n.Hostname(), "remove", "the node %s was removed from the swarm", n.Hostname())
	c.nodes = slices.DeleteFunc(c.nodes, func(o *Node) bool { return o == n })
	n.contact = false
	if n.member != nil && n.member.node == n {
		n.member.stray = true
	}
	c.clock().Because(event, func() {
		c.orphan(n)
		for _, t := range n.Tasks() {
			if t.service.isGlobal() {
				c.forgetTask(t)
			}
		}
		c.plan()
	})
	return nil
}

// CheckRole words the errors of promote and demote for a role a node has already.
func (n *Node) CheckRole(role string) error {
	if n.Spec.Role != role {
		return nil
	}
	return errors.New("Node " + n.ID + " is already a " + role + ".")
}

// Matches reports that one of the node's ids or names begins with a text.
func (n *Node) Matches(text string) bool {
	return strings.HasPrefix(n.ID, text) || strings.HasPrefix(n.Hostname(), text)
}
