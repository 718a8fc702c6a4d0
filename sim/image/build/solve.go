package build

import (
	"errors"
	"fmt"
	"strings"

	"github.com/moby/buildkit/frontend/dockerfile/parser"

	"drydock/sim/clock"
	"drydock/sim/image"
	"drydock/sim/vfs"
)

// solve carries out the steps in their order, as far as the cache does not have
// their results.
func (b *build) solve() error {
	b.watch()
	if paths := b.contextPaths(); len(paths) > 0 {
		b.loadContext()
		b.transferContext(paths)
	}
	for _, o := range b.ops {
		b.peek(o)
	}
	if o, missing := b.firstMissing(); o != nil {
		return b.failEarly(o, missing)
	}
	for _, o := range b.ops {
		if err := b.step(o); err != nil {
			b.failed(o, err)
			return parser.WithLocation(err, o.location)
		}
		b.watch()
	}
	return nil
}

// files is a file system over what a step and those before it made.
func (b *build) files(o *op) *vfs.FS {
	var layers []*vfs.Layer
	if o != nil {
		for _, l := range o.layers {
			layers = append(layers, l.Files)
		}
	}
	return vfs.New(b.clock().Now, b.room(), layers...)
}

// room is the free part of the engine's disk. What a step writes there counts
// for good only when it becomes part of an image.
func (b *build) room() *vfs.Disk {
	disk := b.p.Machine.Disk
	if disk == nil || disk.Capacity == 0 {
		return nil
	}
	return &vfs.Disk{Capacity: max(disk.Capacity-disk.Used, 1)}
}

// peek finds out which steps the cache has before anything runs. BuildKit asks
// for nothing below a step that it has.
func (b *build) peek(o *op) {
	if o.kind == opFrom {
		o.layers = o.image.Layers
		o.peeked = b.host.Cache.find(baseKey(o.image))
		return
	}
	for _, below := range append(o.sources(), o.parent) {
		if below != nil && below.kind != opFrom && below.peeked == nil {
			return
		}
	}
	if o.noCache {
		return
	}
	if key, err := b.cacheKey(o); err == nil {
		if o.peeked = b.host.Cache.find(key); o.peeked != nil {
			o.layers = o.chain(o.peeked.Layer)
		}
	}
}

// chain is the parent's layers with the step's own on top.
func (o *op) chain(own *image.Layer) []*image.Layer {
	var below []*image.Layer
	if o.parent != nil {
		below = o.parent.layers
	}
	return append(below[:len(below):len(below)], own)
}

// cacheKey stands for all that a step's result depends on.
func (b *build) cacheKey(o *op) (string, error) {
	text := "scratch"
	if o.parent != nil {
		text = o.parent.key()
	}
	switch o.kind {
	case opMkdir:
		text += fmt.Sprintf(" mkdir %q %q", o.dir, o.user)
	case opRun:
		text += o.run.text() + o.run.script
		for _, m := range o.run.mounts {
			if m.from != nil {
				text += " " + m.from.key()
			}
			if m.context {
				sum, err := b.checksum(&copyStep{paths: []string{"/" + trimSlash(m.Source)}})
				if err != nil {
					return "", err
				}
				text += sum
			}
		}
	case opCopy:
		sum, err := b.checksum(o.copy)
		if err != nil {
			return "", err
		}
		text += o.copy.text() + sum
	}
	return "step " + image.Digest(text), nil
}

func (o *op) key() string {
	if o.kind == opFrom {
		return baseKey(o.image)
	}
	if o.record != nil {
		return o.record.key
	}
	return o.peeked.key
}

// needed reports that a step's files are asked for: something that the cache does
// not have builds on them, or they are the image.
func (b *build) needed(o *op) bool {
	if b.plan.target.result.head == o {
		return true
	}
	for _, above := range b.ops {
		if above.peeked != nil {
			continue
		}
		for _, below := range append(above.sources(), above.parent) {
			if below == o {
				return true
			}
		}
	}
	return false
}

