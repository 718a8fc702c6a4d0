package build

import (
	"fmt"
	"io/fs"
	"path"

	"github.com/moby/buildkit/frontend/dockerfile/instructions"

	"drydock/sim/machine"
	"drydock/sim/vfs"
)

// mountAll puts the mounts of a RUN step in place. Nothing of what they show ends
// up in a layer: that is what secrets need.
func (b *build) mountAll(r *runStep, files *vfs.FS, env *machine.Env) error {
	if r.script != "" {
		own := vfs.NewLayer()
		own.Put("/"+path.Base(r.args[0]), vfs.File(r.script, 0o755))
		files.Mount(vfs.Mount{At: scriptDir, From: vfs.New(b.now, nil, own), ReadOnly: true})
	}
	for _, m := range r.mounts {
		var err error
		switch m.Type {
		case instructions.MountTypeSecret:
			err = b.mountSecret(m, files, env)
		case instructions.MountTypeCache:
			b.mountCache(m, files)
		case instructions.MountTypeTmpfs:
			files.Mount(vfs.Mount{At: m.Target, From: vfs.New(b.now, nil)})
		case instructions.MountTypeSSH:
			if m.Required {
				err = fmt.Errorf("unset ssh forward key %s", orDefault(m.CacheID))
			}
		default:
			err = b.mountBind(m, files)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func orDefault(id string) string {
	if id == "" {
		return "default"
	}
	return id
}

func (b *build) mountSecret(m mount, files *vfs.FS, env *machine.Env) error {
	id := m.CacheID
	if m.Source != "" {
		id = m.Source
	}
	if id == "" {
		id = path.Base(m.Target)
	}
	data, ok := b.req.Secrets[id]
	if !ok {
		if m.Required {
			return fmt.Errorf("secret %s: not found", id)
		}
		return nil
	}
	if m.Env != nil {
		name := *m.Env
		if name == "" {
			name = id
		}
		env.Set(name, string(data))
		if m.Target == "" {
			return nil
		}
	}
	target := m.Target
	if target == "" {
		target = "/run/secrets/" + path.Base(id)
	}
	n := &vfs.Node{Mode: 0o400, Data: data}
	if m.Mode != nil {
		n.Mode = fs.FileMode(*m.Mode)
	}
	n.UID, n.GID = number(m.UID), number(m.GID)
	own := vfs.NewLayer()
	own.Put("/secret", n)
	files.Mount(vfs.Mount{At: target, From: vfs.New(b.now, nil, own), Sub: "/secret", ReadOnly: true})
	return nil
}

func number(n *uint64) int {
	if n == nil {
		return 0
	}
	return int(*n)
}

// mountCache shows a directory that the engine keeps from build to build.
func (b *build) mountCache(m mount, files *vfs.FS) {
	id := m.CacheID
	if id == "" {
		id = path.Clean(m.Target)
	}
	from := b.host.Cache.mountOf(id, b.clock().Now)
	if m.UID != nil || m.GID != nil || m.Mode != nil {
		_ = from.Change("/", func(n *vfs.Node) {
			n.UID, n.GID = number(m.UID), number(m.GID)
			if m.Mode != nil {
				n.Mode = fs.ModeDir | fs.FileMode(*m.Mode)
			}
		})
	}
	files.Mount(vfs.Mount{At: m.Target, From: from, ReadOnly: m.ReadOnly})
}

// mountBind shows files of another stage or of the context. What is written
// there is thrown away.
func (b *build) mountBind(m mount, files *vfs.FS) error {
	var from *vfs.FS
	switch {
	case m.context:
		from = vfs.New(b.now, nil, b.context.layer)
	default:
		from = b.files(m.from)
	}
	sub := path.Join("/", m.Source)
	if !from.Exists(sub) {
		return fmt.Errorf("failed to compute cache key: %w", b.missing(m.from, sub))
	}
	files.Mount(vfs.Mount{At: m.Target, From: from, Sub: sub, ReadOnly: m.ReadOnly})
	return nil
}
