package docker

import (
	"fmt"
	"slices"
	"strings"

	"github.com/moby/buildkit/frontend/dockerfile/instructions"
	"github.com/moby/buildkit/frontend/dockerfile/parser"

	"drydock/sim/image"
)

// CommitSpec is what `docker commit` asks for.
type CommitSpec struct {
	Ref     string // normalised; empty leaves the image without a name
	Author  string
	Message string
	Pause   bool
	Changes []string // Dockerfile instructions
}

// Commit makes an image of what a container changed.
func (e *Engine) Commit(c *Container, spec CommitSpec) (*image.Image, error) {
	if c.State.Status == "removing" || c.State.Status == "dead" {
		return nil, fmt.Errorf("You cannot commit container %s which is %s", c.ID, c.State.Status)
	}
	config := c.Config.Clone()
	for _, line := range spec.Changes {
		if err := applyChange(&config, line); err != nil {
			return nil, err
		}
	}
	layer := image.NewLayer(c.FS.Upper().Clone())
	i := &image.Image{
		Config: config, Layers: append(slices.Clone(c.image.Layers), layer), Created: e.now(), Author: spec.Author,
		Architecture: c.image.Architecture, Vulnerabilities: c.image.Vulnerabilities, Parent: c.ImageID, Local: true,
		History: append(slices.Clone(c.image.History), image.History{Created: e.now(), CreatedBy: strings.Join(append([]string{c.Path}, c.Args...), " "), Comment: spec.Message}),
	}
	if c.Config.Entrypoint != nil {
		i.History[len(i.History)-1].CreatedBy = strings.Join(c.Config.Cmd, " ")
	}
	i.Seal()
	if err := e.AddImage(i, ""); err != nil {
		return nil, err
	}
	e.Hub.Remember(i)
	if spec.Ref != "" {
		e.Name(spec.Ref, i, false)
	}
	c.emit("commit", "an image was made of "+c.Name, map[string]string{"comment": spec.Message, "imageID": i.ID})
	return i, nil
}

// applyChange carries out one --change on a configuration.
func applyChange(config *image.Config, line string) error {
	ast, err := parser.Parse(strings.NewReader(line))
	if err != nil {
		return err
	}
	for _, node := range ast.AST.Children {
		if !slices.Contains([]string{"cmd", "entrypoint", "env", "expose", "label", "onbuild", "user", "volume", "workdir", "stopsignal", "healthcheck"}, strings.ToLower(node.Value)) {
			return fmt.Errorf("%s is not a valid change command", strings.ToLower(node.Value))
		}
		command, err := instructions.ParseInstruction(node)
		if err != nil {
			return err
		}
		apply(config, command)
	}
	return nil
}

func apply(config *image.Config, command any) {
	switch x := command.(type) {
	case *instructions.CmdCommand:
		config.Cmd = commandLine(x.ShellDependantCmdLine)
	case *instructions.EntrypointCommand:
		config.Entrypoint = commandLine(x.ShellDependantCmdLine)
	case *instructions.EnvCommand:
		for _, kv := range x.Env {
			config.SetEnv(kv.Key + "=" + strings.Trim(kv.Value, `"`))
		}
	case *instructions.ExposeCommand:
		for _, p := range x.Ports {
			if !strings.Contains(p, "/") {
				p += "/tcp"
			}
			config.ExposedPorts = append(config.ExposedPorts, p)
		}
		slices.Sort(config.ExposedPorts)
		config.ExposedPorts = slices.Compact(config.ExposedPorts)
	case *instructions.LabelCommand:
		if config.Labels == nil {
			config.Labels = map[string]string{}
		}
		for _, kv := range x.Labels {
			config.Labels[kv.Key] = strings.Trim(kv.Value, `"`)
		}
	case *instructions.UserCommand:
		config.User = x.User
	case *instructions.WorkdirCommand:
		config.WorkingDir = x.Path
	case *instructions.VolumeCommand:
		config.Volumes = append(config.Volumes, x.Volumes...)
	case *instructions.StopSignalCommand:
		config.StopSignal = x.Signal
	case *instructions.OnbuildCommand:
		config.OnBuild = append(config.OnBuild, x.Expression)
	case *instructions.HealthCheckCommand:
		config.Healthcheck = &image.Healthcheck{
			Test: x.Health.Test, Interval: x.Health.Interval, Timeout: x.Health.Timeout, StartPeriod: x.Health.StartPeriod,
			StartInterval: x.Health.StartInterval, Retries: x.Health.Retries,
		}
	}
}

func commandLine(line instructions.ShellDependantCmdLine) []string {
	if line.PrependShell {
		return append([]string{"/bin/sh", "-c"}, strings.Join(line.CmdLine, " "))
	}
	return line.CmdLine
}
