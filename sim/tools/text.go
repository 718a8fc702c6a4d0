package tools

import (
	"bytes"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"drydock/sim/machine"
)

// textTools are the programs that read text and write text.
func textTools() []entry {
	return []entry{
		{"cat", cat}, {"head", head}, {"tail", tail}, {"wc", wc}, {"tee", tee}, {"seq", seq}, {"yes", yes}, {"rev", rev}, {"tac", tac},
		{"echo", echo}, {"printf", printf}, {"nl", nl}, {"grep", grep}, {"egrep", grep}, {"fgrep", grep}, {"sort", sortCommand}, {"uniq", uniq},
		{"cut", cut}, {"tr", tr}, {"sed", sed}, {"awk", awk}, {"diff", diff}, {"cmp", cmpCommand}, {"base64", base64Command},
	}
}

func cat(t *tool) int {
	o, ok := t.parse("n/number A/show-all E/show-ends T/show-tabs v b/number-nonblank s/squeeze-blank u", t.Args[1:])
	if !ok {
		return 1
	}
	number := 0
	return t.inputs(o.args, "%s: %s", "can't open '%s': %s", func(_ string, in *machine.Input) {
		if len(o.order) == 0 {
			_, _ = io.Copy(t.Stdout, in)
			return
		}
		lines(in, func(line string) bool {
			text, end := cutNewline(line)
			if o.has("T") || o.has("A") {
				text = strings.ReplaceAll(text, "\t", "^I")
			}
			if o.has("E") || o.has("A") {
				text += "$"
			}
			if o.has("n") || o.has("b") && text != "" {
				number++
				text = fmt.Sprintf("%6d\t%s", number, text)
			}
			return t.write(text + end)
		})
	})
}

func cutNewline(line string) (text, end string) {
	if text, ok := strings.CutSuffix(line, "\n"); ok {
		return text, "\n"
	}
	return line, ""
}

// oldCount turns head -5 into head -n 5.
func oldCount(args []string) []string {
	var out []string
	for _, a := range args {
		if len(a) > 1 && a[0] == '-' && a[1] >= '0' && a[1] <= '9' {
			out = append(out, "-n", a[1:])
			continue
		}
		out = append(out, a)
	}
	return out
}

// count reads a number such as 5, +5, -5, 2K.
func (t *tool) count(word, what string) (n int64, sign byte, ok bool) {
	digits := word
	if word != "" && (word[0] == '+' || word[0] == '-') {
		sign, digits = word[0], word[1:]
	}
	unit := int64(1)
	for suffix, size := range map[string]int64{"b": 512, "k": 1 << 10, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30} {
		if rest, found := strings.CutSuffix(digits, suffix); found {
			digits, unit = rest, size
			break
		}
	}
	v, err := strconv.ParseInt(digits, 10, 40)
	if err != nil {
		if t.busybox {
			t.failf("invalid number '%s'", word)
		} else {
			t.failf("invalid number of %s: '%s'", what, word)
		}
		return 0, 0, false
	}
	return v * unit, sign, true
}

func head(t *tool) int {
	o, ok := t.parse("n:/lines c:/bytes q/quiet v/verbose", oldCount(t.Args[1:]))
	if !ok {
		return 1
	}
	n, sign, what := int64(10), byte(0), "lines"
	if o.has("n") {
		n, sign, ok = t.count(o.values["n"], what)
	}
	if o.has("c") {
		what = "bytes"
		n, sign, ok = t.count(o.values["c"], what)
	}
	if !ok {
		return 1
	}
	first := true
	return t.inputs(o.args, "cannot open '%s' for reading: %s", "%s: %s", func(name string, in *machine.Input) {
		t.banner(o, name, &first)
		switch {
		case sign == '-':
			t.allBut(in, n, what)
		case what == "bytes":
			_, _ = io.CopyN(t.Stdout, in, n)
		case n > 0:
			left := n
			lines(in, func(line string) bool { left--; return t.write(line) && left > 0 })
		}
	})
}

// banner writes the name above each of several files.
func (t *tool) banner(o *options, name string, first *bool) {
	if (len(o.args) > 1 || o.has("v")) && !o.has("q") {
		if name == "-" {
			name = "standard input"
		}
		gap := "\n"
		if *first {
			gap = ""
		}
		t.write(gap + "==> " + name + " <==\n")
	}
	*first = false
}

// allBut writes everything but the last n lines or bytes.
func (t *tool) allBut(in io.Reader, n int64, what string) {
	data := all(in)
	if what == "bytes" {
		t.write(string(data[:max(int64(len(data))-n, 0)]))
		return
	}
	list := bytes.SplitAfter(data, []byte("\n"))
	if len(list) > 0 && len(list[len(list)-1]) == 0 {
		list = list[:len(list)-1]
	}
	t.write(string(bytes.Join(list[:max(int64(len(list))-n, 0)], nil)))
}

