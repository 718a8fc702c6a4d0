package project

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/compose-spec/compose-go/v2/types"
)

// maxExtends is how many services of other files may be taken over.
const maxExtends = 500

// inlineExtends takes the services that a file extends from other files over into
// its model, under hidden names, and reports whether there were any.
func (s *source) inlineExtends(model map[string]any, file string) (bool, error) {
	services, _ := model["services"].(map[string]any)
	changed := false
	for _, name := range slices.Sorted(maps.Keys(services)) {
		service, _ := services[name].(map[string]any)
		extends, _ := service["extends"].(map[string]any)
		from, _ := extends["file"].(string)
		of, _ := extends["service"].(string)
		if from == "" || of == "" || strings.HasPrefix(name, hiddenPrefix) {
			continue
		}
		from, err := s.substitute(from, func(k string) (string, bool) { v, ok := s.env[k]; return v, ok })
		if err != nil {
			return false, err
		}
		hidden, err := s.takeOver(services, s.abs(path.Dir(file), from), of)
		switch {
		case err != nil:
			return false, err
		case hidden == "":
			return false, fmt.Errorf("cannot extend service %q in %s: service %q not found in %s", name, file, of, from)
		}
		service["extends"] = map[string]any{"service": hidden}
		changed = true
	}
	return changed, nil
}

// takeOver adds the services of another file under hidden names, because they may
// extend each other, and returns the name of the one that is wanted.
func (s *source) takeOver(services map[string]any, file, wanted string) (string, error) {
	if s.hidden++; s.hidden > maxExtends {
		return "", fmt.Errorf("Circular reference:\n  %s in %s", wanted, file)
	}
	prefix := fmt.Sprintf("%s%d.", hiddenPrefix, s.hidden)
	data, err := s.read(file)
	if err != nil {
		return "", err
	}
	inner := *s
	inner.dir = path.Dir(file)
	sub := types.ConfigDetails{WorkingDir: inner.dir, Environment: s.env}
	if err := inner.add(&sub, file, data, nil); err != nil {
		return "", err
	}
	s.hidden = inner.hidden
	base, err := inner.fragment(sub)
	if err != nil {
		return "", err
	}
	found := ""
	others, _ := base["services"].(map[string]any)
	for name, service := range others {
		if name == wanted {
			found = prefix + name
		}
		services[prefix+name] = service
	}
	return found, nil
}
