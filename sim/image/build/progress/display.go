package progress

import (
	"fmt"
	"io"
	"time"

	"drydock/sim/clock"
)

// Mode is --progress.
type Mode string

// Modes of showing progress. Auto is Terminal where there is one, else Plain.
const (
	Plain    Mode = "plain"
	Terminal Mode = "tty"
	Quiet    Mode = "quiet"
)

// How often a display is redrawn: not more often than pause after a change, and
// in a terminal at least every tick so that the times go on.
const (
	pause = 100 * time.Millisecond
	tick  = 250 * time.Millisecond
)

// Display shows a trace while it grows.
type Display struct {
	trace  *Trace
	clock  *clock.Clock
	form   form
	last   time.Time
	drawn  bool
	timer  *clock.Timer
	live   bool // redraw by itself
	closed bool
}

type form interface {
	draw()
	end()
}

type quiet struct{}

func (quiet) draw() {}
func (quiet) end()  {}

// Options say how to show a trace.
type Options struct {
	Mode   Mode
	Out    io.Writer
	Size   func() (width, height int) // of the terminal
	Colour bool
	// Heading is the first line of the plain form, Builder the right end of the
	// first row in a terminal.
	Heading string
	Builder string
}

// Show begins to show a trace.
func Show(c *clock.Clock, t *Trace, o Options) *Display {
	d := &Display{trace: t, clock: c, form: quiet{}}
	switch o.Mode {
	case Plain:
		d.form = &plain{trace: t, out: o.Out, heading: o.Heading}
	case Terminal:
		d.form = &terminal{trace: t, out: o.Out, size: o.Size, builder: o.Builder, colour: o.Colour}
		d.live = true
	}
	t.OnChange = d.changed
	return d
}

// changed draws at once if the last drawing is long enough ago, else soon.
func (d *Display) changed() {
	if d.closed {
		return
	}
	wait := pause
	if d.drawn {
		wait = pause - d.clock.Now().Sub(d.last)
	}
	if wait <= 0 {
		d.draw()
		return
	}
	d.drawAfter(wait)
}

func (d *Display) drawAfter(wait time.Duration) {
	if d.timer == nil {
		d.timer = d.clock.AfterWeighted(wait, clock.Work, func() { d.timer = nil; d.draw() })
	}
}

func (d *Display) draw() {
	if d.closed {
		return
	}
	d.timer.Stop()
	d.timer = nil
	d.drawn, d.last = true, d.clock.Now()
	d.form.draw()
	if d.live {
		d.drawAfter(tick)
	}
}

// Close draws what there is for the last time.
func (d *Display) Close() {
	if d.closed {
		return
	}
	d.closed = true
	d.timer.Stop()
	d.trace.OnChange = nil
	d.form.end()
}

// Abandon stops drawing and leaves the screen as it is: for a terminal where an
// interrupted client's cursor is no longer where the last drawing left it.
func (d *Display) Abandon() {
	d.closed = true
	d.timer.Stop()
	d.trace.OnChange = nil
}

// PrintWarnings lists the linter's findings as buildx does after a build. With
// debug each one is explained.
func PrintWarnings(w io.Writer, warnings []Warning, debug bool) {
	if len(warnings) == 0 {
		return
	}
	found := "1 warning found"
	if len(warnings) > 1 {
		found = fmt.Sprintf("%d warnings found", len(warnings))
	}
	if !debug {
		found += " (use docker --debug to expand)"
	}
	fmt.Fprintf(w, "\n \x1b[33m%s:\n\x1b[0m", found)
	for _, warning := range warnings {
		fmt.Fprintf(w, " - %s\n", warning.Text)
		if !debug {
			continue
		}
		if warning.Detail != "" {
			fmt.Fprintf(w, "%s\n", warning.Detail)
		}
		if warning.URL != "" {
			fmt.Fprintf(w, "More info: %s\n", warning.URL)
		}
		fmt.Fprintf(w, "%s\n", warning.Source)
	}
}
