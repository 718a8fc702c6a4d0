package docker

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"drydock/sim/image"
)

// Image finds an image by reference, by digest, by id or the beginning of an id.
// A name goes before an id that begins alike.
func (e *Engine) Image(ref string) (*image.Image, error) {
	i, _, err := e.findImage(ref)
	return i, err
}

// findImage also returns the normalised reference by which the image was found,
// or "" when it was found by its id.
func (e *Engine) findImage(ref string) (*image.Image, string, error) {
	if id, ok := imageID(ref); ok {
		if i := e.Images.ByID("sha256:" + id); i != nil {
			return i, "", nil
		}
	}
	norm, err := image.Normalise(ref)
	if err == nil {
		if i := e.Images.ByRef(norm); i != nil {
			return i, norm, nil
		}
		if i := e.byDigest(norm); i != nil {
			return i, norm, nil
		}
	}
	if i, err := e.byPrefix(ref); i != nil || err != nil {
		return i, "", err
	}
	if err != nil {
		return nil, "", errors.New("invalid reference format")
	}
	return nil, "", errNoImage(norm)
}

// errNoImage says that a normalised reference names nothing here.
func errNoImage(norm string) error { return NotFound("No such image: " + image.Familiar(norm)) }

// NotFound is an error about something that is not there, which -f may pass over.
type NotFound string

// Error is the daemon's text.
func (e NotFound) Error() string { return string(e) }

// byDigest finds the image of a repository by its digest.
func (e *Engine) byDigest(norm string) *image.Image {
	p := image.Split(norm)
	if p.Digest == "" {
		return nil
	}
	i := e.Images.ByID(p.Digest)
	if i == nil {
		return nil
	}
	for _, ref := range e.Images.Refs(i.ID) {
		if image.Split(ref).Name() == p.Name() {
			return i
		}
	}
	return nil
}

func (e *Engine) byPrefix(ref string) (*image.Image, error) {
	id, ok := imageID(ref)
	if !ok {
		return nil, nil
	}
	var found *image.Image
	for _, i := range e.Images.Images() {
		if strings.HasPrefix(i.ID, "sha256:"+id) {
			if found != nil {
				return nil, fmt.Errorf("multiple images found with provided prefix: %s", ref)
			}
			found = i
		}
	}
	return found, nil
}

// imageID reports whether a reference can be the beginning of an image's id, and
// returns its hex digits.
func imageID(ref string) (string, bool) {
	hex := strings.TrimPrefix(ref, "sha256:")
	if len(hex) < 4 || len(hex) > 64 || strings.Trim(hex, "0123456789abcdef") != "" {
		return "", false
	}
	return hex, true
}

// ImageUsers lists the containers, running or not, that were made from an image.
func (e *Engine) ImageUsers(id string) []*Container {
	var users []*Container
	for _, c := range e.containers {
		if c.ImageID == id {
			users = append(users, c)
		}
	}
	return users
}

// RepoTags are the names with a tag that an image has, as docker shows them.
func (e *Engine) RepoTags(i *image.Image) []string {
	tags := []string{}
	for _, ref := range e.Images.Refs(i.ID) {
		if image.Split(ref).Tag != "" {
			tags = append(tags, image.Familiar(ref))
		}
	}
	return tags
}

// RepoDigests are the names by digest that an image has.
func (e *Engine) RepoDigests(i *image.Image) []string {
	digests := []string{}
	for _, ref := range e.Images.Refs(i.ID) {
		d := image.FamiliarName(ref) + "@" + i.ID
		if !slices.Contains(digests, d) {
			digests = append(digests, d)
		}
	}
	return digests
}
