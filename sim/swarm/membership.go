package swarm

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"drydock/sim/clock"
	"drydock/sim/image"
)

// How long it takes to found and to join a swarm.
const (
	initTime    = 700 * time.Millisecond
	joinTime    = 900 * time.Millisecond
	joinTimeout = 20 * time.Second
	joinRefused = 10 * time.Second
	// joinRetries is how long a join that timed out goes on in the background.
	joinRetries = 40 * time.Second
)

var (
	errPartOfSwarm = errors.New(`This node is already part of a swarm. Use "docker swarm leave" to leave this swarm and join another one.`)
	errJoinTimeout = errors.New(`Timeout was reached before node joined. The attempt to join the swarm will continue in the background. Use the "docker info" command to see the current swarm status of your node.`)
)

// InitOptions are those of `docker swarm init`.
type InitOptions struct {
	AdvertiseAddr   string
	ForceNewCluster bool
	AutoLock        bool
	Availability    string
}

// Init founds a swarm on an engine, or with ForceNewCluster goes on alone with
// what this manager knows of one that lost its quorum.
func (m *Member) Init(p *clock.Proc, o InitOptions) error {
	if o.ForceNewCluster {
		return m.forceNewCluster(p)
	}
	if m.cluster != nil || m.joining != nil {
		return errPartOfSwarm
	}
	if err := m.checkAddr(o.AdvertiseAddr); err != nil {
		return err
	}
	p.Sleep(initTime)
	m.found(o)
	return nil
}

func (m *Member) found(o InitOptions) {
	c := m.fleet.newCluster()
	n := m.enter(c, true)
	if o.Availability != "" {
		n.Spec.Availability = o.Availability
	}
	c.leader = n
	event := c.emit("node", m.Name(), "init", "a swarm was initialized on %s", m.Name())
	c.clock().Because(event, func() {
		c.registered(n)
		if o.AutoLock {
			c.SetAutoLock(true)
		}
	})
}

// checkAddr finds an advertised address that no interface of the machine has.
func (m *Member) checkAddr(text string) error {
	if text == "" {
		return nil
	}
	host, _, ok := strings.Cut(text, ":")
	if !ok {
		host = text
	}
	if a, err := netip.ParseAddr(host); err == nil && !a.IsUnspecified() {
		return nil
	}
	if host == "eth0" || host == "lo" {
		return nil
	}
	return errors.New("advertise address must be a non-zero IP address or network interface (with optional port number)")
}

// forceNewCluster drops the other managers from the raft cluster.
func (m *Member) forceNewCluster(p *clock.Proc) error {
	if m.cluster == nil || !m.node.voter {
		return errors.New(`This node is not a swarm manager. Use "docker swarm init" or "docker swarm join" to connect this node to swarm and try again.`)
	}
	p.Sleep(initTime)
	c := m.cluster
	for _, n := range c.nodes {
		if n == m.node {
			continue
		}
		if n.voter && n.member != nil {
			n.member.stray = true // its own raft log says otherwise from now on
		}
		n.voter = false
	}
	c.election.Stop()
	c.election = nil
	c.leader, c.former = nil, m.node
	m.leaderless = false
	c.emit("node", m.Name(), "force-new-cluster", "%s goes on alone: the swarm has one manager now", m.Name())
	c.forget()
	c.lead(m.node)
	c.registered(m.node)
	return nil
}

// enter makes the engine a node of a swarm.
func (m *Member) enter(c *Cluster, manager bool) *Node {
	e := m.Engine
	n := &Node{
		ID: m.fleet.newID(), member: m, voter: manager, Addr: e.Machine.Addr.String(), since: c.now(),
		Spec: NodeSpec{Role: "worker", Availability: "active", Annotations: Annotations{Labels: map[string]string{}}},
		host: hostFacts{e.Machine.Name, e.Version, e.Machine.CPUs, e.Machine.Memory},
	}
	if manager {
		n.Spec.Role = "manager"
	}
	n.Status = NodeStatus{State: "unknown", Addr: n.Addr}
	c.touch(&n.Meta)
	c.nodes = append(c.nodes, n)
	m.cluster, m.node, m.stray, m.locked, m.leaderless, m.failed = c, n, false, false, false, ""
	m.agent = newAgent(m)
	c.addIngress(m)
	c.showNetworks()
	return n
}

// JoinOptions are those of `docker swarm join`.
type JoinOptions struct {
	Token        string
	Remote       string // "192.168.56.11:2377"
	Availability string
}

// Join makes the engine a node of the swarm at an address; the token says in
// which role. It returns that role.
func (m *Member) Join(p *clock.Proc, o JoinOptions) (manager bool, err error) {
	if m.cluster != nil || m.joining != nil {
		return false, errPartOfSwarm
	}
	digest, secret, err := splitToken(o.Token)
	if err != nil {
		return false, err
	}
	remote, answer := m.dial(o.Remote)
	switch {
	case answer == silent:
		m.keepTrying()
		p.Sleep(joinTimeout)
		return false, errJoinTimeout
	case answer == refused:
		p.Sleep(joinRefused)
		return false, rpcError("Unavailable", "connection error: desc = \"transport: Error while dialing: dial tcp %s: connect: connection refused\"", withPort(o.Remote))
	}
	c := remote.cluster
	p.Sleep(joinTime)
	switch {
	case o.Token == "" || digest == c.secretCA[0] && secret != c.secretCA[1] && secret != c.secretCA[2]:
		return false, rpcError("InvalidArgument", "A valid join token is necessary to join this cluster")
	case digest != c.secretCA[0]:
		p.Sleep(joinRefused)
		return false, fmt.Errorf("remote CA does not match fingerprint. Expected: %s", strings.TrimPrefix(image.Digest(digest), "sha256:"))
	}
	if !c.serves(remote) {
		m.keepTrying()
		p.Sleep(joinTimeout)
		return false, errJoinTimeout
	}
	m.joined(c, secret == c.secretCA[2], o.Availability)
	return m.node.voter, nil
}

