// Package image models container images: references, layers, what is in them,
// the catalogue of public images with the programs they hold, the stores of
// engines, and registries.
package image

import (
	"time"

	"drydock/sim/vfs"
)

// Image is an immutable blueprint: configuration and layers. Images are shared
// between stores and registries and never changed.
type Image struct {
	// ID is the digest of the manifest (or index), as Docker 29 with the containerd
	// image store shows it: "sha256:" and 64 hex digits.
	ID string
	// ConfigDigest and ManifestDigest are printed by builds and inspect. Seal
	// computes all three.
	ConfigDigest   string
	ManifestDigest string
	// Platforms are what the index offers, "linux/amd64" first.
	Platforms    []string
	Config       Config
	Layers       []*Layer  // those that hold files, lowest first
	History      []History // lowest first; has entries without a layer
	Created      time.Time
	Author       string
	Architecture string // "amd64"
	// Vulnerabilities are what a scan finds, declared by the catalogue and
	// inherited by images built on it.
	Vulnerabilities []Vulnerability
	// Parent is the image that this one was committed from, which `docker history`
	// names; empty for builds and pulls.
	Parent string
	// Schema2 says that the manifest has Docker's own form (image manifest version 2,
	// schema 2) and stands alone; otherwise it is an OCI manifest behind an index.
	Schema2 bool
	// Local says that it was built or committed here, not pulled.
	Local bool
}

// Layer is a set of changed files.
type Layer struct {
	Digest     string // of the uncompressed content, "sha256:..."
	Blob       string // of the compressed content, as pulls and pushes name it
	Files      *vfs.Layer
	Size       int64 // bytes unpacked
	Compressed int64 // bytes in a registry
}

// History is a line of `docker history`.
type History struct {
	Created   time.Time
	CreatedBy string
	Comment   string
	Empty     bool // made no layer
}

// Config is what an image says about containers made from it.
type Config struct {
	User         string
	ExposedPorts []string // "80/tcp", sorted
	Env          []string
	Entrypoint   []string
	Cmd          []string
	Volumes      []string // sorted
	WorkingDir   string
	Labels       map[string]string
	StopSignal   string
	Healthcheck  *Healthcheck
	Shell        []string
	OnBuild      []string
	ArgsEscaped  bool
}

// Healthcheck is HEALTHCHECK or --health-*.
type Healthcheck struct {
	Test          []string // {"CMD-SHELL", "..."}, {"CMD", ...} or {"NONE"}
	Interval      time.Duration
	Timeout       time.Duration
	StartPeriod   time.Duration
	StartInterval time.Duration
	Retries       int
}

// Vulnerability is a known weakness of a package in an image.
type Vulnerability struct {
	ID       string `yaml:"id"`
	Severity string `yaml:"severity"` // critical, high, medium, low
	Package  string `yaml:"package"`
	Version  string `yaml:"version"`
	Fixed    string `yaml:"fixed"` // the version that mends it, or empty
}

// Size is the unpacked size of all layers in bytes.
func (i *Image) Size() int64 {
	var total int64
	for _, l := range i.Layers {
		total += l.Size
	}
	return total
}

// ContentSize is the compressed size of all layers in bytes.
func (i *Image) ContentSize() int64 {
	var total int64
	for _, l := range i.Layers {
		total += l.Compressed
	}
	return total
}

// FileLayers are the layers' files, lowest first, to stack a file system on.
func (i *Image) FileLayers() []*vfs.Layer {
	files := make([]*vfs.Layer, len(i.Layers))
	for n, l := range i.Layers {
		files[n] = l.Files
	}
	return files
}
