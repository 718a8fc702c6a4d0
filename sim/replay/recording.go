// Package replay re-enacts recorded sessions of the real tools in a simulated
// world and prints them in the same form, so that the two can be compared.
package replay

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"strconv"
	"strings"

	"drydock/sim"
)

// maxRecording is how long a recording may be, in bytes.
const maxRecording = 16 << 20

// Recording is a session of real tools as text: a start, and what was done then.
//
//	# title                        free text; "directory: NAME" names where it was made
//	=== world                      the start, as a world spec
//	machines: [laptop]
//	=== end
//	=== file compose.yaml          a file that is written at this point
//	services: {}
//	=== end
//	laptop$ docker ps              a command on that machine
//	…                              what it printed, both streams
//	=== exit 0                     its exit status
//	=== event wait 3 s             time passes, or something happens
type Recording struct {
	Name  string   // for messages: the file's name
	Title []string // the lines before the world, as they stand
	World string   // the world block's content
	Steps []Step

	spec      sim.Spec
	worldLine int
}

// StepKind says what a step of a recording is.
type StepKind int

// The kinds of steps.
const (
	Command StepKind = iota // Text is run on Machine
	File                    // Text is the path, Data the content
	Event                   // Text says what happens
)

// Step is one thing that was done.
type Step struct {
	Kind    StepKind
	Line    int // where it begins in the recording, from 1
	Machine string
	Text    string
	Data    string
	Output  string // what the real tool printed
	Status  int    // its exit status
}

// Parse reads a recording. Errors name the recording and the line.
func Parse(name string, r io.Reader) (*Recording, error) {
	data, err := io.ReadAll(io.LimitReader(r, maxRecording+1))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if len(data) > maxRecording {
		return nil, fmt.Errorf("%s: a recording may have at most %d bytes", name, maxRecording)
	}
	p := parser{rec: &Recording{Name: name}}
	in := bufio.NewScanner(bytes.NewReader(data))
	in.Buffer(nil, maxRecording+1)
	for in.Scan() {
		p.line++
		if err := p.read(in.Text()); err != nil {
			return nil, fmt.Errorf("%s:%d: %w", name, p.line, err)
		}
	}
	if p.open != nil {
		return nil, fmt.Errorf("%s:%d: %s has no end", name, p.open.line, p.open.what)
	}
	return p.rec, p.rec.readWorld()
}

// readWorld parses the world block; its errors carry the block's line.
func (r *Recording) readWorld() error {
	spec, err := sim.ParseSpec(fmt.Sprintf("%s:%d: world", r.Name, max(r.worldLine, 1)), []byte(r.World))
	r.spec = spec
	return err
}

// parser reads a recording line by line.
type parser struct {
	rec   *Recording
	line  int
	begun bool // the title is over
	open  *block
}

// block is a part that has begun and whose end is still to come.
type block struct {
	what  string
	line  int
	body  strings.Builder
	close func(body, status string) error
	ends  func(line string) (status string, ok bool)
}

func (p *parser) read(line string) error {
	if p.open != nil {
		status, ok := p.open.ends(line)
		if !ok {
			p.open.body.WriteString(line + "\n")
			return nil
		}
		b := p.open
		p.open = nil
		return b.close(b.body.String(), status)
	}
	return p.begin(line)
}

// begin reads a line that stands between blocks.
func (p *parser) begin(line string) error {
	word, rest, _ := strings.Cut(strings.TrimPrefix(line, "=== "), " ")
	switch {
	case line == "=== world":
		p.begun = true
		p.openWorld()
	case strings.HasPrefix(line, "=== file "):
		p.begun = true
		return p.openFile(strings.TrimSpace(rest))
	case strings.HasPrefix(line, "=== event "):
		p.begun = true
		p.rec.Steps = append(p.rec.Steps, Step{Kind: Event, Line: p.line, Text: strings.TrimSpace(rest)})
	case strings.HasPrefix(line, "==="):
		return fmt.Errorf("%q does not belong here; a recording has world, file, event and, after a command, exit", "=== "+word)
	default:
		return p.other(line)
	}
	return nil
}

// other reads what is no block: a command, or free text.
func (p *parser) other(line string) error {
	machine, command, ok := strings.Cut(line, "$ ")
	if ok && isMachine(machine) {
		p.begun = true
		p.openCommand(machine, command)
		return nil
	}
	if !p.begun {
		p.rec.Title = append(p.rec.Title, line)
	} else if strings.TrimSpace(line) != "" && !strings.HasPrefix(line, "#") {
		return fmt.Errorf("%q is no command; one looks like \"laptop$ docker ps\"", line)
	}
	return nil
}

func (p *parser) openWorld() {
	at := p.line
	p.open = &block{what: "the world", line: at, ends: isEnd, close: func(body, _ string) error {
		if p.rec.worldLine != 0 {
			return fmt.Errorf("a recording has one world; the first is in line %d", p.rec.worldLine)
		}
		p.rec.World, p.rec.worldLine = body, at
		return nil
	}}
}

func (p *parser) openFile(path string) error {
	if path == "" {
		return fmt.Errorf("a file needs a name")
	}
	at := p.line
	p.open = &block{what: "the file " + path, line: at, ends: isEnd, close: func(body, _ string) error {
		p.rec.Steps = append(p.rec.Steps, Step{Kind: File, Line: at, Text: path, Data: body})
		return nil
	}}
	return nil
}

func (p *parser) openCommand(machine, command string) {
	at := p.line
	p.open = &block{what: "the command", line: at, ends: isExit, close: func(body, status string) error {
		n, err := strconv.Atoi(status)
		if err != nil {
			return fmt.Errorf("%q is no exit status", status)
		}
		p.rec.Steps = append(p.rec.Steps, Step{Kind: Command, Line: at, Machine: machine, Text: command, Output: body, Status: n})
		return nil
	}}
}

func isEnd(line string) (string, bool) { return "", line == "=== end" }

func isExit(line string) (string, bool) {
	status, ok := strings.CutPrefix(line, "=== exit ")
	return strings.TrimSpace(status), ok
}

func isMachine(s string) bool {
	if s == "" || (s[0]|0x20 < 'a' || s[0]|0x20 > 'z') {
		return false
	}
	return strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._") == ""
}
