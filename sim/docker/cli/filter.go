package cli

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/spf13/pflag"
)

// listValue is a flag that may be given several times; help calls it what it holds.
type listValue struct {
	values *[]string
	kind   string
}

func (l *listValue) String() string     { return "" }
func (l *listValue) Set(s string) error { *l.values = append(*l.values, s); return nil }
func (l *listValue) Type() string       { return l.kind }

// listVar declares a flag that may be given several times.
func listVar(f *pflag.FlagSet, to *[]string, name, short, help, kind string) {
	f.VarP(&listValue{to, kind}, name, short, help)
}

// filters are what --filter was given, by name.
type filters map[string][]string

// parseFilters reads "name=value" words.
func parseFilters(words []string) (filters, error) {
	f := filters{}
	for _, w := range words {
		name, value, ok := strings.Cut(w, "=")
		if !ok {
			return nil, StatusError{fmt.Sprintf("invalid argument %q for \"-f, --filter\" flag: invalid filter '%s'", w, w), 125}
		}
		name = strings.ToLower(strings.TrimSpace(name))
		f[name] = append(f[name], strings.TrimSpace(value))
	}
	return f, nil
}

// check refuses filters that the list does not know.
func (f filters) check(known []string) error {
	var bad []string
	for name := range f {
		if !slices.Contains(known, name) {
			bad = append(bad, name)
		}
	}
	if len(bad) == 0 {
		return nil
	}
	slices.Sort(bad)
	return fmt.Errorf("invalid filter '%s'", bad[0])
}

func (f filters) has(name string) bool { return len(f[name]) > 0 }

// match reports that nothing was asked of that name, or one value fits.
func (f filters) match(name string, fits func(want string) bool) bool {
	return !f.has(name) || slices.ContainsFunc(f[name], fits)
}

// labels reports that all labels asked for ("key" or "key=value") are there.
func (f filters) labels(have map[string]string) bool {
	for _, want := range f["label"] {
		key, value, exact := strings.Cut(want, "=")
		got, ok := have[key]
		if !ok || exact && got != value {
			return false
		}
	}
	return true
}

// matchName fits a name as docker does: a regular expression anywhere in it.
func matchName(want, name string) bool {
	want = strings.TrimPrefix(want, "/")
	if re, err := regexp.Compile(want); err == nil {
		return re.MatchString(name) || re.MatchString("/"+name)
	}
	return want == name
}
