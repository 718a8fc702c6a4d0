package podman

import (
	"cmp"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"drydock/sim/docker"
	"drydock/sim/image"
)

// step is an image that a build kept of one instruction: Podman's build cache.
type step struct {
	image  *image.Image
	parent string // ConfigDigest of the image that it was built on
	key    string
}

// buildOptions are the flags of podman build and buildah build.
type buildOptions struct {
	transferOptions
	tags, args, labels []string
	file               string
	target             string
	format             string
	pull               string
	noCache            bool
	layers             bool
	remove             bool
}

func newBuild(c *client) *cobra.Command {
	o := &buildOptions{}
	cmd := &cobra.Command{Use: "build [options] [CONTEXT]", Args: cobra.MaximumNArgs(1)}
	f := cmd.Flags()
	o.declare(f)
	f.StringArrayVarP(&o.tags, "tag", "t", nil, "tagged `name` to apply to the built image")
	f.StringVarP(&o.file, "file", "f", "", "`pathname or URL` of a Dockerfile")
	f.StringArrayVar(&o.args, "build-arg", nil, "`argument=value` to supply to the builder")
	f.StringArrayVar(&o.labels, "label", nil, "set metadata for an image (default [])")
	f.StringVar(&o.target, "target", "", "set the target build stage to build")
	f.StringVar(&o.format, "format", "oci", "`format` of the built image's manifest and metadata.")
	f.StringVar(&o.pull, "pull", "missing", `Pull image policy ("always"|"missing"|"never"|"newer")`)
	f.Lookup("pull").NoOptDefVal = "always"
	f.BoolVar(&o.noCache, "no-cache", false, "do not use existing cached images for the container build. Build from the start with a new set of cached layers.")
	f.BoolVar(&o.layers, "layers", c.tool == "podman", "use intermediate layers during build.")
	f.BoolVarP(&o.quiet, "quiet", "q", false, "refrain from announcing build instructions and image read/write progress")
	f.BoolVar(&o.remove, "rm", true, "remove intermediate containers after a successful build")
	f.Bool("force-rm", true, "always remove intermediate containers after a build, even if the build is unsuccessful.")
	lackingFlags(f, "secret", "ssh", "platform", "arch", "os", "squash", "squash-all", "manifest", "jobs", "iidfile", "build-context", "isolation", "network", "volume", "output", "cache-from", "cache-to", "add-host")
	cmd.RunE = func(_ *cobra.Command, args []string) error { return c.build(o, args) }
	return cmd
}

// build carries out a Containerfile, one instruction after the other.
func (c *client) build(o *buildOptions, args []string) error {
	dir, data, err := c.buildSources(o, args)
	if err != nil {
		return err
	}
	tags := make([]string, 0, len(o.tags))
	for _, t := range o.tags {
		ref, err := local(t)
		if err != nil {
			return fmt.Errorf("tag %s: invalid reference format", t)
		}
		tags = append(tags, ref)
	}
	b, err := c.newBuilder(o, dir, data)
	if err != nil {
		return err
	}
	record := &docker.Build{Tag: b.object(tags), Failed: true}
	c.store.Engine.NoteBuild(record)
	defer func() { record.Done = true }()
	b.record = record
	img, err := b.run(tags)
	if err != nil {
		c.emit("image", record.Tag, "build", "the build stopped: "+err.Error())
		return err
	}
	record.Failed = false
	c.emit("image", record.Tag, "build", "built "+record.Tag)
	if o.quiet || len(b.stages) > 0 {
		c.Printf("%s\n", id(img))
	}
	return nil
}

