package compose

import (
	"errors"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"drydock/sim/docker"
	"drydock/sim/docker/cli"
)

type execOptions struct {
	detach, noTTY, privileged, interactive bool
	env                                    []string
	index                                  int
	user, workdir                          string
}

func newExec(b *backend) *cobra.Command {
	o := &execOptions{}
	cmd := &cobra.Command{
		Use: "exec [OPTIONS] SERVICE COMMAND [ARGS...]", Short: "Execute a command in a running container", Args: cobra.MinimumNArgs(2),
		RunE: func(_ *cobra.Command, args []string) error { return b.exec(o, args[0], args[1:]) },
	}
	f := cmd.Flags()
	f.SetInterspersed(false)
	f.BoolVarP(&o.detach, "detach", "d", false, "Detached mode: Run command in the background")
	f.StringArrayVarP(&o.env, "env", "e", nil, "Set environment variables")
	f.IntVar(&o.index, "index", 0, "Index of the container if service has multiple replicas")
	f.BoolVarP(&o.interactive, "interactive", "i", true, "Keep STDIN open even if not attached")
	f.BoolVarP(&o.noTTY, "no-tty", "T", b.Stdout.Terminal() == nil, "Disable pseudo-TTY allocation. By default 'docker compose exec' allocates a TTY.")
	f.BoolVar(&o.privileged, "privileged", false, "Give extended privileges to the process")
	f.BoolP("tty", "t", true, "Allocate a pseudo-TTY")
	f.StringVarP(&o.user, "user", "u", "", "Run the command as this user")
	f.StringVarP(&o.workdir, "workdir", "w", "", "Path to workdir directory for this command")
	hide(f, "interactive", "tty")
	f.SetNormalizeFunc(func(_ *pflag.FlagSet, name string) pflag.NormalizedName {
		if name == "no-TTY" {
			name = "no-tty"
		}
		return pflag.NormalizedName(name)
	})
	return cmd
}

func (b *backend) exec(o *execOptions, service string, command []string) error {
	name, err := b.projectName()
	if err != nil {
		return err
	}
	c, err := b.oneOf(name, service, o.index, withOneOff, false)
	if err != nil {
		return err
	}
	tty := !o.noTTY
	spec := docker.ExecSpec{Cmd: command, Env: b.resolveEnv(o.env), User: o.user, WorkingDir: o.workdir, TTY: tty, Privileged: o.privileged}
	if !o.detach {
		if tty && o.interactive && b.Stdin.Terminal() == nil {
			return errors.New("cannot attach stdin to a TTY-enabled container because stdin is not a terminal")
		}
		spec.Stdout, spec.Stderr = b.Stdout.Sink(), b.Stderr.Sink()
		if o.interactive {
			spec.Stdin = b.Stdin.Source()
		}
		spec.Terminal = b.Stdin.Terminal()
	}
	b.Sleep(docker.ExecTime)
	x, err := b.Engine.Exec(c, spec)
	var failure *docker.StartError
	switch {
	case errors.As(err, &failure) && strings.HasPrefix(failure.Text, "unable to find"):
		return daemon(failure)
	case errors.As(err, &failure):
		b.Errorf("%s\n", failure.Text)
		return exitStatus(failure.Status)
	case err != nil:
		return daemon(err)
	case o.detach:
		return nil
	}
	b.WaitFor(x.Process.Exited(), x.Process.Done)
	if status := x.Process.Status(); status != 0 {
		return exitStatus(status)
	}
	return nil
}

// resolveEnv gives names without a value that of the client's own variable.
func (b *backend) resolveEnv(list []string) []string {
	var out []string
	for _, v := range list {
		if !strings.Contains(v, "=") {
			own, ok := b.Env.Lookup(v)
			if !ok {
				continue
			}
			v += "=" + own
		}
		out = append(out, v)
	}
	return out
}

func newAttach(b *backend) *cobra.Command {
	var index int
	var keys string
	var noStdin, proxy bool
	cmd := &cobra.Command{
		Use: "attach [OPTIONS] SERVICE", Short: "Attach local standard input, output, and error streams to a service's running container", Args: cobra.MinimumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			name, err := b.projectName()
			if err != nil {
				return err
			}
			c, err := b.oneOf(name, args[0], index, withOneOff, false)
			if err != nil {
				return err
			}
			a := c.Attach(b.Stdout, b.Stderr)
			defer a.Detach()
			if !noStdin && c.Host.OpenStdin {
				c.AttachInput(docker.Streams{Stdin: b.Stdin.Source(), Terminal: b.Stdin.Terminal()})
			}
			if proxy && !c.Host.TTY {
				b.forward(c)
			}
			return b.endOf(c, c.Runs())
		},
	}
	f := cmd.Flags()
	f.StringVar(&keys, "detach-keys", "", "Override the key sequence for detaching from a container.")
	f.IntVar(&index, "index", 0, "index of the container if service has multiple replicas.")
	f.BoolVar(&noStdin, "no-stdin", false, "Do not attach STDIN")
	f.BoolVar(&proxy, "sig-proxy", true, "Proxy all received signals to the process")
	return cmd
}

// endOf waits for the end of a container's run and makes its status the client's.
func (b *backend) endOf(c *docker.Container, runs int) error {
	status := b.Engine.WaitExit(b.Proc, c, runs)
	if c.Host.AutoRemove {
		b.Engine.Wait(b.Proc, c, true)
	}
	if status != 0 {
		return cli.StatusError{StatusCode: status}
	}
	return nil
}
