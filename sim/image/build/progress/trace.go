// Package progress is what BuildKit tells its client while it builds, and how
// buildx shows that: numbered blocks for pipes, rows that are rewritten in place
// for terminals (buildx 0.36.1, BuildKit 0.34.2).
package progress

import (
	"fmt"
	"strings"
	"time"
)

// Trace is all that is known about one solve, in the order in which it became
// known. Several builds may share a trace, as those of `docker compose build` do.
type Trace struct {
	// OnChange is called after every change; a display redraws then.
	OnChange func()

	now      func() time.Time
	vertices []*Vertex
	started  []*Vertex
	byKey    map[string]*Vertex
	warnings []Warning
}

// Warning is one finding of the Dockerfile linter.
type Warning struct {
	Text string // "RuleName: message (line 3)"
	Rule string
	// Detail, URL and Source are what `docker --debug build` adds.
	Detail string
	URL    string
	Source string
}

// New makes an empty trace that reads the time from now.
func New(now func() time.Time) *Trace {
	return &Trace{now: now, byKey: map[string]*Vertex{}}
}

// Vertex is one step of a solve.
type Vertex struct {
	Name      string
	Cached    bool
	Canceled  bool
	Error     string
	Started   time.Time
	Completed time.Time

	trace    *Trace
	statuses []*Status
	warnings []string
	logs     []string // complete lines with their time in front
	partial  string   // the last line, not ended yet
	printed  int      // bytes of logs so far
	index    int      // number in plain form, 0 before the first print
	plain    plainState
}

// Status is one line under a vertex: a transfer, a resolve, an export.
type Status struct {
	ID        string
	Current   int64 // bytes
	Total     int64 // bytes; 0 if not known
	Started   time.Time
	Completed time.Time

	vertex  *Vertex
	updated bool
	printed bool
	shown   int64
	at      time.Time // of the last print
	news    time.Time // of the last change
}

// Vertex returns the step with that key, making it if it is not known. Steps of
// the same key are the same work and run once.
func (t *Trace) Vertex(key, name string) *Vertex {
	if v := t.byKey[key]; v != nil {
		return v
	}
	v := &Vertex{Name: name, trace: t}
	t.vertices = append(t.vertices, v)
	t.byKey[key] = v
	return v
}

// Vertices lists the steps in the order in which they became known.
func (t *Trace) Vertices() []*Vertex { return t.vertices }

// Warnings lists the linter's findings.
func (t *Trace) Warnings() []Warning { return t.warnings }

// Start begins a step; one that has begun stays as it is.
func (v *Vertex) Start() *Vertex {
	if v.Started.IsZero() {
		v.Started = v.trace.now()
		v.trace.started = append(v.trace.started, v)
		v.changed()
	}
	return v
}

// Begun reports that the step was started.
func (v *Vertex) Begun() bool { return !v.Started.IsZero() }

// Done reports that the step has ended, well or not.
func (v *Vertex) Done() bool { return !v.Completed.IsZero() }

// Finish ends a step that went well.
func (v *Vertex) Finish() {
	if v.Done() {
		return
	}
	v.Start()
	v.flushPartial()
	v.Completed = v.trace.now()
	v.changed()
}

// FromCache ends a step whose result was there already.
func (v *Vertex) FromCache() {
	if v.Done() && !v.Cached {
		return
	}
	v.Cached = true
	v.Finish()
}

// Fail ends a step with an error.
func (v *Vertex) Fail(text string) {
	v.Error = text
	v.Finish()
}

// Cancel ends a step because another one failed. A step that has not begun, or
// has ended, is left alone.
func (v *Vertex) Cancel() {
	if v.Begun() && !v.Done() {
		v.Canceled = true
		v.Finish()
	}
}

// Status returns the step's line of that name, making it if it is not known.
func (v *Vertex) Status(id string) *Status {
	for _, s := range v.statuses {
		if s.ID == id {
			return s
		}
	}
	v.Start()
	s := &Status{ID: id, Started: v.trace.now(), news: v.trace.now(), vertex: v, updated: true}
	v.statuses = append(v.statuses, s)
	v.changed()
	return s
}

// Progress says how many bytes are through.
func (s *Status) Progress(current, total int64) *Status {
	s.Current, s.Total, s.updated, s.news = current, total, true, s.vertex.trace.now()
	s.vertex.changed()
	return s
}

// Finish ends the line.
func (s *Status) Finish() {
	s.Completed, s.updated = s.vertex.trace.now(), true
	s.vertex.changed()
}

// logLimit is how much of a program's output is shown, in bytes.
const logLimit = 2 << 20

// Log adds what a program of the step printed; lines may come in pieces.
func (v *Vertex) Log(text string) {
	if v.printed >= logLimit {
		return
	}
	if v.printed += len(text); v.printed >= logLimit {
		text += "\n[output clipped, log limit 2MiB reached]\n"
	}
	for text != "" {
		line, rest, ended := strings.Cut(text, "\n")
		if v.partial == "" {
			v.partial = seconds(v.trace.now().Sub(v.Started)) + " "
		}
		v.partial += line
		if ended {
			v.flushPartial()
		}
		text = rest
	}
	v.changed()
}

func (v *Vertex) flushPartial() {
	if v.partial != "" {
		v.logs = append(v.logs, v.partial)
		v.partial = ""
	}
}

// seconds is the time in front of a log line: three decimals below ten seconds,
// fewer above.
func seconds(d time.Duration) string {
	switch s := d.Seconds(); {
	case s < 10:
		return fmt.Sprintf("%.3f", s)
	case s < 100:
		return fmt.Sprintf("%.2f", s)
	default:
		return fmt.Sprintf("%.1f", s)
	}
}

// Warn adds a finding of the linter to the step that read the Dockerfile.
func (v *Vertex) Warn(w Warning) {
	for _, old := range v.trace.warnings {
		if old == w {
			return
		}
	}
	v.warnings = append(v.warnings, w.Text)
	v.trace.warnings = append(v.trace.warnings, w)
	v.changed()
}

func (v *Vertex) changed() {
	if v.trace.OnChange != nil {
		v.trace.OnChange()
	}
}

// Failed lists the steps that ended with an error.
func (t *Trace) Failed() []*Vertex {
	var failed []*Vertex
	for _, v := range t.started {
		if v.Error != "" && !v.Canceled {
			failed = append(failed, v)
		}
	}
	return failed
}

// tail is what stands at the end of the output of a failed build: the last lines
// that each failed step printed.
func (t *Trace) tail(lines int) string {
	var b strings.Builder
	for _, v := range t.Failed() {
		logs := v.logs
		if lines > 0 && len(logs) > lines {
			logs = logs[len(logs)-lines:]
		}
		fmt.Fprintf(&b, "------\n > %s:\n", v.Name)
		for _, l := range logs {
			b.WriteString(l + "\n")
		}
		b.WriteString("------\n")
	}
	return b.String()
}

// Bytes writes a size as BuildKit does: 62B, 1.40kB, 20.31MB.
func Bytes(n int64) string {
	v := float64(n)
	for _, unit := range []string{"kB", "MB", "GB", "TB"} {
		if v /= 1000; v < 1000 {
			if n < 1000 {
				break
			}
			return fmt.Sprintf("%.2f%s", v, unit)
		}
	}
	return fmt.Sprintf("%dB", n)
}
