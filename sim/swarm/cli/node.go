package cli

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"drydock/sim/docker/cli"
	"drydock/sim/docker/formatter"
	"drydock/sim/swarm"
)

func nodeCommands() []command {
	return []command{
		{name: "demote", short: "Demote one or more nodes from manager in the swarm", new: newRole("demote", "worker", "Demote one or more nodes from manager in the swarm", "Manager %s demoted in the swarm.\n")},
		{name: "inspect", short: "Display detailed information on one or more nodes", new: newNodeInspect},
		{name: "ls", aliases: []string{"list"}, short: "List nodes in the swarm", new: newNodeLs},
		{name: "promote", short: "Promote one or more nodes to manager in the swarm", new: newRole("promote", "manager", "Promote one or more nodes to manager in the swarm", "Node %s promoted to a manager in the swarm.\n")},
		{name: "ps", short: "List tasks running on one or more nodes, defaults to current node", new: newNodePs},
		{name: "rm", aliases: []string{"remove"}, short: "Remove one or more nodes from the swarm", new: newNodeRm},
		{name: "update", short: "Update a node", new: newNodeUpdate},
	}
}

// newRole makes promote and demote. All nodes are looked up before the first is
// changed.
func newRole(name, role, help, done string) maker {
	return func(c *client) *cobra.Command {
		return &cobra.Command{Use: name + " NODE [NODE...]", Short: help, Args: cli.RequiresMinArgs(1), RunE: func(_ *cobra.Command, args []string) error {
			cluster, err := c.control()
			if err != nil {
				return err
			}
			for _, ref := range args {
				n, err := cluster.FindNode(c.member, ref)
				if err != nil {
					return c.Daemon(err)
				}
				if n.Spec.Role == role {
					c.Printf("Node %s is already a %s.\n", n.ID, role)
					continue
				}
				if err := cluster.UpdateNode(n, func(s *swarm.NodeSpec) error { s.Role = role; return nil }); err != nil {
					return c.Daemon(err)
				}
				c.Printf(done, ref)
			}
			return nil
		}}
	}
}

func newNodeRm(c *client) *cobra.Command {
	var force bool
	cmd := &cobra.Command{Use: "rm [OPTIONS] NODE [NODE...]", Short: "Remove one or more nodes from the swarm", Args: cli.RequiresMinArgs(1)}
	cmd.Flags().BoolVarP(&force, "force", "f", false, "Force remove a node from the swarm")
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		return each(args, func(ref string) error {
			cluster, err := c.control()
			if err != nil {
				return err
			}
			n, err := cluster.FindNode(c.member, ref)
			if err == nil {
				err = cluster.RemoveNode(n, force)
			}
			if err != nil {
				return c.Daemon(err)
			}
			c.Printf("%s\n", ref)
			return nil
		})
	}
	return cmd
}

func newNodeUpdate(c *client) *cobra.Command {
	var availability, role string
	var add, remove []string
	cmd := &cobra.Command{Use: "update [OPTIONS] NODE", Short: "Update a node", Args: cli.ExactArgs(1)}
	f := cmd.Flags()
	f.StringVar(&availability, "availability", "", `Availability of the node ("active", "pause", "drain")`)
	f.StringVar(&role, "role", "", `Role of the node ("worker", "manager")`)
	cli.ListVar(f, &add, "label-add", "", `Add or update a node label ("key=value")`, "list")
	cli.ListVar(f, &remove, "label-rm", "", "Remove a node label if exists", "list")
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		cluster, err := c.control()
		if err != nil {
			return err
		}
		n, err := cluster.FindNode(c.member, args[0])
		if err != nil {
			return c.Daemon(err)
		}
		for _, key := range remove {
			if _, ok := n.Spec.Labels[key]; !ok {
				return fmt.Errorf("key %s doesn't exist in node's labels", key)
			}
		}
		err = cluster.UpdateNode(n, func(s *swarm.NodeSpec) error {
			if availability != "" {
				s.Availability = strings.ToLower(availability)
			}
			if role != "" {
				s.Role = strings.ToLower(role)
			}
			for _, l := range add {
				k, v, _ := strings.Cut(l, "=")
				s.Labels[k] = v
			}
			for _, key := range remove {
				delete(s.Labels, key)
			}
			return nil
		})
		if err != nil {
			return c.Daemon(err)
		}
		c.Printf("%s\n", args[0])
		return nil
	}
	return cmd
}

