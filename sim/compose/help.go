package compose

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// setUpHelp makes cobra print help as docker's plugins do.
func setUpHelp(root *cobra.Command, b *backend) {
	root.SetHelpFunc(func(cmd *cobra.Command, _ []string) { b.writeHelp(b.Stdout, cmd) })
	root.SetUsageFunc(func(cmd *cobra.Command) error { b.writeHelp(b.Stderr, cmd); return nil })
	root.PersistentFlags().BoolP("help", "h", false, "Print usage")
	root.PersistentFlags().Lookup("help").Hidden = true
	_ = root.PersistentFlags().MarkShorthandDeprecated("help", "use --help")
	root.SetHelpCommand(&cobra.Command{Use: "no-help", Hidden: true})
}

// writeHelp prints the help of a command in the order of docker's own template.
func (b *backend) writeHelp(out io.Writer, cmd *cobra.Command) {
	about := cmd.Short
	if cmd.Long != "" {
		about = cmd.Long
	}
	fmt.Fprintf(out, "Usage:  %s\n\n%s\n", useLine(cmd), about)
	if len(cmd.Aliases) > 0 {
		fmt.Fprintf(out, "\nAliases:\n  %s\n", strings.Join(append([]string{cmd.CommandPath()}, cmd.Aliases...), ", "))
	}
	b.writeFlags(out, cmd)
	writeCommands(out, "Management Commands", cmd, func(name string) bool { return name == "bridge" })
	writeCommands(out, "Commands", cmd, func(name string) bool { return name != "bridge" })
	if cmd.HasAvailableSubCommands() {
		fmt.Fprintf(out, "\nRun '%s COMMAND --help' for more information on a command.\n", cmd.CommandPath())
	}
}

func (b *backend) writeFlags(out io.Writer, cmd *cobra.Command) {
	all := pflag.NewFlagSet("", pflag.ContinueOnError)
	for _, set := range []*pflag.FlagSet{cmd.Flags(), cmd.InheritedFlags()} {
		set.VisitAll(func(f *pflag.Flag) {
			if all.Lookup(f.Name) == nil {
				all.AddFlag(f)
			}
		})
	}
	if !all.HasAvailableFlags() {
		return
	}
	width := 80
	if t := b.Stdout.Terminal(); t != nil {
		width = t.Width
	}
	fmt.Fprintf(out, "\nOptions:\n%s\n", strings.TrimRight(all.FlagUsagesWrapped(width-1), " \n"))
}

func writeCommands(out io.Writer, title string, cmd *cobra.Command, keep func(name string) bool) {
	subs := slices.DeleteFunc(slices.Clone(cmd.Commands()), func(s *cobra.Command) bool { return !s.IsAvailableCommand() || s.Hidden })
	width := 11
	for _, s := range subs {
		width = max(width, len(s.Name()))
	}
	if cmd.Name() == "compose" {
		width = 23
	}
	subs = slices.DeleteFunc(subs, func(s *cobra.Command) bool { return !keep(s.Name()) })
	if len(subs) == 0 {
		return
	}
	fmt.Fprintf(out, "\n%s:\n", title)
	slices.SortFunc(subs, func(a, b *cobra.Command) int { return strings.Compare(a.Name(), b.Name()) })
	for _, s := range subs {
		fmt.Fprintf(out, "  %-*s %s\n", width, s.Name(), s.Short)
	}
}

func useLine(cmd *cobra.Command) string {
	if cmd.HasAvailableSubCommands() {
		return cmd.CommandPath() + " [OPTIONS] COMMAND"
	}
	return cmd.UseLine()
}

const absentKey = "absent" // annotation of flags that are not simulated

// absent declares flags as real but not simulated.
func absent(f *pflag.FlagSet, names ...string) {
	for _, name := range names {
		if flag := f.Lookup(name); flag != nil {
			flag.Annotations = map[string][]string{absentKey: {"yes"}}
		}
	}
}

// refuseAbsent finds flags that are Compose's but not the simulator's.
func refuseAbsent(cmd *cobra.Command) error {
	var missing error
	cmd.Flags().Visit(func(f *pflag.Flag) {
		if f.Annotations[absentKey] != nil && missing == nil {
			missing = notSimulated(cmd.CommandPath() + " --" + f.Name)
		}
	})
	return missing
}

// hide keeps flags out of help.
func hide(f *pflag.FlagSet, names ...string) {
	for _, name := range names {
		_ = f.MarkHidden(name)
	}
}
