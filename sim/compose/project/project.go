// Package project reads Compose files: it finds them, interpolates, merges and
// checks them with the reference loader (compose-spec/compose-go 2.16.2, as in
// Docker Compose 5.5.0), over the simulated files and the environment of a
// process, never the real ones.
package project

import (
	"context"
	"errors"
	"io"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/compose-spec/compose-go/v2/loader"
	"github.com/compose-spec/compose-go/v2/types"
	"github.com/sirupsen/logrus"

	"drydock/sim/machine"
)

// Options say which files to read, and how.
type Options struct {
	Files    []string // -f; none: those that are found from the working directory up
	Dir      string   // --project-directory
	Name     string   // -p
	EnvFiles []string // --env-file; none: .env
	Profiles []string // --profile
	// Services are those that the command names; the project is cut down to them
	// and what they need. None: all.
	Services []string
	// All keeps networks, volumes, secrets and configs that no service uses.
	All bool
	// What `compose config` may leave out.
	NoInterpolate, NoNormalize, NoResolvePaths, NoConsistency, NoValidation bool
	// Warn is told each warning; nil keeps silent.
	Warn func(text string)
}

// Env is a project's environment: the process's own, and what the .env file adds.
type Env = types.Mapping

// source is a project that is being read.
type source struct {
	p    *machine.Process
	o    Options
	env  Env
	dir  string   // the project directory
	main []string // the files, absolute
	// missing are variables that have no value, as often as they are used.
	missing []string
	hidden  int // services that were taken over from other files so far
}

// Load reads a project. Its errors have Compose's own words.
func Load(p *machine.Process, o Options) (*types.Project, error) {
	s, err := open(p, o)
	if err != nil {
		return nil, err
	}
	details, options, err := s.prepare()
	if err != nil {
		return nil, err
	}
	project, err := s.remembered(details, func() (project *types.Project, err error) {
		err = settled(func() (err error) {
			project, err = s.bind(details, options)
			return reword(err)
		})
		return project, err
	})
	if err != nil {
		return nil, err
	}
	project.ComposeFiles = slices.Clone(s.main)
	if project.Name == "" {
		return nil, errors.New("project name can't be empty. Use ProjectName option to set a valid name")
	}
	return s.selected(project)
}

// Model reads a project as the tree that `config --no-interpolate` shows.
func Model(p *machine.Process, o Options) (map[string]any, error) {
	s, err := open(p, o)
	if err != nil {
		return nil, err
	}
	details, options, err := s.prepare()
	if err != nil {
		return nil, err
	}
	var model map[string]any
	err = settled(func() (err error) {
		model, _, err = s.model(details, options)
		return reword(err)
	})
	return model, err
}

