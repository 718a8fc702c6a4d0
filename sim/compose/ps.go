package compose

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"drydock/sim/docker"
	"drydock/sim/docker/formatter"
)

type psOptions struct {
	all, quiet, services, noTrunc, orphans bool
	format, filter                         string
	status                                 []string
}

// formatHelp is the help of --format (docker/cli 29.7.2).
const formatHelp = `Format output using a custom template:
'table':            Print output in table format with column headers (default)
'table TEMPLATE':   Print output in table format using the given Go template
'json':             Print in JSON format
'TEMPLATE':         Print output using the given Go template.
Refer to https://docs.docker.com/go/formatting/ for more information about formatting output with templates`

func newPs(b *backend) *cobra.Command {
	o := &psOptions{}
	cmd := &cobra.Command{
		Use: "ps [OPTIONS] [SERVICE...]", Short: "List containers",
		PreRunE: func(*cobra.Command, []string) error { return o.readFilter() },
		RunE:    func(_ *cobra.Command, services []string) error { return b.ps(o, services) },
	}
	f := cmd.Flags()
	f.BoolVarP(&o.all, "all", "a", false, "Show all stopped containers (including those created by the run command)")
	f.StringVar(&o.filter, "filter", "", "Filter services by a property (supported filters: status)")
	f.StringVar(&o.format, "format", "table", formatHelp)
	f.BoolVar(&o.noTrunc, "no-trunc", false, "Don't truncate output")
	f.BoolVar(&o.orphans, "orphans", true, "Include orphaned services (not declared by project)")
	f.BoolVarP(&o.quiet, "quiet", "q", false, "Only display IDs")
	f.BoolVar(&o.services, "services", false, "Display services")
	f.StringArrayVar(&o.status, "status", nil, "Filter services by status. Values: [paused | restarting | removing | running | dead | created | exited]")
	return cmd
}

func (o *psOptions) readFilter() error {
	if o.filter == "" {
		return nil
	}
	key, value, ok := strings.Cut(o.filter, "=")
	switch {
	case !ok:
		return errors.New("arguments to --filter should be in form KEY=VAL")
	case key == "source":
		return errors.New("not implemented")
	case key != "status":
		return fmt.Errorf("unknown filter %s", key)
	}
	o.status = append(o.status, value)
	return nil
}

func (b *backend) ps(o *psOptions, services []string) error {
	pr, name, err := b.projectOrName(services...)
	if err != nil {
		return err
	}
	if pr != nil {
		for _, s := range services {
			if _, ok := pr.Services[s]; !ok {
				return fmt.Errorf("no such service: %s", s)
			}
		}
		if len(services) == 0 && !o.orphans {
			services = sortedServices(pr)
		}
	}
	kind := withoutOneOff
	if o.all {
		kind = withOneOff
	}
	list := b.containers(name, kind, o.all || len(o.status) > 0, services...)
	if len(o.status) > 0 {
		list = slices.DeleteFunc(list, func(c *docker.Container) bool { return !slices.Contains(o.status, c.State.Status) })
	}
	byName(list)
	switch {
	case o.quiet:
		for _, c := range list {
			b.Printf("%s\n", c.ID)
		}
		return nil
	case o.services:
		var names []string
		for _, c := range list {
			if s := serviceOf(c); !slices.Contains(names, s) {
				names = append(names, s)
			}
		}
		b.Printf("%s\n", strings.Join(names, "\n"))
		return nil
	}
	rows := make([]any, len(list))
	for i, c := range list {
		rows[i] = newPsRow(b, c, o.noTrunc)
	}
	return formatter.New(o.format, `{{.Name}}\t{{.Image}}\t{{.Command}}\t{{.Service}}\t{{.RunningFor}}\t{{.Status}}\t{{.Ports}}`, formatter.Header{
		"ID": "CONTAINER ID", "Name": "NAME", "Project": "PROJECT", "Service": "SERVICE", "Image": "IMAGE", "Command": "COMMAND",
		"CreatedAt": "CREATED AT", "RunningFor": "CREATED", "Ports": "PORTS", "State": "STATE", "Status": "STATUS", "Size": "SIZE", "Labels": "LABELS",
	}).Write(b.Stdout, rows...)
}
