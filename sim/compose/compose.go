// Package compose is Docker Compose 5.5.0 on the simulated engine: the plugin
// `docker compose`. It reads a project with package project, compares what the
// project wants with what the engine has, and carries the difference out as a
// plan whose steps run side by side where nothing keeps them apart.
//
// Everything that happens is told to a reporter, which prints it as Compose does:
// a line for each event in a pipe, rows that are rewritten in place in a terminal.
//
// To add a command, write a function that makes its cobra.Command from a backend
// and name it in commands (root.go). RunE returns an error as Compose words it; it
// is printed as it is, exit status 1; a cli.StatusError sets another status.
package compose

import (
	"errors"
	"strings"
	"time"

	"github.com/compose-spec/compose-go/v2/types"
	"github.com/spf13/cobra"

	"drydock/sim/clock"
	"drydock/sim/compose/project"
	"drydock/sim/docker"
	"drydock/sim/docker/cli"
)

// Command is `docker compose`, to be given to the docker command line.
func Command() cli.Command {
	return cli.Command{Name: "compose", Short: "Docker Compose", Plugin: run, CompletePlugin: complete}
}

// pluginTime is what an invocation takes beside docker's own.
const pluginTime = 60 * time.Millisecond

// backend is Compose at work on one engine for one command.
type backend struct {
	*cli.Client
	report reporter

	files, profiles, envFiles []string
	name, dir, progress, ansi string
	parallel                  int
	all, compatible, dryRun   bool
	version                   bool

	command *cobra.Command // the one that is carried out
}

// run is the plugin: the words after "compose" in, an exit status out.
func run(c *cli.Client, args []string) int {
	b := &backend{Client: c, report: silent{}}
	c.Sleep(pluginTime)
	root := newRoot(b)
	root.SetArgs(append([]string{"compose"}, args...))
	return b.exit(root.Execute())
}

func (b *backend) exit(err error) int {
	var status cli.StatusError
	var silently exitStatus
	switch {
	case err == nil:
		return 0
	case errors.As(err, &silently):
		return int(silently)
	case errors.As(err, &status):
		b.Errorf("%s\n", status.Status) // an empty line too, as docker's plugins do
		return status.StatusCode
	}
	b.Errorf("%s\n", err)
	return 1
}

// exitStatus is an end with a status and no word.
type exitStatus int

// Error is never printed.
func (e exitStatus) Error() string { return "" }

// connect makes sure that the engine answers, if the command needs one. It comes
// after the files are read: what is wrong with them is said first.
func (b *backend) connect() error {
	if b.command == nil || b.command.Annotations["offline"] != "" {
		return nil
	}
	return b.Connect(b.command)
}

// load reads the project that the command is about, cut down to services.
func (b *backend) load(services []string, change ...func(*project.Options)) (*types.Project, error) {
	o := b.projectOptions(services)
	for _, c := range change {
		c(&o)
	}
	p, err := project.Load(b.Process, o)
	if err != nil {
		return nil, err
	}
	return p, b.connect()
}

// loadAll is load with the environment of every service worked out.
func (b *backend) loadAll(services []string, change ...func(*project.Options)) (*types.Project, error) {
	p, err := b.load(services, change...)
	if err != nil {
		return nil, err
	}
	return p, project.ResolveEnvironment(b.Process, p)
}

func (b *backend) projectOptions(services []string) project.Options {
	return project.Options{
		Files: b.files, Dir: b.dir, Name: b.name, EnvFiles: b.envFiles, Profiles: b.profiles, Services: services, All: b.all,
		Warn: b.warn,
	}
}

// projectOrName is for commands that work on containers alone: with -p and no -f
// the files are not looked at, and the project is nil.
func (b *backend) projectOrName(services ...string) (*types.Project, string, error) {
	if b.name != "" && len(b.files) == 0 {
		return nil, b.name, b.connect()
	}
	p, err := b.load(services)
	if err != nil {
		if name := b.Env.Get("COMPOSE_PROJECT_NAME"); name != "" {
			return nil, name, b.connect()
		}
		return nil, "", err
	}
	return p, p.Name, nil
}

// projectName is the name alone.
func (b *backend) projectName() (string, error) {
	if b.name != "" {
		return b.name, b.connect()
	}
	if name := b.Env.Get("COMPOSE_PROJECT_NAME"); name != "" {
		return name, b.connect()
	}
	p, err := b.load(nil)
	if err != nil {
		return "", err
	}
	return p.Name, nil
}

// warn prints a warning as Compose's log does: with the time in a pipe, with the
// seconds since the start in a terminal.
func (b *backend) warn(text string) {
	if t := b.Stderr.Terminal(); t != nil {
		b.Errorf("\x1b[33mWARN\x1b[0m[0000] %s\n", text)
		return
	}
	quoted := strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`).Replace(text)
	b.Errorf("time=\"%s\" level=warning msg=\"%s\"\n", b.Now().UTC().Format(time.RFC3339), quoted)
}

// daemon words an error of the engine.
func daemon(err error) error {
	if err == nil {
		return nil
	}
	return errors.New("Error response from daemon: " + err.Error())
}

// engineDo has the daemon carry out something for one of the client's tasks. In a
// dry run nothing is done.
func (b *backend) engineDo(p *clock.Proc, work func(p *clock.Proc) error) error {
	if b.dryRun {
		return nil
	}
	return daemon(b.Engine.Do(p, work))
}

// separator stands between the parts of names; older releases used "_".
func (b *backend) separator() string {
	if b.compatible {
		return "_"
	}
	return "-"
}

// containerName is the name of a service's container.
func (b *backend) containerName(projectName string, service types.ServiceConfig, number string) string {
	if service.ContainerName != "" {
		return service.ContainerName
	}
	return strings.Join([]string{projectName, service.Name, number}, b.separator())
}

// imageName is the image of a service: its own, or the one that is built for it.
func (b *backend) imageName(service types.ServiceConfig, projectName string) string {
	if service.Image != "" {
		return service.Image
	}
	return projectName + b.separator() + service.Name
}

// label is a container's label.
func label(c *docker.Container, name string) string { return c.Config.Labels[name] }
