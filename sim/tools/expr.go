package tools

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"drydock/sim/machine"
)

// exprParser evaluates the words of expr.
type exprParser struct {
	words []string
	err   string
	depth int
}

func expr(t *tool) int {
	p := &exprParser{words: t.Args[1:]}
	if len(p.words) == 0 {
		t.usage("missing operand")
		return 2
	}
	v := p.level(0)
	if p.err == "" && len(p.words) > 0 {
		p.err = fmt.Sprintf("syntax error: unexpected argument '%s'", p.words[0])
	}
	if p.err != "" {
		t.failf("%s", p.err)
		return 2
	}
	t.write(v + "\n")
	return btoi(v == "" || v == "0")
}

func (p *exprParser) next() string {
	if len(p.words) == 0 {
		if p.err == "" {
			p.err = "syntax error: missing argument"
		}
		return ""
	}
	w := p.words[0]
	p.words = p.words[1:]
	return w
}

func (p *exprParser) level(n int) string {
	levels := []string{" | ", " & ", " < <= = == != >= > ", " + - ", " * / % ", " : "}
	if n == len(levels) {
		return p.primary()
	}
	left := p.level(n + 1)
	for len(p.words) > 0 && p.err == "" && strings.Contains(levels[n], " "+p.words[0]+" ") {
		op := p.next()
		left = p.apply(op, left, p.level(n+1))
	}
	return left
}

func (p *exprParser) primary() string {
	w := p.next()
	switch {
	case w == "(" && p.depth < 50:
		p.depth++
		v := p.level(0)
		p.depth--
		if p.next() != ")" && p.err == "" {
			p.err = "syntax error: expecting ')'"
		}
		return v
	case w == "length" && len(p.words) > 0:
		return strconv.Itoa(utf8.RuneCountInString(p.next()))
	case w == "substr" && len(p.words) > 2:
		s := []rune(p.next())
		from, _ := strconv.Atoi(p.next())
		n, _ := strconv.Atoi(p.next())
		if from < 1 || from > len(s) || n < 1 {
			return ""
		}
		return string(s[from-1 : min(from-1+n, len(s))])
	}
	return w
}

func (p *exprParser) apply(op, a, b string) string {
	x, errX := strconv.Atoi(a)
	y, errY := strconv.Atoi(b)
	numbers := errX == nil && errY == nil
	truth := func(v string) bool { return v != "" && v != "0" }
	switch op {
	case "|":
		if truth(a) {
			return a
		}
		return b
	case "&":
		if truth(a) && truth(b) {
			return a
		}
		return "0"
	case ":":
		return p.match(a, b)
	case "<", "<=", "=", "==", "!=", ">=", ">":
		c := strings.Compare(a, b)
		if numbers {
			c = btoi(x > y) - btoi(x < y)
		}
		return strconv.Itoa(btoi(map[string]bool{"<": c < 0, "<=": c <= 0, "=": c == 0, "==": c == 0, "!=": c != 0, ">=": c >= 0, ">": c > 0}[op]))
	}
	switch {
	case !numbers:
		p.err = "non-integer argument"
	case (op == "/" || op == "%") && y == 0:
		p.err = "division by zero"
	case op == "+":
		return strconv.Itoa(x + y)
	case op == "-":
		return strconv.Itoa(x - y)
	case op == "*":
		return strconv.Itoa(x * y)
	case op == "/":
		return strconv.Itoa(x / y)
	case op == "%":
		return strconv.Itoa(x % y)
	}
	return ""
}

func (p *exprParser) match(s, pattern string) string {
	rx, err := compile("^"+pattern, "basic", false)
	if err != nil {
		p.err = "invalid regular expression"
		return ""
	}
	m := rx.FindStringSubmatch(s)
	switch {
	case len(m) > 1:
		return m[1]
	case m != nil:
		return strconv.Itoa(utf8.RuneCountInString(m[0]))
	case rx.NumSubexp() > 0:
		return ""
	}
	return "0"
}

// paste joins lines of files side by side, or one below the other with -s.
func paste(t *tool) int {
	o, ok := t.parse("d:/delimiters s/serial", t.Args[1:])
	if !ok {
		return 1
	}
	sep := "\t"
	if o.has("d") {
		sep, _ = Escapes(o.values["d"])
	}
	var files [][]string
	status := t.inputs(o.args, "%s: %s", "%s: %s", func(_ string, in *machine.Input) {
		text := strings.TrimSuffix(string(all(in)), "\n")
		files = append(files, strings.Split(text, "\n"))
	})
	if o.has("s") {
		for _, f := range files {
			t.write(strings.Join(f, sep) + "\n")
		}
		return status
	}
	for i := 0; ; i++ {
		row, more := make([]string, len(files)), false
		for n, f := range files {
			if i < len(f) {
				row[n], more = f[i], true
			}
		}
		if !more {
			return status
		}
		t.write(strings.Join(row, sep) + "\n")
	}
}

// comm compares two sorted files.
func comm(t *tool) int {
	o, ok := t.parse("1 2 3", t.Args[1:])
	if !ok {
		return 1
	}
	if len(o.args) < 2 {
		t.usage("missing operand")
		return 1
	}
	a, ok1 := t.diffSide(o, o.args[0])
	b, ok2 := t.diffSide(o, o.args[1])
	if !ok1 || !ok2 {
		return 1
	}
	x, y := diffLines(o, a), diffLines(o, b)
	show := func(column string, line string) {
		if o.has(column) {
			return
		}
		lead := ""
		if column != "1" && !o.has("1") {
			lead += "\t"
		}
		if column == "3" && !o.has("2") {
			lead += "\t"
		}
		t.write(lead + line)
	}
	for len(x) > 0 || len(y) > 0 {
		switch {
		case len(y) == 0 || len(x) > 0 && x[0] < y[0]:
			show("1", x[0])
			x = x[1:]
		case len(x) == 0 || y[0] < x[0]:
			show("2", y[0])
			y = y[1:]
		default:
			show("3", x[0])
			x, y = x[1:], y[1:]
		}
	}
	return 0
}

// column is column -t: words in columns.
func columnCommand(t *tool) int {
	o, ok := t.parse("t/table s:/separator n o:", t.Args[1:])
	if !ok {
		return 1
	}
	var rows [][]string
	var widths []int
	status := t.inputs(o.args, "%s: %s", "%s: %s", func(_ string, in *machine.Input) {
		lines(in, func(line string) bool {
			text, _ := cutNewline(line)
			row := strings.Fields(text)
			if o.has("s") {
				row = strings.Split(text, o.values["s"])
			}
			for i, w := range row {
				if i == len(widths) {
					widths = append(widths, 0)
				}
				widths[i] = max(widths[i], utf8.RuneCountInString(w))
			}
			rows = append(rows, row)
			return true
		})
	})
	for _, row := range rows {
		for i, w := range row {
			if i < len(row)-1 {
				w += strings.Repeat(" ", widths[i]-utf8.RuneCountInString(w)+2)
			}
			t.write(w)
		}
		t.write("\n")
	}
	return status
}
