package tools

import (
	"bytes"
	"io"
	"strconv"
	"strings"
	"time"

	"drydock/sim/machine"
)

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
	for suffix, size := range map[string]int64{"b": 512, "k": 1 << 10, "K": 1 << 10, "m": 1 << 20, "M": 1 << 20, "G": 1 << 30} {
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
		if len(data) == maxInput && what == "lines" && bytes.IndexByte(data, '\n') < 0 {
			t.Exhaust() // it keeps a line until it ends
		}
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
