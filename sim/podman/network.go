package podman

import (
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"drydock/sim/docker"
)

func networkCommands() []command {
	return []command{
		{"connect", nil, "Add container to a network", newNetworkConnect},
		{"create", nil, "Create networks for containers and pods", newNetworkCreate},
		{"disconnect", nil, "Disconnect a container from a network", newNetworkDisconnect},
		{"exists", nil, "Check if network exists", newNetworkExists},
		{"inspect", nil, "Inspect network", newNetworkInspect},
		{"ls", []string{"list"}, "List networks", newNetworkLs},
		{"prune", nil, "Prune unused networks", newNetworkPrune},
		{"reload", nil, "Reload firewall rules for one or more containers", nil},
		{"rm", []string{"remove"}, "Remove networks", newNetworkRm},
		{"update", nil, "Update an existing podman network", nil},
	}
}

// networks lists what Podman calls networks: host and none are modes.
func (s *Store) networks() []*docker.Network {
	list := slices.DeleteFunc(s.Engine.Networks(), func(n *docker.Network) bool { return n.Driver != "bridge" })
	slices.SortStableFunc(list, func(a, b *docker.Network) int {
		if a.Name < b.Name {
			return -1
		}
		return 1
	})
	return list
}

func (s *Store) network(name string) (*docker.Network, error) {
	n, err := s.Engine.Network(name)
	if err != nil || n.Driver != "bridge" {
		return nil, fmt.Errorf("unable to find network with name or ID %s: network not found", name)
	}
	return n, nil
}

// defaultNetworkID is the ID of the default network, the same everywhere.
const defaultNetworkID = "2f259bab93aaaaa2542ba43ef33eb990d0999ee1b9924b557b7be53c0b7a1bb9"

func networkID(n *docker.Network) string {
	if n.Name == defaultNetwork {
		return defaultNetworkID
	}
	return n.ID
}

func newNetworkLs(c *client) *cobra.Command {
	var quiet, noHeading bool
	var format string
	cmd := &cobra.Command{Use: "ls [options]", Args: cobra.NoArgs}
	f := cmd.Flags()
	f.BoolVarP(&quiet, "quiet", "q", false, "display only names")
	f.BoolVarP(&noHeading, "noheading", "n", false, "Do not print headers")
	f.StringVar(&format, "format", "", "Pretty-print networks to JSON or using a Go template")
	cmd.RunE = func(*cobra.Command, []string) error {
		t := table{columns: []column{{"ID", "NETWORK ID"}, {"Name", "NAME"}, {"Driver", "DRIVER"}}}
		for _, n := range c.store.networks() {
			if quiet {
				c.Printf("%s\n", n.Name)
			}
			t.rows = append(t.rows, map[string]any{"ID": short(networkID(n)), "Name": n.Name, "Driver": n.Driver})
		}
		if quiet {
			return nil
		}
		return c.write(t, format, noHeading)
	}
	return cmd
}

func newNetworkCreate(c *client) *cobra.Command {
	spec := docker.NetworkSpec{}
	cmd := &cobra.Command{Use: "create [options] [NAME]", Args: cobra.MaximumNArgs(1)}
	f := cmd.Flags()
	f.StringVarP(&spec.Driver, "driver", "d", "bridge", "driver to manage the network")
	f.StringArrayVar(&spec.Subnets, "subnet", nil, "subnets in CIDR format")
	f.StringArrayVar(&spec.Gateways, "gateway", nil, "IPv4 or IPv6 gateway for the subnet")
	f.StringArrayVar(&spec.IPRanges, "ip-range", nil, "allocate container IP from range")
	f.BoolVar(&spec.Internal, "internal", false, "restrict external access from this network")
	lackingFlags(f, "disable-dns", "dns", "ipv6", "label", "opt", "route", "interface-name", "ipam-driver")
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		spec.Name = fmt.Sprintf("podman%d", len(c.store.networks()))
		if len(args) == 1 {
			spec.Name = args[0]
		}
		if n, err := c.store.Engine.Network(spec.Name); err == nil && n.Name == spec.Name {
			return fmt.Errorf("network name %s already used: network already exists", spec.Name)
		}
		if _, err := c.store.Engine.CreateNetwork(spec); err != nil {
			return err
		}
		c.Printf("%s\n", spec.Name)
		return nil
	}
	return cmd
}

