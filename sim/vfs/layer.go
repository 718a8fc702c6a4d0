// Package vfs is the simulator's file system: trees of files in memory, stacked
// as layers the way a container sees them, with mounts, owners and a disk that
// can be full. It never touches the real disk.
package vfs

import (
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
	"time"
)

// Node is one file, directory or link. A node in a frozen layer is never
// changed; writers put a copy into the layer above.
type Node struct {
	Mode    fs.FileMode // type and permission bits
	UID     int
	GID     int
	ModTime time.Time
	Data    []byte
	// Bulk is how many bytes the file takes beyond Data: a catalogue image says
	// "60 MB of libraries" without carrying them.
	Bulk int64
	// Program names what runs when the file is executed: a tool of the simulator
	// ("sh", "ls", "docker") or a program declared by an image ("nginx"). Files
	// without one are scripts (#!) or not executable at all.
	Program string
	// Target is where a symbolic link points.
	Target string
}

// Size is the file's size in bytes.
func (n *Node) Size() int64 { return int64(len(n.Data)) + n.Bulk }

// IsDir reports whether the node is a directory.
func (n *Node) IsDir() bool { return n.Mode.IsDir() }

// IsLink reports whether the node is a symbolic link.
func (n *Node) IsLink() bool { return n.Mode&fs.ModeSymlink != 0 }

// Dir makes a directory node.
func Dir(perm fs.FileMode) *Node { return &Node{Mode: fs.ModeDir | perm} }

// File makes a regular file.
func File(data string, perm fs.FileMode) *Node { return &Node{Mode: perm, Data: []byte(data)} }

// Exec makes an executable that runs the named program.
func Exec(program string, size int64) *Node {
	return &Node{Mode: 0o755, Program: program, Bulk: size}
}

// Link makes a symbolic link.
func Link(target string) *Node { return &Node{Mode: fs.ModeSymlink | 0o777, Target: target} }

// Layer is a set of files by clean absolute path, and of paths that it removes
// from the layers below.
type Layer struct {
	changes  int
	nodes    map[string]*Node
	children map[string]map[string]bool
	gone     map[string]bool
}

// NewLayer makes an empty layer that holds only its root directory.
func NewLayer() *Layer {
	return &Layer{nodes: map[string]*Node{}, children: map[string]map[string]bool{}, gone: map[string]bool{}}
}

// Put sets the node at a path, with its parent directories (0755, root) where
// they are missing.
func (l *Layer) Put(name string, n *Node) {
	name = clean(name)
	l.changes++
	l.nodes[name] = n
	for name != "/" {
		dir := path.Dir(name)
		if l.children[dir] == nil {
			l.children[dir] = map[string]bool{}
		}
		l.children[dir][path.Base(name)] = true
		if l.nodes[dir] == nil && dir != "/" {
			l.nodes[dir] = &Node{Mode: fs.ModeDir | 0o755, ModTime: n.ModTime}
		}
		name = dir
	}
}

// Get returns the layer's own node at a clean absolute path, or nil.
func (l *Layer) Get(name string) *Node { return l.nodes[clean(name)] }

// Paths lists the layer's own paths in order.
func (l *Layer) Paths() []string { return slices.Sorted(maps.Keys(l.nodes)) }

// Removed lists the paths that the layer takes away from those below, in order.
// A path that was removed and made anew is not among them, though what lay under
// it below stays hidden.
func (l *Layer) Removed() []string {
	paths := slices.Sorted(maps.Keys(l.gone))
	return slices.DeleteFunc(paths, func(p string) bool { return l.nodes[p] != nil })
}

// Size is the sum of the sizes of the layer's files in bytes.
func (l *Layer) Size() int64 {
	var total int64
	for _, p := range l.Paths() {
		total += l.nodes[p].Size()
	}
	return total
}

// Empty reports that the layer changes nothing.
func (l *Layer) Empty() bool { return len(l.nodes) == 0 && len(l.gone) == 0 }

// Changes counts what was written to the layer and removed from it. Whoever watches
// for changes need not look again while it stays the same.
func (l *Layer) Changes() int { return l.changes }

// Clone copies the layer; the nodes themselves are shared, as they never change.
func (l *Layer) Clone() *Layer {
	c := &Layer{nodes: maps.Clone(l.nodes), gone: maps.Clone(l.gone), children: map[string]map[string]bool{}}
	for _, dir := range slices.Sorted(maps.Keys(l.children)) {
		c.children[dir] = maps.Clone(l.children[dir])
	}
	return c
}

// hide removes a path and everything under it from this layer and, if asked,
// from those below.
func (l *Layer) hide(name string, below bool) {
	l.changes++
	prefix := name + "/"
	for _, p := range l.Paths() {
		if p == name || strings.HasPrefix(p, prefix) {
			delete(l.nodes, p)
			delete(l.children, p)
		}
	}
	maps.DeleteFunc(l.gone, func(p string, _ bool) bool { return strings.HasPrefix(p, prefix) })
	if kids := l.children[path.Dir(name)]; kids != nil {
		delete(kids, path.Base(name))
	}
	if below {
		l.gone[name] = true
	}
}

// hides reports whether the layer removes the path, or a directory above it.
func (l *Layer) hides(name string) bool {
	if len(l.gone) == 0 {
		return false
	}
	for ; name != "/"; name = path.Dir(name) {
		if l.gone[name] {
			return true
		}
	}
	return false
}

// clean makes a path absolute and short; most are already, and cost nothing.
func clean(name string) string {
	if strings.HasPrefix(name, "/") {
		return path.Clean(name)
	}
	return path.Clean("/" + name)
}

// under reports a clean path that lies below another.
func under(name, dir string) bool {
	return len(name) > len(dir) && name[len(dir)] == '/' && strings.HasPrefix(name, dir)
}
