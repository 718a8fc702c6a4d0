package lessons

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

// maxYAMLDepth is how deep mappings and lists of a pack may nest.
const maxYAMLDepth = 16

// strict decodes YAML that starts at a line of a file. Unknown and repeated keys,
// anchors and a second document are problems, each with its line in the file.
func (c *collector) strict(line int, text []byte, into any) bool {
	before := len(c.list)
	// Empty lines in front make the reader's line numbers those of the file.
	text = append(bytes.Repeat([]byte("\n"), max(line-1, 0)), text...)
	var root yaml.Node
	if err := yaml.Unmarshal(text, &root); err != nil {
		c.yamlError(line, err)
		return false
	}
	c.tame(&root, 0)
	if len(c.list) > before {
		return false
	}
	dec := yaml.NewDecoder(bytes.NewReader(text))
	dec.KnownFields(true)
	if err := dec.Decode(into); err != nil && !errors.Is(err, io.EOF) {
		c.yamlError(line, err)
	}
	if err := dec.Decode(&root); !errors.Is(err, io.EOF) {
		c.add(line, "there is a second YAML document here; remove the --- line")
	}
	return len(c.list) == before
}

// tame refuses what makes small YAML large: anchors, aliases, deep nesting.
func (c *collector) tame(n *yaml.Node, depth int) {
	switch {
	case n.Kind == yaml.AliasNode || n.Anchor != "":
		c.add(n.Line, "YAML anchors and aliases (& and *) are not allowed; write the text again, in quotes if it begins with one of these")
		return
	case depth > maxYAMLDepth:
		c.add(n.Line, "this is nested deeper than %d levels; make it flatter", maxYAMLDepth)
		return
	}
	for _, child := range n.Content {
		c.tame(child, depth+1)
	}
}

// yamlError turns the reader's errors, one or many, into problems.
func (c *collector) yamlError(line int, err error) {
	var many *yaml.TypeError
	if !errors.As(err, &many) {
		many = &yaml.TypeError{Errors: []string{strings.TrimPrefix(err.Error(), "yaml: ")}}
	}
	for _, text := range many.Errors {
		c.specError(line, text)
	}
}

// specError takes "line N:" out of a message and says the rest in plain words.
func (c *collector) specError(line int, text string) {
	if m := regexp.MustCompile(`(?s)^(?:unmarshal errors:\s*)?line (\d+): (.*)$`).FindStringSubmatch(text); m != nil {
		line, _ = strconv.Atoi(m[1])
		text = m[2]
	}
	c.add(line, "%s", plainYAML(text))
}

// plainYAML says what the YAML reader means in words for authors.
func plainYAML(text string) string {
	if m := regexp.MustCompile(`^field (\S+) not found in type (\S+)$`).FindStringSubmatch(text); m != nil {
		if keys := knownKeys(m[2]); keys != "" {
			return fmt.Sprintf("there is no key %q here; the keys are %s", m[1], keys)
		}
		return fmt.Sprintf("there is no key %q here", m[1])
	}
	if m := regexp.MustCompile("(?s)^cannot unmarshal !!(\\w+)(?: `(.*)`)? into (\\S+)$").FindStringSubmatch(text); m != nil {
		return fmt.Sprintf("%s does not belong here; %s does", kindWords(m[1], m[2]), typeWords(m[3]))
	}
	if strings.Contains(text, "mapping values are not allowed") {
		return text + "; put text that holds a colon and a space in quotes"
	}
	return text
}

func kindWords(kind, value string) string {
	switch kind {
	case "map":
		return "a mapping (key: value)"
	case "seq":
		return "a list"
	default:
		return strconv.Quote(value)
	}
}

func typeWords(name string) string {
	switch {
	case strings.HasPrefix(name, "[]"), name == "lessons.lines":
		return "a list"
	case strings.HasPrefix(name, "int"):
		return "a whole number"
	case name == "bool":
		return "true or false"
	case strings.HasPrefix(name, "lessons."), strings.HasPrefix(name, "map["):
		return "a mapping (key: value)"
	default:
		return "text"
	}
}

// knownKeys lists the keys of one of the formats' mappings by its Go type name.
func knownKeys(name string) string {
	for _, proto := range []any{frontBlock{}, stepBlock{}, goalBlock{}, actionBlock{}, wrongBlock{}, answerBlock{}, courseFile{}, chapterBlock{}} {
		t := reflect.TypeOf(proto)
		if t.String() != name {
			continue
		}
		var keys []string
		for i := range t.NumField() {
			keys = append(keys, t.Field(i).Tag.Get("yaml"))
		}
		slices.Sort(keys)
		return strings.Join(keys, ", ")
	}
	return ""
}

// text is a YAML scalar that remembers its line.
type text struct {
	value string
	line  int
}

// UnmarshalYAML takes any scalar as the text that was written.
func (t *text) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind != yaml.ScalarNode {
		return &yaml.TypeError{Errors: []string{fmt.Sprintf("line %d: text belongs here; put it in quotes if it holds a colon, or begins with [ or {", n.Line)}}
	}
	t.value, t.line = n.Value, n.Line
	if n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0 {
		t.line++ // the text begins below its | or >
	}
	if n.Tag == "!!null" {
		t.value = ""
	}
	return nil
}

// lines is a list of scalars; one alone may stand without a list.
type lines []text

// UnmarshalYAML reads a list, or a scalar as a list of one.
func (l *lines) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind == yaml.ScalarNode && n.Tag != "!!null" {
		var t text
		err := t.UnmarshalYAML(n)
		*l = lines{t}
		return err
	}
	return n.Decode((*[]text)(l))
}

func (l lines) values() []string {
	var out []string
	for _, t := range l {
		out = append(out, strings.TrimRight(t.value, "\n"))
	}
	return out
}

// span is a length of virtual time: "30s", "5m".
type span time.Duration

// UnmarshalYAML reads a length of time.
func (s *span) UnmarshalYAML(n *yaml.Node) error {
	d, err := time.ParseDuration(n.Value)
	if err != nil || d < 0 || d > maxStable {
		return &yaml.TypeError{Errors: []string{fmt.Sprintf("line %d: %q is no length of time up to %s; write for example 30s or 2m", n.Line, n.Value, maxStable)}}
	}
	*s = span(d)
	return nil
}
