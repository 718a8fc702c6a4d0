package python

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// Values are Go values: nil (None), bool, int64, float64, string, bytesValue,
// and the pointers below.
type (
	bytesValue string
	list       struct{ items []any }
	tuple      struct{ items []any }
	set        struct{ d *dict }
	// bulk is a text or bytes too long to hold: only its length is known.
	bulk struct {
		size  int64
		bytes bool
	}
	function struct {
		code     *functionCode
		module   *module
		outer    *scope
		defaults []any // nil entries have none
		hasValue []bool
		owner    *class // where a method was defined, for super()
	}
	builtin struct {
		name string
		call func(t *thread, a args) (any, error)
	}
	boundMethod struct {
		self any
		fn   any
	}
	class struct {
		name   string
		bases  []*class
		attrs  map[string]any
		order  []string
		native func(t *thread, c *class, a args) (any, error) // makes instances; nil for plain ones
	}
	object struct {
		class  *class
		attrs  map[string]any
		native any
	}
	module struct {
		name  string
		file  string
		attrs map[string]any
	}
	rangeValue struct{ from, to, step int64 }
	property   struct{ get, set any }
	// staticMethod and classMethod are what the decorators make.
	staticMethod struct{ fn any }
	classMethod  struct{ fn any }
)

// attributed is a value made in Go with attributes of its own.
type attributed interface {
	attr(t *thread, name string) (any, bool)
	typeName() string
}

// settable is an attributed value whose attributes can be assigned.
type settable interface {
	setAttr(t *thread, name string, value any) error
}

// args are the arguments of a call.
type args struct {
	pos []any
	kw  map[string]any
}

// get finds an argument by position or name.
func (a args) get(i int, name string) (any, bool) {
	if i >= 0 && i < len(a.pos) {
		return a.pos[i], true
	}
	v, ok := a.kw[name]
	return v, ok
}

func (a args) str(i int, name, otherwise string) string {
	if v, ok := a.get(i, name); ok && v != nil {
		if s, ok := v.(string); ok {
			return s
		}
		return toStr(nil, v)
	}
	return otherwise
}

func (a args) integer(i int, name string, otherwise int64) int64 {
	if v, ok := a.get(i, name); ok {
		if n, ok := asInt(v); ok {
			return n
		}
		if f, ok := v.(float64); ok {
			return int64(f)
		}
	}
	return otherwise
}

func (a args) truth(i int, name string, otherwise bool) bool {
	if v, ok := a.get(i, name); ok {
		return truthy(v)
	}
	return otherwise
}

// dict keeps the order of insertion.
type dict struct {
	entries []*entry
	index   map[any]*entry
}

type entry struct{ key, value any }

func newDict() *dict { return &dict{index: map[any]*entry{}} }

// hashKey is the Go key for a Python value: equal values give equal keys.
func hashKey(v any) (any, bool) {
	switch v := v.(type) {
	case nil, int64, string, bytesValue, *object, *class, *function, *builtin, *module:
		return v, true
	case bool:
		if v {
			return int64(1), true
		}
		return int64(0), true
	case float64:
		if v == math.Trunc(v) && math.Abs(v) < 1<<53 {
			return int64(v), true
		}
		return v, true
	case *tuple:
		var b strings.Builder
		b.WriteString("\x00tuple")
		for _, item := range v.items {
			k, ok := hashKey(item)
			if !ok {
				return nil, false
			}
			fmt.Fprintf(&b, "\x00%T %v", k, k)
		}
		return bytesValue(b.String()), true
	}
	return nil, false
}

func (d *dict) get(key any) (any, bool) {
	k, ok := hashKey(key)
	if !ok {
		return nil, false
	}
	e := d.index[k]
	if e == nil {
		return nil, false
	}
	return e.value, true
}

// put sets a key; false if it cannot be a key.
func (d *dict) put(key, value any) bool {
	k, ok := hashKey(key)
	if !ok {
		return false
	}
	if e := d.index[k]; e != nil {
		e.value = value
		return true
	}
	e := &entry{key, value}
	d.index[k] = e
	d.entries = append(d.entries, e)
	return true
}

func (d *dict) remove(key any) (any, bool) {
	k, ok := hashKey(key)
	if !ok || d.index[k] == nil {
		return nil, false
	}
	e := d.index[k]
	delete(d.index, k)
	d.entries = slices.DeleteFunc(d.entries, func(o *entry) bool { return o == e })
	return e.value, true
}

