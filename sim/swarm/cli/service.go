package cli

import (
	"fmt"
	"slices"
	"sort"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"drydock/sim/docker/cli"
	"drydock/sim/docker/formatter"
	"drydock/sim/swarm"
)

func serviceCommands() []command {
	return []command{
		{name: "create", short: "Create a new service", new: newServiceCreate},
		{name: "inspect", short: "Display detailed information on one or more services", new: newServiceInspect},
		{name: "logs", short: "Fetch the logs of a service or task", new: newServiceLogs},
		{name: "ls", aliases: []string{"list"}, short: "List services", new: newServiceLs},
		{name: "ps", short: "List the tasks of one or more services", new: newServicePs},
		{name: "rm", aliases: []string{"remove"}, short: "Remove one or more services", new: newServiceRm},
		{name: "rollback", short: "Revert changes to a service's configuration", new: newServiceRollback},
		{name: "scale", short: "Scale one or multiple replicated services", new: newServiceScale},
		{name: "update", short: "Update a service", new: newServiceUpdate},
	}
}

// serviceRow is a line of `docker service ls`.
type serviceRow struct {
	formatter.Row
	s    *swarm.Service
	full bool
}

func (r serviceRow) ID() string    { return short(r.s.ID, r.full) }
func (r serviceRow) Name() string  { return r.s.Spec.Name }
func (r serviceRow) Mode() string  { return r.s.Mode() }
func (r serviceRow) Image() string { return r.s.Spec.SpecImage() }
func (r serviceRow) Ports() string { return servicePorts(r.s.Endpoint.Ports) }

// Replicas is how many tasks run and how many are wanted.
func (r serviceRow) Replicas() string {
	running, desired, completed := r.s.Status()
	text := fmt.Sprintf("%d/%d", running, desired)
	if j := r.s.Spec.Mode.ReplicatedJob; j != nil && j.TotalCompletions != nil {
		return text + fmt.Sprintf(" (%d/%d completed)", completed, *j.TotalCompletions)
	}
	if r.s.Spec.Mode.GlobalJob != nil {
		return text + fmt.Sprintf(" (%d/%d completed)", completed, desired)
	}
	if p := r.s.Spec.TaskTemplate.Placement; p != nil && p.MaxReplicas > 0 {
		text += fmt.Sprintf(" (max %d per node)", p.MaxReplicas)
	}
	return text
}

func serviceHeader() formatter.Header {
	return formatter.Header{"ID": "ID", "Name": "NAME", "Mode": "MODE", "Replicas": "REPLICAS", "Image": "IMAGE", "Ports": "PORTS"}
}

// servicePorts words the ports of the mesh, consecutive ones as a range
// (docker/cli, command/service/formatter.go).
func servicePorts(list []swarm.PortConfig) string {
	ports := slices.DeleteFunc(slices.Clone(list), func(p swarm.PortConfig) bool { return p.PublishMode == "host" })
	sort.SliceStable(ports, func(i, j int) bool {
		if ports[i].Protocol == ports[j].Protocol {
			return ports[i].PublishedPort < ports[j].PublishedPort
		}
		return ports[i].Protocol < ports[j].Protocol
	})
	var words []string
	for i := 0; i < len(ports); {
		j := i + 1
		for j < len(ports) && continues(ports[i], ports[j-1], ports[j]) {
			j++
		}
		words = append(words, fmt.Sprintf("*:%s->%s/%s", portRange(ports[i].PublishedPort, ports[j-1].PublishedPort),
			portRange(ports[i].TargetPort, ports[j-1].TargetPort), ports[i].Protocol))
		i = j
	}
	return strings.Join(words, ", ")
}

// continues reports that a port belongs to the range between the other two.
func continues(first, last, next swarm.PortConfig) bool {
	isRange := last.TargetPort != first.TargetPort
	return next.Protocol == first.Protocol && next.PublishedPort-last.PublishedPort <= 1 && next.TargetPort-last.TargetPort <= 1 &&
		!(isRange && next.TargetPort <= last.TargetPort)
}

func portRange(first, last uint32) string {
	if first == last {
		return strconv.Itoa(int(first))
	}
	return fmt.Sprintf("%d-%d", first, last)
}

func newServiceLs(c *client) *cobra.Command {
	var quiet bool
	var format string
	cmd := &cobra.Command{Use: "ls [OPTIONS]", Short: "List services", Args: cli.NoArgs}
	f := cmd.Flags()
	filter := cli.FilterFlag(f, "f", "Filter output based on conditions provided")
	f.StringVar(&format, "format", "", cli.FormatHelp())
	f.BoolVarP(&quiet, "quiet", "q", false, "Only display IDs")
	cmd.RunE = func(*cobra.Command, []string) error {
		cluster, err := c.control()
		if err != nil {
			return err
		}
		if err := filter.Check("id", "label", "mode", "name", "runtime"); err != nil {
			return c.Daemon(err)
		}
		list := slices.DeleteFunc(cluster.Services(), func(s *swarm.Service) bool { return !fitsService(filter, s) })
		return c.printServices(list, format, quiet)
	}
	return cmd
}

