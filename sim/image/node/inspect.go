package node

import (
	"fmt"
	"strings"
)

// show is how console.log prints one argument: texts as they are.
func (r *runtime) show(v any) string {
	if s, ok := v.(string); ok {
		return s
	}
	return r.inspect(v, 0)
}

// format is console.log's line: the first argument may hold %s, %d, %j, %o.
func (r *runtime) format(a []any) string {
	var parts []string
	if first, ok := argument(a, 0).(string); ok && len(a) > 1 && strings.Contains(first, "%") {
		text, rest := r.substitute(first, a[1:])
		parts, a = append(parts, text), rest
	}
	for _, v := range a {
		parts = append(parts, r.show(v))
	}
	return strings.Join(parts, " ")
}

func (r *runtime) substitute(pattern string, a []any) (string, []any) {
	var b strings.Builder
	for i := 0; i < len(pattern); i++ {
		if pattern[i] != '%' || i+1 == len(pattern) {
			b.WriteByte(pattern[i])
			continue
		}
		i++
		switch c := pattern[i]; {
		case c == '%':
			b.WriteByte('%')
		case strings.IndexByte("sdifjoO", c) < 0 || len(a) == 0:
			b.WriteString(pattern[i-1 : i+1])
		default:
			switch c {
			case 's':
				b.WriteString(r.show(a[0]))
			case 'd', 'i', 'f':
				b.WriteString(numberText(toNumber(a[0])))
			case 'j':
				b.WriteString(r.stringify(a[0], "", 0))
			default:
				b.WriteString(r.inspect(a[0], 0))
			}
			a = a[1:]
		}
	}
	return b.String(), a
}

// inspect writes a value as util.inspect does, three levels deep.
func (r *runtime) inspect(v any, depth int) string {
	switch v := v.(type) {
	case string:
		return quote(v)
	case *object:
		return r.inspectObject(v, depth)
	}
	return toText(v)
}

func quote(s string) string {
	q := "'"
	if strings.Contains(s, "'") && !strings.Contains(s, `"`) {
		q = `"`
	}
	return q + strings.NewReplacer("\\", "\\\\", "\n", "\\n", "\t", "\\t", q, "\\"+q).Replace(s) + q
}

func (r *runtime) inspectObject(o *object, depth int) string {
	name := r.className(o)
	switch {
	case o.class == "Function":
		return inspectFunction(o)
	case o.class == "Error":
		return r.inspectError(o, depth)
	case o.class == "Date":
		return dateText(o)
	case o.class == "RegExp":
		return toText(o.props["source"])
	case o.class == "Promise":
		s, _ := o.data.(*promise)
		switch {
		case s == nil || !s.settled:
			return "Promise { <pending> }"
		case s.failed:
			return "Promise { <rejected> " + r.inspect(s.value, depth+1) + " }"
		}
		return "Promise { " + r.inspect(s.value, depth+1) + " }"
	case depth > 2 && o.class == "Array":
		return "[Array]"
	case depth > 2:
		return "[" + name + "]"
	}
	prefix := ""
	if name != "Object" && name != "Array" {
		prefix = name + " "
	}
	var parts []string
	switch o.class {
	case "Array":
		for i, v := range o.list {
			if i == 100 {
				parts = append(parts, fmt.Sprintf("... %d more items", len(o.list)-100))
				break
			}
			parts = append(parts, r.inspect(v, depth+1))
		}
	case "Map", "Set":
		entries := collectionEntries(o, map[string]string{"Map": "entries", "Set": "values"}[o.class])
		prefix = fmt.Sprintf("%s(%d) ", o.class, len(entries))
		for _, e := range entries {
			if pair, ok := e.(*object); ok && o.class == "Map" {
				parts = append(parts, r.inspect(pair.list[0], depth+1)+" => "+r.inspect(pair.list[1], depth+1))
			} else {
				parts = append(parts, r.inspect(e, depth+1))
			}
		}
	case "env":
		prefix = ""
	}
	for _, k := range r.shownKeys(o) {
		parts = append(parts, propertyName(k)+": "+r.inspect(r.get(o, k), depth+1))
	}
	open, end := "{", "}"
	if o.class == "Array" {
		open, end = "[", "]"
	}
	return prefix + wrap(parts, open, end, depth)
}

func (r *runtime) shownKeys(o *object) []string {
	if o.class == "env" {
		return r.keysOf(o)
	}
	return o.keys
}

// wrap puts parts on one line if they fit, or each on its own.
func wrap(parts []string, open, end string, depth int) string {
	if len(parts) == 0 {
		return open + end
	}
	one := open + " " + strings.Join(parts, ", ") + " " + end
	if len(one) <= 76 && !strings.Contains(one, "\n") {
		return one
	}
	indent := strings.Repeat("  ", depth)
	return open + "\n  " + indent + strings.Join(parts, ",\n  "+indent) + "\n" + indent + end
}

func propertyName(k string) string {
	for i, c := range k {
		if !isNameRune(c, i == 0) {
			return quote(k)
		}
	}
	if k == "" {
		return "''"
	}
	return k
}

func (r *runtime) className(o *object) string {
	if o.proto != nil {
		if c, ok := r.objectProperty(o.proto, "constructor").(*object); ok {
			if n, ok := c.props["name"].(string); ok && n != "" {
				return n
			}
		}
	}
	return o.class
}

func inspectFunction(o *object) string {
	name, _ := o.props["name"].(string)
	kind := "Function"
	switch {
	case o.fn != nil && o.fn.class != nil:
		return "[class " + name + "]"
	case o.fn != nil && o.fn.tree.async:
		kind = "AsyncFunction"
	}
	if name == "" {
		return "[" + kind + " (anonymous)]"
	}
	return "[" + kind + ": " + name + "]"
}

func (r *runtime) inspectError(o *object, depth int) string {
	text := toText(o.props["stack"])
	if len(o.keys) == 0 {
		return text
	}
	var parts []string
	for _, k := range o.keys {
		parts = append(parts, propertyName(k)+": "+r.inspect(o.props[k], depth+1))
	}
	indent := strings.Repeat("  ", depth)
	return text + " {\n  " + indent + strings.Join(parts, ",\n  "+indent) + "\n" + indent + "}"
}
