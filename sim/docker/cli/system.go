package cli

import "github.com/spf13/cobra"

// systemShortcuts are the commands about the system right under docker.
func systemShortcuts() []Command {
	return []Command{
		{Name: "events", Short: "Get real time events from the server", New: newEvents},
		{Name: "info", Short: "Display system-wide information", New: newInfo},
		{Name: "inspect", Short: "Return low-level information on Docker objects", New: newInspect},
		{Name: "login", Short: "Authenticate to a registry", New: newLogin},
		{Name: "logout", Short: "Log out from a registry", New: newLogout},
		{Name: "search", Short: "Search Docker Hub for images", New: newSearch},
		{Name: "version", Short: "Show the Docker version information", New: newVersion},
	}
}

// systemCommands are those of `docker system`.
func systemCommands() []Command {
	return []Command{
		{Name: "df", Short: "Show docker disk usage", New: newSystemDf},
		{Name: "dial-stdio", Short: "Proxy the stdio stream to the daemon connection. Should not be invoked manually.", Hidden: true},
		{Name: "events", Short: "Get real time events from the server", New: newEvents},
		{Name: "info", Short: "Display system-wide information", New: newInfo},
		{Name: "prune", Short: "Remove unused data", New: newSystemPrune},
	}
}

// newInspect is `docker inspect`, which finds objects of any kind: containers
// first, then images, networks and volumes.
func newInspect(c *Client) *cobra.Command {
	var format, kind string
	var size bool
	cmd := &cobra.Command{
		Use: "inspect [OPTIONS] NAME|ID [NAME|ID...]", Short: "Return low-level information on Docker objects", Args: requiresMinArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			get, err := c.inspectors(kind, size)
			if err != nil {
				return err
			}
			return c.inspect(format, args, get)
		},
	}
	f := cmd.Flags()
	f.StringVarP(&format, "format", "f", "", inspectFormatHelp)
	f.BoolVarP(&size, "size", "s", false, "Display total file sizes if the type is container")
	f.StringVar(&kind, "type", "", "Only inspect objects of the given type")
	return cmd
}
