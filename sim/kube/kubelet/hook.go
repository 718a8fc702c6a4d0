package kubelet

import (
	"time"

	corev1 "k8s.io/api/core/v1"

	"drydock/sim/clock"
)

// postStart runs the container's hook; the container counts as started only
// afterwards, and is killed when the hook fails.
func (w *worker) postStart(p *clock.Proc, pod *corev1.Pod, c *container) {
	life := c.spec(pod).Lifecycle
	if life == nil || life.PostStart == nil || !c.running() {
		return
	}
	if w.hook(p, c, life.PostStart, 0) {
		return
	}
	w.event(pod, c, "Warning", "FailedPostStartHook", "PostStartHook failed")
	w.await(p, []*clock.Proc{w.stop(pod, c, w.grace(pod), "FailedPostStartHook")})
	c.reason, c.message = "PostStartHookError", "PostStartHook failed"
	w.pending = true
}

// preStop runs the container's hook before the stop signal, within the grace period.
func (w *worker) preStop(p *clock.Proc, pod *corev1.Pod, c *container, grace time.Duration) {
	life := c.spec(pod).Lifecycle
	if life == nil || life.PreStop == nil || !c.running() {
		return
	}
	if !w.hook(p, c, life.PreStop, grace) {
		w.event(pod, c, "Warning", "FailedPreStopHook", "PreStopHook failed")
	}
}

// hook carries out a lifecycle handler; limit 0 is without limit.
func (w *worker) hook(p *clock.Proc, c *container, h *corev1.LifecycleHandler, limit time.Duration) bool {
	switch {
	case h.Exec != nil:
		ok, _ := c.command(p, h.Exec.Command, limit)
		return ok
	case h.HTTPGet != nil:
		ok, _ := c.get(p, h.HTTPGet, max(limit, time.Second))
		return ok
	case h.Sleep != nil:
		d := time.Duration(h.Sleep.Seconds) * time.Second
		if limit > 0 {
			d = min(d, limit)
		}
		p.Sleep(d)
	}
	return true
}
