package build

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/moby/patternmatcher"

	"drydock/sim/image"
	"drydock/sim/machine"
	"drydock/sim/vfs"
)

// missingError is a source that is not there.
type missingError struct{ name string }

func (e missingError) Error() string { return e.name }

// sourceFS is the file system that a COPY reads from.
func (b *build) sourceFS(c *copyStep) *vfs.FS {
	switch {
	case c.from != nil:
		return b.files(c.from)
	case c.scratch || b.context == nil:
		return vfs.New(b.now, nil)
	}
	return b.context.fs
}

// matches are the paths that the sources of a COPY mean, in order. A name without
// wildcards that is not there is a missingError.
func matches(src *vfs.FS, paths []string) ([]string, error) {
	var found []string
	for _, p := range paths {
		if !strings.ContainsAny(p, "*?[\\") {
			if _, err := src.Stat(p); err != nil {
				return nil, missingError{p}
			}
			found = append(found, p)
			continue
		}
		found = append(found, glob(src, "/", strings.Split(trimSlash(p), "/"))...)
	}
	return found, nil
}

func glob(src *vfs.FS, dir string, parts []string) []string {
	if len(parts) == 0 {
		return []string{dir}
	}
	entries, err := src.ReadDir(dir)
	if err != nil {
		return nil
	}
	var found []string
	for _, e := range entries {
		if ok, err := path.Match(parts[0], e.Name); err == nil && ok {
			found = append(found, glob(src, path.Join(dir, e.Name), parts[1:])...)
		}
	}
	return found
}

// checksum stands for everything that a COPY would copy: names, modes, owners,
// data, but no times.
func (b *build) checksum(c *copyStep) (string, error) {
	src := b.sourceFS(c)
	found, err := matches(src, c.paths)
	if err != nil {
		return "", err
	}
	var text strings.Builder
	for _, root := range found {
		real, err := src.Resolve(root, true)
		if err != nil {
			return "", missingError{root}
		}
		_ = src.Walk(real, func(name string, n *vfs.Node) error {
			fmt.Fprintf(&text, "%s %d:%d %o %s\n", path.Base(root)+strings.TrimPrefix(name, real), n.UID, n.GID, n.Mode, nodeMark(n))
			return nil
		})
	}
	return image.Digest(text.String()), nil
}

// copier writes what one COPY or ADD brings.
type copier struct {
	step    *copyStep
	to      *vfs.FS
	chown   func(n *vfs.Node)
	chmod   chmod
	exclude *patternmatcher.PatternMatcher
}

// execCopy carries out a COPY or ADD; the files written are the step's layer.
func (b *build) execCopy(o *op) (*vfs.Layer, error) {
	c := o.copy
	to := b.files(o.parent)
	k := &copier{step: c, to: to, chown: func(*vfs.Node) {}}
	if c.chown != "" {
		uid, gid := b.owner(to, c.chown)
		k.chown = func(n *vfs.Node) { n.UID, n.GID = uid, gid }
	}
	k.chmod, _ = parseChmod(c.chmod)
	if len(c.exclude) > 0 {
		m, err := patternmatcher.New(c.exclude)
		if err != nil {
			return nil, err
		}
		k.exclude = m
	}
	src := b.sourceFS(c)
	found, err := matches(src, c.paths)
	if err != nil {
		return nil, err
	}
	for _, name := range found {
		if err := k.source(src, name); err != nil {
			return nil, err
		}
	}
	for _, content := range c.contents {
		if err := k.file(&vfs.Node{Mode: 0o644, Data: []byte(content.Data)}, content.Path); err != nil {
			return nil, err
		}
	}
	for _, url := range c.urls {
		if err := b.addURL(k, url); err != nil {
			return nil, err
		}
	}
	return to.Upper(), nil
}

// source copies one path: a file, or what is in a directory.
func (k *copier) source(src *vfs.FS, name string) error {
	real, err := src.Resolve(name, true)
	if err != nil {
		return err
	}
	n, err := src.Lstat(real)
	if err != nil {
		return err
	}
	if k.step.parents {
		return k.tree(src, real, path.Join(k.step.dest, name))
	}
	if n.IsDir() {
		return k.tree(src, real, k.step.dest)
	}
	if k.step.add {
		if archive := Unpack(n.Data); archive != nil {
			return k.tree(vfs.New(nil, nil, archive), "/", k.step.dest)
		}
	}
	if k.excluded(path.Base(real)) {
		return nil
	}
	return k.file(n, path.Base(name))
}

// file copies one file to the destination, into it if that is a directory.
func (k *copier) file(n *vfs.Node, base string) error {
	dest := k.step.dest
	if at, err := k.to.Stat(dest); strings.HasSuffix(dest, "/") || err == nil && at.IsDir() {
		dest = path.Join(dest, base)
	}
	if err := k.makeDirs(path.Dir(dest)); err != nil {
		return err
	}
	return k.put(dest, n)
}

func (k *copier) tree(src *vfs.FS, root, dest string) error {
	if err := k.makeDirs(path.Dir(path.Clean(dest))); err != nil {
		return err
	}
	return src.Walk(root, func(name string, n *vfs.Node) error {
		rel := strings.TrimPrefix(strings.TrimPrefix(name, root), "/")
		if rel != "" && k.excluded(rel) {
			if n.IsDir() {
				return vfs.SkipDir
			}
			return nil
		}
		return k.put(path.Join(dest, rel), n)
	})
}

