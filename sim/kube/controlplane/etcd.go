package controlplane

import (
	"fmt"
	"net/netip"
	"time"

	"drydock/sim/clock"
	"drydock/sim/machine"
)

// etcd's times: --election-timeout is 1000 ms, and a follower waits between one and
// two of them before it stands for election (etcd 3.7, server/etcdserver/raft.go).
const (
	etcdStart    = 800 * time.Millisecond // reading the data directory
	electionLow  = time.Second
	electionHigh = 2 * time.Second
)

// raft is what the members of etcd have agreed on: more than half of them have to
// reach each other.
type raft struct {
	plane  *Plane
	leader *Host
	timer  *clock.Timer
}

// Quorum is how many members have to be there: 1 of 1, 2 of 3, 3 of 5.
func Quorum(members int) int { return members/2 + 1 }

// ready reports that the host's member has joined: it runs and has read its data.
func (r *raft) ready(h *Host) bool {
	e := h.processes[Etcd]
	return h.runs(Etcd) && !e.Now().Before(e.Started.Add(etcdStart))
}

// quorum reports that a member reaches enough others to agree with.
func (r *raft) quorum(h *Host) bool {
	if !r.ready(h) {
		return false
	}
	n := 0
	for _, other := range r.plane.hosts {
		if r.ready(other) && r.plane.reaches(h, other) {
			n++
		}
	}
	return n >= Quorum(len(r.plane.hosts))
}

// serves reports that the host's member answers: it knows a leader that has a quorum.
func (r *raft) serves(h *Host) bool {
	return r.leader != nil && r.ready(h) && r.quorum(r.leader) && r.plane.reaches(h, r.leader)
}

// check lets the leader go that lost its quorum, and the others elect a new one.
func (r *raft) check() {
	if r.leader != nil && r.quorum(r.leader) {
		return
	}
	if r.leader != nil {
		r.emit("leader-lost", fmt.Sprintf("etcd lost its leader on %s", r.leader.Machine.Name))
		r.leader = nil
	}
	if r.candidate() == nil {
		r.timer.Stop()
		r.timer = nil
		return
	}
	if r.timer == nil {
		wait := electionLow + time.Duration(r.plane.clock.Rand().Int64N(int64(electionHigh-electionLow)))
		r.timer = r.plane.clock.After(wait, r.elect)
	}
}

// candidate is a member that could lead; which one is a matter of chance.
func (r *raft) candidate() *Host {
	var able []*Host
	for _, h := range r.plane.hosts {
		if r.quorum(h) {
			able = append(able, h)
		}
	}
	if len(able) == 0 {
		return nil
	}
	return able[r.plane.clock.Rand().IntN(len(able))]
}

func (r *raft) elect() {
	r.timer = nil
	if r.leader == nil {
		if r.leader = r.candidate(); r.leader != nil {
			r.emit("leader", fmt.Sprintf("the etcd member on %s is the leader", r.leader.Machine.Name))
		}
	}
	r.plane.settle()
}

func (r *raft) emit(reason, message string) {
	r.plane.clock.Emit(clock.Event{Actor: "etcd", Object: clock.Object{Kind: "Pod", Name: "etcd-" + r.leader.Machine.Name}, Reason: reason, Message: message,
		Attr: map[string]string{"namespace": "kube-system"}})
}

// runEtcd is a member of etcd.
func (p *Plane) runEtcd(h *Host, process *machine.Process) int {
	health(process, "127.0.0.1", 2381, func() bool { return p.etcd.serves(h) })
	process.Sleep(etcdStart)
	process.Errorf(`{"level":"info","ts":"%s","caller":"embed/etcd.go:640","msg":"serving client traffic","address":"127.0.0.1:2379"}`+"\n",
		process.Now().Format("2006-01-02T15:04:05.000000Z"))
	for _, port := range []int{2379, 2380} {
		_ = process.Net.Listen(&machine.Listener{Addr: netip.IPv4Unspecified(), Port: port, Proto: "tcp", Process: process})
	}
	p.check()
	return forever(process)
}

func parse(addr string) netip.Addr { return netip.MustParseAddr(addr) }
