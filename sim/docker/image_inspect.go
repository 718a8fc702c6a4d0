package docker

import (
	"slices"
	"time"

	"drydock/sim/image"
)

// ImageInspect is what `docker image inspect` shows, in the order of fields of
// Docker 29 (API 1.55).
type ImageInspect struct {
	ID           string `json:"Id"`
	RepoTags     []string
	RepoDigests  []string
	Comment      string    `json:",omitempty"`
	Created      time.Time `json:",omitzero"`
	Author       string    `json:",omitempty"`
	Config       ImageConfig
	Architecture string
	Os           string
	Size         int64
	RootFS       RootFS
	Metadata     ImageMetadata
	Descriptor   Descriptor
	Identity     ImageIdentity
}

// ImageConfig is the part about containers (OCI image-spec, with docker's additions).
type ImageConfig struct {
	User         string              `json:",omitempty"`
	ExposedPorts map[string]struct{} `json:",omitempty"`
	Env          []string            `json:",omitempty"`
	Entrypoint   []string            `json:",omitempty"`
	Cmd          []string            `json:",omitempty"`
	Volumes      map[string]struct{} `json:",omitempty"`
	WorkingDir   string              `json:",omitempty"`
	Labels       map[string]string   `json:",omitempty"`
	StopSignal   string              `json:",omitempty"`
	ArgsEscaped  bool                `json:",omitempty"`
	Healthcheck  *HealthConfig       `json:",omitempty"`
	OnBuild      []string            `json:",omitempty"`
	Shell        []string            `json:",omitempty"`
}

// HealthConfig is a health check; durations are in nanoseconds.
type HealthConfig struct {
	Test          []string      `json:",omitempty"`
	Interval      time.Duration `json:",omitempty"`
	Timeout       time.Duration `json:",omitempty"`
	StartPeriod   time.Duration `json:",omitempty"`
	StartInterval time.Duration `json:",omitempty"`
	Retries       int           `json:",omitempty"`
}

// RootFS lists an image's layers by the digest of their content.
type RootFS struct {
	Type   string
	Layers []string
}

// ImageMetadata is what the engine, not the image, knows.
type ImageMetadata struct{ LastTagTime time.Time }

// Descriptor points to a manifest.
type Descriptor struct {
	MediaType string `json:"mediaType"`
	Digest    string `json:"digest"`
	Size      int    `json:"size"`
}

// ImageIdentity says where an image came from.
type ImageIdentity struct {
	Pull  []PullIdentity  `json:",omitempty"`
	Build []BuildIdentity `json:",omitempty"`
}

// PullIdentity is a repository that the image was pulled from.
type PullIdentity struct{ Repository string }

// BuildIdentity is the build that made the image.
type BuildIdentity struct {
	Ref       string
	CreatedAt time.Time
}

// InspectImage describes an image.
func (e *Engine) InspectImage(ref string) (*ImageInspect, error) {
	i, err := e.Image(ref)
	if err != nil {
		return nil, err
	}
	v := &ImageInspect{
		ID: i.ID, RepoTags: e.RepoTags(i), RepoDigests: e.RepoDigests(i), Created: i.Created, Author: i.Author,
		Config: imageConfig(i.Config), Architecture: i.Architecture, Os: "linux", Size: i.ContentSize() + manifestBytes(i),
		RootFS: RootFS{Type: "layers", Layers: []string{}}, Metadata: ImageMetadata{e.lastTag(i)},
		Descriptor: Descriptor{i.MediaType(), i.ID, len(i.Manifest())},
	}
	if n := len(i.History); n > 0 {
		v.Comment = i.History[n-1].Comment
	}
	for _, l := range i.Layers {
		v.RootFS.Layers = append(v.RootFS.Layers, l.Digest)
	}
	v.Identity = e.identity(i)
	return v, nil
}

func (e *Engine) identity(i *image.Image) ImageIdentity {
	if i.Local {
		return ImageIdentity{Build: []BuildIdentity{{Ref: "default/default/" + shortRef(i.ConfigDigest), CreatedAt: i.Created}}}
	}
	var id ImageIdentity
	for _, ref := range e.Images.Refs(i.ID) {
		p := PullIdentity{image.Split(ref).Name()}
		if !slices.Contains(id.Pull, p) {
			id.Pull = append(id.Pull, p)
		}
	}
	return id
}

// shortRef makes a build's reference of 25 characters.
func shortRef(digest string) string { return digest[len(digest)-25:] }

func (e *Engine) lastTag(i *image.Image) time.Time {
	last := e.Machine.Site.Clock.Start()
	for _, ref := range e.Images.Refs(i.ID) {
		if t := e.tagged[ref]; t.After(last) {
			last = t
		}
	}
	return last
}

func imageConfig(c image.Config) ImageConfig {
	v := ImageConfig{
		User: c.User, ExposedPorts: set(c.ExposedPorts), Env: c.Env, Entrypoint: c.Entrypoint, Cmd: c.Cmd, Volumes: set(c.Volumes),
		WorkingDir: c.WorkingDir, Labels: c.Labels, StopSignal: c.StopSignal, ArgsEscaped: c.ArgsEscaped, OnBuild: c.OnBuild, Shell: c.Shell,
	}
	if h := c.Healthcheck; h != nil {
		v.Healthcheck = &HealthConfig{h.Test, h.Interval, h.Timeout, h.StartPeriod, h.StartInterval, h.Retries}
	}
	return v
}

// set is a list as docker's JSON has it: an object with empty values.
func set(list []string) map[string]struct{} {
	if len(list) == 0 {
		return nil
	}
	m := map[string]struct{}{}
	for _, item := range list {
		m[item] = struct{}{}
	}
	return m
}
