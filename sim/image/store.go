package image

import (
	"maps"
	"slices"
)

// Store is the images of one engine: by id, and the references that name them.
type Store struct {
	images map[string]*Image
	refs   map[string]string // normalised reference ("docker.io/library/nginx:alpine") to id
}

// NewStore makes an empty store.
func NewStore() *Store { return &Store{images: map[string]*Image{}, refs: map[string]string{}} }

// Add puts an image into the store without naming it.
func (s *Store) Add(i *Image) { s.images[i.ID] = i }

// Tag makes a normalised reference name an image of the store.
func (s *Store) Tag(ref, id string) { s.refs[ref] = id }

// Untag removes a reference; the image itself stays until Remove.
func (s *Store) Untag(ref string) { delete(s.refs, ref) }

// Remove forgets an image that no reference names any more.
func (s *Store) Remove(id string) { delete(s.images, id) }

// ByRef returns the image that a normalised reference names, or nil.
func (s *Store) ByRef(ref string) *Image { return s.images[s.refs[ref]] }

// ByID returns the image with exactly that id, or nil.
func (s *Store) ByID(id string) *Image { return s.images[id] }

// Refs lists the references that name an image, sorted; all of them for "".
func (s *Store) Refs(id string) []string {
	var refs []string
	for _, ref := range slices.Sorted(maps.Keys(s.refs)) {
		if id == "" || s.refs[ref] == id {
			refs = append(refs, ref)
		}
	}
	return refs
}

// Images lists the images ordered by id.
func (s *Store) Images() []*Image {
	all := make([]*Image, 0, len(s.images))
	for _, id := range slices.Sorted(maps.Keys(s.images)) {
		all = append(all, s.images[id])
	}
	return all
}

// HasLayer reports whether some image of the store holds a layer.
func (s *Store) HasLayer(digest string) bool {
	for _, i := range s.images {
		if slices.ContainsFunc(i.Layers, func(l *Layer) bool { return l.Digest == digest }) {
			return true
		}
	}
	return false
}
