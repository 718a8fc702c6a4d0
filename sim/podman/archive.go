package podman

import (
	"bytes"
	"errors"
	"fmt"
	"path"
	"strings"

	"github.com/spf13/cobra"

	"drydock/sim/image"
	"drydock/sim/vfs"
)

// place is where an image goes that is no registry: "dir:out",
// "docker-archive:x.tar:name:tag" (containers-transports(5)).
type place struct{ kind, file, ref string }

func parsePlace(text string) place {
	kind, rest, _ := strings.Cut(text, ":")
	file, ref, _ := strings.Cut(rest, ":")
	return place{kind, file, ref}
}

// archive reports a place that is one file.
func (p place) archive() bool { return p.kind == "docker-archive" || p.kind == "oci-archive" }

// pushTo writes an image to a place. The archive holds both tables of contents,
// so that Docker and Podman load it whatever it was called.
func (c *client) pushTo(img *image.Image, to place, o *transferOptions) error {
	switch {
	case to.kind == "dir":
		if err := c.pushDir(img, to.file); err != nil {
			return err
		}
	case to.archive():
		if err := c.writeArchive(img, to); err != nil {
			return err
		}
	default:
		return c.lacks(c.tool + " push " + to.kind + ":")
	}
	c.copyLines(o, img)
	return nil
}

// pushDir writes the blobs of an image as files of a directory.
func (c *client) pushDir(img *image.Image, dir string) error {
	full := c.Abs(dir)
	if err := c.FS.MkdirAll(full, 0o755, c.User.UID, c.User.GID); err != nil {
		return err
	}
	put := func(name, data string, bulk int64) error {
		n := vfs.File(data, 0o644)
		n.Bulk, n.UID, n.GID = bulk, c.User.UID, c.User.GID
		return c.FS.Put(path.Join(full, name), n)
	}
	for _, l := range img.Layers {
		if err := put(strings.TrimPrefix(l.Digest, "sha256:"), "", l.Size); err != nil {
			return err
		}
	}
	if err := put(id(img), "{}", 0); err != nil {
		return err
	}
	if err := put("manifest.json", img.Manifest(), 0); err != nil {
		return err
	}
	return put("version", "Directory Transport Version: 1.1\n", 0)
}

// writeArchive saves an image as one file, under the name that the place says.
func (c *client) writeArchive(img *image.Image, to place) error {
	full := c.Abs(to.file)
	if c.FS.Exists(full) && to.kind == "docker-archive" {
		return errors.New("docker-archive doesn't support modifying existing images")
	}
	e := c.store.Engine
	c.store.keep(img)
	ref := img.ID
	if to.ref != "" {
		norm, err := normalise(to.ref)
		if err != nil {
			return err
		}
		ref = norm
		if before := e.Images.ByRef(norm); before == nil {
			e.Images.Tag(norm, img.ID)
			defer e.Images.Untag(norm)
		}
	}
	var data bytes.Buffer
	bulk, err := e.Save([]string{ref}, &data)
	if err != nil {
		return err
	}
	n := vfs.File(data.String(), 0o644)
	n.Bulk, n.UID, n.GID = bulk, c.User.UID, c.User.GID
	if err := c.FS.Put(full, n); err != nil {
		return fmt.Errorf("writing to %s: %w", to.file, err)
	}
	return nil
}

// loadArchive reads the images of an archive into the store and returns them with
// their names.
func (c *client) loadArchive(file string) ([]imageRow, error) {
	data, err := c.FS.ReadFile(c.Abs(file))
	if err != nil {
		return nil, fmt.Errorf("faccessat %s: no such file or directory", file)
	}
	loaded, err := c.store.Engine.Load(bytes.NewReader(data))
	if err != nil || len(loaded) == 0 {
		return nil, fmt.Errorf("payload does not match any of the supported image formats:\n * oci: open %s/index.json: not a directory", c.Abs(file))
	}
	var rows []imageRow
	for _, l := range loaded {
		rows = append(rows, c.adopt(c.store.Engine.Images.ByID(l.ID), l.Ref))
	}
	return rows, nil
}

// adopt makes a loaded image the one of the same configuration that the store has
// already, if it has.
func (c *client) adopt(img *image.Image, ref string) imageRow {
	images := c.store.Engine.Images
	if ref != "" && image.Split(ref).Host == image.DockerHub && strings.Count(image.Familiar(ref), "/") == 0 {
		images.Untag(ref) // a name without a registry is a local one here
		ref = "localhost/" + image.Familiar(ref)
		images.Tag(ref, img.ID)
	}
	for _, other := range images.Images() {
		if other != img && other.ConfigDigest == img.ConfigDigest {
			images.Remove(img.ID)
			if ref != "" {
				images.Tag(ref, other.ID)
			}
			return imageRow{other, ref}
		}
	}
	return imageRow{img, ref}
}

func newSave(c *client) *cobra.Command {
	var output, format string
	o := &transferOptions{}
	cmd := &cobra.Command{Use: "save [options] IMAGE [IMAGE...]", Args: atLeast(1)}
	f := cmd.Flags()
	f.StringVarP(&output, "output", "o", "", "Write to a specified file (default: stdout, which must be redirected)")
	f.StringVar(&format, "format", "docker-archive", "Save image to oci-archive, oci-dir (directory with oci manifest type), docker-archive, docker-dir (directory with v2s2 manifest type)")
	f.BoolVarP(&o.quiet, "quiet", "q", false, "Suppress the output")
	lackingFlags(f, "compress", "multi-image-archive")
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		img, ref := c.store.find(args[0])
		if img == nil {
			return fmt.Errorf("%s: image not known", args[0])
		}
		if output == "" || len(args) > 1 || strings.HasSuffix(format, "-dir") {
			return c.lacks("podman save to standard output, of several images, or as a directory")
		}
		if err := c.writeArchive(img, place{format, output, ref}); err != nil {
			return err
		}
		for _, l := range img.Layers {
			c.copied(o, "blob", l.Digest)
		}
		c.copied(o, "config", img.ConfigDigest)
		c.note(o, "Writing manifest to image destination\n")
		return nil
	}
	return cmd
}

func newLoad(c *client) *cobra.Command {
	var input string
	o := &transferOptions{}
	cmd := &cobra.Command{Use: "load [options]", Args: cobra.NoArgs}
	cmd.Flags().StringVarP(&input, "input", "i", "", "Load images from specified file or stdin")
	cmd.Flags().BoolVarP(&o.quiet, "quiet", "q", false, "Suppress the output")
	cmd.RunE = func(*cobra.Command, []string) error {
		if input == "" {
			return c.lacks("podman load from standard input")
		}
		rows, err := c.loadArchive(input)
		if err != nil {
			return err
		}
		for _, r := range rows {
			c.copyLines(o, r.image)
			name := r.ref
			if name == "" {
				name = r.image.ConfigDigest
			}
			c.Printf("Loaded image: %s\n", name)
		}
		return nil
	}
	return cmd
}

// pullFrom reads the image of a place into the store.
func (c *client) pullFrom(from place, o *transferOptions) (*image.Image, error) {
	if !from.archive() {
		return nil, c.lacks(c.tool + " pull " + from.kind + ":")
	}
	rows, err := c.loadArchive(from.file)
	if err != nil {
		return nil, err
	}
	c.copyLines(o, rows[0].image)
	return rows[0].image, nil
}
