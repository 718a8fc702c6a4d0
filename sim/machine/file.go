package machine

import (
	"bytes"
	"errors"
	"io/fs"
	"path"
	"strings"

	"drydock/sim/clock"
	"drydock/sim/vfs"
)

// Open opens a file of the process's view for reading. Devices that every
// Linux has (/dev/null, /dev/stdin, ...) work although no file is there.
func (p *Process) Open(name string) (Source, error) {
	full := p.Abs(name)
	switch full {
	case "/dev/null":
		return NoInput{}, nil
	case "/dev/stdin", "/proc/self/fd/0", "/dev/fd/0":
		return p.Stdin.source, nil
	case "/dev/tty":
		if p.TTY != nil {
			return p.TTY, nil
		}
	case "/dev/zero", "/dev/urandom", "/dev/random":
		return &noise{process: p, zero: full == "/dev/zero"}, nil
	}
	data, err := p.ReadFile(name)
	if err != nil {
		return nil, err
	}
	return TextInput(data), nil
}

// ReadFile reads a whole file with the rights of the process's user.
func (p *Process) ReadFile(name string) ([]byte, error) {
	if p.Abs(name) == "/dev/null" {
		return nil, nil
	}
	if text, ok := p.kernelFile(p.Abs(name)); ok {
		return []byte(text), nil
	}
	n, err := p.stat(name)
	if err != nil {
		return nil, err
	}
	if !p.May(n, 4) {
		return nil, vfs.ErrPermission
	}
	if n.IsDir() {
		return nil, vfs.ErrIsDir
	}
	return n.Data, nil
}

// Create opens a file for writing, emptied first unless add is set.
func (p *Process) Create(name string, add bool) (Sink, error) {
	switch p.Abs(name) {
	case "/dev/null":
		return discard{}, nil
	case "/dev/stdout", "/proc/self/fd/1", "/dev/fd/1":
		return p.Stdout.sink, nil
	case "/dev/stderr", "/proc/self/fd/2", "/dev/fd/2":
		return p.Stderr.sink, nil
	case "/dev/tty":
		if p.TTY != nil {
			return p.TTY, nil
		}
	}
	var data []byte
	if add {
		old, err := p.ReadFile(name)
		if err != nil && !errors.Is(err, vfs.ErrNotExist) {
			return nil, err
		}
		data = old
	}
	if err := p.WriteFile(name, data); err != nil {
		return nil, err
	}
	return &fileSink{process: p, name: p.Abs(name)}, nil
}

// WriteFile replaces a file's data with the rights of the process's user.
func (p *Process) WriteFile(name string, data []byte) error {
	full := p.Abs(name)
	n, err := p.stat(full)
	switch {
	case err == nil && n.IsDir():
		return vfs.ErrIsDir
	case err == nil && !p.May(n, 2):
		return vfs.ErrPermission
	case errors.Is(err, vfs.ErrNotExist):
		if strings.HasSuffix(name, "/") {
			return vfs.ErrIsDir
		}
		if err := p.MayChange(full); err != nil {
			return err
		}
	case err != nil:
		return err
	}
	return p.FS.WriteFile(full, data, 0o644&^p.Umask, p.User.UID, p.User.GID)
}

// MayChange tells whether the process may add or remove the directory entry
// at a path.
func (p *Process) MayChange(name string) error {
	dir, err := p.stat(path.Dir(p.Abs(name)))
	switch {
	case err != nil:
		return err
	case !dir.IsDir():
		return vfs.ErrNotDir
	case !p.May(dir, 2):
		return vfs.ErrPermission
	}
	return nil
}

// May tells whether the process's user has the permission bits (4 read, 2 write,
// 1 execute) on a node.
func (p *Process) May(n *vfs.Node, bits fs.FileMode) bool {
	perm := n.Mode.Perm()
	switch {
	case p.User.UID == 0:
		return bits&1 == 0 || n.IsDir() || perm&0o111 != 0
	case n.UID == p.User.UID:
		perm >>= 6
	case n.GID == p.User.GID:
		perm >>= 3
	}
	return perm&bits == bits
}

// stat finds a node; each directory on the way must let the user pass.
func (p *Process) stat(name string) (*vfs.Node, error) {
	full := p.Abs(name)
	if p.User.UID != 0 {
		for dir := path.Dir(full); dir != "/"; dir = path.Dir(dir) {
			if n, err := p.FS.Stat(dir); err == nil && n.IsDir() && !p.May(n, 1) {
				return nil, vfs.ErrPermission
			}
		}
	}
	return p.FS.Stat(full)
}

// fileSink appends what is written to a file. It extends its own last slice in
// place, so that many small writes stay cheap; nodes themselves never change.
type fileSink struct {
	process *Process
	name    string
	last    []byte
}

// Write implements Sink. Once the file was removed, what is written goes nowhere.
func (f *fileSink) Write(b []byte) (int, error) {
	n, err := f.process.FS.Stat(f.name)
	if err != nil || n.IsDir() {
		return len(b), nil
	}
	data := n.Data
	if len(data) != len(f.last) || len(data) > 0 && &data[0] != &f.last[0] {
		data = bytes.Clone(data)
	} else {
		data = f.last
	}
	data = append(data, b...)
	if err := f.process.FS.WriteFile(f.name, data, n.Mode, n.UID, n.GID); err != nil {
		return 0, err
	}
	f.last = data
	return len(b), nil
}

// noise is /dev/zero and /dev/urandom.
type noise struct {
	process *Process
	zero    bool
}

// Poll implements Source: it never ends.
func (z *noise) Poll(buf []byte) (int, bool) {
	clear(buf)
	if !z.zero {
		for i := range buf {
			buf[i] = byte(z.process.Clock().Rand().Uint32())
		}
	}
	return len(buf), false
}

// Ready implements Source.
func (z *noise) Ready() *clock.Signal { return nil }
