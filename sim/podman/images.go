package podman

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"drydock/sim/image"
)

type imagesOptions struct {
	all, quiet, noTrunc, digests, noHeading bool
	format                                  string
	filter                                  []string
}

func newImages(c *client) *cobra.Command {
	var o imagesOptions
	cmd := &cobra.Command{Use: "images [options] [IMAGE]", Args: cobra.MaximumNArgs(1)}
	f := cmd.Flags()
	f.BoolVarP(&o.all, "all", "a", false, "Show all images (default hides intermediate images)")
	f.BoolVarP(&o.quiet, "quiet", "q", false, "Display only image IDs")
	f.BoolVar(&o.noTrunc, "no-trunc", false, "Do not truncate output")
	f.BoolVar(&o.digests, "digests", false, "Show digests")
	f.BoolVarP(&o.noHeading, "noheading", "n", false, "Do not print column headings")
	f.StringVar(&o.format, "format", "", "Change the output format to JSON or a Go template")
	f.StringArrayVarP(&o.filter, "filter", "f", nil, "Filter output based on conditions provided")
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		rows, err := c.imageRows(o, args)
		if err != nil {
			return err
		}
		return c.printImages(o, rows)
	}
	return cmd
}

// imageRow is one name of an image, or an image without a name.
type imageRow struct {
	image *image.Image
	ref   string
}

func (c *client) imageRows(o imagesOptions, args []string) ([]imageRow, error) {
	var rows []imageRow
	for _, i := range c.store.all() {
		refs := c.store.Engine.Images.Refs(i.ID)
		if len(refs) == 0 && (o.all || !c.store.hidden(i)) {
			rows = append(rows, imageRow{i, ""})
		}
		slices.SortStableFunc(refs, func(a, b string) int { return c.store.Engine.TaggedAt(b).Compare(c.store.Engine.TaggedAt(a)) })
		for _, ref := range refs {
			rows = append(rows, imageRow{i, ref})
		}
	}
	for _, f := range o.filter {
		key, value, _ := strings.Cut(f, "=")
		switch key {
		case "dangling":
			rows = slices.DeleteFunc(rows, func(r imageRow) bool { return (r.ref == "") != (value == "true") })
		case "reference":
			rows = slices.DeleteFunc(rows, func(r imageRow) bool { return !strings.Contains(r.ref, strings.Trim(value, "*")) })
		case "label":
			rows = slices.DeleteFunc(rows, func(r imageRow) bool { return !hasLabel(r.image.Config.Labels, value) })
		default:
			return nil, c.lacks(c.tool + " images --filter " + key)
		}
	}
	if len(args) == 1 {
		rows = slices.DeleteFunc(rows, func(r imageRow) bool { return !refersTo(r.ref, args[0]) })
	}
	return rows, nil
}

func hasLabel(labels map[string]string, want string) bool {
	name, value, given := strings.Cut(want, "=")
	have, ok := labels[name]
	return ok && (!given || have == value)
}

// refersTo reports that a name in full is meant by what was typed.
func refersTo(ref, typed string) bool {
	name, tag := image.Split(ref).Name(), ":"+image.Split(ref).Tag
	return ref == typed || name == typed || strings.HasSuffix(name, "/"+typed) || strings.HasSuffix(name+tag, "/"+typed)
}

func (c *client) printImages(o imagesOptions, rows []imageRow) error {
	if o.quiet {
		seen := map[string]bool{}
		for _, r := range rows {
			if !seen[r.image.ConfigDigest] {
				c.Printf("%s\n", short(id(r.image)))
			}
			seen[r.image.ConfigDigest] = true
		}
		return nil
	}
	t := table{columns: []column{{"Repository", "REPOSITORY"}, {"Tag", "TAG"}, {"ID", "IMAGE ID"}, {"Created", "CREATED"}, {"Size", "SIZE"}}}
	if o.digests {
		t.columns = slices.Insert(t.columns, 2, column{"Digest", "DIGEST"})
	}
	for _, r := range rows {
		row := map[string]any{
			"Repository": "<none>", "Tag": "<none>", "ID": short(id(r.image)), "Created": c.ago(r.image.Created), "Size": size(r.image.Size()),
			"Digest": r.image.ManifestDigest, "CreatedSince": c.ago(r.image.Created), "CreatedAt": r.image.Created.String(), "Names": r.ref,
		}
		if o.noTrunc {
			row["ID"] = r.image.ConfigDigest
		}
		if p := image.Split(r.ref); r.ref != "" {
			row["Repository"], row["Tag"] = p.Name(), cmp.Or(p.Tag, "<none>")
		}
		t.rows = append(t.rows, row)
	}
	return c.write(t, o.format, o.noHeading)
}

func newPull(c *client) *cobra.Command {
	o := &transferOptions{}
	cmd := &cobra.Command{Use: "pull [options] IMAGE [IMAGE...]", Args: atLeast(1)}
	f := cmd.Flags()
	o.declare(f)
	f.BoolVarP(&o.quiet, "quiet", "q", false, "Suppress output information when pulling images")
	lackingFlags(f, "all-tags", "arch", "os", "variant", "platform", "decryption-key")
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		return c.each(args, func(name string) error {
			if transport(name) {
				img, err := c.pullFrom(parsePlace(name), o)
				if err == nil {
					c.Printf("%s\n", id(img))
				}
				return err
			}
			img, _, err := c.pull(strings.TrimPrefix(name, "docker://"), o)
			if err == nil {
				c.Printf("%s\n", id(img))
			}
			return err
		})
	}
	return cmd
}

