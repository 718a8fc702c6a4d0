package project

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"github.com/compose-spec/compose-go/v2/dotenv"
	"github.com/compose-spec/compose-go/v2/types"

	"drydock/sim/machine"
	"drydock/sim/vfs"
)

// readEnvFiles reads files of NAME=value lines for interpolation.
func (s *source) readEnvFiles(known Env, files []string) (map[string]string, error) {
	vars := map[string]string{}
	for _, name := range files {
		n, err := s.p.FS.Stat(name)
		switch {
		case err != nil:
			return nil, fmt.Errorf("couldn't find env file: %s", name)
		case n.IsDir():
			return nil, fmt.Errorf("%s is a directory", name)
		}
		err = parse(s.p, name, "", vars, func(k string) (string, bool) {
			if v, ok := known[k]; ok {
				return v, true
			}
			v, ok := vars[k]
			return v, ok
		})
		if err != nil {
			return nil, err
		}
	}
	return vars, nil
}

// parse reads one file into vars; format is ".env" (the default) or "raw", the
// form that `docker run --env-file` reads.
func parse(p *machine.Process, name, format string, vars map[string]string, lookup dotenv.LookupFn) error {
	data, err := p.ReadFile(name)
	if err != nil {
		return fmt.Errorf("open %s: %w", name, err)
	}
	switch format {
	case "":
		return dotenv.ParseWithFormat(bytes.NewReader(data), name, vars, lookup, "")
	case "raw":
		for _, line := range strings.Split(string(data), "\n") {
			line = strings.TrimSuffix(strings.TrimLeft(line, " \t"), "\r")
			if key, value, ok := strings.Cut(line, "="); ok && !strings.HasPrefix(line, "#") {
				vars[key] = value
			}
		}
		return nil
	}
	return fmt.Errorf("unsupported env_file format %q", format)
}

// ResolveEnvironment works out the variables of every service: those of its files
// under those that the project's file names, with the values that the process has
// for the ones that are named without a value.
func ResolveEnvironment(p *machine.Process, project *types.Project) error {
	for _, name := range project.ServiceNames() {
		service := project.Services[name]
		if err := resolveService(p, project, &service); err != nil {
			return err
		}
		project.Services[name] = service
	}
	return nil
}

func resolveService(p *machine.Process, project *types.Project, service *types.ServiceConfig) error {
	own := service.Environment.Resolve(project.Environment.Resolve)
	all := types.Mapping{}
	for name, value := range own.ToMapping() {
		all[name] = value
	}
	for _, file := range service.EnvFiles {
		if _, err := p.FS.Stat(file.Path); errors.Is(err, vfs.ErrNotExist) {
			if file.Required {
				return fmt.Errorf("env file %s not found: stat %s: %w", file.Path, file.Path, err)
			}
			continue
		}
		err := parse(p, file.Path, file.Format, all, func(k string) (string, bool) {
			if v, ok := project.Environment.Resolve(k); ok {
				return v, true
			}
			if v := own[k]; v != nil {
				return *v, true
			}
			return "", false
		})
		if err != nil {
			return err
		}
	}
	service.Environment = all.ToMappingWithEquals().OverrideBy(own)
	service.EnvFiles = nil
	return resolveLabels(p, service)
}

// resolveLabels reads label_file.
func resolveLabels(p *machine.Process, service *types.ServiceConfig) error {
	for _, file := range service.LabelFiles {
		if !p.FS.Exists(file) {
			return fmt.Errorf("label file %s not found: stat %s: no such file or directory", file, file)
		}
		vars := map[string]string{}
		if err := parse(p, file, "", vars, func(k string) (string, bool) { v, ok := vars[k]; return v, ok }); err != nil {
			return err
		}
		for name, value := range vars {
			if _, set := service.Labels[name]; !set {
				service.Labels = service.Labels.Add(name, value)
			}
		}
	}
	return nil
}

// ReadEnvFile reads a file of NAME=value lines, relative to the process's directory.
func ReadEnvFile(p *machine.Process, name string) (map[string]string, error) {
	vars := map[string]string{}
	if _, err := p.ReadFile(name); err != nil {
		return nil, fmt.Errorf("open %s: %w", name, err)
	}
	err := parse(p, name, "", vars, func(k string) (string, bool) { v, ok := vars[k]; return v, ok })
	return vars, err
}
