package cli

import (
	"errors"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"
)

// The words of --format in help (docker/cli 29.7.2).
const (
	formatHelp = `Format output using a custom template:
'table':            Print output in table format with column headers (default)
'table TEMPLATE':   Print output in table format using the given Go template
'json':             Print in JSON format
'TEMPLATE':         Print output using the given Go template.
Refer to https://docs.docker.com/go/formatting/ for more information about formatting output with templates`
	inspectFormatHelp = `Format output using a custom template:
'json':             Print in JSON format
'TEMPLATE':         Print output using the given Go template.
Refer to https://docs.docker.com/go/formatting/ for more information about formatting output with templates`
)

// pairs is a flag of name=value, given any number of times.
type pairs struct {
	values map[string]string
	word   string // in help: "list" if empty, or "map"
}

// String, Set and Type implement pflag.Value.
func (p *pairs) String() string { return "" }

// Set reads one name=value; the value may be missing.
func (p *pairs) Set(text string) error {
	name, value, _ := strings.Cut(text, "=")
	if name == "" {
		return errors.New("invalid empty name")
	}
	if p.values == nil {
		p.values = map[string]string{}
	}
	p.values[name] = value
	return nil
}

// Type is the word in help.
func (p *pairs) Type() string {
	if p.word == "" {
		return "list"
	}
	return p.word
}

// joinLabels shows labels in one column.
func joinLabels(labels map[string]string) string {
	var list []string
	for _, name := range slices.Sorted(maps.Keys(labels)) {
		list = append(list, name+"="+labels[name])
	}
	return strings.Join(list, ",")
}

// timeLayout is how docker's tables write a moment.
const timeLayout = "2006-01-02 15:04:05 -0700 MST"

// dirOf is the directory of a path as docker words it.
func dirOf(name string) string { return strconv.Quote(path.Dir(name)) }

// pairsOfCommas is a flag of name=value pairs with commas between them.
type pairsOfCommas struct{ values map[string]string }

// String, Set and Type implement pflag.Value.
func (p *pairsOfCommas) String() string { return "" }

// Set reads "host=tcp://server:2376,ca=...".
func (p *pairsOfCommas) Set(text string) error {
	p.values = map[string]string{}
	for _, pair := range strings.Split(text, ",") {
		name, value, _ := strings.Cut(pair, "=")
		p.values[name] = value
	}
	return nil
}

// Type is the word in help.
func (p *pairsOfCommas) Type() string { return "stringToString" }
