package kube

import (
	"fmt"
	"slices"
	"strings"

	"drydock/sim/kube/api"
	"drydock/sim/kube/controlplane"
)

// The programs that are no part of the control plane, as faults name them.
const (
	kubeletProgram = "kubelet"
	containerd     = "containerd"
	coreDNS        = "coredns"
)

// ComponentNames lists what SetComponent stops and starts.
func ComponentNames() []string {
	return []string{controlplane.Etcd, controlplane.APIServer, controlplane.ControllerManager, controlplane.Scheduler,
		kubeletProgram, controlplane.KubeProxy, coreDNS, containerd}
}

// CheckComponent finds out whether SetComponent can do it. The node may be empty: all
// nodes that have the program. Of a control plane out of sight no node can be named.
func (c *Cluster) CheckComponent(name, node string) error {
	var nodes []string
	switch name {
	case controlplane.Etcd, controlplane.APIServer, controlplane.ControllerManager, controlplane.Scheduler:
		nodes = c.spec.ControlPlane
	case kubeletProgram, controlplane.KubeProxy, containerd:
		nodes = c.spec.Names()
		if len(nodes) == 0 {
			return fmt.Errorf("the nodes of this cluster have no machines, so %s cannot be stopped there", name)
		}
	case coreDNS:
		if node != "" {
			return fmt.Errorf("%s belongs to no node: leave %s out", name, node)
		}
		return nil
	default:
		return fmt.Errorf("there is no component %q; there are: %s", name, strings.Join(ComponentNames(), ", "))
	}
	switch {
	case node == "" || slices.Contains(nodes, node):
		return nil
	case len(nodes) == 0:
		return fmt.Errorf("the control plane of this cluster is out of sight: leave %s out", node)
	}
	return fmt.Errorf("%s does not run on %q; it does on: %s", name, node, strings.Join(nodes, ", "))
}

// SetComponent stops a program of the cluster on a node, or starts it again; without a
// node it does so wherever the program runs. What already runs in the cluster goes on
// without it. Errors are those of CheckComponent.
func (c *Cluster) SetComponent(name, node string, on bool) error {
	if err := c.CheckComponent(name, node); err != nil {
		return err
	}
	switch {
	case name == coreDNS:
		return c.setDNS(on)
	case name == kubeletProgram || name == containerd || name == controlplane.KubeProxy:
		for _, n := range c.spec.Names() {
			if node == "" || n == node {
				c.setOnNode(name, n, on)
			}
		}
	case c.plane != nil:
		for _, h := range c.plane.Hosts() {
			if node == "" || h.Machine.Name == node {
				if err := h.SetManifest(name, on); err != nil {
					return err
				}
				c.pool.Node(h.Machine.Name).Look()
			}
		}
	default:
		c.setHidden(name, on)
	}
	return nil
}

// setHidden stops or starts a program of a control plane that is out of sight.
func (c *Cluster) setHidden(name string, on bool) {
	switch name {
	case controlplane.Etcd:
		c.endpoint.etcd = on
	case controlplane.APIServer:
		c.endpoint.listen(on)
	case controlplane.ControllerManager:
		c.manager.SetRunning(on)
	case controlplane.Scheduler:
		c.scheduler.SetRunning(on)
	}
	c.setServing(c.endpoint.etcd && c.endpoint.listener != nil)
}

// setOnNode stops or starts a program of one node.
func (c *Cluster) setOnNode(name, node string, on bool) {
	k := c.pool.Node(node)
	switch name {
	case kubeletProgram:
		k.SetRunning(on)
	case containerd:
		k.SetRuntime(on)
	case controlplane.KubeProxy:
		if c.plane == nil {
			c.network.Proxy(node).Component().SetRunning(on)
			return
		}
		c.crashing[controlplane.KubeProxy+" "+node] = !on
		c.restart(controlplane.KubeProxy, node)
	}
}

// setDNS stops or starts the cluster's name service.
func (c *Cluster) setDNS(on bool) error {
	if c.dns != nil {
		c.dns.SetRunning(on)
		return nil
	}
	c.crashing[coreDNS] = !on
	c.restart(coreDNS, "")
	return nil
}

// Rewired looks at everything anew, after the network between the machines changed.
func (c *Cluster) Rewired() {
	if c.plane != nil {
		c.plane.Check()
	}
}

// setServing makes the API answer, or no longer; then everybody who waited for it
// looks at the cluster anew.
func (c *Cluster) setServing(on bool) {
	if c.serving == on {
		return
	}
	c.serving = on
	if on {
		for _, part := range c.components {
			part.Resume()
		}
	}
}

// Ready reports whether the API answers: an API server runs, and etcd behind it has a
// quorum.
func (c *Cluster) Ready() bool { return c.serving }

// add takes a component into the cluster, so that it hears of the API server's return.
func (c *Cluster) add(part *api.Component) *api.Component {
	c.components = append(c.components, part)
	return part
}
