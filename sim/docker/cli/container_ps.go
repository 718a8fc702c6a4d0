package cli

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"drydock/sim/docker"
	"drydock/sim/docker/formatter"
	"drydock/sim/image"
)

type psOptions struct {
	all, latest, noTrunc, quiet, size bool
	last                              int
	format                            string
	filter                            *filters
}

func newPs(c *Client) *cobra.Command {
	var o psOptions
	cmd := &cobra.Command{
		Use: "ps [OPTIONS]", Short: "List containers", Args: noArgs,
		RunE: func(*cobra.Command, []string) error { return runPs(c, o) },
	}
	f := cmd.Flags()
	f.BoolVarP(&o.all, "all", "a", false, "Show all containers (default shows just running)")
	o.filter = filterFlag(f, "f", "Filter output based on conditions provided")
	f.StringVar(&o.format, "format", "", formatHelp)
	f.IntVarP(&o.last, "last", "n", -1, "Show n last created containers (includes all states)")
	f.BoolVarP(&o.latest, "latest", "l", false, "Show the latest created container (includes all states)")
	f.BoolVar(&o.noTrunc, "no-trunc", false, "Don't truncate output")
	f.BoolVarP(&o.quiet, "quiet", "q", false, "Only display container IDs")
	f.BoolVarP(&o.size, "size", "s", false, "Display total file sizes")
	return cmd
}

func runPs(c *Client, o psOptions) error {
	if err := o.filter.check(psFilters()...); err != nil {
		return c.daemon(err)
	}
	if err := checkPsValues(o.filter); err != nil {
		return c.daemon(err)
	}
	if o.latest {
		o.last = 1
	}
	all := o.all || o.last > 0 || o.filter.has("status") || o.filter.has("exited")
	var list []*docker.Container
	for _, ct := range slices.Backward(c.Engine.Containers()) {
		if !all && !ct.Running() && ct.State.Status != "restarting" {
			continue
		}
		ok, err := c.matches(o.filter, ct)
		if err != nil {
			return c.daemon(err)
		}
		if ok {
			list = append(list, ct)
		}
	}
	if o.last > 0 && len(list) > o.last {
		list = list[:o.last]
	}
	return c.writePs(o, list)
}

func (c *Client) writePs(o psOptions, list []*docker.Container) error {
	rows := make([]any, len(list))
	for i, ct := range list {
		rows[i] = formatter.NewContainer(c.Engine, ct, o.noTrunc, o.size)
	}
	table := `{{.ID}}\t{{.Image}}\t{{.Command}}\t{{.RunningFor}}\t{{.Status}}\t{{.Ports}}\t{{.Names}}`
	if o.size || strings.Contains(o.format, ".Size") {
		table += `\t{{.Size}}`
	}
	format := o.format
	if o.quiet && (format == "" || format == "table") {
		format = "{{.ID}}"
	}
	return formatter.New(format, table, formatter.Header{
		"ID": "CONTAINER ID", "Names": "NAMES", "Image": "IMAGE", "Command": "COMMAND", "CreatedAt": "CREATED AT", "RunningFor": "CREATED",
		"Ports": "PORTS", "State": "STATE", "Status": "STATUS", "HealthStatus": "HEALTH", "Size": "SIZE", "Labels": "LABELS", "Mounts": "MOUNTS",
		"LocalVolumes": "LOCAL VOLUMES", "Networks": "NETWORKS", "Platform": "PLATFORM",
	}).Write(c.Stdout, rows...)
}

func psFilters() []string {
	return []string{"ancestor", "before", "exited", "expose", "health", "id", "is-task", "isolation", "label", "name", "network", "publish", "since", "status", "volume"}
}

