package podman

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// command is a command of podman or buildah, made only when it is called for.
type command struct {
	name    string
	aliases []string
	short   string
	make    func(c *client) *cobra.Command // nil for what is not simulated
}

// failure is an error with an exit status of its own; an empty text prints
// nothing.
type failure struct {
	text   string
	status int
}

func (f failure) Error() string { return f.text }

// fail is an error with an exit status other than 125.
func fail(status int, format string, args ...any) error {
	return failure{fmt.Sprintf(format, args...), status}
}

// exitStatus ends the tool with a program's status and no words of its own.
func exitStatus(status int) error {
	if status == 0 {
		return nil
	}
	return failure{status: status}
}

// execute runs the command line.
func (c *client) execute(commands []command) int {
	root := c.root(commands)
	root.SetArgs(append([]string{}, c.Args[1:]...))
	err := root.Execute()
	if err == nil {
		return 0
	}
	f := failure{err.Error(), 125}
	if !errors.As(err, &f) {
		f = failure{err.Error(), 125}
	}
	if f.text != "" {
		c.Errorf("%s\n", c.errorText(f.text))
	}
	return f.status
}

// errorText is an error as the tool prints it; what the simulator says about
// itself stands as it is.
func (c *client) errorText(text string) string {
	if strings.HasPrefix(text, c.tool+": '") {
		return text
	}
	return "Error: " + text
}

func (c *client) root(commands []command) *cobra.Command {
	root := &cobra.Command{
		Use: c.tool, SilenceUsage: true, SilenceErrors: true, TraverseChildren: true, Args: cobra.ArbitraryArgs,
		CompletionOptions: cobra.CompletionOptions{DisableDefaultCmd: true},
		RunE:              func(cmd *cobra.Command, args []string) error { return c.noCommand(cmd, commands, args) },
		PersistentPreRunE: func(cmd *cobra.Command, _ []string) error { return c.ready(cmd) },
	}
	root.SetOut(c.Stdout)
	root.SetErr(c.Stderr)
	root.SetHelpCommand(&cobra.Command{Use: "help", Hidden: true, RunE: func(*cobra.Command, []string) error { return c.help(commands) }})
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return fmt.Errorf("%w\nSee '%s --help'", err, cmd.CommandPath())
	})
	root.SetHelpFunc(func(cmd *cobra.Command, _ []string) { c.showHelp(cmd, commands) })
	f := root.Flags()
	f.SetInterspersed(false)
	f.BoolP("version", "v", false, "version for "+c.tool)
	f.Bool("help", false, "Help for "+c.tool)
	f.String("log-level", "warn", "Log messages above specified level")
	f.String("root", "", "Path to the graph root directory")
	f.BoolP("remote", "r", false, "Access remote Podman service")
	lacking(f, "root")
	c.add(root, commands, c.Args)
	return root
}

// add gives a command its sub-commands, in full only those that the words name.
func (c *client) add(parent *cobra.Command, commands []command, words []string) {
	for _, known := range commands {
		known := known
		named := slices.Contains(words, known.name) || slices.ContainsFunc(known.aliases, func(a string) bool { return slices.Contains(words, a) })
		cmd := &cobra.Command{Use: known.name, Short: known.short, Run: func(*cobra.Command, []string) {}}
		switch {
		case known.make == nil:
			cmd.DisableFlagParsing = true
			cmd.Run, cmd.RunE = nil, func(cmd *cobra.Command, _ []string) error { return c.lacks(cmd.CommandPath()) }
		case named:
			cmd = known.make(c)
			_, rest, _ := strings.Cut(cmd.Use, " ")
			cmd.Use, cmd.Short = strings.TrimSpace(known.name+" "+rest), known.short
			cmd.Flags().Bool("help", false, "help for "+known.name)
		}
		cmd.Aliases = known.aliases
		parent.AddCommand(cmd)
	}
}

// group is a command that holds others: podman network, podman image.
func group(name, short string, aliases []string, commands func() []command) command {
	return command{name, aliases, short, func(c *client) *cobra.Command {
		cmd := &cobra.Command{Use: name, Args: cobra.ArbitraryArgs, RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				return fmt.Errorf("unrecognized command `%s %s`\nTry '%s --help' for more information", cmd.CommandPath(), args[0], cmd.CommandPath())
			}
			return fmt.Errorf("missing command '%s COMMAND'", cmd.CommandPath())
		}}
		c.add(cmd, commands(), c.Args)
		return cmd
	}}
}

