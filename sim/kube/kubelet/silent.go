package kubelet

import "time"

// missedAfter is when the controllers have seen by their leases that a node is silent:
// the grace period of 50 s and one turn of the node controller.
const missedAfter = 56 * time.Second

// fallSilent keeps the world from counting as at rest until the node has been missed:
// nothing else is due meanwhile, and yet something is about to happen.
func (k *Kubelet) fallSilent() { k.clock.After(missedAfter, func() {}) }

// SetRunning stops the kubelet's program, or starts it again.
func (k *Kubelet) SetRunning(on bool) {
	if !on && k.runs() {
		k.fallSilent()
	}
	k.component.SetRunning(on)
}
