package compose

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/compose-spec/compose-go/v2/types"

	"drydock/sim/docker"
)

// mounts are a service's volumes, bind mounts, secrets and configs. Those of the
// old container's volumes that have no name go over to the new one.
func (b *backend) mounts(p *types.Project, s types.ServiceConfig, old *docker.Container) ([]docker.MountSpec, error) {
	var list []docker.MountSpec
	for _, v := range s.Volumes {
		m, err := mount(p, v)
		if err != nil {
			return nil, err
		}
		if kept := keptVolume(old, v); kept != "" {
			m.Source = kept
		}
		list = append(list, m)
	}
	at := func(target string) bool {
		return slices.ContainsFunc(list, func(m docker.MountSpec) bool { return path.Clean(m.Target) == target })
	}
	if old != nil {
		for _, m := range old.Mounts {
			if m.Type == "volume" && slices.Contains(old.SourceImage().Config.Volumes, m.Target) && !at(m.Target) {
				list = append(list, docker.MountSpec{Type: "volume", Source: m.Volume, Target: m.Target, ReadOnly: m.ReadOnly})
			}
		}
	}
	files, err := b.fileMounts(p, s)
	if err != nil {
		return nil, err
	}
	for _, m := range files {
		if !at(m.Target) {
			list = append(list, m)
		}
	}
	return list, nil
}

// keptVolume is the anonymous volume that the old container has where the service
// wants one.
func keptVolume(old *docker.Container, v types.ServiceVolumeConfig) string {
	if old == nil || v.Source != "" || v.Type != types.VolumeTypeVolume {
		return ""
	}
	for _, m := range old.Mounts {
		if m.Type == "volume" && m.Target == path.Clean(v.Target) {
			return m.Volume
		}
	}
	return ""
}

func mount(p *types.Project, v types.ServiceVolumeConfig) (docker.MountSpec, error) {
	m := docker.MountSpec{Type: v.Type, Source: v.Source, Target: v.Target, ReadOnly: v.ReadOnly}
	switch v.Type {
	case types.VolumeTypeBind:
		m.CreateSource, m.FromBinds = true, true
		if v.Bind != nil {
			m.CreateSource, m.Propagation, m.Mode = bool(v.Bind.CreateHostPath), v.Bind.Propagation, v.Bind.SELinux
			m.FromBinds = m.CreateSource
		}
	case types.VolumeTypeVolume:
		if named, ok := p.Volumes[v.Source]; ok {
			m.Source = named.Name
		}
		if v.Volume != nil {
			m.NoCopy, m.Labels = v.Volume.NoCopy, v.Volume.Labels
		}
		m.FromBinds = v.Source != ""
	case types.VolumeTypeTmpfs:
		if v.Tmpfs != nil {
			m.TmpfsSize = int64(v.Tmpfs.Size)
		}
	default:
		return m, notSimulated("docker compose: a volume of type " + v.Type)
	}
	if m.FromBinds && m.Mode == "" {
		m.Mode = "rw"
		if m.ReadOnly {
			m.Mode = "ro"
		}
	}
	return m, nil
}

// fileMounts are secrets and configs that are files of the machine.
func (b *backend) fileMounts(p *types.Project, s types.ServiceConfig) ([]docker.MountSpec, error) {
	var list []docker.MountSpec
	for _, ref := range s.Secrets {
		object := types.FileObjectConfig(p.Secrets[ref.Source])
		target := secretTarget(types.FileReferenceConfig(ref))
		m, err := b.fileMount("secret", object, target)
		if err != nil {
			return nil, err
		}
		if m.Type != "" {
			list = append(list, m)
		}
	}
	for _, ref := range s.Configs {
		object := types.FileObjectConfig(p.Configs[ref.Source])
		m, err := b.fileMount("config", object, configTarget(types.FileReferenceConfig(ref)))
		if err != nil {
			return nil, err
		}
		if m.Type != "" {
			list = append(list, m)
		}
	}
	return list, nil
}

func (b *backend) fileMount(kind string, object types.FileObjectConfig, target string) (docker.MountSpec, error) {
	switch {
	case bool(object.External):
		return docker.MountSpec{}, fmt.Errorf("unsupported external %s %s", kind, object.Name)
	case object.File == "":
		return docker.MountSpec{}, nil
	case kind == "secret" && !b.FS.Exists(object.File):
		b.warn(fmt.Sprintf("secret file %s does not exist", object.Name))
	}
	return docker.MountSpec{Type: "bind", Source: object.File, Target: target, ReadOnly: true}, nil
}

func secretTarget(ref types.FileReferenceConfig) string {
	switch {
	case ref.Target == "":
		return "/run/secrets/" + ref.Source
	case !strings.HasPrefix(ref.Target, "/"):
		return "/run/secrets/" + ref.Target
	}
	return ref.Target
}

func configTarget(ref types.FileReferenceConfig) string {
	switch {
	case ref.Target == "":
		return "/" + ref.Source
	case !strings.HasPrefix(ref.Target, "/"):
		return "/" + ref.Target
	}
	return ref.Target
}

// inject writes secrets and configs that are no files, but variables or texts of
// the project, into a container that is about to start.
func (b *backend) inject(p *types.Project, s types.ServiceConfig, c *docker.Container) error {
	write := func(object types.FileObjectConfig, ref types.FileReferenceConfig, target string) error {
		text := object.Content
		if object.Environment != "" {
			value, ok := p.Environment[object.Environment]
			if !ok {
				return fmt.Errorf("environment variable %q required by file %q is not set", object.Environment, object.Name)
			}
			text = value
		} else if object.File != "" {
			return nil
		}
		if err := c.FS.MkdirAll(path.Dir(target), 0o755, 0, 0); err != nil {
			return daemon(err)
		}
		mode := types.FileMode(0o444)
		if ref.Mode != nil {
			mode = *ref.Mode
		}
		return daemon(c.FS.WriteFile(target, []byte(text), fileMode(mode), 0, 0))
	}
	for _, ref := range s.Secrets {
		r := types.FileReferenceConfig(ref)
		if err := write(types.FileObjectConfig(p.Secrets[ref.Source]), r, secretTarget(r)); err != nil {
			return err
		}
	}
	for _, ref := range s.Configs {
		r := types.FileReferenceConfig(ref)
		if err := write(types.FileObjectConfig(p.Configs[ref.Source]), r, configTarget(r)); err != nil {
			return err
		}
	}
	return nil
}
