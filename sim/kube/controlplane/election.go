package controlplane

import (
	"fmt"
	"time"

	coordinationv1 "k8s.io/api/coordination/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"drydock/sim/clock"
	"drydock/sim/kube/api"
	"drydock/sim/kube/store"
	"drydock/sim/machine"
)

// The defaults of leader election in both programs (component-base v1.37,
// config/v1alpha1/defaults.go).
const (
	leaseDuration = 15 * time.Second
	renewDeadline = 10 * time.Second
	retryPeriod   = 2 * time.Second
)

// leaseSpace is the namespace of the leases.
const leaseSpace = "kube-system"

// election is one program of which several run and one works: the holder of the Lease
// of its name in kube-system.
type election struct {
	plane     *Plane
	program   string
	component *api.Component
	holder    *candidate
	renewed   time.Time // by the holder, as it knows itself
	standing  []*candidate
}

// candidate is one process that would lead.
type candidate struct {
	host    *Host
	process *machine.Process
	id      string // "cp-1_6fd3..."
}

func newElection(p *Plane, program string, component *api.Component) *election {
	e := &election{plane: p, program: program, component: component}
	p.clock.AfterWeighted(retryPeriod, clock.Upkeep, e.turn)
	return e
}

// runElected is a program that waits for its turn to lead.
func (p *Plane) runElected(program string) func(*Host, *machine.Process) int {
	return func(h *Host, process *machine.Process) int {
		e := p.elections[program]
		port := 10257
		if program == Scheduler {
			port = 10259
		}
		health(process, "127.0.0.1", port, always)
		r := p.clock.Rand()
		a, b := r.Uint64(), r.Uint64()
		c := &candidate{host: h, process: process, id: fmt.Sprintf("%s_%08x-%04x-4%03x-%04x-%012x", h.Machine.Name, a>>32, a>>16&0xffff, a&0xfff, b>>48&0x3fff|0x8000, b&0xffffffffffff)}
		log(process, "leaderelection.go:258", fmt.Sprintf(`"Attempting to acquire leader lease..." lock="%s/%s"`, leaseSpace, program))
		e.standing = append(e.standing, c)
		process.Exited().Watch(func() { e.left(c) })
		p.clock.After(300*time.Millisecond, e.attempt)
		return forever(process)
	}
}

// left takes a process out that has ended. Its lease stays until it is too old.
func (e *election) left(c *candidate) {
	var rest []*candidate
	for _, o := range e.standing {
		if o != c {
			rest = append(rest, o)
		}
	}
	e.standing = rest
	if e.holder == c {
		e.holder = nil
		e.follow()
	}
}

// turn is what all candidates do every two seconds.
func (e *election) turn() {
	e.plane.clock.AfterWeighted(retryPeriod, clock.Upkeep, e.turn)
	e.attempt()
}

// attempt renews the lease of the holder, or lets another one take it.
func (e *election) attempt() {
	now := e.plane.clock.Now()
	if h := e.holder; h != nil {
		switch {
		case e.plane.serves(h.host):
			e.renew(now)
		case now.Sub(e.renewed) >= renewDeadline:
			h.process.Errorf("E%s       1 leaderelection.go:441] \"Failed to renew lease\" lock=\"%s/%s\"\nF%s       1 %s.go:266] \"leaderelection lost\"\n",
				now.Format("0102 15:04:05.000000"), leaseSpace, e.program, now.Format("0102 15:04:05.000000"), "server")
			h.process.Exit(1) // the kubelet starts it again
		}
		return
	}
	lease, found := e.plane.server.Leases.Get(leaseSpace, e.program)
	if found && lease.Spec.RenewTime != nil && now.Sub(lease.Spec.RenewTime.Time) < leaseDuration {
		return
	}
	for _, c := range e.standing {
		if e.plane.serves(c.host) {
			e.acquire(c, lease, now)
			return
		}
	}
}

// follow lets the component work while the holder reaches its API server.
func (e *election) follow() {
	e.component.SetRunning(e.holder != nil && e.plane.serves(e.holder.host))
}

// renew writes that the holder is still there. Others may have changed the lease.
func (e *election) renew(now time.Time) {
	e.renewed = now
	e.follow()
	lease, found := e.plane.server.Leases.Get(leaseSpace, e.program)
	if !found {
		e.acquire(e.holder, nil, now)
		return
	}
	l := store.Copy(lease)
	l.Spec.RenewTime = new(metav1.NewMicroTime(now))
	e.plane.server.Leases.SetStatus(l)
}

// acquire makes a candidate the leader.
func (e *election) acquire(c *candidate, old *coordinationv1.Lease, now time.Time) {
	seconds, transitions := int32(leaseDuration/time.Second), int32(0)
	at := metav1.NewMicroTime(now)
	lease := &coordinationv1.Lease{ObjectMeta: metav1.ObjectMeta{Namespace: leaseSpace, Name: e.program}}
	if old != nil {
		lease = store.Copy(old)
		if old.Spec.LeaseTransitions != nil {
			transitions = *old.Spec.LeaseTransitions + 1
		}
	}
	lease.Spec = coordinationv1.LeaseSpec{HolderIdentity: &c.id, LeaseDurationSeconds: &seconds, AcquireTime: &at, RenewTime: &at, LeaseTransitions: &transitions}
	if old != nil {
		e.plane.server.Leases.SetStatus(lease)
	} else if _, err := e.plane.server.Leases.Create(lease); err != nil {
		return // the namespace is not there yet; the next turn tries again
	}
	e.plane.server.Event(api.Source{Component: e.program}, "Lease", lease, "", "Normal", "LeaderElection", c.id+" became leader")
	log(c.process, "leaderelection.go:272", fmt.Sprintf(`"Successfully acquired lease" lock="%s/%s"`, leaseSpace, e.program))
	e.holder, e.renewed = c, now
	e.follow()
}

// Leader is the node whose controller manager or scheduler works, or "".
func (p *Plane) Leader(program string) string {
	if e := p.elections[program]; e != nil && e.holder != nil {
		return e.holder.host.Machine.Name
	}
	if program == Etcd && p.etcd.leader != nil {
		return p.etcd.leader.Machine.Name
	}
	return ""
}
