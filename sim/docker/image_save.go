package docker

import (
	"archive/tar"
	"bytes"
	"encoding/json"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"drydock/sim/image"
	"drydock/sim/vfs"
)

// ociDescriptor points to a blob of an archive (OCI image layout).
type ociDescriptor struct {
	MediaType   string            `json:"mediaType"`
	Digest      string            `json:"digest"`
	Size        int64             `json:"size"`
	Annotations map[string]string `json:"annotations,omitempty"`
}

type ociIndex struct {
	SchemaVersion int             `json:"schemaVersion"`
	MediaType     string          `json:"mediaType,omitempty"`
	Manifests     []ociDescriptor `json:"manifests"`
}

type ociManifest struct {
	SchemaVersion int             `json:"schemaVersion"`
	MediaType     string          `json:"mediaType"`
	Config        ociDescriptor   `json:"config"`
	Layers        []ociDescriptor `json:"layers"`
}

// ociConfig is an image's configuration blob.
type ociConfig struct {
	Architecture string       `json:"architecture"`
	Author       string       `json:"author,omitempty"`
	Config       ImageConfig  `json:"config"`
	Created      time.Time    `json:"created"`
	History      []ociHistory `json:"history"`
	OS           string       `json:"os"`
	RootFS       ociRootFS    `json:"rootfs"`
	// Platforms, Parent and Vulnerabilities are what the simulator knows beside
	// what the format has a place for.
	Platforms       []string              `json:"drydock.platforms,omitempty"`
	Parent          string                `json:"drydock.parent,omitempty"`
	Vulnerabilities []image.Vulnerability `json:"drydock.vulnerabilities,omitempty"`
}

type ociHistory struct {
	Created   time.Time `json:"created"`
	CreatedBy string    `json:"created_by,omitempty"`
	Comment   string    `json:"comment,omitempty"`
	Empty     bool      `json:"empty_layer,omitempty"`
}

type ociRootFS struct {
	Type    string   `json:"type"`
	DiffIDs []string `json:"diff_ids"`
}

// dockerManifest is the older table of contents, manifest.json.
type dockerManifest struct {
	Config   string
	RepoTags []string
	Layers   []string
}

const (
	configType = "application/vnd.oci.image.config.v1+json"
	layerType  = "application/vnd.oci.image.layer.v1.tar"
	// nameKey is the annotation by which containerd keeps an image's name.
	nameKey = "io.containerd.image.name"
	// sizeKey is the annotation with a layer's unpacked size, which in the simulator
	// may be more than that of the files listed.
	sizeKey = "drydock.unpacked"
	blobs   = "blobs/sha256/"
)

// archive collects the files of a saved image before they are written in order.
type archive struct {
	files map[string][]byte
	bulk  int64 // bytes that the layers stand for beyond those written
}

// Save writes images as `docker save` does: an OCI image layout with docker's
// manifest.json, layers uncompressed so that they can be looked into. It returns
// how many bytes the real archive would have beyond what is written.
func (e *Engine) Save(refs []string, w io.Writer) (bulk int64, err error) {
	a := &archive{files: map[string][]byte{"oci-layout": []byte(`{"imageLayoutVersion":"1.0.0"}`)}}
	index := ociIndex{SchemaVersion: 2, MediaType: image.IndexType}
	var contents []dockerManifest
	for _, ref := range refs {
		i, norm, err := e.findImage(ref)
		if err != nil {
			return 0, err
		}
		entry, size, err := a.add(i)
		if err != nil {
			return 0, err
		}
		d := ociDescriptor{MediaType: i.MediaType(), Digest: i.ID, Size: size}
		if tag := image.Split(norm).Tag; tag != "" {
			entry.RepoTags = []string{image.Familiar(norm)}
			d.Annotations = map[string]string{nameKey: norm, "org.opencontainers.image.ref.name": tag}
		}
		index.Manifests = append(index.Manifests, d)
		contents = append(contents, entry)
		e.emit("image", ref, "save", "the image "+ref+" was saved to an archive", map[string]string{"id": i.ID, "name": image.Familiar(norm)})
	}
	if a.files["index.json"], err = json.Marshal(index); err != nil {
		return 0, err
	}
	if a.files["manifest.json"], err = json.Marshal(contents); err != nil {
		return 0, err
	}
	return a.bulk, a.write(w, e.Machine.Site.Clock.Start())
}