func newNetworkRm(c *client) *cobra.Command {
	var force bool
	cmd := &cobra.Command{Use: "rm [options] NETWORK [NETWORK...]", Args: atLeast(1)}
	cmd.Flags().BoolVarP(&force, "force", "f", false, "remove any containers using network")
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		return c.each(args, func(name string) error {
			n, err := c.store.network(name)
			switch {
			case err != nil:
				return fail(1, "%s", err)
			case n.Name == defaultNetwork:
				return fmt.Errorf("default network %s cannot be removed", name)
			}
			for _, m := range c.store.Engine.Members(n) {
				if !force {
					return fail(2, "%q has associated containers with it. Use -f to forcibly delete containers and pods: network is being used", name)
				}
				if err := c.store.Engine.Remove(c.Proc, m.Container, true, true); err != nil {
					return err
				}
			}
			if err := c.store.Engine.RemoveNetwork(n.Name); err != nil {
				return err
			}
			c.Printf("%s\n", name)
			return nil
		})
	}
	return cmd
}

func newNetworkPrune(c *client) *cobra.Command {
	cmd := &cobra.Command{Use: "prune [options]", Args: cobra.NoArgs, RunE: func(*cobra.Command, []string) error {
		for _, name := range c.store.Engine.PruneNetworks(nil) {
			c.Printf("%s\n", name)
		}
		return nil
	}}
	cmd.Flags().BoolP("force", "f", false, "do not prompt for confirmation")
	return cmd
}

func newNetworkConnect(c *client) *cobra.Command {
	spec := docker.EndpointSpec{}
	cmd := &cobra.Command{Use: "connect [options] NETWORK CONTAINER", Args: exactly(2)}
	cmd.Flags().StringArrayVar(&spec.Aliases, "alias", nil, "network scoped alias for container")
	cmd.Flags().StringVar(&spec.IP, "ip", "", "set a static ipv4 address for this container network")
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		if _, err := c.store.network(args[0]); err != nil {
			return err
		}
		if _, err := c.store.container(args[1], 125); err != nil {
			return err
		}
		return c.store.Engine.Connect(args[0], args[1], spec)
	}
	return cmd
}

func newNetworkDisconnect(c *client) *cobra.Command {
	var force bool
	cmd := &cobra.Command{Use: "disconnect [options] NETWORK CONTAINER", Args: exactly(2)}
	cmd.Flags().BoolVarP(&force, "force", "f", false, "force removal of container from network")
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		if _, err := c.store.network(args[0]); err != nil {
			return err
		}
		return c.store.Engine.Disconnect(args[0], args[1], force)
	}
	return cmd
}

func newNetworkExists(c *client) *cobra.Command {
	return &cobra.Command{Use: "exists NETWORK", Args: exactly(1), RunE: func(_ *cobra.Command, args []string) error {
		if _, err := c.store.network(args[0]); err != nil {
			return exitStatus(1)
		}
		return nil
	}}
}

// networkInspect is a network as `podman network inspect` shows it, in its order.
type networkInspect struct {
	Name       string            `json:"name"`
	ID         string            `json:"id"`
	Driver     string            `json:"driver"`
	Interface  string            `json:"network_interface"`
	Created    string            `json:"created"`
	Subnets    []subnet          `json:"subnets"`
	IPv6       bool              `json:"ipv6_enabled"`
	Internal   bool              `json:"internal"`
	DNSEnabled bool              `json:"dns_enabled"`
	IPAM       map[string]string `json:"ipam_options"`
	Containers map[string]any    `json:"containers"`
}

type subnet struct {
	Subnet  string `json:"subnet"`
	Gateway string `json:"gateway"`
}

func newNetworkInspect(c *client) *cobra.Command {
	var format string
	cmd := &cobra.Command{Use: "inspect [options] NETWORK [NETWORK...]", Args: atLeast(1)}
	cmd.Flags().StringVarP(&format, "format", "f", "", "Pretty-print network to JSON or using a Go template")
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		var list []any
		var last error
		for _, name := range args {
			n, err := c.store.network(name)
			if err != nil {
				last = err
				continue
			}
			list = append(list, c.inspectNetwork(n))
		}
		if err := c.printInspect(list, format); err != nil {
			return err
		}
		return last
	}
	return cmd
}

func (c *client) inspectNetwork(n *docker.Network) networkInspect {
	number := slices.IndexFunc(c.store.networks(), func(o *docker.Network) bool { return o == n })
	if n.Name == defaultNetwork {
		number = 0
	} else {
		number = max(number, 1)
	}
	out := networkInspect{
		Name: n.Name, ID: networkID(n), Driver: n.Driver, Interface: fmt.Sprintf("podman%d", number), Created: stamp(n.Created),
		Subnets: []subnet{{n.Segment.Subnet.String(), n.Segment.Gateway.String()}}, Internal: n.Internal,
		DNSEnabled: n.Segment.Resolve != nil, IPAM: map[string]string{"driver": "host-local"}, Containers: map[string]any{},
	}
	for _, m := range c.store.Engine.Members(n) {
		if m.Endpoint.Iface != nil {
			out.Containers[m.Container.ID] = map[string]any{"name": m.Container.Name}
		}
	}
	return out
}
