package docker

import (
	"encoding/json"
	"errors"
	"strings"

	"drydock/sim/clock"
	"drydock/sim/image"
)

// Manifest asks a registry for what it has under a name and returns it as the
// registry's JSON: the index of an image for several platforms, or the manifest
// of one for a single platform.
func (e *Engine) Manifest(p *clock.Proc, ref string, c image.Credentials) ([]byte, error) {
	norm, err := image.Normalise(ref)
	if err != nil {
		return nil, err
	}
	p.Sleep(e.latency(norm))
	remote, err := e.Hub.Remote(norm, e.access(norm, c))
	if err != nil {
		return nil, err
	}
	img, err := remote.Resolve()
	if err != nil {
		var refused *image.Error
		if errors.As(err, &refused) && (refused.Kind == image.NotFound || refused.Kind == image.Denied) {
			return nil, NotFound("no such manifest: " + norm)
		}
		return nil, err
	}
	if len(img.Platforms) < 2 {
		return []byte(img.Manifest()), nil
	}
	return json.Marshal(indexOf(img))
}

// indexOf lists an image's platforms. Only the machines' own has content; the
// digests of the others stand for what is not carried.
func indexOf(i *image.Image) platformIndex {
	index := platformIndex{SchemaVersion: 2, MediaType: image.IndexType}
	for _, name := range i.Platforms {
		os, arch, _ := strings.Cut(name, "/")
		arch, variant, _ := strings.Cut(arch, "/")
		m := platformManifest{MediaType: image.ManifestType, Digest: i.ManifestDigest, Size: len(i.Manifest()), Platform: platform{arch, os, variant}}
		if arch != i.Architecture {
			m.Digest = image.Digest(i.ManifestDigest + name)
		}
		index.Manifests = append(index.Manifests, m)
	}
	return index
}

type platformIndex struct {
	SchemaVersion int                `json:"schemaVersion"`
	MediaType     string             `json:"mediaType"`
	Manifests     []platformManifest `json:"manifests"`
}

type platformManifest struct {
	MediaType string   `json:"mediaType"`
	Size      int      `json:"size"`
	Digest    string   `json:"digest"`
	Platform  platform `json:"platform"`
}

type platform struct {
	Architecture string `json:"architecture"`
	OS           string `json:"os"`
	Variant      string `json:"variant,omitempty"`
}
