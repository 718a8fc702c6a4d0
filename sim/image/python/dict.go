package python

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

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
