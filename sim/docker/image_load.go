package docker

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"

	"drydock/sim/image"
	"drydock/sim/vfs"
)

// Loaded is an image that came out of an archive.
type Loaded struct {
	Ref string // normalised, or "" for an image without a name
	ID  string
}

// errFormat is what a file that is no saved image gives.
func errFormat() error { return errors.New("unrecognized image format") }

// Load reads an archive of `docker save` and puts its images into the store.
func (e *Engine) Load(r io.Reader) ([]Loaded, error) {
	in := bufio.NewReader(r)
	r = in
	if head, _ := in.Peek(2); len(head) == 2 && head[0] == 0x1f && head[1] == 0x8b {
		z, err := gzip.NewReader(in)
		if err != nil {
			return nil, err
		}
		r = z
	}
	layer, err := vfs.ReadTar(r)
	if err != nil {
		return nil, err
	}
	a := unpacked{layer}
	var index ociIndex
	if err := a.json("index.json", &index); err != nil || len(index.Manifests) == 0 {
		return nil, errFormat()
	}
	var loaded []Loaded
	for _, d := range index.Manifests {
		i, err := a.image(d)
		if err != nil {
			return loaded, err
		}
		i.Local = i.Local || d.MediaType == image.IndexType && len(i.Platforms) == 1
		if old := e.Images.ByID(i.ID); old != nil {
			i = old
		}
		if err := e.AddImage(i, ""); err != nil {
			return loaded, errors.New("write /var/lib/docker/containerd/daemon/io.containerd.content.v1.content: no space left on device")
		}
		e.Hub.Remember(i)
		l := Loaded{ID: i.ID}
		if ref, err := image.Normalise(d.Annotations[nameKey]); err == nil {
			l.Ref = ref
			e.Name(ref, i, true)
		}
		e.emit("image", image.ShortID(i.ID), "load", "the image "+image.ShortID(i.ID)+" was loaded from an archive", map[string]string{"id": i.ID, "name": i.ID})
		loaded = append(loaded, l)
	}
	return loaded, nil
}

// unpacked is an archive that was read.
type unpacked struct{ files *vfs.Layer }

func (a unpacked) json(name string, v any) error {
	n := a.files.Get("/" + name)
	if n == nil || n.IsDir() {
		return errFormat()
	}
	return json.Unmarshal(n.Data, v)
}

func (a unpacked) blob(digest string, v any) error {
	return a.json(blobName(digest), v)
}

// image puts an image together from its blobs. Its digests follow from what is
// in it, so an archive that was changed by hand gives another image.
func (a unpacked) image(d ociDescriptor) (*image.Image, error) {
	digest := d.Digest
	if d.MediaType == image.IndexType {
		var index ociIndex
		if err := a.blob(digest, &index); err != nil || len(index.Manifests) == 0 {
			return nil, errFormat()
		}
		digest = index.Manifests[0].Digest
	}
	var m ociManifest
	var c ociConfig
	if a.blob(digest, &m) != nil || a.blob(m.Config.Digest, &c) != nil || len(c.RootFS.DiffIDs) != len(m.Layers) {
		return nil, errFormat()
	}
	i := &image.Image{
		Config: engineConfig(c.Config), Created: c.Created, Author: c.Author, Architecture: c.Architecture, Platforms: c.Platforms,
		Parent: c.Parent, Vulnerabilities: c.Vulnerabilities, Schema2: m.MediaType == image.Schema2Type,
	}
	for _, h := range c.History {
		i.History = append(i.History, image.History(h))
	}
	for n, d := range m.Layers {
		l, err := a.layer(d, c.RootFS.DiffIDs[n])
		if err != nil {
			return nil, err
		}
		i.Layers = append(i.Layers, l)
	}
	return i.Seal(), nil
}

func (a unpacked) layer(d ociDescriptor, diffID string) (*image.Layer, error) {
	n := a.files.Get("/" + blobName(d.Digest))
	if n == nil {
		return nil, fmt.Errorf("content digest %s: not found", d.Digest)
	}
	files, err := vfs.ReadTar(bytes.NewReader(n.Data))
	if err != nil {
		return nil, errFormat()
	}
	l := image.NewLayer(files)
	l.Digest, l.Blob, l.Compressed = diffID, d.Digest, max(d.Size, 0)
	if size, err := strconv.ParseInt(d.Annotations[sizeKey], 10, 64); err == nil && size >= 0 {
		l.Size = size
	}
	return l, nil
}

// engineConfig is a configuration blob as the engine keeps it.
func engineConfig(c ImageConfig) image.Config {
	v := image.Config{
		User: c.User, ExposedPorts: sortedKeys(c.ExposedPorts), Env: c.Env, Entrypoint: c.Entrypoint, Cmd: c.Cmd,
		Volumes: sortedKeys(c.Volumes), WorkingDir: c.WorkingDir, Labels: c.Labels, StopSignal: c.StopSignal, Shell: c.Shell,
		OnBuild: c.OnBuild, ArgsEscaped: c.ArgsEscaped,
	}
	if h := c.Healthcheck; h != nil {
		v.Healthcheck = &image.Healthcheck{
			Test: h.Test, Interval: h.Interval, Timeout: h.Timeout, StartPeriod: h.StartPeriod, StartInterval: h.StartInterval, Retries: h.Retries,
		}
	}
	return v
}

func sortedKeys(m map[string]struct{}) []string {
	if len(m) == 0 {
		return nil
	}
	return slices.Sorted(maps.Keys(m))
}

// Import makes an image of one layer out of a plain archive of files, with
// changes to its configuration already applied in c.
func (e *Engine) Import(r io.Reader, ref, message string, c image.Config) (*image.Image, error) {
	files, err := vfs.ReadTar(r)
	if err != nil {
		return nil, err
	}
	if message == "" {
		message = "Imported from -"
	}
	i := &image.Image{
		Config: c, Layers: []*image.Layer{image.NewLayer(files)}, Created: e.now(), Local: true,
		History: []image.History{{Created: e.now(), Comment: message}},
	}
	i.Seal()
	if err := e.AddImage(i, ""); err != nil {
		return nil, err
	}
	e.Hub.Remember(i)
	if ref != "" {
		e.Name(ref, i, true)
	}
	e.emit("image", image.ShortID(i.ID), "import", "the image "+image.ShortID(i.ID)+" was made from an archive", map[string]string{"id": i.ID, "name": i.ID})
	return i, nil
}