func tail(t *tool) int {
	args := t.Args[1:]
	if len(args) > 0 && len(args[0]) > 1 && args[0][0] == '+' {
		args = append([]string{"-n", args[0]}, args[1:]...)
	}
	o, ok := t.parse("n:/lines c:/bytes f/follow F q/quiet v/verbose s: /retry /pid:", oldCount(args))
	if !ok {
		return 1
	}
	n, sign, what := int64(10), byte(0), "lines"
	if o.has("n") {
		n, sign, ok = t.count(o.values["n"], what)
	}
	if o.has("c") {
		what = "bytes"
		n, sign, ok = t.count(o.values["c"], what)
	}
	if !ok {
		return 1
	}
	first := true
	sizes := map[string]int{}
	status := t.inputs(o.args, "cannot open '%s' for reading: %s", "can't open '%s': %s", func(name string, in *machine.Input) {
		t.banner(o, name, &first)
		data := all(in)
		sizes[name] = len(data)
		t.write(string(lastPart(data, n, sign, what)))
	})
	if (o.has("f") || o.has("F")) && len(o.args) > 0 {
		t.follow(o, sizes)
	}
	return status
}

// lastPart is the end of a file: n lines or bytes, or all from the nth on (+n).
func lastPart(data []byte, n int64, sign byte, what string) []byte {
	if what == "bytes" {
		if sign == '+' {
			return data[min(max(n-1, 0), int64(len(data))):]
		}
		return data[max(int64(len(data))-n, 0):]
	}
	list := bytes.SplitAfter(data, []byte("\n"))
	if len(list[len(list)-1]) == 0 {
		list = list[:len(list)-1]
	}
	from := max(int64(len(list))-n, 0)
	if sign == '+' {
		from = min(max(n-1, 0), int64(len(list)))
	}
	return bytes.Join(list[from:], nil)
}

// follow is tail -f: it looks at the files once a second.
func (t *tool) follow(o *options, sizes map[string]int) {
	for {
		t.Sleep(time.Second)
		for _, name := range o.args {
			data, err := t.ReadFile(name)
			if err != nil {
				continue
			}
			if len(data) < sizes[name] {
				t.Errorf("%s: %s: file truncated\n", t.name, name)
				sizes[name] = 0
			}
			if len(data) > sizes[name] {
				t.write(string(data[sizes[name]:]))
				sizes[name] = len(data)
			}
		}
	}
}

func wc(t *tool) int {
	o, ok := t.parse("l/lines w/words c/bytes m/chars L/max-line-length", t.Args[1:])
	if !ok {
		return 1
	}
	shown := []string{"l", "w", "c"}
	if len(o.order) > 0 {
		shown = nil
		for _, l := range []string{"l", "w", "m", "c", "L"} {
			if o.has(l) {
				shown = append(shown, l)
			}
		}
	}
	total := map[string]int{}
	type line struct {
		counts map[string]int
		name   string
	}
	var list []line
	status := t.inputs(o.args, "%s: %s", "%s: %s", func(name string, in *machine.Input) {
		data := all(in)
		c := map[string]int{"l": bytes.Count(data, []byte("\n")), "w": len(bytes.Fields(data)), "c": len(data), "m": utf8.RuneCount(data)}
		for _, l := range bytes.Split(data, []byte("\n")) {
			c["L"] = max(c["L"], utf8.RuneCount(l))
		}
		if len(o.args) == 0 {
			name = ""
		}
		list = append(list, line{c, name})
		for _, k := range shown {
			total[k] += c[k]
		}
	})
	if len(o.args) > 1 {
		list = append(list, line{total, "total"})
	}
	width := t.wcWidth(len(shown), len(o.args), total)
	for _, l := range list {
		var words []string
		for _, k := range shown {
			words = append(words, fmt.Sprintf("%*d", width, l.counts[k]))
		}
		text := strings.Join(words, " ")
		if l.name != "" {
			text += " " + l.name
		}
		t.write(text + "\n")
	}
	return status
}

// wcWidth is the width of wc's columns: GNU makes them as wide as the largest
// number, but at least 7 when it reads standard input; busybox uses 9.
func (t *tool) wcWidth(columns, files int, total map[string]int) int {
	if columns == 1 && files < 2 {
		return 1
	}
	if t.busybox {
		return 9
	}
	if files == 0 {
		return 7
	}
	width := 1
	for _, n := range total {
		width = max(width, len(strconv.Itoa(n)))
	}
	return width
}

func tee(t *tool) int {
	o, ok := t.parse("a/append i", t.Args[1:])
	if !ok {
		return 1
	}
	status := 0
	var sinks []machine.Sink
	for _, name := range o.args {
		s, err := t.Create(name, o.has("a"))
		if err != nil {
			t.failf("%s: %s", name, reason(err))
			status = 1
			continue
		}
		sinks = append(sinks, s)
	}
	buf := make([]byte, 32<<10)
	for {
		n, err := t.Stdin.Read(buf)
		if err != nil {
			return status
		}
		for _, s := range sinks {
			_, _ = s.Write(buf[:n])
		}
		t.write(string(buf[:n]))
	}
}

