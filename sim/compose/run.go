package compose

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/compose-spec/compose-go/v2/format"
	"github.com/compose-spec/compose-go/v2/types"
	"github.com/mattn/go-shellwords"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"drydock/sim/clock"
	"drydock/sim/compose/project"
	"drydock/sim/docker"
	"drydock/sim/machine"
)

type runOptions struct {
	createOptions
	detach, remove, noTTY, interactive, tty, useAliases, servicePorts, noDeps, quiet bool
	env, envFiles, labels, volumes, publish, capAdd, capDrop                         []string
	user, workdir, entrypoint, name                                                  string
	entrypointGiven                                                                  bool
}

func newRun(b *backend) *cobra.Command {
	o := &runOptions{}
	cmd := &cobra.Command{
		Use: "run [OPTIONS] SERVICE [COMMAND] [ARGS...]", Short: "Run a one-off command on a service", Args: cobra.MinimumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error { return b.runOneOff(o, args[0], args[1:]) },
	}
	f := cmd.Flags()
	f.SetInterspersed(false)
	f.BoolVar(&o.build, "build", false, "Build image before starting container")
	f.StringArrayVar(&o.capAdd, "cap-add", nil, "Add Linux capabilities")
	f.StringArrayVar(&o.capDrop, "cap-drop", nil, "Drop Linux capabilities")
	f.BoolVarP(&o.detach, "detach", "d", false, "Run container in background and print container ID")
	f.StringVar(&o.entrypoint, "entrypoint", "", "Override the entrypoint of the image")
	f.StringArrayVarP(&o.env, "env", "e", nil, "Set environment variables")
	f.StringArrayVar(&o.envFiles, "env-from-file", nil, "Set environment variables from file")
	f.BoolVarP(&o.interactive, "interactive", "i", true, "Keep STDIN open even if not attached")
	f.StringArrayVarP(&o.labels, "label", "l", nil, "Add or override a label")
	f.StringVar(&o.name, "name", "", "Assign a name to the container")
	f.BoolVar(&o.noDeps, "no-deps", false, "Don't start linked services")
	f.BoolVarP(&o.noTTY, "no-tty", "T", b.Stdout.Terminal() == nil, "Disable pseudo-TTY allocation (default: auto-detected)")
	f.StringArrayVarP(&o.publish, "publish", "p", nil, "Publish a container's port(s) to the host")
	f.StringVar(&o.pull, "pull", "policy", `Pull image before running ("always"|"missing"|"never")`)
	f.BoolVarP(&o.quiet, "quiet", "q", false, "Don't print anything to STDOUT")
	f.BoolVar(&o.quietBuild, "quiet-build", false, "Suppress progress output from the build process")
	f.BoolVar(&o.quietPull, "quiet-pull", false, "Pull without printing progress information")
	f.BoolVar(&o.removeOrphans, "remove-orphans", false, "Remove containers for services not defined in the Compose file")
	f.BoolVar(&o.remove, "rm", false, "Automatically remove the container when it exits")
	f.BoolVarP(&o.servicePorts, "service-ports", "P", false, "Run command with all service's ports enabled and mapped to the host")
	f.BoolVarP(&o.tty, "tty", "t", true, "Allocate a pseudo-TTY")
	f.BoolVar(&o.useAliases, "use-aliases", false, "Use the service's network useAliases in the network(s) the container connects to")
	f.StringVarP(&o.user, "user", "u", "", "Run as specified username or uid")
	f.StringArrayVarP(&o.volumes, "volume", "v", nil, "Bind mount a volume")
	f.StringVarP(&o.workdir, "workdir", "w", "", "Working directory inside the container")
	hide(f, "tty")
	f.SetNormalizeFunc(func(_ *pflag.FlagSet, name string) pflag.NormalizedName {
		switch name {
		case "volumes", "labels":
			name = strings.TrimSuffix(name, "s")
		case "no-TTY":
			name = "no-tty"
		}
		return pflag.NormalizedName(name)
	})
	cmd.PreRunE = func(cmd *cobra.Command, _ []string) error { return o.prepare(b, cmd) }
	return cmd
}

