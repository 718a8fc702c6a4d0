package sim

import (
	"path"
	"strings"

	"drydock/sim/vfs"
)

// FileInfo is a file that a learner may look at or edit.
type FileInfo struct {
	Path string // relative to the owner's home
	Size int64  // bytes
	Text bool   // it can be shown: small, and without zero bytes
}

// Limits of Files, so that a home with a whole archive in it stays a list.
const (
	maxFiles     = 500
	maxTextBytes = 256 << 10
)

// Files lists the files under the home of a machine's owner, by path.
func (w *World) Files(name string) []FileInfo {
	m := w.site.Machine(name)
	if m == nil {
		return nil
	}
	var files []FileInfo
	root := m.Owner.Home
	_ = m.FS.Walk(root, func(file string, n *vfs.Node) error {
		switch {
		case len(files) >= maxFiles, n.IsDir() && file != root && path.Base(file) == ".docker":
			return vfs.SkipDir
		case n.IsDir() || n.IsLink():
			return nil
		}
		text := n.Bulk == 0 && len(n.Data) <= maxTextBytes && !strings.Contains(string(n.Data), "\x00")
		files = append(files, FileInfo{Path: strings.TrimPrefix(strings.TrimPrefix(file, root), "/"), Size: n.Size(), Text: text})
		return nil
	})
	return files
}
