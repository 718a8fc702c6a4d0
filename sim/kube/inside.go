package kube

import (
	corev1 "k8s.io/api/core/v1"

	"drydock/sim/machine"
)

// Logs is what the latest run of a container printed, line by line; nothing where
// the node or the container is not there.
func (c *Cluster) Logs(node, namespace, pod, container string) []string {
	k := c.pool.Node(node)
	if k == nil {
		return nil
	}
	lines, err := k.Logs(namespace, pod, container, false)
	if err != nil {
		return nil
	}
	out := make([]string, len(lines))
	for i, l := range lines {
		out[i] = l.Text
	}
	return out
}

// PodNetwork is the network stack of a pod that runs on a node with a machine, or nil.
func (c *Cluster) PodNetwork(p *corev1.Pod) *machine.Namespace {
	if k := c.pool.Node(p.Spec.NodeName); k != nil {
		return k.Namespace(p.Namespace, p.Name)
	}
	return nil
}
