package project

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/compose-spec/compose-go/v2/types"
)

// loaded is what came of files, and what was said about them.
type loaded struct {
	project  *types.Project
	warnings []string
	name     string // COMPOSE_PROJECT_NAME, as the files set it
}

// remembered is bind, once for the same files, environment and options: most commands
// of a session, and all of its replays, read what was read before.
func (s *source) remembered(details types.ConfigDetails, bind func() (*types.Project, error)) (*types.Project, error) {
	memo, key := s.p.Machine.Site.Memo, s.key(details)
	if found, ok := memo.Get(key); ok && key != "" {
		l := found.(*loaded)
		for _, text := range l.warnings {
			s.o.Warn(text)
		}
		if l.name != "" {
			s.env["COMPOSE_PROJECT_NAME"] = l.name
		}
		copied := *l.project
		return &copied, nil
	}
	l := &loaded{}
	warn := s.o.Warn
	s.o.Warn = func(text string) {
		l.warnings = append(l.warnings, text)
		warn(text)
	}
	before := s.env["COMPOSE_PROJECT_NAME"]
	project, err := bind()
	if err != nil || key == "" {
		return project, err
	}
	if name := s.env["COMPOSE_PROJECT_NAME"]; name != before {
		l.name = name
	}
	kept := *project
	l.project = &kept
	memo.Keep(key, l)
	return project, nil
}

// key is everything that bind depends on; empty where other files than those of the
// list take part.
func (s *source) key(details types.ConfigDetails) string {
	var b strings.Builder
	o := s.o
	fmt.Fprintf(&b, "compose %q %q %q %v %v %v %v %v\n", s.dir, o.Name, o.Profiles, o.NoInterpolate, o.NoNormalize, o.NoResolvePaths, o.NoConsistency, o.NoValidation)
	fmt.Fprintf(&b, "%q\n", s.p.User.Home)
	for _, name := range slices.Sorted(maps.Keys(s.env)) {
		fmt.Fprintf(&b, "%q=%q\n", name, s.env[name])
	}
	for _, f := range details.ConfigFiles {
		if f.Config != nil {
			return ""
		}
		fmt.Fprintf(&b, "%q %d\n%s\n", f.Filename, len(f.Content), f.Content)
	}
	return b.String()
}
