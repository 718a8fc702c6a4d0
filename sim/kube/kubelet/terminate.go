package kubelet

import (
	"fmt"
	"time"

	corev1 "k8s.io/api/core/v1"

	"drydock/sim/clock"
	"drydock/sim/docker"
	"drydock/sim/machine"
)

// grace is how long the pod's containers have to end.
func (w *worker) grace(pod *corev1.Pod) time.Duration {
	switch {
	case pod == nil:
		return 0
	case pod.DeletionGracePeriodSeconds != nil:
		return time.Duration(*pod.DeletionGracePeriodSeconds) * time.Second
	case pod.Spec.TerminationGracePeriodSeconds != nil:
		return time.Duration(*pod.Spec.TerminationGracePeriodSeconds) * time.Second
	}
	return 30 * time.Second
}

// terminate ends all of the pod's containers and takes its network and volumes
// away. A nil pod is gone already and gets no time.
func (w *worker) terminate(p *clock.Proc, pod *corev1.Pod) {
	w.ending = true
	w.timer.Stop()
	if w.kill(p, pod, w.grace(pod)) {
		p.Sleep(w.upTo(stopTime, stopMore))
	}
	for _, c := range w.every() {
		c.reason = ""
		c.stopProbes()
	}
	if pod = w.pod(); pod != nil && w.admitted {
		w.report(pod)
		p.Sleep(w.upTo(endTime, endMore))
	}
	for _, c := range w.every() {
		for _, run := range []**docker.Container{&c.before, &c.now} {
			if *run != nil {
				_ = w.kubelet.engine.Remove(p, *run, true, true)
				*run = nil
			}
		}
	}
	w.unplug()
	w.net, w.addresses = nil, nil
	_ = w.kubelet.machine.FS.RemoveAll(w.dir)
}

// kill ends the running containers side by side: the app's first, then the
// sidecars, last started first. It reports whether there were any.
func (w *worker) kill(p *clock.Proc, pod *corev1.Pod, grace time.Duration) bool {
	end := w.kubelet.clock.Now().Add(grace)
	var waits []*clock.Proc
	found := false
	for _, c := range w.every() {
		found = found || c.running()
		if c.running() && !c.sidecar {
			waits = append(waits, w.stop(pod, c, grace, fmt.Sprintf("Stopping container %s", c.name)))
		}
	}
	w.await(p, waits)
	for i := len(w.containers) - 1; i >= 0; i-- {
		if c := w.containers[i]; c.running() && c.sidecar {
			left := max(end.Sub(w.kubelet.clock.Now()), 0)
			w.await(p, []*clock.Proc{w.stop(pod, c, left, fmt.Sprintf("Stopping container %s", c.name))})
		}
	}
	return found
}

func (w *worker) await(p *clock.Proc, waits []*clock.Proc) {
	for _, other := range waits {
		p.WaitFor(other.Exited(), other.Done)
	}
}

// stop ends one container: its preStop hook, the stop signal, and SIGKILL when the
// time is over. A deletion that leaves less time counts at once.
func (w *worker) stop(pod *corev1.Pod, c *container, grace time.Duration, why string) *clock.Proc {
	if pod != nil {
		w.event(pod, c, "Normal", "Killing", why)
	}
	c.stopProbes()
	run, e, k := c.now, w.kubelet.engine, w.kubelet
	began := k.clock.Now()
	return k.clock.Go("stop "+c.name, clock.Work, func(p *clock.Proc) {
		if pod != nil && grace > 0 {
			w.preStop(p, pod, c, grace)
		}
		left := func() time.Duration {
			limit := grace
			if now := w.pod(); w.ending && (now == nil || now.DeletionGracePeriodSeconds != nil) {
				limit = min(limit, w.grace(now))
			}
			return began.Add(limit).Sub(k.clock.Now())
		}
		if d := left(); d > 0 && run.Running() {
			e.Signal(run, stopSignal(run.Config.StopSignal))
			for run.Running() && left() > 0 {
				p.SleepUntil(min(left(), time.Second), run.Logged())
			}
		}
		if run.Running() {
			_ = e.Kill(p, run, machine.SIGKILL)
		}
	})
}

func stopSignal(name string) machine.Signal {
	if sig, ok := machine.ParseSignal(name); ok {
		return sig
	}
	return machine.SIGTERM
}
