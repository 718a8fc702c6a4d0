package python

import (
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// valueMethod finds a method of a built-in type.
func (t *thread) valueMethod(v any, name string) any {
	var call func(*thread, args) (any, error)
	switch v := v.(type) {
	case string:
		call = strMethod(v, name)
	case bytesValue:
		call = bytesMethod(v, name)
	case *list:
		call = listMethod(v, name)
	case *dict:
		call = dictMethod(v, name)
	case *set:
		call = setMethod(v, name)
	case *tuple:
		call = listMethod(&list{v.items}, name)
		if name != "index" && name != "count" {
			call = nil
		}
	case int64, float64:
		if name == "is_integer" {
			call = func(*thread, args) (any, error) { f, _ := asFloat(v); return f == float64(int64(f)), nil }
		}
	}
	if call == nil {
		return nil
	}
	return fn(name, call)
}

// textMethod makes a method that turns a text into a text.
func textMethod(f func(string) string, s string) func(*thread, args) (any, error) {
	return func(*thread, args) (any, error) { return f(s), nil }
}

func strMethod(s, name string) func(*thread, args) (any, error) {
	switch name {
	case "upper":
		return textMethod(strings.ToUpper, s)
	case "lower", "casefold":
		return textMethod(strings.ToLower, s)
	case "title":
		return textMethod(title, s)
	case "capitalize":
		return textMethod(capitalize, s)
	case "strip", "lstrip", "rstrip":
		return func(_ *thread, a args) (any, error) { return strip(s, name, a.str(0, "chars", " \t\n\r\f\v")), nil }
	case "split", "rsplit", "splitlines":
		return func(t *thread, a args) (any, error) { return t.split(s, name, a) }
	case "join":
		return func(t *thread, a args) (any, error) { return t.join(s, a) }
	case "replace":
		return func(_ *thread, a args) (any, error) {
			return strings.Replace(s, a.str(0, "", ""), a.str(1, "", ""), int(a.integer(2, "count", -1))), nil
		}
	case "startswith", "endswith":
		return func(t *thread, a args) (any, error) { return affix(s, name, a), nil }
	case "removeprefix":
		return func(_ *thread, a args) (any, error) { return strings.TrimPrefix(s, a.str(0, "", "")), nil }
	case "removesuffix":
		return func(_ *thread, a args) (any, error) { return strings.TrimSuffix(s, a.str(0, "", "")), nil }
	case "find", "index", "rfind":
		return func(t *thread, a args) (any, error) {
			at := strings.Index(s, a.str(0, "", ""))
			if name == "rfind" {
				at = strings.LastIndex(s, a.str(0, "", ""))
			}
			if at < 0 && name == "index" {
				return nil, t.raise("ValueError", "substring not found")
			}
			return int64(at), nil
		}
	case "count":
		return func(_ *thread, a args) (any, error) { return int64(strings.Count(s, a.str(0, "", ""))), nil }
	case "encode":
		return func(*thread, args) (any, error) { return bytesValue(s), nil }
	case "format":
		return func(t *thread, a args) (any, error) { return t.strFormat(s, a) }
	case "isdigit", "isnumeric", "isalpha", "isalnum", "isspace", "isupper", "islower":
		return func(*thread, args) (any, error) { return isAll(s, name), nil }
	case "zfill":
		return func(_ *thread, a args) (any, error) {
			return pad(s, "0", "=", int(min(a.integer(0, "", 0), 10000)), true), nil
		}
	case "ljust", "rjust", "center":
		return func(_ *thread, a args) (any, error) {
			return pad(s, a.str(1, "", " "), map[string]string{"ljust": "<", "rjust": ">", "center": "^"}[name], int(min(a.integer(0, "", 0), 10000)), false), nil
		}
	case "partition":
		return func(_ *thread, a args) (any, error) {
			sep := a.str(0, "", " ")
			before, after, found := strings.Cut(s, sep)
			if !found {
				sep = ""
			}
			return newTuple(before, sep, after), nil
		}
	}
	return nil
}

// title begins each word with a capital.
func title(s string) string {
	before := ' '
	return strings.Map(func(r rune) rune {
		defer func() { before = r }()
		if unicode.IsLetter(before) {
			return unicode.ToLower(r)
		}
		return unicode.ToUpper(r)
	}, s)
}

// capitalize begins the text with a capital.
func capitalize(s string) string {
	r := []rune(strings.ToLower(s))
	if len(r) > 0 {
		r[0] = unicode.ToUpper(r[0])
	}
	return string(r)
}

func strip(s, name, chars string) string {
	if name != "rstrip" {
		s = strings.TrimLeft(s, chars)
	}
	if name != "lstrip" {
		s = strings.TrimRight(s, chars)
	}
	return s
}

func affix(s, name string, a args) bool {
	options := a.pos[:min(1, len(a.pos))]
	if len(options) == 1 {
		if t, ok := options[0].(*tuple); ok {
			options = t.items
		}
	}
	return slices.ContainsFunc(options, func(v any) bool {
		text := toStr(nil, v)
		if b, ok := v.(bytesValue); ok {
			text = string(b)
		}
		return name == "startswith" && strings.HasPrefix(s, text) || name == "endswith" && strings.HasSuffix(s, text)
	})
}

func isAll(s, name string) bool {
	test := map[string]func(rune) bool{
		"isdigit": unicode.IsDigit, "isnumeric": unicode.IsNumber, "isalpha": unicode.IsLetter, "isspace": unicode.IsSpace,
		"isalnum": func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) },
		"isupper": func(r rune) bool { return !unicode.IsLower(r) }, "islower": func(r rune) bool { return !unicode.IsUpper(r) },
	}[name]
	return s != "" && !strings.ContainsFunc(s, func(r rune) bool { return !test(r) })
}

