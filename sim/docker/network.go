package docker

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"drydock/sim/machine"
)

// NetworkSpec is what `docker network create` asks for.
type NetworkSpec struct {
	Name       string
	Driver     string // empty is "bridge"
	Subnets    []string
	Gateways   []string
	IPRanges   []string
	Internal   bool
	Attachable bool
	Options    map[string]string
	Labels     map[string]string
}

// errSwarmNetwork says that a network is its swarm's to remove, with RemoveOverlay.
var errSwarmNetwork = errors.New("the network belongs to a swarm")

// defaultNetworks are those that every engine has from its first start.
func (e *Engine) defaultNetworks() {
	lan := machine.Segment{Name: "docker0", Subnet: netip.MustParsePrefix("172.17.0.0/16"), Gateway: netip.MustParseAddr("172.17.0.1")}
	bridge := e.addNetwork(&Network{Name: "bridge", Driver: "bridge", Scope: "local", Segment: &lan, Options: map[string]string{
		"com.docker.network.bridge.default_bridge":       "true",
		"com.docker.network.bridge.enable_icc":           "true",
		"com.docker.network.bridge.enable_ip_masquerade": "true",
		"com.docker.network.bridge.host_binding_ipv4":    "0.0.0.0",
		"com.docker.network.bridge.name":                 "docker0",
		"com.docker.network.driver.mtu":                  "1500",
	}})
	e.bridgeUp(bridge)
	e.addNetwork(&Network{Name: "host", Driver: "host", Scope: "local"})
	e.addNetwork(&Network{Name: "none", Driver: "null", Scope: "local"})
}

// addNetwork gives a network its identity and a place in the engine's list.
func (e *Engine) addNetwork(n *Network) *Network {
	n.ID, n.Created = e.hexID(), e.now()
	e.networks = append(e.networks, n)
	return n
}

// bridgeUp plugs the machine itself into a network as its gateway.
func (e *Engine) bridgeUp(n *Network) {
	if n.Segment != nil && n.Segment.Gateway.IsValid() && !e.Flavour.Apart {
		n.Segment.Attach(e.Machine.Net, n.Segment.Gateway)
	}
}

// Networks lists the networks in the order of creation.
func (e *Engine) Networks() []*Network { return slices.Clone(e.networks) }

// Network finds a network by name, id or the beginning of an id.
func (e *Engine) Network(ref string) (*Network, error) {
	for _, n := range e.networks {
		if n.ID == ref {
			return n, nil
		}
	}
	for _, n := range e.networks {
		if n.Name == ref {
			return n, nil
		}
	}
	var found *Network
	for _, n := range e.networks {
		if ref != "" && strings.HasPrefix(n.ID, ref) {
			if found != nil {
				return nil, fmt.Errorf("network %s is ambiguous (2 matches found based on ID prefix)", ref)
			}
			found = n
		}
	}
	if found == nil {
		return nil, fmt.Errorf("network %s not found", ref)
	}
	return found, nil
}

// attributes are what events of the network carry: itself, and the container that
// joined or left.
func (n *Network) attributes(c *Container) map[string]string {
	attr := map[string]string{"id": n.ID, "name": n.Name, "type": n.Driver}
	if c != nil {
		attr["container"] = c.ID
	}
	return attr
}

// Predefined reports that the network came with the engine.
func (n *Network) Predefined() bool {
	return n.standard || n.Name == "bridge" || n.Name == "host" || n.Name == "none"
}

