package compose

import (
	"fmt"
	"strconv"
	"strings"

	"drydock/sim/compose/project"
	"drydock/sim/docker"
	"drydock/sim/docker/formatter"
)

// psRow is a row of compose ps; its methods are the fields of --format.
type psRow struct {
	*formatter.ContainerContext
	c *docker.Container
}

func newPsRow(b *backend, c *docker.Container, full bool) *psRow {
	return &psRow{formatter.NewContainer(b.Engine, c, full, false), c}
}

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
	list := []publisher{}
	for _, p := range ports(r.c) {
		list = append(list, publisher(p))
	}
	return list
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
