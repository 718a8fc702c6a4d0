package kubelet

import "time"

// backOff lengthens the pause between the runs of a container that keeps ending:
// none, 10 s, 20 s and so on (client-go v1.37, util/flowcontrol: Backoff).
type backOff struct {
	delay time.Duration // 0 before the first restart
	since time.Time     // of the last start that it let through
}

// start reports whether a container whose run ended may start again, and lengthens
// the pause if so. A container that was left alone for ten minutes begins anew.
func (b *backOff) start(end, now time.Time) bool {
	fresh := b.delay == 0 || end.Sub(b.since) > 2*maxBackOff
	if !fresh && now.Sub(end) < b.delay {
		return false
	}
	if fresh {
		b.delay = firstBackOff
	} else {
		b.delay = min(2*b.delay, maxBackOff)
	}
	b.since = now
	return true
}
