package tools

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"

	"drydock/sim/machine"
)

// awkRun is a run of awk: a small part of the language, which covers the
// one-liners of everyday use: patterns, print, printf, variables, arithmetic,
// arrays, if, for and while.
type awkRun struct {
	*tool
	prog   *awkProgram
	vars   map[string]awkValue
	arrays map[string]map[string]awkValue
	keys   map[string][]string // of arrays, in the order of insertion
	line   string
	fields []string
	nr     int
	fnr    int
	file   string
	steps  int
	ranges map[*awkRule]bool
	out    strings.Builder
}

// awkValue is a number or a text, or a text that looks like a number.
type awkValue struct {
	s     string
	n     float64
	isNum bool
	input bool // came from input: compared as a number if it looks like one
}

// awkSignal is how next, exit, break and continue leave a block.
type awkSignal string

func (s awkSignal) Error() string { return string(s) }

const (
	errAwkNext     awkSignal = "next"
	errAwkExit     awkSignal = "exit"
	errAwkBreak    awkSignal = "break"
	errAwkContinue awkSignal = "continue"
)

func awk(t *tool) int {
	o, ok := t.parse("+F:/field-separator v:/assign f:/file", t.Args[1:])
	if !ok {
		return 2
	}
	args := o.args
	src := ""
	switch {
	case o.has("f"):
		data, err := t.ReadFile(o.values["f"])
		if err != nil {
			t.failf("cannot open \"%s\" (%s)", o.values["f"], reason(err))
			return 2
		}
		src = string(data)
	case len(args) == 0:
		t.Errorf("usage: awk [-F fs][-v var=value][prog | -f progfile][file ...]\n")
		return 2
	default:
		src, args = args[0], args[1:]
	}
	prog, err := parseAwk(src)
	if err != nil {
		t.failf("%s", err)
		return 2
	}
	r := &awkRun{tool: t, prog: prog, vars: map[string]awkValue{}, arrays: map[string]map[string]awkValue{}, keys: map[string][]string{}, ranges: map[*awkRule]bool{}}
	r.vars["FS"], r.vars["OFS"], r.vars["ORS"], r.vars["SUBSEP"] = awkText(" "), awkText(" "), awkText("\n"), awkText("\x1c")
	if o.has("F") {
		fs, _ := Escapes(o.values["F"])
		r.vars["FS"] = awkText(fs)
	}
	for _, v := range values(t.Args[1:], "-v", "--assign") {
		name, value, _ := strings.Cut(v, "=")
		text, _ := Escapes(value)
		r.vars[name] = awkValue{s: text, input: true}
	}
	return r.run(args)
}

func awkText(s string) awkValue    { return awkValue{s: s} }
func awkNumber(n float64) awkValue { return awkValue{n: n, isNum: true} }

func (r *awkRun) run(files []string) int {
	status := 0
	fail := func(err error) bool {
		r.flush()
		if err == nil || errors.Is(err, errAwkExit) {
			return err != nil
		}
		r.failf("%s", err)
		status = 2
		return true
	}
	over := fail(r.special("BEGIN"))
	if !over && r.prog.reads {
		s := r.inputs(files, "cannot open \"%s\" (%s)", "%s: %s", func(name string, in *machine.Input) {
			r.fnr, r.file = 0, strings.TrimPrefix(name, "-")
			if over {
				return
			}
			lines(in, func(line string) bool {
				text, _ := cutNewline(line)
				r.nr++
				r.fnr++
				r.setLine(text)
				over = fail(r.record())
				return !over
			})
		})
		status = max(status, 2*s)
	}
	if status == 0 {
		fail(r.special("END"))
	}
	if v, ok := r.vars["\x00exit"]; ok && status == 0 {
		return int(v.n) & 0xff
	}
	return status
}

func (r *awkRun) flush() {
	if r.out.Len() > 0 {
		r.write(r.out.String())
		r.out.Reset()
	}
}

func (r *awkRun) special(kind string) error {
	for _, rule := range r.prog.rules {
		if rule.kind == kind {
			if err := r.block(rule.body); err != nil {
				return err
			}
		}
	}
	return nil
}

