package compose

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/docker/go-units"

	"drydock/sim/clock"
)

// rows shows the state of every resource in a terminal, one row each, written anew
// ten times a second while an operation is under way.
type rows struct {
	b         *backend
	detached  bool
	operation string
	order     []string
	tasks     map[string]*task
	printed   int // rows of the last drawing
	drawn     bool
	building  bool // a build shows itself
	timer     *clock.Timer
}

// task is one row.
type task struct {
	event
	parents    map[string]bool
	began, end time.Time
	over       bool
}

func newRows(b *backend, detached bool) *rows {
	return &rows{b: b, detached: detached, tasks: map[string]*task{}}
}

// redraw is how often the rows are written while an operation goes on.
const redraw = 100 * time.Millisecond

func (r *rows) begin(operation string) {
	r.operation = operation
	r.plan()
}

func (r *rows) end() {
	r.draw()
	r.drop()
}

func (r *rows) drop() {
	r.timer.Stop()
	r.timer, r.operation = nil, ""
}

// plan draws again after a while.
func (r *rows) plan() {
	r.timer = r.b.Clock().AfterWeighted(redraw, clock.Work, func() {
		if r.operation == "" || r.b.Done() {
			return
		}
		if !r.building {
			r.draw()
		}
		r.plan()
	})
}

func (r *rows) on(e event) {
	switch {
	case e.id == "Compose":
		r.b.Errorf("%s\n", e.details)
		return
	case r.operation != "start" && (e.text == "Started" || e.text == "Starting") && !r.detached:
		return // they would stand among the containers' own lines
	}
	if building := e.text == "Building"; building != r.building {
		if building && r.operation != "" {
			r.draw() // what there is stays above the build's own rows
			r.drawn, r.printed = false, 0
		}
		r.building = building
	}
	t := r.tasks[e.id]
	if t == nil {
		t = &task{event: e, parents: map[string]bool{}, began: r.b.Now()}
		r.tasks[e.id] = t
		r.order = append(r.order, e.id)
	} else {
		t.update(e)
	}
	if e.parent != "" {
		t.parents[e.parent] = true
	}
	t.over = t.phase != working
	if t.over && t.end.IsZero() {
		t.end = r.b.Now()
	}
	if !t.over {
		t.end = time.Time{}
	}
	if r.operation == "" {
		r.b.Errorf("%s %s %s\n", e.id, e.text, e.details)
	}
}

// update takes over an event about a row that is there. A layer that several
// images share follows the image that named it first.
func (t *task) update(e event) {
	if e.parent != "" && t.parent != "" && e.parent != t.parent {
		return
	}
	parent, current, total, percent := t.parent, t.current, t.total, t.percent
	t.event = e
	t.parent, t.current, t.total, t.percent = parent, max(current, e.current), max(total, e.total), max(percent, e.percent)
}

// draw writes all rows over those of the last drawing.
func (r *rows) draw() {
	if len(r.tasks) == 0 {
		return
	}
	width, height := 80, 24
	if t := r.b.Stderr.Terminal(); t != nil {
		width, height = t.Width, t.Height
	}
	var out strings.Builder
	if r.drawn {
		fmt.Fprintf(&out, "\x1b[%dA\r", r.printed+1)
	}
	r.drawn = true
	over := 0
	var shown []*task
	for _, id := range r.order {
		t := r.tasks[id]
		if t.over {
			over++
		}
		if len(t.parents) == 0 {
			shown = append(shown, t)
		}
	}
	fmt.Fprintf(&out, "\x1b[2K[+] %s %d/%d\n", r.operation, over, len(r.tasks))
	room := max(height-2, 1)
	more := 0
	if len(shown) > room {
		more = len(shown) - room + 1
		shown = shown[:room-1]
	}
	lines := r.layout(shown, width)
	if more > 0 {
		lines = append(lines, fmt.Sprintf(" ... %d more", more))
	}
	for _, line := range lines {
		out.WriteString("\x1b[2K" + line + "\n")
	}
	for range r.printed - len(lines) {
		out.WriteString("\x1b[2K\n")
	}
	r.printed = max(r.printed, len(lines))
	fmt.Fprint(r.b.Stderr, out.String())
}

// layout lines the rows up: mark and name, state, and the time at the right.
func (r *rows) layout(shown []*task, width int) []string {
	var heads []string
	widest, timer := 0, 0
	for _, t := range shown {
		head := fmt.Sprintf(" %s %s%s", t.mark(r.b.Now()), t.id, r.progress(t))
		heads = append(heads, head)
		widest = max(widest, utf8.RuneCountInString(head))
		timer = max(timer, len(t.took(r.b.Now())))
	}
	var lines []string
	for i, t := range shown {
		line := heads[i] + strings.Repeat(" ", widest-utf8.RuneCountInString(heads[i])) + " " + t.text
		if t.details != "" {
			line += " " + t.details
		}
		if room := width - timer - 1; utf8.RuneCountInString(line) > room && room > 3 {
			line = string([]rune(line)[:room-3]) + "..."
		}
		gap := max(width-utf8.RuneCountInString(line)-timer, 1)
		lines = append(lines, r.paint(t, line)+fmt.Sprintf("%s%*s", strings.Repeat(" ", gap), timer, t.took(r.b.Now())))
	}
	return lines
}

// paint colours the mark of a row.
func (r *rows) paint(t *task, line string) string {
	if r.b.Env.Get("NO_COLOR") != "" {
		return line
	}
	code := map[phase]string{working: "34", done: "32", warning: "33", failed: "31"}[t.phase]
	runes := []rune(line)
	return string(runes[:1]) + "\x1b[" + code + "m" + string(runes[1:2]) + "\x1b[0m" + string(runes[2:])
}

// progress sums up the parts of a row that is still under way: the layers of an image.
func (r *rows) progress(t *task) string {
	if t.phase != working {
		return ""
	}
	bars := []rune("⠀⡀⣀⣄⣤⣦⣶⣷⣿")
	var marks []rune
	var current, total int64
	hidden := false
	for _, id := range r.order {
		part := r.tasks[id]
		if !part.parents[t.id] {
			continue
		}
		hidden = hidden || part.phase == working && part.total == 0
		current, total = current+part.current, total+part.total
		marks = append(marks, bars[(len(bars)-1)*min(part.percent, 100)/100])
	}
	if len(marks) == 0 {
		return ""
	}
	text := " [" + string(marks) + "]"
	if !hidden && total > 0 {
		text += fmt.Sprintf(" %7s / %-7s", units.HumanSize(float64(current)), units.HumanSize(float64(total)))
	}
	return text
}

// mark is the sign of a row's state; one that is under way turns.
func (t *task) mark(now time.Time) string {
	switch t.phase {
	case done:
		return "✔"
	case warning:
		return "!"
	case failed:
		return "✘"
	}
	spinner := []rune("⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏")
	return string(spinner[int(now.Sub(t.began)/redraw)%len(spinner)])
}

func (t *task) took(now time.Time) string {
	end := now
	if t.over {
		end = t.end
	}
	return fmt.Sprintf("%.1fs", end.Sub(t.began).Seconds())
}
