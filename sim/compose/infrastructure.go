package compose

import (
	"fmt"
	"strings"

	"github.com/compose-spec/compose-go/v2/types"

	"drydock/sim/clock"
	"drydock/sim/compose/project"
	"drydock/sim/docker"
)

// createNetwork makes a network of the project. Compose says so twice: the plan's
// step speaks, and the work itself does.
func (b *backend) createNetwork(p *clock.Proc, pr *types.Project, key string, n types.NetworkConfig) error {
	name := "Network " + n.Name
	b.tell(name, working, "Creating")
	labels := mergeLabels(n.Labels, types.Labels{
		project.NetworkLabel: key, project.ProjectLabel: pr.Name, project.VersionLabel: project.Version, project.ConfigHashLabel: networkHash(n),
	})
	spec := docker.NetworkSpec{
		Name: n.Name, Driver: n.Driver, Internal: n.Internal, Attachable: n.Attachable, Options: n.DriverOpts, Labels: labels,
	}
	for _, pool := range n.Ipam.Config {
		if pool.Subnet == "" {
			continue
		}
		spec.Subnets = append(spec.Subnets, pool.Subnet)
		if pool.Gateway != "" {
			spec.Gateways = append(spec.Gateways, pool.Gateway)
		}
		if pool.IPRange != "" {
			spec.IPRanges = append(spec.IPRanges, pool.IPRange)
		}
	}
	err := b.engineDo(p, func(*clock.Proc) error { _, err := b.Engine.CreateNetwork(spec); return err })
	if err != nil && !strings.HasSuffix(err.Error(), "already exists") {
		b.tell(name, failed, "Error", err.Error())
		return fmt.Errorf("failed to create network %s: %w", n.Name, err)
	}
	b.tell(name, done, "Created")
	return nil
}

// createVolume makes a volume of the project.
func (b *backend) createVolume(p *clock.Proc, pr *types.Project, key string, v types.VolumeConfig) error {
	name := "Volume " + v.Name
	b.tell(name, working, "Creating")
	labels := mergeLabels(v.Labels, types.Labels{
		project.VolumeLabel: key, project.ProjectLabel: pr.Name, project.VersionLabel: project.Version, project.ConfigHashLabel: volumeHash(v),
	})
	err := b.engineDo(p, func(*clock.Proc) error {
		_, err := b.Engine.CreateVolume(docker.VolumeSpec{Name: v.Name, Driver: v.Driver, Options: v.DriverOpts, Labels: labels})
		return err
	})
	if err != nil {
		b.tell(name, failed, "Error", err.Error())
		return err
	}
	b.tell(name, done, "Created")
	return nil
}
