package cli

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/docker/go-units"
	"github.com/spf13/cobra"

	"drydock/sim/docker"
	"drydock/sim/docker/formatter"
)

// volumeCommands are those of `docker volume`.
func volumeCommands() []Command {
	return []Command{
		{Name: "create", Short: "Create a volume", New: newVolumeCreate},
		{Name: "inspect", Short: "Display detailed information on one or more volumes", New: newVolumeInspect},
		{Name: "ls", Aliases: []string{"list"}, Short: "List volumes", New: newVolumeLs},
		{Name: "prune", Short: "Remove unused local volumes", New: newVolumePrune},
		{Name: "rm", Aliases: []string{"remove"}, Short: "Remove one or more volumes", New: newVolumeRm},
		{Name: "update", Short: "Update a volume (cluster volumes only)", Hidden: true},
	}
}

func newVolumeCreate(c *Client) *cobra.Command {
	var spec docker.VolumeSpec
	labels, options := pairs{}, pairs{word: "map"}
	cmd := &cobra.Command{
		Use: "create [OPTIONS] [VOLUME]", Short: "Create a volume", Args: requiresMaxArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) == 1 {
				if spec.Name != "" {
					return errors.New("conflicting options: cannot specify a volume-name through both --name and as a positional arg")
				}
				spec.Name = args[0]
			}
			spec.Labels, spec.Options = labels.values, options.values
			v, err := c.Engine.CreateVolume(spec)
			if err != nil {
				return c.daemon(err)
			}
			c.Printf("%s\n", v.Name)
			return nil
		},
	}
	f := cmd.Flags()
	f.StringVarP(&spec.Driver, "driver", "d", "local", "Specify volume driver name")
	f.Var(&labels, "label", "Set metadata for a volume")
	f.StringVar(&spec.Name, "name", "", "Specify volume name")
	f.Lookup("name").Hidden = true
	f.VarP(&options, "opt", "o", "Set driver specific options")
	return cmd
}

func newVolumeInspect(c *Client) *cobra.Command {
	var format string
	cmd := &cobra.Command{
		Use: "inspect [OPTIONS] VOLUME [VOLUME...]", Short: "Display detailed information on one or more volumes", Args: requiresMinArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			return c.inspect(format, args, func(ref string) (any, error) {
				v, err := c.Engine.InspectVolume(ref)
				return v, c.daemon(err)
			})
		},
	}
	cmd.Flags().StringVarP(&format, "format", "f", "", inspectFormatHelp)
	return cmd
}

// volumeRow is a line of `docker volume ls`.
type volumeRow struct {
	formatter.Row
	v     *docker.VolumeInspect
	links int
	size  int64
}

func (r volumeRow) Name() string       { return r.v.Name }
func (r volumeRow) Driver() string     { return r.v.Driver }
func (r volumeRow) Scope() string      { return r.v.Scope }
func (r volumeRow) Mountpoint() string { return r.v.Mountpoint }
func (r volumeRow) Labels() string     { return joinLabels(r.v.Labels) }

// Label is the value of one label.
func (r volumeRow) Label(name string) string { return r.v.Labels[name] }

// Links is how many containers use the volume; only `docker system df` counts them.
func (r volumeRow) Links() string {
	if r.size < 0 {
		return "N/A"
	}
	return fmt.Sprint(r.links)
}

// Size is the volume's size; only `docker system df` measures it.
func (r volumeRow) Size() string {
	if r.size < 0 {
		return "N/A"
	}
	return units.HumanSize(float64(r.size))
}

// Availability, Group and Status are about cluster volumes, which there are none of.
func (volumeRow) Availability() string { return "N/A" }

// Group is empty for a local volume.
func (volumeRow) Group() string { return "N/A" }

// Status is empty for a local volume.
func (volumeRow) Status() string { return "N/A" }

func volumeHeader() formatter.Header {
	return formatter.Header{
		"Name": "VOLUME NAME", "Driver": "DRIVER", "Scope": "SCOPE", "Mountpoint": "MOUNTPOINT", "Labels": "LABELS", "Links": "LINKS",
		"Size": "SIZE", "Availability": "AVAILABILITY", "Group": "GROUP", "Status": "STATUS",
	}
}

