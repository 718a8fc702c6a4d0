package vfs

import (
	"errors"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
	"syscall"
	"time"
)

// The errors of file operations carry the words that the real tools print
// ("No such file or directory"); they are the system's own numbers.
var (
	ErrNotExist   error = syscall.ENOENT
	ErrExist      error = syscall.EEXIST
	ErrNotDir     error = syscall.ENOTDIR
	ErrIsDir      error = syscall.EISDIR
	ErrPermission error = syscall.EACCES
	ErrReadOnly   error = syscall.EROFS
	ErrNoSpace    error = syscall.ENOSPC
	ErrNotEmpty   error = syscall.ENOTEMPTY
	ErrBusy       error = syscall.EBUSY
	ErrLoop       error = syscall.ELOOP
)

// Disk is what files are stored on; several file systems of a machine share it.
type Disk struct {
	Capacity int64 // bytes; 0 means without limit
	Used     int64 // bytes
}

// Take claims n bytes (or gives them back, when negative).
func (d *Disk) Take(n int64) error {
	if d == nil {
		return nil
	}
	if n > 0 && d.Capacity > 0 && d.Used+n > d.Capacity {
		return ErrNoSpace
	}
	d.Used = max(d.Used+n, 0)
	return nil
}

// Mount shows another file system, or a part of it, at a path.
type Mount struct {
	At       string // clean absolute path
	From     *FS
	Sub      string // the path within From that appears at At; a file or a directory
	ReadOnly bool
	Memory   bool // a tmpfs: it lies in memory, not on the disk
}

// FS is what a process sees: a writable layer above read-only ones, and mounts.
type FS struct {
	lower    []*Layer // topmost first
	upper    *Layer
	mounts   []Mount
	disk     *Disk
	now      func() time.Time
	ReadOnly bool // the root itself cannot be written (docker run --read-only)
}

// New stacks read-only layers, lowest first, under a fresh writable one. now
// dates changes; disk may be nil.
func New(now func() time.Time, disk *Disk, layers ...*Layer) *FS {
	lower := slices.Clone(layers)
	slices.Reverse(lower)
	return &FS{lower: lower, upper: NewLayer(), disk: disk, now: now}
}

// Upper is the writable layer: what was changed since the file system was made.
func (f *FS) Upper() *Layer { return f.upper }

// Lower finds what the read-only layers hold at a path, or nil: whether a change
// in Upper is an addition or a modification.
func (f *FS) Lower(name string) *Node { return f.below(clean(name)) }

func (f *FS) below(name string) *Node {
	for _, l := range f.lower {
		if n := l.nodes[name]; n != nil {
			return n
		}
		if l.hides(name) {
			return nil
		}
	}
	return nil
}

// Mount adds a mount; of several that cover a path the longest wins.
func (f *FS) Mount(m Mount) {
	m.At = clean(m.At)
	m.Sub = clean(m.Sub)
	f.mounts = append(f.mounts, m)
	slices.SortStableFunc(f.mounts, func(a, b Mount) int { return len(b.At) - len(a.At) })
}

// Unmount takes the mount at a path away; without one it does nothing.
func (f *FS) Unmount(at string) {
	at = clean(at)
	f.mounts = slices.DeleteFunc(f.mounts, func(m Mount) bool { return m.At == at })
}

// Mounts lists the mounts, longest path first.
func (f *FS) Mounts() []Mount { return slices.Clone(f.mounts) }

// Reach follows mounts: it tells which file system holds a path, under which
// path there, and whether it may be written.
func (f *FS) Reach(name string) (at *FS, inner string, readOnly bool) {
	return f.reach(clean(name))
}

// reach is Reach of a clean path.
func (f *FS) reach(name string) (at *FS, inner string, readOnly bool) {
	for _, m := range f.mounts {
		if name == m.At || m.At == "/" || under(name, m.At) {
			inner := path.Join(m.Sub, strings.TrimPrefix(name, m.At))
			at, inner, ro := m.From.Reach(inner)
			return at, inner, ro || m.ReadOnly
		}
	}
	return f, name, f.ReadOnly
}

// lookup finds the node at a clean path of this file system, mounts and links aside.
func (f *FS) lookup(name string) *Node {
	if name == "/" {
		if n := f.upper.nodes["/"]; n != nil {
			return n
		}
		return &Node{Mode: fs.ModeDir | 0o755}
	}
	if n := f.upper.nodes[name]; n != nil {
		return n
	}
	if f.upper.hides(name) {
		return nil
	}
	return f.below(name)
}

// Resolve follows symbolic links and returns the path that is meant. The last
// element need not exist; with follow false it is not followed.
func (f *FS) Resolve(name string, follow bool) (string, error) {
	return f.resolve(clean(name), follow, 0)
}

