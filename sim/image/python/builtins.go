package python

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

func sortedKeys(m map[string]any) []string { return slices.Sorted(maps.Keys(m)) }

// hiddenBuiltins are those of Python that this subset leaves out.
func hiddenBuiltins() []string {
	return []string{"eval", "exec", "compile", "dir", "vars", "memoryview", "complex", "breakpoint", "help", "delattr", "slice", "aiter", "anext", "__import__"}
}

// typeBuiltins are the built-in types.
func typeBuiltins() []string {
	return []string{"str", "int", "float", "bool", "list", "dict", "tuple", "set", "frozenset", "bytes", "bytearray", "type"}
}

func (in *interp) makeBuiltins() map[string]any {
	b := map[string]any{"object": &class{name: "object", attrs: map[string]any{}}, "NotImplemented": nil, "Ellipsis": nil}
	for name, c := range in.exceptions {
		b[name] = c
	}
	for _, name := range []string{"gaierror", "URLError", "HTTPError", "RequestException", "RequestConnectionError", "Timeout", "RedisError",
		"RedisConnectionError", "RedisResponseError", "DatabaseError", "OperationalError", "ProgrammingError", "JSONDecodeError"} {
		delete(b, name)
	}
	b["IOError"], b["EnvironmentError"] = in.exceptions["OSError"], in.exceptions["OSError"]
	for _, table := range []map[string]func(*thread, args) (any, error){conversions(), sequences(), reflection(), numeric()} {
		for name, call := range table {
			b[name] = fn(name, call)
		}
	}
	for _, name := range []string{"print", "input", "open"} {
		b[name] = fn(name, map[string]func(*thread, args) (any, error){"print": printTo, "input": input, "open": openFile}[name])
	}
	return b
}

func printTo(t *thread, a args) (any, error) {
	parts := make([]string, len(a.pos))
	for i, v := range a.pos {
		parts[i] = toStr(t, v)
	}
	text := strings.Join(parts, a.str(-1, "sep", " ")) + a.str(-1, "end", "\n")
	if to, ok := a.kw["file"]; ok && to != nil {
		if _, err := t.callMethod(to, "write", args{pos: []any{text}}); err != nil {
			return nil, err
		}
		return nil, nil
	}
	t.in.write(text)
	if a.truth(-1, "flush", false) {
		t.in.flush()
	}
	return nil, nil
}

func input(t *thread, a args) (any, error) {
	if t.proc == nil {
		return nil, lacks("input() while a request is handled")
	}
	t.in.write(a.str(0, "prompt", ""))
	t.in.flush()
	line, err := t.in.process.Stdin.ReadLine()
	if err != nil {
		return nil, t.raise("EOFError", "EOF when reading a line")
	}
	return line, nil
}

func conversions() map[string]func(*thread, args) (any, error) {
	return map[string]func(*thread, args) (any, error){
		"str": func(t *thread, a args) (any, error) {
			v, ok := a.get(0, "object")
			if !ok {
				return "", nil
			}
			if b, ok := v.(bytesValue); ok && len(a.pos) > 1 {
				return string(b), nil
			}
			return toStr(t, v), nil
		},
		"repr":  func(t *thread, a args) (any, error) { v, _ := a.get(0, ""); return repr(t, v), nil },
		"ascii": func(t *thread, a args) (any, error) { v, _ := a.get(0, ""); return repr(t, v), nil },
		"int":   toInt, "float": toFloat,
		"bool": func(_ *thread, a args) (any, error) { v, _ := a.get(0, ""); return truthy(v), nil },
		"list": func(t *thread, a args) (any, error) {
			items, err := a.items(t)
			return &list{items}, err
		},
		"tuple": func(t *thread, a args) (any, error) {
			items, err := a.items(t)
			return &tuple{items}, err
		},
		"set":       func(t *thread, a args) (any, error) { items, err := a.items(t); return orSet(t, items, err) },
		"frozenset": func(t *thread, a args) (any, error) { items, err := a.items(t); return orSet(t, items, err) },
		"dict":      toDict, "bytes": toBytes, "bytearray": toBytes,
		"format": func(t *thread, a args) (any, error) { v, _ := a.get(0, ""); return t.format(v, a.str(1, "", "")) },
		"ord": func(t *thread, a args) (any, error) {
			s := a.str(0, "", "")
			if utf8.RuneCountInString(s) != 1 {
				return nil, t.raise("TypeError", "ord() expected a character, but string of length %d found", utf8.RuneCountInString(s))
			}
			r, _ := utf8.DecodeRuneInString(s)
			return int64(r), nil
		},
		"chr": func(_ *thread, a args) (any, error) { return string(rune(a.integer(0, "", 0))), nil },
		"hex": func(_ *thread, a args) (any, error) { return fmt.Sprintf("%#x", a.integer(0, "", 0)), nil },
		"oct": func(_ *thread, a args) (any, error) { return fmt.Sprintf("0o%o", a.integer(0, "", 0)), nil },
		"bin": func(_ *thread, a args) (any, error) { return fmt.Sprintf("0b%b", a.integer(0, "", 0)), nil },
	}
}

