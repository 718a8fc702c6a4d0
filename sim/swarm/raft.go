package swarm

import (
	"errors"
	"time"

	"drydock/sim/clock"
)

// How long managers take among themselves (measured with three managers on
// Docker 28.2.2).
const (
	electionMin    = 8 * time.Second // until the others notice that the leader is gone
	electionSpread = 3 * time.Second
	reelection     = 3 * time.Second // when a quorum comes together again
	handOver       = 300 * time.Millisecond
	requestTimeout = 20 * time.Second
)

// Why a request to the cluster fails.
var (
	errNotSwarm = errors.New(`This node is not a swarm manager. Use "docker swarm init" or "docker swarm join" to connect this node to swarm and try again.`)
	errWorker   = errors.New("This node is not a swarm manager. Worker nodes can't be used to view or modify cluster state. Please run this command on a manager node or promote the current node to a manager.")
	errNoLeader = rpcError("Unknown", "The swarm does not have a leader. It's possible that too few managers are online. Make sure more than half of the managers are online.")
	errDeadline = rpcError("DeadlineExceeded", "context deadline exceeded")
	errLocked   = errors.New(`Swarm is encrypted and needs to be unlocked before it can be used. Please use "docker swarm unlock" to unlock it.`)
)

// Control is the cluster as a manager's API gives access to it. The first
// request after a leader is gone waits for another one until it times out; those
// after it fail at once.
func (m *Member) Control(p *clock.Proc) (*Cluster, error) {
	switch {
	case m.locked:
		return nil, errLocked
	case m.cluster == nil:
		return nil, errNotSwarm
	case !m.node.voter || m.stray:
		return nil, errWorker
	}
	c := m.cluster
	if c.serves(m) {
		return c, nil
	}
	if m.leaderless {
		return nil, errNoLeader
	}
	end := c.now().Add(requestTimeout)
	for !c.serves(m) {
		left := end.Sub(c.now())
		if left <= 0 {
			m.leaderless = true
			return nil, errDeadline
		}
		p.SleepUntil(left, c.elected)
		if m.cluster != c {
			return nil, errNotSwarm
		}
	}
	return c, nil
}

// serves reports that a manager can answer: a leader with a quorum is in reach.
func (c *Cluster) serves(m *Member) bool {
	return c.leader != nil && m.reaches(c.leader.member) && c.quorum(c.leader.member)
}

// voters are the members of the raft cluster.
func (c *Cluster) voters() []*Node {
	var list []*Node
	for _, n := range c.nodes {
		if n.voter {
			list = append(list, n)
		}
	}
	return list
}

// quorum reports that a manager reaches more than half of the managers.
func (c *Cluster) quorum(m *Member) bool {
	voters := c.voters()
	reached := 0
	for _, n := range voters {
		if n.speaks() && m.reaches(n.member) {
			reached++
		}
	}
	return 2*reached > len(voters)
}

// speaks reports that the node's manager takes part in the raft cluster.
func (n *Node) speaks() bool {
	m := n.member
	return n.voter && m != nil && m.node == n && !m.locked && m.alive()
}

// check looks at who reaches whom: the leader stays, is lost, or is elected, and
// nodes come and go.
func (c *Cluster) check() {
	if c.leader != nil && c.leader.speaks() && c.quorum(c.leader.member) {
		c.contacts()
		return
	}
	if c.leader != nil {
		c.emit("node", c.leader.Hostname(), "leader-lost", "the swarm lost its leader %s: %s", c.leader.Hostname(), c.lossReason())
		c.former, c.leader = c.leader, nil
		for _, n := range c.nodes {
			if c.former.speaks() && n.contact && (n.member == nil || !c.former.member.reaches(n.member)) {
				c.lost(n)
			}
		}
		c.planned.Stop()
		c.pending = false
		for _, s := range c.services {
			s.stopUpdate()
		}
	}
	if c.candidate() == nil {
		c.election.Stop()
		c.election = nil
		return
	}
	if c.election != nil {
		return
	}
	delay := electionMin + time.Duration(c.clock().Rand().Int64N(int64(electionSpread)))
	if c.former != nil && c.former.speaks() {
		delay = reelection
	}
	c.elect(delay)
}

func (c *Cluster) lossReason() string {
	if c.leader.speaks() {
		return "it reaches too few of the managers"
	}
	return "its manager does not answer"
}

// elect has the managers choose a leader after a delay.
func (c *Cluster) elect(delay time.Duration) {
	c.election = c.clock().After(delay, func() {
		c.election = nil
		n := c.candidate()
		if n == nil || c.leader != nil {
			return
		}
		c.lead(n)
	})
}

// candidate is a manager that would win an election: the last leader if it can,
// otherwise one of those that reach a quorum.
func (c *Cluster) candidate() *Node {
	if f := c.former; f != nil && f.speaks() && c.quorum(f.member) {
		return f
	}
	for _, n := range c.voters() {
		if n.speaks() && c.quorum(n.member) {
			return n
		}
	}
	return nil
}

// lead makes a node the leader. A new one has heard of no node yet.
func (c *Cluster) lead(n *Node) {
	event := c.emit("node", n.Hostname(), "leader", "%s was elected leader of the swarm", n.Hostname())
	fresh := c.former != nil && c.former != n
	c.leader = n
	c.clock().Because(event, func() {
		if fresh {
			c.forget()
		}
		for _, o := range c.nodes {
			if o.overdue && !o.contact {
				c.expireAfter(o, 0)
			}
		}
		for _, m := range c.fleet.members {
			if m.cluster == c && m.reaches(n.member) {
				m.leaderless = false
			}
		}
		c.contacts()
		c.elected.Broadcast()
		c.resume()
	})
}

// resume does what a leader finds undone.
func (c *Cluster) resume() {
	for _, n := range c.nodes {
		if n.contact && n.member != nil {
			n.member.agent.sync()
		}
	}
	for _, s := range c.Services() {
		for _, t := range s.Tasks() {
			if t.stalled {
				t.stalled = false
				c.startNow(t)
			}
		}
		c.reconcile(s)
		if s.updating() {
			c.startUpdate(s, false)
		}
	}
	c.plan()
}

// stepDown has the leader hand over to another manager.
func (c *Cluster) stepDown() {
	c.former, c.leader = nil, nil
	var next *Node
	for _, n := range c.voters() {
		if n.speaks() && c.quorum(n.member) {
			next = n
			break
		}
	}
	if next != nil {
		c.clock().After(handOver, func() {
			if c.leader == nil {
				c.lead(next)
			}
		})
	}
}

// Available reports that the swarm has a leader with a quorum.
func (c *Cluster) Available() bool {
	return c.leader != nil && c.leader.speaks() && c.quorum(c.leader.member)
}
