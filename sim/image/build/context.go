package build

import (
	"path"
	"slices"
	"strings"

	"github.com/moby/patternmatcher"
	"github.com/moby/patternmatcher/ignorefile"

	"drydock/sim/image"
	"drydock/sim/vfs"
)

// Context is the directory on the client that COPY and ADD read from.
type Context struct {
	// Name tells this directory from others: the engine remembers what it has of
	// each. Empty FS means that there is none (a Dockerfile from standard input).
	Name string
	FS   *vfs.FS
	Dir  string // absolute, in FS
}

func (c Context) read(name string) ([]byte, bool) {
	if c.FS == nil {
		return nil, false
	}
	data, err := c.FS.ReadFile(path.Join(c.Dir, name))
	return data, err == nil
}

// wireSize is what sending everything under a directory of the context takes.
func (c Context) wireSize(dir string) int64 {
	sent := &transfer{}
	if c.FS == nil {
		return sent.total()
	}
	root := path.Join(c.Dir, dir)
	_ = c.FS.Walk(root, func(name string, n *vfs.Node) error {
		if name != root {
			sent.add(strings.TrimPrefix(name, root+"/"), n.IsDir(), n.Size(), !n.IsDir())
		}
		return nil
	})
	return sent.total()
}

// ignore is a .dockerignore file.
type ignore struct {
	matcher *patternmatcher.PatternMatcher
}

func parseIgnore(text string) (*ignore, error) {
	patterns, err := ignorefile.ReadAll(strings.NewReader(text))
	if err != nil {
		return nil, err
	}
	if len(patterns) == 0 {
		return &ignore{}, nil
	}
	matcher, err := patternmatcher.New(patterns)
	if err != nil {
		return nil, err
	}
	return &ignore{matcher}, nil
}

func (i *ignore) excludes(name string) bool {
	if i == nil || i.matcher == nil {
		return false
	}
	out, err := i.matcher.MatchesOrParentMatches(name)
	return err == nil && out
}

// mayHold reports that something under an excluded directory may be let in again.
func (i *ignore) mayHold() bool { return i.matcher != nil && i.matcher.Exclusions() }

// contextFiles is what the engine has got of a context: files under "/", owned by
// root, as the client leaves owners out.
type contextFiles struct {
	fs    *vfs.FS
	layer *vfs.Layer
	names []string // without the leading slash, in order
}

// loadContext reads the context as far as .dockerignore allows. Which part of it
// goes over the wire is decided by transferContext.
func (b *build) loadContext() {
	if b.context != nil {
		return
	}
	layer := vfs.NewLayer()
	b.context = &contextFiles{fs: vfs.New(b.now, nil, layer), layer: layer}
	c := b.req.Context
	if c.FS == nil {
		return
	}
	root := path.Clean(c.Dir)
	_ = c.FS.Walk(root, func(name string, n *vfs.Node) error {
		if name == root {
			return nil
		}
		rel := strings.TrimPrefix(strings.TrimPrefix(name, root), "/")
		if b.ignore.excludes(rel) {
			if n.IsDir() && !b.ignore.mayHold() {
				return vfs.SkipDir
			}
			return nil
		}
		own := *n
		own.UID, own.GID = 0, 0
		layer.Put("/"+rel, &own)
		return nil
	})
	for _, name := range layer.Paths() {
		if name != "/" {
			b.context.names = append(b.context.names, name[1:])
		}
	}
}

// transferContext sends the parts of the context that steps copy from; files
// that the engine has from an earlier build are not sent again.
func (b *build) transferContext(paths []string) {
	v := b.trace.Vertex("context "+b.key, b.internal("load build context"))
	if v.Done() {
		return
	}
	v.Start()
	sent, size := &transfer{}, int64(0)
	known := b.host.Cache.contextOf(b.req.Context.Name)
	for _, name := range b.context.names {
		if !wanted(name, paths) {
			continue
		}
		n, err := b.context.fs.Lstat("/" + name)
		if err != nil {
			continue
		}
		mark := nodeMark(n)
		sent.add(name, n.IsDir(), n.Size(), !n.IsDir() && known[name] != mark)
		known[name] = mark
		if !n.IsDir() {
			size += n.Size()
		}
	}
	s := v.Status("transferring context:")
	b.p.Sleep(localRead + transferTime(sent.bytes, 200<<20))
	s.Progress(sent.total(), 0).Finish()
	v.Finish()
	b.read("context", "[internal] load build context", diskSize(int(sent.files), size))
}

// wanted reports that a file lies under one of the paths, or on the way to one.
func wanted(name string, paths []string) bool {
	return slices.ContainsFunc(paths, func(p string) bool {
		p = trimSlash(p)
		if p == "" {
			return true
		}
		parts, pattern := strings.Split(name, "/"), strings.Split(p, "/")
		for i := range min(len(parts), len(pattern)) {
			if ok, err := path.Match(pattern[i], parts[i]); err != nil || !ok {
				return parts[i] == pattern[i]
			}
		}
		return true
	})
}

// nodeMark tells two versions of a file apart.
func nodeMark(n *vfs.Node) string {
	if n.IsDir() {
		return "dir"
	}
	return image.Digest(string(n.Data)+"\x00"+n.Target+"\x00"+n.Program) + n.Mode.String()
}
