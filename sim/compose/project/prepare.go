package project

import (
	"fmt"
	"io"
	"path"
	"regexp"
	"slices"
	"strings"

	interp "github.com/compose-spec/compose-go/v2/interpolation"
	"github.com/compose-spec/compose-go/v2/loader"
	"github.com/compose-spec/compose-go/v2/paths"
	"github.com/compose-spec/compose-go/v2/template"
	"github.com/compose-spec/compose-go/v2/types"
	"go.yaml.in/yaml/v4"
)

// prepare reads the files and decides how they are to be loaded.
func (s *source) prepare() (types.ConfigDetails, []func(*loader.Options), error) {
	details := types.ConfigDetails{WorkingDir: s.dir, Environment: s.env}
	named := false
	for _, file := range s.main {
		data, err := s.read(file)
		if err != nil {
			return details, nil, err
		}
		if s.o.Name == "" {
			var head struct {
				Name string `yaml:"name,omitempty"`
			}
			if err := yaml.Unmarshal(data, &head); err != nil {
				return details, nil, reword(err)
			}
			named = named || head.Name != ""
		}
		if err := s.add(&details, file, data, nil); err != nil {
			return details, nil, err
		}
	}
	return details, s.loadOptions(named), nil
}

func (s *source) read(file string) ([]byte, error) {
	if file == "-" {
		return io.ReadAll(s.p.Stdin)
	}
	data, err := s.p.ReadFile(file)
	if err != nil {
		if n, statErr := s.p.FS.Stat(file); statErr == nil && n.IsDir() {
			return nil, fmt.Errorf("read %s: is a directory", file)
		}
		return nil, fmt.Errorf("open %s: %w", file, err)
	}
	if data == nil {
		data = []byte{}
	}
	return data, nil
}

// loadOptions are those of the loader. It is kept from the real disk: paths are
// resolved, other files read, and environments completed here.
func (s *source) loadOptions(named bool) []func(*loader.Options) {
	return []func(*loader.Options){func(o *loader.Options) {
		o.SkipInterpolation, o.SkipNormalization, o.SkipConsistencyCheck = s.o.NoInterpolate, s.o.NoNormalize, s.o.NoConsistency
		o.SkipValidation = s.o.NoValidation
		o.ResolvePaths, o.SkipInclude = false, true
		o.Interpolate = &interp.Options{
			Substitute: s.substitute, LookupValue: o.Interpolate.LookupValue, TypeCastMapping: o.Interpolate.TypeCastMapping,
		}
		switch env := s.env["COMPOSE_PROJECT_NAME"]; {
		case s.o.Name != "":
			o.SetProjectName(s.o.Name, true)
		case env != "":
			o.SetProjectName(env, true)
		case !named:
			o.SetProjectName(loader.NormalizeProjectName(path.Base(s.dir)), false)
		}
	}}
}

// substitute puts the values of variables into a text and notes those that have
// none.
func (s *source) substitute(text string, values template.Mapping) (string, error) {
	return template.SubstituteWithOptions(text, values, template.WithoutLogging,
		template.WithReplacementFunction(func(part string, values template.Mapping, cfg *template.Config) (string, error) {
			value, applied, err := template.DefaultReplacementAppliedFunc(part, values, cfg)
			if err == nil && !applied {
				s.missing = append(s.missing, variableName(part))
			}
			return value, err
		}))
}

// variableName is the NAME of "$NAME" or "${NAME}".
func variableName(part string) string {
	return regexp.MustCompile(`[_a-zA-Z][_a-zA-Z0-9]*`).FindString(part)
}

// reportMissing warns about variables without a value, in the order in which the
// files use them.
func (s *source) reportMissing(details types.ConfigDetails) {
	place := map[string]int{}
	offset := 0
	for _, f := range details.ConfigFiles {
		for _, name := range s.missing {
			at := regexp.MustCompile(`\$\{?` + name + `\b`).FindIndex(f.Content)
			if _, known := place[name]; !known && at != nil {
				place[name] = offset + at[0]
			}
		}
		offset += len(f.Content)
	}
	slices.SortStableFunc(s.missing, func(a, b string) int {
		if d := place[a] - place[b]; d != 0 {
			return d
		}
		return strings.Compare(a, b)
	})
	warn := s.o.Warn
	s.o.Warn = func(string) {} // once is enough, also when the load is repeated
	for _, name := range s.missing {
		warn(fmt.Sprintf("The %q variable is not set. Defaulting to a blank string.", name))
	}
	for _, f := range details.ConfigFiles {
		if obsoleteVersion(f) {
			warn(f.Filename + ": the attribute `version` is obsolete, it will be ignored, please remove it to avoid potential confusion")
		}
	}
}

func obsoleteVersion(f types.ConfigFile) bool {
	var head struct {
		Version any `yaml:"version"`
	}
	return yaml.Unmarshal(f.Content, &head) == nil && head.Version != nil
}

// resolvePaths makes the paths in a model absolute.
func (s *source) resolvePaths(model map[string]any) error {
	s.expandHome(model)
	return paths.ResolveRelativePaths(model, s.dir, nil)
}

// expandHome replaces ~ in the sources of mounts and the names of files: the
// loader would take the home of whoever runs the simulator.
func (s *source) expandHome(value any) {
	switch v := value.(type) {
	case map[string]any:
		for key, inner := range v {
			switch text, isText := inner.(string); {
			case isText && (key == "source" || key == "path" || key == "context" || key == "file") && strings.HasPrefix(text, "~"):
				v[key] = s.abs(s.dir, text)
			case !isText:
				s.expandHome(inner)
			}
		}
	case []any:
		for i, inner := range v {
			if text, ok := inner.(string); ok && (text == "~" || strings.HasPrefix(text, "~/")) {
				v[i] = s.abs(s.dir, text)
				continue
			}
			s.expandHome(inner)
		}
	}
}
