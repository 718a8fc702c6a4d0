package tools

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Escapes interprets the backslash sequences of echo -e and of %b. stop
// reports a \c: nothing after it is printed.
func Escapes(s string) (text string, stop bool) {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' || i+1 >= len(s) {
			b.WriteByte(s[i])
			continue
		}
		if s[i+1] == 'c' {
			return b.String(), true
		}
		out, n := escape(s[i:], true)
		b.WriteString(out)
		i += n - 1
	}
	return b.String(), false
}

// escape reads one backslash sequence and tells its length. zero says that an
// octal number starts with a 0, as in echo.
func escape(s string, zero bool) (string, int) {
	if len(s) < 2 {
		return s, len(s)
	}
	if i := strings.IndexByte("abefnrtv\\", s[1]); i >= 0 {
		return string("\a\b\x1b\f\n\r\t\v\\"[i]), 2
	}
	number := func(from, most, base int) (string, int) {
		end := from
		for end < len(s) && end < from+most && digit(s[end], base) {
			end++
		}
		if end == from {
			return s[:2], 2
		}
		n, _ := strconv.ParseUint(s[from:end], base, 32)
		if s[1] == 'u' || s[1] == 'U' {
			return string(rune(n)), end
		}
		return string([]byte{byte(n)}), end
	}
	switch c := s[1]; {
	case c == 'x':
		return number(2, 2, 16)
	case c == 'u':
		return number(2, 4, 16)
	case c == 'U':
		return number(2, 8, 16)
	case c == '0' && zero:
		if len(s) == 2 || !digit(s[2], 8) {
			return "\x00", 2
		}
		return number(2, 3, 8)
	case digit(c, 8) && !zero:
		return number(1, 3, 8)
	case c == '"' && !zero:
		return `"`, 2
	}
	return s[:2], 2
}

func digit(c byte, base int) bool {
	switch {
	case base == 8:
		return c >= '0' && c <= '7'
	default:
		return c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F'
	}
}

// maxFormat bounds a width or precision, and how often a format is repeated.
const maxFormat = 10000

// Format is printf: the format is used again while arguments are left. The
// problems are messages of printf, without its name.
func Format(format string, args []string) (text string, problems []string) {
	f := formatter{args: args}
	for range maxFormat {
		before := len(f.args)
		f.once(format)
		if f.stop || len(f.args) == 0 || len(f.args) == before {
			break
		}
	}
	return f.out.String(), f.problems
}

type formatter struct {
	out      strings.Builder
	args     []string
	problems []string
	stop     bool
	lenient  bool // awk: a number may be followed by anything and may have a fraction
}

func (f *formatter) next() (string, bool) {
	if len(f.args) == 0 {
		return "", false
	}
	a := f.args[0]
	f.args = f.args[1:]
	return a, true
}

func (f *formatter) once(format string) {
	for i := 0; i < len(format) && !f.stop; i++ {
		switch {
		case format[i] == '\\' && i+1 < len(format):
			if format[i+1] == 'c' {
				f.stop = true
				return
			}
			out, n := escape(format[i:], false)
			f.out.WriteString(out)
			i += n - 1
		case format[i] == '%':
			i += f.directive(format[i:]) - 1
		default:
			f.out.WriteByte(format[i])
		}
	}
}

// directive prints one % directive and tells its length.
func (f *formatter) directive(s string) int {
	i := 1
	spec := "%"
	for i < len(s) && strings.IndexByte("-+ #0", s[i]) >= 0 {
		spec += string(s[i])
		i++
	}
	size := func() {
		if i < len(s) && s[i] == '*' {
			a, _ := f.next()
			n, _ := strconv.Atoi(a)
			spec += strconv.Itoa(min(n, maxFormat))
			i++
			return
		}
		from := i
		for i < len(s) && s[i] >= '0' && s[i] <= '9' {
			i++
		}
		if n, err := strconv.Atoi(s[from:i]); err == nil {
			spec += strconv.Itoa(min(n, maxFormat))
		}
	}
	size()
	if i < len(s) && s[i] == '.' {
		spec += "."
		i++
		size()
	}
	if i >= len(s) {
		f.problems = append(f.problems, fmt.Sprintf("`%s': missing format character", s))
		f.stop = true
		return len(s)
	}
	f.convert(spec, s[i])
	return i + 1
}

func (f *formatter) convert(spec string, verb byte) {
	switch verb {
	case '%':
		f.out.WriteByte('%')
	case 's':
		a, _ := f.next()
		fmt.Fprintf(&f.out, spec+"s", a)
	case 'b':
		a, _ := f.next()
		text, stop := Escapes(a)
		fmt.Fprintf(&f.out, spec+"s", text)
		f.stop = stop
	case 'q':
		a, _ := f.next()
		f.out.WriteString(shellQuote(a))
	case 'c':
		a, _ := f.next()
		_, n := utf8.DecodeRuneInString(a)
		fmt.Fprintf(&f.out, spec+"s", a[:n])
	case 'd', 'i', 'u', 'x', 'X', 'o':
		if verb == 'i' || verb == 'u' {
			verb = 'd'
		}
		fmt.Fprintf(&f.out, spec+string(verb), f.integer())
	case 'f', 'e', 'g', 'F', 'E', 'G':
		a, ok := f.next()
		n, err := strconv.ParseFloat(a, 64)
		if err != nil && f.lenient {
			n, err = awkValue{s: a}.number(), nil
		}
		if err != nil && ok && a != "" {
			f.problems = append(f.problems, a+": invalid number")
		}
		fmt.Fprintf(&f.out, spec+string(verb), n)
	default:
		f.problems = append(f.problems, fmt.Sprintf("`%c': invalid format character", verb))
		f.stop = true
	}
}

func (f *formatter) integer() int64 {
	a, ok := f.next()
	if !ok || a == "" {
		return 0
	}
	if a[0] == '\'' || a[0] == '"' {
		r, _ := utf8.DecodeRuneInString(a[1:])
		return int64(r)
	}
	if f.lenient {
		return int64(awkValue{s: a}.number())
	}
	n, err := strconv.ParseInt(strings.TrimSpace(a), 0, 64)
	if err != nil {
		f.problems = append(f.problems, a+": invalid number")
		digits := strings.TrimRightFunc(a, func(r rune) bool { return r < '0' || r > '9' })
		n, _ = strconv.ParseInt(digits, 10, 64)
	}
	return n
}

func shellQuote(s string) string {
	if s == "" {
		return "''"
	}
	var b strings.Builder
	for _, r := range s {
		if strings.ContainsRune(" \t\n'\"\\$`&|;<>()*?[]{}!#~", r) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}
