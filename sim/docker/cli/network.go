package cli

import (
	"errors"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"drydock/sim/docker"
	"drydock/sim/docker/formatter"
)

// networkCommands are those of `docker network`.
func networkCommands() []Command {
	return []Command{
		{Name: "connect", Short: "Connect a container to a network", New: newNetworkConnect},
		{Name: "create", Short: "Create a network", New: newNetworkCreate},
		{Name: "disconnect", Short: "Disconnect a container from a network", New: newNetworkDisconnect},
		{Name: "inspect", Short: "Display detailed information on one or more networks", New: newNetworkInspect},
		{Name: "ls", Aliases: []string{"list"}, Short: "List networks", New: newNetworkLs},
		{Name: "prune", Short: "Remove all unused networks", New: newNetworkPrune},
		{Name: "rm", Aliases: []string{"remove"}, Short: "Remove one or more networks", New: newNetworkRm},
	}
}

func newNetworkConnect(c *Client) *cobra.Command {
	var spec docker.EndpointSpec
	cmd := &cobra.Command{
		Use: "connect [OPTIONS] NETWORK CONTAINER", Short: "Connect a container to a network", Args: exactArgs(2),
		RunE: func(_ *cobra.Command, args []string) error { return c.daemon(c.Engine.Connect(args[0], args[1], spec)) },
	}
	f := cmd.Flags()
	f.StringSliceVar(&spec.Aliases, "alias", nil, "Add network-scoped alias for the container")
	f.StringSlice("driver-opt", nil, "driver options for the network")
	f.Int("gw-priority", 0, "Highest gw-priority provides the default gateway. Accepts positive and negative values.")
	f.StringVar(&spec.IP, "ip", "", "IPv4 address (e.g., `172.30.100.104`)")
	f.String("ip6", "", "IPv6 address (e.g., `2001:db8::33`)")
	listVar(f, &spec.Links, "link", "", "Add link to another container", "list")
	f.StringSlice("link-local-ip", nil, "Add a link-local address for the container")
	absent(f, "driver-opt", "gw-priority", "ip6", "link", "link-local-ip")
	return cmd
}

func newNetworkDisconnect(c *Client) *cobra.Command {
	var force bool
	cmd := &cobra.Command{
		Use: "disconnect [OPTIONS] NETWORK CONTAINER", Short: "Disconnect a container from a network", Args: exactArgs(2),
		RunE: func(_ *cobra.Command, args []string) error {
			return c.daemon(c.Engine.Disconnect(args[0], args[1], force))
		},
	}
	cmd.Flags().BoolVarP(&force, "force", "f", false, "Force the container to disconnect from a network")
	return cmd
}

func newNetworkCreate(c *Client) *cobra.Command {
	var spec docker.NetworkSpec
	labels, options := pairs{}, pairs{word: "map"}
	cmd := &cobra.Command{
		Use: "create [OPTIONS] NETWORK", Short: "Create a network", Args: exactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			spec.Name, spec.Labels, spec.Options = args[0], labels.values, options.values
			n, err := c.createNetwork(spec)
			if err != nil {
				return c.daemon(err)
			}
			c.Printf("%s\n", n.ID)
			return nil
		},
	}
	f := cmd.Flags()
	f.BoolVar(&spec.Attachable, "attachable", false, "Enable manual container attachment")
	f.Var(&pairs{word: "map"}, "aux-address", "Auxiliary IPv4 or IPv6 addresses used by Network driver")
	f.String("config-from", "", "The network from which to copy the configuration")
	f.Bool("config-only", false, "Create a configuration only network")
	f.StringVarP(&spec.Driver, "driver", "d", "bridge", "Driver to manage the Network")
	f.StringSliceVar(&spec.Gateways, "gateway", nil, "IPv4 or IPv6 Gateway for the master subnet")
	f.Bool("ingress", false, "Create swarm routing-mesh network")
	f.BoolVar(&spec.Internal, "internal", false, "Restrict external access to the network")
	f.StringSliceVar(&spec.IPRanges, "ip-range", nil, "Allocate container ip from a sub-range")
	f.String("ipam-driver", "default", "IP Address Management Driver")
	f.Var(&pairs{word: "map"}, "ipam-opt", "Set IPAM driver specific options")
	f.Bool("ipv4", true, "Enable or disable IPv4 address assignment")
	f.Bool("ipv6", false, "Enable or disable IPv6 address assignment")
	f.Var(&labels, "label", "Set metadata on a network")
	f.VarP(&options, "opt", "o", "Set driver specific options")
	f.String("scope", "", "Control the network's scope")
	f.StringSliceVar(&spec.Subnets, "subnet", nil, "Subnet in CIDR format that represents a network segment")
	absent(f, "aux-address", "config-from", "config-only", "ingress", "ipam-driver", "ipam-opt", "ipv4", "ipv6", "scope")
	return cmd
}

