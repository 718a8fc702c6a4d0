package compose

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"

	"github.com/docker/go-units"
	"github.com/spf13/cobra"

	"drydock/sim/compose/project"
	"drydock/sim/docker"
	"drydock/sim/image"
)

// table prints rows under titles, as Compose's lists that are not docker's are.
func table(out io.Writer, titles []string, rows [][]string) error {
	w := tabwriter.NewWriter(out, 20, 1, 3, ' ', 0)
	for _, row := range append([][]string{titles}, rows...) {
		fmt.Fprintln(w, strings.Join(row, "\t"))
	}
	return w.Flush()
}

func newLs(b *backend) *cobra.Command {
	var all, quiet bool
	var format string
	var filters []string
	cmd := &cobra.Command{Use: "ls [OPTIONS]", Short: "List running compose projects", Args: cobra.NoArgs}
	f := cmd.Flags()
	f.BoolVarP(&all, "all", "a", false, "Show all stopped Compose projects")
	f.StringArrayVar(&filters, "filter", nil, "Filter output based on conditions provided")
	f.StringVar(&format, "format", "table", "Format the output. Values: [table | json]")
	f.BoolVarP(&quiet, "quiet", "q", false, "Only display project names")
	cmd.RunE = func(*cobra.Command, []string) error {
		if err := b.connect(); err != nil {
			return err
		}
		list := b.stacks(all)
		for _, text := range filters {
			key, value, _ := strings.Cut(text, "=")
			if key != "name" {
				return fmt.Errorf("invalid filter '%s'", key)
			}
			list = slices.DeleteFunc(list, func(s stack) bool {
				ok, err := regexp.MatchString(value, s.Name)
				return s.Name != value && (err != nil || !ok)
			})
		}
		var rows [][]string
		for _, s := range list {
			if quiet {
				b.Printf("%s\n", s.Name)
			}
			rows = append(rows, []string{s.Name, s.Status, s.ConfigFiles})
		}
		switch {
		case quiet:
			return nil
		case format == "json":
			return b.printJSON(list)
		case format != "table":
			return fmt.Errorf("format value %q could not be parsed: parsing failed", format)
		}
		return table(b.Stdout, []string{"NAME", "STATUS", "CONFIG FILES"}, rows)
	}
	return cmd
}

// stack is a project that has containers.
type stack struct{ Name, Status, ConfigFiles string }

func (b *backend) stacks(all bool) []stack {
	states, files := map[string]map[string]int{}, map[string][]string{}
	for _, c := range b.Engine.Containers() {
		name := label(c, project.ProjectLabel)
		if name == "" || !all && !c.Running() && c.State.Status != "restarting" {
			continue
		}
		if states[name] == nil {
			states[name] = map[string]int{}
		}
		states[name][c.State.Status]++
		for _, f := range strings.Split(label(c, project.ConfigFilesLabel), ",") {
			if !slices.Contains(files[name], f) {
				files[name] = append(files[name], f)
			}
		}
	}
	list := []stack{}
	for _, name := range sortedKeys(states) {
		var words []string
		for _, state := range sortedKeys(states[name]) {
			words = append(words, fmt.Sprintf("%s(%d)", state, states[name][state]))
		}
		list = append(list, stack{name, strings.Join(words, ", "), strings.Join(files[name], ",")})
	}
	return list
}

func (b *backend) printJSON(v any) error {
	data, err := json.Marshal(v)
	if err != nil {
		return err
	}
	b.Printf("%s\n", data)
	return nil
}

func newImages(b *backend) *cobra.Command {
	var format string
	var quiet bool
	cmd := &cobra.Command{Use: "images [OPTIONS] [SERVICE...]", Short: "List images used by the created containers"}
	f := cmd.Flags()
	f.StringVar(&format, "format", "table", "Format the output. Values: [table | json]")
	f.BoolVarP(&quiet, "quiet", "q", false, "Only display IDs")
	cmd.RunE = func(_ *cobra.Command, services []string) error {
		name, err := b.projectName()
		if err != nil {
			return err
		}
		list := byName(b.containers(name, withOneOff, true, services...))
		if quiet {
			var seen []string
			for _, c := range list {
				if id := strings.TrimPrefix(c.ImageID, "sha256:"); !slices.Contains(seen, id) {
					seen = append(seen, id)
					b.Printf("%s\n", id)
				}
			}
			return nil
		}
		return b.printImages(list, format)
	}
	return cmd
}

// imageRow is one container's image.
type imageRow struct {
	ID, ContainerName, Repository, Tag, Platform string
	Size                                         int64
}

func (b *backend) printImages(list []*docker.Container, format string) error {
	objects, rows := []imageRow{}, [][]string{}
	for _, c := range list {
		img := c.SourceImage()
		o := imageRow{ID: c.ImageID, ContainerName: c.Name, Size: img.ContentSize(), Platform: "linux/" + img.Architecture}
		if now, err := b.Engine.Image(c.Image); err == nil && now.ID == c.ImageID {
			if norm, err := image.Normalise(c.Image); err == nil {
				o.Repository, o.Tag = image.FamiliarName(norm), image.Split(norm).Tag
			}
		}
		objects = append(objects, o)
		rows = append(rows, []string{
			c.Name, cmp.Or(o.Repository, "<none>"), cmp.Or(o.Tag, "<none>"), o.Platform, image.ShortID(o.ID),
			units.HumanSizeWithPrecision(float64(o.Size), 3), units.HumanDuration(b.Now().Sub(img.Created)) + " ago",
		})
	}
	if format == "json" {
		return b.printJSON(objects)
	}
	return table(b.Stdout, []string{"CONTAINER", "REPOSITORY", "TAG", "PLATFORM", "IMAGE ID", "SIZE", "CREATED"}, rows)
}

func newPort(b *backend) *cobra.Command {
	var proto string
	var index int
	cmd := &cobra.Command{Use: "port [OPTIONS] SERVICE PRIVATE_PORT", Short: "Print the public port for a port binding", Args: cobra.MinimumNArgs(2)}
	f := cmd.Flags()
	f.IntVar(&index, "index", 0, "Index of the container if service has multiple replicas")
	f.StringVar(&proto, "protocol", "tcp", "tcp or udp")
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		port, err := strconv.ParseUint(args[1], 10, 16)
		if err != nil {
			return err
		}
		name, err := b.projectName()
		if err != nil {
			return err
		}
		c, err := b.oneOf(name, args[0], index, withOneOff, false)
		if err != nil {
			return err
		}
		var others []string
		for _, p := range ports(c) {
			if p.TargetPort == int(port) && p.Protocol == strings.ToLower(proto) {
				host := p.URL
				if host == "" {
					host = "invalid IP"
				}
				b.Printf("%s:%d\n", host, p.PublishedPort)
				return nil
			}
			others = append(others, fmt.Sprintf("%d/%s", p.TargetPort, p.Protocol))
		}
		return fmt.Errorf("no port %d/%s for container %s: %s", port, proto, c.Name, strings.Join(others, ", "))
	}
	return cmd
}
