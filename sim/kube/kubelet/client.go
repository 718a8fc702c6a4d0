package kubelet

import (
	"fmt"
	"slices"

	"drydock/sim/docker"
	"drydock/sim/kube/store"
	"drydock/sim/machine"
)

// Container finds the latest run of a container of a pod, or the one before it. An
// error has the words of the kubelet's API.
func (k *Kubelet) Container(namespace, pod, name string, previous bool) (*docker.Container, error) {
	missing := fmt.Errorf("container not found (%q)", name)
	w := k.workers[store.Key{Namespace: namespace, Name: pod}]
	if w == nil {
		return nil, missing
	}
	for _, c := range w.every() {
		if c.name != name {
			continue
		}
		switch {
		case previous && c.before == nil:
			return nil, fmt.Errorf("previous terminated container %q in pod %q not found", name, pod)
		case previous:
			return c.before, nil
		case c.now == nil:
			return nil, w.waits(c)
		}
		return c.now, nil
	}
	return nil, missing
}

// waits says why a container has no run yet, as `kubectl logs` shows it.
func (w *worker) waits(c *container) error {
	why := "ContainerCreating"
	if pod := w.pod(); pod != nil {
		for _, st := range slices.Concat(pod.Status.InitContainerStatuses, pod.Status.ContainerStatuses, pod.Status.EphemeralContainerStatuses) {
			if st.Name == c.name && st.State.Waiting != nil {
				why = st.State.Waiting.Reason
			}
		}
	}
	if why == "ErrImagePull" || why == "ImagePullBackOff" {
		why = "trying and failing to pull image"
	}
	return fmt.Errorf("container %q in pod %q is waiting to start: %s", c.name, w.key.Name, why)
}

// Logs returns what a container's latest run printed, or the one before it.
func (k *Kubelet) Logs(namespace, pod, name string, previous bool) ([]docker.LogLine, error) {
	c, err := k.Container(namespace, pod, name, previous)
	if err != nil {
		return nil, err
	}
	return c.LogFrom(0), nil
}

// Exec starts a program in a running container. A *docker.StartError means that
// the program cannot be started.
func (k *Kubelet) Exec(namespace, pod, name string, spec docker.ExecSpec) (*docker.Exec, error) {
	c, err := k.Container(namespace, pod, name, false)
	if err != nil || !c.Running() {
		return nil, fmt.Errorf("unable to upgrade connection: container not found (%q)", name)
	}
	return k.engine.Exec(c, spec)
}

// Attach shows a client what a running container prints.
func (k *Kubelet) Attach(namespace, pod, name string, stdout, stderr machine.Sink) (*docker.Attachment, error) {
	c, err := k.Container(namespace, pod, name, false)
	if err != nil || !c.Running() {
		return nil, fmt.Errorf("unable to upgrade connection: container not found (%q)", name)
	}
	return c.Attach(stdout, stderr), nil
}

// Namespace is the network stack of a pod, or nil while it has none.
func (k *Kubelet) Namespace(namespace, pod string) *machine.Namespace {
	if w := k.workers[store.Key{Namespace: namespace, Name: pod}]; w != nil {
		return w.net
	}
	return nil
}
