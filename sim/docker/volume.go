package docker

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"drydock/sim/clock"
	"drydock/sim/vfs"
)

// VolumeRoot is where the engine keeps volumes on its machine.
const VolumeRoot = "/var/lib/docker/volumes"

// VolumeSpec is what `docker volume create` asks for. An empty name makes an
// anonymous volume.
type VolumeSpec struct {
	Name    string
	Driver  string // empty is "local"
	Labels  map[string]string
	Options map[string]string
}

// Volumes lists the volumes in the order of creation.
func (e *Engine) Volumes() []*Volume { return slices.Clone(e.volumes) }

// Volume finds a volume by its exact name, or nil.
func (e *Engine) Volume(name string) *Volume {
	i := slices.IndexFunc(e.volumes, func(v *Volume) bool { return v.Name == name })
	if i < 0 {
		return nil
	}
	return e.volumes[i]
}

// CreateVolume makes a volume; one of that name that is there already is
// returned as it is, as the real engine does.
func (e *Engine) CreateVolume(spec VolumeSpec) (*Volume, error) {
	anonymous := spec.Name == ""
	if anonymous {
		spec.Name = e.hexID()
	}
	if v := e.Volume(spec.Name); v != nil {
		return v, nil
	}
	if spec.Driver == "" {
		spec.Driver = "local"
	}
	if spec.Driver != "local" {
		return nil, fmt.Errorf("create %s: error looking up volume plugin %s: plugin %q not found", spec.Name, spec.Driver, spec.Driver)
	}
	if err := validVolumeName(spec.Name); err != nil {
		return nil, fmt.Errorf("create %s: %w", spec.Name, err)
	}
	v := &Volume{
		Name: spec.Name, Created: e.now(), Driver: spec.Driver, Labels: spec.Labels, Options: spec.Options,
		Anonymous: anonymous, FS: vfs.New(e.Machine.Site.Clock.Now, e.Machine.Disk), root: e.Flavour.Volumes,
	}
	e.volumes = append(e.volumes, v)
	e.Machine.FS.Mount(vfs.Mount{At: v.Mountpoint(), From: v.FS, Sub: "/"})
	e.emit("volume", v.Name, "create", "the volume "+shortVolume(v.Name)+" was created", map[string]string{"driver": v.Driver})
	return v, nil
}

// Mountpoint is the directory on the machine that holds the volume's files.
func (v *Volume) Mountpoint() string {
	if v.root != "" {
		return v.root + "/" + v.Name + "/_data"
	}
	return VolumeRoot + "/" + v.Name + "/_data"
}

// Content counts the volume's files and their bytes.
func (v *Volume) Content() (files int, size int64) {
	_ = v.FS.Walk("/", func(_ string, n *vfs.Node) error {
		if !n.IsDir() {
			files++
			size += n.Size()
		}
		return nil
	})
	return files, size
}

// VolumeUsers lists the containers, running or not, that mount the volume.
func (e *Engine) VolumeUsers(v *Volume) []*Container {
	var users []*Container
	for _, c := range e.containers {
		if slices.ContainsFunc(c.Mounts, func(m MountPoint) bool { return m.Type == "volume" && m.Volume == v.Name }) {
			users = append(users, c)
		}
	}
	return users
}

// RemoveVolume deletes a volume that no container uses. force makes a missing
// one no error.
func (e *Engine) RemoveVolume(name string, force bool) error {
	v := e.Volume(name)
	if v == nil {
		if force {
			return nil
		}
		return fmt.Errorf("get %s: no such volume", name)
	}
	if users := e.VolumeUsers(v); len(users) > 0 {
		ids := make([]string, len(users))
		for i, c := range users {
			ids[i] = c.ID
		}
		return fmt.Errorf("remove %s: volume is in use - [%s]", name, strings.Join(ids, ", "))
	}
	e.dropVolume(v)
	return nil
}

// dropVolume forgets a volume and gives its bytes back to the disk.
func (e *Engine) dropVolume(v *Volume) {
	_, size := v.Content()
	_ = e.Machine.Disk.Take(-size)
	e.Machine.FS.Unmount(v.Mountpoint())
	e.volumes = slices.DeleteFunc(e.volumes, func(o *Volume) bool { return o == v })
	e.emit("volume", v.Name, "destroy", "the volume "+shortVolume(v.Name)+" and its data were removed", map[string]string{"driver": v.Driver})
}

// PruneVolumes removes volumes that no container uses: anonymous ones, or all.
// It returns their names and the bytes that they held.
func (e *Engine) PruneVolumes(all bool, keep func(*Volume) bool) (names []string, reclaimed int64) {
	for _, v := range e.Volumes() {
		if !all && !v.Anonymous || len(e.VolumeUsers(v)) > 0 || keep != nil && keep(v) {
			continue
		}
		_, size := v.Content()
		reclaimed += size
		names = append(names, v.Name)
		e.dropVolume(v)
	}
	return names, reclaimed
}

// validVolumeName applies the rule of the local driver.
func validVolumeName(name string) error {
	if len(name) == 1 {
		return fmt.Errorf("volume name is too short, names should be at least two alphanumeric characters")
	}
	if !regexp.MustCompile(`^[a-zA-Z0-9][a-zA-Z0-9_.-]+$`).MatchString(name) {
		return fmt.Errorf("%q includes invalid characters for a local volume name, only \"[a-zA-Z0-9][a-zA-Z0-9_.-]\" are allowed. "+
			"If you intended to pass a host directory, use absolute path", name)
	}
	return nil
}

// shortVolume abbreviates the long name of an anonymous volume for messages.
func shortVolume(name string) string {
	if len(name) == 64 {
		return name[:12]
	}
	return name
}

// emit writes to the world's log what the daemon did.
func (e *Engine) emit(kind, name, reason, message string, attr map[string]string) int {
	id := e.clock().Emit(clock.Event{
		Actor: "dockerd", Object: clock.Object{Kind: kind, Name: name, Machine: e.Machine.Name}, Reason: reason, Message: message, Attr: attr,
	})
	e.happened.Broadcast()
	return id
}