// prepare reads what the flags mean together.
func (o *runOptions) prepare(b *backend, cmd *cobra.Command) error {
	f := cmd.Flags()
	o.pullGiven, o.entrypointGiven = f.Changed("pull"), f.Changed("entrypoint")
	switch {
	case len(o.publish) > 0 && o.servicePorts:
		return errors.New("--service-ports and --publish are incompatible")
	case f.Changed("tty") && f.Changed("no-tty"):
		return errors.New("--tty and --no-tty can't be used together")
	case f.Changed("tty"):
		o.noTTY = !o.tty
	case !f.Changed("no-tty") && !f.Changed("interactive") && b.Stdin.Terminal() == nil:
		o.noTTY = true
	}
	if o.quiet {
		b.report = silent{}
	}
	return nil
}

// runOneOff is `compose run`: the services that the service needs are started, and
// a container of its own runs the command.
func (b *backend) runOneOff(o *runOptions, service string, command []string) error {
	pr, err := b.loadAll([]string{service})
	if err != nil {
		return err
	}
	if o.noDeps {
		if pr, err = pr.WithSelectedServices([]string{service}, types.IgnoreDependencies); err != nil {
			return err
		}
	}
	if err := o.change(pr, service); err != nil {
		return err
	}
	if err := o.apply(b, pr); err != nil {
		return err
	}
	env, err := b.runEnvironment(o)
	if err != nil {
		return err
	}
	if err := b.startDependencies(pr, o, service); err != nil {
		return err
	}
	s, err := o.service(pr, service, command, env)
	if err != nil {
		return err
	}
	if o.interactive && s.Tty && !o.detach && b.Stdin.Terminal() == nil {
		return errors.New("cannot attach stdin to a TTY-enabled container because stdin is not a terminal")
	}
	c, err := b.createOneOff(pr, o, s)
	if err != nil {
		return err
	}
	return b.runContainer(pr, o, s, c)
}

// change applies the flags about ports and volumes.
func (o *runOptions) change(pr *types.Project, service string) error {
	s, err := pr.GetService(service)
	if err != nil {
		return err
	}
	if !o.servicePorts {
		s.Ports = nil
		for _, text := range o.publish {
			ports, err := types.ParsePortConfig(text)
			if err != nil {
				return err
			}
			s.Ports = append(s.Ports, ports...)
		}
	}
	for _, text := range o.volumes {
		v, err := format.ParseVolume(text)
		if err != nil {
			return err
		}
		s.Volumes = append(s.Volumes, v)
	}
	pr.Services[service] = s
	return nil
}

// startDependencies brings up what the service needs, as `up -d` would.
func (b *backend) startDependencies(pr *types.Project, o *runOptions, service string) error {
	rest := pr.WithServicesDisabled(service)
	return b.operation("run", func() error {
		if err := b.create(rest, &createOptions{removeOrphans: o.removeOrphans, quietPull: o.quietPull, quietBuild: o.quietBuild}, nil); err != nil {
			return err
		}
		if len(rest.Services) == 0 {
			return nil
		}
		return b.start(b.Proc, rest, startOptions{})
	})
}

// service is the service as the one-off container has it.
func (o *runOptions) service(pr *types.Project, name string, command, env []string) (types.ServiceConfig, error) {
	s := pr.Services[name]
	s.Tty, s.StdinOpen, s.ContainerName, s.Restart = !o.noTTY, o.interactive, o.name, ""
	s.SetScale(1)
	if s.Deploy != nil {
		d := *s.Deploy
		d.RestartPolicy = nil
		s.Deploy = &d
	}
	if o.entrypointGiven {
		words, err := shellwords.Parse(o.entrypoint)
		if err != nil {
			return s, err
		}
		s.Entrypoint = append([]string{}, words...)
		s.Command = nil
	}
	if len(command) > 0 {
		s.Command = command
	}
	if o.user != "" {
		s.User = o.user
	}
	if o.workdir != "" {
		s.WorkingDir = o.workdir
	}
	s.CapAdd = append(slices.DeleteFunc(slices.Clone(s.CapAdd), func(n string) bool { return slices.Contains(o.capDrop, n) }), o.capAdd...)
	s.CapDrop = append(slices.DeleteFunc(slices.Clone(s.CapDrop), func(n string) bool { return slices.Contains(o.capAdd, n) }), o.capDrop...)
	s.Environment = types.MappingWithEquals{}.OverrideBy(s.Environment).OverrideBy(types.NewMappingWithEquals(env))
	for _, text := range o.labels {
		key, value, ok := strings.Cut(text, "=")
		if !ok {
			return s, errors.New("label must be set as KEY=VALUE")
		}
		s.Labels = s.Labels.Add(key, value)
	}
	return s, nil
}

