package kubectl

import (
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// help is kubectl help COMMAND.
func (f *factory) help(root *cobra.Command, args []string) error {
	cmd, _, err := root.Find(args)
	if err != nil {
		return err
	}
	f.dress(cmd)
	return cmd.Help()
}

// helpText is a command's help as the templates of kubectl v1.37 print it.
func helpText(cmd *cobra.Command) string {
	var b strings.Builder
	long := cmd.Long
	if long == "" {
		long = strings.TrimRight(cmd.Short, ".") + "."
	}
	b.WriteString(long + "\n\n")
	if len(cmd.Aliases) > 0 {
		b.WriteString("Aliases:\n" + strings.Join(append([]string{cmd.Name()}, cmd.Aliases...), ", ") + "\n\n")
	}
	if cmd.Example != "" {
		b.WriteString("Examples:\n" + cmd.Example + "\n\n")
	}
	if cmd.HasAvailableSubCommands() {
		b.WriteString("Available Commands:\n" + subCommandLines(cmd) + "\n")
	}
	if flags := flagTexts(cmd.LocalNonPersistentFlags()); flags != "" {
		b.WriteString("Options:\n" + flags)
	}
	b.WriteString("Usage:\n  " + usageLine(cmd) + "\n\n")
	if cmd.HasAvailableSubCommands() {
		b.WriteString("Use \"" + cmd.CommandPath() + " <command> --help\" for more information about a given command.\n")
	}
	b.WriteString("Use \"kubectl options\" for a list of global command-line options (applies to all commands).\n")
	return b.String()
}

func usageLine(cmd *cobra.Command) string {
	line := cmd.Use + " [options]"
	if cmd.HasParent() {
		line = cmd.Parent().CommandPath() + " " + line
	}
	return line
}

func subCommandLines(cmd *cobra.Command) string {
	width := 11 // cobra's smallest, as of v1.10
	for _, sub := range cmd.Commands() {
		width = max(width, len(sub.Name()))
	}
	var b strings.Builder
	for _, sub := range cmd.Commands() {
		if sub.IsAvailableCommand() {
			b.WriteString("  " + sub.Name() + strings.Repeat(" ", width-len(sub.Name())+3) + sub.Short + "\n")
		}
	}
	return b.String()
}

// flagTexts is one paragraph a flag.
func flagTexts(fs *pflag.FlagSet) string {
	var b strings.Builder
	fs.VisitAll(func(flag *pflag.Flag) {
		if flag.Hidden || flag.Name == "help" {
			return
		}
		b.WriteString("    ")
		if flag.Shorthand != "" {
			b.WriteString("-" + flag.Shorthand + ", ")
		}
		b.WriteString("--" + flag.Name + "=" + shownDefault(flag) + ":\n\t" + flag.Usage + "\n\n")
	})
	return b.String()
}

// shownDefault is a flag's default as help has it: strings in quotes.
func shownDefault(flag *pflag.Flag) string {
	if shown := flag.Annotations[shownKey]; len(shown) > 0 {
		return shown[0]
	}
	if flag.Value.Type() == "string" {
		return "'" + flag.DefValue + "'"
	}
	return flag.DefValue
}

// options is kubectl options: the flags of all commands.
func (f *factory) options() *cobra.Command {
	return &cobra.Command{Use: "options", Hidden: true, Run: func(cmd *cobra.Command, _ []string) {
		f.p.Printf("The following options can be passed to any command:\n\n%s", flagTexts(cmd.Root().PersistentFlags()))
	}}
}

// onlySubcommands makes a command without work of its own show its help, with exit
// status 1, or refuse a subcommand that is none (cmd/util's DefaultSubCommandRun).
func onlySubcommands(cmd *cobra.Command) {
	for _, sub := range cmd.Commands() {
		onlySubcommands(sub)
	}
	if cmd.Runnable() || !cmd.HasSubCommands() {
		return
	}
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if len(args) > 0 {
			return helpError(cmd.CommandPath(), "unknown command \""+strings.Join(args, " ")+"\"")
		}
		if err := cmd.Help(); err != nil {
			return err
		}
		return exitStatus(1)
	}
}
