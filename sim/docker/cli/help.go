package cli

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// setUpHelp makes cobra print help and usage as docker does.
func setUpHelp(root *cobra.Command, c *Client) {
	root.SetHelpFunc(func(cmd *cobra.Command, _ []string) { c.writeHelp(c.Stdout, cmd) })
	root.SetUsageFunc(func(cmd *cobra.Command) error { c.writeHelp(c.Stderr, cmd); return nil })
	root.PersistentFlags().BoolP("help", "h", false, "Print usage")
	root.PersistentFlags().Lookup("help").Hidden = true
	_ = root.PersistentFlags().MarkShorthandDeprecated("help", "use --help")
	root.SetHelpCommand(&cobra.Command{
		Use: "help [command]", Short: "Help about the command", Hidden: true, Annotations: offline(),
		RunE: func(cmd *cobra.Command, args []string) error {
			found, rest, err := cmd.Root().Find(args)
			if err != nil || found == nil || len(rest) > 0 {
				return fmt.Errorf("unknown help topic: %s", strings.Join(args, " "))
			}
			c.writeHelp(c.Stdout, found)
			return nil
		},
	})
}

// showHelp is what a command without its sub-command prints: help, on standard error.
func (c *Client) showHelp(cmd *cobra.Command) error {
	c.writeHelp(c.Stderr, cmd)
	return nil
}

func (c *Client) writeHelp(out io.Writer, cmd *cobra.Command) {
	fmt.Fprintf(out, "Usage:  %s\n\n%s\n", useLine(cmd), cmd.Short)
	if cmd.HasAvailableSubCommands() {
		fmt.Fprint(out, "\nCommands:\n")
		for _, sub := range cmd.Commands() {
			if sub.IsAvailableCommand() {
				fmt.Fprintf(out, "  %-11s %s\n", sub.Name(), sub.Short)
			}
		}
	}
	flags := pflag.NewFlagSet("", pflag.ContinueOnError)
	flags.AddFlagSet(cmd.LocalNonPersistentFlags())
	if flags.HasAvailableFlags() {
		fmt.Fprintf(out, "\nOptions:\n%s\n", strings.TrimRight(flags.FlagUsagesWrapped(79), " \n"))
	}
	if cmd.HasAvailableSubCommands() {
		fmt.Fprintf(out, "\nRun '%s COMMAND --help' for more information on a command.\n", cmd.CommandPath())
	}
}

func useLine(cmd *cobra.Command) string {
	if cmd.HasAvailableSubCommands() {
		return cmd.CommandPath() + " COMMAND"
	}
	return cmd.UseLine()
}
