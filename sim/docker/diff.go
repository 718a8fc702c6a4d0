package docker

import (
	"path"
	"slices"
	"strings"

	"drydock/sim/vfs"
)

// Change is one line of docker diff.
type Change struct {
	Kind string // "A", "C" or "D"
	Path string
}

// Diff lists what a container changed in its own file system: directories before
// what is in them, removals after additions.
func (c *Container) Diff() []Change {
	upper := c.FS.Upper()
	kinds := map[string]string{}
	for _, name := range upper.Paths() {
		n := upper.Get(name)
		below := c.FS.Lower(name)
		switch {
		case name == "/":
			continue
		case below == nil || slices.Contains(upper.Removed(), name):
			kinds[name] = "A"
		case n.IsDir() && below.IsDir() && n == below && !touched(upper, name):
			continue
		default:
			kinds[name] = "C"
		}
	}
	for _, name := range upper.Removed() {
		kinds[name] = "D"
		for dir := path.Dir(name); dir != "/"; dir = path.Dir(dir) {
			if kinds[dir] == "" {
				kinds[dir] = "C"
			}
		}
	}
	var list []Change
	for _, name := range sortedPaths(kinds) {
		list = append(list, Change{kinds[name], name})
	}
	return list
}

// touched reports that something under a directory was changed.
func touched(l *vfs.Layer, dir string) bool {
	under := func(p string) bool { return strings.HasPrefix(p, dir+"/") }
	return slices.ContainsFunc(l.Paths(), under) || slices.ContainsFunc(l.Removed(), under)
}

// sortedPaths orders paths so that a directory comes before its contents.
func sortedPaths(m map[string]string) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(a, b string) int {
		return slices.Compare(strings.Split(a, "/"), strings.Split(b, "/"))
	})
	return keys
}