// batch is how many lines an endless tool writes before a millisecond passes.
const batch = 10

func yes(t *tool) int {
	text := "y"
	if len(t.Args) > 1 {
		text = strings.Join(t.Args[1:], " ")
	}
	for i := 0; t.write(text + "\n"); i++ {
		if i%batch == batch-1 {
			t.Sleep(time.Millisecond)
		}
	}
	return 1
}

func seq(t *tool) int {
	o, ok := t.parse("+s:/separator w/equal-width f:", negatives(t.Args[1:]))
	if !ok {
		return 1
	}
	sep := "\n"
	if o.has("s") {
		sep = o.values["s"]
	}
	var nums []float64
	for _, a := range o.args {
		n, err := strconv.ParseFloat(a, 64)
		if err != nil {
			t.failf("invalid floating point argument: '%s'", a)
			return 1
		}
		nums = append(nums, n)
	}
	from, step, to := 1.0, 1.0, 0.0
	switch len(nums) {
	case 0:
		t.usage("missing operand")
		return 1
	case 1:
		to = nums[0]
	case 2:
		from, to = nums[0], nums[1]
	default:
		from, step, to = nums[0], nums[1], nums[2]
	}
	if step == 0 {
		t.failf("invalid Zero increment value: '0'")
		return 1
	}
	t.sequence(from, step, to, sep, o.has("w"))
	return 0
}

func (t *tool) sequence(from, step, to float64, sep string, equal bool) {
	width := 0
	if equal {
		width = max(len(number(from)), len(number(to)))
	}
	printed := false
	for i := 0; ; i++ {
		n := from + float64(i)*step
		if step > 0 && n > to+1e-9 || step < 0 && n < to-1e-9 {
			break
		}
		lead := ""
		if printed {
			lead = sep
		}
		printed = true
		if !t.write(lead + fmt.Sprintf("%0*s", width, number(n))) {
			return
		}
		if i%1000 == 999 {
			t.Sleep(time.Millisecond)
		}
	}
	if printed {
		t.write("\n")
	}
}

func number(n float64) string {
	return strconv.FormatFloat(float64(int64(n*1e9+sign(n)*0.5))/1e9, 'f', -1, 64)
}

func sign(n float64) float64 {
	if n < 0 {
		return -1
	}
	return 1
}

// negatives keeps numbers such as -5 from being read as options.
func negatives(args []string) []string {
	for i, a := range args {
		if len(a) > 1 && a[0] == '-' && (a[1] >= '0' && a[1] <= '9' || a[1] == '.') {
			return append(append(append([]string(nil), args[:i]...), "--"), args[i:]...)
		}
	}
	return args
}

func rev(t *tool) int {
	return t.inputs(t.Args[1:], "cannot open %s: %s", "%s: %s", func(_ string, in *machine.Input) {
		lines(in, func(line string) bool {
			text, end := cutNewline(line)
			r := []rune(text)
			for i, j := 0, len(r)-1; i < j; i, j = i+1, j-1 {
				r[i], r[j] = r[j], r[i]
			}
			return t.write(string(r) + end)
		})
	})
}

func tac(t *tool) int {
	return t.inputs(t.Args[1:], "failed to open '%s' for reading: %s", "%s: %s", func(_ string, in *machine.Input) {
		list := strings.SplitAfter(string(all(in)), "\n")
		for i := len(list) - 1; i >= 0; i-- {
			t.write(list[i])
		}
	})
}

func nl(t *tool) int {
	n := 0
	return t.inputs(t.Args[1:], "%s: %s", "%s: %s", func(_ string, in *machine.Input) {
		lines(in, func(line string) bool {
			if line == "\n" {
				return t.write("       \n")
			}
			n++
			return t.write(fmt.Sprintf("%6d\t%s", n, line))
		})
	})
}

func echo(t *tool) int {
	args, newline, escapes := t.Args[1:], "\n", false
	for len(args) > 0 && len(args[0]) > 1 && args[0][0] == '-' && strings.Trim(args[0][1:], "neE") == "" {
		if strings.Contains(args[0], "n") {
			newline = ""
		}
		escapes = strings.Contains(args[0], "e") || escapes && !strings.Contains(args[0], "E")
		args = args[1:]
	}
	text := strings.Join(args, " ")
	if escapes {
		var stop bool
		if text, stop = Escapes(text); stop {
			newline = ""
		}
	}
	t.write(text + newline)
	return 0
}

func printf(t *tool) int {
	if len(t.Args) < 2 {
		t.usage("missing operand")
		return 1
	}
	text, problems := Format(t.Args[1], t.Args[2:])
	t.write(text)
	for _, p := range problems {
		t.failf("%s", p)
	}
	return min(len(problems), 1)
}
