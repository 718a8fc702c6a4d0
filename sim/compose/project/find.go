package project

import (
	"errors"
	"fmt"
	"path"
	"strconv"
	"strings"
)

// fileNames are the names under which Compose finds a project's file, and those
// of the files that are laid over it, best first.
func fileNames() (main, override []string) {
	return []string{"compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml"},
		[]string{"compose.override.yml", "compose.override.yaml", "docker-compose.override.yml", "docker-compose.override.yaml"}
}

// ErrNoFile says that there is no Compose file.
var ErrNoFile = errors.New("no configuration file provided: not found")

// find decides which files make the project, and its directory.
func (s *source) find() error {
	files := s.o.Files
	if len(files) == 0 {
		if list, ok := s.env["COMPOSE_FILE"]; ok {
			sep := s.env["COMPOSE_PATH_SEPARATOR"]
			if sep == "" {
				sep = ":"
			}
			files = strings.Split(list, sep)
		}
	}
	for _, f := range files {
		if f != "-" {
			f = s.abs(s.p.Dir, f)
		}
		s.main = append(s.main, f)
	}
	if s.o.Dir != "" {
		s.dir = s.abs(s.p.Dir, s.o.Dir)
	}
	if len(s.main) == 0 {
		s.search()
	}
	if len(s.main) == 0 {
		return ErrNoFile
	}
	if s.dir == "" {
		s.dir = s.p.Dir
		for _, f := range s.main {
			if f != "-" {
				s.dir = path.Dir(f)
				break
			}
		}
	}
	return nil
}

// search looks for files with the usual names, from the directory up.
func (s *source) search() {
	main, override := fileNames()
	dir := s.dir
	if dir == "" {
		dir = s.p.Dir
	}
	for {
		if found := s.existing(dir, main); len(found) > 0 {
			s.choose("config", found)
			if more := s.existing(dir, override); len(more) > 0 {
				s.choose("override", more)
			}
			return
		}
		if dir == "/" {
			return
		}
		dir = path.Dir(dir)
	}
}

// choose takes the first of the files found and says so when there are others.
func (s *source) choose(kind string, found []string) {
	if len(found) > 1 {
		s.o.Warn(fmt.Sprintf("Found multiple %s files with supported names: %s", kind, strings.Join(found, ", ")))
		s.o.Warn("Using " + found[0])
	}
	s.main = append(s.main, found[0])
}

func (s *source) existing(dir string, names []string) []string {
	var found []string
	for _, name := range names {
		if full := path.Join(dir, name); s.p.FS.Exists(full) {
			found = append(found, full)
		}
	}
	return found
}

// readDotEnv adds the variables of --env-file, or of .env in a directory, to the
// environment; those that it has already stay.
func (s *source) readDotEnv(dir string) error {
	files := s.absolute(s.o.EnvFiles)
	if len(files) == 0 {
		if list := s.env["COMPOSE_ENV_FILES"]; list != "" {
			files = s.absolute(strings.FieldsFunc(list, func(r rune) bool { return r == ',' }))
		}
	}
	if len(files) == 0 {
		if off, _ := strconv.ParseBool(s.env["COMPOSE_DISABLE_ENV_FILE"]); off {
			return nil
		}
		own := path.Join(dir, ".env")
		if n, err := s.p.FS.Stat(own); err != nil || n.IsDir() {
			return nil
		}
		files = []string{own}
	}
	vars, err := s.readEnvFiles(s.env, files)
	if err != nil {
		return err
	}
	for name, value := range vars {
		if _, set := s.env[name]; !set {
			s.env[name] = value
		}
	}
	return nil
}
