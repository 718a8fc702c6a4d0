package cli

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"drydock/sim/docker/cli"
	"drydock/sim/docker/formatter"
	"drydock/sim/swarm"
)

// stackLabel marks what belongs to a stack.
const stackLabel = "com.docker.stack.namespace"

func stackCommands() []command {
	return []command{
		{name: "config", short: "Outputs the final config file, after doing merges and interpolations", new: newStackConfig},
		{name: "deploy", aliases: []string{"up"}, short: "Deploy a new stack or update an existing stack", new: newStackDeploy},
		{name: "ls", aliases: []string{"list"}, short: "List stacks", new: newStackLs},
		{name: "ps", short: "List the tasks in the stack", new: newStackPs},
		{name: "rm", aliases: []string{"remove", "down"}, short: "Remove one or more stacks", new: newStackRm},
		{name: "services", short: "List the services in the stack", new: newStackServices},
	}
}

// stackServices are a stack's services, by name.
func stackServices(cluster *swarm.Cluster, stack string) []*swarm.Service {
	var list []*swarm.Service
	for _, s := range cluster.Services() {
		if s.Spec.Labels[stackLabel] == stack {
			list = append(list, s)
		}
	}
	return sorted(list, func(s *swarm.Service) string { return s.Spec.Name })
}

// stackRow is a line of `docker stack ls`.
type stackRow struct {
	formatter.Row
	name string
	n    int
}

func (r stackRow) Name() string     { return r.name }
func (r stackRow) Services() string { return fmt.Sprint(r.n) }

func newStackLs(c *client) *cobra.Command {
	var format string
	cmd := &cobra.Command{Use: "ls [OPTIONS]", Short: "List stacks", Args: cli.NoArgs}
	cmd.Flags().StringVar(&format, "format", "", cli.FormatHelp())
	cmd.RunE = func(*cobra.Command, []string) error {
		cluster, err := c.control()
		if err != nil {
			return err
		}
		counts := map[string]int{}
		var names []string
		for _, s := range cluster.Services() {
			if name := s.Spec.Labels[stackLabel]; name != "" {
				if counts[name] == 0 {
					names = append(names, name)
				}
				counts[name]++
			}
		}
		var rows []any
		for _, name := range sorted(names, func(n string) string { return n }) {
			rows = append(rows, stackRow{name: name, n: counts[name]})
		}
		return formatter.New(format, "{{.Name}}\t{{.Services}}", formatter.Header{"Name": "NAME", "Services": "SERVICES"}).Write(c.Stdout, rows...)
	}
	return cmd
}

func newStackPs(c *client) *cobra.Command {
	var o psOptions
	cmd := &cobra.Command{Use: "ps [OPTIONS] STACK", Short: "List the tasks in the stack", Args: cli.ExactArgs(1)}
	o.declare(cmd.Flags())
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		cluster, err := c.control()
		if err != nil {
			return err
		}
		var tasks []*swarm.Task
		for _, s := range stackServices(cluster, args[0]) {
			tasks = append(tasks, s.Tasks()...)
		}
		if len(tasks) == 0 {
			return fmt.Errorf("nothing found in stack: %s", args[0])
		}
		return c.printTasks(cluster, &o, tasks)
	}
	return cmd
}

func newStackServices(c *client) *cobra.Command {
	var quiet bool
	var format string
	cmd := &cobra.Command{Use: "services [OPTIONS] STACK", Short: "List the services in the stack", Args: cli.ExactArgs(1)}
	f := cmd.Flags()
	filter := cli.FilterFlag(f, "f", "Filter output based on conditions provided")
	f.StringVar(&format, "format", "", cli.FormatHelp())
	f.BoolVarP(&quiet, "quiet", "q", false, "Only display IDs")
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		cluster, err := c.control()
		if err != nil {
			return err
		}
		list := slices.DeleteFunc(stackServices(cluster, args[0]), func(s *swarm.Service) bool { return !fitsService(filter, s) })
		if len(list) == 0 {
			c.Errorf("Nothing found in stack: %s\n", args[0])
			return nil
		}
		return c.printServices(list, format, quiet)
	}
	return cmd
}

func newStackRm(c *client) *cobra.Command {
	cmd := &cobra.Command{Use: "rm [OPTIONS] STACK [STACK...]", Short: "Remove one or more stacks", Args: cli.RequiresMinArgs(1)}
	cmd.Flags().BoolP("detach", "d", true, "Do not wait for stack removal")
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		return each(args, c.removeStack)
	}
	return cmd
}

// removeStack removes services first, then secrets, configs and networks. Volumes
// stay.
func (c *client) removeStack(name string) error {
	cluster, err := c.control()
	if err != nil {
		return err
	}
	services := stackServices(cluster, name)
	secrets := stackSecrets(cluster, "secret", name)
	configs := stackSecrets(cluster, "config", name)
	var networks []*swarm.Network
	for _, n := range cluster.Networks() {
		if n.Spec.Labels[stackLabel] == name {
			networks = append(networks, n)
		}
	}
	if len(services)+len(networks)+len(secrets)+len(configs) == 0 {
		c.Errorf("Nothing found in stack: %s\n", name)
		return nil
	}
	for _, s := range services {
		c.Printf("Removing service %s\n", s.Spec.Name)
		cluster.RemoveService(s)
	}
	var errs []error
	for _, s := range secrets {
		c.Printf("Removing secret %s\n", s.Spec.Name)
		errs = append(errs, cluster.RemoveSecret(s))
	}
	for _, s := range configs {
		c.Printf("Removing config %s\n", s.Spec.Name)
		errs = append(errs, cluster.RemoveSecret(s))
	}
	for _, n := range networks {
		c.Printf("Removing network %s\n", n.Spec.Name)
		errs = append(errs, cluster.RemoveNetwork(n))
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("failed to remove some resources from stack: %s", name)
	}
	return nil
}

func stackSecrets(cluster *swarm.Cluster, kind, stack string) []*swarm.Secret {
	return sorted(slices.DeleteFunc(cluster.Secrets(kind), func(s *swarm.Secret) bool { return s.Spec.Labels[stackLabel] != stack }),
		func(s *swarm.Secret) string { return s.Spec.Name })
}

// stackName refuses names that a stack cannot have.
func stackName(name string) error {
	if strings.TrimSpace(name) == "" || strings.Trim(name, "'\"") == "" {
		return fmt.Errorf("invalid stack name: %q", name)
	}
	return nil
}
