package podman

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"drydock/sim/docker"
	"drydock/sim/image"
)

// qualified reports that a name says its registry: its first part has a dot or a
// port, or is localhost.
func qualified(name string) bool {
	first, _, more := strings.Cut(name, "/")
	return more && (strings.ContainsAny(first, ".:") || first == "localhost")
}

// normalise completes a name that says its registry with its tag.
func normalise(name string) (string, error) {
	ref, err := image.Normalise(name)
	if err != nil {
		return "", fmt.Errorf("parsing reference %q: %s", name, referenceWords(err))
	}
	return ref, nil
}

func referenceWords(err error) string {
	if text := err.Error(); strings.Contains(text, "must be lowercase") {
		return "repository name must be lowercase"
	}
	return "invalid reference format"
}

// local completes the name of an image that is made here: without a registry it
// is in localhost.
func local(name string) (string, error) {
	if _, err := normalise(name); err != nil {
		return "", err
	}
	if !qualified(name) {
		name = "localhost/" + name
	}
	return normalise(name)
}

// find looks an image of the store up: by name, under whichever registry it is,
// then by the beginning of its ID. ref is its name in full, empty when it was
// found by ID; img is nil when there is none.
func (s *Store) find(name string) (img *image.Image, ref string) {
	if norm, err := image.Normalise(name); err == nil {
		if img, ref := s.findName(name, norm); img != nil {
			return img, ref
		}
	}
	hex := strings.TrimPrefix(name, "sha256:")
	if !regexp.MustCompile(`^[0-9a-f]{3,64}$`).MatchString(hex) {
		return nil, ""
	}
	for _, i := range s.all() {
		if strings.HasPrefix(id(i), hex) {
			return i, ""
		}
	}
	return nil, ""
}

func (s *Store) findName(name, norm string) (*image.Image, string) {
	if p := image.Split(norm); p.Digest != "" {
		for _, i := range s.Engine.Images.Images() {
			if i.ID == p.Digest || i.ManifestDigest == p.Digest {
				return i, norm
			}
		}
	}
	if qualified(name) {
		return s.Engine.Images.ByRef(norm), norm
	}
	if mine, err := local(name); err == nil {
		if i := s.Engine.Images.ByRef(mine); i != nil {
			return i, mine
		}
	}
	if i := s.Engine.Images.ByRef(norm); i != nil {
		return i, norm
	}
	tail := "/" + strings.TrimPrefix(strings.TrimPrefix(norm, "docker.io/library/"), "docker.io/")
	for _, ref := range s.Engine.Images.Refs("") {
		if strings.HasSuffix(ref, tail) {
			return s.Engine.Images.ByRef(ref), ref
		}
	}
	return nil, ""
}

// id is an image's ID as Podman shows it: the digest of its configuration.
func id(i *image.Image) string { return strings.TrimPrefix(i.ConfigDigest, "sha256:") }

// short is the beginning of an ID that tables show.
func short(id string) string { return id[:min(12, len(id))] }

// imageName is what a container shows as its image.
func (s *Store) imageName(i *image.Image, ref string) string {
	if ref != "" {
		return ref
	}
	if refs := s.Engine.Images.Refs(i.ID); len(refs) > 0 {
		return refs[0]
	}
	return i.ID
}

// all lists the images with those that builds keep of single instructions,
// newest first.
func (s *Store) all() []*image.Image {
	list := s.Engine.Images.Images()
	for _, st := range s.steps {
		if s.Engine.Images.ByID(st.image.ID) == nil {
			list = append(list, st.image)
		}
	}
	slices.SortStableFunc(list, func(a, b *image.Image) int { return b.Created.Compare(a.Created) })
	return list
}

// hidden reports an image that only builds know: something was built on it.
func (s *Store) hidden(i *image.Image) bool {
	return len(s.Engine.Images.Refs(i.ID)) == 0 && s.isParent(i)
}

// container finds a container by name or ID; a missing one ends with status.
func (s *Store) container(name string, status int) (*docker.Container, error) {
	ct, err := s.Engine.Container(name)
	if err != nil {
		return nil, fail(status, "no container with name or ID %q found: no such container", name)
	}
	return ct, nil
}
