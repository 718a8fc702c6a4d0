package node

import (
	"encoding/json"
	"math"
	"strings"
)

func jsonStringify(r *runtime, _ any, a []any) any {
	v := argument(a, 0)
	if v == nil || isFunction(v) {
		return nil
	}
	indent := ""
	switch n := argument(a, 2).(type) {
	case float64:
		indent = strings.Repeat(" ", max(0, min(10, int(n))))
	case string:
		indent = n
	}
	return r.stringify(v, indent, 0)
}

// stringify writes a value as JSON; indent "" keeps it on one line.
func (r *runtime) stringify(v any, indent string, depth int) string {
	if depth > 100 {
		r.throwf("TypeError", "Converting circular structure to JSON")
	}
	switch v := v.(type) {
	case nil, null:
		return "null"
	case string:
		return jsonText(v)
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return "null"
		}
	case *object:
		return r.stringifyObject(v, indent, depth)
	}
	return toText(v)
}

func jsonText(s string) string {
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(s)
	return strings.TrimSuffix(b.String(), "\n")
}

func (r *runtime) stringifyObject(o *object, indent string, depth int) string {
	if o.class == "Date" {
		return jsonText(dateText(o))
	}
	if fn := r.get(o, "toJSON"); isFunction(fn) {
		return r.stringify(r.apply(fn, o, nil), indent, depth+1)
	}
	var parts []string
	open, end := "{", "}"
	if o.class == "Array" {
		open, end = "[", "]"
		for _, v := range o.list {
			parts = append(parts, r.stringify(v, indent, depth+1))
		}
	} else {
		for _, k := range r.shownKeys(o) {
			v := r.get(o, k)
			if v == nil || isFunction(v) {
				continue
			}
			sep := ":"
			if indent != "" {
				sep = ": "
			}
			parts = append(parts, jsonText(k)+sep+r.stringify(v, indent, depth+1))
		}
	}
	if indent == "" || len(parts) == 0 {
		return open + strings.Join(parts, ",") + end
	}
	in := "\n" + strings.Repeat(indent, depth+1)
	return open + in + strings.Join(parts, ","+in) + "\n" + strings.Repeat(indent, depth) + end
}

func jsonParse(r *runtime, _ any, a []any) any {
	text := toText(argument(a, 0))
	dec := json.NewDecoder(strings.NewReader(text))
	v, err := readJSON(dec, 0)
	if err == nil && dec.More() {
		err = &json.SyntaxError{}
	}
	if err != nil {
		if strings.TrimSpace(text) == "" {
			r.throwf("SyntaxError", "Unexpected end of JSON input")
		}
		first := []rune(strings.TrimSpace(text))[0]
		r.throwf("SyntaxError", "Unexpected token '%c', %q is not valid JSON", first, sliceText(text, 0, 40))
	}
	return v
}

// readJSON reads a value; objects keep the order of their names.
func readJSON(dec *json.Decoder, depth int) (any, error) {
	t, err := dec.Token()
	if err != nil || depth > 200 {
		return nil, err
	}
	switch t := t.(type) {
	case nil:
		return null{}, nil
	case json.Delim:
		o := newObject()
		if t == '[' {
			o = newArray()
		}
		for dec.More() {
			name := ""
			if t == '{' {
				key, err := dec.Token()
				if err != nil {
					return nil, err
				}
				name, _ = key.(string)
			}
			v, err := readJSON(dec, depth+1)
			if err != nil {
				return nil, err
			}
			if t == '[' {
				o.list = append(o.list, v)
			} else {
				o.set(name, v)
			}
		}
		_, err := dec.Token()
		return o, err
	}
	return t, nil
}
