package cli

import (
	"maps"
	"slices"
	"strings"

	"github.com/docker/go-units"
	"github.com/spf13/cobra"

	"drydock/sim/clock"
	"drydock/sim/docker"
	"drydock/sim/image"
)

func newImagePrune(c *Client) *cobra.Command {
	var all, force bool
	cmd := &cobra.Command{Use: "prune [OPTIONS]", Short: "Remove unused images", Args: noArgs}
	f := cmd.Flags()
	f.BoolVarP(&all, "all", "a", false, "Remove all unused images, not just dangling ones")
	filter := filterFlag(f, "", `Provide filter values (e.g. "until=<timestamp>")`)
	f.BoolVarP(&force, "force", "f", false, "Do not prompt for confirmation")
	cmd.RunE = func(*cobra.Command, []string) error {
		what := "all dangling images."
		if all {
			what = "all images without at least one container associated to them."
		}
		if !force && !c.confirm("WARNING! This will remove "+what+"\nAre you sure you want to continue?") {
			return nil
		}
		if err := filter.check("dangling", "label", "label!", "until"); err != nil {
			return c.daemon(err)
		}
		gone, bytes := c.Engine.PruneImages(all, c.keepImage(filter))
		c.printDeleted("Images", deletionLines(gone))
		c.Printf("Total reclaimed space: %s\n", units.HumanSize(float64(bytes)))
		return nil
	}
	return cmd
}

func (c *Client) keepImage(f *filters) func(*image.Image) bool {
	return func(i *image.Image) bool { return !f.labels(i.Config.Labels) || !f.before(i.Created, c.Now()) }
}

func deletionLines(gone []docker.Deletion) []string {
	lines := make([]string, len(gone))
	for n, d := range gone {
		lines[n] = "deleted: " + d.Deleted
		if d.Deleted == "" {
			lines[n] = "untagged: " + d.Untagged
		}
	}
	return lines
}

// prune is what `docker system prune` was asked.
type prune struct {
	all, volumes, force bool
	filter              *filters
}

func newSystemPrune(c *Client) *cobra.Command {
	var o prune
	cmd := &cobra.Command{
		Use: "prune [OPTIONS]", Short: "Remove unused data", Args: noArgs,
		RunE: func(*cobra.Command, []string) error { return c.pruneSystem(&o) },
	}
	f := cmd.Flags()
	f.BoolVarP(&o.all, "all", "a", false, "Remove all unused images not just dangling ones")
	o.filter = filterFlag(f, "", `Provide filter values (e.g. "label=<key>=<value>")`)
	f.BoolVarP(&o.force, "force", "f", false, "Do not prompt for confirmation")
	f.BoolVar(&o.volumes, "volumes", false, "Prune anonymous volumes")
	return cmd
}

// warning is what the user is asked to confirm.
func (o *prune) warning() string {
	list := []string{"all stopped containers", "all networks not used by at least one container"}
	if o.volumes {
		list = append(list, "all anonymous volumes not used by at least one container")
	}
	if o.all {
		list = append(list, "all images without at least one container associated to them", "all build cache")
	} else {
		list = append(list, "all dangling images", "unused build cache")
	}
	text := "WARNING! This will remove:\n  - " + strings.Join(list, "\n  - ") + "\n"
	if len(o.filter.values) > 0 {
		text += "\n  Items to be pruned will be filtered with:\n"
		for _, name := range slices.Sorted(maps.Keys(o.filter.values)) {
			for _, value := range o.filter.get(name) {
				text += "  - " + name + "=" + value + "\n"
			}
		}
	}
	return text + "\nAre you sure you want to continue?"
}

func (c *Client) pruneSystem(o *prune) error {
	if !o.force && !c.confirm(o.warning()) {
		return nil
	}
	if err := o.filter.check("label", "label!", "until"); err != nil {
		return c.daemon(err)
	}
	var ids []string
	var total int64
	keep := func(ctr *docker.Container) bool {
		return !o.filter.labels(ctr.Config.Labels) || !o.filter.before(ctr.Created, c.Now())
	}
	err := c.Do(func(p *clock.Proc) error { ids, total = c.Engine.PruneContainers(p, keep); return nil })
	if err != nil {
		return err
	}
	c.printDeleted("Containers", ids)
	c.printDeleted("Networks", c.Engine.PruneNetworks(c.keepNetwork(o.filter)))
	if o.volumes {
		names, bytes := c.Engine.PruneVolumes(false, func(v *docker.Volume) bool { return !o.filter.labels(v.Labels) })
		c.printDeleted("Volumes", names)
		total += bytes
	}
	gone, bytes := c.Engine.PruneImages(o.all, c.keepImage(o.filter))
	c.printDeleted("Images", deletionLines(gone))
	total += bytes
	var records []string
	for _, r := range c.Engine.PruneCache(o.all, func(r docker.CacheRecord) bool { return !o.filter.before(r.Created, c.Now()) }) {
		records = append(records, r.ID)
		total += r.Size
	}
	c.printDeleted("build cache objects", records)
	c.Printf("Total reclaimed space: %s\n", units.HumanSize(float64(total)))
	return nil
}
