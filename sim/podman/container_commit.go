package podman

import (
	"github.com/spf13/cobra"

	"drydock/sim/docker"
)

func newContainerCommit(c *client) *cobra.Command {
	o := &transferOptions{}
	spec := docker.CommitSpec{}
	var format string
	cmd := &cobra.Command{Use: "commit [options] CONTAINER [IMAGE]", Args: cobra.RangeArgs(1, 2)}
	f := cmd.Flags()
	f.StringVarP(&spec.Author, "author", "a", "", "Set the author for the image committed")
	f.StringVarP(&spec.Message, "message", "m", "", "Set commit message for imported image")
	f.StringArrayVarP(&spec.Changes, "change", "c", nil, "Apply the following possible instructions to the created image")
	f.StringVarP(&format, "format", "f", "oci", "`Format` of the image manifest and metadata")
	f.BoolVarP(&spec.Pause, "pause", "p", false, "Pause container during commit")
	f.BoolVarP(&o.quiet, "quiet", "q", false, "Suppress output")
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		ct, err := c.store.container(args[0], 125)
		if err != nil {
			return err
		}
		if len(args) == 2 {
			if spec.Ref, err = local(args[1]); err != nil {
				return err
			}
		}
		img, err := c.store.Engine.Commit(ct, spec)
		if err != nil {
			return err
		}
		c.copyLines(o, img)
		c.Printf("%s\n", id(img))
		return nil
	}
	return cmd
}