// add puts an image's blobs into the archive.
func (a *archive) add(i *image.Image) (entry dockerManifest, size int64, err error) {
	m := ociManifest{SchemaVersion: 2, MediaType: i.ManifestMediaType(), Layers: []ociDescriptor{}}
	for _, l := range i.Layers {
		var data bytes.Buffer
		if err := l.Files.WriteTar(&data); err != nil {
			return entry, 0, err
		}
		if a.files[blobName(l.Blob)] == nil {
			a.bulk += max(l.Compressed-int64(data.Len()), 0)
		}
		name := a.blob(l.Blob, data.Bytes())
		entry.Layers = append(entry.Layers, name)
		m.Layers = append(m.Layers, ociDescriptor{layerType, l.Blob, l.Compressed, map[string]string{sizeKey: jsonNumber(l.Size)}})
	}
	config, err := json.Marshal(configBlob(i))
	if err != nil {
		return entry, 0, err
	}
	entry.Config = a.blob(i.ConfigDigest, config)
	m.Config = ociDescriptor{MediaType: configType, Digest: i.ConfigDigest, Size: int64(len(config))}
	manifest, err := json.Marshal(m)
	if err != nil {
		return entry, 0, err
	}
	a.blob(i.ManifestDigest, manifest)
	if i.ID != i.ManifestDigest {
		index, err := json.Marshal(ociIndex{2, image.IndexType, []ociDescriptor{{MediaType: image.ManifestType, Digest: i.ManifestDigest, Size: int64(len(manifest))}}})
		if err != nil {
			return entry, 0, err
		}
		a.blob(i.ID, index)
		return entry, int64(len(index)), nil
	}
	return entry, int64(len(manifest)), nil
}

func jsonNumber(n int64) string { text, _ := json.Marshal(n); return string(text) }

func (a *archive) blob(digest string, data []byte) string {
	a.files[blobName(digest)] = data
	return blobName(digest)
}

func blobName(digest string) string { return blobs + strings.TrimPrefix(digest, "sha256:") }

func configBlob(i *image.Image) ociConfig {
	c := ociConfig{
		Architecture: i.Architecture, Author: i.Author, Config: imageConfig(i.Config), Created: i.Created, OS: "linux",
		RootFS: ociRootFS{"layers", []string{}}, Platforms: i.Platforms, Parent: i.Parent, Vulnerabilities: i.Vulnerabilities,
	}
	for _, h := range i.History {
		c.History = append(c.History, ociHistory(h))
	}
	for _, l := range i.Layers {
		c.RootFS.DiffIDs = append(c.RootFS.DiffIDs, l.Digest)
	}
	return c
}

// write writes the collected files in the order of their names.
func (a *archive) write(w io.Writer, when time.Time) error {
	out := tar.NewWriter(w)
	for _, dir := range []string{"blobs", "blobs/sha256"} {
		if err := out.WriteHeader(vfs.TarHeader(dir, &vfs.Node{Mode: vfs.Dir(0o755).Mode, ModTime: when})); err != nil {
			return err
		}
	}
	for _, name := range slices.Sorted(maps.Keys(a.files)) {
		n := vfs.File(string(a.files[name]), 0o644)
		n.ModTime = when
		if err := out.WriteHeader(vfs.TarHeader(name, n)); err != nil {
			return err
		}
		if _, err := out.Write(n.Data); err != nil {
			return err
		}
	}
	return out.Close()
}
