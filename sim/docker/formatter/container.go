package formatter

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/docker/go-units"

	"drydock/sim/docker"
)

// NewContainer makes the row of a container. full leaves ids and commands uncut,
// size works out what the container wrote.
func NewContainer(e *docker.Engine, c *docker.Container, full, size bool) *ContainerContext {
	return &ContainerContext{c: c, e: e, full: full, size: size}
}

// JoinLabels shows labels in one column.
func JoinLabels(labels map[string]string) string {
	var list []string
	for _, name := range slices.Sorted(maps.Keys(labels)) {
		list = append(list, name+"="+labels[name])
	}
	return strings.Join(list, ",")
}

// ContainerContext is a row of docker ps; its methods are the fields of --format.
type ContainerContext struct {
	Row
	c    *docker.Container
	e    *docker.Engine
	full bool
	size bool
}

// ID is cut to twelve digits unless --no-trunc is given.
func (r *ContainerContext) ID() string {
	if r.full {
		return r.c.ID
	}
	return r.c.ID[:12]
}

// Names is the container's name.
func (r *ContainerContext) Names() string { return r.c.Name }

// Image is the image as it was asked for; an id when the name means another image now.
func (r *ContainerContext) Image() string {
	name := r.c.Image
	if now, err := r.e.Image(name); err == nil && now.ID == r.c.ImageID && !strings.HasPrefix(name, "sha256:") {
		return name
	}
	if id := strings.TrimPrefix(r.c.ImageID, "sha256:"); !r.full && len(id) > 12 {
		return id[:12]
	}
	return r.c.ImageID
}

// Command is quoted and cut.
func (r *ContainerContext) Command() string {
	text := r.c.Command()
	if !r.full {
		text = Ellipsis(text, 20)
	}
	return fmt.Sprintf("%q", text)
}

// CreatedAt is the time of creation.
func (r *ContainerContext) CreatedAt() string {
	return r.c.Created.Format("2006-01-02 15:04:05 -0700 MST")
}

// RunningFor is the time since the creation.
func (r *ContainerContext) RunningFor() string {
	return units.HumanDuration(r.e.Machine.Site.Clock.Now().Sub(r.c.Created)) + " ago"
}

// Ports are the published and exposed ports.
func (r *ContainerContext) Ports() string { return docker.PortsText(r.c) }

// State is one word.
func (r *ContainerContext) State() string { return r.c.State.Status }

// Status is the state with its age.
func (r *ContainerContext) Status() string { return r.e.StatusText(r.c) }

// HealthStatus is the state of the health check, or "none".
func (r *ContainerContext) HealthStatus() string {
	if r.c.State.Health == nil {
		return ""
	}
	return r.c.State.Health.Status
}

// Size is what the container wrote, and with its image.
func (r *ContainerContext) Size() string {
	if !r.size {
		return "0B"
	}
	own := r.c.WritableSize()
	return fmt.Sprintf("%s (virtual %s)", units.HumanSizeWithPrecision(float64(own), 3), units.HumanSizeWithPrecision(float64(own+r.c.SourceImage().Size()), 3))
}

// Labels are all labels in order.
func (r *ContainerContext) Labels() string { return JoinLabels(r.c.Config.Labels) }

// Label is one label's value.
func (r *ContainerContext) Label(name string) string { return r.c.Config.Labels[name] }

// Mounts are the names of volumes and the paths of binds.
func (r *ContainerContext) Mounts() string {
	var names []string
	for _, m := range r.c.Mounts {
		name := m.Volume
		if name == "" {
			name = m.Source
		}
		if !r.full {
			name = Ellipsis(name, 15)
		}
		names = append(names, name)
	}
	return strings.Join(names, ",")
}

// LocalVolumes counts volumes of the local driver.
func (r *ContainerContext) LocalVolumes() string {
	n := 0
	for _, m := range r.c.Mounts {
		if m.Type == "volume" {
			n++
		}
	}
	return fmt.Sprint(n)
}

// Networks are the names of its networks.
func (r *ContainerContext) Networks() string {
	var names []string
	for _, ep := range r.c.Endpoints {
		names = append(names, ep.Network.Name)
	}
	slices.Sort(names)
	return strings.Join(names, ",")
}

// Platform is what the image was built for.
func (r *ContainerContext) Platform() string { return "linux/" + r.c.SourceImage().Architecture }
