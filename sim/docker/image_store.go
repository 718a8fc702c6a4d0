package docker

import (
	"time"

	"drydock/sim/image"
)

// AddImage puts an image into the engine's store, on its disk, and gives it a
// name unless ref is empty. It fails when the disk is full.
func (e *Engine) AddImage(i *image.Image, ref string) error {
	if e.Images.ByID(i.ID) == nil {
		if err := e.Machine.Disk.Take(e.missingBytes(i)); err != nil {
			return err
		}
		e.Images.Add(i)
	}
	if ref != "" {
		e.Images.Tag(ref, i.ID)
		e.noteTag(ref)
	}
	return nil
}

// noteTag remembers when a name was given, for inspect.
func (e *Engine) noteTag(ref string) {
	if e.tagged == nil {
		e.tagged = map[string]time.Time{}
	}
	e.tagged[ref] = e.now()
}

// missingBytes is what an image would add to the disk: the layers that no image
// of the store has, compressed and unpacked (Docker 29 keeps both).
func (e *Engine) missingBytes(i *image.Image) int64 {
	var total int64
	for _, l := range i.Layers {
		if !e.Images.HasLayer(l.Digest) {
			total += l.Size + l.Compressed
		}
	}
	return total
}

// Name makes a reference mean an image of the store. The image that had the name
// before loses it; without any name left it is kept as a dangling one when
// keep is set or a container was made from it, and removed otherwise.
func (e *Engine) Name(ref string, i *image.Image, keep bool) {
	before := e.Images.ByRef(ref)
	e.Images.Tag(ref, i.ID)
	e.noteTag(ref)
	if before == nil || before == i || before.ID == i.ID || len(e.Images.Refs(before.ID)) > 0 {
		return
	}
	if !keep && len(e.ImageUsers(before.ID)) == 0 {
		e.dropImage(before)
	}
}

// dropImage forgets an image and gives back the disk that only it used.
func (e *Engine) dropImage(i *image.Image) {
	for _, ref := range e.Images.Refs(i.ID) {
		e.Images.Untag(ref)
	}
	e.Images.Remove(i.ID)
	_ = e.Machine.Disk.Take(-e.missingBytes(i))
}

// Tag is `docker tag`: one more name for an image.
func (e *Engine) Tag(source, target string) error {
	i, err := e.Image(source)
	if err != nil {
		return err
	}
	ref, err := image.Normalise(target)
	if err != nil {
		return err
	}
	e.Name(ref, i, true)
	e.emit("image", image.Familiar(ref), "tag", source+" is now also called "+image.Familiar(ref), map[string]string{"id": i.ID, "name": image.Familiar(ref)})
	return nil
}

// Sizes are what `docker system df` counts of an image, in bytes.
type Sizes struct{ Total, Shared, Unique int64 }

// ImageSizes tells what of each image is its own and what it shares with others.
func (e *Engine) ImageSizes() map[string]Sizes {
	users := map[string]int{}
	for _, i := range e.Images.Images() {
		for digest := range layerSizes(i) {
			users[digest]++
		}
	}
	sizes := map[string]Sizes{}
	for _, i := range e.Images.Images() {
		s := Sizes{Unique: manifestBytes(i)}
		for digest, size := range layerSizes(i) {
			if users[digest] > 1 {
				s.Shared += size
			} else {
				s.Unique += size
			}
		}
		s.Total = s.Shared + s.Unique
		sizes[i.ID] = s
	}
	return sizes
}

// LayersSize is the disk that all layers of the store take, each counted once.
func (e *Engine) LayersSize() int64 {
	var total int64
	seen := map[string]bool{}
	for _, i := range e.Images.Images() {
		total += manifestBytes(i)
		for digest, size := range layerSizes(i) {
			if !seen[digest] {
				seen[digest] = true
				total += size
			}
		}
	}
	return total
}

func layerSizes(i *image.Image) map[string]int64 {
	sizes := map[string]int64{}
	for _, l := range i.Layers {
		sizes[l.Digest] = l.Size + l.Compressed
	}
	return sizes
}

// manifests are the digests of an image's manifests: the index that names it,
// and for an image built here those that the index lists, with the attestation
// of how it was built.
func manifests(i *image.Image) []string {
	if !i.Local {
		return []string{i.ID}
	}
	return []string{i.ID, i.ManifestDigest, image.Digest("attestation " + i.ManifestDigest)}
}

// manifestBytes is what an image needs beside its layers: manifest and configuration.
func manifestBytes(i *image.Image) int64 { return int64(len(i.Manifest())) + 700 }

// TaggedAt is when a normalised reference was last given to an image here; the
// zero time if it never was.
func (e *Engine) TaggedAt(ref string) time.Time { return e.tagged[ref] }
