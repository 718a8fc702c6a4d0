package tools

import (
	"errors"
	"io"
	"strconv"
	"strings"

	"drydock/sim/machine"
)

// sedRun is a run of sed over one stream of lines.
type sedRun struct {
	*tool
	quiet   bool
	script  []*sedCommand
	out     func(string)
	hold    string
	space   string
	number  int
	next    func() (string, bool) // the line after, if there is one
	peek    func() bool           // whether there is one
	after   []string
	quit    bool
	status  int
	deleted bool
}

func sed(t *tool) int {
	o, ok := t.parse("n/quiet/silent e:/expression f:/file E/regexp-extended r i/in-place s/separate u/unbuffered z", sedArgs(t.Args[1:]))
	if !ok {
		return 1
	}
	scripts := values(sedArgs(t.Args[1:]), "-e", "--expression")
	if o.has("f") {
		data, err := t.ReadFile(o.values["f"])
		if err != nil {
			t.failf("couldn't open file %s: %s", o.values["f"], reason(err))
			return 1
		}
		scripts = append(scripts, string(data))
	}
	if len(scripts) == 0 {
		if len(o.args) == 0 {
			t.Errorf("Usage: sed [OPTION]... {script-only-if-no-other-script} [input-file]...\n")
			return 1
		}
		scripts, o.args = o.args[:1], o.args[1:]
	}
	script, err := parseSed(strings.Join(scripts, "\n"), o.has("E") || o.has("r"))
	if err != nil {
		if t.busybox {
			t.failf("%s", err)
		} else {
			t.failf("-e expression #1, char %d: %s", len(scripts[0]), err)
		}
		return 1
	}
	if suffix, inPlace := sedInPlace(t.Args[1:]); inPlace {
		return t.sedFiles(o, script, suffix)
	}
	run := &sedRun{tool: t, quiet: o.has("n"), script: script, out: func(s string) { t.write(s) }}
	var readers []io.Reader
	status := t.inputs(o.args, "can't read %s: %s", "%s: %s", func(_ string, in *machine.Input) { readers = append(readers, in) })
	run.stream(io.MultiReader(readers...))
	return max(run.status, 2*status)
}

// sedArgs separates -i.bak into -i, because its value is optional.
func sedArgs(args []string) []string {
	var out []string
	for _, a := range args {
		switch {
		case strings.HasPrefix(a, "-i") && len(a) > 2, strings.HasPrefix(a, "--in-place"):
			out = append(out, "-i")
		default:
			out = append(out, a)
		}
	}
	return out
}

// sedInPlace finds -i and its suffix.
func sedInPlace(args []string) (suffix string, on bool) {
	for _, a := range args {
		if a == "--" {
			break
		}
		if rest, ok := strings.CutPrefix(a, "--in-place"); ok {
			return strings.TrimPrefix(rest, "="), true
		}
		if len(a) < 2 || a[0] != '-' || a[1] == '-' {
			continue
		}
		if i := strings.IndexByte(a, 'i'); i > 0 && strings.Trim(a[1:i], "nErsz") == "" {
			return a[i+1:], true
		}
	}
	return "", false
}

// sedFiles edits files in place.
func (t *tool) sedFiles(o *options, script []*sedCommand, suffix string) int {
	status := 0
	for _, name := range o.args {
		data, err := t.ReadFile(name)
		if err != nil {
			if t.busybox {
				t.failf("%s: %s", name, reason(err))
			} else {
				t.failf("can't read %s: %s", name, reason(err))
			}
			status = 1
			continue
		}
		var b strings.Builder
		run := &sedRun{tool: t, quiet: o.has("n"), script: script, out: func(s string) { b.WriteString(s) }}
		run.stream(strings.NewReader(string(data)))
		if suffix != "" {
			_ = t.WriteFile(name+suffix, data)
		}
		if err := t.WriteFile(name, []byte(b.String())); err != nil {
			t.failf("couldn't open file %s: %s", name, reason(err))
			status = 4
		}
	}
	return status
}

// stream runs the script over all lines.
func (r *sedRun) stream(in io.Reader) {
	feed := make([]string, 0, 64)
	data := ""
	done := false
	pull := func() {
		if done || len(feed) > 1 {
			return
		}
		if data == "" {
			data = string(all(in))
			done = data == ""
			feed = append(feed, strings.SplitAfter(data, "\n")...)
			if n := len(feed); n > 0 && feed[n-1] == "" {
				feed = feed[:n-1]
			}
		}
	}
	r.peek = func() bool { pull(); return len(feed) > 0 }
	r.next = func() (string, bool) {
		if !r.peek() {
			return "", false
		}
		line := feed[0]
		feed = feed[1:]
		r.number++
		return line, true
	}
	for !r.quit {
		line, ok := r.next()
		if !ok {
			return
		}
		text, end := cutNewline(line)
		r.space, r.deleted = text, false
		r.run(r.script)
		if !r.quiet && !r.deleted {
			r.out(r.space + end)
		}
		for _, a := range r.after {
			r.out(a + "\n")
		}
		r.after = nil
	}
}

