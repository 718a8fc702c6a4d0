package node

import (
	"math"
	"slices"
	"strconv"
	"strings"
)

// get reads a property: the object's own, its class's, or a method of its kind.
func (r *runtime) get(v any, name string) any {
	switch v := v.(type) {
	case string:
		return r.stringProperty(v, name)
	case float64:
		return numberMethod(v, name)
	case bool:
		if name == "toString" {
			return newFunction(name, func(*runtime, any, []any) any { return strconv.FormatBool(v) })
		}
		return nil
	case *object:
		return r.objectProperty(v, name)
	}
	r.throwf("TypeError", "Cannot read properties of %s (reading '%s')", toText(v), name)
	return nil
}

func (r *runtime) objectProperty(o *object, name string) any {
	for p, n := o, 0; p != nil && n < 50; p, n = p.proto, n+1 {
		if found, ok := p.own(name); ok {
			return found
		}
	}
	switch o.class {
	case "Array":
		if name == "length" {
			return float64(len(o.list))
		}
		if i, ok := index(name); ok {
			return argument(o.list, i)
		}
		if m := r.arrayMethod(o, name); m != nil {
			return m
		}
	case "Promise":
		return r.promiseMethod(o, name)
	case "Map", "Set":
		return collectionMethod(o, name)
	case "Date":
		return dateMethod(o, name)
	case "RegExp":
		return r.regexMethod(o, name)
	case "Function":
		return r.functionProperty(o, name)
	case "env":
		if value, ok := r.process.Env.Lookup(name); ok {
			return value
		}
		return nil
	}
	switch name {
	case "hasOwnProperty":
		return newFunction(name, func(r *runtime, _ any, a []any) any { _, ok := o.own(toText(argument(a, 0))); return ok })
	case "toString":
		return newFunction(name, func(*runtime, any, []any) any { return toText(o) })
	case "constructor":
		if b := r.globals.find(o.class); b != nil {
			return b.value
		}
	}
	return nil
}

func (r *runtime) functionProperty(o *object, name string) any {
	switch name {
	case "prototype":
		p := newObject()
		o.hide("prototype", p)
		return p
	case "call":
		return newFunction(name, func(r *runtime, _ any, a []any) any { return r.apply(o, argument(a, 0), a[min(1, len(a)):]) })
	case "apply":
		return newFunction(name, func(r *runtime, _ any, a []any) any {
			var list []any
			if !nullish(argument(a, 1)) {
				list = r.iterate(a[1])
			}
			return r.apply(o, argument(a, 0), list)
		})
	case "bind":
		return newFunction(name, func(r *runtime, _ any, a []any) any {
			bound := slices.Clone(a)
			return newFunction("bound", func(r *runtime, _ any, more []any) any {
				return r.apply(o, argument(bound, 0), append(slices.Clone(bound[min(1, len(bound)):]), more...))
			})
		})
	case "length":
		if o.fn != nil && o.fn.tree != nil {
			return float64(len(o.fn.tree.list))
		}
		return 0.0
	}
	return nil
}

// keysOf lists the names of what an object shows.
func (r *runtime) keysOf(v any) []string {
	o, ok := v.(*object)
	if !ok {
		if s, ok := v.(string); ok {
			return positions(len([]rune(s)))
		}
		return nil
	}
	switch o.class {
	case "Array":
		return append(positions(len(o.list)), o.keys...)
	case "env":
		var names []string
		for _, line := range r.process.Env.List() {
			name, _, _ := strings.Cut(line, "=")
			names = append(names, name)
		}
		return names
	}
	return slices.Clone(o.keys)
}

func positions(n int) []string {
	list := make([]string, n)
	for i := range list {
		list[i] = strconv.Itoa(i)
	}
	return list
}

// iterate lists what for...of would give.
func (r *runtime) iterate(v any) []any {
	switch v := v.(type) {
	case string:
		var list []any
		for _, c := range v {
			list = append(list, string(c))
		}
		return list
	case *object:
		switch v.class {
		case "Array":
			return slices.Clone(v.list)
		case "Map", "Set":
			return collectionEntries(v, map[string]string{"Map": "entries", "Set": "values"}[v.class])
		}
	}
	r.throwf("TypeError", "%s is not iterable", r.inspect(v, 0))
	return nil
}

func numberMethod(f float64, name string) any {
	switch name {
	case "toFixed":
		return newFunction(name, func(_ *runtime, _ any, a []any) any {
			return strconv.FormatFloat(f, 'f', max(0, min(100, toInt(argument(a, 0)))), 64)
		})
	case "toString":
		return newFunction(name, func(_ *runtime, _ any, a []any) any {
			if base := toInt(argument(a, 0)); base >= 2 && base <= 36 && base != 10 {
				return strconv.FormatInt(int64(f), base)
			}
			return numberText(f)
		})
	case "toLocaleString":
		return newFunction(name, func(*runtime, any, []any) any {
			digits := strconv.FormatFloat(math.Trunc(math.Abs(f)), 'f', 0, 64)
			for i := len(digits) - 3; i > 0; i -= 3 {
				digits = digits[:i] + "," + digits[i:]
			}
			if f < 0 {
				return "-" + digits
			}
			return digits
		})
	}
	return nil
}

