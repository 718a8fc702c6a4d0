package image

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"drydock/sim/vfs"
)

// Digest is the content address of a text: "sha256:" and 64 hex digits.
func Digest(content string) string {
	sum := sha256.Sum256([]byte(content))
	return "sha256:" + hex.EncodeToString(sum[:])
}

// block is what a file system gives a file at least, in bytes. The SIZE column
// of `docker history` counts whole blocks, directories and the layer's root
// included (Docker 29 with the overlayfs snapshotter).
const block = 4096

// NewLayer makes a layer of changed files, with digests that depend on nothing
// but its content: paths, modes, owners and data, not times.
func NewLayer(files *vfs.Layer) *Layer {
	var text strings.Builder
	size, compressed := int64(block), int64(32)
	for _, name := range files.Paths() {
		n := files.Get(name)
		if name != "/" {
			size += usage(n)
		}
		compressed += 60 + n.Size()*2/5
		fmt.Fprintf(&text, "%s %o %d:%d %d %q %q %x\n", name, uint32(n.Mode), n.UID, n.GID, n.Bulk, n.Program, n.Target, n.Data)
	}
	for _, name := range files.Removed() {
		fmt.Fprintf(&text, "-%s\n", name)
	}
	return &Layer{
		Digest: Digest(text.String()), Blob: Digest("gzip " + text.String()),
		Files: files, Size: size, Compressed: compressed,
	}
}

func usage(n *vfs.Node) int64 {
	switch {
	case n.IsDir():
		return block
	case n.IsLink():
		return 0
	}
	return (n.Size() + block - 1) / block * block
}

// Seal gives an image the digests of its content and returns it. Call it last:
// an image is not changed afterwards.
func (i *Image) Seal() *Image {
	if i.Architecture == "" {
		i.Architecture = "amd64"
	}
	if len(i.Platforms) == 0 {
		i.Platforms = []string{"linux/" + i.Architecture}
	}
	i.ConfigDigest = Digest(i.configText())
	i.ManifestDigest = Digest(i.Manifest())
	i.ID = i.ManifestDigest
	if !i.Schema2 {
		i.ID = Digest("index " + i.ManifestDigest + " " + strings.Join(i.Platforms, " "))
	}
	return i
}

func (i *Image) configText() string {
	layers := make([]string, len(i.Layers))
	for n, l := range i.Layers {
		layers[n] = l.Digest
	}
	text, _ := json.Marshal(map[string]any{
		"architecture": i.Architecture, "os": "linux", "created": i.Created.Format(time.RFC3339Nano), "author": i.Author,
		"config": i.Config, "history": i.History, "rootfs": layers,
	})
	return string(text)
}

// Media types of the manifests that registries and inspect name.
const (
	ManifestType = "application/vnd.oci.image.manifest.v1+json"
	IndexType    = "application/vnd.oci.image.index.v1+json"
	Schema2Type  = "application/vnd.docker.distribution.manifest.v2+json"
)

// ManifestMediaType is the media type of Manifest.
func (i *Image) ManifestMediaType() string {
	if i.Schema2 {
		return Schema2Type
	}
	return ManifestType
}

// MediaType is the media type of what ID is the digest of.
func (i *Image) MediaType() string {
	if i.Schema2 {
		return Schema2Type
	}
	return IndexType
}

// Manifest is the image's manifest as a registry holds it.
func (i *Image) Manifest() string {
	type descriptor struct {
		MediaType string `json:"mediaType"`
		Size      int64  `json:"size"`
		Digest    string `json:"digest"`
	}
	config, layer, indent := "application/vnd.oci.image.config.v1+json", "application/vnd.oci.image.layer.v1.tar+gzip", "  "
	if i.Schema2 {
		config, layer, indent = "application/vnd.docker.container.image.v1+json", "application/vnd.docker.image.rootfs.diff.tar.gzip", "   "
	}
	layers := []descriptor{}
	for _, l := range i.Layers {
		layers = append(layers, descriptor{layer, l.Compressed, l.Blob})
	}
	text, _ := json.MarshalIndent(struct {
		SchemaVersion int          `json:"schemaVersion"`
		MediaType     string       `json:"mediaType"`
		Config        descriptor   `json:"config"`
		Layers        []descriptor `json:"layers"`
	}{2, i.ManifestMediaType(), descriptor{config, int64(len(i.configText())), i.ConfigDigest}, layers}, "", indent)
	return string(text)
}
