package python

import (
	"slices"
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
