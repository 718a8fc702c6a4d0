package compose

import (
	"fmt"
	"io"
)

// phase is how far an event's object has come.
type phase int

const (
	working phase = iota
	done
	warning
	failed
)

// event is something that happens to a resource of the project.
type event struct {
	id      string // "Container web-1", a layer's id
	parent  string // the resource that it is a part of, or ""
	text    string
	details string
	phase   phase
	current int64 // bytes
	total   int64 // bytes; 0 if not known
	percent int
}

// reporter shows events.
type reporter interface {
	// begin opens an operation such as "up"; end closes it, drop leaves it as it is.
	begin(operation string)
	on(e event)
	end()
	drop()
}

// silent shows nothing (--progress quiet).
type silent struct{}

func (silent) begin(string) {}
func (silent) on(event)     {}
func (silent) end()         {}
func (silent) drop()        {}

// plain prints a line for each event.
type plain struct{ out io.Writer }

func (plain) begin(string) {}
func (plain) end()         {}
func (plain) drop()        {}

func (r plain) on(e event) { fmt.Fprintf(r.out, " %s %s %s\n", e.id, e.text, e.details) }

// jsonLines prints an object for each event (--progress json).
type jsonLines struct{ out io.Writer }

func (jsonLines) begin(string) {}
func (jsonLines) end()         {}
func (jsonLines) drop()        {}

func (r jsonLines) on(e event) {
	status := [...]string{"Working", "Done", "Warning", "Error"}[e.phase]
	text := fmt.Sprintf(`{"id":%q`, e.id)
	if e.parent != "" {
		text += fmt.Sprintf(`,"parent_id":%q`, e.parent)
	}
	text += fmt.Sprintf(`,"status":%q,"text":%q`, status, e.text)
	if e.details != "" {
		text += fmt.Sprintf(`,"details":%q`, e.details)
	}
	fmt.Fprintln(r.out, text+"}")
}

// operation runs work as one operation of the display.
func (b *backend) operation(name string, work func() error) error {
	b.report.begin(name)
	finished := false
	defer func() {
		if !finished { // interrupted: the cursor is no longer where it was left
			b.report.drop()
		}
	}()
	err := work()
	finished = true
	b.report.end()
	return err
}

// tell reports that something is under way or done, with optional details.
func (b *backend) tell(id string, p phase, text string, details ...string) {
	e := event{id: id, phase: p, text: text}
	if len(details) > 0 {
		e.details = details[0]
	}
	b.report.on(e)
}