// checkPsValues refuses values that no container can have.
func checkPsValues(f *filters) error {
	for _, v := range f.get("exited") {
		if _, err := strconv.Atoi(v); err != nil {
			return fmt.Errorf("invalid filter 'exited=%s': %w", v, err)
		}
	}
	states := []string{"created", "running", "paused", "restarting", "removing", "exited", "dead"}
	for _, v := range f.get("status") {
		if !slices.Contains(states, v) {
			return fmt.Errorf("invalid filter 'status=%s': invalid value for state (%[1]s): must be one of %s", v, strings.Join(states, ", "))
		}
	}
	healths := []string{"none", "starting", "healthy", "unhealthy"}
	for _, v := range f.get("health") {
		if !slices.Contains(healths, v) {
			return fmt.Errorf("invalid filter 'health=%s': invalid value for health (%[1]s): must be one of %s", v, strings.Join(healths, ", "))
		}
	}
	return nil
}

// matches applies the filters of docker ps to a container.
func (c *Client) matches(f *filters, ct *docker.Container) (bool, error) {
	for _, name := range []string{"before", "since"} {
		for _, ref := range f.get(name) {
			other, err := c.Engine.Container(ref)
			if err != nil {
				return false, err
			}
			if name == "before" && !ct.Created.Before(other.Created) || name == "since" && !ct.Created.After(other.Created) {
				return false, nil
			}
		}
	}
	health := "none"
	if ct.State.Health != nil {
		health = ct.State.Health.Status
	}
	status := func(want string) bool { return want == ct.State.Status }
	return f.any("name", func(want string) bool { return matchName(want, ct.Name) }) &&
		f.any("id", func(want string) bool { return strings.HasPrefix(ct.ID, want) }) &&
		f.any("status", status) && f.any("health", func(want string) bool { return want == health }) &&
		f.any("exited", func(want string) bool {
			return want == fmt.Sprint(ct.State.ExitCode) && (ct.State.Status == "exited" || ct.State.Status == "dead")
		}) &&
		f.labels(ct.Config.Labels) && f.any("network", func(want string) bool { return onNetwork(ct, want) }) &&
		f.any("volume", func(want string) bool { return usesVolume(ct, want) }) &&
		f.any("publish", func(want string) bool { return publishes(ct, want) }) &&
		f.any("expose", func(want string) bool { return exposes(ct, want) }) &&
		f.any("is-task", func(want string) bool { return want == "false" || want == "0" }) &&
		f.any("ancestor", func(want string) bool { return c.descends(ct, want) }), nil
}

func onNetwork(ct *docker.Container, want string) bool {
	return slices.ContainsFunc(ct.Endpoints, func(ep *docker.Endpoint) bool {
		return ep.Network.Name == want || strings.HasPrefix(ep.Network.ID, want)
	})
}

func usesVolume(ct *docker.Container, want string) bool {
	return slices.ContainsFunc(ct.Mounts, func(m docker.MountPoint) bool { return m.Volume == want || m.Target == want || m.Source == want })
}

func publishes(ct *docker.Container, want string) bool {
	return slices.ContainsFunc(ct.Published(), func(p docker.Published) bool { return samePort(want, p.HostPort, p.Proto) })
}

func exposes(ct *docker.Container, want string) bool {
	return slices.ContainsFunc(ct.Config.ExposedPorts, func(p string) bool { return p == want || p == want+"/tcp" })
}

func samePort(want string, port int, proto string) bool {
	return want == fmt.Sprint(port) || want == fmt.Sprintf("%d/%s", port, proto)
}

// descends reports that the container's image is the one, or was built on it.
func (c *Client) descends(ct *docker.Container, want string) bool {
	img, err := c.Engine.Image(want)
	if err != nil {
		return false
	}
	return ct.ImageID == img.ID || isBase(img, ct.SourceImage())
}

func isBase(base, of *image.Image) bool {
	if len(base.Layers) == 0 || len(base.Layers) > len(of.Layers) {
		return false
	}
	for i, l := range base.Layers {
		if of.Layers[i].Digest != l.Digest {
			return false
		}
	}
	return true
}
