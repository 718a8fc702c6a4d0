package cli

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"drydock/sim/docker"
	"drydock/sim/image"
)

// imageShortcuts are the image commands right under docker.
func imageShortcuts() []Command {
	return []Command{
		{Name: "history", Short: "Show the history of an image", New: newHistory},
		{Name: "images", Short: "List images", New: newImages},
		{Name: "import", Short: "Import the contents from a tarball to create a filesystem image", New: newImport},
		{Name: "load", Short: "Load an image from a tar archive or STDIN", New: newLoad},
		{Name: "pull", Short: "Download an image from a registry", New: newPull},
		{Name: "push", Short: "Upload an image to a registry", New: newPush},
		{Name: "rmi", Short: "Remove one or more images", New: newRmi},
		{Name: "save", Short: "Save one or more images to a tar archive (streamed to STDOUT by default)", New: newSave},
		{Name: "tag", Short: "Create a tag TARGET_IMAGE that refers to SOURCE_IMAGE", New: newTag},
	}
}

// imageCommands are those of `docker image`.
func imageCommands() []Command {
	return []Command{
		buildAlias(),
		{Name: "history", Short: "Show the history of an image", New: newHistory},
		{Name: "import", Short: "Import the contents from a tarball to create a filesystem image", New: newImport},
		{Name: "inspect", Short: "Display detailed information on one or more images", New: newImageInspect},
		{Name: "load", Short: "Load an image from a tar archive or STDIN", New: newLoad},
		{Name: "ls", Aliases: []string{"list"}, Short: "List images", New: newImages},
		{Name: "prune", Short: "Remove unused images", New: newImagePrune},
		{Name: "pull", Short: "Download an image from a registry", New: newPull},
		{Name: "push", Short: "Upload an image to a registry", New: newPush},
		{Name: "rm", Aliases: []string{"remove"}, Short: "Remove one or more images", New: newRmi},
		{Name: "save", Short: "Save one or more images to a tar archive (streamed to STDOUT by default)", New: newSave},
		{Name: "tag", Short: "Create a tag TARGET_IMAGE that refers to SOURCE_IMAGE", New: newTag},
	}
}

// stream words an error of a transfer: one that came after progress was shown is
// printed as it is.
func (c *Client) stream(err error) error {
	var late docker.StreamError
	if errors.As(err, &late) {
		return late
	}
	return c.daemon(err)
}

func newPull(c *Client) *cobra.Command {
	var all, quiet bool
	var platform string
	cmd := &cobra.Command{
		Use: "pull [OPTIONS] NAME[:TAG|@DIGEST]", Short: "Download an image from a registry", Args: exactArgs(1),
		Annotations: map[string]string{"aliases": "docker image pull, docker pull"},
		RunE: func(_ *cobra.Command, args []string) error {
			if _, err := image.Normalise(args[0]); err != nil {
				return err
			}
			if !image.HasTag(args[0]) && !quiet {
				c.Printf("Using default tag: latest\n")
			}
			got, err := c.Engine.PullPlatform(c.Process, args[0], platform, c.Stdout, quiet)
			if err != nil {
				return c.stream(err)
			}
			c.Printf("%s\n", got.Ref)
			return nil
		},
	}
	f := cmd.Flags()
	f.BoolVarP(&all, "all-tags", "a", false, "Download all tagged images in the repository")
	f.StringVar(&platform, "platform", c.Env.Get("DOCKER_DEFAULT_PLATFORM"), "Set platform if server is multi-platform capable")
	f.Lookup("platform").DefValue = ""
	f.BoolVarP(&quiet, "quiet", "q", false, "Suppress verbose output")
	absent(f, "all-tags")
	return cmd
}

