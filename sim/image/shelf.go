package image

import (
	"maps"
	"slices"
	"strings"
)

// shelf is where a registry keeps its repositories: tags that name manifests by
// digest, and blobs.
type shelf interface {
	repositories() []string
	tags(repo string) []string
	// manifest is the digest that a tag or digest of a repository means, or "".
	manifest(repo, version string) string
	putManifest(repo, tag, digest string) error
	removeManifest(repo, digest string) bool
	hasBlob(digest string) bool
	putBlob(digest string, size int64) error
}

// memoryShelf is a registry on the internet. Docker Hub and the other public
// hosts also offer the catalogue.
type memoryShelf struct {
	catalogue *Catalogue
	host      string
	repos     map[string]map[string]string // tag to digest
	blobs     map[string]bool
	pulled    map[string]map[string]bool // tags of the catalogue that somebody asked for
}

func newMemoryShelf(c *Catalogue, host string) *memoryShelf {
	return &memoryShelf{
		catalogue: c, host: host, repos: map[string]map[string]string{}, blobs: map[string]bool{}, pulled: map[string]map[string]bool{},
	}
}

func (m *memoryShelf) repositories() []string {
	names := map[string]bool{}
	for name := range m.repos {
		names[name] = true
	}
	for name := range m.pulled {
		names[name] = true
	}
	return slices.Sorted(maps.Keys(names))
}

func (m *memoryShelf) tags(repo string) []string {
	tags := map[string]bool{}
	for tag := range m.repos[repo] {
		tags[tag] = true
	}
	for tag := range m.pulled[repo] {
		tags[tag] = true
	}
	return slices.Sorted(maps.Keys(tags))
}

func (m *memoryShelf) manifest(repo, version string) string {
	if digest := m.repos[repo][version]; digest != "" {
		return digest
	}
	for _, digest := range m.repos[repo] {
		if digest == version {
			return digest
		}
	}
	if m.catalogue == nil {
		return ""
	}
	img, err := m.catalogue.Find(m.host+"/"+repo, version)
	if img == nil || err != nil {
		return ""
	}
	if !strings.HasPrefix(version, "sha256:") {
		if m.pulled[repo] == nil {
			m.pulled[repo] = map[string]bool{}
		}
		m.pulled[repo][version] = true
	}
	return img.ID
}

// known reports whether the repository exists at all.
func (m *memoryShelf) known(repo string) bool {
	return m.repos[repo] != nil || m.catalogue != nil && m.catalogue.Has(m.host+"/"+repo)
}

func (m *memoryShelf) putManifest(repo, tag, digest string) error {
	if m.repos[repo] == nil {
		m.repos[repo] = map[string]string{}
	}
	if tag == "" {
		tag = digest
	}
	m.repos[repo][tag] = digest
	return nil
}

func (m *memoryShelf) removeManifest(repo, digest string) bool {
	before := len(m.repos[repo])
	maps.DeleteFunc(m.repos[repo], func(_, d string) bool { return d == digest })
	return len(m.repos[repo]) < before
}

func (m *memoryShelf) hasBlob(digest string) bool { return m.blobs[digest] }

func (m *memoryShelf) putBlob(digest string, _ int64) error {
	m.blobs[digest] = true
	return nil
}
