package progress

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// terminal draws all steps as rows and writes over them as they change.
type terminal struct {
	trace *Trace
	out   io.Writer
	size  func() (width, height int)
	// builder is named at the right end of the first row: "docker:default".
	builder string
	colour  bool
	drawn   int // rows on the screen below the first
	any     bool
}

// Colours of rows that have ended; NO_COLOR leaves them out.
const (
	blue   = "\x1b[34m"
	red    = "\x1b[31m"
	yellow = "\x1b[33m"
	plainC = "\x1b[0m"
)

// logRows is how many lines of a running program are shown below its step.
const logRows = 6

// job is one row.
type job struct {
	text   string
	size   string
	took   time.Duration
	ended  bool
	colour string
	vertex *Vertex
}

func (t *terminal) draw() { t.paint(false) }

func (t *terminal) end() {
	t.paint(true)
	fmt.Fprint(t.out, t.trace.tail(0))
}

func (t *terminal) paint(last bool) {
	width, height := t.size()
	var b strings.Builder
	if t.any {
		fmt.Fprintf(&b, "\x1b[%dA", t.drawn+1)
	} else {
		b.WriteString("\n")
	}
	t.any = true
	b.WriteString("\x1b[0G\x1b[?25l")
	b.WriteString(t.title(width, last) + "\n")
	jobs := t.jobs()
	if !last {
		jobs = fit(jobs, height-2)
	}
	rows := 0
	for _, j := range jobs {
		if row := t.row(j, width); row != "" {
			b.WriteString(row + "\n")
			rows++
		}
		if !last && j.vertex != nil && !j.ended {
			rows += t.logs(&b, j.vertex, width)
		}
	}
	t.wipe(&b, rows, width)
	t.drawn = rows
	b.WriteString("\x1b[?25h")
	fmt.Fprint(t.out, b.String())
}

// wipe blanks rows of the last drawing that this one does not reach.
func (t *terminal) wipe(b *strings.Builder, rows, width int) {
	if over := t.drawn - rows; over > 0 {
		b.WriteString(strings.Repeat(strings.Repeat(" ", width)+"\n", over))
		fmt.Fprintf(b, "\x1b[%dA\x1b[0G", over)
	}
}

func (t *terminal) title(width int, last bool) string {
	ended, total := 0, len(t.trace.vertices)
	begin := t.trace.now()
	for _, v := range t.trace.vertices {
		if v.Done() {
			ended++
		}
	}
	if len(t.trace.started) > 0 {
		begin = t.trace.started[0].Started
	}
	state := ""
	if last && ended > 0 && ended == total {
		state = "FINISHED"
	}
	text := fmt.Sprintf("[+] Building %.1fs (%d/%d) %s", t.trace.now().Sub(begin).Seconds(), ended, total, state)
	return align(text, t.builder, width-1)
}

func (t *terminal) jobs() []job {
	var jobs []job
	now := t.trace.now()
	for _, v := range t.trace.started {
		j := job{text: strings.ReplaceAll(v.Name, "\t", " "), took: elapsed(v.Started, v.Completed, now), ended: v.Done(), colour: blue, vertex: v}
		switch {
		case v.Canceled:
			j.text, j.colour = "CANCELED "+j.text, yellow
		case v.Error != "":
			j.text, j.colour = "ERROR "+j.text, red
		case v.Cached:
			j.text = "CACHED " + j.text
		}
		jobs = append(jobs, j)
		for _, s := range v.statuses {
			jobs = append(jobs, job{text: "=> " + s.ID, size: s.size(""), took: elapsed(s.Started, s.Completed, now), ended: !s.Completed.IsZero(), colour: blue})
		}
		for _, w := range v.warnings {
			jobs = append(jobs, job{text: "WARN: " + w, took: elapsed(v.Started, v.Completed, now), ended: true, colour: yellow})
		}
	}
	return jobs
}

func elapsed(from, to, now time.Time) time.Duration {
	if to.IsZero() {
		to = now
	}
	return to.Sub(from)
}

// fit keeps the newest rows that the terminal has room for, and those above
// them whose step still runs in place of some that have ended.
func fit(jobs []job, room int) []job {
	if room < 0 {
		return nil
	}
	cut := len(jobs) - room
	if cut <= 0 {
		return jobs
	}
	running := slices.DeleteFunc(slices.Clone(jobs[:cut]), func(j job) bool { return j.ended })
	kept := slices.Clone(jobs[cut:])
	spare := len(running)
	kept = slices.DeleteFunc(kept, func(j job) bool {
		if spare > 0 && j.ended {
			spare--
			return true
		}
		return false
	})
	return append(running[min(spare, len(running)):], kept...)
}

func (t *terminal) row(j job, width int) string {
	took := j.took
	if took < 50*time.Millisecond {
		took = 0
	}
	timer := fmt.Sprintf(" %3.1fs", took.Seconds())
	left := width - len(" => ") - len(timer) - 2
	size := j.size
	if size != "" && left+len(size) > 20 {
		left -= len(size) + 1
		size = " " + size
	} else {
		size = ""
	}
	if left < 12 {
		return ""
	}
	text := j.text
	if utf8.RuneCountInString(text) > left {
		text = string([]rune(text)[:left])
	}
	row := align(" => "+text+size, timer, width-1)
	if t.colour && j.ended {
		row = j.colour + row + plainC
	}
	return row
}

// logs shows the last lines that a running program printed.
func (t *terminal) logs(b *strings.Builder, v *Vertex, width int) int {
	lines := v.logs
	if v.partial != "" {
		lines = append(slices.Clone(lines), v.partial)
	}
	lines = lines[max(0, len(lines)-logRows):]
	for _, l := range lines {
		_, text, _ := strings.Cut(l, " ")
		row := []rune(" => => # " + text)
		row = row[:min(len(row), width-1)]
		b.WriteString(string(row) + strings.Repeat(" ", max(0, width-1-len(row))) + "\n")
	}
	return len(lines)
}

// align puts right at the end of a row of that width.
func align(left, right string, width int) string {
	room := width - utf8.RuneCountInString(right) - 1
	if n := utf8.RuneCountInString(left); n > room {
		left = string([]rune(left)[:max(room, 0)])
	} else {
		left += strings.Repeat(" ", room-n)
	}
	return left + " " + right
}