func newPush(c *Client) *cobra.Command {
	var all, quiet bool
	var platform string
	cmd := &cobra.Command{
		Use: "push [OPTIONS] NAME[:TAG]", Short: "Upload an image to a registry", Args: exactArgs(1),
		Annotations: map[string]string{"aliases": "docker image push, docker push"},
	}
	f := cmd.Flags()
	f.BoolVarP(&all, "all-tags", "a", false, "Push all tags of an image to the repository")
	f.StringVar(&platform, "platform", "", `Push a platform-specific manifest as a single-platform image to the registry.
Image index won't be pushed, meaning that other manifests, including attestations won't be preserved.
'os[/arch[/variant]]': Explicit platform (eg. linux/amd64)`)
	f.BoolVarP(&quiet, "quiet", "q", false, "Suppress verbose output")
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		norm, err := image.Normalise(args[0])
		if err != nil {
			return err
		}
		refs := []string{norm}
		switch {
		case all && image.HasTag(args[0]):
			return errors.New("tag can't be used with --all-tags/-a")
		case all:
			if refs = c.tagsOf(norm); len(refs) == 0 {
				return errors.New("An image does not exist locally with the tag: " + image.FamiliarName(norm))
			}
		case !image.HasTag(args[0]) && !quiet:
			c.Printf("Using default tag: latest\n")
		}
		for _, ref := range refs {
			if err := c.Engine.Push(c.Process, ref, c.Stdout, quiet); err != nil {
				return c.stream(err)
			}
			if quiet {
				c.Printf("%s\n", ref)
			}
		}
		return nil
	}
	return cmd
}

// tagsOf lists all names with a tag that images here have in one repository.
func (c *Client) tagsOf(norm string) []string {
	var refs []string
	for _, ref := range c.Engine.Images.Refs("") {
		if p := image.Split(ref); p.Name() == image.Split(norm).Name() && p.Tag != "" {
			refs = append(refs, ref)
		}
	}
	return refs
}

func newTag(c *Client) *cobra.Command {
	return &cobra.Command{
		Use: "tag SOURCE_IMAGE[:TAG] TARGET_IMAGE[:TAG]", Short: "Create a tag TARGET_IMAGE that refers to SOURCE_IMAGE", Args: exactArgs(2),
		Annotations: map[string]string{"aliases": "docker image tag, docker tag"},
		RunE: func(_ *cobra.Command, args []string) error {
			if _, err := image.Normalise(args[1]); err != nil {
				return fmt.Errorf("%q is not a valid repository/tag: %w", args[1], err)
			}
			return c.daemon(c.Engine.Tag(args[0], args[1]))
		},
	}
}

func newRmi(c *Client) *cobra.Command {
	var force, noPrune bool
	var platform string
	cmd := &cobra.Command{
		Use: "rmi [OPTIONS] IMAGE [IMAGE...]", Short: "Remove one or more images", Args: requiresMinArgs(1),
		Annotations: map[string]string{"aliases": "docker image rm, docker image remove, docker rmi"},
	}
	f := cmd.Flags()
	f.BoolVarP(&force, "force", "f", false, "Force removal of the image")
	f.BoolVar(&noPrune, "no-prune", false, "Do not delete untagged parents")
	f.StringVar(&platform, "platform", "", "Remove only the given platform variant. Formatted as \"os[/arch[/variant]]\" (e.g., \"linux/amd64\")")
	absent(f, "platform")
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		var errs []error
		fatal := false
		for _, ref := range args {
			gone, err := c.Engine.RemoveImage(ref, force)
			if err != nil {
				var missing docker.NotFound
				fatal = fatal || !errors.As(err, &missing)
				errs = append(errs, c.daemon(err))
				continue
			}
			for _, d := range gone {
				c.printDeletion(d)
			}
		}
		if err := errors.Join(errs...); err != nil {
			if !force || fatal {
				return err
			}
			c.Errorf("%s\n", err)
		}
		return nil
	}
	return cmd
}

func (c *Client) printDeletion(d docker.Deletion) {
	if d.Deleted != "" {
		c.Printf("Deleted: %s\n", d.Deleted)
		return
	}
	c.Printf("Untagged: %s\n", d.Untagged)
}

func newImageInspect(c *Client) *cobra.Command {
	var format, platform string
	cmd := &cobra.Command{
		Use: "inspect [OPTIONS] IMAGE [IMAGE...]", Short: "Display detailed information on one or more images", Args: requiresMinArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			return c.inspect(format, args, func(ref string) (any, error) {
				i, err := c.Engine.InspectImage(ref)
				return i, c.daemon(err)
			})
		},
	}
	f := cmd.Flags()
	f.StringVarP(&format, "format", "f", "", inspectFormatHelp)
	f.StringVar(&platform, "platform", "", "Inspect a specific platform of the multi-platform image.\nIf the image or the server is not multi-platform capable, the command will error out if the platform does not match.\n'os[/arch[/variant]]': Explicit platform (eg. linux/amd64)")
	absent(f, "platform")
	return cmd
}
