package kubelet

import (
	"time"

	corev1 "k8s.io/api/core/v1"

	"drydock/sim/docker"
	"drydock/sim/kube/store"
	"drydock/sim/machine"
)

// runtimePatience is how long the kubelet goes on without a container runtime before
// it says so (pkg/kubelet: maxWaitForContainerRuntime).
const runtimePatience = 30 * time.Second

// SetRuntime stops or starts the container runtime of the node. What runs in its
// containers goes on, but nothing is started, stopped or looked into.
func (k *Kubelet) SetRuntime(on bool) {
	switch {
	case on && !k.runtimeDown.IsZero():
		k.runtimeDown = time.Time{}
		k.resume()
	case !on && k.runtimeDown.IsZero():
		k.runtimeDown = k.clock.Now()
	}
}

// RuntimeRuns reports that the container runtime of the node answers.
func (k *Kubelet) RuntimeRuns() bool { return k.runtimeDown.IsZero() }

// Look makes the kubelet look at its manifest directory now.
func (k *Kubelet) Look() {
	if k.runs() {
		k.static()
	}
}

// Kill ends a container at once, as a crash does.
func (k *Kubelet) Kill(c *docker.Container) { k.engine.Signal(c, machine.SIGKILL) }

// withoutRuntime keeps the lease of a node whose runtime is down, and says after a while
// that the node is not ready.
func (k *Kubelet) withoutRuntime() {
	k.renew()
	n, found := k.server.Nodes.Table.Get("", k.Node)
	if !found || !ready(n) || k.clock.Now().Sub(k.runtimeDown) < runtimePatience {
		return
	}
	node := store.Copy(n)
	k.fill(node, n.Status.Conditions)
	for i := range node.Status.Conditions {
		if c := &node.Status.Conditions[i]; c.Type == corev1.NodeReady {
			c.Status, c.Reason, c.Message = corev1.ConditionFalse, "KubeletNotReady", "container runtime is down"
			c.LastTransitionTime = c.LastHeartbeatTime
		}
	}
	k.server.Nodes.SetStatus(node)
	k.server.Event(k.source, "Node", node, "", "Normal", "NodeNotReady", "Node "+k.Node+" status is now: NodeNotReady")
}
