package podman

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"drydock/sim/image"
)

func newRmi(c *client) *cobra.Command {
	var all, force, prune, ignore bool
	cmd := &cobra.Command{Use: "rmi [options] IMAGE [IMAGE...]"}
	f := cmd.Flags()
	f.BoolVarP(&all, "all", "a", false, "Remove all images")
	f.BoolVarP(&force, "force", "f", false, "Force Removal of the image")
	f.BoolVarP(&ignore, "ignore", "i", false, "Ignore errors if a specified image does not exist")
	if c.tool == "buildah" {
		f.BoolVarP(&prune, "prune", "p", false, "prune dangling images")
	}
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		if !all && !prune && len(args) == 0 {
			return errors.New("image name or ID must be specified")
		}
		if prune {
			return c.pruneImages(false)
		}
		if all {
			return c.removeAllImages(force)
		}
		return c.each(args, func(name string) error {
			img, ref := c.store.find(name)
			if img == nil && ignore {
				return nil
			}
			if img == nil {
				return c.unknownImage(name)
			}
			return c.removeImage(img, ref, force)
		})
	}
	return cmd
}

func (c *client) unknownImage(name string) error {
	if c.tool == "buildah" {
		return fmt.Errorf("1 error occurred:\n\t* %s: image not known\n\n", name)
	}
	return fail(1, "%s: image not known", name)
}

// words for removed names and images differ between the two tools.
func (c *client) untagged(ref string) {
	if c.tool == "buildah" {
		c.Printf("untagged: %s\n", ref)
		return
	}
	c.Printf("Untagged: %s\n", ref)
}

func (c *client) deleted(id string) {
	if c.tool == "buildah" {
		c.Printf("%s\n", id)
		return
	}
	c.Printf("Deleted: %s\n", id)
}

// removeAllImages takes all names away first, then the images.
func (c *client) removeAllImages(force bool) error {
	images := c.store.Engine.Images.Images()
	slices.SortStableFunc(images, func(a, b *image.Image) int { return b.Created.Compare(a.Created) })
	for _, i := range images {
		if users := c.users(i); len(users) > 0 && !force {
			return fail(2, "image used by %s: image is in use by a container: consider listing external containers and force-removing image", users[0])
		}
	}
	for _, i := range images {
		for _, ref := range c.store.Engine.Images.Refs(i.ID) {
			c.store.Engine.Images.Untag(ref)
			c.untagged(ref)
		}
	}
	for _, i := range images {
		if err := c.drop(i, force); err != nil {
			return err
		}
		c.deleted(id(i))
	}
	c.store.steps = nil
	return nil
}

// removeImage takes one name of an image away, and the image with its last one.
func (c *client) removeImage(i *image.Image, ref string, force bool) error {
	refs := c.store.Engine.Images.Refs(i.ID)
	if ref == "" && len(refs) > 1 && !force {
		return fail(2, "unable to delete image %q by ID with more than one tag (%s): please force removal", id(i), strings.Join(refs, " "))
	}
	if ref != "" && len(refs) > 1 {
		c.store.Engine.Images.Untag(ref)
		c.untagged(ref)
		return nil
	}
	if users := c.users(i); len(users) > 0 && !force {
		return fail(2, "image used by %s: image is in use by a container: consider listing external containers and force-removing image", users[0])
	}
	for _, r := range refs {
		c.store.Engine.Images.Untag(r)
		c.untagged(r)
	}
	if c.store.isParent(i) {
		return nil // the layers stay, other images stand on them
	}
	if err := c.drop(i, force); err != nil {
		return err
	}
	c.deleted(id(i))
	c.dropParents(i)
	return nil
}

// users are the IDs of containers made from an image, working ones included.
func (c *client) users(i *image.Image) []string {
	var ids []string
	for _, ct := range c.store.Engine.ImageUsers(i.ID) {
		ids = append(ids, ct.ID)
	}
	for _, w := range c.store.working {
		if w.base == i && c.tool == "podman" {
			ids = append(ids, w.id)
		}
	}
	return ids
}

// drop forgets an image that has no name, with force also its containers.
func (c *client) drop(i *image.Image, force bool) error {
	for _, ct := range c.store.Engine.ImageUsers(i.ID) {
		if !force {
			return fail(2, "image used by %s: image is in use by a container: consider listing external containers and force-removing image", ct.ID)
		}
		if err := c.store.Engine.Remove(c.Proc, ct, true, true); err != nil {
			return err
		}
	}
	if c.store.Engine.Images.ByID(i.ID) != nil {
		_, err := c.store.Engine.RemoveImage(i.ID, true)
		return err
	}
	return nil
}

// isParent reports that a kept step or another image was built on the image.
func (s *Store) isParent(i *image.Image) bool {
	if slices.ContainsFunc(s.steps, func(st *step) bool { return st.parent == i.ConfigDigest }) {
		return true
	}
	return slices.ContainsFunc(s.Engine.Images.Images(), func(o *image.Image) bool { return standsOn(o, i) })
}

// standsOn reports that an image begins with all layers of another.
func standsOn(i, base *image.Image) bool {
	if len(base.Layers) == 0 || len(i.Layers) <= len(base.Layers) {
		return false
	}
	return i.Layers[len(base.Layers)-1].Digest == base.Layers[len(base.Layers)-1].Digest
}

// dropParents removes the steps that only led to an image that is gone.
func (c *client) dropParents(i *image.Image) {
	for i != nil {
		n := slices.IndexFunc(c.store.steps, func(st *step) bool { return st.image.ConfigDigest == i.ConfigDigest })
		if n < 0 {
			return
		}
		parent := c.store.steps[n].parent
		c.store.steps = slices.Delete(c.store.steps, n, n+1)
		up := slices.IndexFunc(c.store.steps, func(st *step) bool { return st.image.ConfigDigest == parent })
		if up < 0 {
			return
		}
		i = c.store.steps[up].image
		if c.store.isParent(i) || len(c.store.Engine.Images.Refs(i.ID)) > 0 {
			return
		}
		if c.drop(i, false) == nil {
			c.deleted(id(i))
		}
	}
}

// pruneImages removes images without a name, with all set every unused one.
func (c *client) pruneImages(all bool) error {
	for _, i := range c.store.all() {
		refs := c.store.Engine.Images.Refs(i.ID)
		if len(c.users(i)) > 0 || c.store.isParent(i) || !all && len(refs) > 0 {
			continue
		}
		for _, ref := range refs {
			c.store.Engine.Images.Untag(ref)
		}
		if err := c.drop(i, false); err != nil {
			return err
		}
		c.store.steps = slices.DeleteFunc(c.store.steps, func(st *step) bool { return st.image == i })
		c.Printf("%s\n", id(i))
	}
	return nil
}

func newImagePrune(c *client) *cobra.Command {
	var all, force bool
	cmd := &cobra.Command{Use: "prune [options]", Args: cobra.NoArgs, RunE: func(*cobra.Command, []string) error { return c.pruneImages(all) }}
	cmd.Flags().BoolVarP(&all, "all", "a", false, "Remove all images not in use by containers, not just dangling ones")
	cmd.Flags().BoolVarP(&force, "force", "f", false, "Do not prompt for confirmation")
	return cmd
}
