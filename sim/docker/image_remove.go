package docker

import (
	"fmt"
	"slices"
	"strings"

	"drydock/sim/image"
)

// Deletion is one line of what removing images did: a name or an id.
type Deletion struct{ Untagged, Deleted string }

// RemoveImage takes a name away from an image, and removes the image with its
// last one. The rules and words are those of moby 29 with the containerd image
// store (daemon/containerd/image_delete.go).
func (e *Engine) RemoveImage(ref string, force bool) ([]Deletion, error) {
	i, name, err := e.findImage(ref)
	if err != nil {
		return nil, err
	}
	all := e.Images.Refs(i.ID)
	if name == "" {
		return e.removeByID(i, all, force)
	}
	same := sameName(name, all)
	if len(same) != len(all) {
		return e.untag(i, same), nil
	}
	if users := e.ImageUsers(i.ID); len(users) > 0 {
		if !force {
			return nil, deleteConflict(image.Familiar(name), "must be forced", fmt.Sprintf("container %s is using its referenced image %s",
				users[0].ID[:12], image.ShortID(i.ID)))
		}
		return e.untag(i, all), nil
	}
	return e.removeAll(i, all), nil
}

func (e *Engine) removeByID(i *image.Image, all []string, force bool) ([]Deletion, error) {
	short := image.ShortID(i.ID)
	for _, c := range e.ImageUsers(i.ID) {
		running := c.State.Status == "running" || c.State.Status == "paused" || c.State.Status == "restarting"
		switch {
		case running:
			return nil, deleteConflict(short, "cannot be forced", "image is being used by running container "+c.ID[:12])
		case !force:
			return nil, deleteConflict(short, "must be forced", "image is being used by stopped container "+c.ID[:12])
		}
	}
	if !force && len(repositories(all)) > 1 {
		return nil, deleteConflict(short, "must be forced", "image is referenced in multiple repositories")
	}
	return e.removeAll(i, all), nil
}

func deleteConflict(ref, forced, why string) error {
	return fmt.Errorf("conflict: unable to delete %s (%s) - %s", ref, forced, why)
}

// sameName are the names that go with one: itself, and names by digest of the
// same repository when no other tag of it is left.
func sameName(name string, all []string) []string {
	repo := image.Split(name).Name()
	same, tags := []string{}, 0
	for _, ref := range all {
		if image.Split(ref).Name() != repo {
			continue
		}
		if ref == name || image.Split(ref).Tag == "" {
			same = append(same, ref)
		} else {
			tags++
		}
	}
	if tags > 0 {
		same = slices.DeleteFunc(same, func(ref string) bool { return ref != name })
	}
	return same
}

func repositories(refs []string) []string {
	var repos []string
	for _, ref := range refs {
		if repo := image.Split(ref).Name(); !slices.Contains(repos, repo) {
			repos = append(repos, repo)
		}
	}
	return repos
}

func (e *Engine) untag(i *image.Image, refs []string) []Deletion {
	var gone []Deletion
	for _, ref := range refs {
		e.Images.Untag(ref)
		gone = append(gone, Deletion{Untagged: image.Familiar(ref)})
		e.emit("image", image.Familiar(ref), "untag", "the image "+image.ShortID(i.ID)+" is no longer called "+image.Familiar(ref), map[string]string{"id": i.ID, "name": image.Familiar(ref)})
	}
	return gone
}

func (e *Engine) removeAll(i *image.Image, refs []string) []Deletion {
	gone := e.untag(i, refs)
	if len(refs) == 0 {
		gone = []Deletion{}
	}
	e.dropImage(i)
	e.emit("image", image.ShortID(i.ID), "delete", "the image "+image.ShortID(i.ID)+" was removed", map[string]string{"id": i.ID, "name": i.ID})
	return append(gone, Deletion{Deleted: i.ID})
}

// PruneImages removes images that no container uses: those without a name, or
// with all set every one. Images for which keep holds stay. It returns what was
// removed and how many bytes that freed.
func (e *Engine) PruneImages(all bool, keep func(*image.Image) bool) (gone []Deletion, reclaimed int64) {
	var candidates []*image.Image
	for _, i := range e.Images.Images() {
		refs := e.Images.Refs(i.ID)
		if !all && len(refs) > 0 || len(e.ImageUsers(i.ID)) > 0 || keep != nil && keep(i) {
			continue
		}
		candidates = append(candidates, i)
	}
	slices.SortStableFunc(candidates, func(a, b *image.Image) int { return strings.Compare(e.pruneName(a), e.pruneName(b)) })
	for _, i := range candidates {
		records, bytes := e.pruneImage(i)
		gone, reclaimed = append(gone, records...), reclaimed+bytes
	}
	return gone, reclaimed
}

// pruneName is by what an image is listed: its first name, or its digest.
func (e *Engine) pruneName(i *image.Image) string {
	if refs := e.Images.Refs(i.ID); len(refs) > 0 {
		return refs[0]
	}
	return i.ID
}

// pruneImage removes one image. Its manifests are deleted with it unless the
// build cache still holds them as the base of a build.
func (e *Engine) pruneImage(i *image.Image) (gone []Deletion, reclaimed int64) {
	refs := e.Images.Refs(i.ID)
	gone = e.untag(i, refs)
	if len(refs) == 0 {
		gone = append(gone, Deletion{Untagged: i.ID})
	}
	before := e.LayersSize()
	e.dropImage(i)
	e.emit("image", image.ShortID(i.ID), "delete", "the unused image "+image.ShortID(i.ID)+" was removed", map[string]string{"id": i.ID, "name": i.ID})
	if !i.Local && e.BuildCache != nil && e.BuildCache.Uses(i) {
		return gone, 0
	}
	for _, digest := range manifests(i) {
		gone = append(gone, Deletion{Deleted: digest})
	}
	return gone, before - e.LayersSize()
}
