package image

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/docker/go-units"
	"go.yaml.in/yaml/v3"
)

// familyDecl is one file of the catalogue: images that are published together.
// catalogue/README.md documents the form.
type familyDecl struct {
	Repositories []string            `yaml:"repositories"`
	Platforms    []string            `yaml:"platforms"`
	Sets         map[string][]setRow `yaml:"sets"`
	Images       []imageDecl         `yaml:"images"`
}

// imageDecl is an image, or one for each row of Each.
type imageDecl struct {
	Repository      string              `yaml:"repository"` // the family's first if empty
	Each            []map[string]string `yaml:"each"`
	Tags            []string            `yaml:"tags"`
	From            string              `yaml:"from"`
	Created         date                `yaml:"created"`
	Platforms       []string            `yaml:"platforms"`
	Vulnerabilities []Vulnerability     `yaml:"vulnerabilities"`
	Steps           []stepDecl          `yaml:"steps"`
}

// stepDecl is one instruction of the Dockerfile that made an image. A bare
// string is the instruction alone.
type stepDecl struct {
	Step       string
	Comment    string // of the history line; buildkit's own by default
	Size       byteSize
	Compressed byteSize
	Sets       []string // names of sets of files
	Files      map[string]fileDecl
}

// setRow is a directory full of programs, or of files.
type setRow struct {
	Dir     string              `yaml:"dir"`
	Program string              `yaml:"program"` // prefix of the programs' names
	Names   string              `yaml:"names"`   // programs, separated by blanks
	Files   map[string]fileDecl `yaml:"files"`   // by absolute path
}

// fileDecl is one file: a bare string is its text.
type fileDecl struct {
	Text    string
	Program string
	Link    string
	Size    byteSize
	Mode    fs.FileMode
	Owner   int
	Dir     bool
}

type (
	byteSize int64
	date     time.Time
)

// UnmarshalYAML reads a size: "44.1MB", "3kB", "118B".
func (b *byteSize) UnmarshalYAML(n *yaml.Node) error {
	v, err := units.FromHumanSize(n.Value)
	if err != nil || v < 0 {
		return fmt.Errorf("line %d: %q is no size; write for example 44.1MB", n.Line, n.Value)
	}
	*b = byteSize(v)
	return nil
}

// UnmarshalYAML reads a day, "2026-10-29", or a full RFC 3339 time.
func (d *date) UnmarshalYAML(n *yaml.Node) error {
	for _, layout := range []string{time.DateOnly, time.RFC3339} {
		if t, err := time.Parse(layout, n.Value); err == nil {
			*d = date(t.UTC())
			return nil
		}
	}
	return fmt.Errorf("line %d: %q is no date; write for example 2026-10-29", n.Line, n.Value)
}

// UnmarshalYAML reads a step: a string, or a mapping.
func (s *stepDecl) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind == yaml.ScalarNode {
		s.Step = n.Value
		return nil
	}
	return eachKey(n, func(key string, v *yaml.Node) error {
		switch key {
		case "step":
			return v.Decode(&s.Step)
		case "comment":
			return v.Decode(&s.Comment)
		case "size":
			return v.Decode(&s.Size)
		case "compressed":
			return v.Decode(&s.Compressed)
		case "sets":
			return v.Decode(&s.Sets)
		case "files":
			return v.Decode(&s.Files)
		}
		return errUnknownKey
	})
}

// UnmarshalYAML reads a file: its text, or a mapping.
func (f *fileDecl) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind == yaml.ScalarNode {
		f.Text = n.Value
		return nil
	}
	return eachKey(n, func(key string, v *yaml.Node) error {
		switch key {
		case "text":
			return v.Decode(&f.Text)
		case "program":
			return v.Decode(&f.Program)
		case "link":
			return v.Decode(&f.Link)
		case "size":
			return v.Decode(&f.Size)
		case "owner":
			return v.Decode(&f.Owner)
		case "dir":
			return v.Decode(&f.Dir)
		case "mode":
			bits, err := strconv.ParseUint(v.Value, 8, 12)
			f.Mode = permission(bits)
			if err != nil {
				return fmt.Errorf("line %d: %q is no mode; write for example 0755", v.Line, v.Value)
			}
			return nil
		}
		return errUnknownKey
	})
}

// permission turns the octal bits of chmod into a file mode.
func permission(bits uint64) fs.FileMode {
	mode := fs.FileMode(bits & 0o777)
	for bit, flag := range map[uint64]fs.FileMode{0o1000: fs.ModeSticky, 0o2000: fs.ModeSetgid, 0o4000: fs.ModeSetuid} {
		if bits&bit != 0 {
			mode |= flag
		}
	}
	return mode
}

var errUnknownKey = errors.New("unknown key")

// eachKey walks a mapping; the YAML library's strictness does not reach into
// types that read themselves.
func eachKey(n *yaml.Node, set func(key string, value *yaml.Node) error) error {
	if n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	if n.Kind != yaml.MappingNode {
		return fmt.Errorf("line %d: a text or a mapping is needed here", n.Line)
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := n.Content[i]
		err := set(key.Value, n.Content[i+1])
		if errors.Is(err, errUnknownKey) {
			return fmt.Errorf("line %d: there is no key %q here", key.Line, key.Value)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// parseFamily reads a file of the catalogue; name is used in errors.
func parseFamily(name string, data []byte) (*familyDecl, error) {
	var f familyDecl
	dec := yaml.NewDecoder(bytes.NewReader(data))
	dec.KnownFields(true)
	if err := dec.Decode(&f); err != nil && !errors.Is(err, io.EOF) {
		return nil, yamlError(name, err)
	}
	for i := range f.Images {
		d := &f.Images[i]
		if d.Repository == "" && len(f.Repositories) > 0 {
			d.Repository = f.Repositories[0]
		}
		switch {
		case !slices.Contains(f.Repositories, d.Repository):
			return nil, fmt.Errorf("%s: image %d: the file does not declare the repository %q", name, i+1, d.Repository)
		case len(d.Tags) == 0:
			return nil, fmt.Errorf("%s: image %d of %s has no tags", name, i+1, d.Repository)
		case time.Time(d.Created).IsZero():
			return nil, fmt.Errorf("%s: image %s:%s has no creation date", name, d.Repository, d.Tags[0])
		}
	}
	return &f, nil
}

// yamlError puts the file and, where there is one, the line in front: "f.yaml:12: ...".
func yamlError(name string, err error) error {
	text := strings.TrimPrefix(err.Error(), "yaml: ")
	var typed *yaml.TypeError
	if errors.As(err, &typed) && len(typed.Errors) > 0 {
		text = typed.Errors[0]
	}
	if rest, ok := strings.CutPrefix(text, "line "); ok {
		line, message, _ := strings.Cut(rest, ": ")
		return fmt.Errorf("%s:%s: %s", name, line, message)
	}
	return fmt.Errorf("%s: %s", name, text)
}
