// Package cli is the docker command line (docker/cli 29.7.2) over the engine of
// package docker. It prints what docker prints and exits as docker exits; what
// happens is the engine's business.
//
// To add a command, write a function that makes its cobra.Command and name it in
// the list of its parent (rootCommands in root.go, or the list of the management
// command, such as containerCommands):
//
//	func newPort(c *Client) *cobra.Command {
//		return &cobra.Command{
//			Use:   "port CONTAINER [PRIVATE_PORT[/PROTO]]",
//			Short: "List port mappings or a specific mapping for the container",
//			Args:  requiresRangeArgs(1, 2),
//			RunE:  func(cmd *cobra.Command, args []string) error { return runPort(c, args) },
//		}
//	}
//
// The same function serves `docker port` and `docker container port`. RunE writes
// to c.Stdout and c.Stderr (never to the process's own) and returns an error:
//
//   - a plain error is printed on standard error as it is, exit status 1;
//   - engine errors come from package docker and already say "Error response from
//     daemon: " through c.daemon(err);
//   - StatusError sets the exit status, and an empty text prints nothing.
//
// Lists are printed with formatter.New(...).Write and a row type that embeds
// formatter.Row; objects with formatter.Inspect through c.inspect. Commands that
// need no daemon carry the annotation offline(). Flags that docker has and the
// simulator does not are declared all the same, with absent(): using one says so.
package cli

import (
	"errors"
	"time"

	"github.com/spf13/cobra"

	"drydock/sim/clock"
	"drydock/sim/docker"
	"drydock/sim/docker/formatter"
	"drydock/sim/machine"
)

// Client is one invocation of docker: the process that runs it and the engine
// that it talks to.
type Client struct {
	*machine.Process
	Engine *docker.Engine

	engineOf func(p *machine.Process) *docker.Engine
	extra    []Command
}

// Command is a command of docker, made only when it is called for, because the
// whole tree would cost more than most commands take.
type Command struct {
	Name    string
	Aliases []string
	Short   string
	Hidden  bool                           // help does not list it
	New     func(c *Client) *cobra.Command // nil for what is not simulated
	// Plugin is a command line of its own, as docker's plugins are: it gets all
	// words after its name and returns the exit status. It excludes New.
	Plugin func(c *Client, args []string) int
	// CompletePlugin completes the words of a plugin.
	CompletePlugin func(c *Client, args []string, word string) []machine.Completion
}

// clientTime is what an invocation of docker takes by itself: to start, to ask for
// the daemon's version, to answer.
const clientTime = 40 * time.Millisecond

// Main is docker as a program. engineOf finds the engine on a process's machine
// (nil if there is none); extra commands come from what is built on docker.
func Main(engineOf func(p *machine.Process) *docker.Engine, extra ...Command) machine.Main {
	return func(p *machine.Process) int {
		c := &Client{Process: p, Engine: engineOf(p), engineOf: engineOf, extra: extra}
		p.Sleep(clientTime)
		root := newRoot(c, p.Args[1:])
		root.SetArgs(append([]string{}, p.Args[1:]...))
		return c.exit(root.Execute())
	}
}

// exit prints an error as docker does and returns the exit status for it.
func (c *Client) exit(err error) int {
	var status StatusError
	switch {
	case err == nil:
		return 0
	case errors.As(err, &status):
		if status.Status != "" {
			c.Errorf("%s\n", status.Status)
		}
		return status.StatusCode
	case errors.Is(err, formatter.ErrTemplate):
		c.Errorf("%s\n", err)
		return 64
	}
	if text := err.Error(); text != "" {
		c.Errorf("%s\n", text)
	}
	return 1
}

// Do has the daemon carry out something that takes time and waits for it. What
// the daemon has begun goes on when the client is interrupted.
func (c *Client) Do(work func(p *clock.Proc) error) error { return c.Engine.Do(c.Proc, work) }

// daemon words an error of the engine as the client prints it.
func (c *Client) daemon(err error) error {
	if err == nil {
		return nil
	}
	return errors.New("Error response from daemon: " + err.Error())
}

// inspect prints objects as `docker inspect` does.
func (c *Client) inspect(format string, refs []string, get func(ref string) (any, error)) error {
	return formatter.Inspect(c.Stdout, format, refs, get)
}

// confirm asks a yes-or-no question and reads the answer; no is the default, also
// at the end of the input.
func (c *Client) confirm(question string) bool {
	c.Printf("%s [y/N] ", question)
	line, err := c.Stdin.ReadLine()
	if err != nil {
		c.Printf("\n")
		return false
	}
	return line == "y" || line == "Y" || line == "yes" || line == "YES"
}
