package docker

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/docker/go-units"

	"drydock/sim/machine"
)

// progressWriter prints the progress of pulls and pushes as docker's client does
// (moby, pkg/jsonmessage): a line for each step in a pipe, one row for each layer
// in a terminal, rewritten in place.
type progressWriter struct {
	out      io.Writer
	quiet    bool
	terminal bool
	width    int
	rows     map[string]int
}

func newProgressWriter(out io.Writer, quiet bool) *progressWriter {
	w := &progressWriter{out: out, quiet: quiet, rows: map[string]int{}}
	if o, ok := out.(*machine.Output); ok && o.Terminal() != nil {
		w.terminal, w.width = true, o.Terminal().Width
	}
	return w
}

func (w *progressWriter) report(p Progress) {
	switch {
	case w.quiet:
	case p.ID == "":
		fmt.Fprintln(w.out, p.Status)
	case w.terminal:
		w.row(p)
	case p.Total == 0 && p.Elapsed == 0:
		fmt.Fprintf(w.out, "%s: %s\n", p.ID, p.Status)
	}
}

// row writes a layer's row anew, leaving the cursor below the last one.
func (w *progressWriter) row(p Progress) {
	at, known := w.rows[p.ID]
	if !known {
		at = len(w.rows)
		w.rows[p.ID] = at
		fmt.Fprint(w.out, "\n")
	}
	up := len(w.rows) - at
	text := p.ID + ": " + p.Status
	switch {
	case p.Total > 0:
		text += " " + bar(p, w.width-len(text)-1)
	case p.Elapsed >= time.Second:
		text += fmt.Sprintf(" %d s", int(p.Elapsed.Seconds()))
	}
	fmt.Fprintf(w.out, "\x1b[%dA\r\x1b[2K%s\r\x1b[%dB", up, text, up)
}

// bar draws "[===>      ]  1.2MB/3.4MB", without the bar where it does not fit.
func bar(p Progress, room int) string {
	numbers := units.HumanSize(float64(p.Current)) + "/" + units.HumanSize(float64(p.Total))
	if p.Current <= 0 {
		numbers = units.HumanSize(float64(p.Total))
	}
	const width = 50
	if room < width+len(numbers)+4 {
		return numbers
	}
	full := int(min(float64(p.Current)/float64(p.Total), 1) * width)
	head := ""
	if full < width {
		head = ">"
	}
	return fmt.Sprintf("[%s%s%s]  %s", strings.Repeat("=", full), head, strings.Repeat(" ", width-full-len(head)), numbers)
}
