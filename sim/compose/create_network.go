package compose

import (
	"io/fs"
	"strconv"
	"strings"

	"github.com/compose-spec/compose-go/v2/types"

	"drydock/sim/docker"
)

// connectSpec says which networks a container joins, and by which names it is
// found there.
func (b *backend) connectSpec(p *types.Project, s types.ServiceConfig, c creation, spec *docker.ContainerSpec) {
	switch {
	case s.NetworkMode != "":
		spec.Host.NetworkMode = s.NetworkMode
		return
	case len(p.Networks) == 0 || len(s.Networks) == 0:
		spec.Host.NetworkMode = "none"
		return
	}
	links := b.links(p.Name, s)
	for i, key := range s.NetworksByPriority() {
		name := p.Networks[key].Name
		if i == 0 {
			spec.Host.NetworkMode = name
		}
		at := docker.NetworkAttachment{Network: name, EndpointSpec: docker.EndpointSpec{Aliases: []string{b.containerName(p.Name, s, strconv.Itoa(c.number))}, Links: links}}
		settings := s.Networks[key]
		if c.aliases {
			at.Aliases = append(at.Aliases, s.Name)
			if settings != nil {
				at.Aliases = append(at.Aliases, settings.Aliases...)
			}
		}
		if settings != nil {
			at.IP = settings.Ipv4Address
		}
		spec.Networks = append(spec.Networks, at)
	}
}

// links are "container:name" texts for `links`.
func (b *backend) links(projectName string, s types.ServiceConfig) []string {
	var list []string
	for _, raw := range s.Links {
		service, alias, ok := strings.Cut(raw, ":")
		if !ok {
			alias = service
		}
		for _, c := range b.containers(projectName, withoutOneOff, true, service) {
			list = append(list, c.Name+":"+alias)
		}
	}
	return list
}

func fileMode(m types.FileMode) fs.FileMode { return fs.FileMode(m) & fs.ModePerm }
