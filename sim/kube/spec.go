// Package kube is a Kubernetes cluster of the simulator, assembled: an API server
// with its store, the controllers, the scheduler, a kubelet for each node, and
// kubectl for whoever talks to it.
package kube

import (
	"errors"
	"fmt"
	"slices"

	"drydock/sim/kube/cluster"
	"drydock/sim/kube/metrics"
	"drydock/sim/kube/network"
)

// Spec says what a cluster is made of when the world begins. Either Nodes or Hollow
// is given, and the control plane is out of sight, as with a managed service; or
// ControlPlane and Workers are, and its programs run on those machines.
type Spec struct {
	Nodes        []string
	Hollow       int // so many nodes without machines: their containers run no programs
	ControlPlane []string
	Workers      []string
	// Published says that the port of a control plane out of sight is also on the
	// loopback of the first machine, whose kubeconfig names that, as kind does.
	Published bool
	Addons    []string // what is installed beside: "ingress-nginx", "local-path", "metallb", "metrics-server"
}

// MaxNodes bounds a cluster: what Kubernetes itself is tested for.
const MaxNodes = 5000

// Check finds what cannot be built.
func (s Spec) Check() error {
	visible := len(s.ControlPlane)+len(s.Workers) > 0
	switch {
	case visible && (len(s.Nodes) > 0 || s.Hollow > 0):
		return errors.New("kubernetes: give either nodes, or control-plane and workers")
	case visible && len(s.ControlPlane) == 0:
		return errors.New("kubernetes: control-plane needs at least one node")
	case visible && s.Published:
		return errors.New("kubernetes: published is for a control plane out of sight; without control-plane")
	case len(s.Names()) == 0 && s.Hollow == 0:
		return errors.New("kubernetes: nodes is missing; write for example nodes: [node-1, node-2]")
	case s.Hollow < 0 || s.Hollow > MaxNodes:
		return fmt.Errorf("kubernetes: nodes: at most %d, not %d", MaxNodes, s.Hollow)
	}
	if err := network.CheckAddons(s.Addons, cluster.LocalPathAddon, metrics.Addon); err != nil {
		return err
	}
	seen := map[string]bool{}
	for _, name := range s.Names() {
		if seen[name] {
			return fmt.Errorf("kubernetes: node %s is there twice", name)
		}
		seen[name] = true
	}
	return nil
}

// Names are the nodes by name, those of the control plane first.
func (s Spec) Names() []string { return slices.Concat(s.ControlPlane, s.Workers, s.Nodes) }
