package compose

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"

	"github.com/compose-spec/compose-go/v2/types"

	"drydock/sim/compose/project"
	"drydock/sim/docker"
)

// oneOff says whether containers of `compose run` count.
type oneOff int

const (
	withoutOneOff oneOff = iota
	withOneOff
)

// containers lists a project's containers, newest first; all includes those that
// do not run. No services means every one.
func (b *backend) containers(name string, kind oneOff, all bool, services ...string) []*docker.Container {
	var list []*docker.Container
	for _, c := range b.Engine.Containers() {
		switch {
		case label(c, project.ProjectLabel) != name || label(c, project.ConfigHashLabel) == "":
		case kind == withoutOneOff && isOneOff(c):
		case !all && !c.Running() && c.State.Status != "restarting":
		case len(services) > 0 && !slices.Contains(services, label(c, project.ServiceLabel)):
		default:
			list = append(list, c)
		}
	}
	slices.Reverse(list)
	return list
}

func isOneOff(c *docker.Container) bool { return label(c, project.OneoffLabel) == "True" }

// serviceOf is the service that a container belongs to.
func serviceOf(c *docker.Container) string { return label(c, project.ServiceLabel) }

// ofService keeps the containers of some services.
func ofService(list []*docker.Container, services ...string) []*docker.Container {
	var out []*docker.Container
	for _, c := range list {
		if slices.Contains(services, serviceOf(c)) {
			out = append(out, c)
		}
	}
	return out
}

// number is a container's place among those of its service, from 1; 0 for one-off
// containers.
func number(c *docker.Container) int {
	n, _ := strconv.Atoi(label(c, project.NumberLabel))
	return n
}

// byName sorts containers by name.
func byName(list []*docker.Container) []*docker.Container {
	slices.SortFunc(list, func(a, b *docker.Container) int { return cmp.Compare(a.Name, b.Name) })
	return list
}

// shortName is a container's name without the project's, as logs show it.
func (b *backend) shortName(c *docker.Container) string {
	name := label(c, project.ProjectLabel) + b.separator() + serviceOf(c) + b.separator() + label(c, project.NumberLabel)
	if c.Name == name {
		return name[len(label(c, project.ProjectLabel))+1:]
	}
	return c.Name
}

// isOrphan reports that a container belongs to the project by name only: its
// service is not in the files, or it was left by `compose run`.
func isOrphan(p *types.Project, c *docker.Container) bool {
	if isOneOff(c) {
		return c.State.Status == "exited" || c.State.Status == "dead"
	}
	_, known := p.AllServices()[serviceOf(c)]
	return !known
}

// eventName is what events call a container.
func eventName(c *docker.Container) string { return "Container " + c.Name }

// oneOf is the container of a service that a command means: the one with the
// index, or the first.
func (b *backend) oneOf(projectName, service string, index int, kind oneOff, all bool) (*docker.Container, error) {
	list := b.containers(projectName, kind, all, service)
	if index > 0 {
		list = slices.DeleteFunc(list, func(c *docker.Container) bool { return number(c) != index })
		if len(list) == 0 {
			return nil, fmt.Errorf("service %q is not running container #%d", service, index)
		}
	}
	if len(list) == 0 {
		return nil, fmt.Errorf("service %q is not running", service)
	}
	slices.SortStableFunc(list, func(x, y *docker.Container) int {
		if isOneOff(x) != isOneOff(y) {
			if isOneOff(x) {
				return 1
			}
			return -1
		}
		return cmp.Compare(number(x), number(y))
	})
	return list[0], nil
}

// projectOf makes a project out of the containers that are there, for commands
// that have no file to read.
func (b *backend) projectOf(name string, list []*docker.Container) *types.Project {
	p := &types.Project{Name: name, Services: types.Services{}, Networks: types.Networks{}, Volumes: types.Volumes{}}
	for _, c := range list {
		s, known := p.Services[serviceOf(c)]
		if !known {
			s = types.ServiceConfig{Name: serviceOf(c)}
			s.DependsOn = types.DependsOnConfig{}
			s.Image = c.Image
			readDependencies(s.DependsOn, label(c, project.DependenciesLabel))
		}
		s.SetScale(s.GetScale() + 1)
		if !known {
			s.SetScale(1)
		}
		p.Services[s.Name] = s
	}
	for _, n := range b.Engine.Networks() {
		if key := n.Labels[project.NetworkLabel]; n.Labels[project.ProjectLabel] == name && key != "" {
			p.Networks[key] = types.NetworkConfig{Name: n.Name, Driver: n.Driver}
		}
	}
	for _, v := range b.Engine.Volumes() {
		if key := v.Labels[project.VolumeLabel]; v.Labels[project.ProjectLabel] == name && key != "" {
			p.Volumes[key] = types.VolumeConfig{Name: v.Name, Driver: v.Driver}
		}
	}
	return p
}
