package build

import (
	"fmt"
	"slices"
	"strings"

	"github.com/moby/buildkit/frontend/dockerfile/parser"

	"drydock/sim/image"
	"drydock/sim/image/build/progress"
)

type opKind int

const (
	opFrom opKind = iota
	opMkdir
	opRun
	opCopy
)

// op is a step that gives files: a base image, a directory, a program's work, a
// copy. Steps that are defined alike are one step, in whatever stages they stand.
type op struct {
	kind     opKind
	name     string
	vertex   *progress.Vertex
	location []parser.Range
	parent   *op // nil at the bottom of a scratch image
	noCache  bool
	def      string // all that defines the step, for sharing

	image *image.Image // opFrom
	ref   string
	dir   string // opMkdir
	user  string
	run   *runStep
	copy  *copyStep

	// What solving finds out.
	peeked *Record // what the cache had for it before the build ran anything
	record *Record
	layers []*image.Layer // its files: the parent's and its own
}

func (d *dispatcher) op(kind opKind, name string, location []parser.Range) *op {
	return &op{kind: kind, name: name, location: location, parent: d.head, noCache: d.stage.noCache}
}

// fromOp is the step that brings a stage's base image.
func (b *build) fromOp(s *stage) *op {
	o := &op{kind: opFrom, image: s.image, ref: s.ref, location: s.decl.Location}
	o.def = "from " + s.image.ID
	for _, known := range b.ops {
		if known.def == o.def {
			if s.total > 0 {
				s.number++
			}
			return known
		}
	}
	o.name = s.title(b.req.Name, "FROM "+withDigest(s.ref, s.image))
	return b.share(o)
}

// share returns the step that is defined like this one, if there is one already,
// and otherwise adds it to the build.
func (b *build) share(o *op) *op {
	if o.def == "" {
		o.def = image.Digest(o.definition())
	}
	for _, known := range b.ops {
		if known.def == o.def {
			return known
		}
	}
	o.vertex = b.trace.Vertex("op "+o.def, o.name)
	b.ops = append(b.ops, o)
	return o
}

func (o *op) definition() string {
	text := "scratch"
	if o.parent != nil {
		text = o.parent.def
	}
	text += fmt.Sprintf(" %d %q %q %v", o.kind, o.dir, o.user, o.noCache)
	if o.run != nil {
		text += o.run.text()
		for _, m := range o.run.mounts {
			if m.from != nil {
				text += " " + m.from.def
			}
		}
	}
	if o.copy != nil {
		text += o.copy.text() + " " + o.copy.context
		if o.copy.from != nil {
			text += " " + o.copy.from.def
		}
	}
	return text
}

// sources are the steps other than the parent whose files a step reads.
func (o *op) sources() []*op {
	var all []*op
	if o.copy != nil && o.copy.from != nil {
		all = append(all, o.copy.from)
	}
	if o.run != nil {
		for _, m := range o.run.mounts {
			if m.from != nil {
				all = append(all, m.from)
			}
		}
	}
	return all
}

func (r *runStep) text() string {
	mounts := make([]string, len(r.mounts))
	for i, m := range r.mounts {
		mounts[i] = fmt.Sprintf("%s %s %s %s %v", m.Type, m.Source, m.Target, m.CacheID, m.ReadOnly)
	}
	env := slices.DeleteFunc(slices.Clone(r.env), isProxy)
	return fmt.Sprintf(" run %q %q %q %q %q %q", r.args, env, r.dir, r.user, r.network, mounts)
}

// isProxy reports the build arguments that say how to reach the network: they
// change nothing about the result.
func isProxy(variable string) bool {
	name, _, _ := strings.Cut(variable, "=")
	return slices.Contains([]string{"http_proxy", "https_proxy", "ftp_proxy", "no_proxy", "all_proxy"}, strings.ToLower(name))
}

func (c *copyStep) text() string {
	return fmt.Sprintf(" copy %q %q %q %q %q %v %v %+v", c.paths, c.dest, c.chown, c.chmod, c.exclude, c.parents, c.add, c.contents)
}
