package docker

import (
	"errors"
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/docker/go-units"

	"drydock/sim/vfs"
)

// MountSpec is one --mount, or one -v read by the client.
type MountSpec struct {
	Type         string // volume, bind, tmpfs
	Source       string
	Target       string
	ReadOnly     bool
	CreateSource bool   // a missing directory of the machine is made (-v, not --mount)
	Mode         string // what inspect shows: "z", "ro", ""
	NoCopy       bool
	Labels       map[string]string
	TmpfsSize    int64 // bytes, 0 is without limit
	TmpfsMode    string
	Raw          string // what -v was given, or "" for --mount
	Propagation  string
	FromBinds    bool // it stands under Binds, not under Mounts
}

// MountPoint is a volume, bind mount or tmpfs of a container.
type MountPoint struct {
	Type        string // volume, bind, tmpfs
	Volume      string
	Source      string
	Target      string
	ReadOnly    bool
	Mode        string
	Propagation string
	tmpfsSize   int64
}

// mountAll makes the container's mounts: what was asked for, what other
// containers have (--volumes-from), and an anonymous volume for each VOLUME of
// the image that nothing covers.
func (e *Engine) mountAll(c *Container, spec ContainerSpec) error {
	wanted := slices.Clone(spec.Host.Mounts)
	for _, ref := range spec.Host.VolumesFrom {
		more, err := e.mountsOf(ref)
		if err != nil {
			return err
		}
		wanted = append(more, wanted...)
	}
	for _, t := range spec.Host.Tmpfs {
		target, options, _ := cutTmpfs(t)
		wanted = append(wanted, MountSpec{Type: "tmpfs", Target: target, Mode: options, TmpfsSize: tmpfsSize(options), FromBinds: true})
	}
	for _, v := range slices.Concat(c.Config.Volumes, spec.Config.Volumes) {
		if !slices.ContainsFunc(wanted, func(m MountSpec) bool { return path.Clean(m.Target) == path.Clean(v) }) {
			wanted = append(wanted, MountSpec{Type: "volume", Target: v})
		}
	}
	for _, m := range wanted {
		if err := e.mount(c, m); err != nil {
			return err
		}
	}
	return nil
}

// mountsOf are the volumes and binds of another container ("name" or "name:ro").
func (e *Engine) mountsOf(ref string) ([]MountSpec, error) {
	name, mode, _ := strings.Cut(ref, ":")
	other, err := e.Container(name)
	if err != nil {
		return nil, err
	}
	var specs []MountSpec
	for _, m := range other.Mounts {
		source := m.Source
		if m.Type == "volume" {
			source = m.Volume
		}
		if m.Type != "tmpfs" {
			specs = append(specs, MountSpec{Type: m.Type, Source: source, Target: m.Target, ReadOnly: m.ReadOnly || mode == "ro", Mode: m.Mode})
		}
	}
	return specs, nil
}

func (e *Engine) mount(c *Container, m MountSpec) error {
	m.Target = path.Clean("/" + m.Target)
	point := MountPoint{Type: m.Type, Target: m.Target, ReadOnly: m.ReadOnly, Mode: m.Mode, Propagation: m.Propagation}
	if m.Target == "/" {
		text := "invalid mount config for type \"" + m.Type + "\": invalid specification: destination can't be '/'"
		if m.Raw != "" {
			text = "invalid volume specification: '" + m.Raw + "': " + text
		}
		return errors.New(text)
	}
	if slices.ContainsFunc(c.Mounts, func(o MountPoint) bool { return o.Target == m.Target }) {
		return fmt.Errorf("Duplicate mount point: %s", m.Target)
	}
	switch m.Type {
	case "bind":
		if err := e.bind(c, m); err != nil {
			return err
		}
		point.Source = path.Clean(m.Source)
		if point.Propagation == "" {
			point.Propagation = "rprivate"
		}
	case "tmpfs":
		point.Mode, point.tmpfsSize = "", m.TmpfsSize
		c.FS.Mount(vfs.Mount{At: landing(c.FS, m.Target), From: e.newTmpfs(m.TmpfsSize), Sub: "/", Memory: true})
		if m.FromBinds {
			return nil // --tmpfs is not among the mounts that inspect shows
		}
	default:
		v, err := e.CreateVolume(VolumeSpec{Name: m.Source, Labels: m.Labels})
		if err != nil {
			return err
		}
		if !m.NoCopy {
			copyFirst(c.FS, m.Target, v.FS)
		}
		c.FS.Mount(vfs.Mount{At: landing(c.FS, m.Target), From: v.FS, Sub: "/", ReadOnly: m.ReadOnly})
		point.Volume, point.Source = v.Name, v.Mountpoint()
	}
	c.Mounts = append(c.Mounts, point)
	return nil
}