// step brings one step to its result.
func (b *build) step(o *op) error {
	if o.kind == opFrom {
		return b.loadImage(o.vertex, o.ref, o.image, b.needed(o))
	}
	key, err := b.cacheKey(o)
	if err != nil {
		return b.sourceError(o, err)
	}
	if r := b.host.Cache.find(key); r != nil && !o.noCache {
		o.record = r
		o.layers = o.chain(r.Layer)
		r.use(b.now())
		o.vertex.FromCache()
		return nil
	}
	o.vertex.Start()
	b.watch()
	files, err := b.exec(o)
	if err != nil {
		return b.sourceError(o, err)
	}
	layer := image.NewLayer(files)
	b.p.Sleep(fileWork + transferTime(files.Size(), 200<<20))
	o.vertex.Finish()
	o.record = b.host.Cache.put(&Record{Type: "regular", Description: strings.TrimPrefix(o.name, "["), Size: layer.Size, Layer: layer, key: key})
	o.record.Description = describe(o)
	o.record.use(b.now())
	o.layers = o.chain(layer)
	return nil
}

// describe is how `docker buildx du --verbose` words a record.
func describe(o *op) string {
	if o.kind == opRun {
		return "mount / from exec " + strings.Join(o.run.args, " ")
	}
	return o.name
}

func (b *build) exec(o *op) (*vfs.Layer, error) {
	switch o.kind {
	case opMkdir:
		files := b.files(o.parent)
		uid, gid := b.owner(files, o.user)
		if err := files.MkdirAll(o.dir, 0o755, uid, gid); err != nil {
			return nil, fmt.Errorf("mkdir %s: %w", o.dir, err)
		}
		_ = files.Change(o.dir, func(*vfs.Node) {})
		return files.Upper(), nil
	case opCopy:
		return b.execCopy(o)
	}
	return b.execRun(o)
}

// firstMissing is the first COPY whose source is not there. BuildKit looks at
// sources while other steps still run, so that it fails at once.
func (b *build) firstMissing() (*op, missingError) {
	for _, o := range b.ops {
		if o.copy == nil || o.peeked != nil || o.copy.from != nil && o.copy.from.kind != opFrom {
			continue
		}
		var missing missingError
		if _, err := b.checksum(o.copy); errors.As(err, &missing) {
			return o, missing
		}
	}
	return nil, missingError{}
}

// failEarly shows how far the other steps have got when a COPY fails at once:
// those that the cache has are there, what had begun is cancelled.
func (b *build) failEarly(bad *op, missing missingError) error {
	for _, o := range b.ops {
		switch {
		case o == bad:
			continue
		case o.kind == opFrom:
			b.resolveImage(o.vertex, o.ref, o.image)
			if o.peeked != nil && b.needed(o) {
				o.vertex.FromCache()
			} else if !b.needed(o) {
				o.vertex.Finish()
			}
		case o.peeked != nil:
			o.vertex.FromCache()
		case o.parent == nil || o.parent.peeked != nil:
			o.vertex.Start()
		}
	}
	bad.vertex.Start()
	err := b.sourceError(bad, missing)
	b.failed(bad, err)
	return parser.WithLocation(err, bad.location)
}

// missing words a source that is not there, with the ids of what was searched.
// The part of the engine that was read stays in use, a leak of BuildKit's.
func (b *build) missing(from *op, name string) error {
	id := ""
	if from != nil && from.record != nil {
		id = from.record.ID
	} else {
		id = b.host.Cache.put(&Record{Type: "regular", Size: diskSize(0, 0), Mutable: true, InUse: true}).ID
	}
	return fmt.Errorf("failed to calculate checksum of ref %s::%s: %q: not found", b.host.Cache.session(), id, name)
}

// computeError is an error from before a step could begin.
type computeError struct{ error }

// Error says when it happened; the step itself shows only what.
func (e computeError) Error() string { return "failed to compute cache key: " + e.error.Error() }

func (e computeError) Unwrap() error { return e.error }

func (b *build) sourceError(o *op, err error) error {
	var missing missingError
	if errors.As(err, &missing) {
		return computeError{b.missing(o.copy.from, missing.name)}
	}
	return err
}

// failed ends a step with its error and tells the log of events why.
func (b *build) failed(o *op, err error) {
	text := err.Error()
	var early computeError
	if errors.As(err, &early) {
		text = early.error.Error()
	}
	o.vertex.Fail(text)
	b.clock().Emit(clock.Event{
		Actor: "buildkit", Object: b.object(), Reason: "build", Message: fmt.Sprintf("the build stopped at %s: %s", o.name, text),
	})
}

func (b *build) object() clock.Object {
	name := "an image without a name"
	if len(b.req.Tags) > 0 {
		name = image.Familiar(b.req.Tags[0])
	}
	return clock.Object{Kind: "image", Name: name, Machine: b.p.Machine.Name}
}