// run carries out commands on the pattern space; false ends the cycle.
func (r *sedRun) run(script []*sedCommand) bool {
	for _, c := range script {
		if !c.applies(r) {
			continue
		}
		if !r.do(c) {
			return false
		}
	}
	return true
}

func (r *sedRun) do(c *sedCommand) bool {
	switch c.verb {
	case '{':
		return r.run(c.block)
	case 's':
		r.substitute(c)
	case 'y':
		r.space = c.table.Replace(r.space)
	case 'p':
		r.out(r.space + "\n")
	case '=':
		r.out(strconv.Itoa(r.number) + "\n")
	case 'd':
		r.deleted = true
		return false
	case 'q', 'Q':
		r.quit, r.deleted = true, c.verb == 'Q'
		r.status, _ = strconv.Atoi(c.text)
		return false
	case 'a':
		r.after = append(r.after, c.text)
	case 'i':
		r.out(c.text + "\n")
	case 'c':
		if !c.inRange {
			r.out(c.text + "\n")
		}
		r.deleted = true
		return false
	default:
		return r.doLines(c)
	}
	return true
}

// doLines are the commands that take further lines or the hold space.
func (r *sedRun) doLines(c *sedCommand) bool {
	switch c.verb {
	case 'n', 'N':
		if !r.peek() {
			r.quit = true
			r.deleted = r.deleted || c.verb == 'n' && r.quiet
			return false
		}
		if c.verb == 'n' && !r.quiet {
			r.out(r.space + "\n")
		}
		line, _ := r.next()
		text, _ := cutNewline(line)
		if c.verb == 'N' {
			text = r.space + "\n" + text
		}
		r.space = text
	case 'P':
		first, _, _ := strings.Cut(r.space, "\n")
		r.out(first + "\n")
	case 'h':
		r.hold = r.space
	case 'H':
		r.hold += "\n" + r.space
	case 'g':
		r.space = r.hold
	case 'G':
		r.space += "\n" + r.hold
	case 'x':
		r.space, r.hold = r.hold, r.space
	}
	return len(r.space) < maxLine
}

// substitute is s///.
func (r *sedRun) substitute(c *sedCommand) {
	var b strings.Builder
	rest, at, n, changed := r.space, 0, 0, false
	for _, m := range c.rx.FindAllStringSubmatchIndex(rest, -1) {
		n++
		if n < c.nth || n > c.nth && !c.global {
			continue
		}
		b.WriteString(rest[at:m[0]])
		b.WriteString(replacement(c.text, rest, m))
		at, changed = m[1], true
	}
	if !changed || b.Len() > maxLine {
		return
	}
	b.WriteString(rest[at:])
	r.space = b.String()
	if c.print {
		r.out(r.space + "\n")
	}
}

// replacement fills in & and \1 to \9, and the case changes of GNU.
func replacement(form, src string, m []int) string {
	var b strings.Builder
	change := byte(0)
	add := func(s string) {
		switch change {
		case 'U':
			s = strings.ToUpper(s)
		case 'L':
			s = strings.ToLower(s)
		case 'u', 'l':
			if s != "" {
				first := strings.ToUpper(s[:1])
				if change == 'l' {
					first = strings.ToLower(s[:1])
				}
				s, change = first+s[1:], 0
			}
		}
		b.WriteString(s)
	}
	for i := 0; i < len(form); i++ {
		switch c := form[i]; {
		case c == '&':
			add(src[m[0]:m[1]])
		case c == '\\' && i+1 < len(form):
			i++
			switch d := form[i]; {
			case d >= '0' && d <= '9':
				if g := int(d - '0'); 2*g+1 < len(m) && m[2*g] >= 0 {
					add(src[m[2*g]:m[2*g+1]])
				}
			case d == 'n':
				b.WriteByte('\n')
			case d == 't':
				b.WriteByte('\t')
			case strings.IndexByte("ULul", d) >= 0:
				change = d
			case d == 'E':
				change = 0
			default:
				b.WriteByte(d)
			}
		default:
			add(string(c))
		}
	}
	return b.String()
}

var errSedEnd = errors.New("unterminated `s' command")
