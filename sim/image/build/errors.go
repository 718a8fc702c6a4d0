package build

import (
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/moby/buildkit/frontend/dockerfile/parser"
)

// Error is why a build failed: what BuildKit says, and the places in the
// Dockerfile that it shows above that.
type Error struct {
	Text     string
	Excerpts []string // each with its frame, ending in a line end
}

// Error is the text alone.
func (e *Error) Error() string { return e.Text }

// fail turns an error of the parser or of a step into one with excerpts.
func (b *build) fail(err error) error {
	var known *Error
	if errors.As(err, &known) {
		return known
	}
	out := &Error{Text: err.Error()}
	var located *parser.LocationError
	if errors.As(err, &located) {
		for _, ranges := range located.Locations {
			if text := excerpt(b.req.Dockerfile.Name, b.source, ranges); text != "" && !slices.Contains(out.Excerpts, text) {
				out.Excerpts = append(out.Excerpts, text)
			}
		}
	}
	return out
}

// excerpt shows lines of a Dockerfile with two lines around a single one and one
// around several.
func excerpt(name string, source []byte, ranges []parser.Range) string {
	if len(ranges) == 0 {
		return ""
	}
	lines := strings.Split(string(source), "\n")
	marked := map[int]bool{}
	first, last := ranges[0].Start.Line, 0
	for _, r := range ranges {
		end := max(r.Start.Line, r.End.Line)
		first, last = min(first, r.Start.Line), max(last, end)
		for n := r.Start.Line; n <= min(end, len(lines)); n++ {
			marked[n] = true
		}
	}
	if first < 1 || first > len(lines) {
		return ""
	}
	last = min(last, len(lines))
	around := 2
	if first != last {
		around = 1
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s:%d\n--------------------\n", path.Base(name), first)
	for n := max(1, first-around); n <= min(len(lines), last+around); n++ {
		mark := "   "
		if marked[n] {
			mark = ">>>"
		}
		fmt.Fprintf(&b, " %3d | %s %s\n", n, mark, lines[n-1])
	}
	b.WriteString("--------------------\n")
	return b.String()
}