// transport reports a name that means no registry: "dir:out", "oci-archive:x.tar".
func transport(name string) bool {
	kind, _, _ := strings.Cut(name, ":")
	return slices.Contains([]string{"dir", "oci", "oci-archive", "docker-archive", "docker-daemon", "containers-storage"}, kind) && kind != name
}

func newPush(c *client) *cobra.Command {
	o := &transferOptions{}
	cmd := &cobra.Command{Use: "push [options] IMAGE [DESTINATION]", Args: cobra.RangeArgs(1, 2)}
	f := cmd.Flags()
	o.declare(f)
	f.BoolVarP(&o.quiet, "quiet", "q", false, "Don't output progress information when pushing images")
	lackingFlags(f, "digestfile", "format", "sign-by", "compression-format")
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		img, ref := c.store.find(args[0])
		if img == nil {
			return fmt.Errorf("%s: image not known", args[0])
		}
		if len(args) == 1 && c.tool == "buildah" {
			args = append(args, args[0]) // Buildah sends it where the name says, as typed
		}
		if len(args) == 2 {
			if transport(args[1]) {
				return c.pushTo(img, parsePlace(args[1]), o)
			}
			var err error
			if ref, err = normalise(strings.TrimPrefix(args[1], "docker://")); err != nil {
				return err
			}
		}
		if err := c.push(img, ref, o); err != nil {
			if c.tool == "buildah" {
				return fmt.Errorf("pushing image %q to %q: %w", args[0], "docker://"+image.Familiar(ref), err)
			}
			return err
		}
		return nil
	}
	return cmd
}

func newTag(c *client) *cobra.Command {
	return &cobra.Command{Use: "tag IMAGE TARGET_NAME [TARGET_NAME...]", Args: atLeast(2), RunE: func(_ *cobra.Command, args []string) error {
		img, _ := c.store.find(args[0])
		if img == nil {
			return fmt.Errorf("%s: image not known", args[0])
		}
		for _, name := range args[1:] {
			ref, err := local(name)
			if err != nil {
				return err
			}
			c.store.keep(img)
			c.store.Engine.Name(ref, img, true)
			c.emit("image", image.Familiar(ref), "tag", args[0]+" is now also called "+image.Familiar(ref))
		}
		return nil
	}}
}

func newUntag(c *client) *cobra.Command {
	return &cobra.Command{Use: "untag IMAGE [IMAGE...]", Args: atLeast(1), RunE: func(_ *cobra.Command, args []string) error {
		img, ref := c.store.find(args[0])
		if img == nil {
			return fmt.Errorf("%s: image not known", args[0])
		}
		refs := c.store.Engine.Images.Refs(img.ID)
		if len(args) > 1 {
			refs = nil
			for _, name := range args[1:] {
				if i, r := c.store.find(name); i == img {
					refs = append(refs, r)
				}
			}
		} else if ref != "" {
			refs = []string{ref}
		}
		for _, r := range refs {
			c.store.Engine.Images.Untag(r)
		}
		return nil
	}}
}

// keep puts an image that only builds knew among those of the store.
func (s *Store) keep(i *image.Image) {
	if s.Engine.Images.ByID(i.ID) == nil {
		_ = s.Engine.AddImage(i, "")
	}
}

func newImageExists(c *client) *cobra.Command {
	return &cobra.Command{Use: "exists IMAGE", Args: exactly(1), RunE: func(_ *cobra.Command, args []string) error {
		if img, _ := c.store.find(args[0]); img == nil {
			return exitStatus(1)
		}
		return nil
	}}
}

func newHistory(c *client) *cobra.Command {
	var noTrunc, quiet bool
	var format string
	cmd := &cobra.Command{Use: "history [options] IMAGE", Args: exactly(1)}
	f := cmd.Flags()
	f.BoolVar(&noTrunc, "no-trunc", false, "Do not truncate the output")
	f.BoolVarP(&quiet, "quiet", "q", false, "Display the numeric IDs only")
	f.StringVar(&format, "format", "", "Change the output to JSON or a Go template")
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		img, _ := c.store.find(args[0])
		if img == nil {
			return fmt.Errorf("%s: image not known", args[0])
		}
		return c.history(img, noTrunc, format)
	}
	return cmd
}

func (c *client) history(img *image.Image, noTrunc bool, format string) error {
	t := table{columns: []column{{"ID", "ID"}, {"Created", "CREATED"}, {"CreatedBy", "CREATED BY"}, {"Size", "SIZE"}, {"Comment", "COMMENT"}}}
	layer := len(img.Layers)
	for n, h := range slices.Backward(img.History) {
		row := map[string]any{"ID": "<missing>", "Created": c.ago(h.Created), "CreatedBy": h.CreatedBy, "Size": "0B", "Comment": h.Comment}
		if !noTrunc {
			row["CreatedBy"] = cut(h.CreatedBy, 45)
		}
		if n == len(img.History)-1 {
			row["ID"] = short(id(img))
		}
		if !h.Empty && layer > 0 {
			layer--
			row["Size"] = wideSize(img.Layers[layer].Size)
		}
		t.rows = append(t.rows, row)
	}
	return c.write(t, format, false)
}
