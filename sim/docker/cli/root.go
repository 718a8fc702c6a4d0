package cli

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// rootCommands are the commands of docker itself, in any order; help sorts them.
func rootCommands() []Command {
	var management []Command
	for _, m := range managed() {
		management = append(management, Command{Name: m.name, Short: m.short, Hidden: m.name == "scout", New: newManagement(m.name, m.short, m.commands)})
	}
	return mergeCommands(absentCommands(), containerShortcuts(), imageShortcuts(), buildShortcuts(), systemShortcuts(), management)
}

// newRoot makes the tree for these words: only what they name is made in full.
func newRoot(c *Client, words []string) *cobra.Command {
	root := &cobra.Command{
		Use:              "docker [OPTIONS] COMMAND [ARG...]",
		Short:            "A self-sufficient runtime for containers",
		Args:             cobra.ArbitraryArgs,
		Annotations:      offline(),
		SilenceUsage:     true,
		SilenceErrors:    true,
		TraverseChildren: true,
		RunE: func(cmd *cobra.Command, args []string) error {
			if version, _ := cmd.Flags().GetBool("version"); version {
				c.Printf("Docker version %s, build %s\n", c.version(), buildOf(c.version()))
				return nil
			}
			if len(args) == 0 {
				return c.showHelp(cmd)
			}
			return fmt.Errorf("docker: unknown command: docker %s\n\nRun 'docker --help' for more information", args[0])
		},
		PersistentPreRunE: func(cmd *cobra.Command, _ []string) error { return c.ready(cmd) },
		CompletionOptions: cobra.CompletionOptions{DisableDefaultCmd: true},
	}
	root.SetOut(c.Stdout)
	root.SetErr(c.Stderr)
	root.SetIn(c.Stdin)
	root.SetFlagErrorFunc(flagError)
	setUpHelp(root, c)
	globalFlags(root.Flags(), c)
	root.DisableFlagsInUseLine = true
	c.addCommands(root, mergeCommands(rootCommands(), c.extra), words)
	return root
}

// newManagement makes a command that only holds others.
func newManagement(name, short string, commands func() []Command) func(c *Client) *cobra.Command {
	return func(c *Client) *cobra.Command {
		cmd := &cobra.Command{
			Use: name, Short: short, Args: noArgs, Annotations: offline(),
			RunE: func(cmd *cobra.Command, _ []string) error { return c.showHelp(cmd) },
		}
		c.addCommands(cmd, commands(), c.Args)
		return cmd
	}
}

// addCommands adds those that the words name, and stubs with a name and a line of
// help for the others.
func (c *Client) addCommands(parent *cobra.Command, commands []Command, words []string) {
	for _, known := range commands {
		named := slices.Contains(words, known.Name) || slices.ContainsFunc(known.Aliases, func(a string) bool { return slices.Contains(words, a) })
		parent.AddCommand(c.makeCommand(known, named))
	}
}

func (c *Client) makeCommand(known Command, named bool) *cobra.Command {
	cmd := &cobra.Command{Use: known.Name, Short: known.Short, Run: func(*cobra.Command, []string) {}}
	switch {
	case known.Plugin != nil:
		cmd.DisableFlagParsing, cmd.Annotations = true, offline()
		cmd.Run, cmd.RunE = nil, func(_ *cobra.Command, args []string) error {
			if status := known.Plugin(c, args); status != 0 {
				return StatusError{StatusCode: status}
			}
			return nil
		}
	case known.New == nil:
		cmd.DisableFlagParsing, cmd.Annotations = true, offline()
		cmd.Run, cmd.RunE = nil, func(cmd *cobra.Command, _ []string) error { return notSimulated(cmd.CommandPath()) }
	case named:
		cmd = known.New(c)
		if _, rest, ok := strings.Cut(cmd.Use, " "); ok {
			cmd.Use = known.Name + " " + rest
		} else {
			cmd.Use = known.Name
		}
		cmd.DisableFlagsInUseLine = true
		cmd.Flags().SetInterspersed(cmd.Annotations["operands"] != "program")
	}
	cmd.Aliases, cmd.Hidden = known.Aliases, cmd.Hidden || known.Hidden
	return cmd
}

func globalFlags(f *pflag.FlagSet, c *Client) {
	home := c.Env.Get("HOME") + "/.docker"
	f.SetInterspersed(false)
	f.BoolP("version", "v", false, "Print version information and quit")
	f.String("config", home, "Location of client config files")
	f.StringP("context", "c", "", "Name of the context to use to connect to the daemon (overrides DOCKER_HOST env var and default context set with \"docker context use\")")
	f.BoolP("debug", "D", false, "Enable debug mode")
	f.StringP("host", "H", "", "Daemon socket to connect to")
	f.Lookup("host").DefValue = ""
	f.StringP("log-level", "l", "info", "Set the logging level (\"debug\", \"info\", \"warn\", \"error\", \"fatal\")")
	f.Bool("tls", false, "Use TLS; implied by --tlsverify")
	f.String("tlscacert", home+"/ca.pem", "Trust certs signed only by this CA")
	f.String("tlscert", home+"/cert.pem", "Path to TLS certificate file")
	f.String("tlskey", home+"/key.pem", "Path to TLS key file")
	f.Bool("tlsverify", false, "Use TLS and verify the remote")
}

// ready refuses what cannot be done at all: flags that are not simulated, and
// anything that needs a daemon when there is none.
func (c *Client) ready(cmd *cobra.Command) error {
	var missing error
	cmd.Flags().Visit(func(f *pflag.Flag) {
		if f.Annotations[absentKey] != nil && missing == nil {
			missing = notSimulated(cmd.CommandPath() + " --" + f.Name)
		}
	})
	if missing != nil || cmd.Annotations[offlineKey] != "" {
		return missing
	}
	return c.connect(cmd)
}

const (
	offlineKey = "offline" // annotation of commands that need no daemon
	absentKey  = "absent"  // annotation of flags that are not simulated
)

func offline() map[string]string { return map[string]string{offlineKey: "yes"} }

// program marks a command whose operands end with a program's own words: flags
// after the first operand are not docker's.
func program() map[string]string { return map[string]string{"operands": "program"} }

// absent declares flags as real but not simulated.
func absent(f *pflag.FlagSet, names ...string) {
	for _, name := range names {
		if flag := f.Lookup(name); flag != nil {
			flag.Annotations = map[string][]string{absentKey: {"yes"}}
		}
	}
}
