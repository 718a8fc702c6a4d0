package controllers

import (
	"time"

	"drydock/sim/clock"
	"drydock/sim/kube/api"
	"drydock/sim/kube/store"
)

// perPod is the virtual time that a look at one pod of a workload takes. It spaces
// out the looks at a large workload, so that n changes of its n pods cost n looks
// at a pod, not n times n.
const perPod = 100 * time.Microsecond

// pace puts workloads into a queue when their pods change, large ones less often.
type pace struct {
	clock *clock.Clock
	queue *api.Queue
	next  map[store.Key]time.Time // when a workload may be looked at again
	due   map[store.Key]bool
}

func newPace(c *clock.Clock, q *api.Queue) *pace {
	return &pace{clock: c, queue: q, next: map[store.Key]time.Time{}, due: map[store.Key]bool{}}
}

// changed notes that one of a workload's pods changed.
func (p *pace) changed(key store.Key) {
	wait := p.next[key].Sub(p.clock.Now())
	switch {
	case p.due[key]:
	case wait <= 0:
		p.queue.Add(key)
	default:
		p.due[key] = true
		p.clock.After(wait, func() {
			delete(p.due, key)
			p.queue.Add(key)
		})
	}
}

// looked notes that a workload with so many pods was looked at.
func (p *pace) looked(key store.Key, pods int) {
	if pods == 0 {
		delete(p.next, key)
		return
	}
	p.next[key] = p.clock.Now().Add(time.Duration(pods) * perPod)
}