// buildSources finds the context and the Containerfile.
func (c *client) buildSources(o *buildOptions, args []string) (dir string, data []byte, err error) {
	dir = c.Dir
	if len(args) == 1 {
		dir = c.Abs(args[0])
	}
	if len(args) == 1 && (strings.Contains(args[0], "://") || args[0] == "-") {
		return "", nil, c.lacks(c.tool + " build " + args[0])
	}
	if n, err := c.FS.Stat(dir); err != nil || !n.IsDir() {
		if err == nil {
			return "", nil, fmt.Errorf("context must be a directory: %q", dir)
		}
		return "", nil, fmt.Errorf("context must be a directory: %q", dir)
	}
	if o.file != "" {
		for _, name := range []string{c.Abs(o.file), path.Join(dir, o.file)} {
			if data, err := c.FS.ReadFile(name); err == nil {
				return dir, data, nil
			}
		}
		return "", nil, fmt.Errorf("the specified Containerfile or Dockerfile does not exist, %s: no such file or directory", o.file)
	}
	for _, name := range []string{"Containerfile", "Dockerfile"} {
		if data, err := c.FS.ReadFile(path.Join(dir, name)); err == nil {
			return dir, data, nil
		}
	}
	return "", nil, fmt.Errorf("no Containerfile or Dockerfile specified or found in context directory, %s: no such file or directory", dir)
}

// run builds the stages that the target needs and names the result.
func (b *builder) run(tags []string) (*image.Image, error) {
	var last *image.Image
	for n, s := range b.stages {
		if !s.needed {
			continue
		}
		final := n == b.target
		img, err := b.stage(n, s, final, tags)
		if err != nil {
			return nil, err
		}
		last = img
		if final {
			break
		}
	}
	if last == nil {
		return nil, errors.New("no FROM statement found")
	}
	return last, b.commit(last, tags)
}

// commit ends a build: the image gets its names.
func (b *builder) commit(img *image.Image, tags []string) error {
	name := ""
	if len(b.o.tags) > 0 {
		name = " " + b.o.tags[0]
	}
	prefix := b.prefix(b.target)
	b.say("%sCOMMIT%s\n", prefix, name)
	if !b.o.layers {
		b.c.copyLines(&b.o.transferOptions, img)
	}
	b.say("--> %s\n", short(id(img)))
	if b.c.store.Engine.Images.ByID(img.ID) == nil {
		if err := b.c.store.Engine.AddImage(img, ""); err != nil {
			return errors.New("committing the finished image: copying layers and metadata: no space left on device")
		}
	}
	b.c.hub.Remember(img)
	for _, ref := range tags {
		b.c.store.Engine.Name(ref, img, true)
	}
	if len(tags) == 0 {
		return nil
	}
	others := slices.DeleteFunc(b.c.store.Engine.Images.Refs(img.ID), func(r string) bool { return slices.Contains(tags, r) })
	for _, ref := range append(slices.Clone(tags), others...) {
		b.say("Successfully tagged %s\n", ref)
	}
	return nil
}

// copyLines are what committing or sending an image prints.
func (c *client) copyLines(o *transferOptions, img *image.Image) {
	c.note(o, "Getting image source signatures\n")
	for _, l := range img.Layers {
		c.copied(o, "blob", l.Digest)
	}
	c.copied(o, "config", img.ConfigDigest)
	c.note(o, "Writing manifest to image destination\n")
}

func (b *builder) say(format string, args ...any) {
	if !b.o.quiet {
		b.c.Printf(format, args...)
	}
}

// object names the image of a build in the log.
func (b *builder) object(tags []string) string {
	if len(tags) == 0 {
		return "an image without a name"
	}
	return image.Familiar(tags[0])
}

// prefix tells the stages of a build with several apart.
func (b *builder) prefix(stage int) string {
	if len(b.stages) < 2 {
		return ""
	}
	return fmt.Sprintf("[%d/%d] ", stage+1, len(b.stages))
}

// variables reads NAME=value; a name alone takes the tool's own variable.
func (c *client) variables(list []string) map[string]string {
	values := map[string]string{}
	for _, text := range list {
		name, value, given := strings.Cut(text, "=")
		if !given {
			value = cmp.Or(value, c.Env.Get(name))
		}
		values[name] = value
	}
	return values
}