// resolve goes down a clean path; every stop on the way is a part of it, so that
// nothing is made anew.
func (f *FS) resolve(name string, follow bool, depth int) (string, error) {
	if depth > 40 {
		return "", ErrLoop
	}
	if name == "/" {
		return name, nil
	}
	for end := 0; end < len(name); {
		done := name[:max(end, 1)]
		if next := strings.IndexByte(name[end+1:], '/'); next >= 0 {
			end += 1 + next
		} else {
			end = len(name)
		}
		n := f.node(name[:end])
		last := end == len(name)
		switch {
		case n == nil && !last:
			return "", ErrNotExist
		case n != nil && n.IsLink() && (follow || !last):
			target := n.Target
			if !path.IsAbs(target) {
				target = path.Join(done, target)
			}
			return f.resolve(clean(target+name[end:]), follow, depth+1)
		case n != nil && !n.IsDir() && !last:
			return "", ErrNotDir
		}
	}
	return name, nil
}

// Stat returns the node at a path, following links.
func (f *FS) Stat(name string) (*Node, error) { return f.stat(name, true) }

// Lstat returns the node at a path, a link itself if it is one.
func (f *FS) Lstat(name string) (*Node, error) { return f.stat(name, false) }

func (f *FS) stat(name string, follow bool) (*Node, error) {
	real, err := f.Resolve(name, follow)
	if err != nil {
		return nil, err
	}
	if n := f.node(real); n != nil {
		return n, nil
	}
	return nil, ErrNotExist
}

// node finds what is at a path without links in it, nil when nothing is. A mount
// point, and the way to one, exist even where nothing lies under them.
func (f *FS) node(real string) *Node {
	at, inner, _ := f.reach(real)
	if n := at.lookup(inner); n != nil {
		return n
	}
	for _, m := range f.mounts {
		if m.At == real || under(m.At, real) {
			return Dir(0o755)
		}
	}
	return nil
}

// Exists reports whether there is anything at the path.
func (f *FS) Exists(name string) bool { _, err := f.Stat(name); return err == nil }

// ReadFile returns a file's data.
func (f *FS) ReadFile(name string) ([]byte, error) {
	n, err := f.Stat(name)
	if err != nil {
		return nil, err
	}
	if n.IsDir() {
		return nil, ErrIsDir
	}
	return n.Data, nil
}

// Entry is one line of a directory.
type Entry struct {
	Name string
	Node *Node
}

// ReadDir lists a directory in the order of names.
func (f *FS) ReadDir(name string) ([]Entry, error) {
	n, err := f.Stat(name)
	if err != nil {
		return nil, err
	}
	if !n.IsDir() {
		return nil, ErrNotDir
	}
	real, _ := f.Resolve(name, true)
	names := map[string]bool{}
	at, inner, _ := f.Reach(real)
	at.list(inner, names)
	for _, m := range f.mounts {
		if rest, ok := strings.CutPrefix(m.At, strings.TrimSuffix(real, "/")+"/"); ok && rest != "" {
			first, _, _ := strings.Cut(rest, "/")
			names[first] = true
		}
	}
	entries := make([]Entry, 0, len(names))
	for _, base := range slices.Sorted(maps.Keys(names)) {
		if n, err := f.Lstat(path.Join(real, base)); err == nil {
			entries = append(entries, Entry{base, n})
		}
	}
	return entries, nil
}

func (f *FS) list(dir string, names map[string]bool) {
	layers := append([]*Layer{f.upper}, f.lower...)
	for i, l := range layers {
		for base := range l.children[dir] {
			p := path.Join(dir, base)
			hidden := slices.ContainsFunc(layers[:i], func(above *Layer) bool { return above.hides(p) && above.nodes[p] == nil })
			if !hidden {
				names[base] = true
			}
		}
	}
}

// Walk calls fn for the path and everything under it, parents first, in order.
func (f *FS) Walk(root string, fn func(name string, n *Node) error) error {
	n, err := f.Lstat(root)
	if err != nil {
		return err
	}
	return f.walk(clean(root), n, fn)
}

// SkipDir is what a Walk function returns to pass over a directory's contents.
var SkipDir = fs.SkipDir

func (f *FS) walk(name string, n *Node, fn func(string, *Node) error) error {
	if err := fn(name, n); err != nil {
		if errors.Is(err, SkipDir) {
			return nil
		}
		return err
	}
	if !n.IsDir() {
		return nil
	}
	entries, err := f.ReadDir(name)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if err := f.walk(path.Join(name, e.Name), e.Node, fn); err != nil {
			return err
		}
	}
	return nil
}