// createNetwork makes a network; one of the overlay driver is the swarm's.
func (c *Client) createNetwork(spec docker.NetworkSpec) (*docker.Network, error) {
	if spec.Driver == "overlay" && c.Engine.Overlay != nil {
		return c.Engine.Overlay(c.Proc, spec)
	}
	return c.Engine.CreateNetwork(spec)
}

// removeNetwork removes a network; one of a swarm is removed by its managers.
func (c *Client) removeNetwork(ref string) error {
	if n, err := c.Engine.Network(ref); err == nil && n.Scope == "swarm" && c.Engine.RemoveOverlay != nil {
		return c.Engine.RemoveOverlay(c.Proc, n)
	}
	return c.Engine.RemoveNetwork(ref)
}

func newNetworkInspect(c *Client) *cobra.Command {
	var format string
	cmd := &cobra.Command{
		Use: "inspect [OPTIONS] NETWORK [NETWORK...]", Short: "Display detailed information on one or more networks", Args: requiresMinArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			return c.inspect(format, args, func(ref string) (any, error) {
				n, err := c.Engine.InspectNetwork(ref)
				return n, c.daemon(err)
			})
		},
	}
	f := cmd.Flags()
	f.StringVarP(&format, "format", "f", "", inspectFormatHelp)
	f.String("scope", "", "Filter the search by scope")
	f.BoolP("verbose", "v", false, "Verbose output for diagnostics")
	return cmd
}

// networkRow is a line of `docker network ls`.
type networkRow struct {
	formatter.Row
	n     *docker.Network
	trunc bool
}

func (r networkRow) Name() string      { return r.n.Name }
func (r networkRow) Driver() string    { return r.n.Driver }
func (r networkRow) Scope() string     { return r.n.Scope }
func (r networkRow) IPv4() bool        { return true }
func (r networkRow) IPv6() bool        { return false }
func (r networkRow) Internal() bool    { return r.n.Internal }
func (r networkRow) Labels() string    { return joinLabels(r.n.Labels) }
func (r networkRow) CreatedAt() string { return r.n.Created.Format(timeLayout) }

// ID is the network's id, short unless --no-trunc was given.
func (r networkRow) ID() string {
	if r.trunc {
		return r.n.ID[:min(12, len(r.n.ID))]
	}
	return r.n.ID
}

// Label is the value of one label.
func (r networkRow) Label(name string) string { return r.n.Labels[name] }

func networkHeader() formatter.Header {
	return formatter.Header{
		"ID": "NETWORK ID", "Name": "NAME", "Driver": "DRIVER", "Scope": "SCOPE", "IPv4": "IPV4", "IPv6": "IPV6", "Internal": "INTERNAL",
		"Labels": "LABELS", "CreatedAt": "CREATED AT",
	}
}