func fitsService(filter cli.Filters, s *swarm.Service) bool {
	return filter.Any("id", func(v string) bool { return strings.HasPrefix(s.ID, v) }) &&
		filter.Any("name", func(v string) bool { return strings.HasPrefix(s.Spec.Name, v) }) &&
		filter.Any("mode", func(v string) bool { return strings.ReplaceAll(s.Mode(), " ", "-") == v }) && filter.Labels(s.Spec.Labels)
}

func (c *client) printServices(list []*swarm.Service, format string, quiet bool) error {
	if quiet && format == "" {
		format = "{{.ID}}"
	}
	var rows []any
	for _, s := range sorted(list, func(s *swarm.Service) string { return s.Spec.Name }) {
		rows = append(rows, serviceRow{s: s, full: quiet})
	}
	return formatter.New(format, "{{.ID}}\t{{.Name}}\t{{.Mode}}\t{{.Replicas}}\t{{.Image}}\t{{.Ports}}", serviceHeader()).Write(c.Stdout, rows...)
}

func newServiceRm(c *client) *cobra.Command {
	return &cobra.Command{Use: "rm SERVICE [SERVICE...]", Short: "Remove one or more services", Args: cli.RequiresMinArgs(1), RunE: func(_ *cobra.Command, args []string) error {
		return each(args, func(ref string) error {
			cluster, err := c.control()
			if err != nil {
				return err
			}
			s, err := cluster.FindService(ref)
			if err != nil {
				return c.Daemon(err)
			}
			cluster.RemoveService(s)
			c.Printf("%s\n", ref)
			return nil
		})
	}}
}

func newServiceScale(c *client) *cobra.Command {
	var detach bool
	cmd := &cobra.Command{Use: "scale SERVICE=REPLICAS [SERVICE=REPLICAS...]", Short: "Scale one or multiple replicated services", Args: scaleArgs}
	cmd.Flags().BoolVarP(&detach, "detach", "d", false, "Exit immediately instead of waiting for the service to converge")
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		var scaled []*swarm.Service
		var names []string
		err := each(args, func(arg string) error {
			name, text, _ := strings.Cut(arg, "=")
			n, err := strconv.ParseUint(text, 10, 64)
			if err != nil {
				return fmt.Errorf("%s: invalid replicas value %s: %w", name, text, err)
			}
			s, err := c.scale(name, n)
			if err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
			scaled, names = append(scaled, s), append(names, name)
			return nil
		})
		if len(scaled) > 0 && !detach {
			for i, s := range scaled {
				if perr := c.progress(s, names[i], false); perr != nil {
					return perr
				}
			}
		}
		return err
	}
	return cmd
}

// scaleArgs wants SERVICE=REPLICAS each time.
func scaleArgs(cmd *cobra.Command, args []string) error {
	if err := cli.RequiresMinArgs(1)(cmd, args); err != nil {
		return err
	}
	for _, arg := range args {
		if name, value, ok := strings.Cut(arg, "="); !ok || name == "" || value == "" {
			return fmt.Errorf("invalid scale specifier '%s'.\nSee '%s --help'.\n\nUsage:  %s\n\n%s", arg, cmd.CommandPath(), cmd.UseLine(), cmd.Short)
		}
	}
	return nil
}

func (c *client) scale(name string, n uint64) (*swarm.Service, error) {
	cluster, err := c.control()
	if err != nil {
		return nil, err
	}
	s, err := cluster.FindService(name)
	if err != nil {
		return nil, c.Daemon(err)
	}
	spec := s.Spec.Clone()
	switch {
	case spec.Mode.Replicated != nil:
		spec.Mode.Replicated.Replicas = &n
	case spec.Mode.ReplicatedJob != nil:
		spec.Mode.ReplicatedJob.TotalCompletions = &n
	default:
		return nil, fmt.Errorf("scale can only be used with replicated or replicated-job mode")
	}
	if err := cluster.UpdateService(s, *spec); err != nil {
		return nil, c.Daemon(err)
	}
	c.Printf("%s scaled to %d\n", name, n)
	return s, nil
}

func newServiceRollback(c *client) *cobra.Command {
	var detach, quiet bool
	cmd := &cobra.Command{Use: "rollback [OPTIONS] SERVICE", Short: "Revert changes to a service's configuration", Args: cli.ExactArgs(1)}
	f := cmd.Flags()
	f.BoolVarP(&detach, "detach", "d", false, "Exit immediately instead of waiting for the service to converge")
	f.BoolVarP(&quiet, "quiet", "q", false, "Suppress progress output")
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		cluster, err := c.control()
		if err != nil {
			return err
		}
		s, err := cluster.FindService(args[0])
		if err == nil {
			err = cluster.RollbackService(s)
		}
		if err != nil {
			return c.Daemon(err)
		}
		c.Printf("%s\n", args[0])
		if detach {
			return nil
		}
		return c.progress(s, args[0], quiet)
	}
	return cmd
}
