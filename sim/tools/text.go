package tools

import (
	"bytes"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"drydock/sim/machine"
)

// textTools are the programs that read text and write text.
func textTools() []entry {
	return []entry{
		{"cat", cat}, {"head", head}, {"tail", tail}, {"wc", wc}, {"tee", tee}, {"seq", seq}, {"yes", yes}, {"rev", rev}, {"tac", tac},
		{"echo", echo}, {"printf", printf}, {"nl", nl}, {"grep", grep}, {"egrep", grep}, {"fgrep", grep}, {"sort", sortCommand}, {"uniq", uniq},
		{"cut", cut}, {"tr", tr}, {"sed", sed}, {"awk", awk}, {"diff", diff}, {"cmp", cmpCommand}, {"base64", base64Command},
		{"expr", expr}, {"paste", paste}, {"comm", comm}, {"column", columnCommand}, {"less", cat}, {"more", cat}, {"jq", jq},
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