func (t *thread) split(s, name string, a args) (any, error) {
	var parts []string
	limit := int(a.integer(1, "maxsplit", -1))
	sep, hasSep := a.get(0, "sep")
	switch {
	case name == "splitlines":
		parts = strings.Split(strings.TrimSuffix(s, "\n"), "\n")
		if s == "" {
			parts = nil
		}
	case !hasSep || sep == nil:
		parts = strings.Fields(s)
		if limit >= 0 && len(parts) > limit {
			rest := strings.TrimLeft(s, " \t\n")
			parts = parts[:limit]
			for _, p := range parts {
				rest = strings.TrimLeft(strings.TrimPrefix(rest, p), " \t\n")
			}
			parts = append(parts, rest)
		}
	case toStr(nil, sep) == "":
		return nil, t.raise("ValueError", "empty separator")
	case name == "rsplit" && limit >= 0:
		for ; limit > 0; limit-- {
			at := strings.LastIndex(s, toStr(nil, sep))
			if at < 0 {
				break
			}
			parts = append([]string{s[at+len(toStr(nil, sep)):]}, parts...)
			s = s[:at]
		}
		parts = append([]string{s}, parts...)
	case limit >= 0:
		parts = strings.SplitN(s, toStr(nil, sep), limit+1)
	default:
		parts = strings.Split(s, toStr(nil, sep))
	}
	l := &list{}
	for _, p := range parts {
		l.items = append(l.items, p)
	}
	return l, nil
}

func (t *thread) join(s string, a args) (any, error) {
	if len(a.pos) == 0 {
		return nil, t.raise("TypeError", "str.join() takes exactly one argument (0 given)")
	}
	items, err := t.items(a.pos[0])
	if err != nil {
		return nil, err
	}
	parts := make([]string, len(items))
	for i, item := range items {
		text, ok := item.(string)
		if !ok {
			return nil, t.raise("TypeError", "sequence item %d: expected str instance, %s found", i, typeName(item))
		}
		parts[i] = text
	}
	return strings.Join(parts, s), nil
}

// strFormat is "...".format(...).
func (t *thread) strFormat(s string, a args) (any, error) {
	var b strings.Builder
	auto := 0
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c != '{' && c != '}' {
			b.WriteByte(c)
			continue
		}
		if i+1 < len(s) && s[i+1] == c {
			b.WriteByte(c)
			i++
			continue
		}
		end := strings.IndexByte(s[i:], '}')
		if c == '}' || end < 0 {
			return nil, t.raise("ValueError", "Single '%c' encountered in format string", c)
		}
		field, spec, _ := strings.Cut(s[i+1:i+end], ":")
		i += end
		if field == "" {
			field = strconv.Itoa(auto)
			auto++
		}
		var v any
		if n, err := strconv.Atoi(field); err == nil {
			if n < 0 || n >= len(a.pos) {
				return nil, t.raise("IndexError", "Replacement index %d out of range for positional args tuple", n)
			}
			v = a.pos[n]
		} else {
			name, attr, hasAttr := strings.Cut(field, ".")
			value, ok := a.kw[name]
			if !ok {
				return nil, t.raise("KeyError", "%s", name)
			}
			if v = value; hasAttr {
				if v, err = t.getAttr(value, attr); err != nil {
					return nil, err
				}
			}
		}
		text, err := t.format(v, spec)
		if err != nil {
			return nil, err
		}
		b.WriteString(text)
	}
	return b.String(), nil
}

func bytesMethod(s bytesValue, name string) func(*thread, args) (any, error) {
	switch name {
	case "decode":
		return func(*thread, args) (any, error) { return string(s), nil }
	case "strip", "lstrip", "rstrip":
		return func(_ *thread, a args) (any, error) {
			chars := " \t\n\r\f\v"
			if v, ok := a.get(0, ""); ok {
				if b, ok := v.(bytesValue); ok {
					chars = string(b)
				}
			}
			return bytesValue(strip(string(s), name, chars)), nil
		}
	case "startswith", "endswith":
		return func(_ *thread, a args) (any, error) { return affix(string(s), name, a), nil }
	case "hex":
		return func(*thread, args) (any, error) { return hexText(string(s)), nil }
	case "split":
		return func(_ *thread, a args) (any, error) {
			parts := strings.Fields(string(s))
			if v, ok := a.get(0, "sep"); ok {
				if b, ok := v.(bytesValue); ok && b != "" {
					parts = strings.Split(string(s), string(b))
				}
			}
			l := &list{}
			for _, p := range parts {
				l.items = append(l.items, bytesValue(p))
			}
			return l, nil
		}
	}
	return nil
}

func hexText(s string) string {
	const digits = "0123456789abcdef"
	var b strings.Builder
	for i := range len(s) {
		b.WriteByte(digits[s[i]>>4])
		b.WriteByte(digits[s[i]&15])
	}
	return b.String()
}