// landing is where a mount point is behind the links of the image, such as /var/run:
// the runtime follows what is there of its path.
func landing(disk *vfs.FS, target string) string {
	for at, rest := target, ""; at != "/"; at, rest = path.Dir(at), path.Join(path.Base(at), rest) {
		if !disk.Exists(at) {
			continue
		}
		if real, err := disk.Resolve(at, true); err == nil {
			return path.Join(real, rest)
		}
	}
	return target
}

// bind shows a path of the machine inside.
func (e *Engine) bind(c *Container, m MountSpec) error {
	if !path.IsAbs(m.Source) {
		return fmt.Errorf("invalid mount config for type \"bind\": invalid mount path: '%s' mount path must be absolute", m.Source)
	}
	if _, err := e.Machine.FS.Stat(m.Source); err != nil {
		if !m.CreateSource {
			return fmt.Errorf("invalid mount config for type \"bind\": bind source path does not exist: %s", m.Source)
		}
		if err := e.Machine.FS.MkdirAll(m.Source, 0o755, 0, 0); err != nil {
			return fmt.Errorf("error while creating mount source path '%s': mkdir %s: %w", m.Source, m.Source, err)
		}
	}
	c.FS.Mount(vfs.Mount{At: landing(c.FS, m.Target), From: e.Machine.FS, Sub: m.Source, ReadOnly: m.ReadOnly})
	return nil
}

// copyFirst fills a volume that is still empty with what the image has at its
// mount point, owner and mode included.
func copyFirst(image *vfs.FS, at string, volume *vfs.FS) {
	n, err := image.Stat(at)
	if err != nil || !n.IsDir() {
		return
	}
	if entries, err := volume.ReadDir("/"); err != nil || len(entries) > 0 {
		return
	}
	_ = volume.Change("/", func(root *vfs.Node) { root.Mode, root.UID, root.GID = n.Mode, n.UID, n.GID })
	entries, _ := image.ReadDir(at)
	for _, entry := range entries {
		_ = volume.CopyTree(image, path.Join(at, entry.Name), "/"+entry.Name)
	}
}

func (e *Engine) newTmpfs(size int64) *vfs.FS {
	f := vfs.New(e.clock().Now, &vfs.Disk{Capacity: size})
	_ = f.Change("/", func(n *vfs.Node) { n.Mode |= 0o777 })
	return f
}

// tmpfsSize reads "size=64m" in the options of a tmpfs.
func tmpfsSize(options string) int64 {
	for _, o := range strings.Split(options, ",") {
		if text, ok := strings.CutPrefix(o, "size="); ok {
			if n, err := strconv.ParseInt(text, 10, 64); err == nil {
				return n
			}
			n, _ := units.RAMInBytes(text)
			return n
		}
	}
	return 0
}

// writeHostFiles puts /etc/hosts, /etc/hostname and /etc/resolv.conf into the
// container, from files of the engine that no image and no diff shows.
func (e *Engine) writeHostFiles(c *Container) {
	c.hostFiles = vfs.New(e.clock().Now, nil)
	_ = c.hostFiles.WriteFile("/hostname", []byte(c.hostname()+"\n"), 0o644, 0, 0)
	_ = c.hostFiles.WriteFile("/hosts", []byte(c.hostsFile()), 0o644, 0, 0)
	_ = c.hostFiles.WriteFile("/resolv.conf", []byte(c.resolvConf()), 0o644, 0, 0)
	for _, name := range []string{"/hostname", "/hosts", "/resolv.conf"} {
		at := "/etc" + name
		if !slices.ContainsFunc(c.Mounts, func(m MountPoint) bool { return m.Target == at }) {
			c.FS.Unmount(at)
			c.FS.Mount(vfs.Mount{At: at, From: c.hostFiles, Sub: name})
		}
	}
}

// refreshHosts brings /etc/hosts up to date when a running container joined or
// left a network.
func (c *Container) refreshHosts() {
	if !c.Running() || c.sharesNet() || c.hostFiles == nil {
		return
	}
	c.Net.Hosts = c.hostEntries()
	_ = c.hostFiles.WriteFile("/hosts", []byte(c.hostsFile()), 0o644, 0, 0)
}

// cutTmpfs takes "/run:size=64m" apart.
func cutTmpfs(text string) (target, options string, ok bool) { return strings.Cut(text, ":") }

// volumeEvents logs that the container's volumes are used, or not any more.
func (c *Container) volumeEvents(reason string) {
	for _, m := range c.Mounts {
		if m.Type != "volume" {
			continue
		}
		attr := map[string]string{"container": c.ID, "driver": "local"}
		message := c.Name + " does not use the volume " + shortVolume(m.Volume) + " any more"
		if reason == "mount" {
			message = c.Name + " uses the volume " + shortVolume(m.Volume) + " at " + m.Target
			attr["destination"], attr["propagation"], attr["read/write"] = m.Target, m.Propagation, strconv.FormatBool(!m.ReadOnly)
		}
		c.engine.emit("volume", m.Volume, reason, message, attr)
	}
}
