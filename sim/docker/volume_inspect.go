package docker

import (
	"fmt"
	"time"
)

// VolumeInspect is what `docker volume inspect` shows (Docker 29, API 1.55).
type VolumeInspect struct {
	CreatedAt  string
	Driver     string
	Labels     map[string]string
	Mountpoint string
	Name       string
	Options    map[string]string
	Scope      string
}

// InspectVolume describes a volume.
func (e *Engine) InspectVolume(name string) (*VolumeInspect, error) {
	v := e.Volume(name)
	if v == nil {
		return nil, fmt.Errorf("get %s: no such volume", name)
	}
	labels := v.Labels
	if v.Anonymous {
		labels = map[string]string{"com.docker.volume.anonymous": ""}
		for name, value := range v.Labels {
			labels[name] = value
		}
	}
	return &VolumeInspect{
		CreatedAt: v.Created.Format(time.RFC3339), Driver: v.Driver, Labels: labels, Mountpoint: v.Mountpoint(), Name: v.Name,
		Options: v.Options, Scope: "local",
	}, nil
}
