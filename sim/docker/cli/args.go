package cli

import (
	"fmt"

	"github.com/spf13/cobra"
)

// noArgs refuses operands; on a command with sub-commands they are unknown ones.
func noArgs(cmd *cobra.Command, args []string) error {
	switch {
	case len(args) == 0:
		return nil
	case cmd.HasSubCommands():
		return fmt.Errorf("docker: unknown command: %s %s\n\nUsage:  %s\n\nRun '%[1]s --help' for more information", cmd.CommandPath(), args[0], cmd.UseLine())
	}
	return argsError(cmd, "accepts no arguments", "Run")
}

// exactArgs wants that many operands.
func exactArgs(n int) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) == n {
			return nil
		}
		return argsError(cmd, fmt.Sprintf("requires %d %s", n, plural(n)), "Run")
	}
}

// requiresMinArgs wants that many operands or more.
func requiresMinArgs(n int) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) >= n {
			return nil
		}
		return argsError(cmd, fmt.Sprintf("requires at least %d %s", n, plural(n)), "See")
	}
}

// requiresMaxArgs wants that many operands or fewer.
func requiresMaxArgs(n int) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) <= n {
			return nil
		}
		return argsError(cmd, fmt.Sprintf("requires at most %d %s", n, plural(n)), "Run")
	}
}

// requiresRangeArgs wants a number of operands between the two.
func requiresRangeArgs(low, high int) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) >= low && len(args) <= high {
			return nil
		}
		return argsError(cmd, fmt.Sprintf("requires at least %d and at most %d %s", low, high, plural(high)), "Run")
	}
}

func argsError(cmd *cobra.Command, what, verb string) error {
	return fmt.Errorf("docker: '%s' %s\n\nUsage:  %s\n\n%s '%[1]s --help' for more information", cmd.CommandPath(), what, cmd.UseLine(), verb)
}

func plural(n int) string {
	if n == 1 {
		return "argument"
	}
	return "arguments"
}