// noCommand is what the tool says when it is called without one that it knows.
func (c *client) noCommand(cmd *cobra.Command, commands []command, args []string) error {
	if version, _ := cmd.Flags().GetBool("version"); version {
		c.printVersion()
		return nil
	}
	if len(args) == 0 {
		if err := c.help(commands); err != nil || c.tool == "buildah" {
			return err
		}
		return errors.New("missing command 'podman COMMAND'")
	}
	cmd.SuggestionsMinimumDistance = 2
	like := cmd.SuggestionsFor(args[0])
	hint := ""
	if len(like) > 0 {
		hint = "\n\nDid you mean this?\n\t" + strings.Join(like, "\n\t") + "\n"
	}
	if c.tool == "buildah" {
		return fmt.Errorf("unknown command %q for %q%s", args[0], "buildah", hint)
	}
	return fmt.Errorf("unrecognized command `podman %s`%s\nTry 'podman --help' for more information", args[0], hint)
}

// help lists the commands.
func (c *client) help(commands []command) error {
	what := "Manage pods, containers and images"
	if c.tool == "buildah" {
		what = "A tool that facilitates building OCI images"
	}
	c.Printf("%s\n\nUsage:\n  %s [options] [command]\n\nAvailable Commands:\n", what, c.tool)
	sorted := append(slices.Clone(commands), command{name: "help", short: "Help about any command"})
	slices.SortFunc(sorted, func(a, b command) int { return strings.Compare(a.name, b.name) })
	for _, known := range sorted {
		if known.short != "" {
			c.Printf("  %-11s %s\n", known.name, known.short)
		}
	}
	return nil
}

// showHelp is --help of one command.
func (c *client) showHelp(cmd *cobra.Command, commands []command) {
	if !cmd.HasParent() {
		_ = c.help(commands)
		return
	}
	c.Printf("%s\n\nUsage:\n  %s\n", cmd.Short, strings.Replace(cmd.UseLine(), "[flags]", "[options]", 1))
	if cmd.HasAvailableLocalFlags() {
		c.Printf("\nOptions:\n%s", cmd.LocalFlags().FlagUsages())
	}
}

// lackingKey marks flags that are real but not simulated.
const lackingKey = "lacking"

func lacking(f *pflag.FlagSet, names ...string) {
	for _, name := range names {
		if flag := f.Lookup(name); flag != nil {
			flag.Annotations = map[string][]string{lackingKey: {"yes"}}
		}
	}
}

// lackingFlags declares flags that the real tool has and the simulator has not.
func lackingFlags(f *pflag.FlagSet, names ...string) {
	for _, name := range names {
		f.String(name, "", "")
		f.Lookup(name).NoOptDefVal = " "
	}
	lacking(f, names...)
}

// ignoredFlags declares flags that change nothing here.
func ignoredFlags(f *pflag.FlagSet, names ...string) {
	for _, name := range names {
		f.String(name, "", "")
	}
}

// ready refuses what the simulator does not have.
func (c *client) ready(cmd *cobra.Command) error {
	var missing error
	cmd.Flags().Visit(func(f *pflag.Flag) {
		if f.Annotations[lackingKey] != nil && missing == nil {
			missing = c.lacks(cmd.CommandPath() + " --" + f.Name)
		}
	})
	return missing
}

// lacks is what the simulator says about a real part of the tool.
func (c *client) lacks(what string) error {
	return fail(1, "%s: '%s' is part of %s, but this simulator does not have it", c.tool, what, c.tool)
}

// atLeast wants operands, in Podman's words.
func atLeast(n int) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		if len(args) < n {
			return fmt.Errorf("requires at least %d arg(s), only received %d", n, len(args))
		}
		return nil
	}
}

// exactly wants so many operands.
func exactly(n int) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		if len(args) != n {
			return fmt.Errorf("accepts %d arg(s), received %d", n, len(args))
		}
		return nil
	}
}

// each does something to every operand and goes on after a failure. The last
// error decides the exit status; the others are printed at once.
func (c *client) each(names []string, do func(name string) error) error {
	var last error
	for _, name := range names {
		if err := do(name); err != nil {
			if last != nil {
				c.Errorf("%s\n", c.errorText(last.Error()))
			}
			last = err
		}
	}
	return last
}