// items collects the first argument, which may be missing.
func (a args) items(t *thread) ([]any, error) {
	if len(a.pos) == 0 {
		return nil, nil
	}
	return t.items(a.pos[0])
}

func orSet(t *thread, items []any, err error) (any, error) {
	if err != nil {
		return nil, err
	}
	return t.makeSet(items)
}

func toInt(t *thread, a args) (any, error) {
	v, ok := a.get(0, "x")
	if !ok {
		return int64(0), nil
	}
	if n, ok := asInt(v); ok {
		return n, nil
	}
	switch v := v.(type) {
	case float64:
		return int64(v), nil
	case bytesValue:
		return toInt(t, args{pos: append([]any{string(v)}, a.pos[1:]...)})
	case string:
		base := a.integer(1, "base", 10)
		n, err := strconv.ParseInt(strings.ReplaceAll(strings.TrimSpace(v), "_", ""), int(base), 64)
		if err != nil {
			return nil, t.raise("ValueError", "invalid literal for int() with base %d: %s", base, repr(t, v))
		}
		return n, nil
	}
	return nil, t.raise("TypeError", "int() argument must be a string, a bytes-like object or a real number, not '%s'", typeName(v))
}

func toFloat(t *thread, a args) (any, error) {
	v, ok := a.get(0, "x")
	if !ok {
		return 0.0, nil
	}
	if f, ok := asFloat(v); ok {
		return f, nil
	}
	s, ok := v.(string)
	if !ok {
		return nil, t.raise("TypeError", "float() argument must be a string or a real number, not '%s'", typeName(v))
	}
	f, err := strconv.ParseFloat(strings.TrimSpace(s), 64)
	if err != nil {
		return nil, t.raise("ValueError", "could not convert string to float: %s", repr(t, s))
	}
	return f, nil
}

func toDict(t *thread, a args) (any, error) {
	d := newDict()
	if len(a.pos) > 0 {
		if from, ok := a.pos[0].(*dict); ok {
			d = from.copy()
		} else if in, ok := a.pos[0].(interface{ asDict() *dict }); ok {
			d = in.asDict()
		} else {
			items, err := t.items(a.pos[0])
			if err != nil {
				return nil, err
			}
			for _, item := range items {
				pair, err := t.items(item)
				if err != nil || len(pair) != 2 {
					return nil, t.raise("ValueError", "dictionary update sequence element #0 has length %d; 2 is required", len(pair))
				}
				d.put(pair[0], pair[1])
			}
		}
	}
	for _, k := range sortedKeys(a.kw) {
		d.put(k, a.kw[k])
	}
	return d, nil
}

func toBytes(t *thread, a args) (any, error) {
	v, _ := a.get(0, "")
	switch v := v.(type) {
	case nil:
		return bytesValue(""), nil
	case string:
		return bytesValue(v), nil
	case bytesValue, *bulk:
		return v, nil
	case int64:
		b, _, err := t.repeat(bytesValue("\x00"), v)
		return b, err
	}
	items, err := t.items(v)
	var b strings.Builder
	for _, item := range items {
		n, _ := asInt(item)
		b.WriteByte(byte(n))
	}
	return bytesValue(b.String()), err
}

func sequences() map[string]func(*thread, args) (any, error) {
	return map[string]func(*thread, args) (any, error){
		"len": func(t *thread, a args) (any, error) {
			v, _ := a.get(0, "")
			return t.length(v)
		},
		"range": makeRange,
		"sorted": func(t *thread, a args) (any, error) {
			items, err := a.items(t)
			if err == nil {
				items, err = t.sorted(items, a)
			}
			return &list{items}, err
		},
		"reversed": func(t *thread, a args) (any, error) {
			items, err := a.items(t)
			items = slices.Clone(items)
			slices.Reverse(items)
			return &list{items}, err
		},
		"enumerate": func(t *thread, a args) (any, error) {
			items, err := a.items(t)
			l := &list{}
			for i, v := range items {
				l.items = append(l.items, newTuple(int64(i)+a.integer(1, "start", 0), v))
			}
			return l, err
		},
		"zip":    zip,
		"map":    func(t *thread, a args) (any, error) { return t.mapOver(a, false) },
		"filter": func(t *thread, a args) (any, error) { return t.mapOver(a, true) },
		"any":    func(t *thread, a args) (any, error) { return t.someTrue(a, true) },
		"all":    func(t *thread, a args) (any, error) { return t.someTrue(a, false) },
		"sum":    sum,
		"min":    func(t *thread, a args) (any, error) { return t.extreme(a, "min") },
		"max":    func(t *thread, a args) (any, error) { return t.extreme(a, "max") },
		"iter":   func(t *thread, a args) (any, error) { items, err := a.items(t); return &iterator{items}, err },
		"next":   next,
	}
}

