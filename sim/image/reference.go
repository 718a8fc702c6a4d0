package image

import (
	"strings"

	"github.com/distribution/reference"
)

// DockerHub is the host that a reference without a host means.
const DockerHub = "docker.io"

// Normalise completes a reference as docker does: "nginx" becomes
// "docker.io/library/nginx:latest". A reference by digest gets no tag. Errors
// have docker's words ("invalid reference format").
func Normalise(name string) (string, error) {
	named, err := reference.ParseNormalizedNamed(name)
	if err != nil {
		return "", err
	}
	return reference.TagNameOnly(named).String(), nil
}

// Familiar shortens a normalised reference to what docker shows:
// "docker.io/library/nginx:alpine" becomes "nginx:alpine".
func Familiar(ref string) string {
	named, err := reference.ParseNormalizedNamed(ref)
	if err != nil {
		return ref
	}
	return reference.FamiliarString(named)
}

// FamiliarName is Familiar without tag and digest.
func FamiliarName(ref string) string {
	named, err := reference.ParseNormalizedNamed(ref)
	if err != nil {
		return ref
	}
	return reference.FamiliarName(named)
}

// HasTag reports whether a reference as typed says which tag or digest it means;
// without one docker prints "Using default tag: latest".
func HasTag(name string) bool {
	named, err := reference.ParseNormalizedNamed(name)
	return err == nil && !reference.IsNameOnly(named)
}

// Parts are the pieces of a reference.
type Parts struct {
	Host   string // "docker.io", "localhost:5000"
	Path   string // within the host: "library/nginx"
	Tag    string // "alpine"; empty for a reference by digest alone
	Digest string // "sha256:..." or empty
}

// Split takes a reference apart, normalising it first. A reference that is not
// valid gives empty parts.
func Split(ref string) Parts {
	named, err := reference.ParseNormalizedNamed(ref)
	if err != nil {
		return Parts{}
	}
	named = reference.TagNameOnly(named)
	p := Parts{Host: reference.Domain(named), Path: reference.Path(named)}
	if t, ok := named.(reference.Tagged); ok {
		p.Tag = t.Tag()
	}
	if d, ok := named.(reference.Digested); ok {
		p.Digest = d.Digest().String()
	}
	return p
}

// Name is the repository with its host: "docker.io/library/nginx".
func (p Parts) Name() string { return p.Host + "/" + p.Path }

// Version is what a registry is asked for: the digest if there is one, else the tag.
func (p Parts) Version() string {
	if p.Digest != "" {
		return p.Digest
	}
	return p.Tag
}

// WithDigest names an image of a reference's repository by its digest, as
// RepoDigests shows it: "docker.io/library/nginx@sha256:...".
func WithDigest(ref, digest string) string { return Split(ref).Name() + "@" + digest }

// ShortID is the part of a digest that tables show: 12 hex digits.
func ShortID(digest string) string {
	hex := strings.TrimPrefix(digest, "sha256:")
	return hex[:min(12, len(hex))]
}