func newNetworkLs(c *Client) *cobra.Command {
	var quiet, noTrunc bool
	var format string
	cmd := &cobra.Command{Use: "ls [OPTIONS]", Short: "List networks", Args: noArgs}
	f := cmd.Flags()
	filter := filterFlag(f, "f", `Provide filter values (e.g. "driver=bridge")`)
	f.StringVar(&format, "format", "", formatHelp)
	f.BoolVar(&noTrunc, "no-trunc", false, "Do not truncate the output")
	f.BoolVarP(&quiet, "quiet", "q", false, "Only display network IDs")
	cmd.RunE = func(*cobra.Command, []string) error {
		list, err := c.networks(filter)
		if err != nil {
			return c.daemon(err)
		}
		rows := make([]any, len(list))
		for i, n := range list {
			rows[i] = networkRow{n: n, trunc: !noTrunc}
		}
		if quiet && format == "" {
			format = "{{.ID}}"
		}
		return formatter.New(format, "{{.ID}}\t{{.Name}}\t{{.Driver}}\t{{.Scope}}", networkHeader()).Write(c.Stdout, rows...)
	}
	return cmd
}

// networks lists the networks that fit the filters, by name.
func (c *Client) networks(f *filters) ([]*docker.Network, error) {
	if err := f.check("dangling", "driver", "id", "label", "name", "scope", "type"); err != nil {
		return nil, err
	}
	dangling, given, err := f.yes("dangling")
	if err != nil {
		return nil, err
	}
	list := slices.DeleteFunc(c.Engine.Networks(), func(n *docker.Network) bool {
		return given && (n.Predefined() || len(c.Engine.Members(n)) > 0) == dangling || !f.labels(n.Labels) ||
			!f.any("driver", func(v string) bool { return v == n.Driver }) ||
			!f.any("id", func(v string) bool { return strings.HasPrefix(n.ID, v) }) ||
			!f.any("name", func(v string) bool { return matchName(v, n.Name) }) ||
			!f.any("scope", func(v string) bool { return v == n.Scope }) ||
			!f.any("type", func(v string) bool { return (v == "custom") != n.Predefined() })
	})
	slices.SortFunc(list, func(a, b *docker.Network) int { return strings.Compare(a.Name, b.Name) })
	return list, nil
}

func newNetworkPrune(c *Client) *cobra.Command {
	var force bool
	cmd := &cobra.Command{Use: "prune [OPTIONS]", Short: "Remove all unused networks", Args: noArgs}
	f := cmd.Flags()
	filter := filterFlag(f, "", `Provide filter values (e.g. "until=<timestamp>")`)
	f.BoolVarP(&force, "force", "f", false, "Do not prompt for confirmation")
	cmd.RunE = func(*cobra.Command, []string) error {
		if !force && !c.confirm("WARNING! This will remove all custom networks not used by at least one container.\nAre you sure you want to continue?") {
			return nil
		}
		if err := filter.check("label", "label!", "until"); err != nil {
			return c.daemon(err)
		}
		c.printDeleted("Networks", c.Engine.PruneNetworks(c.keepNetwork(filter)))
		return nil
	}
	return cmd
}

func (c *Client) keepNetwork(f *filters) func(*docker.Network) bool {
	return func(n *docker.Network) bool { return !f.labels(n.Labels) || !f.before(n.Created, c.Now()) }
}

func newNetworkRm(c *Client) *cobra.Command {
	var force bool
	cmd := &cobra.Command{
		Use: "rm NETWORK [NETWORK...]", Short: "Remove one or more networks", Args: requiresMinArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			failed := false
			for _, ref := range args {
				if err := c.removeNetwork(ref); err != nil {
					if force && strings.HasSuffix(err.Error(), "not found") {
						continue
					}
					c.Errorf("%s\n", c.daemon(err))
					failed = true
					continue
				}
				c.Printf("%s\n", ref)
			}
			if failed {
				return errors.New("exit status 1")
			}
			return nil
		},
	}
	cmd.Flags().BoolVarP(&force, "force", "f", false, "Do not error if the network does not exist")
	return cmd
}
