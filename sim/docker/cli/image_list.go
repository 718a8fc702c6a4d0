package cli

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/distribution/reference"
	"github.com/docker/go-units"
	"github.com/spf13/cobra"

	"drydock/sim/docker/formatter"
	"drydock/sim/image"
)

// listImages is what `docker images` was asked.
type listImages struct {
	all, digests, noTrunc, quiet, tree bool
	format, pattern                    string
	filter                             *filters
}

func newImages(c *Client) *cobra.Command {
	var o listImages
	cmd := &cobra.Command{
		Use: "images [OPTIONS] [REPOSITORY[:TAG]]", Short: "List images", Args: requiresMaxArgs(1),
		Annotations: map[string]string{"aliases": "docker image ls, docker image list, docker images"},
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) == 1 {
				o.pattern = args[0]
			}
			return c.listImages(&o)
		},
	}
	f := cmd.Flags()
	f.BoolVarP(&o.all, "all", "a", false, "Show all images (default hides intermediate and dangling images)")
	f.BoolVar(&o.digests, "digests", false, "Show digests")
	o.filter = filterFlag(f, "f", "Filter output based on conditions provided")
	f.StringVar(&o.format, "format", "", formatHelp)
	f.BoolVar(&o.noTrunc, "no-trunc", false, "Don't truncate output")
	f.BoolVarP(&o.quiet, "quiet", "q", false, "Only show image IDs")
	f.BoolVar(&o.tree, "tree", false, "List multi-platform images as a tree (EXPERIMENTAL)")
	absent(f, "tree")
	return cmd
}

func (c *Client) listImages(o *listImages) error {
	list, err := c.images(o)
	if err != nil {
		return c.daemon(err)
	}
	if o.format == "" && !o.digests && !o.noTrunc && !o.quiet {
		c.imageView(list)
		return nil
	}
	return c.imageTable(o, list)
}

// listed is one image that a list shows, with the names that fit.
type listed struct {
	*image.Image
	refs []string // normalised; none for a dangling image
	used bool
}

// images chooses the images of a list.
func (c *Client) images(o *listImages) ([]listed, error) {
	if err := o.filter.check("dangling", "label", "label!", "before", "since", "reference", "until"); err != nil {
		return nil, err
	}
	dangling, given, err := o.filter.yes("dangling")
	if err != nil {
		return nil, err
	}
	after, before, err := c.between(o.filter)
	if err != nil {
		return nil, err
	}
	patterns := o.filter.get("reference")
	if o.pattern != "" {
		patterns = append(patterns, o.pattern)
	}
	var list []listed
	for _, i := range c.Engine.Images.Images() {
		all := c.Engine.Images.Refs(i.ID)
		refs := slices.DeleteFunc(slices.Clone(all), func(ref string) bool { return !matchesAny(patterns, ref) })
		switch {
		case len(all) > 0 && len(refs) == 0, len(all) == 0 && len(patterns) > 0:
			continue
		case given && dangling != (len(all) == 0), !given && len(all) == 0 && !o.all:
			continue
		case !o.filter.labels(i.Config.Labels), !o.filter.before(i.Created, c.Now()):
			continue
		case after != nil && !i.Created.After(after.Created), before != nil && !i.Created.Before(before.Created):
			continue
		}
		list = append(list, listed{i, refs, len(c.Engine.ImageUsers(i.ID)) > 0})
	}
	return list, nil
}

// between are the images of the since and before filters.
func (c *Client) between(f *filters) (after, before *image.Image, err error) {
	for _, ref := range f.get("since") {
		if after, err = c.Engine.Image(ref); err != nil {
			return nil, nil, err
		}
	}
	for _, ref := range f.get("before") {
		if before, err = c.Engine.Image(ref); err != nil {
			return nil, nil, err
		}
	}
	return after, before, nil
}

// matchesAny applies reference patterns: a repository, a name with its tag, or
// either with wildcards.
func matchesAny(patterns []string, ref string) bool {
	if len(patterns) == 0 {
		return true
	}
	named, err := reference.ParseNormalizedNamed(ref)
	if err != nil {
		return false
	}
	return slices.ContainsFunc(patterns, func(pattern string) bool {
		if ok, err := reference.FamiliarMatch(pattern, named); err == nil && ok {
			return true
		}
		ok, err := path.Match(pattern, reference.FamiliarName(named))
		return err == nil && ok
	})
}

// The columns of the list that docker prints since 29, and the blanks between them.
const (
	gap          = "   "
	otherColumns = 51 // all but the first, with the blanks before them
	untagged     = "<untagged>"
	inUse        = "U"
	imageLegend  = "i Info →   U  In Use"
)

