package cli

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/docker/go-units"
	"github.com/spf13/cobra"

	"drydock/sim/docker/cli"
	"drydock/sim/docker/formatter"
	"drydock/sim/swarm"
)

// secretCommands are those of `docker secret` or `docker config`.
func secretCommands(kind string) []command {
	title := map[string]string{"secret": "secrets", "config": "configs"}[kind]
	create := "Create a " + kind + " from a file or STDIN"
	if kind == "secret" {
		create += " as content"
	}
	return []command{
		{name: "create", short: create, new: func(c *client) *cobra.Command { return newSecretCreate(c, kind) }},
		{name: "inspect", short: "Display detailed information on one or more " + title, new: func(c *client) *cobra.Command { return newSecretInspect(c, kind) }},
		{name: "ls", aliases: []string{"list"}, short: "List " + title, new: func(c *client) *cobra.Command { return newSecretLs(c, kind) }},
		{name: "rm", aliases: []string{"remove"}, short: "Remove one or more " + title, new: func(c *client) *cobra.Command { return newSecretRm(c, kind) }},
	}
}

func newSecretCreate(c *client, kind string) *cobra.Command {
	var labels []string
	var driver string
	use, arity := "create [OPTIONS] "+strings.ToUpper(kind)+" file|-", cli.ExactArgs(2)
	if kind == "secret" {
		use, arity = "create [OPTIONS] SECRET [file|-]", cli.RequiresRangeArgs(1, 2)
	}
	cmd := &cobra.Command{Use: use, Short: "Create a " + kind + " from a file or STDIN", Args: arity}
	f := cmd.Flags()
	cli.ListVar(f, &labels, "label", "l", title(kind)+" labels", "list")
	f.StringVar(&driver, "template-driver", "", "Template driver")
	cli.Absent(f, "template-driver")
	if kind == "secret" {
		f.StringP("driver", "d", "", "Secret driver")
		cli.Absent(f, "driver")
	}
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		if len(args) < 2 {
			return fmt.Errorf("secret file %q is required", args[0])
		}
		data, err := c.content(args[1])
		if err != nil {
			return fmt.Errorf("error reading from %s: %w", args[1], err)
		}
		values, err := keyValues(labels)
		if err != nil {
			return err
		}
		cluster, err := c.control()
		if err != nil {
			return err
		}
		s, err := cluster.CreateSecret(kind, swarm.SecretSpec{Annotations: swarm.Annotations{Name: args[0], Labels: values}, Data: data})
		if err != nil {
			return c.Daemon(err)
		}
		c.Printf("%s\n", s.ID)
		return nil
	}
	return cmd
}

// content reads a file, or standard input for "-".
func (c *client) content(name string) ([]byte, error) {
	if name == "-" {
		return io.ReadAll(c.Stdin)
	}
	data, err := c.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", name, err)
	}
	return data, nil
}

func newSecretRm(c *client, kind string) *cobra.Command {
	word := strings.ToUpper(kind)
	return &cobra.Command{Use: "rm " + word + " [" + word + "...]", Short: "Remove one or more " + kind + "s", Args: cli.RequiresMinArgs(1), RunE: func(_ *cobra.Command, args []string) error {
		return each(args, func(ref string) error {
			cluster, err := c.control()
			if err != nil {
				return err
			}
			s, err := cluster.FindSecret(kind, ref)
			if err == nil {
				err = cluster.RemoveSecret(s)
			}
			if err != nil {
				return c.Daemon(err)
			}
			c.Printf("%s\n", ref)
			return nil
		})
	}}
}

// secretRow is a line of `docker secret ls` or `docker config ls`.
type secretRow struct {
	formatter.Row
	s   *swarm.Secret
	now time.Time
}

func (r secretRow) ID() string        { return r.s.ID }
func (r secretRow) Name() string      { return r.s.Spec.Name }
func (r secretRow) Driver() string    { return "" }
func (r secretRow) CreatedAt() string { return units.HumanDuration(r.now.Sub(r.s.CreatedAt)) + " ago" }
func (r secretRow) UpdatedAt() string { return units.HumanDuration(r.now.Sub(r.s.UpdatedAt)) + " ago" }
func (r secretRow) Labels() string    { return formatter.JoinLabels(r.s.Spec.Labels) }