func newVolumeLs(c *Client) *cobra.Command {
	var quiet, cluster bool
	var format string
	cmd := &cobra.Command{Use: "ls [OPTIONS]", Short: "List volumes", Args: noArgs}
	f := cmd.Flags()
	f.BoolVar(&cluster, "cluster", false, "Display only cluster volumes, and use cluster volume list formatting")
	filter := filterFlag(f, "f", `Provide filter values (e.g. "dangling=true")`)
	f.StringVar(&format, "format", "", formatHelp)
	f.BoolVarP(&quiet, "quiet", "q", false, "Only display volume names")
	absent(f, "cluster")
	cmd.RunE = func(*cobra.Command, []string) error {
		list, err := c.volumes(filter)
		if err != nil {
			return c.daemon(err)
		}
		rows := make([]any, len(list))
		for i, v := range list {
			inspect, _ := c.Engine.InspectVolume(v.Name)
			rows[i] = volumeRow{v: inspect, size: -1}
		}
		if quiet && format == "" {
			format = "{{.Name}}"
		}
		return formatter.New(format, "{{.Driver}}\t{{.Name}}", volumeHeader()).Write(c.Stdout, rows...)
	}
	return cmd
}

// volumes lists the volumes that fit the filters, by name.
func (c *Client) volumes(f *filters) ([]*docker.Volume, error) {
	if err := f.check("dangling", "driver", "label", "name", "scope"); err != nil {
		return nil, err
	}
	dangling, given, err := f.yes("dangling")
	if err != nil {
		return nil, err
	}
	list := slices.DeleteFunc(c.Engine.Volumes(), func(v *docker.Volume) bool {
		return given && (len(c.Engine.VolumeUsers(v)) == 0) != dangling || !f.labels(v.Labels) ||
			!f.any("driver", func(d string) bool { return d == v.Driver }) ||
			!f.any("name", func(n string) bool { return strings.Contains(v.Name, n) }) ||
			!f.any("scope", func(s string) bool { return s == "local" })
	})
	slices.SortFunc(list, func(a, b *docker.Volume) int { return strings.Compare(a.Name, b.Name) })
	return list, nil
}

func newVolumePrune(c *Client) *cobra.Command {
	var all, force bool
	cmd := &cobra.Command{Use: "prune [OPTIONS]", Short: "Remove unused local volumes", Args: noArgs}
	f := cmd.Flags()
	f.BoolVarP(&all, "all", "a", false, "Remove all unused volumes, not just anonymous ones")
	filter := filterFlag(f, "", `Provide filter values (e.g. "label=<label>")`)
	f.BoolVarP(&force, "force", "f", false, "Do not prompt for confirmation")
	cmd.RunE = func(*cobra.Command, []string) error {
		what := "anonymous local volumes not used by at least one container."
		if all {
			what = "local volumes not used by at least one container."
		}
		if !force && !c.confirm("WARNING! This will remove "+what+"\nAre you sure you want to continue?") {
			return nil
		}
		if err := filter.check("all", "label", "label!"); err != nil {
			return c.daemon(err)
		}
		names, bytes := c.Engine.PruneVolumes(all, func(v *docker.Volume) bool { return !filter.labels(v.Labels) })
		c.printDeleted("Volumes", names)
		c.Printf("Total reclaimed space: %s\n", units.HumanSize(float64(bytes)))
		return nil
	}
	return cmd
}

// printDeleted lists what a prune command removed, if anything, and a blank line.
func (c *Client) printDeleted(what string, names []string) {
	if len(names) > 0 {
		c.Printf("Deleted %s:\n%s\n\n", what, strings.Join(names, "\n"))
	}
}

func newVolumeRm(c *Client) *cobra.Command {
	var force bool
	cmd := &cobra.Command{
		Use: "rm [OPTIONS] VOLUME [VOLUME...]", Short: "Remove one or more volumes",
		Long: "Remove one or more volumes. You cannot remove a volume that is in use by a container.", Args: requiresMinArgs(1),
		Example: "\n$ docker volume rm hello\nhello\n",
		RunE: func(_ *cobra.Command, args []string) error {
			var errs []error
			for _, name := range args {
				if err := c.Engine.RemoveVolume(name, force); err != nil {
					errs = append(errs, c.daemon(err))
					continue
				}
				c.Printf("%s\n", name)
			}
			return errors.Join(errs...)
		},
	}
	cmd.Flags().BoolVarP(&force, "force", "f", false, "Force the removal of one or more volumes")
	return cmd
}
