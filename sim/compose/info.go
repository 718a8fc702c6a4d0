package compose

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"drydock/sim/clock"
	"drydock/sim/compose/project"
	"drydock/sim/docker"
	"drydock/sim/docker/formatter"
	"drydock/sim/machine"
)

func newVersion(b *backend) *cobra.Command {
	var format string
	var short bool
	cmd := &cobra.Command{Use: "version [OPTIONS]", Short: "Show the Docker Compose version information", Args: cobra.NoArgs, Annotations: offline()}
	f := cmd.Flags()
	f.StringVarP(&format, "format", "f", "", "Format the output. Values: [pretty | json]. (Default: pretty)")
	f.BoolVar(&short, "short", false, "Shows only Compose's version number")
	cmd.RunE = func(*cobra.Command, []string) error {
		switch {
		case short:
			b.Printf("%s\n", project.Version)
		case format == "json":
			b.Printf("{\"version\":\"v%s\"}\n", project.Version)
		default:
			b.Printf("Docker Compose version v%s\n", project.Version)
		}
		return nil
	}
	return cmd
}

func newTop(b *backend) *cobra.Command {
	return &cobra.Command{Use: "top [SERVICES...]", Short: "Display the running processes", RunE: func(_ *cobra.Command, services []string) error {
		name, err := b.projectName()
		if err != nil {
			return err
		}
		w := tabwriter.NewWriter(b.Stdout, 4, 1, 2, ' ', 0)
		titled := false
		for _, c := range byName(b.containers(name, withOneOff, false, services...)) {
			titles, rows, err := b.Engine.Top(c, nil)
			if err != nil {
				return daemon(err)
			}
			if !titled {
				titled = true
				fmt.Fprintf(w, "SERVICE\t#\t%s\n", strings.Join(titles, "\t"))
			}
			n := label(c, project.NumberLabel)
			for _, row := range rows {
				fmt.Fprintf(w, "%s\t%s\t%s\n", serviceOf(c), n, strings.Join(row, "\t"))
			}
		}
		return w.Flush()
	}}
}

func newVolumes(b *backend) *cobra.Command {
	var format string
	var quiet bool
	cmd := &cobra.Command{Use: "volumes [OPTIONS] [SERVICE...]", Short: "List volumes"}
	f := cmd.Flags()
	f.StringVar(&format, "format", "table", formatHelp)
	f.BoolVarP(&quiet, "quiet", "q", false, "Only display volume names")
	cmd.RunE = func(_ *cobra.Command, services []string) error {
		pr, name, err := b.projectOrName(services...)
		if err != nil {
			return err
		}
		for _, s := range services {
			if pr != nil && !slices.Contains(sortedServices(pr), s) {
				return fmt.Errorf("no such service: %s", s)
			}
		}
		var rows []any
		for _, v := range b.Engine.Volumes() {
			if v.Labels[project.ProjectLabel] != name || len(services) > 0 && !b.mountedBy(v, name, services) {
				continue
			}
			if quiet {
				b.Printf("%s\n", v.Name)
			}
			rows = append(rows, &volumeRow{v: v})
		}
		if quiet {
			return nil
		}
		return formatter.New(format, `{{.Driver}}\t{{.Name}}`, formatter.Header{"Driver": "DRIVER", "Name": "VOLUME NAME", "Labels": "LABELS", "Mountpoint": "MOUNTPOINT", "Scope": "SCOPE"}).
			Write(b.Stdout, rows...)
	}
	return cmd
}

func (b *backend) mountedBy(v *docker.Volume, name string, services []string) bool {
	users := b.Engine.VolumeUsers(v)
	return slices.ContainsFunc(b.containers(name, withOneOff, true, services...), func(c *docker.Container) bool { return slices.Contains(users, c) })
}

// volumeRow is a row of compose volumes.
type volumeRow struct {
	formatter.Row
	v *docker.Volume
}

// Name, Driver, Labels, Mountpoint and Scope are the fields of --format.
func (r *volumeRow) Name() string { return r.v.Name }

// Driver is what keeps the volume.
func (r *volumeRow) Driver() string { return r.v.Driver }

// Labels are all labels in order.
func (r *volumeRow) Labels() string { return formatter.JoinLabels(r.v.Labels) }

// Mountpoint is the directory on the machine.
func (r *volumeRow) Mountpoint() string { return r.v.Mountpoint() }

// Scope is always local.
func (r *volumeRow) Scope() string { return "local" }

func newStats(b *backend) *cobra.Command {
	var all, noStream, noTrunc bool
	var format string
	cmd := &cobra.Command{Use: "stats [OPTIONS] [SERVICE]", Short: "Display a live stream of container(s) resource usage statistics", Args: cobra.MaximumNArgs(1)}
	f := cmd.Flags()
	f.BoolVarP(&all, "all", "a", false, "Show all containers (default shows just running)")
	f.StringVar(&format, "format", "", formatHelp)
	f.BoolVar(&noStream, "no-stream", false, "Disable streaming stats and only pull the first result")
	f.BoolVar(&noTrunc, "no-trunc", false, "Do not truncate output")
	cmd.RunE = func(_ *cobra.Command, services []string) error {
		name, err := b.projectName()
		if err != nil {
			return err
		}
		words := []string{"stats"}
		for flag, on := range map[string]bool{"--no-stream": noStream, "--no-trunc": noTrunc} {
			if on {
				words = append(words, flag)
			}
		}
		slices.Sort(words[1:])
		if format != "" {
			words = append(words, "--format", format)
		}
		for _, c := range b.containers(name, withOneOff, all, services...) {
			words = append(words, c.Name)
		}
		if len(words) == 1+strings.Count(strings.Join(words, " "), "--") {
			return b.docker(append(words, "--no-stream")...)
		}
		return b.docker(words...)
	}
	return cmd
}

