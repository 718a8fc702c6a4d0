package kube

import "drydock/sim/kube/scheduler"

// Diagnosis tells node by node why the scheduler gives a pod none. It is empty for a
// pod that is not there, has a node, or would get one.
func (c *Cluster) Diagnosis(namespace, name string) []scheduler.NodeRefusal {
	return c.diagnose(namespace, name)
}
