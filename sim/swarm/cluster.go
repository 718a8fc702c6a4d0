package swarm

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"drydock/sim/clock"
)

// Defaults of a new swarm (swarmkit, defaults/service.go; moby, daemon/cluster).
const (
	defaultHistory  = 5
	heartbeatPeriod = 5 * time.Second
	defaultCertLife = 90 * 24 * time.Hour
	graceMultiplier = 3
	unknownGrace    = 30 * time.Second // for nodes that a new leader has not heard of yet
	orphanAfter     = 24 * time.Hour
	foundingEntries = 13 // raft entries of a new swarm that are no objects here
	managementPort  = 2377
)

// Cluster is what the managers of one swarm agree on.
type Cluster struct {
	Meta
	ID          string
	TaskHistory int
	Heartbeat   time.Duration
	CertLife    time.Duration
	AutoLock    bool
	ForceRotate uint64

	fleet    *Fleet
	nodes    []*Node
	services []*Service
	networks []*Network
	secrets  []*Secret
	configs  []*Secret
	index    uint64
	secretCA [3]string // the digest in every token, and the secrets of workers and managers
	unlock   string
	root     certificate
	leader   *Node
	former   *Node // the last leader
	election *clock.Timer
	waiting  []*Task // tasks without a node
	planned  *clock.Timer
	pending  bool // the scheduler is going to look
	elected  *clock.Signal
}

// newCluster founds a swarm with nobody in it.
func (f *Fleet) newCluster() *Cluster {
	c := &Cluster{
		ID: f.newID(), TaskHistory: defaultHistory, Heartbeat: heartbeatPeriod, CertLife: defaultCertLife, fleet: f, elected: f.clock().NewSignal(),
	}
	r := f.clock().Rand()
	c.secretCA = [3]string{randomText(r, 50), randomText(r, 25), randomText(r, 25)}
	c.root = newCertificate(c.secretCA[0])
	c.touch(&c.Meta)
	c.newNetwork(NetworkSpec{Name: "ingress", Ingress: true})
	return c
}

// touch notes a change of an object.
func (c *Cluster) touch(m *Meta) {
	c.index++
	m.Version.Index = c.index + foundingEntries
	m.UpdatedAt = c.fleet.now()
	if m.CreatedAt.IsZero() {
		m.CreatedAt = m.UpdatedAt
	}
}

func (c *Cluster) clock() *clock.Clock { return c.fleet.clock() }

func (c *Cluster) now() time.Time { return c.fleet.now() }

// emit writes to the world's log what the managers did.
func (c *Cluster) emit(kind, name, reason, format string, args ...any) int {
	return c.clock().Emit(clock.Event{
		Actor: "swarm", Object: clock.Object{Kind: kind, Name: name}, Reason: reason, Message: fmt.Sprintf(format, args...),
	})
}

// Token is the join token of a role.
func (c *Cluster) Token(manager bool) string {
	secret := c.secretCA[1]
	if manager {
		secret = c.secretCA[2]
	}
	return "SWMTKN-1-" + c.secretCA[0] + "-" + secret
}

// RotateToken makes the old token of a role useless.
func (c *Cluster) RotateToken(manager bool) {
	i := 1
	if manager {
		i = 2
	}
	c.secretCA[i] = randomText(c.clock().Rand(), 25)
	c.touch(&c.Meta)
}

// UnlockKey is the key that a locked manager needs, empty without autolock.
func (c *Cluster) UnlockKey() string { return c.unlock }

// SetAutoLock turns autolock on or off.
func (c *Cluster) SetAutoLock(on bool) {
	if on && c.unlock == "" {
		c.RotateUnlockKey()
	}
	if !on {
		c.unlock = ""
	}
	c.AutoLock = on
	c.touch(&c.Meta)
}

// RotateUnlockKey makes a new key.
func (c *Cluster) RotateUnlockKey() {
	const digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
	var b strings.Builder
	for range 43 {
		b.WriteByte(digits[c.clock().Rand().IntN(len(digits))])
	}
	c.unlock = "SWMKEY-1-" + b.String()
}

// Nodes lists the nodes in the order in which they joined.
func (c *Cluster) Nodes() []*Node { return slices.Clone(c.nodes) }

// Services lists the services in the order of creation.
func (c *Cluster) Services() []*Service { return slices.Clone(c.services) }

// Leader is the node that leads, or nil.
func (c *Cluster) Leader() *Node { return c.leader }

// CertificatePEM is the root certificate of the swarm.
func (c *Cluster) CertificatePEM() string { return c.root.pem }

// CertificateIssuer is the subject of the root certificate, in base64.
func (c *Cluster) CertificateIssuer() string { return c.root.subject }

// CertificateKey is the public key of the root certificate, in base64.
func (c *Cluster) CertificateKey() string { return c.root.key }

// find picks the object that a reference means: a full id, a name, or the
// beginning of an id (moby, daemon/cluster/helpers.go).
func find[T any](what, ref string, list []T, id, name func(T) string) (T, error) {
	var none T
	for _, o := range list {
		if id(o) == ref {
			return o, nil
		}
	}
	var named, prefixed []T
	for _, o := range list {
		if name(o) == ref {
			named = append(named, o)
		}
		if ref != "" && strings.HasPrefix(id(o), ref) {
			prefixed = append(prefixed, o)
		}
	}
	for _, found := range [][]T{named, prefixed} {
		if len(found) > 1 {
			return none, fmt.Errorf("%s %s is ambiguous (%d matches found)", what, ref, len(found))
		}
		if len(found) == 1 {
			return found[0], nil
		}
	}
	return none, fmt.Errorf("%s %s not found", what, ref)
}

// rpcError is an error of the control API as the daemon hands it on.
func rpcError(code, format string, args ...any) error {
	return fmt.Errorf("rpc error: code = %s desc = %s", code, fmt.Sprintf(format, args...))
}
