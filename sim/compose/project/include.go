package project

import (
	"context"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/compose-spec/compose-go/v2/loader"
	"github.com/compose-spec/compose-go/v2/paths"
	"github.com/compose-spec/compose-go/v2/types"
	"go.yaml.in/yaml/v4"
)

// hiddenPrefix begins the names of services that stand in a model only because
// others extend them.
const hiddenPrefix = "extended."

// maxIncludes is how deep files may include each other.
const maxIncludes = 32

// add puts a file into the list to be loaded, after the files that it includes
// and with the services of other files that it extends. including are the files
// on the way to this one.
func (s *source) add(details *types.ConfigDetails, file string, data []byte, including []string) error {
	config := types.ConfigFile{Filename: file, Content: data}
	var model map[string]any
	if yaml.Unmarshal(data, &model) != nil {
		details.ConfigFiles = append(details.ConfigFiles, config) // the loader says what is wrong with it
		return nil
	}
	if slices.Contains(including, file) || len(including) > maxIncludes {
		return fmt.Errorf("include cycle detected:\n%s\n include %s", including[0], strings.Join(append(including[1:], file), "\n include "))
	}
	if list, ok := model["include"].([]any); ok {
		for _, item := range list {
			if err := s.include(details, item, append(slices.Clone(including), file)); err != nil {
				return err
			}
		}
	}
	changed, err := s.inlineExtends(model, file)
	if err != nil {
		return err
	}
	if changed {
		config.Config = model
	}
	details.ConfigFiles = append(details.ConfigFiles, config)
	return nil
}

// include loads the files of one entry of `include` and adds their resources.
func (s *source) include(details *types.ConfigDetails, item any, including []string) error {
	entry, err := s.readInclude(item)
	if err != nil {
		return err
	}
	if len(entry.files) == 0 {
		return nil
	}
	env := maps.Clone(s.env)
	dir := entry.dir
	if dir == "" {
		dir = path.Dir(entry.files[0])
	}
	envFiles := entry.envFiles
	if own := path.Join(dir, ".env"); len(envFiles) == 0 && s.p.FS.Exists(own) {
		envFiles = []string{own}
	}
	more, err := s.readEnvFiles(env, envFiles)
	if err != nil {
		return err
	}
	for name, value := range more {
		if _, set := env[name]; !set {
			env[name] = value
		}
	}
	inner := *s
	inner.env, inner.dir = env, dir
	sub := types.ConfigDetails{WorkingDir: dir, Environment: env}
	for _, file := range entry.files {
		data, err := s.read(file)
		if err != nil {
			return err
		}
		if err := inner.add(&sub, file, data, including); err != nil {
			return err
		}
	}
	model, err := inner.fragment(sub)
	s.hidden = inner.hidden
	if err != nil {
		return err
	}
	details.ConfigFiles = append(details.ConfigFiles, types.ConfigFile{Filename: entry.files[0], Content: []byte{}, Config: model})
	return nil
}

// includeEntry is an entry of `include`.
type includeEntry struct {
	files, envFiles []string
	dir             string
}

func (s *source) readInclude(item any) (includeEntry, error) {
	var e includeEntry
	take := func(v any) ([]string, error) {
		var list []string
		for _, word := range words(v) {
			text, err := s.substitute(word, func(k string) (string, bool) { v, ok := s.env[k]; return v, ok })
			if err != nil {
				return nil, err
			}
			if text != "/dev/null" {
				list = append(list, s.abs(s.dir, text))
			}
		}
		return list, nil
	}
	m, isMap := item.(map[string]any)
	if !isMap {
		m = map[string]any{"path": item}
	}
	var err error
	if e.files, err = take(m["path"]); err != nil {
		return e, err
	}
	if e.envFiles, err = take(m["env_file"]); err != nil {
		return e, err
	}
	if dirs, err := take(m["project_directory"]); err != nil || len(dirs) > 0 {
		if err != nil {
			return e, err
		}
		e.dir = dirs[0]
	}
	return e, nil
}

// words are a text or a list of them.
func words(v any) []string {
	switch v := v.(type) {
	case string:
		return []string{v}
	case []any:
		var list []string
		for _, item := range v {
			if text, ok := item.(string); ok {
				list = append(list, text)
			}
		}
		return list
	}
	return nil
}

// fragment loads files that are no project of their own: interpolated, with
// absolute paths, in the long form, and safe to be interpolated again.
func (s *source) fragment(details types.ConfigDetails) (map[string]any, error) {
	model, err := loader.LoadModelWithContext(context.Background(), details, append(s.loadOptions(false), func(o *loader.Options) {
		o.SetProjectName("fragment", true)
		o.SkipNormalization, o.SkipConsistencyCheck, o.SkipDefaultValues, o.SkipValidation = true, true, true, true
	})...)
	if err != nil {
		return nil, err
	}
	delete(model, "include")
	delete(model, "name")
	s.expandHome(model)
	if err := paths.ResolveRelativePaths(model, s.dir, nil); err != nil {
		return nil, err
	}
	return escape(model).(map[string]any), nil
}

// escape doubles the dollars of values, so that interpolation leaves them alone.
func escape(value any) any {
	switch v := value.(type) {
	case string:
		return strings.ReplaceAll(v, "$", "$$")
	case map[string]any:
		out := make(map[string]any, len(v))
		for key, inner := range v {
			out[key] = escape(inner)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, inner := range v {
			out[i] = escape(inner)
		}
		return out
	}
	return value
}
