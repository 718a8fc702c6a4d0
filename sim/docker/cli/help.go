package cli

import (
	"fmt"
	"io"
	"slices"
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
		Use: "help [command]", Short: "Help about the command", Hidden: true, Annotations: offline(), DisableFlagParsing: true,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 1 && args[0] == "simulator" {
				c.helpSimulator(cmd.Root())
				return nil
			}
			found, rest, err := cmd.Root().Find(args)
			if err != nil || found == nil || len(rest) > 0 {
				return fmt.Errorf("unknown help topic: %s", strings.Join(args, " "))
			}
			if found.DisableFlagParsing && found.RunE != nil {
				return found.RunE(found, []string{"--help"})
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

// writeHelp prints the help of a command in the order of docker's own template
// (docker/cli 29.7.2, package cli).
func (c *Client) writeHelp(out io.Writer, cmd *cobra.Command) {
	about := cmd.Short
	if cmd.Long != "" {
		about = cmd.Long
	}
	fmt.Fprintf(out, "Usage:  %s\n\n%s\n", useLine(cmd), about)
	if names := cmd.Annotations["aliases"]; names != "" {
		fmt.Fprintf(out, "\nAliases:\n  %s\n", names)
	}
	if cmd.HasExample() {
		fmt.Fprintf(out, "\nExamples:\n%s\n", cmd.Example)
	}
	if cmd.HasParent() {
		c.writeFlags(out, "Options", cmd.LocalNonPersistentFlags())
	}
	for _, group := range c.commandGroups(cmd) {
		writeCommands(out, group)
	}
	if !cmd.HasParent() {
		c.writeFlags(out, "Global Options", cmd.LocalNonPersistentFlags())
	}
	if cmd.HasAvailableSubCommands() {
		fmt.Fprintf(out, "\nRun '%s COMMAND --help' for more information on a command.\n", cmd.CommandPath())
	}
	if !cmd.HasParent() {
		fmt.Fprintf(out, "\nFor more help on how to use Docker, head to https://docs.docker.com/go/guides/\n")
	}
}

func (c *Client) writeFlags(out io.Writer, title string, flags *pflag.FlagSet) {
	if !flags.HasAvailableFlags() {
		return
	}
	width := 80
	if t := c.Stdout.Terminal(); t != nil {
		width = t.Width
	}
	fmt.Fprintf(out, "\n%s:\n%s\n", title, strings.TrimRight(flags.FlagUsagesWrapped(width-1), " \n"))
}

// commandGroup is a list of commands under one title.
type commandGroup struct {
	title string
	lines [][2]string // name, description
}

func writeCommands(out io.Writer, g commandGroup) {
	if len(g.lines) == 0 {
		return
	}
	width := 11
	for _, l := range g.lines {
		width = max(width, len(l[0]))
	}
	fmt.Fprintf(out, "\n%s:\n", g.title)
	for _, l := range g.lines {
		fmt.Fprintf(out, "  %-*s %s\n", width, l[0], l[1])
	}
}

// commandGroups sorts the commands below one as docker's help does: the root's
// in four groups, those of others in one.
func (c *Client) commandGroups(cmd *cobra.Command) []commandGroup {
	if cmd.HasParent() {
		g := commandGroup{title: "Commands"}
		for _, sub := range sortedCommands(cmd) {
			g.lines = append(g.lines, [2]string{sub.Name(), sub.Short})
		}
		return []commandGroup{g}
	}
	groups := []commandGroup{{title: "Common Commands"}, {title: "Management Commands"}, {title: "Swarm Commands"}, {title: "Commands"}}
	common := commonCommands()
	for _, name := range common {
		if sub := child(cmd, name); sub != nil {
			groups[0].lines = append(groups[0].lines, [2]string{name, sub.Short})
		}
	}
	for _, sub := range sortedCommands(cmd) {
		name := sub.Name()
		line := [2]string{name, sub.Short}
		switch {
		case slices.Contains(common, name):
		case name == "buildx" || name == "compose":
			groups[1].lines = append(groups[1].lines, [2]string{name + "*", sub.Short})
		case slices.Contains(managementCommands(), name):
			groups[1].lines = append(groups[1].lines, line)
		case slices.Contains(swarmCommands(), name):
			if name == "swarm" || c.inSwarm() {
				groups[2].lines = append(groups[2].lines, line)
			}
		default:
			groups[3].lines = append(groups[3].lines, line)
		}
	}
	return groups
}

func sortedCommands(cmd *cobra.Command) []*cobra.Command {
	subs := slices.DeleteFunc(slices.Clone(cmd.Commands()), func(sub *cobra.Command) bool { return !sub.IsAvailableCommand() })
	slices.SortFunc(subs, func(a, b *cobra.Command) int { return strings.Compare(a.Name(), b.Name()) })
	return subs
}

func child(cmd *cobra.Command, name string) *cobra.Command {
	for _, sub := range cmd.Commands() {
		if sub.Name() == name {
			return sub
		}
	}
	return nil
}

// inSwarm reports that the engine is part of a swarm, so that help lists more.
func (c *Client) inSwarm() bool {
	return c.Engine != nil && c.Engine.Up && c.Engine.SwarmInfo().LocalNodeState == "active"
}

// commonCommands come first in the root's help, in this order.
func commonCommands() []string {
	return []string{"run", "exec", "ps", "build", "bake", "pull", "push", "images", "login", "logout", "search", "version", "info"}
}

// managementCommands are those that hold others.
func managementCommands() []string {
	return []string{"builder", "buildx", "compose", "container", "context", "image", "manifest", "network", "plugin", "scout", "system", "volume"}
}

// swarmCommands are shown together; all but swarm itself only in a swarm.
func swarmCommands() []string {
	return []string{"config", "node", "secret", "service", "stack", "swarm"}
}

func useLine(cmd *cobra.Command) string {
	switch {
	case !cmd.HasParent():
		return "docker [OPTIONS] COMMAND"
	case cmd.HasAvailableSubCommands():
		return cmd.CommandPath() + " COMMAND"
	}
	return cmd.UseLine()
}
