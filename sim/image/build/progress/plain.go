package progress

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
)

// plainState is how much of a step the plain form has printed.
type plainState struct {
	begun    bool
	logs     int
	warnings int
	ended    bool
}

// plain prints one block of "#n" lines at a time and comes back to a step when
// it has news.
type plain struct {
	trace   *Trace
	out     io.Writer
	heading string // follows "#0"
	current *Vertex
	any     bool
	numbers int
}

// errorLogLines is how many lines of a failed step the plain form repeats.
const errorLogLines = 10

// A transfer is reported again after this much of it, or this long.
const (
	minShare = 0.05
	minDelay = 5 * time.Second
)

func (p *plain) draw() {
	if p.current != nil && p.current.hasNews() {
		p.print(p.current)
	}
	ended := slices.Clone(p.trace.started)
	slices.SortStableFunc(ended, func(a, b *Vertex) int { return a.Completed.Compare(b.Completed) })
	for _, v := range ended {
		if v.Done() && v.hasNews() {
			p.print(v)
		}
	}
	if p.current != nil {
		return
	}
	for _, v := range p.trace.started {
		if !v.Done() && v.hasNews() {
			p.print(v)
			return
		}
	}
}

func (p *plain) end() {
	p.draw()
	fmt.Fprint(p.out, p.trace.tail(errorLogLines))
}

func (v *Vertex) hasNews() bool {
	return !v.plain.begun || v.plain.logs < len(v.logs) || v.plain.warnings < len(v.warnings) || v.Done() && !v.plain.ended ||
		slices.ContainsFunc(v.statuses, func(s *Status) bool { return s.updated })
}

func (p *plain) print(v *Vertex) {
	var b strings.Builder
	if v.index == 0 {
		p.numbers++
		v.index = p.numbers
	}
	if v != p.current {
		p.open(&b, v)
	}
	v.plain.begun = true
	p.statuses(&b, v)
	for _, w := range v.warnings[v.plain.warnings:] {
		fmt.Fprintf(&b, "#%d WARN: %s\n", v.index, w)
	}
	v.plain.warnings = len(v.warnings)
	for _, l := range v.logs[v.plain.logs:] {
		fmt.Fprintf(&b, "#%d %s\n", v.index, l)
	}
	v.plain.logs = len(v.logs)
	p.current = v
	if v.Done() {
		fmt.Fprintf(&b, "#%d %s\n", v.index, v.outcome())
		v.plain.ended = true
		p.current = nil
	}
	fmt.Fprint(p.out, b.String())
}

// open begins a step's block; a block that is not at its end is left with "...".
func (p *plain) open(b *strings.Builder, v *Vertex) {
	if p.current != nil {
		fmt.Fprintf(b, "#%d ...\n", p.current.index)
	}
	switch {
	case p.any:
		b.WriteString("\n")
	case p.heading != "":
		fmt.Fprintf(b, "#0 %s\n\n", p.heading)
	}
	p.any = true
	fmt.Fprintf(b, "#%d %s\n", v.index, v.Name)
}

func (p *plain) statuses(b *strings.Builder, v *Vertex) {
	now := p.trace.now()
	for _, s := range v.statuses {
		if !s.updated || !s.due(now) {
			continue
		}
		s.updated, s.printed, s.shown, s.at = false, true, s.Current, now
		fmt.Fprintf(b, "#%d %s\n", v.index, s.line())
	}
}

func (s *Status) due(now time.Time) bool {
	if !s.printed || !s.Completed.IsZero() {
		return true
	}
	share := 0.0
	if s.Total > 0 {
		share = float64(s.Current-s.shown) / float64(s.Total)
	}
	return share >= minShare || now.Sub(s.at) >= minDelay
}

// line tells how long the transfer had taken when it last changed.
func (s *Status) line() string {
	text := s.ID + s.size(" ")
	end := s.news
	if !s.Completed.IsZero() {
		end = s.Completed
	}
	if d := end.Sub(s.Started); d > 10*time.Millisecond {
		text += fmt.Sprintf(" %.1fs", d.Seconds())
	}
	if !s.Completed.IsZero() {
		text += " done"
	}
	return text
}

func (s *Status) size(lead string) string {
	switch {
	case s.Total != 0:
		return lead + Bytes(s.Current) + " / " + Bytes(s.Total)
	case s.Current != 0:
		return lead + Bytes(s.Current)
	}
	return ""
}

func (v *Vertex) outcome() string {
	switch {
	case v.Canceled:
		return "CANCELED"
	case v.Error != "":
		return "ERROR: " + v.Error
	case v.Cached:
		return "CACHED"
	}
	return fmt.Sprintf("DONE %.1fs", v.Completed.Sub(v.Started).Seconds())
}
