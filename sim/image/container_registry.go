package image

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"drydock/sim/machine"
	"drydock/sim/vfs"
)

// Passwords verifies names and passwords for a registry in a container.
type Passwords func(user, password string) bool

// ContainerRegistry makes the registry that the registry:2 image runs: it keeps
// names, digests and sizes below root in its process's files, laid out as
// distribution does, so that a volume keeps them. verify is nil when anybody may
// push and pull.
func (h *Hub) ContainerRegistry(p *machine.Process, root string, tls bool, verify Passwords) *Server {
	return &Server{TLS: tls, shelf: &fileShelf{process: p, root: path.Join(root, "docker/registry/v2")}, hub: h, verify: verify, locked: verify != nil}
}

// fileShelf keeps a registry in files.
type fileShelf struct {
	process *machine.Process
	root    string
}

func (f *fileShelf) repositories() []string {
	var names []string
	top := path.Join(f.root, "repositories")
	_ = f.process.FS.Walk(top, func(name string, n *vfs.Node) error {
		if path.Base(name) != "_manifests" {
			return nil
		}
		names = append(names, strings.TrimPrefix(path.Dir(name), top+"/"))
		return vfs.SkipDir
	})
	slices.Sort(names)
	return names
}

func (f *fileShelf) tagDir(repo string) string {
	return path.Join(f.root, "repositories", repo, "_manifests/tags")
}

// tags lists a repository's tags, the newest first, as the directory gives them.
func (f *fileShelf) tags(repo string) []string {
	entries, _ := f.process.FS.ReadDir(f.tagDir(repo))
	slices.SortStableFunc(entries, func(a, b vfs.Entry) int { return b.Node.ModTime.Compare(a.Node.ModTime) })
	var tags []string
	for _, e := range entries {
		tags = append(tags, e.Name)
	}
	return tags
}

func (f *fileShelf) manifest(repo, version string) string {
	if strings.HasPrefix(version, "sha256:") {
		if f.process.FS.Exists(f.revision(repo, version)) {
			return version
		}
		return ""
	}
	data, err := f.process.FS.ReadFile(path.Join(f.tagDir(repo), version, "current/link"))
	if err != nil {
		return ""
	}
	return string(data)
}

func (f *fileShelf) revision(repo, digest string) string {
	return path.Join(f.root, "repositories", repo, "_manifests/revisions/sha256", strings.TrimPrefix(digest, "sha256:"), "link")
}

func (f *fileShelf) putManifest(repo, tag, digest string) error {
	if err := f.write(f.revision(repo, digest), &vfs.Node{Mode: 0o644, Data: []byte(digest)}); err != nil {
		return err
	}
	if tag == "" || strings.HasPrefix(tag, "sha256:") {
		return nil
	}
	return f.write(path.Join(f.tagDir(repo), tag, "current/link"), &vfs.Node{Mode: 0o644, Data: []byte(digest)})
}

func (f *fileShelf) removeManifest(repo, digest string) bool {
	file := f.revision(repo, digest)
	if !f.process.FS.Exists(file) {
		return false
	}
	_ = f.process.FS.RemoveAll(path.Dir(file))
	for _, tag := range f.tags(repo) {
		if f.manifest(repo, tag) == digest {
			_ = f.process.FS.RemoveAll(path.Join(f.tagDir(repo), tag))
		}
	}
	return true
}

func (f *fileShelf) blobFile(digest string) string {
	hex := strings.TrimPrefix(digest, "sha256:")
	if len(hex) < 2 {
		hex = "00" + hex
	}
	return path.Join(f.root, "blobs/sha256", hex[:2], hex, "data")
}

func (f *fileShelf) hasBlob(digest string) bool { return f.process.FS.Exists(f.blobFile(digest)) }

func (f *fileShelf) putBlob(digest string, size int64) error {
	return f.write(f.blobFile(digest), &vfs.Node{Mode: 0o644, Bulk: size})
}

func (f *fileShelf) write(name string, n *vfs.Node) error {
	u := f.process.User
	n.UID, n.GID = u.UID, u.GID
	if err := f.process.FS.MkdirAll(path.Dir(name), 0o755, u.UID, u.GID); err != nil {
		return err
	}
	return f.process.FS.Put(name, n)
}

// Htpasswd is the line that `htpasswd -Bbn` prints. The hash is not bcrypt, but
// looks like it and is checked by HtpasswdMatches.
func Htpasswd(user, password string) string {
	return fmt.Sprintf("%s:$2y$05$%s", user, strings.TrimPrefix(Digest(user+":"+password), "sha256:")[:53])
}

// HtpasswdMatches verifies a name and password against the lines of a file.
func HtpasswdMatches(file, user, password string) bool {
	return slices.Contains(strings.Split(strings.ReplaceAll(file, "\r", ""), "\n"), Htpasswd(user, password))
}
