package cli

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/pflag"
)

// listValue is a flag that may be given several times; help calls it what it holds.
type listValue struct {
	values *[]string
	kind   string
	check  func(string) error // what a value must be; nil is anything
}

func (l *listValue) String() string { return "" }
func (l *listValue) Set(s string) error {
	if l.check != nil {
		if err := l.check(s); err != nil {
			return err
		}
	}
	*l.values = append(*l.values, s)
	return nil
}
func (l *listValue) Type() string { return l.kind }

// listVar declares a flag that may be given several times.
func listVar(f *pflag.FlagSet, to *[]string, name, short, help, kind string) {
	f.VarP(&listValue{to, kind, nil}, name, short, help)
}

// checkedListVar declares a flag that may be given several times and whose
// values are looked at as they are read.
func checkedListVar(f *pflag.FlagSet, to *[]string, name, short, help, kind string, check func(string) error) {
	f.VarP(&listValue{to, kind, check}, name, short, help)
}

// filters are what --filter was given, by name.
type filters struct{ values map[string][]string }

// filterFlag declares --filter.
func filterFlag(f *pflag.FlagSet, short, help string) *filters {
	list := &filters{}
	f.VarP(list, "filter", short, help)
	return list
}

// String implements pflag.Value.
func (f *filters) String() string { return "" }

// Type is the word in help.
func (f *filters) Type() string { return "filter" }

// Set reads one "name=value".
func (f *filters) Set(word string) error {
	if word == "" {
		return nil
	}
	name, value, ok := strings.Cut(word, "=")
	if !ok {
		return errors.New("bad format of filter (expected name=value)")
	}
	if f.values == nil {
		f.values = map[string][]string{}
	}
	name = strings.ToLower(strings.TrimSpace(name))
	f.values[name] = append(f.values[name], strings.TrimSpace(value))
	return nil
}

// check refuses filters that the list does not know, in the daemon's words.
func (f *filters) check(known ...string) error {
	var bad []string
	for name := range f.values {
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

// get are the values given for a name.
func (f *filters) get(name string) []string { return f.values[name] }

func (f *filters) has(name string) bool { return len(f.values[name]) > 0 }

// yes reads a filter that is true or false, and whether it was given at all.
func (f *filters) yes(name string) (value, given bool, err error) {
	if !f.has(name) {
		return false, false, nil
	}
	text := f.values[name][0]
	value, err = strconv.ParseBool(text)
	if err != nil {
		return false, true, fmt.Errorf("invalid filter '%s=[%s]'", name, text)
	}
	return value, true, nil
}

// any reports that nothing was asked of that name, or one value fits.
func (f *filters) any(name string, fits func(want string) bool) bool {
	return !f.has(name) || slices.ContainsFunc(f.values[name], fits)
}

// labels reports that all labels asked for ("key" or "key=value") are there, and
// none of those that are not wanted (label!).
func (f *filters) labels(have map[string]string) bool {
	is := func(want string) bool {
		key, value, exact := strings.Cut(want, "=")
		got, ok := have[key]
		return ok && (!exact || got == value)
	}
	for _, want := range f.values["label"] {
		if !is(want) {
			return false
		}
	}
	return !slices.ContainsFunc(f.values["label!"], is)
}

// before reports that something was made before what --filter until says: a
// duration ago ("24h") or a moment.
func (f *filters) before(created, now time.Time) bool {
	for _, text := range f.values["until"] {
		if limit, ok := moment(text, now); ok && !created.Before(limit) {
			return false
		}
	}
	return true
}

// moment reads a time as docker's options take it: how long ago ("10m", "1h30m"),
// seconds since 1970, or a date with or without a time.
func moment(text string, now time.Time) (time.Time, bool) {
	if d, err := time.ParseDuration(text); err == nil {
		return now.Add(-d), true
	}
	if s, err := strconv.ParseFloat(text, 64); err == nil {
		return time.Unix(0, int64(s*1e9)).UTC(), true
	}
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05", "2006-01-02T15:04", "2006-01-02T15", "2006-01-02"} {
		if t, err := time.Parse(layout, text); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}

// matchName fits a name as docker does: a regular expression anywhere in it.
func matchName(want, name string) bool {
	want = strings.TrimPrefix(want, "/")
	if re, err := regexp.Compile(want); err == nil {
		return re.MatchString(name) || re.MatchString("/"+name)
	}
	return want == name
}