// nodeRow is a line of `docker node ls`.
type nodeRow struct {
	formatter.Row
	c    *client
	in   *swarm.Cluster
	node *swarm.Node
}

func (r nodeRow) Self() bool           { return r.node == r.c.member.Node() }
func (r nodeRow) Hostname() string     { return r.node.Hostname() }
func (r nodeRow) Status() string       { return title(r.node.Status.State) }
func (r nodeRow) Availability() string { return title(r.node.Spec.Availability) }
func (r nodeRow) ManagerStatus() string {
	return r.in.ManagerStatus(r.node)
}
func (r nodeRow) EngineVersion() string { return r.node.EngineVersion() }
func (r nodeRow) TLSStatus() string     { return "Ready" }

// ID is the whole id; the table marks the node that is asked.
func (r nodeRow) ID() string { return r.node.ID }

func nodeHeader() formatter.Header {
	return formatter.Header{
		"ID": "ID", "Self": "", "Hostname": "HOSTNAME", "Status": "STATUS", "Availability": "AVAILABILITY", "ManagerStatus": "MANAGER STATUS",
		"EngineVersion": "ENGINE VERSION", "TLSStatus": "TLS STATUS",
	}
}

func title(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

func newNodeLs(c *client) *cobra.Command {
	var quiet bool
	var format string
	cmd := &cobra.Command{Use: "ls [OPTIONS]", Short: "List nodes in the swarm", Args: cli.NoArgs}
	f := cmd.Flags()
	filter := cli.FilterFlag(f, "f", "Filter output based on conditions provided")
	f.StringVar(&format, "format", "", cli.FormatHelp())
	f.BoolVarP(&quiet, "quiet", "q", false, "Only display IDs")
	cmd.RunE = func(*cobra.Command, []string) error {
		cluster, err := c.control()
		if err != nil {
			return err
		}
		if err := filter.Check("id", "label", "node.label", "membership", "name", "role"); err != nil {
			return c.Daemon(err)
		}
		if quiet && format == "" {
			format = "{{.ID}}"
		}
		var rows []any
		for _, n := range sorted(cluster.Nodes(), (*swarm.Node).Hostname) {
			begins := func(text string) func(string) bool {
				return func(v string) bool { return strings.HasPrefix(text, v) }
			}
			if filter.Any("role", func(v string) bool { return v == n.Spec.Role }) && filter.Any("name", begins(n.Hostname())) &&
				filter.Any("id", begins(n.ID)) && filter.Any("membership", func(v string) bool { return v == "accepted" }) && filter.Any("node.label", hasLabel(n.Spec.Labels)) {
				rows = append(rows, nodeRow{c: c, in: cluster, node: n})
			}
		}
		return formatter.New(format, "{{.ID}} {{if .Self}}*{{else}} {{ end }}\t{{.Hostname}}\t{{.Status}}\t{{.Availability}}\t{{.ManagerStatus}}\t{{.EngineVersion}}", nodeHeader()).Write(c.Stdout, rows...)
	}
	return cmd
}

// hasLabel fits "key" and "key=value".
func hasLabel(labels map[string]string) func(string) bool {
	return func(want string) bool {
		key, value, exact := strings.Cut(want, "=")
		got, ok := labels[key]
		return ok && (!exact || got == value)
	}
}

func newNodePs(c *client) *cobra.Command {
	var o psOptions
	cmd := &cobra.Command{Use: "ps [OPTIONS] [NODE...]", Short: "List tasks running on one or more nodes, defaults to current node"}
	o.declare(cmd.Flags())
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		cluster, err := c.control()
		if err != nil {
			return err
		}
		if len(args) == 0 {
			args = []string{"self"}
		}
		// The client adds one node after the other to the same filter, so that the
		// tasks of the first come up again with each that follows.
		var tasks []*swarm.Task
		var nodes []*swarm.Node
		err = each(args, func(ref string) error {
			n, err := cluster.FindNode(c.member, ref)
			if err != nil {
				return c.Daemon(err)
			}
			nodes = append(nodes, n)
			for _, k := range nodes {
				tasks = append(tasks, k.Tasks()...)
			}
			return nil
		})
		if len(nodes) > 0 {
			if perr := c.printTasks(cluster, &o, tasks); perr != nil {
				return perr
			}
		}
		return err
	}
	return cmd
}
