package cli

import (
	"errors"
	"strings"

	"github.com/spf13/cobra"

	"drydock/sim/docker"
)

type execOptions struct {
	detach, interactive, tty, privileged bool
	env, envFile                         []string
	user, workdir, keys                  string
}

func newExec(c *Client) *cobra.Command {
	o := &execOptions{}
	cmd := &cobra.Command{
		Use: "exec [OPTIONS] CONTAINER COMMAND [ARG...]", Short: "Execute a command in a running container", Args: requiresMinArgs(2),
		Annotations: map[string]string{"operands": "program", "aliases": "docker container exec, docker exec"},
		RunE:        func(_ *cobra.Command, args []string) error { return c.exec(o, args[0], args[1:]) },
	}
	f := cmd.Flags()
	f.BoolVarP(&o.detach, "detach", "d", false, "Detached mode: run command in the background")
	f.StringVar(&o.keys, "detach-keys", "", "Override the key sequence for detaching a container")
	f.VarP(&envValue{&o.env}, "env", "e", "Set environment variables")
	listVar(f, &o.envFile, "env-file", "", "Read in a file of environment variables", "list")
	f.BoolVarP(&o.interactive, "interactive", "i", false, "Keep STDIN open even if not attached")
	f.BoolVar(&o.privileged, "privileged", false, "Give extended privileges to the command")
	f.BoolVarP(&o.tty, "tty", "t", false, "Allocate a pseudo-TTY")
	f.StringVarP(&o.user, "user", "u", "", "Username or UID (format: <name|uid>[:<group|gid>])")
	f.StringVarP(&o.workdir, "workdir", "w", "", "Working directory inside the container")
	return cmd
}

func (c *Client) exec(o *execOptions, name string, command []string) error {
	env, err := readKeyValues(c, o.envFile, o.env, "--env-file", "env", c.Env)
	if err != nil {
		return err
	}
	ct, err := c.Engine.Container(name)
	if err != nil {
		return c.daemon(err)
	}
	if !o.detach {
		if err := c.checkTTY(o.interactive, o.tty); err != nil {
			return err
		}
	}
	spec := docker.ExecSpec{Cmd: command, Env: env, User: o.user, WorkingDir: o.workdir, TTY: o.tty, Privileged: o.privileged}
	if !o.detach {
		spec.Stdout, spec.Stderr = c.Stdout.Sink(), c.Stderr.Sink()
		if o.interactive {
			spec.Stdin = c.Stdin.Source()
			spec.Terminal = c.Stdin.Terminal()
		}
	}
	if o.tty && !o.interactive {
		spec.Terminal = c.Stdin.Terminal()
	}
	c.Sleep(docker.ExecTime)
	x, err := c.Engine.Exec(ct, spec)
	if err != nil {
		var failed *docker.StartError
		if errors.As(err, &failed) {
			return c.execFailed(failed)
		}
		return c.daemon(err)
	}
	if o.detach {
		return nil
	}
	c.WaitFor(x.Process.Exited(), x.Process.Done)
	if status := x.Process.Status(); status != 0 {
		return StatusError{StatusCode: status}
	}
	return nil
}

// execFailed words a program that could not be started. The daemon finds a
// missing user itself; the runtime's words come over the stream as they are.
func (c *Client) execFailed(failed *docker.StartError) error {
	if strings.HasPrefix(failed.Text, "unable to find") {
		return c.daemon(failed)
	}
	return StatusError{failed.Text, failed.Status}
}
