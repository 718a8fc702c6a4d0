package compose

import (
	"fmt"
	"strconv"
	"strings"

	"drydock/sim/compose/project"
	"drydock/sim/docker"
	"drydock/sim/docker/formatter"
)

// psRow is a row of compose ps; its methods are the fields of --format. Those that
// docker ps has too are the same.
type psRow struct {
	formatter.Row
	c   *docker.Container
	row *formatter.ContainerContext
}

func newPsRow(b *backend, c *docker.Container, full bool) *psRow {
	return &psRow{c: c, row: formatter.NewContainer(b.Engine, c, full, false)}
}

// ID is cut unless --no-trunc is given.
func (r *psRow) ID() string { return r.row.ID() }

// Names is the container's name too.
func (r *psRow) Names() string { return r.row.Names() }

// Image is the image as it was asked for.
func (r *psRow) Image() string { return r.row.Image() }

// Command is quoted and cut.
func (r *psRow) Command() string { return r.row.Command() }

// CreatedAt is the time of creation.
func (r *psRow) CreatedAt() string { return r.row.CreatedAt() }

// RunningFor is the time since the creation.
func (r *psRow) RunningFor() string { return r.row.RunningFor() }

// Ports are the published and exposed ports.
func (r *psRow) Ports() string { return r.row.Ports() }

// State is one word, Status the state with its age.
func (r *psRow) State() string { return r.row.State() }

// Status is the state with its age.
func (r *psRow) Status() string { return r.row.Status() }

// Size is what the container wrote.
func (r *psRow) Size() string { return r.row.Size() }

// Labels are all labels in order.
func (r *psRow) Labels() string { return r.row.Labels() }

// Label is one label's value.
func (r *psRow) Label(name string) string { return r.row.Label(name) }

// Mounts are the names of volumes and the paths of binds.
func (r *psRow) Mounts() string { return r.row.Mounts() }

// LocalVolumes counts volumes.
func (r *psRow) LocalVolumes() string { return r.row.LocalVolumes() }

// Networks are the names of its networks.
func (r *psRow) Networks() string { return r.row.Networks() }

// Name is the container's name.
func (r *psRow) Name() string { return r.c.Name }

// Service is the service that it belongs to.
func (r *psRow) Service() string { return serviceOf(r.c) }

// Project is the project that it belongs to.
func (r *psRow) Project() string { return label(r.c, project.ProjectLabel) }

// ExitCode is that of the last run, 0 while it runs.
func (r *psRow) ExitCode() int {
	if r.c.State.Status == "exited" || r.c.State.Status == "dead" {
		return r.c.State.ExitCode
	}
	return 0
}

// Health is the state of the health check while it runs.
func (r *psRow) Health() string {
	if r.c.State.Status == "running" && r.c.State.Health != nil {
		return r.c.State.Health.Status
	}
	return ""
}

// publisher is a port in the form of --format json.
type publisher struct {
	URL           string
	TargetPort    int
	PublishedPort int
	Protocol      string
}

// Publishers are the ports, one entry for each address.
func (r *psRow) Publishers() []publisher {
	return append([]publisher{}, ports(r.c)...)
}

// ports lists a running container's ports as the engine's list does: published
// ones for each address, and those that are only exposed.
func ports(c *docker.Container) []publisher {
	var list []publisher
	if !c.Running() {
		return nil
	}
	published := map[string]bool{}
	for _, p := range c.Published() {
		published[fmt.Sprintf("%d/%s", p.Port, p.Proto)] = true
		hosts := []string{p.HostIP}
		if p.HostIP == "" {
			hosts = []string{"0.0.0.0", "::"}
		}
		for _, host := range hosts {
			list = append(list, publisher{host, p.Port, p.HostPort, p.Proto})
		}
	}
	for _, text := range c.Config.ExposedPorts {
		if published[text] {
			continue
		}
		port, proto, _ := strings.Cut(text, "/")
		n, _ := strconv.Atoi(port)
		list = append(list, publisher{"", n, 0, proto})
	}
	return list
}
