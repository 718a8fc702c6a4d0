package build

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"drydock/sim/clock"
	"drydock/sim/image"
	"drydock/sim/image/build/progress"
)

// historyComment is what BuildKit signs its lines of history with.
const historyComment = "buildkit.dockerfile.v0"

// compressRate is how fast layers are packed for the image store, bytes per second.
const compressRate = 60 << 20

// export makes the image and puts it into the store.
func (b *build) export() (*image.Image, error) {
	name := "exporting to image"
	if b.req.Name != "" {
		name = "[" + b.req.Name + "] " + name
	}
	v := b.trace.Vertex("export "+b.key+b.req.Name, name)
	v.Start()
	img, fresh := b.assemble()
	took := time.Duration(0)
	if fresh > 0 {
		took = 40*time.Millisecond + transferTime(fresh, compressRate)
	}
	b.line(v, "exporting layers", took)
	b.line(v, "exporting manifest "+img.ManifestDigest, 4*time.Millisecond)
	b.line(v, "exporting config "+img.ConfigDigest, 4*time.Millisecond)
	attestation := image.Digest("attestation " + newID(b.clock()))
	b.line(v, "exporting attestation manifest "+attestation, 6*time.Millisecond)
	img.ID = image.Digest("index " + img.ManifestDigest + " " + attestation)
	b.line(v, "exporting manifest list "+img.ID, 4*time.Millisecond)
	if err := b.host.Keep(img, b.req.Tags); err != nil {
		v.Fail(err.Error())
		return nil, err
	}
	for _, ref := range b.req.Tags {
		b.line(v, "naming to "+ref, time.Millisecond)
	}
	names := b.req.Tags
	if len(names) == 0 {
		names = []string{"moby-dangling@" + img.ID}
		b.line(v, "naming to "+names[0], time.Millisecond)
	}
	for i, ref := range names {
		took := time.Millisecond
		if i == 0 {
			took += transferTime(fresh, 2*extractRate)
		}
		b.line(v, "unpacking to "+ref, took)
	}
	if b.req.Push {
		if err := b.push(v, img); err != nil {
			return nil, err
		}
	}
	v.Finish()
	b.clock().Emit(clock.Event{
		Actor: "buildkit", Object: b.object(), Reason: "build",
		Message: fmt.Sprintf("built %s with %d layers", b.object().Name, len(img.Layers)),
	})
	return img, nil
}

// push sends the image under each of its names.
func (b *build) push(v *progress.Vertex, img *image.Image) error {
	for _, ref := range b.req.Tags {
		layers := v.Status("pushing layers")
		if err := b.host.Push(b.p, ref); err != nil {
			err = fmt.Errorf("failed to push %s: %w", ref, err)
			v.Fail(err.Error())
			return err
		}
		layers.Finish()
		b.line(v, "pushing manifest for "+withDigest(ref, img), 20*time.Millisecond)
	}
	return nil
}

func (b *build) line(v *progress.Vertex, text string, took time.Duration) {
	s := v.Status(text)
	if took > 0 {
		b.p.Sleep(took)
	}
	s.Finish()
}

// assemble makes the image; fresh is how many bytes of its layers the store does
// not have yet.
func (b *build) assemble() (img *image.Image, fresh int64) {
	r := &b.plan.target.result
	img = &image.Image{Config: cloneConfig(r.config), Author: r.author, Local: true}
	img.Config.OnBuild = slices.Clone(r.config.OnBuild)
	if r.base != nil {
		img.Architecture, img.Platforms, img.Vulnerabilities = r.base.Architecture, r.base.Platforms, r.base.Vulnerabilities
		img.History = slices.Clone(r.base.History)
	}
	if b.req.Platform != "" {
		_, img.Architecture, _ = splitPlatform(b.req.Platform)
	}
	img.Platforms = nil
	if len(b.req.Labels) > 0 && img.Config.Labels == nil {
		img.Config.Labels = map[string]string{}
	}
	maps.Copy(img.Config.Labels, b.req.Labels)
	if r.head != nil {
		img.Layers = slices.Clone(r.head.layers)
	}
	img.History = append(img.History, b.history(r)...)
	if n := len(img.History); n > 0 {
		img.Created = img.History[n-1].Created
	}
	for _, l := range img.Layers {
		if !b.host.Store.HasLayer(l.Digest) {
			fresh += l.Size
		}
	}
	return img.Seal(), fresh
}

// history dates the lines of history: those with a layer when it was made, those
// without like the one before, or like the first new layer when there is none yet.
func (b *build) history(r *stageState) []image.History {
	last := time.Time{}
	if r.base != nil && len(r.base.History) > 0 {
		last = r.base.History[len(r.base.History)-1].Created
	}
	for _, e := range r.history {
		if e.step != nil {
			last = e.step.record.Created
			break
		}
	}
	if last.IsZero() {
		last = b.now()
	}
	lines := make([]image.History, 0, len(r.history))
	for _, e := range r.history {
		if e.step != nil {
			last = e.step.record.Created
		}
		lines = append(lines, image.History{Created: last, CreatedBy: e.by, Comment: historyComment, Empty: e.step == nil})
	}
	return lines
}