func (m *Member) joined(c *Cluster, manager bool, availability string) {
	n := m.enter(c, manager)
	if availability != "" {
		n.Spec.Availability = availability
	}
	event := c.emit("node", m.Name(), "join", "%s joined the swarm as a %s", m.Name(), n.Spec.Role)
	c.clock().Because(event, func() {
		c.registered(n)
		c.check()
	})
}

// splitToken takes a join token apart (swarmkit, ca.ParseJoinToken).
func splitToken(token string) (digest, secret string, err error) {
	if token == "" {
		return "", "", nil
	}
	parts := strings.Split(token, "-")
	if len(parts) != 4 || parts[0] != "SWMTKN" || (parts[1] != "1" && parts[1] != "2") || len(parts[2]) != 50 || len(parts[3]) != 25 {
		return "", "", errors.New("invalid join token")
	}
	return parts[2], parts[3], nil
}

// dialAnswer is what a manager's address answers.
type dialAnswer int

const (
	silent dialAnswer = iota
	refused
	answered
)

// dial finds who listens at a manager's address.
func (m *Member) dial(remote string) (*Member, dialAnswer) {
	host, port, ok := strings.Cut(remote, ":")
	if !ok {
		port = strconv.Itoa(managementPort)
	}
	addrs, err := m.Engine.Machine.Net.LookupHost(host)
	if err != nil {
		return nil, silent
	}
	for _, o := range m.fleet.members {
		mine := o.Engine.Machine
		if !slices.Contains(addrs, mine.Addr) && !(addrs[0].IsLoopback() && o == m) {
			continue
		}
		lan := m.fleet.site.LAN
		if !mine.Powered || lan.Cut != nil && lan.Cut(m.Engine.Machine.Net, mine.Net) {
			return nil, silent
		}
		if o.cluster == nil || !o.node.voter || !o.alive() || port != strconv.Itoa(managementPort) {
			return nil, refused
		}
		return o, answered
	}
	return nil, silent
}

func withPort(remote string) string {
	if strings.Contains(remote, ":") {
		return remote
	}
	return remote + ":" + strconv.Itoa(managementPort)
}

// keepTrying goes on joining in the background, for nothing.
func (m *Member) keepTrying() {
	m.joining = m.fleet.clock().After(joinRetries, func() { m.joining = nil })
}

// Leave takes the engine out of its swarm.
func (m *Member) Leave(p *clock.Proc, force bool) error {
	if m.joining != nil {
		m.joining.Stop()
		m.joining = nil
		return nil
	}
	if m.cluster == nil {
		return errors.New("This node is not part of a swarm")
	}
	if m.node.voter && !force && !m.stray {
		return errors.New(m.leaveWarning())
	}
	c, n := m.cluster, m.node
	event := c.emit("node", m.Name(), "leave", "%s left the swarm", m.Name())
	c.clock().Because(event, func() {
		m.agent.leave(p)
		m.drop()
		n.member = nil
		if n.voter && len(c.voters()) == 1 {
			n.voter = false
			c.dissolve()
			return
		}
		c.lostMember(n)
	})
	return nil
}

// leaveWarning says what would be lost (moby, daemon/cluster/swarm.go).
func (m *Member) leaveWarning() string {
	text := "You are attempting to leave the swarm on a node that is participating as a manager. "
	c := m.cluster
	voters := c.voters()
	if len(voters) == 1 {
		return text + "Removing the last manager erases all current state of the swarm. Use `--force` to ignore this message."
	}
	if m.stray || !c.serves(m) {
		return text + "The only way to restore a swarm that has lost consensus is to reinitialize it with `--force-new-cluster`. Use `--force` to suppress this message."
	}
	reachable := 0
	for _, n := range voters {
		if n.speaks() && m.reaches(n.member) {
			reachable++
		}
	}
	if reachable-1 <= len(voters)/2 {
		text += fmt.Sprintf("Removing this node leaves %d managers out of %d. Without a Raft quorum your swarm will be inaccessible. ", reachable-1, len(voters))
	}
	return text + "The only way to restore a swarm that has lost consensus is to reinitialize it with `--force-new-cluster`. Use `--force` to suppress this message."
}

// drop forgets the swarm on this engine.
func (m *Member) drop() {
	m.hideNetworks()
	m.cluster, m.node, m.stray, m.locked, m.leaderless = nil, nil, false, false, false
}

// lostMember is a node that left: to the others it is one that does not answer.
func (c *Cluster) lostMember(n *Node) {
	if n.voter {
		n.voter = false
		if n == c.leader {
			c.stepDown()
		}
	}
	if n.contact && c.leader != nil {
		c.lost(n)
	}
	c.check()
}

// dissolve ends a swarm whose last manager has left.
func (c *Cluster) dissolve() {
	c.leader = nil
	c.election.Stop()
	c.planned.Stop()
	for _, s := range c.services {
		s.stopUpdate()
	}
	for _, n := range c.nodes {
		n.register.Stop()
		n.expiry.Stop()
		n.orphans.Stop()
	}
}

// Unlock gives a locked manager the key.
func (m *Member) Unlock(key string) error {
	switch {
	case m.cluster == nil:
		return errors.New("This node is not part of a swarm")
	case !m.locked:
		return errors.New("swarm is not locked")
	case key != m.cluster.unlock:
		return errors.New("swarm could not be unlocked: invalid key provided")
	}
	m.locked = false
	m.cluster.check()
	return nil
}
