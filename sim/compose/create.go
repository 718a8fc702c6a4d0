package compose

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/compose-spec/compose-go/v2/types"

	"drydock/sim/clock"
	"drydock/sim/compose/project"
	"drydock/sim/docker"
	"drydock/sim/image"
)

// creation is how a container of a service is made.
type creation struct {
	name       string
	number     int // 0 for one-off containers
	labels     map[string]string
	inherit    *docker.Container // whose anonymous volumes it takes over
	aliases    bool              // it answers to the service's name
	autoRemove bool
	attach     bool
}

// createContainer makes a container of a service. In a dry run it is nil.
func (b *backend) createContainer(p *clock.Proc, pr *types.Project, s types.ServiceConfig, c creation) (*docker.Container, error) {
	if b.dryRun {
		return nil, nil
	}
	spec, err := b.containerSpec(pr, s, c)
	if err != nil {
		return nil, err
	}
	var made *docker.Container
	client := p
	err = b.engineDo(p, func(p *clock.Proc) (err error) {
		made, err = b.Engine.Create(p, spec)
		if err == nil && client.Done() { // nobody waits for it any more: the daemon takes it back
			return b.Engine.Remove(p, made, true, true)
		}
		return err
	})
	return made, err
}

// containerSpec is what the engine is asked for.
func (b *backend) containerSpec(pr *types.Project, s types.ServiceConfig, c creation) (docker.ContainerSpec, error) {
	seen := map[string][]*docker.Container{}
	for _, other := range b.containers(pr.Name, withoutOneOff, true) {
		seen[serviceOf(other)] = append(seen[serviceOf(other)], other)
	}
	s = b.withReferences(s, seen)
	for _, mode := range []string{s.NetworkMode, s.Ipc, s.Pid} {
		if name, ok := strings.CutPrefix(mode, types.ServicePrefix); ok {
			return docker.ContainerSpec{}, fmt.Errorf("cannot share namespace with service %s: container missing", name)
		}
	}
	labels := maps.Clone(c.labels)
	labels[project.ConfigHashLabel] = serviceHash(s)
	labels[project.DependenciesLabel] = writeDependencies(s.DependsOn)
	if c.number > 0 {
		labels[project.NumberLabel] = strconv.Itoa(c.number)
	}
	spec := docker.ContainerSpec{
		Name: c.name, Image: b.imageName(s, pr.Name), Expose: exposed(s),
		Config: image.Config{
			User: s.User, Env: environment(s.Environment), Cmd: s.Command, WorkingDir: s.WorkingDir, StopSignal: s.StopSignal, Labels: labels,
			Healthcheck: healthcheck(s.HealthCheck),
		},
	}
	if s.Entrypoint != nil {
		spec.Entrypoint, spec.Config.Entrypoint = true, s.Entrypoint
	}
	var err error
	if spec.Host, err = b.hostConfig(s); err != nil {
		return spec, err
	}
	spec.Host.AutoRemove, spec.Host.Attach = c.autoRemove, [3]bool{c.attach && s.StdinOpen, true, true}
	if spec.Host.PortBindings, err = b.portBindings(s); err != nil {
		return spec, err
	}
	if spec.Host.Mounts, err = b.mounts(pr, s, c.inherit); err != nil {
		return spec, err
	}
	for _, m := range spec.Host.Mounts {
		if m.FromBinds {
			spec.Host.Binds = append(spec.Host.Binds, m.Source+":"+m.Target+":"+m.Mode)
		}
	}
	b.connectSpec(pr, s, c, &spec)
	return spec, nil
}

// withReferences replaces names of services in a service's settings by the
// containers that are meant.
func (b *backend) withReferences(s types.ServiceConfig, seen map[string][]*docker.Container) types.ServiceConfig {
	first := func(name string) string {
		if list := seen[name]; len(list) > 0 {
			return byName(slices.Clone(list))[0].ID
		}
		return ""
	}
	for _, mode := range []*string{&s.NetworkMode, &s.Ipc, &s.Pid} {
		if name, ok := strings.CutPrefix(*mode, types.ServicePrefix); ok && first(name) != "" {
			*mode = types.ContainerPrefix + first(name)
		}
	}
	s.VolumesFrom = slices.Clone(s.VolumesFrom)
	for i, v := range s.VolumesFrom {
		if rest, ok := strings.CutPrefix(v, types.ContainerPrefix); ok {
			s.VolumesFrom[i] = rest
			continue
		}
		name, access, _ := strings.Cut(v, ":")
		if id := first(name); id != "" {
			s.VolumesFrom[i] = strings.TrimSuffix(id+":"+access, ":")
		}
	}
	return s
}

// environment are NAME=value texts in order; a name alone is taken out of the image's.
func environment(m types.MappingWithEquals) []string {
	var list []string
	for _, name := range sortedKeys(m) {
		if v := m[name]; v != nil {
			list = append(list, name+"="+*v)
		} else {
			list = append(list, name)
		}
	}
	return list
}

func exposed(s types.ServiceConfig) []string {
	var list []string
	for _, e := range s.Expose {
		if !strings.Contains(e, "/") {
			e += "/tcp"
		}
		list = append(list, e)
	}
	return list
}

func healthcheck(h *types.HealthCheckConfig) *image.Healthcheck {
	if h == nil {
		return nil
	}
	if h.Disable {
		return &image.Healthcheck{Test: []string{"NONE"}}
	}
	out := &image.Healthcheck{
		Test: h.Test, Interval: duration(h.Interval), Timeout: duration(h.Timeout), StartPeriod: duration(h.StartPeriod),
		StartInterval: duration(h.StartInterval),
	}
	if h.Retries != nil {
		out.Retries = int(*h.Retries)
	}
	return out
}

func duration(d *types.Duration) time.Duration {
	if d == nil {
		return 0
	}
	return time.Duration(*d)
}
