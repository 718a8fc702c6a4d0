package cli

import (
	"github.com/spf13/cobra"

	"drydock/sim/docker"
)

// contextInspect is what `docker context inspect` shows.
type contextInspect struct {
	Name        string
	Metadata    map[string]string
	Endpoints   map[string]contextEndpoint
	TLSMaterial map[string]string
	Storage     struct{ MetadataPath, TLSPath string }
}

func newContextInspect(c *Client) *cobra.Command {
	var format string
	cmd := &cobra.Command{
		Use: "inspect [OPTIONS] [CONTEXT] [CONTEXT...]", Short: "Display detailed information on one or more contexts",
		Args: cobra.ArbitraryArgs, Annotations: offline(),
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				args = []string{c.currentContext()}
			}
			all := c.contexts()
			return c.inspect(format, args, func(name string) (any, error) {
				m, ok := all[name]
				if !ok {
					return nil, errNoContext(name)
				}
				v := contextInspect{Name: name, Metadata: map[string]string{}, Endpoints: m.Endpoints, TLSMaterial: map[string]string{}}
				v.Storage.MetadataPath, v.Storage.TLSPath = "<IN MEMORY>", "<IN MEMORY>"
				if name != defaultContext {
					v.Metadata["Description"] = m.Metadata.Description
					v.Storage.MetadataPath = contextPath(docker.ConfigDir(c.Process), name)
				}
				return v, nil
			})
		},
	}
	cmd.Flags().StringVarP(&format, "format", "f", "", inspectFormatHelp)
	return cmd
}
