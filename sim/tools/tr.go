package tools

import (
	"strings"
)

func tr(t *tool) int {
	o, ok := t.parse("+d/delete s/squeeze-repeats c/complement C", t.Args[1:])
	if !ok {
		return 1
	}
	if len(o.args) == 0 || len(o.args) == 1 && !o.has("d") && !o.has("s") {
		t.usage("missing operand")
		return 1
	}
	from := trSet(o.args[0])
	var to []byte
	if len(o.args) > 1 {
		to = trSet(o.args[1])
	}
	var table [256]int // -1 deletes
	var squeezed [256]bool
	complement := o.has("c") || o.has("C")
	for i := range table {
		table[i] = i
		at := strings.LastIndexByte(string(from), byte(i))
		hit := at >= 0
		if complement {
			hit, at = !hit, len(to)
		}
		switch {
		case !hit:
		case o.has("d"):
			table[i] = -1
		case len(to) > 0:
			table[i] = int(to[min(at, len(to)-1)])
		}
		if o.has("s") && len(o.args) == 1 && hit {
			squeezed[i] = true
		}
	}
	if o.has("s") && len(o.args) > 1 {
		for _, c := range to {
			squeezed[c] = true
		}
	}
	t.translate(table, squeezed)
	return 0
}

func (t *tool) translate(table [256]int, squeezed [256]bool) {
	buf := make([]byte, 32<<10)
	last := -1
	for {
		n, err := t.Stdin.Read(buf)
		if err != nil {
			return
		}
		out := make([]byte, 0, n)
		for _, c := range buf[:n] {
			v := table[c]
			if v < 0 || v == last && squeezed[v] {
				continue
			}
			out = append(out, byte(v))
			last = v
		}
		t.write(string(out))
	}
}

// trSet expands a set: ranges, classes and escapes.
func trSet(s string) []byte {
	s, _ = Escapes(s)
	for _, class := range [][2]string{
		{"[:lower:]", letters('a', 'z')}, {"[:upper:]", letters('A', 'Z')}, {"[:digit:]", letters('0', '9')},
		{"[:space:]", " \t\n\v\f\r"}, {"[:blank:]", " \t"}, {"[:alpha:]", letters('A', 'Z') + letters('a', 'z')},
		{"[:alnum:]", letters('0', '9') + letters('A', 'Z') + letters('a', 'z')},
		{"[:punct:]", "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"}, {"[:cntrl:]", letters(0, 31) + "\x7f"}, {"[:print:]", letters(' ', '~')},
	} {
		s = strings.ReplaceAll(s, class[0], class[1])
	}
	var out []byte
	for i := 0; i < len(s); i++ {
		if i+2 < len(s) && s[i+1] == '-' && s[i+2] >= s[i] {
			out = append(out, letters(s[i], s[i+2])...)
			i += 2
			continue
		}
		out = append(out, s[i])
	}
	return out
}

func letters(from, to byte) string {
	var b strings.Builder
	for c := int(from); c <= int(to); c++ {
		b.WriteByte(byte(c))
	}
	return b.String()
}
