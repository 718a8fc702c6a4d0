package network

import (
	"fmt"
	"slices"
	"strings"

	"drydock/sim/kube/api"
	"drydock/sim/machine"
)

// The addons by the names of a world spec.
const (
	addonIngress = "ingress-nginx"
	addonMetalLB = "metallb"
)

// metallbSpace is the namespace of metallb.
const metallbSpace = "metallb-system"

// Addons lists what a cluster may have beside what every cluster has.
func Addons() []string { return []string{addonIngress, addonMetalLB} }

// CheckAddons reports a name that is neither an addon of the network nor one of others.
func CheckAddons(names []string, others ...string) error {
	known := append(Addons(), others...)
	for _, name := range names {
		if !slices.Contains(known, name) {
			return fmt.Errorf("kubernetes: there is no addon %q; there are: %s", name, strings.Join(known, ", "))
		}
	}
	return nil
}

// Install puts addons into the cluster, once its nodes are there. What it returns are
// their programs as components.
func (n *Network) Install(names []string) []*api.Component {
	var parts []*api.Component
	if slices.Contains(names, addonMetalLB) {
		parts = append(parts, n.startBalancer())
		n.installMetalLB()
	}
	if slices.Contains(names, addonIngress) {
		parts = append(parts, n.startIngress())
		n.installIngress(slices.Contains(names, addonMetalLB))
	}
	return parts
}

// Programs are what the images of the network's pods start, by the name that their
// executables carry.
func (n *Network) Programs() map[string]machine.Main {
	return map[string]machine.Main{"coredns": n.CoreDNS(), "nginx-ingress-controller": n.IngressController()}
}
