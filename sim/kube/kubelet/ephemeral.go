package kubelet

import (
	"slices"

	corev1 "k8s.io/api/core/v1"

	"drydock/sim/clock"
)

// debug starts the ephemeral containers that were added to the pod. Each runs once;
// they count neither for the pod's phase nor for its readiness.
func (w *worker) debug(p *clock.Proc, pod *corev1.Pod) {
	for i := range pod.Spec.EphemeralContainers {
		name := pod.Spec.EphemeralContainers[i].Name
		at := slices.IndexFunc(w.debuggers, func(c *container) bool { return c.name == name })
		if at < 0 {
			at = len(w.debuggers)
			w.debuggers = append(w.debuggers, &container{worker: w, name: name, ephemeral: true})
		}
		w.ensure(p, pod, w.debuggers[at], corev1.RestartPolicyNever)
		if w.stale() {
			return
		}
	}
}

// every lists all containers of the pod, those for debugging last.
func (w *worker) every() []*container { return slices.Concat(w.containers, w.debuggers) }

// ephemeralSpec is an ephemeral container of a pod as a plain one.
func ephemeralSpec(pod *corev1.Pod, name string) *corev1.Container {
	for i := range pod.Spec.EphemeralContainers {
		if e := &pod.Spec.EphemeralContainers[i]; e.Name == name {
			return (*corev1.Container)(&e.EphemeralContainerCommon)
		}
	}
	return &corev1.Container{Name: name}
}
