package tools

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
)

// jsonObject is an object that keeps the order of its keys, as jq does.
type jsonObject struct {
	keys []string
	vals map[string]any
}

func newObject() *jsonObject { return &jsonObject{vals: map[string]any{}} }

func (o *jsonObject) set(key string, v any) {
	if _, ok := o.vals[key]; !ok {
		o.keys = append(o.keys, key)
	}
	o.vals[key] = v
}

// maxJSONDepth is how deeply jq lets values nest.
const maxJSONDepth = 1000

// decodeJSON reads the next value: nil, bool, float64, string, []any or *jsonObject.
func decodeJSON(d *json.Decoder, depth int) (any, error) {
	if depth > maxJSONDepth {
		return nil, errors.New("Exceeds depth limit for parsing")
	}
	tok, err := d.Token()
	if err != nil {
		return nil, err
	}
	switch tok {
	case json.Delim('{'):
		o := newObject()
		for d.More() {
			key, err := d.Token()
			if err != nil {
				return nil, err
			}
			v, err := decodeJSON(d, depth+1)
			if err != nil {
				return nil, err
			}
			o.set(fmt.Sprint(key), v)
		}
		_, err = d.Token()
		return o, err
	case json.Delim('['):
		list := []any{}
		for d.More() {
			v, err := decodeJSON(d, depth+1)
			if err != nil {
				return nil, err
			}
			list = append(list, v)
		}
		_, err = d.Token()
		return list, err
	}
	return tok, nil
}

// jsonValues reads all values of a stream.
func jsonValues(in io.Reader) ([]any, error) {
	d := json.NewDecoder(in)
	var list []any
	for {
		v, err := decodeJSON(d, 0)
		if err == io.EOF {
			return list, nil
		}
		if err != nil {
			return list, err
		}
		list = append(list, v)
	}
}

// encodeJSON writes a value; an empty indent writes it on one line.
func encodeJSON(v any, indent string, sorted bool) string {
	var b strings.Builder
	w := jsonWriter{&b, indent, sorted}
	w.value(v, 0)
	return b.String()
}

type jsonWriter struct {
	out    *strings.Builder
	indent string
	sorted bool
}

func (w jsonWriter) value(v any, depth int) {
	switch v := v.(type) {
	case []any:
		w.list("[", "]", len(v), depth, func(i int) { w.value(v[i], depth+1) })
	case *jsonObject:
		keys := v.keys
		if w.sorted {
			keys = slices.Sorted(slices.Values(keys))
		}
		w.list("{", "}", len(keys), depth, func(i int) {
			w.out.WriteString(jsonText(keys[i]) + ":")
			if w.indent != "" {
				w.out.WriteByte(' ')
			}
			w.value(v.vals[keys[i]], depth+1)
		})
	case string:
		w.out.WriteString(jsonText(v))
	case float64:
		w.out.WriteString(jsonNumber(v))
	case bool:
		w.out.WriteString(strconv.FormatBool(v))
	default:
		w.out.WriteString("null")
	}
}

func (w jsonWriter) list(open, end string, n, depth int, item func(int)) {
	w.out.WriteString(open)
	for i := range n {
		if i > 0 {
			w.out.WriteByte(',')
		}
		if w.indent != "" {
			w.out.WriteString("\n" + strings.Repeat(w.indent, depth+1))
		}
		item(i)
	}
	if n > 0 && w.indent != "" {
		w.out.WriteString("\n" + strings.Repeat(w.indent, depth))
	}
	w.out.WriteString(end)
}

func jsonText(s string) string {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(s)
	return strings.TrimSuffix(b.String(), "\n")
}

func jsonNumber(n float64) string {
	if n == math.Trunc(n) && math.Abs(n) < 1e17 {
		return strconv.FormatFloat(n, 'f', -1, 64)
	}
	return strconv.FormatFloat(n, 'g', 17, 64)
}

// jsonType is a value's type in jq's words.
func jsonType(v any) string {
	switch v.(type) {
	case nil:
		return "null"
	case bool:
		return "boolean"
	case float64:
		return "number"
	case string:
		return "string"
	case []any:
		return "array"
	}
	return "object"
}

// jsonOrder compares values as jq sorts them: null, false, true, numbers,
// strings, arrays, objects.
func jsonOrder(a, b any) int {
	rank := func(v any) int {
		if t, ok := v.(bool); ok {
			return 1 + btoi(t)
		}
		return map[string]int{"null": 0, "number": 3, "string": 4, "array": 5, "object": 6}[jsonType(v)]
	}
	if d := rank(a) - rank(b); d != 0 {
		return d
	}
	switch x := a.(type) {
	case float64:
		y := b.(float64)
		return btoi(x > y) - btoi(x < y)
	case string:
		return strings.Compare(x, b.(string))
	case []any:
		return slices.CompareFunc(x, b.([]any), jsonOrder)
	case *jsonObject:
		return strings.Compare(encodeJSON(a, "", true), encodeJSON(b, "", true))
	}
	return 0
}
