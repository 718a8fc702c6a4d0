package compose

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/compose-spec/compose-go/v2/types"

	"drydock/sim/compose/project"
	"drydock/sim/docker"
)

// observed is what the engine has of a project.
type observed struct {
	containers map[string][]*docker.Container // by service
	orphans    []*docker.Container
	networks   map[string]*docker.Network // by the project's key
	volumes    map[string]*docker.Volume
}

// observe looks at the engine, and refuses what has to be there and is not.
func (b *backend) observe(p *types.Project) (*observed, error) {
	o := &observed{containers: map[string][]*docker.Container{}, networks: map[string]*docker.Network{}, volumes: map[string]*docker.Volume{}}
	for _, c := range b.containers(p.Name, withOneOff, true) {
		_, known := p.AllServices()[serviceOf(c)]
		switch {
		case !isOneOff(c) && known:
			o.containers[serviceOf(c)] = append(o.containers[serviceOf(c)], c)
		case isOrphan(p, c):
			o.orphans = append(o.orphans, c)
		}
	}
	if err := b.observeNetworks(p, o); err != nil {
		return nil, err
	}
	return o, b.observeVolumes(p, o)
}

func (b *backend) observeNetworks(p *types.Project, o *observed) error {
	for _, key := range sortedKeys(p.Networks) {
		want := p.Networks[key]
		var found *docker.Network
		for _, n := range b.Engine.Networks() {
			mine := n.Labels[project.ProjectLabel] == p.Name && n.Labels[project.NetworkLabel] == key
			if n.Name == want.Name || found == nil && mine && !bool(want.External) {
				found = n
			}
		}
		switch {
		case found == nil && bool(want.External):
			return fmt.Errorf("network %s declared as external, but could not be found", want.Name)
		case found == nil:
			continue
		case !bool(want.External) && found.Labels[project.ProjectLabel] == "":
			b.warn(fmt.Sprintf("a network with name %s exists but was not created by compose.\nSet `external: true` to use an existing network", want.Name))
		case !bool(want.External) && found.Labels[project.ProjectLabel] != p.Name:
			b.warn(fmt.Sprintf("a network with name %s exists but was not created for project %q.\nSet `external: true` to use an existing network", want.Name, p.Name))
		}
		o.networks[key] = found
	}
	return nil
}

func (b *backend) observeVolumes(p *types.Project, o *observed) error {
	for _, key := range sortedKeys(p.Volumes) {
		want := p.Volumes[key]
		found := b.Engine.Volume(want.Name)
		switch {
		case found == nil && bool(want.External):
			return fmt.Errorf("external volume %q not found", want.Name)
		case found == nil:
			continue
		case !bool(want.External) && found.Labels[project.ProjectLabel] == "":
			b.warn(fmt.Sprintf("volume %q already exists but was not created by Docker Compose. Use `external: true` to use an existing volume", want.Name))
		case !bool(want.External) && found.Labels[project.ProjectLabel] != p.Name:
			b.warn(fmt.Sprintf("volume %q already exists but was created for project %q (expected %q). Use `external: true` to use an existing volume",
				want.Name, found.Labels[project.ProjectLabel], p.Name))
		}
		o.volumes[key] = found
	}
	return nil
}

func (o *observed) orphanNames() string {
	var names []string
	for _, c := range o.orphans {
		names = append(names, c.Name)
	}
	return strings.Join(names, ", ")
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, cmp.Compare[string])
	return keys
}