func (b *backend) runEnvironment(o *runOptions) ([]string, error) {
	var list []string
	for _, name := range o.envFiles {
		vars, err := project.ReadEnvFile(b.Process, name)
		if err != nil {
			return nil, err
		}
		for _, key := range sortedKeys(vars) {
			list = append(list, key+"="+vars[key])
		}
	}
	return append(list, b.resolveEnv(o.env)...), nil
}

func (b *backend) createOneOff(pr *types.Project, o *runOptions, s types.ServiceConfig) (*docker.Container, error) {
	slug := b.randomID()
	if s.ContainerName == "" {
		s.ContainerName = strings.Join([]string{pr.Name, s.Name, "run", slug[:12]}, b.separator())
	}
	s.CustomLabels = types.Labels(mergeLabels(s.CustomLabels, types.Labels{project.SlugLabel: slug, project.OneoffLabel: "True"}))
	err := b.ensureImages(b.Proc, pr, ensureOptions{build: true, services: []string{s.Name}, quietPull: o.quietPull, quiet: o.quietBuild})
	if err != nil {
		return nil, err
	}
	if !o.noDeps {
		if err := b.waitFor(b.Proc, pr, s.Name, s.DependsOn, b.containers(pr.Name, withOneOff, true), 0); err != nil {
			return nil, err
		}
	}
	name := "Container " + s.ContainerName
	b.tell(name, working, "Creating")
	c, err := b.createContainer(b.Proc, pr, s, creation{
		name: s.ContainerName, labels: mergeLabels(s.Labels, s.CustomLabels), aliases: o.useAliases, autoRemove: o.remove, attach: o.interactive,
	})
	if err != nil {
		b.tell(name, failed, err.Error())
		return nil, err
	}
	b.tell(name, done, "Created")
	return c, nil
}

// runContainer starts the container and, without -d, stays with it.
func (b *backend) runContainer(pr *types.Project, o *runOptions, s types.ServiceConfig, c *docker.Container) error {
	if c == nil { // a dry run
		return nil
	}
	if err := b.inject(pr, s, c); err != nil {
		return err
	}
	start := func(in docker.Streams) error {
		return b.engineDo(b.Proc, func(p *clock.Proc) error { return b.Engine.Start(p, c, in) })
	}
	if o.detach {
		if err := start(docker.Streams{}); err != nil {
			return err
		}
		b.Printf("%s\n", c.ID)
		return nil
	}
	a := c.Attach(b.Stdout, b.Stderr)
	defer a.Detach()
	var in docker.Streams
	if o.interactive {
		in.Stdin = b.Stdin.Source()
	}
	if s.Tty {
		in.Terminal = b.Stdin.Terminal()
	} else {
		b.forward(c)
	}
	runs := c.Runs()
	if err := start(in); err != nil {
		return err
	}
	return b.endOf(c, runs)
}

// forward hands the signals that the client gets on to the container's program.
func (b *backend) forward(c *docker.Container) {
	b.OnSignal = func(sig machine.Signal) bool {
		if sig == machine.SIGCHLD || sig == machine.SIGWINCH || sig == machine.SIGURG || sig == machine.SIGPIPE || c.Init() == nil {
			return false
		}
		b.Engine.Signal(c, sig)
		return true
	}
}

// randomID is 64 hexadecimal digits.
func (b *backend) randomID() string {
	text := ""
	for range 64 {
		text += fmt.Sprintf("%x", b.Clock().Rand().IntN(16))
	}
	return text
}
