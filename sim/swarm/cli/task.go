package cli

import (
	"fmt"
	"slices"
	"strings"

	"github.com/docker/go-units"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"drydock/sim/docker/cli"
	"drydock/sim/docker/formatter"
	"drydock/sim/swarm"
)

// psOptions are the flags of service ps, node ps and stack ps.
type psOptions struct {
	noResolve, noTrunc, quiet bool
	format                    string
	filter                    cli.Filters
}

func (o *psOptions) declare(f *pflag.FlagSet) {
	o.filter = cli.FilterFlag(f, "f", "Filter output based on conditions provided")
	f.StringVar(&o.format, "format", "", cli.FormatHelp())
	f.BoolVar(&o.noResolve, "no-resolve", false, "Do not map IDs to Names")
	f.BoolVar(&o.noTrunc, "no-trunc", false, "Do not truncate output")
	f.BoolVarP(&o.quiet, "quiet", "q", false, "Only display task IDs")
}

// fits applies --filter.
func (o *psOptions) fits(c *client, cluster *swarm.Cluster, t *swarm.Task) bool {
	return o.filter.Any("id", func(v string) bool { return strings.HasPrefix(t.ID, v) }) &&
		o.filter.Any("name", func(v string) bool { return strings.HasPrefix(t.Name(), v) || strings.HasPrefix(t.ContainerName(), v) }) &&
		o.filter.Any("node", func(v string) bool {
			n, err := cluster.FindNode(c.member, v)
			return err == nil && n.ID == t.NodeID
		}) &&
		o.filter.Any("desired-state", func(v string) bool { return t.Desired.String() == strings.ToLower(v) })
}

// taskRow is a line of a list of tasks.
type taskRow struct {
	formatter.Row
	c          *client
	t          *swarm.Task
	name, node string
	full       bool
}

func (r taskRow) ID() string           { return short(r.t.ID, r.full) }
func (r taskRow) Name() string         { return r.name }
func (r taskRow) Node() string         { return r.node }
func (r taskRow) DesiredState() string { return title(r.t.Desired.String()) }

// Image is cut at the digest unless --no-trunc was given.
func (r taskRow) Image() string {
	image := r.t.Spec.ContainerSpec.Image
	if !r.full {
		image, _, _ = strings.Cut(image, "@sha256:")
	}
	return image
}

// CurrentState is the state with its age.
func (r taskRow) CurrentState() string {
	return title(r.t.State.String()) + " " + strings.ToLower(units.HumanDuration(r.c.Now().Sub(r.t.Since))) + " ago"
}

// Error is why the task failed or waits, in quotes.
func (r taskRow) Error() string {
	if r.t.Err == "" {
		return ""
	}
	text := r.t.Err
	if !r.full {
		text = formatter.Ellipsis(text, 30)
	}
	return `"` + text + `"`
}

// Ports are the host mode ports: one entry for IPv4, one for IPv6.
func (r taskRow) Ports() string {
	var words []string
	if r.t.State != swarm.Running {
		return ""
	}
	for _, p := range r.t.HostPorts() {
		word := fmt.Sprintf("*:%d->%d/%s", p.PublishedPort, p.TargetPort, p.Protocol)
		words = append(words, word, word)
	}
	return strings.Join(words, ",")
}

func taskHeader() formatter.Header {
	return formatter.Header{
		"ID": "ID", "Name": "NAME", "Image": "IMAGE", "Node": "NODE", "DesiredState": "DESIRED STATE", "CurrentState": "CURRENT STATE",
		"Error": "ERROR", "Ports": "PORTS",
	}
}

// printTasks prints tasks by name, the newest of each slot first and those before
// it indented (docker/cli, command/task/print.go).
func (c *client) printTasks(cluster *swarm.Cluster, o *psOptions, tasks []*swarm.Task) error {
	if err := o.filter.Check("desired-state", "id", "name", "node", "label", "runtime", "service"); err != nil {
		return c.Daemon(err)
	}
	tasks = slices.DeleteFunc(tasks, func(t *swarm.Task) bool { return !o.fits(c, cluster, t) })
	slices.SortStableFunc(tasks, func(a, b *swarm.Task) int {
		if byName := natural(a.Name(), b.Name()); byName != 0 {
			return byName
		}
		return b.CreatedAt.Compare(a.CreatedAt)
	})
	format := o.format
	if o.quiet && format == "" {
		format = "{{.ID}}"
	}
	indent := format == "" || strings.HasPrefix(format, "table")
	names := map[*swarm.Task]string{}
	before := ""
	for _, t := range tasks {
		name := t.Name()
		if o.noResolve {
			name = strings.Replace(name, t.Service().Spec.Name, t.Service().ID, 1)
		}
		names[t] = name
		if name == before && indent {
			names[t] = " \\_ " + name
		}
		before = name
	}
	var rows []any
	for _, t := range tasks {
		rows = append(rows, taskRow{c: c, t: t, name: names[t], node: nodeName(cluster, t, o.noResolve), full: o.noTrunc})
	}
	return formatter.New(format, "{{.ID}}\t{{.Name}}\t{{.Image}}\t{{.Node}}\t{{.DesiredState}}\t{{.CurrentState}}\t{{.Error}}\t{{.Ports}}", taskHeader()).Write(c.Stdout, rows...)
}

// nodeName is the task's node by name; by id when it is no part of the swarm any more.
func nodeName(cluster *swarm.Cluster, t *swarm.Task, plain bool) string {
	if t.Node() == nil {
		return ""
	}
	if n := cluster.NodeByID(t.NodeID); n != nil && !plain {
		return n.Hostname()
	}
	return t.NodeID
}

func newServicePs(c *client) *cobra.Command {
	var o psOptions
	cmd := &cobra.Command{Use: "ps [OPTIONS] SERVICE [SERVICE...]", Short: "List the tasks of one or more services", Args: cli.RequiresMinArgs(1)}
	o.declare(cmd.Flags())
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		cluster, err := c.control()
		if err != nil {
			return err
		}
		var tasks []*swarm.Task
		found := false
		err = each(args, func(ref string) error {
			s, err := cluster.FindService(ref)
			if err != nil {
				return fmt.Errorf("no such service: %s", ref)
			}
			found = true
			tasks = append(tasks, s.Tasks()...)
			return nil
		})
		if !found {
			return err
		}
		if perr := c.printTasks(cluster, &o, tasks); perr != nil {
			return perr
		}
		return err
	}
	return cmd
}
