package podman

import (
	"fmt"
	"slices"
	"strings"

	"github.com/docker/go-units"
	"github.com/spf13/cobra"

	"drydock/sim/docker"
)

type psOptions struct {
	all, quiet, noTrunc, latest, pod, external, size, noHeading bool
	last                                                        int
	format                                                      string
	filter                                                      []string
}

func newPs(c *client) *cobra.Command {
	var o psOptions
	cmd := &cobra.Command{Use: "ps [options]", Args: cobra.NoArgs, RunE: func(*cobra.Command, []string) error { return c.ps(o) }}
	f := cmd.Flags()
	f.BoolVarP(&o.all, "all", "a", false, "Show all the containers, default is only running containers")
	f.BoolVar(&o.external, "external", false, "Show containers in storage not controlled by Podman")
	f.StringArrayVarP(&o.filter, "filter", "f", nil, "Filter output based on conditions given")
	f.StringVar(&o.format, "format", "", "Pretty-print containers to JSON or using a Go template")
	f.IntVarP(&o.last, "last", "n", -1, "Print the n last created containers (all states)")
	f.BoolVarP(&o.latest, "latest", "l", false, "Act on the latest container podman is aware of")
	f.BoolVar(&o.noTrunc, "no-trunc", false, "Display the extended information")
	f.BoolVar(&o.noHeading, "noheading", false, "Do not print headers")
	f.BoolVarP(&o.pod, "pod", "p", false, "Print the ID and name of the pod the containers are associated with")
	f.BoolVarP(&o.quiet, "quiet", "q", false, "Print the numeric IDs of the containers only")
	f.BoolVarP(&o.size, "size", "s", false, "Display the total file sizes")
	lacking(f, "size")
	return cmd
}

func (c *client) ps(o psOptions) error {
	var list []*docker.Container
	for _, ct := range c.store.Engine.Containers() {
		all := o.all || o.latest || o.last > 0 || slices.ContainsFunc(o.filter, func(f string) bool { return strings.HasPrefix(f, "status=") })
		if !all && ct.State.Status != "running" {
			continue
		}
		ok, err := c.matches(ct, o.filter)
		if err != nil {
			return err
		}
		if ok {
			list = append(list, ct)
		}
	}
	if o.latest {
		o.last = 1
	}
	if o.last > 0 && len(list) > o.last {
		list = list[len(list)-o.last:]
	}
	t := table{columns: []column{{"ID", "CONTAINER ID"}, {"Image", "IMAGE"}, {"Command", "COMMAND"}, {"Created", "CREATED"}, {"Status", "STATUS"}, {"Ports", "PORTS"}, {"Names", "NAMES"}}}
	if o.pod {
		t.columns = append(t.columns, column{"Pod", "POD ID"}, column{"PodName", "PODNAME"})
	}
	for _, ct := range list {
		t.rows = append(t.rows, c.psRow(ct, o.noTrunc))
	}
	if o.external {
		for _, w := range c.store.working {
			t.rows = append(t.rows, map[string]any{"ID": short(w.id), "Image": w.from, "Command": "buildah", "Created": c.ago(w.created), "Status": "Storage", "Ports": "", "Names": w.name})
		}
	}
	if o.quiet {
		for _, row := range t.rows {
			c.Printf("%s\n", row["ID"])
		}
		return nil
	}
	return c.write(t, o.format, o.noHeading)
}

func (c *client) psRow(ct *docker.Container, noTrunc bool) map[string]any {
	command := strings.Join(ct.Config.Cmd, " ")
	row := map[string]any{
		"ID": ct.ID[:12], "Image": ct.Image, "Command": shortCommand(command), "Created": c.ago(ct.Created), "CreatedHuman": c.ago(ct.Created),
		"Status": c.status(ct), "State": state(ct), "Ports": portsText(ct), "Names": ct.Name, "Labels": ct.Config.Labels, "ExitCode": ct.State.ExitCode,
		"RunningFor": c.ago(ct.Created), "Networks": strings.Join(networkNames(ct), ","), "Pod": "", "PodName": "", "ImageID": ct.ImageID,
	}
	if noTrunc {
		row["ID"], row["Command"] = ct.ID, command
	}
	if pod := c.store.podOf(ct); pod != nil {
		row["Pod"], row["PodName"] = short(pod.ID), pod.Name
	}
	return row
}

// shortCommand is what COMMAND has room for (Podman 5.4, cmd/podman/containers/ps.go).
func shortCommand(text string) string {
	if len(text) > 17 {
		return text[:17] + "..."
	}
	return text
}

func networkNames(ct *docker.Container) []string {
	var names []string
	for _, ep := range ct.Endpoints {
		names = append(names, ep.Network.Name)
	}
	return names
}

// state is Podman's word for what a container does.
func state(ct *docker.Container) string { return ct.State.Status }

// status is the STATUS of podman ps.
func (c *client) status(ct *docker.Container) string {
	switch ct.State.Status {
	case "running":
		text := "Up " + units.HumanDuration(c.Now().Sub(ct.State.Started))
		if ct.State.Health != nil {
			text += " (" + ct.State.Health.Status + ")"
		}
		return text
	case "created":
		return "Created"
	case "paused":
		return "Paused"
	}
	return fmt.Sprintf("Exited (%d) %s", ct.State.ExitCode, c.ago(ct.State.Finished))
}

// portsText is the PORTS of podman ps: what was to be published, and what the
// image exposes otherwise.
func portsText(ct *docker.Container) string {
	var parts []string
	bindings := ct.Host.PortBindings
	for n, b := range bindings {
		host := b.HostPort
		if published := ct.Published(); host == 0 && n < len(published) {
			host = published[n].HostPort
		}
		ip := b.HostIP
		if ip == "" {
			ip = "0.0.0.0"
		}
		parts = append(parts, fmt.Sprintf("%s:%d->%d/%s", ip, host, b.Port, b.Proto))
	}
	for _, text := range ct.Config.ExposedPorts {
		bound := func(b docker.PortBinding) bool { return fmt.Sprintf("%d/%s", b.Port, b.Proto) == text }
		if !slices.ContainsFunc(bindings, bound) {
			parts = append(parts, text)
		}
	}
	return strings.Join(parts, ", ")
}

func (c *client) matches(ct *docker.Container, filters []string) (bool, error) {
	for _, f := range filters {
		key, value, _ := strings.Cut(f, "=")
		ok := false
		switch key {
		case "name":
			ok = strings.Contains(ct.Name, value)
		case "id":
			ok = strings.HasPrefix(ct.ID, value)
		case "status":
			ok = state(ct) == value
		case "exited":
			ok = ct.State.Status == "exited" && fmt.Sprint(ct.State.ExitCode) == value
		case "ancestor":
			ok = refersTo(ct.Image, value)
		case "label":
			ok = hasLabel(ct.Config.Labels, value)
		case "network":
			ok = slices.Contains(networkNames(ct), value)
		case "pod":
			pod := c.store.podOf(ct)
			ok = pod != nil && (pod.Name == value || strings.HasPrefix(pod.ID, value))
		default:
			return false, fmt.Errorf("%s is an invalid filter", key)
		}
		if !ok {
			return false, nil
		}
	}
	return true, nil
}