// CreateNetwork makes a network with a subnet of its own.
func (e *Engine) CreateNetwork(spec NetworkSpec) (*Network, error) {
	if spec.Driver == "" {
		spec.Driver = "bridge"
	}
	if err := e.checkNetwork(spec); err != nil {
		return nil, err
	}
	n := &Network{
		Name: spec.Name, Driver: spec.Driver, Scope: "local", Internal: spec.Internal, Attachable: spec.Attachable,
		Options: spec.Options, Labels: spec.Labels, OwnSubnet: len(spec.Subnets) > 0,
	}
	subnet, gateway, err := e.plan(spec)
	if err != nil {
		return nil, err
	}
	if len(spec.IPRanges) > 0 {
		if n.IPRange, err = netip.ParsePrefix(spec.IPRanges[0]); err != nil {
			return nil, fmt.Errorf("invalid ip-range %s: %w", spec.IPRanges[0], err)
		}
	}
	n.Segment = &machine.Segment{Name: spec.Name, Subnet: subnet, Gateway: gateway, Internal: spec.Internal}
	n.Segment.Resolve = func(from *machine.Namespace, name string) []netip.Addr { return e.resolve(n, name) }
	e.addNetwork(n)
	n.Segment.Name = "br-" + n.ID[:12]
	e.bridgeUp(n)
	e.emit("network", n.Name, "create", fmt.Sprintf("the network %s was created with the addresses %s", n.Name, subnet),
		n.attributes(nil))
	return n, nil
}

func (e *Engine) checkNetwork(spec NetworkSpec) error {
	switch {
	case strings.TrimSpace(spec.Name) == "":
		return errors.New("invalid network name: name is empty")
	case spec.Driver == "host" || spec.Driver == "null":
		return fmt.Errorf("only one instance of %q network is allowed", spec.Driver)
	case spec.Driver == "overlay":
		return errors.New("This node is not a swarm manager. Use \"docker swarm init\" or \"docker swarm join\" to connect this node to swarm and try again.")
	case spec.Driver != "bridge" && spec.Driver != "macvlan" && spec.Driver != "ipvlan":
		return fmt.Errorf("could not find plugin %s in v1 plugin registry: plugin not found", spec.Driver)
	case spec.Name == "bridge" || spec.Name == "host" || spec.Name == "none":
		return fmt.Errorf("operation is not permitted on predefined %s network", spec.Name)
	}
	for _, n := range e.networks {
		if n.Name == spec.Name {
			return fmt.Errorf("network with name %s already exists", spec.Name)
		}
	}
	return nil
}

// RemoveNetwork deletes a network that nothing is connected to.
func (e *Engine) RemoveNetwork(ref string) error {
	n, err := e.Network(ref)
	if err != nil {
		return err
	}
	if n.Scope == "swarm" && e.RemoveOverlay != nil {
		return errSwarmNetwork
	}
	if n.Predefined() {
		return fmt.Errorf("%s is a pre-defined network and cannot be removed", n.Name)
	}
	var active []string
	for _, m := range e.Members(n) {
		if m.Endpoint.Iface != nil {
			active = append(active, fmt.Sprintf("name:%q id:%q", m.Container.Name, m.Endpoint.ID[:12]))
		}
	}
	if len(active) > 0 {
		return fmt.Errorf("error while removing network: network %s has active endpoints (%s)", n.Name, strings.Join(active, ", "))
	}
	e.dropNetwork(n)
	return nil
}

// Adopt adds a network that belongs to a whole swarm, with its id, to the engine.
func (e *Engine) Adopt(n *Network) { e.networks = append(e.networks, n) }

// Disown takes a network of a swarm off the engine again.
func (e *Engine) Disown(n *Network) {
	e.networks = slices.DeleteFunc(e.networks, func(o *Network) bool { return o == n })
}

func (e *Engine) dropNetwork(n *Network) {
	if n.Segment != nil {
		n.Segment.Detach(e.Machine.Net)
	}
	e.networks = slices.DeleteFunc(e.networks, func(o *Network) bool { return o == n })
	e.emit("network", n.Name, "destroy", "the network "+n.Name+" was removed", n.attributes(nil))
}

// PruneNetworks removes the networks that no container, running or not, is
// connected to; those for which keep holds stay. It returns their names.
func (e *Engine) PruneNetworks(keep func(*Network) bool) []string {
	var names []string
	for _, n := range e.Networks() {
		if n.Predefined() || n.Scope == "swarm" || len(e.Members(n)) > 0 || keep != nil && keep(n) {
			continue
		}
		names = append(names, n.Name)
		e.dropNetwork(n)
	}
	return names
}