// docker runs a docker command in place of this one's own work.
func (b *backend) docker(words ...string) error {
	status, err := b.Run(machine.Spec{Args: append([]string{"docker"}, words...)})
	if err != nil {
		return err
	}
	if status != 0 {
		return exitStatus(status)
	}
	return nil
}

func newCp(b *backend) *cobra.Command {
	var all, archive, follow bool
	var index int
	cmd := &cobra.Command{
		Use:   "cp [OPTIONS] SERVICE:SRC_PATH DEST_PATH|-\n\tdocker compose cp [OPTIONS] SRC_PATH|- SERVICE:DEST_PATH",
		Short: "Copy files/folders between a service container and the local filesystem", Args: cobra.ExactArgs(2),
	}
	f := cmd.Flags()
	f.BoolVar(&all, "all", false, "Include containers created by the run command")
	f.BoolVarP(&archive, "archive", "a", false, "Archive mode (copy all uid/gid information)")
	f.BoolVarP(&follow, "follow-link", "L", false, "Always follow symbol link in SRC_PATH")
	f.IntVar(&index, "index", 0, "Index of the container if service has multiple replicas")
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		name, err := b.projectName()
		if err != nil {
			return err
		}
		source, from := splitPath(args[0])
		target, to := splitPath(args[1])
		switch {
		case source != "" && target != "":
			return errors.New("copying between services is not supported")
		case source == "" && target == "":
			return errors.New("unknown copy direction")
		}
		kind := withoutOneOff
		if all {
			kind = withOneOff
		}
		list := b.containers(name, kind, true, source+target)
		if index > 0 || source != "" {
			c, err := b.oneOf(name, source+target, index, kind, true)
			if err != nil {
				return err
			}
			list = []*docker.Container{c}
		}
		if len(list) == 0 {
			return fmt.Errorf("no container found for service %q", target)
		}
		return b.operation("copy", func() error { return b.copy(list, source != "", from, to, follow) })
	}
	return cmd
}

func (b *backend) copy(list []*docker.Container, out bool, from, to string, follow bool) error {
	for _, c := range list {
		words := []string{"cp", "-q"}
		if follow {
			words = append(words, "-L")
		}
		shown := fmt.Sprintf("%s:%s to %s", c.Name, from, to)
		if out {
			words = append(words, c.Name+":"+from, to)
		} else {
			words = append(words, from, c.Name+":"+to)
			shown = fmt.Sprintf("%s to %s:%s", from, c.Name, to)
		}
		b.tell(eventName(c), working, "Copying", shown)
		if err := b.docker(words...); err != nil {
			return err
		}
		b.tell(eventName(c), done, "Copied", shown)
	}
	return nil
}

func splitPath(text string) (service, name string) {
	if strings.HasPrefix(text, "/") || strings.HasPrefix(text, ".") {
		return "", text
	}
	service, name, ok := strings.Cut(text, ":")
	if !ok {
		return "", text
	}
	return service, name
}

func newEvents(b *backend) *cobra.Command {
	var asJSON bool
	var since, until string
	cmd := &cobra.Command{Use: "events [OPTIONS] [SERVICE...]", Short: "Receive real time events from containers"}
	f := cmd.Flags()
	f.BoolVar(&asJSON, "json", false, "Output events as a stream of json objects")
	f.StringVar(&since, "since", "", "Show all events created since timestamp")
	f.StringVar(&until, "until", "", "Stream events until this timestamp")
	cmd.RunE = func(_ *cobra.Command, services []string) error {
		name, err := b.projectName()
		if err != nil {
			return err
		}
		begin, err := moment(since, b.Now())
		if err != nil {
			return err
		}
		end, err := moment(until, b.Now())
		if err != nil {
			return err
		}
		next := len(b.Clock().Events(0))
		if since != "" {
			next = 0
		}
		for {
			for _, e := range b.Clock().Events(next) {
				next = e.ID + 1
				if e.Time.Before(begin) || !end.IsZero() && e.Time.After(end) {
					continue
				}
				b.printEvent(e, name, services, asJSON)
			}
			if !end.IsZero() && !b.Now().Before(end) {
				return nil
			}
			if end.IsZero() {
				b.Wait(b.Engine.Happened())
			} else {
				b.SleepUntil(end.Sub(b.Now()), b.Engine.Happened())
			}
		}
	}
	return cmd
}

// printEvent prints one event of the project's containers.
func (b *backend) printEvent(e clock.Event, name string, services []string, asJSON bool) {
	if e.Object.Kind != "container" || e.Object.Machine != b.Engine.Machine.Name || e.Actor != "dockerd" {
		return
	}
	c, err := b.Engine.Container(e.Object.Name)
	if err != nil || label(c, project.ProjectLabel) != name || isOneOff(c) || len(services) > 0 && !slices.Contains(services, serviceOf(c)) {
		return
	}
	attributes := map[string]string{"image": c.Image, "name": c.Name}
	for k, v := range e.Attr {
		attributes[k] = v
	}
	if asJSON {
		data, _ := json.Marshal(map[string]any{
			"time": e.Time, "type": "container", "service": serviceOf(c), "id": c.ID, "action": e.Reason, "attributes": attributes,
		})
		b.Printf("%s\n", data)
		return
	}
	var words []string
	for _, k := range sortedKeys(attributes) {
		words = append(words, k+"="+attributes[k])
	}
	b.Printf("%s container %s %s (%s)\n", e.Time.UTC().Format("2006-01-02 15:04:05.000000"), e.Reason, c.ID, strings.Join(words, ", "))
}
