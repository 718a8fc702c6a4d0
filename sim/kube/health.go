package kube

import (
	"drydock/sim/kube/controlplane"
	"drydock/sim/machine"
)

// ComponentHealth is how one program of the cluster is.
type ComponentHealth struct {
	Component string // "kube-scheduler", "etcd", "kubelet"
	Node      string // where it runs; empty where that is out of sight
	Running   bool
	Leader    bool   // of those that elect one
	Message   string // what is wrong, or empty
}

// Health lists the programs of the cluster: those of the control plane, then node by
// node those that every node with a machine has, then the name service.
func (c *Cluster) Health() []ComponentHealth {
	var list []ComponentHealth
	if c.plane == nil {
		list = c.hiddenHealth()
	} else {
		for _, s := range c.plane.States() {
			list = append(list, ComponentHealth{Component: s.Program, Node: s.Node, Running: s.Running, Leader: s.Leader, Message: s.Message})
		}
	}
	for _, name := range c.spec.Names() {
		list = append(list, c.nodeHealth(name)...)
	}
	return append(list, c.dnsHealth())
}

// hiddenHealth is how a control plane out of sight is.
func (c *Cluster) hiddenHealth() []ComponentHealth {
	e := c.endpoint
	part := func(name string, running bool, trouble bool, message string) ComponentHealth {
		h := ComponentHealth{Component: name, Running: running}
		switch {
		case !running:
			h.Message = name + " does not run"
		case trouble:
			h.Message = message
		}
		return h
	}
	return []ComponentHealth{
		part(controlplane.Etcd, e.etcd, false, ""),
		part(controlplane.APIServer, e.listener != nil, !e.etcd, "etcd does not answer it"),
		part(controlplane.ControllerManager, !c.manager.Stopped(), !c.serving, "it does not reach the API server"),
		part(controlplane.Scheduler, !c.scheduler.Stopped(), !c.serving, "it does not reach the API server"),
	}
}

// nodeHealth is how the programs of a node are.
func (c *Cluster) nodeHealth(name string) []ComponentHealth {
	k := c.pool.Node(name)
	on := k.Machine().Powered
	part := func(program string, running bool) ComponentHealth {
		h := ComponentHealth{Component: program, Node: name, Running: running && on}
		switch {
		case !on:
			h.Message = name + " has no power"
		case !running:
			h.Message = program + " does not run"
		}
		return h
	}
	return []ComponentHealth{
		part(kubeletProgram, !k.Component().Stopped()),
		part(containerd, k.RuntimeRuns()),
		part(controlplane.KubeProxy, !c.network.Proxy(name).Component().Stopped()),
	}
}

// dnsHealth is how the cluster's name service is: out of sight, or as many pods of it
// as there are that run.
func (c *Cluster) dnsHealth() ComponentHealth {
	h := ComponentHealth{Component: coreDNS}
	if c.dns != nil {
		h.Running = !c.dns.Stopped()
	} else {
		for _, pod := range c.Server.Pods.List("kube-system") {
			if pod.Labels["k8s-app"] != "kube-dns" {
				continue
			}
			if net := c.PodNetwork(pod); net != nil && listens(net, 53) {
				h.Running = true
			}
		}
	}
	if !h.Running {
		h.Message = coreDNS + " does not run"
	}
	return h
}

func listens(net *machine.Namespace, port int) bool {
	for _, l := range net.Listeners() {
		if l.Port == port && net.Machine.Powered {
			return true
		}
	}
	return false
}
