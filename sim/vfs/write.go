package vfs

import (
	"io/fs"
	"path"
	"strings"
)

// Put sets a node at a path, whatever was there. The parent must exist.
func (f *FS) Put(name string, n *Node) error {
	real, err := f.Resolve(name, !n.IsLink())
	if err != nil {
		return err
	}
	at, inner, readOnly := f.Reach(real)
	if readOnly {
		return ErrReadOnly
	}
	if parent, err := f.Stat(path.Dir(real)); err != nil {
		return err
	} else if !parent.IsDir() {
		return ErrNotDir
	}
	before := at.lookup(inner)
	if before != nil && before.IsDir() && !n.IsDir() {
		return ErrIsDir
	}
	grow := n.Size()
	if before != nil {
		grow -= before.Size()
	}
	if err := at.disk.Take(grow); err != nil {
		return err
	}
	c := *n
	if c.ModTime.IsZero() {
		c.ModTime = at.now()
	}
	at.upper.Put(inner, &c)
	at.keepParents(inner)
	return nil
}

// keepParents makes sure that directories that the upper layer had to add keep
// the mode and owner they have below.
func (f *FS) keepParents(name string) {
	for dir := path.Dir(name); dir != "/"; dir = path.Dir(dir) {
		if below := f.Lower(dir); below != nil && f.upper.nodes[dir] != nil && !f.upper.gone[dir] {
			f.upper.nodes[dir] = below
		}
	}
}

// WriteFile replaces a file's data and keeps its mode and owner; a new file gets
// perm and the owner given.
func (f *FS) WriteFile(name string, data []byte, perm fs.FileMode, uid, gid int) error {
	n := &Node{Mode: perm, UID: uid, GID: gid}
	if old, err := f.Stat(name); err == nil {
		if old.IsDir() {
			return ErrIsDir
		}
		n.Mode, n.UID, n.GID = old.Mode, old.UID, old.GID
	}
	n.Data = data
	return f.Put(name, n)
}

// Append adds to a file, or makes it.
func (f *FS) Append(name string, data []byte, perm fs.FileMode, uid, gid int) error {
	old, err := f.ReadFile(name)
	if err != nil && err != ErrNotExist {
		return err
	}
	return f.WriteFile(name, append(append([]byte(nil), old...), data...), perm, uid, gid)
}

// Mkdir makes one directory.
func (f *FS) Mkdir(name string, perm fs.FileMode, uid, gid int) error {
	if _, err := f.Lstat(name); err == nil {
		return ErrExist
	}
	return f.Put(name, &Node{Mode: fs.ModeDir | perm, UID: uid, GID: gid})
}

// MkdirAll makes a directory and those above it that are missing.
func (f *FS) MkdirAll(name string, perm fs.FileMode, uid, gid int) error {
	name = clean(name)
	if n, err := f.Stat(name); err == nil {
		if !n.IsDir() {
			return ErrNotDir
		}
		return nil
	}
	if err := f.MkdirAll(path.Dir(name), perm, uid, gid); err != nil {
		return err
	}
	return f.Mkdir(name, perm, uid, gid)
}

// Remove removes a file, a link or an empty directory.
func (f *FS) Remove(name string) error {
	n, err := f.Lstat(name)
	if err != nil {
		return err
	}
	if n.IsDir() {
		if entries, _ := f.ReadDir(name); len(entries) > 0 {
			return ErrNotEmpty
		}
	}
	return f.remove(name)
}

// RemoveAll removes a path and all under it; a path that is not there is no error.
func (f *FS) RemoveAll(name string) error {
	if _, err := f.Lstat(name); err != nil {
		return nil
	}
	return f.remove(name)
}

func (f *FS) remove(name string) error {
	real, err := f.Resolve(name, false)
	if err != nil {
		return err
	}
	for _, m := range f.mounts {
		if m.At == real || strings.HasPrefix(m.At, real+"/") {
			return ErrBusy
		}
	}
	at, inner, readOnly := f.Reach(real)
	if readOnly {
		return ErrReadOnly
	}
	var freed int64
	_ = f.Walk(real, func(_ string, n *Node) error { freed += n.Size(); return nil })
	_ = at.disk.Take(-freed)
	at.upper.hide(inner, at.Lower(inner) != nil)
	return nil
}

// Rename moves a file or directory.
func (f *FS) Rename(from, to string) error {
	if _, err := f.Lstat(from); err != nil {
		return err
	}
	if strings.HasPrefix(clean(to)+"/", clean(from)+"/") {
		return ErrBusy
	}
	if err := f.CopyTree(f, from, to); err != nil {
		return err
	}
	return f.remove(from)
}

// CopyTree copies a path of another file system (or this one) to a path here,
// with modes, owners and times.
func (f *FS) CopyTree(src *FS, from, to string) error {
	from, to = clean(from), clean(to)
	type item struct {
		name string
		node *Node
	}
	var items []item // collected first, so that copying into itself ends
	if err := src.Walk(from, func(name string, n *Node) error {
		items = append(items, item{name, n})
		return nil
	}); err != nil {
		return err
	}
	for _, it := range items {
		target := path.Join(to, strings.TrimPrefix(it.name, from))
		if it.node.IsDir() {
			if old, err := f.Stat(target); err == nil && old.IsDir() {
				continue
			}
		}
		if err := f.Put(target, it.node); err != nil {
			return err
		}
	}
	return nil
}

// Change sets mode, owner or time of what is at a path.
func (f *FS) Change(name string, change func(*Node)) error {
	n, err := f.Stat(name)
	if err != nil {
		return err
	}
	real, err := f.Resolve(name, true)
	if err != nil {
		return err
	}
	at, inner, readOnly := f.Reach(real)
	if readOnly {
		return ErrReadOnly
	}
	c := *n
	change(&c)
	at.upper.Put(inner, &c)
	at.keepParents(inner)
	return nil
}

// Disk is what the file system is stored on; nil when nothing is counted.
func (f *FS) Disk() *Disk { return f.disk }