// zip joins the items of several sequences, as far as the shortest goes.
func zip(t *thread, a args) (any, error) {
	l := &list{}
	var columns [][]any
	for _, v := range a.pos {
		items, err := t.items(v)
		if err != nil {
			return nil, err
		}
		columns = append(columns, items)
	}
	for i := 0; len(columns) > 0; i++ {
		row := &tuple{}
		for _, c := range columns {
			if i >= len(c) {
				return l, nil
			}
			row.items = append(row.items, c[i])
		}
		l.items = append(l.items, row)
	}
	return l, nil
}

// next takes the next item of an iterator, or the value given for its end.
func next(t *thread, a args) (any, error) {
	v, _ := a.get(0, "")
	if it, ok := v.(*iterator); ok {
		if len(it.items) == 0 {
			if otherwise, ok := a.get(1, ""); ok {
				return otherwise, nil
			}
			return nil, t.raise("StopIteration", "")
		}
		first := it.items[0]
		it.items = it.items[1:]
		return first, nil
	}
	return t.callMethod(v, "__next__", args{})
}

// iterator is what iter() gives.
type iterator struct{ items []any }

func (it *iterator) typeName() string                 { return "iterator" }
func (it *iterator) attr(*thread, string) (any, bool) { return nil, false }
func (it *iterator) each(_ *thread, fn func(any) (bool, error)) error {
	for len(it.items) > 0 {
		v := it.items[0]
		it.items = it.items[1:]
		if more, err := fn(v); err != nil || !more {
			return err
		}
	}
	return nil
}

func makeRange(t *thread, a args) (any, error) {
	for _, v := range a.pos {
		if _, ok := asInt(v); !ok {
			return nil, t.raise("TypeError", "'%s' object cannot be interpreted as an integer", typeName(v))
		}
	}
	r := &rangeValue{0, a.integer(0, "", 0), 1}
	if len(a.pos) > 1 {
		r.from, r.to, r.step = a.integer(0, "", 0), a.integer(1, "", 0), a.integer(2, "", 1)
	}
	if r.step == 0 {
		return nil, t.raise("ValueError", "range() arg 3 must not be zero")
	}
	return r, nil
}

func (t *thread) mapOver(a args, filter bool) (any, error) {
	if len(a.pos) < 2 {
		return nil, t.raise("TypeError", "map() must have at least two arguments.")
	}
	items, err := t.items(a.pos[1])
	if err != nil {
		return nil, err
	}
	l := &list{}
	for i, v := range items {
		pos := []any{v}
		for _, more := range a.pos[2:] {
			others, err := t.items(more)
			if err != nil || i >= len(others) {
				return l, err
			}
			pos = append(pos, others[i])
		}
		out := v
		if a.pos[0] != nil {
			if out, err = t.call(a.pos[0], args{pos: pos}); err != nil {
				return nil, err
			}
		}
		switch {
		case !filter:
			l.items = append(l.items, out)
		case truthy(out):
			l.items = append(l.items, v)
		}
	}
	return l, nil
}

func (t *thread) someTrue(a args, want bool) (any, error) {
	items, err := a.items(t)
	return slices.ContainsFunc(items, func(v any) bool { return truthy(v) == want }) == want, err
}

func sum(t *thread, a args) (any, error) {
	items, err := a.items(t)
	var total any = int64(0)
	if v, ok := a.get(1, "start"); ok {
		total = v
	}
	for _, v := range items {
		if err == nil {
			total, err = t.binary("+", total, v)
		}
	}
	return total, err
}

func (t *thread) extreme(a args, which string) (any, error) {
	items := a.pos
	if len(a.pos) == 1 {
		var err error
		if items, err = t.items(a.pos[0]); err != nil {
			return nil, err
		}
	}
	if len(items) == 0 {
		if v, ok := a.kw["default"]; ok {
			return v, nil
		}
		return nil, t.raise("ValueError", "%s() iterable argument is empty", which)
	}
	sorted, err := t.sorted(items, args{kw: map[string]any{"key": a.kw["key"]}})
	if err != nil {
		return nil, err
	}
	if which == "max" {
		return sorted[len(sorted)-1], nil
	}
	return sorted[0], nil
}