// record applies the rules to one line.
func (r *awkRun) record() error {
	for _, rule := range r.prog.rules {
		if rule.kind != "" {
			continue
		}
		hit, err := r.matches(rule)
		if err != nil {
			return err
		}
		if !hit {
			continue
		}
		if rule.body == nil {
			r.print([]awkValue{awkText(r.line)})
			continue
		}
		if err := r.block(rule.body); err != nil {
			if errors.Is(err, errAwkNext) {
				return nil
			}
			return err
		}
	}
	return nil
}

func (r *awkRun) matches(rule *awkRule) (bool, error) {
	if rule.from == nil {
		return true, nil
	}
	if rule.to == nil {
		v, err := r.eval(rule.from)
		return v.truth(), err
	}
	if !r.ranges[rule] {
		v, err := r.eval(rule.from)
		if err != nil || !v.truth() {
			return false, err
		}
		r.ranges[rule] = true
	}
	v, err := r.eval(rule.to)
	r.ranges[rule] = !v.truth()
	return true, err
}

func (r *awkRun) setLine(s string) {
	r.line = s
	r.fields = r.split(s, r.vars["FS"].text())
}

// split cuts a text at a separator: blanks for " ", else a character or an
// expression.
func (r *awkRun) split(s, sep string) []string {
	switch {
	case sep == " ":
		return strings.Fields(s)
	case s == "":
		return nil
	case len(sep) == 1 && sep != "|" && strings.IndexByte(`\.+*?()[]{}^$`, sep[0]) < 0, sep == "|", sep == ".":
		return strings.Split(s, sep)
	}
	rx, err := compile(sep, "extended", false)
	if err != nil {
		return []string{s}
	}
	return rx.Split(s, -1)
}

func (v awkValue) text() string {
	if !v.isNum {
		return v.s
	}
	if v.n == math.Trunc(v.n) && math.Abs(v.n) < 1e16 {
		return strconv.FormatFloat(v.n, 'f', -1, 64)
	}
	return fmt.Sprintf("%.6g", v.n)
}

func (v awkValue) number() float64 {
	if v.isNum {
		return v.n
	}
	s := strings.TrimSpace(v.s)
	end := len(s)
	for end > 0 {
		if n, err := strconv.ParseFloat(s[:end], 64); err == nil && !strings.ContainsAny(s[:end], "xXiInNpP_") {
			return n
		}
		end--
		if end > 40 {
			end = 40
		}
	}
	return 0
}

// numeric reports whether a value compares as a number.
func (v awkValue) numeric() bool {
	if v.isNum {
		return true
	}
	_, err := strconv.ParseFloat(strings.TrimSpace(v.s), 64)
	return v.input && err == nil
}

func (v awkValue) truth() bool {
	if v.numeric() {
		return v.number() != 0
	}
	return v.s != ""
}

func (r *awkRun) print(list []awkValue) {
	words := make([]string, len(list))
	for i, v := range list {
		words[i] = v.text()
	}
	r.out.WriteString(strings.Join(words, r.vars["OFS"].text()) + r.vars["ORS"].text())
	if r.out.Len() > 4096 {
		r.flush()
	}
}

// field is $n.
func (r *awkRun) field(n int) awkValue {
	switch {
	case n == 0:
		return awkValue{s: r.line, input: true}
	case n > 0 && n <= len(r.fields):
		return awkValue{s: r.fields[n-1], input: true}
	}
	return awkValue{input: true}
}

func (r *awkRun) setField(n int, v awkValue) error {
	if n < 0 || n > 10000 {
		return fmt.Errorf("field %d is out of range", n)
	}
	if n == 0 {
		r.setLine(v.text())
		return nil
	}
	for len(r.fields) < n {
		r.fields = append(r.fields, "")
	}
	r.fields[n-1] = v.text()
	r.line = strings.Join(r.fields, r.vars["OFS"].text())
	return nil
}

// variable reads a variable, the ones that awk keeps among them.
func (r *awkRun) variable(name string) awkValue {
	switch name {
	case "NR":
		return awkNumber(float64(r.nr))
	case "FNR":
		return awkNumber(float64(r.fnr))
	case "NF":
		return awkNumber(float64(len(r.fields)))
	case "FILENAME":
		return awkText(r.file)
	}
	return r.vars[name]
}