func (d *dict) copy() *dict {
	c := newDict()
	for _, e := range d.entries {
		c.put(e.key, e.value)
	}
	return c
}

func (d *dict) keys() []any {
	keys := make([]any, len(d.entries))
	for i, e := range d.entries {
		keys[i] = e.key
	}
	return keys
}

// stringDict makes a dict of strings from pairs.
func stringDict(pairs ...string) *dict {
	d := newDict()
	for i := 0; i+1 < len(pairs); i += 2 {
		d.put(pairs[i], pairs[i+1])
	}
	return d
}

func newTuple(items ...any) *tuple { return &tuple{items} }

// typeName is what type(x).__name__ gives.
func typeName(v any) string {
	switch v := v.(type) {
	case nil:
		return "NoneType"
	case bool:
		return "bool"
	case int64:
		return "int"
	case float64:
		return "float"
	case string:
		return "str"
	case bytesValue:
		return "bytes"
	case *bulk:
		if v.bytes {
			return "bytes"
		}
		return "str"
	case *list:
		return "list"
	case *tuple:
		return "tuple"
	case *dict:
		return "dict"
	case *set:
		return "set"
	case *function:
		return "function"
	case *builtin:
		return "builtin_function_or_method"
	case *boundMethod:
		return "method"
	case *class:
		return "type"
	case *object:
		return v.class.name
	case *module:
		return "module"
	case *rangeValue:
		return "range"
	case attributed:
		return v.typeName()
	}
	return "object"
}

func truthy(v any) bool {
	switch v := v.(type) {
	case nil:
		return false
	case bool:
		return v
	case int64:
		return v != 0
	case float64:
		return v != 0
	case string:
		return v != ""
	case bytesValue:
		return v != ""
	case *list:
		return len(v.items) > 0
	case *tuple:
		return len(v.items) > 0
	case *dict:
		return len(v.entries) > 0
	case *set:
		return len(v.d.entries) > 0
	case *rangeValue:
		return v.length() > 0
	}
	return true
}

func (r *rangeValue) length() int64 {
	if r.step > 0 && r.from < r.to {
		return (r.to - r.from + r.step - 1) / r.step
	}
	if r.step < 0 && r.from > r.to {
		return (r.from - r.to - r.step - 1) / -r.step
	}
	return 0
}

// asInt takes an int or a bool as a number.
func asInt(v any) (int64, bool) {
	switch v := v.(type) {
	case int64:
		return v, true
	case bool:
		if v {
			return 1, true
		}
		return 0, true
	}
	return 0, false
}

func asFloat(v any) (float64, bool) {
	if f, ok := v.(float64); ok {
		return f, true
	}
	n, ok := asInt(v)
	return float64(n), ok
}

func equal(a, b any) bool {
	if x, ok := asFloat(a); ok {
		y, ok := asFloat(b)
		return ok && x == y
	}
	switch a := a.(type) {
	case *list:
		b, ok := b.(*list)
		return ok && slices.EqualFunc(a.items, b.items, equal)
	case *tuple:
		b, ok := b.(*tuple)
		return ok && slices.EqualFunc(a.items, b.items, equal)
	case *set:
		b, ok := b.(*set)
		return ok && equal(a.d, b.d)
	case *dict:
		b, ok := b.(*dict)
		if !ok || len(a.entries) != len(b.entries) {
			return false
		}
		for _, e := range a.entries {
			if v, ok := b.get(e.key); !ok || !equal(e.value, v) {
				return false
			}
		}
		return true
	case nil, string, bytesValue, *object, *class, *function, *builtin, *module:
		return a == b
	}
	return false
}

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

// find looks an attribute up along the bases, depth first.
func (c *class) find(name string) any {
	if v, ok := c.attrs[name]; ok {
		return v
	}
	for _, b := range c.bases {
		if v := b.find(name); v != nil {
			return v
		}
	}
	return nil
}

func (c *class) isSubclass(of *class) bool {
	if c == of {
		return true
	}
	return slices.ContainsFunc(c.bases, func(b *class) bool { return b.isSubclass(of) })
}

// maker finds the native constructor that the class inherits.
func (c *class) maker() func(t *thread, c *class, a args) (any, error) {
	if c.native != nil {
		return c.native
	}
	for _, b := range c.bases {
		if m := b.maker(); m != nil {
			return m
		}
	}
	return nil
}
