package lessons

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Problem is something wrong with a course, said so that its author can mend it.
type Problem struct {
	File    string `json:"file"`
	Line    int    `json:"line,omitempty"` // from 1; 0 is the file as a whole
	Check   string `json:"check"`          // which check found it: "load", "solution", ...
	Message string `json:"message"`
	Note    bool   `json:"note,omitempty"` // worth knowing, but no reason to refuse the course
}

// String is the form that editors and CI logs turn into a link.
func (p Problem) String() string {
	word := ""
	if p.Note {
		word = "note: "
	}
	message := strings.ReplaceAll(strings.TrimRight(p.Message, "\n"), "\n", "\n    ") // what a tool printed stays together
	if p.Line == 0 {
		return fmt.Sprintf("%s: %s%s", p.File, word, message)
	}
	return fmt.Sprintf("%s:%d: %s%s", p.File, p.Line, word, message)
}

// Problems is a list of them; as an error it has one line each.
type Problems []Problem

// Error implements error.
func (p Problems) Error() string {
	lines := make([]string, len(p))
	for i := range p {
		lines[i] = p[i].String()
	}
	return strings.Join(lines, "\n")
}

// Errors counts those that are not mere notes.
func (p Problems) Errors() int {
	n := 0
	for i := range p {
		if !p[i].Note {
			n++
		}
	}
	return n
}

// err is the list as an error: nil when there is nothing but notes in it.
func (p Problems) err() error {
	if p.Errors() == 0 {
		return nil
	}
	return p
}

// sort puts problems in the order of files and lines and drops repetitions.
func (p Problems) sort() Problems {
	slices.SortStableFunc(p, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Check, b.Check), cmp.Compare(a.Message, b.Message))
	})
	return slices.Compact(p)
}

// collector gathers the problems of one file under one check.
type collector struct {
	file  string
	check string
	list  Problems
}

func (c *collector) add(line int, format string, args ...any) {
	c.list = append(c.list, Problem{File: c.file, Line: line, Check: c.check, Message: fmt.Sprintf(format, args...)})
}

func (c *collector) note(line int, format string, args ...any) {
	c.add(line, format, args...)
	c.list[len(c.list)-1].Note = true
}
