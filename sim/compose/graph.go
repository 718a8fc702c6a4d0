package compose

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/compose-spec/compose-go/v2/errdefs"
	"github.com/compose-spec/compose-go/v2/types"

	"drydock/sim/clock"
)

// sortedServices are the names of a project's services in order.
func sortedServices(p *types.Project) []string { return slices.Sorted(maps.Keys(p.Services)) }

// dependencies are the services that a service needs first, in order.
func dependencies(p *types.Project, name string) []string {
	var list []string
	for _, dep := range slices.Sorted(maps.Keys(p.Services[name].DependsOn)) {
		if _, ok := p.Services[dep]; ok {
			list = append(list, dep)
		}
	}
	return list
}

// dependents are the services that need a service.
func dependents(p *types.Project, name string) []string {
	var list []string
	for _, other := range sortedServices(p) {
		if _, ok := p.Services[other].DependsOn[name]; ok {
			list = append(list, other)
		}
	}
	return list
}

// checkGraph finds dependencies on services that are not there, and forgets those
// that are optional.
func checkGraph(p *types.Project) error {
	for _, name := range sortedServices(p) {
		service := p.Services[name]
		for _, dep := range slices.Sorted(maps.Keys(service.DependsOn)) {
			if _, ok := p.Services[dep]; ok {
				continue
			}
			if !service.DependsOn[dep].Required {
				delete(service.DependsOn, dep)
				continue
			}
			if off, ok := p.DisabledServices[dep]; ok {
				return fmt.Errorf("service %s is required by %s but is disabled. Can be enabled by profiles %s", dep, name, off.Profiles)
			}
			return fmt.Errorf("could not find %s: not found", dep)
		}
	}
	return nil
}

// inOrder visits the services side by side, each after those that it needs.
func inOrder(p *clock.Proc, pr *types.Project, visit func(p *clock.Proc, service string) error) error {
	if err := checkGraph(pr); err != nil {
		return err
	}
	return walk(p, pr, func(name string) []string { return dependencies(pr, name) }, visit)
}

// inReverse visits the services side by side, each after those that need it.
func inReverse(p *clock.Proc, pr *types.Project, visit func(p *clock.Proc, service string) error) error {
	if err := checkGraph(pr); err != nil {
		return err
	}
	return walk(p, pr, func(name string) []string { return dependents(pr, name) }, visit)
}

func walk(p *clock.Proc, pr *types.Project, first func(name string) []string, visit func(p *clock.Proc, service string) error) error {
	g := newGroup(p)
	visited := map[string]bool{}
	progress := p.Clock().NewSignal()
	for _, name := range sortedServices(pr) {
		g.do("service "+name, func(p *clock.Proc) error {
			for _, other := range first(name) {
				p.WaitFor(progress, func() bool { return visited[other] })
			}
			err := visit(p, name)
			if err == nil {
				visited[name] = true
				progress.Broadcast()
			}
			return err
		})
	}
	return g.wait()
}

// readDependencies reads the label that keeps a service's dependencies.
func readDependencies(into types.DependsOnConfig, text string) {
	for _, item := range strings.Split(text, ",") {
		parts := strings.Split(item, ":")
		if parts[0] == "" {
			continue
		}
		d := types.ServiceDependency{Condition: runningOrHealthy, Restart: true}
		if len(parts) > 1 {
			d.Condition = parts[1]
		}
		if len(parts) > 2 {
			d.Restart, _ = strconv.ParseBool(parts[2])
		}
		into[parts[0]] = d
	}
}

// writeDependencies is the text of that label.
func writeDependencies(d types.DependsOnConfig) string {
	var list []string
	for _, name := range slices.Sorted(maps.Keys(d)) {
		list = append(list, fmt.Sprintf("%s:%s:%t", name, d[name].Condition, d[name].Restart))
	}
	return strings.Join(list, ",")
}

// disabled reports that an error says that a service is there but not enabled.
func disabled(err error) bool { return errors.Is(err, errdefs.ErrDisabled) }