// open finds the files and reads the environment.
func open(p *machine.Process, o Options) (*source, error) {
	logrus.SetOutput(io.Discard) // the loader's own warnings; what matters is reported through Warn
	if o.Warn == nil {
		o.Warn = func(string) {}
	}
	s := &source{p: p, o: o, env: Env{}}
	if o.Name != "" && o.Name != loader.NormalizeProjectName(o.Name) {
		return nil, loader.InvalidProjectNameErr(o.Name)
	}
	for _, v := range p.Env.List() {
		name, value, _ := strings.Cut(v, "=")
		s.env[name] = value
	}
	if s.env["PWD"] == "" {
		s.env["PWD"] = p.Dir
	}
	if err := s.readDotEnv(p.Dir); err != nil {
		return nil, err
	}
	if err := s.find(); err != nil {
		return nil, err
	}
	if s.dir != p.Dir {
		if err := s.readDotEnv(s.dir); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// bind turns files into a project.
func (s *source) bind(details types.ConfigDetails, options []func(*loader.Options)) (*types.Project, error) {
	model, opts, err := s.model(details, options)
	if err != nil {
		return nil, err
	}
	opts.Profiles = s.profiles()
	opts.SkipResolveEnvironment, opts.SkipResolveLabels = true, true
	return loader.ModelToProject(model, opts, details)
}

// model merges the files into one tree, without what was taken over from other
// files only to be extended.
func (s *source) model(details types.ConfigDetails, options []func(*loader.Options)) (map[string]any, *loader.Options, error) {
	s.missing = nil
	details.Environment = maps.Clone(s.env)
	var opts *loader.Options
	keep := func(o *loader.Options) { opts = o }
	model, err := loader.LoadModelWithContext(context.Background(), details, append(slices.Clone(options), keep)...)
	s.reportMissing(details)
	if err != nil {
		return nil, nil, err
	}
	delete(model, "include")
	if services, ok := model["services"].(map[string]any); ok {
		maps.DeleteFunc(services, func(name string, _ any) bool { return strings.HasPrefix(name, hiddenPrefix) })
	}
	if name, _ := opts.GetProjectName(); name != "" {
		s.env["COMPOSE_PROJECT_NAME"] = name
		details.Environment["COMPOSE_PROJECT_NAME"] = name
	}
	if !s.o.NoResolvePaths {
		if err := s.resolvePaths(model); err != nil {
			return nil, nil, err
		}
	}
	return model, opts, nil
}

// settled repeats what failed and returns the first of its errors in the
// alphabet: the loader walks through maps, and which of several mistakes it meets
// first is chance.
func settled(do func() error) error {
	var first error
	for range 24 {
		err := do()
		switch {
		case err == nil || sure(err):
			return err
		case first == nil || err.Error() < first.Error():
			first = err
		}
	}
	return first
}

// sure reports that an error does not depend on chance.
func sure(err error) bool {
	for _, start := range []string{"go-yaml load error", "failed to parse", "error while interpolating", "invalid interpolation", "open ", "empty compose file"} {
		if strings.HasPrefix(err.Error(), start) {
			return true
		}
	}
	return false
}

// profiles are those that are active.
func (s *source) profiles() []string {
	if len(s.o.Profiles) > 0 {
		return s.o.Profiles
	}
	var list []string
	for _, name := range strings.Split(s.env["COMPOSE_PROFILES"], ",") {
		if name = strings.TrimSpace(name); name != "" {
			list = append(list, name)
		}
	}
	return list
}

// selected cuts the project down to the services that the command names.
func (s *source) selected(project *types.Project) (*types.Project, error) {
	project.Environment = s.env
	project, err := project.WithServicesEnabled(s.o.Services...)
	if err != nil {
		return nil, err
	}
	for name, service := range project.Services {
		service.CustomLabels = types.Labels{
			ProjectLabel:     project.Name,
			ServiceLabel:     name,
			VersionLabel:     Version,
			WorkingDirLabel:  project.WorkingDir,
			ConfigFilesLabel: strings.Join(project.ComposeFiles, ","),
			OneoffLabel:      "False",
		}
		if len(s.o.EnvFiles) > 0 {
			service.CustomLabels[EnvironmentFileLabel] = strings.Join(s.absolute(s.o.EnvFiles), ",")
		}
		project.Services[name] = service
	}
	if project, err = project.WithSelectedServices(s.o.Services); err != nil {
		return nil, err
	}
	if !s.o.All {
		project = project.WithoutUnnecessaryResources()
	}
	return project, nil
}

func (s *source) absolute(files []string) []string {
	out := slices.Clone(files)
	for i, f := range out {
		out[i] = s.abs(s.p.Dir, f)
	}
	return out
}

// abs makes a path absolute; ~ is the user's home.
func (s *source) abs(dir, name string) string {
	if rest, ok := strings.CutPrefix(name, "~"); ok && (rest == "" || rest[0] == '/') {
		name = s.home() + rest
	}
	if path.IsAbs(name) {
		return path.Clean(name)
	}
	return path.Join(dir, name)
}

func (s *source) home() string {
	if h := s.p.Env.Get("HOME"); h != "" {
		return h
	}
	return s.p.User.Home
}