// imageView prints the list as docker does since 29 when nothing else is asked.
func (c *Client) imageView(list []listed) {
	type line struct {
		name string
		listed
	}
	var lines []line
	width := len("IMAGE")
	for _, i := range list {
		names := i.refs
		if len(names) == 0 {
			names = []string{""}
		}
		for _, ref := range names {
			name := untagged
			if ref != "" {
				name = image.Familiar(ref)
			}
			lines = append(lines, line{name, i})
			width = max(width, len(name))
		}
	}
	slices.SortStableFunc(lines, func(a, b line) int { return strings.Compare(a.name, b.name) })
	if t := c.Stdout.Terminal(); t != nil {
		c.Printf("%*s\n", max(t.Width, 20), imageLegend)
		width = min(width, max(t.Width-otherColumns, 12))
	}
	c.Printf("%-*s%s%-12s%s%10s%s%12s%sEXTRA\n", width, "IMAGE", gap, "ID", gap, "DISK USAGE", gap, "CONTENT SIZE", gap)
	for _, l := range lines {
		extra := ""
		if l.used {
			extra = inUse
		}
		c.Printf("%-*s%s%-12s%s%10s%s%12s%s%-5s\n", width, formatter.Ellipsis(l.name, width), gap, image.ShortID(l.ID), gap, shortSize(l.Size()+l.ContentSize()), gap,
			shortSize(l.ContentSize()), gap, extra)
	}
}

// shortSize is a number of bytes with three digits.
func shortSize(bytes int64) string { return units.HumanSizeWithPrecision(float64(bytes), 3) }

// imageRow is a line of the older table.
type imageRow struct {
	formatter.Row
	img     *image.Image
	c       *Client
	ref     string
	noTrunc bool
}

// ID is the image's id.
func (r imageRow) ID() string {
	if r.noTrunc {
		return r.img.ID
	}
	return image.ShortID(r.img.ID)
}

// Repository is the name without its tag.
func (r imageRow) Repository() string {
	if r.ref == "" {
		return "<none>"
	}
	return image.FamiliarName(r.ref)
}

// Tag is the tag, or <none>.
func (r imageRow) Tag() string {
	if tag := image.Split(r.ref).Tag; tag != "" {
		return tag
	}
	return "<none>"
}

// Digest is the digest of the manifest.
func (r imageRow) Digest() string { return r.img.ID }

// CreatedSince is the age in words.
func (r imageRow) CreatedSince() string {
	return units.HumanDuration(r.c.Now().Sub(r.img.Created)) + " ago"
}

// CreatedAt is when the image was made.
func (r imageRow) CreatedAt() string { return r.img.Created.Format(timeLayout) }

// Size is the disk that the image takes, layers of others included.
func (r imageRow) Size() string { return shortSize(r.img.Size() + r.img.ContentSize()) }

// SharedSize is only known to `docker system df`.
func (imageRow) SharedSize() string { return "N/A" }

// UniqueSize is only known to `docker system df`.
func (imageRow) UniqueSize() string { return "N/A" }

// Containers counts the containers made from the image.
func (r imageRow) Containers() string { return fmt.Sprint(len(r.c.Engine.ImageUsers(r.img.ID))) }

func imageHeader() formatter.Header {
	return formatter.Header{
		"ID": "IMAGE ID", "Repository": "REPOSITORY", "Tag": "TAG", "Digest": "DIGEST", "CreatedSince": "CREATED", "CreatedAt": "CREATED AT",
		"Size": "SIZE", "SharedSize": "SHARED SIZE", "UniqueSize": "UNIQUE SIZE", "Containers": "CONTAINERS",
	}
}

// imageTable prints the older table, newest image first.
func (c *Client) imageTable(o *listImages, list []listed) error {
	slices.SortStableFunc(list, func(a, b listed) int { return b.Created.Compare(a.Created) })
	var rows []any
	for _, i := range list {
		refs := i.refs
		if len(refs) == 0 {
			refs = []string{""}
		}
		for _, ref := range refs {
			rows = append(rows, imageRow{img: i.Image, c: c, ref: ref, noTrunc: o.noTrunc})
		}
	}
	table := "{{.Repository}}\t{{.Tag}}\t{{.ID}}\t{{.CreatedSince}}\t{{.Size}}"
	if o.digests {
		table = "{{.Repository}}\t{{.Tag}}\t{{.Digest}}\t{{.ID}}\t{{.CreatedSince}}\t{{.Size}}"
	}
	if o.quiet && o.format == "" {
		o.format = "{{.ID}}"
	}
	return formatter.New(o.format, table, imageHeader()).Write(c.Stdout, rows...)
}