// Label is the value of one label.
func (r secretRow) Label(name string) string { return r.s.Spec.Labels[name] }

func newSecretLs(c *client, kind string) *cobra.Command {
	var quiet bool
	var format string
	cmd := &cobra.Command{Use: "ls [OPTIONS]", Short: "List " + kind + "s", Args: cli.NoArgs}
	f := cmd.Flags()
	filter := cli.FilterFlag(f, "f", "Filter output based on conditions provided")
	f.StringVar(&format, "format", "", cli.FormatHelp())
	f.BoolVarP(&quiet, "quiet", "q", false, "Only display IDs")
	cmd.RunE = func(*cobra.Command, []string) error {
		cluster, err := c.control()
		if err != nil {
			return err
		}
		if err := filter.Check("id", "name", "names", "label"); err != nil {
			return c.Daemon(err)
		}
		if quiet && format == "" {
			format = "{{.ID}}"
		}
		var rows []any
		for _, s := range sorted(cluster.Secrets(kind), func(s *swarm.Secret) string { return s.Spec.Name }) {
			begins := func(text string) func(string) bool {
				return func(v string) bool { return strings.HasPrefix(text, v) }
			}
			if filter.Any("id", begins(s.ID)) && filter.Any("name", begins(s.Spec.Name)) && filter.Labels(s.Spec.Labels) {
				rows = append(rows, secretRow{s: s, now: c.Now()})
			}
		}
		table := "{{.ID}}\t{{.Name}}\t{{.CreatedAt}}\t{{.UpdatedAt}}"
		if kind == "secret" {
			table = "{{.ID}}\t{{.Name}}\t{{.Driver}}\t{{.CreatedAt}}\t{{.UpdatedAt}}"
		}
		header := formatter.Header{"ID": "ID", "Name": "NAME", "Driver": "DRIVER", "CreatedAt": "CREATED", "UpdatedAt": "UPDATED", "Labels": "LABELS"}
		return formatter.New(format, table, header).Write(c.Stdout, rows...)
	}
	return cmd
}

func newSecretInspect(c *client, kind string) *cobra.Command {
	var format string
	var pretty bool
	word := strings.ToUpper(kind)
	cmd := &cobra.Command{Use: "inspect [OPTIONS] " + word + " [" + word + "...]", Short: "Display detailed information on one or more " + kind + "s", Args: cli.RequiresMinArgs(1)}
	f := cmd.Flags()
	f.StringVarP(&format, "format", "f", "", cli.InspectFormatHelp())
	f.BoolVar(&pretty, "pretty", false, "Print the information in a human friendly format")
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		get := func(ref string) (any, error) {
			cluster, err := c.control()
			if err != nil {
				return nil, err
			}
			s, err := cluster.FindSecret(kind, ref)
			if err != nil {
				return nil, c.Daemon(err)
			}
			return s.Inspect(), nil
		}
		if !pretty {
			return c.Inspect(format, args, get)
		}
		return each(args, func(ref string) error {
			v, err := get(ref)
			if err != nil {
				return err
			}
			c.writeSecret(kind, v.(swarm.SecretInspect))
			return nil
		})
	}
	return cmd
}

// writeSecret is inspect --pretty.
func (c *client) writeSecret(kind string, v swarm.SecretInspect) {
	stamp := func(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05.999999999 +0000 utc") }
	lines := func(labels string) {
		if len(v.Spec.Labels) > 0 {
			c.Printf("%s\n", labels)
			for _, l := range strings.Split(formatter.JoinLabels(v.Spec.Labels), ",") {
				c.Printf(" - %s\n", l)
			}
		}
	}
	if kind == "secret" {
		c.Printf("ID:              %s\nName:              %s\n", v.ID, v.Spec.Name)
		lines("Labels:")
		c.Printf("Driver:            \nCreated at:        %s\nUpdated at:        %s\n", stamp(v.CreatedAt), stamp(v.UpdatedAt))
		return
	}
	c.Printf("ID:\t\t\t%s\nName:\t\t\t%s\n", v.ID, v.Spec.Name)
	lines("Labels:")
	c.Printf("Created at:            \t%s\nUpdated at:            \t%s\nData:\n%s\n", stamp(v.CreatedAt), stamp(v.UpdatedAt), v.Spec.Data)
}