// stringProperty is a property or method of a text.
func (r *runtime) stringProperty(s, name string) any {
	if name == "length" {
		return float64(len([]rune(s)))
	}
	if i, ok := index(name); ok {
		if runes := []rune(s); i < len(runes) {
			return string(runes[i])
		}
		return nil
	}
	fn := stringMethods()[name]
	if fn == nil {
		return nil
	}
	return newFunction(name, func(r *runtime, _ any, a []any) any { return fn(r, s, a) })
}

func sliceText(s string, from, to int) string {
	runes := []rune(s)
	from, to = max(0, min(from, len(runes))), max(0, min(to, len(runes)))
	if from >= to {
		return ""
	}
	return string(runes[from:to])
}

// bounds reads the arguments of slice for n elements.
func bounds(a []any, n int) (from, to int) {
	from, to = toInt(argument(a, 0)), n
	if argument(a, 1) != nil {
		to = toInt(a[1])
	}
	if from < 0 {
		from += n
	}
	if to < 0 {
		to += n
	}
	return max(0, min(from, n)), max(0, min(to, n))
}

func stringMethods() map[string]func(r *runtime, s string, a []any) any {
	word := func(a []any, n int) string { return toText(argument(a, n)) }
	return map[string]func(r *runtime, s string, a []any) any{
		"toUpperCase": func(_ *runtime, s string, _ []any) any { return strings.ToUpper(s) },
		"toLowerCase": func(_ *runtime, s string, _ []any) any { return strings.ToLower(s) },
		"trim":        func(_ *runtime, s string, _ []any) any { return strings.TrimSpace(s) },
		"trimEnd":     func(_ *runtime, s string, _ []any) any { return strings.TrimRight(s, " \t\r\n") },
		"trimStart":   func(_ *runtime, s string, _ []any) any { return strings.TrimLeft(s, " \t\r\n") },
		"toString":    func(_ *runtime, s string, _ []any) any { return s },
		"startsWith":  func(_ *runtime, s string, a []any) any { return strings.HasPrefix(s, word(a, 0)) },
		"endsWith":    func(_ *runtime, s string, a []any) any { return strings.HasSuffix(s, word(a, 0)) },
		"includes":    func(_ *runtime, s string, a []any) any { return strings.Contains(s, word(a, 0)) },
		"indexOf": func(_ *runtime, s string, a []any) any {
			if i := strings.Index(s, word(a, 0)); i >= 0 {
				return float64(len([]rune(s[:i])))
			}
			return -1.0
		},
		"slice": func(_ *runtime, s string, a []any) any {
			from, to := bounds(a, len([]rune(s)))
			return sliceText(s, from, to)
		},
		"substring": func(_ *runtime, s string, a []any) any {
			from, to := max(0, toInt(argument(a, 0))), len([]rune(s))
			if argument(a, 1) != nil {
				to = max(0, toInt(a[1]))
			}
			return sliceText(s, min(from, to), max(from, to))
		},
		"charAt": func(_ *runtime, s string, a []any) any {
			i := toInt(argument(a, 0))
			return sliceText(s, i, i+1)
		},
		"charCodeAt": func(_ *runtime, s string, a []any) any {
			if c := sliceText(s, toInt(argument(a, 0)), toInt(argument(a, 0))+1); c != "" {
				return float64([]rune(c)[0])
			}
			return math.NaN()
		},
		"concat": func(_ *runtime, s string, a []any) any {
			for _, v := range a {
				s += toText(v)
			}
			return s
		},
		"repeat": func(r *runtime, s string, a []any) any {
			n := max(0, toInt(argument(a, 0)))
			r.limit(n * max(1, len(s)))
			return strings.Repeat(s, n)
		},
		"padStart": func(r *runtime, s string, a []any) any { return r.pad(s, a) + s },
		"padEnd":   func(r *runtime, s string, a []any) any { return s + r.pad(s, a) },
		"split":    splitText,
		"replace":  func(r *runtime, s string, a []any) any { return r.replaceText(s, a, false) },
		"replaceAll": func(r *runtime, s string, a []any) any {
			return r.replaceText(s, a, true)
		},
		"match": func(r *runtime, s string, a []any) any { return r.matchText(argument(a, 0), s) },
	}
}

func (r *runtime) pad(s string, a []any) string {
	fill := " "
	if argument(a, 1) != nil {
		fill = toText(a[1])
	}
	n := toInt(argument(a, 0)) - len([]rune(s))
	r.limit(n)
	if n <= 0 || fill == "" {
		return ""
	}
	return sliceText(strings.Repeat(fill, n/len([]rune(fill))+1), 0, n)
}

func splitText(r *runtime, s string, a []any) any {
	if len(a) == 0 {
		return newArray(s)
	}
	var parts []string
	if re := regexOf(a[0]); re != nil {
		parts = re.Split(s, -1)
	} else {
		parts = strings.Split(s, toText(a[0]))
	}
	out := newArray()
	for _, part := range parts {
		out.list = append(out.list, part)
	}
	return out
}
