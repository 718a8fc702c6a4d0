// Drydock is a game in the terminal that teaches containers on a simulated
// harbour: no engine, no network, one binary.
package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/charmbracelet/x/term"
	"github.com/spf13/cobra"
)

// Exit statuses of drydock itself. A command run by `drydock shell` has its own.
const (
	exitFailure = 1
	exitUsage   = 2
)

// system is what the program gets from outside. Nothing else reads os.*.
type system struct {
	in     io.Reader
	out    io.Writer
	err    io.Writer
	getenv func(string) string
	// terminal says that a person sits at both ends: input and output are one.
	terminal bool
	// piped says that standard input is no terminal.
	piped bool
}

func main() {
	in, out := term.IsTerminal(os.Stdin.Fd()), term.IsTerminal(os.Stdout.Fd())
	sys := &system{in: os.Stdin, out: os.Stdout, err: os.Stderr, getenv: os.Getenv, terminal: in && out, piped: !in}
	os.Exit(run(sys, os.Args[1:]))
}

// run carries a command line out and returns the exit status.
func run(sys *system, args []string) (status int) {
	defer func() {
		if fault := recover(); fault != nil {
			if sys.getenv("GOTRACEBACK") != "" {
				panic(fault)
			}
			what, _, _ := strings.Cut(fmt.Sprint(fault), "\n")
			fmt.Fprintf(sys.err, "drydock: this is a fault of drydock, not yours (GOTRACEBACK=all shows where): %s\n", what)
			status = exitFailure
		}
	}()
	root := rootCommand(sys)
	root.SetArgs(args)
	root.SetIn(sys.in)
	root.SetOut(sys.out)
	root.SetErr(sys.err)
	err := root.Execute()
	var ended exitStatus
	var usage usageError
	switch {
	case err == nil:
		return 0
	case errors.As(err, &ended):
		return int(ended)
	case errors.As(err, &usage):
		fmt.Fprintf(sys.err, "drydock: %v; see `drydock help`\n", err)
		return exitUsage
	}
	fmt.Fprintf(sys.err, "drydock: %s\n", strings.TrimSpace(err.Error()))
	return exitFailure
}

// usageError is a command line that asks for nothing there is.
type usageError struct{ error }

// exitStatus is an error that has been spoken of already.
type exitStatus int

func (s exitStatus) Error() string { return fmt.Sprintf("exit status %d", int(s)) }

func rootCommand(sys *system) *cobra.Command {
	var o options
	root := &cobra.Command{
		Use:           "drydock [LESSON]",
		Short:         "Learn containers on a simulated harbour, in the terminal",
		Args:          atMost(1),
		RunE:          func(_ *cobra.Command, args []string) error { return play(sys, &o, args) },
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	root.ValidArgsFunction = o.completeLessons
	o.playFlags(root.Flags())
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usageError{err} })
	root.AddCommand(
		playCommand(sys), lessonsCommand(sys), progressCommand(sys), sandboxCommand(sys), checkCommand(sys),
		shellCommand(sys), replayCommand(sys), versionCommand(sys),
	)
	return root
}

// atMost is cobra's check of the number of arguments, as a usage error.
func atMost(n int) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if err := cobra.MaximumNArgs(n)(cmd, args); err != nil {
			return usageError{fmt.Errorf("%s takes at most %d argument(s), not %d", cmd.CommandPath(), n, len(args))}
		}
		return nil
	}
}
