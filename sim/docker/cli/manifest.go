package cli

import (
	"bytes"
	"encoding/json"

	"github.com/spf13/cobra"

	"drydock/sim/clock"
	"drydock/sim/docker"
	"drydock/sim/image"
)

// manifestCommands are those of `docker manifest`.
func manifestCommands() []Command {
	return []Command{
		{Name: "annotate", Short: "Add additional information to a local image manifest"},
		{Name: "create", Short: "Create a local manifest list for annotating and pushing to a registry"},
		{Name: "inspect", Short: "Display an image manifest, or manifest list", New: newManifestInspect},
		{Name: "push", Short: "Push a manifest list to a repository"},
		{Name: "rm", Short: "Delete one or more manifest lists from local storage"},
	}
}

func newManifestInspect(c *Client) *cobra.Command {
	var insecure, verbose bool
	cmd := &cobra.Command{
		Use: "inspect [OPTIONS] [MANIFEST_LIST] MANIFEST", Short: "Display an image manifest, or manifest list", Args: requiresRangeArgs(1, 2),
		RunE: func(_ *cobra.Command, args []string) error {
			ref := args[len(args)-1]
			var data []byte
			err := c.Do(func(p *clock.Proc) (err error) {
				data, err = c.Engine.Manifest(p, ref, docker.LoadConfig(c.Process).Credentials(image.Split(ref).Host))
				return err
			})
			if err != nil {
				return err
			}
			var out bytes.Buffer
			if err := json.Indent(&out, data, "", "   "); err != nil {
				return err
			}
			c.Printf("%s\n", out.String())
			return nil
		},
	}
	cmd.Flags().BoolVar(&insecure, "insecure", false, "Allow communication with an insecure registry")
	cmd.Flags().BoolVarP(&verbose, "verbose", "v", false, "Output additional info including layers and platform")
	absent(cmd.Flags(), "insecure", "verbose")
	return cmd
}
