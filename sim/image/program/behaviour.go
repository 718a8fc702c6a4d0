package program

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"
	"time"

	"github.com/docker/go-units"
	"go.yaml.in/yaml/v3"

	"drydock/sim/machine"
)

// Behaviour says what a program does, in the few terms that matter to whoever
// runs containers: what it needs, where it listens, what it answers, what it
// prints, how it ends. README.md documents the form and the words in braces that
// texts may hold.
type Behaviour struct {
	User     string            `yaml:"user"`    // whom it becomes when root starts it
	Needs    []Need            `yaml:"needs"`   // checked in order, before anything else
	Says     string            `yaml:"says"`    // on standard output when it starts
	Warns    string            `yaml:"warns"`   // on standard error when it starts
	Writes   map[string]string `yaml:"writes"`  // files that it makes if they are missing
	Ready    Duration          `yaml:"ready"`   // how long it takes until it listens
	Listen   []Listen          `yaml:"listen"`  //
	Server   string            `yaml:"server"`  // its Server header
	Serves   string            `yaml:"serves"`  // a directory of files
	Answers  []Answer          `yaml:"answers"` // the first whose method and path fit
	Logs     []Log             `yaml:"logs"`
	Memory   Memory            `yaml:"memory"`
	Children []string          `yaml:"children"` // processes that it starts
	Signals  []Stop            `yaml:"signals"`
	Ends     *End              `yaml:"ends"`
	// Title is what process lists show in place of the command line.
	Title string `yaml:"title"`
}

// Need is something without which the program does not work. One of Variable,
// File and Host is set.
type Need struct {
	Variable string   `yaml:"variable"` // an environment variable that is not empty; several: "A|B"
	File     string   `yaml:"file"`
	Host     string   `yaml:"host"` // "redis:6379"
	Port     int      `yaml:"port"` // where Host may come without one
	Else     string   `yaml:"else"` // for hosts: "exit" (default), "retry", "fail" (requests get status 500)
	Says     string   `yaml:"says"` // on standard error when it is missing
	Status   int      `yaml:"status"`
	Every    Duration `yaml:"every"` // how often a retry tries; 2 s by default
	Body     string   `yaml:"body"`  // of the page that requests get then, for "fail"
}

// Listen is an open port.
type Listen struct {
	Port    string `yaml:"port"` // a number, or words in braces that give one
	Proto   string `yaml:"proto"`
	Address string `yaml:"address"` // 0.0.0.0 by default
}

// Answer is what a request gets.
type Answer struct {
	Method string   `yaml:"method"` // empty for any
	Path   string   `yaml:"path"`   // a "*" at its end stands for the rest
	Status int      `yaml:"status"`
	Body   string   `yaml:"body"`
	Type   string   `yaml:"type"`
	Header []string `yaml:"header"`
	Delay  Duration `yaml:"delay"`
	Cost   Duration `yaml:"cost"` // processor time
	// Exits ends the program with Status after answering nothing.
	Exits bool `yaml:"exits"`
}

// Log is a line that is printed again and again.
type Log struct {
	Every  Duration `yaml:"every"`
	On     string   `yaml:"on"` // "request"
	Text   string   `yaml:"text"`
	Stderr bool     `yaml:"stderr"`
}

// Memory is what the program has resident.
type Memory struct {
	Start Size     `yaml:"start"`
	Grow  Size     `yaml:"grow"`
	Every Duration `yaml:"every"`
}

// Stop is what a signal does. Signals that are not listed have their default
// effect, which for the first process of a container is none.
type Stop struct {
	On     string   `yaml:"on"` // "TERM INT"
	After  Duration `yaml:"after"`
	Status int      `yaml:"status"`
	Says   string   `yaml:"says"`
	Warns  string   `yaml:"warns"`
	Ignore bool     `yaml:"ignore"`
}

// End is how the program ends by itself.
type End struct {
	After  Duration `yaml:"after"`
	Status int      `yaml:"status"`
	Says   string   `yaml:"says"`  // on standard output
	Warns  string   `yaml:"warns"` // on standard error
}

// Duration is a time.Duration that YAML writes as "2s".
type Duration time.Duration

// UnmarshalYAML reads a duration.
func (d *Duration) UnmarshalYAML(n *yaml.Node) error {
	v, err := time.ParseDuration(n.Value)
	if err != nil || v < 0 {
		return fmt.Errorf("line %d: %q is no duration; write for example 500ms or 2s", n.Line, n.Value)
	}
	*d = Duration(v)
	return nil
}

// Size is a number of bytes that YAML writes as "20MB".
type Size int64

// UnmarshalYAML reads a size.
func (s *Size) UnmarshalYAML(n *yaml.Node) error {
	v, err := units.RAMInBytes(n.Value)
	if err != nil || v < 0 {
		return fmt.Errorf("line %d: %q is no size; write for example 20MB", n.Line, n.Value)
	}
	*s = Size(v)
	return nil
}

// ParseBehaviour reads a behaviour; name is used in errors. Unknown keys are errors.
func ParseBehaviour(name string, data []byte) (*Behaviour, error) {
	var b Behaviour
	dec := yaml.NewDecoder(bytes.NewReader(data))
	dec.KnownFields(true)
	if err := dec.Decode(&b); err != nil && !errors.Is(err, io.EOF) {
		text := strings.TrimPrefix(err.Error(), "yaml: ")
		var typed *yaml.TypeError
		if errors.As(err, &typed) && len(typed.Errors) > 0 {
			text = typed.Errors[0]
		}
		if rest, ok := strings.CutPrefix(text, "line "); ok {
			line, message, _ := strings.Cut(rest, ": ")
			return nil, fmt.Errorf("%s:%s: %s", name, line, message)
		}
		return nil, fmt.Errorf("%s: %s", name, text)
	}
	for _, l := range b.Listen {
		if l.Proto != "" && l.Proto != "tcp" && l.Proto != "udp" {
			return nil, fmt.Errorf("%s: listen: proto is tcp or udp, not %q", name, l.Proto)
		}
	}
	for _, s := range b.Signals {
		for _, word := range strings.Fields(s.On) {
			if _, ok := machine.ParseSignal(word); !ok {
				return nil, fmt.Errorf("%s: signals: %q is no signal", name, word)
			}
		}
	}
	return &b, nil
}

//go:embed behaviours/*.yaml
var behaviourFiles embed.FS

// declared finds a program of the embedded behaviours.
func declared(memo *machine.Memo, name, version string) machine.Main {
	if strings.ContainsAny(name, "/:") || name == "" {
		return nil
	}
	file := "behaviours/" + name + ".yaml"
	if known, found := memo.Get(file); found {
		if b, ok := known.(*Behaviour); ok {
			return b.Main(version)
		}
	}
	data, err := behaviourFiles.ReadFile(file)
	if err != nil {
		return nil
	}
	b, err := ParseBehaviour(file, data)
	if err != nil {
		return func(p *machine.Process) int { p.Errorf("%v\n", err); return 1 }
	}
	memo.Keep(file, b)
	return b.Main(version)
}

func declaredNames() []string {
	var names []string
	entries, _ := behaviourFiles.ReadDir("behaviours")
	for _, e := range entries {
		names = append(names, strings.TrimSuffix(path.Base(e.Name()), ".yaml"))
	}
	return names
}
