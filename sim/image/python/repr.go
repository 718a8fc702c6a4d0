package python

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// formatFloat is repr of a float.
func formatFloat(f float64) string {
	switch {
	case math.IsInf(f, 1):
		return "inf"
	case math.IsInf(f, -1):
		return "-inf"
	case math.IsNaN(f):
		return "nan"
	case f == math.Trunc(f) && math.Abs(f) < 1e16:
		return strconv.FormatFloat(f, 'f', 1, 64)
	}
	text := strconv.FormatFloat(f, 'g', -1, 64)
	if abs := math.Abs(f); abs >= 1e-4 && abs < 1e16 {
		text = strconv.FormatFloat(f, 'f', -1, 64)
	}
	return text
}

// reprStr is repr of a text.
func reprStr(s string) string {
	quote := "'"
	if strings.Contains(s, "'") && !strings.Contains(s, `"`) {
		quote = `"`
	}
	var b strings.Builder
	b.WriteString(quote)
	for _, r := range s {
		switch {
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\t':
			b.WriteString(`\t`)
		case r == '\r':
			b.WriteString(`\r`)
		case r == '\\' || string(r) == quote:
			b.WriteString(`\` + string(r))
		case r < ' ' || r == 0x7f:
			fmt.Fprintf(&b, `\x%02x`, r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String() + quote
}

func reprBytes(s string) string {
	var b strings.Builder
	b.WriteString("b'")
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '\n':
			b.WriteString(`\n`)
		case c == '\r':
			b.WriteString(`\r`)
		case c == '\t':
			b.WriteString(`\t`)
		case c == '\\' || c == '\'':
			b.WriteString(`\` + string(c))
		case c < ' ' || c >= 0x7f:
			fmt.Fprintf(&b, `\x%02x`, c)
		default:
			b.WriteByte(c)
		}
	}
	return b.String() + "'"
}

// repr is Python's repr(); t may be nil for values without code of their own.
func repr(t *thread, v any) string { return reprDeep(t, v, 0) }

func reprDeep(t *thread, v any, depth int) string {
	if depth > 20 {
		return "..."
	}
	join := func(items []any) string {
		parts := make([]string, len(items))
		for i, item := range items {
			parts[i] = reprDeep(t, item, depth+1)
		}
		return strings.Join(parts, ", ")
	}
	switch v := v.(type) {
	case string:
		return reprStr(v)
	case bytesValue:
		return reprBytes(string(v))
	case *list:
		return "[" + join(v.items) + "]"
	case *tuple:
		if len(v.items) == 1 {
			return "(" + join(v.items) + ",)"
		}
		return "(" + join(v.items) + ")"
	case *set:
		if len(v.d.entries) == 0 {
			return "set()"
		}
		return "{" + join(v.d.keys()) + "}"
	case *dict:
		parts := make([]string, len(v.entries))
		for i, e := range v.entries {
			parts[i] = reprDeep(t, e.key, depth+1) + ": " + reprDeep(t, e.value, depth+1)
		}
		return "{" + strings.Join(parts, ", ") + "}"
	case *object:
		return v.repr(t)
	case *class:
		return "<class '" + v.qualified() + "'>"
	case *function:
		return "<function " + v.code.name + " at 0x7f3a1c0b5e20>"
	case *builtin:
		return "<built-in function " + v.name + ">"
	case *boundMethod:
		return "<bound method>"
	case *module:
		return "<module '" + v.name + "'>"
	case *rangeValue:
		if v.step != 1 {
			return fmt.Sprintf("range(%d, %d, %d)", v.from, v.to, v.step)
		}
		return fmt.Sprintf("range(%d, %d)", v.from, v.to)
	case attributed:
		return "<" + v.typeName() + " object at 0x7f3a1c0b5e20>"
	}
	return toStr(t, v)
}

func (c *class) qualified() string {
	if c.native != nil || len(c.bases) == 0 && c.attrs["__module__"] == nil {
		return c.name
	}
	return "__main__." + c.name
}

func (o *object) repr(t *thread) string {
	for _, name := range []string{"__repr__"} {
		if m := o.class.find(name); m != nil && t != nil {
			if v, err := t.call(m, args{pos: []any{o}}); err == nil {
				return toStr(t, v)
			}
		}
	}
	if o.class.isException() {
		return o.class.name + strings.Replace(repr(t, &tuple{o.exceptionArgs()}), ",)", ")", 1)
	}
	return "<__main__." + o.class.name + " object at 0x7f3a1c0b5e20>"
}

// toStr is Python's str().
func toStr(t *thread, v any) string {
	switch v := v.(type) {
	case nil:
		return "None"
	case bool:
		if v {
			return "True"
		}
		return "False"
	case int64:
		return strconv.FormatInt(v, 10)
	case float64:
		return formatFloat(v)
	case string:
		return v
	case *bulk:
		return fmt.Sprintf("<%d characters>", v.size)
	case *object:
		if m := v.class.find("__str__"); m != nil && t != nil {
			if s, err := t.call(m, args{pos: []any{v}}); err == nil {
				return toStr(nil, s)
			}
		}
		if v.class.isException() {
			return v.exceptionText(t)
		}
	case interface{ String() string }:
		return v.String()
	}
	return repr(t, v)
}
