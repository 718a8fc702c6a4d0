package python

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// format is format(v, spec), the small language after the colon of an f-string.
func (t *thread) format(v any, spec string) (string, error) {
	if spec == "" {
		return toStr(t, v), nil
	}
	if f, ok := v.(interface{ format(spec string) string }); ok {
		return f.format(spec), nil
	}
	fill, align, sign, rest := " ", "", "", spec
	if r := []rune(rest); len(r) > 1 && strings.ContainsRune("<>^=", r[1]) {
		fill, align, rest = string(r[0]), string(r[1]), string(r[2:])
	} else if strings.ContainsRune("<>^=", r[0]) {
		align, rest = string(r[0]), string(r[1:])
	}
	if rest != "" && strings.Contains("+- ", rest[:1]) {
		sign, rest = rest[:1], rest[1:]
	}
	rest = strings.TrimPrefix(rest, "#")
	if strings.HasPrefix(rest, "0") && align == "" {
		fill, align, rest = "0", "=", rest[1:]
	}
	width, precision, comma := 0, -1, false
	for rest != "" && isDigit(rest[0]) && width < 10000 {
		width, rest = width*10+int(rest[0]-'0'), rest[1:]
	}
	if strings.HasPrefix(rest, ",") || strings.HasPrefix(rest, "_") {
		comma, rest = true, rest[1:]
	}
	if strings.HasPrefix(rest, ".") {
		precision, rest = 0, rest[1:]
		for rest != "" && isDigit(rest[0]) && precision < 1000 {
			precision, rest = precision*10+int(rest[0]-'0'), rest[1:]
		}
	}
	text, numeric, err := t.formatValue(v, rest, precision)
	if err != nil {
		return "", err
	}
	if comma {
		text = thousands(text)
	}
	if numeric && sign == "+" && !strings.HasPrefix(text, "-") {
		text = "+" + text
	}
	return pad(text, fill, align, width, numeric), nil
}

func (t *thread) formatValue(v any, verb string, precision int) (text string, numeric bool, err error) {
	n, isInt := asInt(v)
	f, isNumber := asFloat(v)
	switch {
	case verb == "" && !isNumber || verb == "s":
		text = toStr(t, v)
		if r := []rune(text); precision >= 0 && precision < len(r) {
			text = string(r[:precision])
		}
		return text, false, nil
	case !isNumber:
		return "", false, t.raise("ValueError", "Unknown format code '%s' for object of type '%s'", verb, typeName(v))
	case isInt && (verb == "d" || verb == "" && precision < 0):
		return fmt.Sprint(n), true, nil
	case isInt && strings.Contains("xXob", verb) && verb != "":
		return fmt.Sprintf("%"+verb, n), true, nil
	case verb == "d":
		return "", false, t.raise("ValueError", "Unknown format code 'd' for object of type 'float'")
	case verb == "":
		if precision < 0 {
			return formatFloat(f), true, nil
		}
		return fmt.Sprintf("%.*g", precision, f), true, nil
	}
	if precision < 0 {
		precision = 6
	}
	switch verb {
	case "f", "F":
		return fmt.Sprintf("%.*f", precision, f), true, nil
	case "e", "g":
		return fmt.Sprintf("%.*"+verb, precision, f), true, nil
	case "%":
		return fmt.Sprintf("%.*f%%", precision, f*100), true, nil
	}
	return "", false, t.raise("ValueError", "Unknown format code '%s' for object of type '%s'", verb, typeName(v))
}

func thousands(text string) string {
	head, tail, _ := strings.Cut(text, ".")
	sign := ""
	if strings.HasPrefix(head, "-") {
		sign, head = "-", head[1:]
	}
	for i := len(head) - 3; i > 0; i -= 3 {
		head = head[:i] + "," + head[i:]
	}
	if tail != "" {
		tail = "." + tail
	}
	return sign + head + tail
}

func pad(text, fill, align string, width int, numeric bool) string {
	missing := width - utf8.RuneCountInString(text)
	if missing <= 0 {
		return text
	}
	if align == "" {
		align = map[bool]string{true: ">", false: "<"}[numeric]
	}
	switch align {
	case ">":
		return strings.Repeat(fill, missing) + text
	case "^":
		return strings.Repeat(fill, missing/2) + text + strings.Repeat(fill, missing-missing/2)
	case "=":
		if strings.HasPrefix(text, "-") || strings.HasPrefix(text, "+") {
			return text[:1] + strings.Repeat(fill, missing) + text[1:]
		}
		return strings.Repeat(fill, missing) + text
	}
	return text + strings.Repeat(fill, missing)
}

// percent is the old % formatting of texts.
func (t *thread) percent(format string, v any) (any, error) {
	values := []any{v}
	if tup, ok := v.(*tuple); ok {
		values = tup.items
	}
	var b strings.Builder
	next := 0
	for i := 0; i < len(format); i++ {
		if format[i] != '%' || i+1 >= len(format) {
			b.WriteByte(format[i])
			continue
		}
		i++
		if format[i] == '%' {
			b.WriteByte('%')
			continue
		}
		var value any
		if d, ok := v.(*dict); ok && format[i] == '(' {
			end := strings.IndexByte(format[i:], ')')
			if end < 0 {
				return nil, t.raise("ValueError", "incomplete format key")
			}
			value, _ = d.get(format[i+1 : i+end])
			i += end + 1
		} else if next < len(values) {
			value = values[next]
			next++
		} else {
			return nil, t.raise("TypeError", "not enough arguments for format string")
		}
		from := i
		for i < len(format)-1 && strings.IndexByte("0123456789.-+", format[i]) >= 0 {
			i++
		}
		spec, verb := format[from:i], format[i:i+1]
		switch verb {
		case "r":
			value, verb = repr(t, value), "s"
		case "i":
			verb = "d"
		}
		if f, ok := value.(float64); ok && verb == "d" {
			value = int64(f)
		}
		if strings.HasPrefix(spec, "-") {
			spec = "<" + spec[1:]
		} else if verb == "s" && spec != "" && isDigit(spec[0]) {
			spec = ">" + spec
		}
		text, err := t.format(value, spec+verb)
		if err != nil {
			return nil, err
		}
		b.WriteString(text)
	}
	if next < len(values) && len(values) > 0 {
		if _, ok := v.(*tuple); ok {
			return nil, t.raise("TypeError", "not all arguments converted during string formatting")
		}
	}
	return b.String(), nil
}
