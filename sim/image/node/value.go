package node

import (
	"math"
	"slices"
	"strconv"
	"strings"
)

// A value is nil (undefined), null, bool, float64, string or *object.
type null struct{}

// native is a function of the library.
type native func(r *runtime, this any, args []any) any

// object is everything else: class says what kind.
type object struct {
	class string // "Object", "Array", "Function", "Error", "Promise", "Date", "Map", "Set", "RegExp" or a class's name
	proto *object
	keys  []string
	props map[string]any
	list  []any // of an Array
	fn    *closure
	call  native
	data  any // what a library keeps
}

// closure is a function of the program.
type closure struct {
	tree  *tree
	scope *scope
	this  any
	home  *object // the class that a method belongs to
	class *tree
}

func newObject() *object { return &object{class: "Object"} }

func newArray(list ...any) *object { return &object{class: "Array", list: list} }

func newFunction(name string, call native) *object {
	o := &object{class: "Function", call: call}
	o.hide("name", name)
	return o
}

func (o *object) own(name string) (any, bool) {
	v, ok := o.props[name]
	return v, ok
}

// set sets a property of the object itself.
func (o *object) set(name string, v any) {
	if o.class == "Array" {
		if i, ok := index(name); ok {
			for len(o.list) <= i && i < 1<<20 {
				o.list = append(o.list, nil)
			}
			if i < len(o.list) {
				o.list[i] = v
			}
			return
		}
		if n, ok := v.(float64); ok && name == "length" && n >= 0 && int(n) <= len(o.list) {
			o.list = o.list[:int(n)]
			return
		}
	}
	if _, ok := o.props[name]; !ok {
		o.keys = append(o.keys, name)
	}
	o.hide(name, v)
}

// hide sets a property that lists do not show.
func (o *object) hide(name string, v any) {
	if o.props == nil {
		o.props = map[string]any{}
	}
	o.props[name] = v
}

func (o *object) remove(name string) {
	delete(o.props, name)
	o.keys = slices.DeleteFunc(o.keys, func(k string) bool { return k == name })
}

// method adds a function of the library.
func (o *object) method(name string, call native) *object {
	o.hide(name, newFunction(name, call))
	return o
}

func index(name string) (int, bool) {
	n, err := strconv.Atoi(name)
	return n, err == nil && n >= 0 && strconv.Itoa(n) == name
}

func isFunction(v any) bool {
	o, ok := v.(*object)
	return ok && (o.call != nil || o.fn != nil)
}

func nullish(v any) bool {
	_, isNull := v.(null)
	return v == nil || isNull
}

func truthy(v any) bool {
	switch v := v.(type) {
	case nil, null:
		return false
	case bool:
		return v
	case float64:
		return v != 0 && !math.IsNaN(v)
	case string:
		return v != ""
	}
	return true
}

func typeOf(v any) string {
	switch v.(type) {
	case nil:
		return "undefined"
	case bool:
		return "boolean"
	case float64:
		return "number"
	case string:
		return "string"
	}
	if isFunction(v) {
		return "function"
	}
	return "object"
}

// numberText writes a number as JavaScript does.
func numberText(f float64) string {
	switch {
	case math.IsNaN(f):
		return "NaN"
	case math.IsInf(f, 1):
		return "Infinity"
	case math.IsInf(f, -1):
		return "-Infinity"
	case f == 0:
		return "0"
	case math.Abs(f) >= 1e21 || math.Abs(f) < 1e-6:
		s := strconv.FormatFloat(f, 'e', -1, 64)
		s = strings.Replace(s, "e-0", "e-", 1)
		return strings.Replace(s, "e+0", "e+", 1)
	}
	return strconv.FormatFloat(f, 'f', -1, 64)
}

func toNumber(v any) float64 {
	switch v := v.(type) {
	case nil:
		return math.NaN()
	case null:
		return 0
	case bool:
		if v {
			return 1
		}
		return 0
	case float64:
		return v
	case string:
		s := strings.TrimSpace(v)
		if s == "" {
			return 0
		}
		if n, err := strconv.ParseInt(s, 0, 64); err == nil && strings.HasPrefix(s, "0x") {
			return float64(n)
		}
		f, err := strconv.ParseFloat(s, 64)
		if err != nil || strings.ContainsAny(s, "nNxXpP_") && !strings.HasSuffix(s, "Infinity") {
			return math.NaN()
		}
		return f
	case *object:
		if v.class == "Date" {
			f, _ := v.data.(float64)
			return f
		}
		return toNumber(toText(v))
	}
	return math.NaN()
}

// toInt is a number cut to an integer within limits.
func toInt(v any) int {
	f := toNumber(v)
	if math.IsNaN(f) {
		return 0
	}
	return int(max(-1<<31, min(f, 1<<31)))
}

// toText is String(v).
func toText(v any) string { return textDeep(v, 0) }

func textDeep(v any, depth int) string {
	switch v := v.(type) {
	case nil:
		return "undefined"
	case null:
		return "null"
	case bool:
		return strconv.FormatBool(v)
	case float64:
		return numberText(v)
	case string:
		return v
	case *object:
		switch {
		case depth > 20:
			return "[object Object]"
		case v.class == "Array":
			var parts []string
			for _, e := range v.list {
				if nullish(e) {
					parts = append(parts, "")
				} else {
					parts = append(parts, textDeep(e, depth+1))
				}
			}
			return strings.Join(parts, ",")
		case v.class == "Error":
			return errorText(v)
		case v.class == "Date":
			return dateText(v)
		case v.class == "Buffer":
			s, _ := v.data.(string)
			return s
		case isFunction(v):
			return "function " + toText(v.props["name"]) + "() { [code] }"
		}
	}
	return "[object Object]"
}

// errorText is "Error: message".
func errorText(o *object) string {
	name, message := "Error", ""
	for p, n := o, 0; p != nil && n < 50; p, n = p.proto, n+1 {
		if v, ok := p.own("name"); ok {
			name = toText(v)
			break
		}
	}
	if v, ok := o.own("message"); ok {
		message = toText(v)
	}
	if message == "" {
		return name
	}
	return name + ": " + message
}

// strictEqual is ===.
func strictEqual(a, b any) bool {
	if x, ok := a.(float64); ok {
		y, ok := b.(float64)
		return ok && x == y
	}
	return a == b
}

// looseEqual is ==.
func looseEqual(a, b any) bool {
	switch {
	case nullish(a) || nullish(b):
		return nullish(a) && nullish(b)
	case typeOf(a) == typeOf(b):
		return strictEqual(a, b)
	}
	if x, ok := a.(*object); ok && typeOf(b) == "string" {
		return toText(x) == b
	}
	if y, ok := b.(*object); ok && typeOf(a) == "string" {
		return toText(y) == a
	}
	return toNumber(a) == toNumber(b)
}

// argument is the n-th argument, or undefined.
func argument(args []any, n int) any {
	if n < len(args) {
		return args[n]
	}
	return nil
}