func (k *copier) excluded(rel string) bool {
	if k.exclude == nil {
		return false
	}
	out, err := k.exclude.MatchesOrParentMatches(rel)
	return err == nil && out
}

func (k *copier) put(dest string, n *vfs.Node) error {
	own := *n
	k.chown(&own)
	if k.chmod != nil && !n.IsLink() {
		own.Mode = own.Mode&^0o7777&^(fs.ModeSetuid|fs.ModeSetgid|fs.ModeSticky) | permission(k.chmod(uint32(own.Mode.Perm()), n.IsDir()))
	}
	if at, err := k.to.Stat(dest); err == nil && n.IsDir() {
		if !at.IsDir() {
			return fmt.Errorf("cannot copy to non-directory: %s", dest)
		}
		if dest == "/" {
			return nil
		}
		return k.to.Change(dest, func(old *vfs.Node) { old.Mode, old.UID, old.GID = own.Mode, own.UID, own.GID })
	}
	err := k.to.Put(dest, &own)
	switch {
	case errors.Is(err, vfs.ErrIsDir):
		return fmt.Errorf("cannot replace to directory %s with file", dest)
	case errors.Is(err, vfs.ErrNoSpace):
		return fmt.Errorf("failed to copy files: copy file range failed: %w", err)
	}
	return err
}

// permission turns octal bits into a file mode.
func permission(bits uint32) fs.FileMode {
	mode := fs.FileMode(bits & 0o777)
	for _, special := range []struct {
		bit  uint32
		flag fs.FileMode
	}{{0o4000, fs.ModeSetuid}, {0o2000, fs.ModeSetgid}, {0o1000, fs.ModeSticky}} {
		if bits&special.bit != 0 {
			mode |= special.flag
		}
	}
	return mode
}

// makeDirs makes the way to a destination; what is there already counts as
// touched, as in an overlay file system.
func (k *copier) makeDirs(dir string) error {
	if dir == "/" {
		return nil
	}
	if at, err := k.to.Stat(dir); err == nil {
		if !at.IsDir() {
			return fmt.Errorf("cannot copy to non-directory: %s", dir)
		}
		return nil
	}
	if err := k.makeDirs(path.Dir(dir)); err != nil {
		return err
	}
	n := vfs.Dir(0o755)
	k.chown(n)
	return k.to.Put(dir, n)
}

// Unpack reads a tar archive, plain or compressed with gzip; nil if data is none.
// ADD takes local archives apart with it, and a context may come as one.
func Unpack(data []byte) *vfs.Layer {
	if bytes.HasPrefix(data, []byte{0x1f, 0x8b}) {
		z, err := gzip.NewReader(bytes.NewReader(data))
		if err != nil {
			return nil
		}
		if data, err = io.ReadAll(io.LimitReader(z, maxUnpacked)); err != nil {
			return nil
		}
	}
	if len(data) < 512 || string(data[257:262]) != "ustar" {
		return nil
	}
	layer, err := vfs.ReadTar(bytes.NewReader(data))
	if err != nil {
		return nil
	}
	return layer
}

// maxUnpacked is how much of a compressed archive is read, in bytes.
const maxUnpacked = 256 << 20

// addURL fetches what ADD names by its address, over the machine's own network.
func (b *build) addURL(k *copier, url string) error {
	scheme, rest, _ := strings.Cut(url, "://")
	host, file, _ := strings.Cut(rest, "/")
	port := map[string]int{"http": 80, "https": 443}[scheme]
	conn, err := b.p.Machine.Net.Dial(host, port, "tcp")
	if err != nil {
		text := fmt.Sprintf("dial tcp %s:%d: %v", host, port, err)
		if errors.Is(err, machine.ErrUnknownHost) {
			text = fmt.Sprintf("dial tcp: lookup %s on 192.168.56.1:53: no such host", host)
		}
		return fmt.Errorf("failed to load cache key: Get %q: %s", url, text)
	}
	answer := conn.Do(machine.Request{Proto: scheme, Method: "GET", Host: host, Path: "/" + file})
	b.p.Sleep(answer.Delay + transferTime(int64(len(answer.Body)), downloadRate))
	if answer.Err != nil || answer.Status >= 400 {
		return fmt.Errorf("failed to load cache key: invalid response status %d", answer.Status)
	}
	base := path.Base("/" + file)
	if base == "/" {
		base = "__unnamed__"
	}
	return k.file(&vfs.Node{Mode: 0o600, Data: []byte(answer.Body)}, base)
}

// contextPaths are the parts of the context that the build reads.
func (b *build) contextPaths() []string {
	var paths []string
	for _, o := range b.ops {
		if o.copy != nil && o.copy.from == nil && !o.copy.scratch {
			paths = append(paths, o.copy.paths...)
		}
		if o.run != nil {
			for _, m := range o.run.mounts {
				if m.context {
					paths = append(paths, path.Join("/", m.Source))
				}
			}
		}
	}
	slices.Sort(paths)
	return slices.Compact(paths)
}
