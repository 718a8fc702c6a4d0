package python

import (
	"slices"
	"strings"
	"unicode/utf8"
)

func (t *thread) contains(in, v any) (bool, error) {
	switch in := in.(type) {
	case string:
		s, ok := v.(string)
		if !ok {
			return false, t.raise("TypeError", "'in <string>' requires string as left operand, not %s", typeName(v))
		}
		return strings.Contains(in, s), nil
	case bytesValue:
		s, _ := v.(bytesValue)
		return strings.Contains(string(in), string(s)), nil
	case *dict:
		_, ok := in.get(v)
		return ok, nil
	case *set:
		_, ok := in.d.get(v)
		return ok, nil
	case *rangeValue:
		n, ok := asInt(v)
		return ok && (in.step > 0 && n >= in.from && n < in.to || in.step < 0 && n <= in.from && n > in.to) && (n-in.from)%in.step == 0, nil
	case interface{ contains(any) bool }:
		return in.contains(v), nil
	}
	found := false
	err := t.each(in, func(item any) (bool, error) {
		found = equal(item, v)
		return !found, nil
	})
	return found, err
}

// each walks over anything iterable until fn says no.
func (t *thread) each(v any, fn func(any) (bool, error)) error {
	var items []any
	switch v := v.(type) {
	case *list:
		for i := 0; i < len(v.items); i++ {
			if more, err := fn(v.items[i]); err != nil || !more {
				return err
			}
		}
		return nil
	case *rangeValue:
		n := v.from
		for range v.length() {
			if more, err := fn(n); err != nil || !more {
				return err
			}
			n += v.step
		}
		return nil
	case *tuple:
		items = v.items
	case *dict:
		items = v.keys()
	case *set:
		items = v.d.keys()
	case string:
		for _, r := range v {
			if more, err := fn(string(r)); err != nil || !more {
				return err
			}
		}
		return nil
	case bytesValue:
		for i := range len(v) {
			items = append(items, int64(v[i]))
		}
	case interface {
		each(t *thread, fn func(any) (bool, error)) error
	}:
		return v.each(t, fn)
	case *object:
		return t.eachOf(v, fn)
	default:
		return t.raise("TypeError", "'%s' object is not iterable", typeName(v))
	}
	for _, item := range items {
		if more, err := fn(item); err != nil || !more {
			return err
		}
	}
	return nil
}

// eachOf walks over an object with __iter__ and __next__.
func (t *thread) eachOf(o *object, fn func(any) (bool, error)) error {
	m := o.class.find("__iter__")
	if m == nil {
		return t.raise("TypeError", "'%s' object is not iterable", o.class.name)
	}
	it, err := t.call(t.bind(m, o), args{})
	if err != nil {
		return err
	}
	if _, ok := it.(*object); !ok {
		return t.each(it, fn)
	}
	for {
		v, err := t.callMethod(it, "__next__", args{})
		if e, ok := err.(*raised); ok && e.value.class.name == "StopIteration" {
			return nil
		}
		if err != nil {
			return err
		}
		if more, err := fn(v); err != nil || !more {
			return err
		}
	}
}

// maxItems bounds what is collected into one list.
const maxItems = 1 << 22

// items collects what is iterable.
func (t *thread) items(v any) ([]any, error) {
	if r, ok := v.(*rangeValue); ok && r.length() > maxItems {
		return nil, lacks("a list of %d items", r.length())
	}
	var items []any
	err := t.each(v, func(item any) (bool, error) {
		items = append(items, item)
		if len(items) > maxItems {
			return false, lacks("a list of so many items")
		}
		return true, nil
	})
	return items, err
}

func (t *thread) length(v any) (int64, error) {
	switch v := v.(type) {
	case string:
		return int64(utf8.RuneCountInString(v)), nil
	case bytesValue:
		return int64(len(v)), nil
	case *bulk:
		return v.size, nil
	case *list:
		return int64(len(v.items)), nil
	case *tuple:
		return int64(len(v.items)), nil
	case *dict:
		return int64(len(v.entries)), nil
	case *set:
		return int64(len(v.d.entries)), nil
	case *rangeValue:
		return v.length(), nil
	case *object:
		if m := v.class.find("__len__"); m != nil {
			n, err := t.call(t.bind(m, v), args{})
			i, _ := asInt(n)
			return i, err
		}
	case interface{ length() int64 }:
		return v.length(), nil
	}
	return 0, t.raise("TypeError", "object of type '%s' has no len()", typeName(v))
}

// bounds turns a slice into start, stop and step for a length.
func (t *thread) bounds(s *sliceValue, n int) (from, to, step int, err error) {
	pick := func(v any, otherwise int) int {
		i, ok := asInt(v)
		if !ok {
			if v != nil && err == nil {
				err = t.raise("TypeError", "slice indices must be integers or None or have an __index__ method")
			}
			return otherwise
		}
		if i < 0 {
			i += int64(n)
		}
		low, high := int64(0), int64(n)
		if step < 0 {
			low, high = -1, int64(n)-1
		}
		return int(min(max(i, low), high))
	}
	step = 1
	if i, ok := asInt(s.step); ok {
		step = int(i)
	}
	if step == 0 {
		return 0, 0, 0, t.raise("ValueError", "slice step cannot be zero")
	}
	if step > 0 {
		from, to = pick(s.low, 0), pick(s.high, n)
	} else {
		from, to = pick(s.low, n-1), pick(s.high, -1)
	}
	return from, to, step, err
}

func (t *thread) getItem(v, i any) (any, error) {
	if s, ok := i.(*sliceValue); ok {
		return t.getSlice(v, s)
	}
	pick := func(n int, what string) (int, error) {
		at, ok := asInt(i)
		if !ok {
			return 0, t.raise("TypeError", "%s indices must be integers or slices, not %s", what, typeName(i))
		}
		if at < 0 {
			at += int64(n)
		}
		if at < 0 || at >= int64(n) {
			return 0, t.raise("IndexError", "%s index out of range", map[string]string{"string": "string", "bytes": "index"}[what]+map[bool]string{true: what}[what != "string" && what != "bytes"])
		}
		return int(at), nil
	}
	switch v := v.(type) {
	case *list:
		at, err := pick(len(v.items), "list")
		if err != nil {
			return nil, err
		}
		return v.items[at], nil
	case *tuple:
		at, err := pick(len(v.items), "tuple")
		if err != nil {
			return nil, err
		}
		return v.items[at], nil
	case string:
		runes := []rune(v)
		at, err := pick(len(runes), "string")
		if err != nil {
			return nil, err
		}
		return string(runes[at]), nil
	case bytesValue:
		at, err := pick(len(v), "bytes")
		if err != nil {
			return nil, err
		}
		return int64(v[at]), nil
	case *dict:
		if x, ok := v.get(i); ok {
			return x, nil
		}
		o := &object{class: t.in.exceptions["KeyError"], attrs: map[string]any{"args": newTuple(i)}}
		return nil, &raised{value: o}
	case *object:
		if m := v.class.find("__getitem__"); m != nil {
			return t.call(t.bind(m, v), args{pos: []any{i}})
		}
		if in, ok := v.native.(interface {
			item(t *thread, key any) (any, error)
		}); ok {
			return in.item(t, i)
		}
	case interface {
		item(t *thread, key any) (any, error)
	}:
		return v.item(t, i)
	case *builtin, *class:
		return v, nil // a type with parameters, such as list[int]
	}
	return nil, t.raise("TypeError", "'%s' object is not subscriptable", typeName(v))
}

func (t *thread) getSlice(v any, s *sliceValue) (any, error) {
	var items []any
	switch v := v.(type) {
	case string:
		for _, r := range v {
			items = append(items, string(r))
		}
	case bytesValue:
		for i := range len(v) {
			items = append(items, string(v[i]))
		}
	case *list:
		items = v.items
	case *tuple:
		items = v.items
	default:
		return nil, t.raise("TypeError", "'%s' object is not subscriptable", typeName(v))
	}
	from, to, step, err := t.bounds(s, len(items))
	if err != nil {
		return nil, err
	}
	var picked []any
	for i := from; step > 0 && i < to || step < 0 && i > to; i += step {
		picked = append(picked, items[i])
	}
	switch v.(type) {
	case *list:
		return &list{picked}, nil
	case *tuple:
		return &tuple{picked}, nil
	}
	var b strings.Builder
	for _, p := range picked {
		b.WriteString(p.(string))
	}
	if _, ok := v.(bytesValue); ok {
		return bytesValue(b.String()), nil
	}
	return b.String(), nil
}

func (t *thread) setItem(v, i, x any) error {
	switch v := v.(type) {
	case *dict:
		if !v.put(i, x) {
			return t.raise("TypeError", "unhashable type: '%s'", typeName(i))
		}
		return nil
	case *list:
		if _, ok := i.(*sliceValue); ok {
			return lacks("assignment to a slice")
		}
		at, ok := asInt(i)
		if !ok {
			return t.raise("TypeError", "list indices must be integers or slices, not %s", typeName(i))
		}
		if at < 0 {
			at += int64(len(v.items))
		}
		if at < 0 || at >= int64(len(v.items)) {
			return t.raise("IndexError", "list assignment index out of range")
		}
		v.items[at] = x
		return nil
	case *object:
		if m := v.class.find("__setitem__"); m != nil {
			_, err := t.call(t.bind(m, v), args{pos: []any{i, x}})
			return err
		}
	case interface {
		setItem(t *thread, key, value any) error
	}:
		return v.setItem(t, i, x)
	}
	return t.raise("TypeError", "'%s' object does not support item assignment", typeName(v))
}

func (t *thread) removeItem(v, i any) error {
	switch v := v.(type) {
	case *dict:
		if _, ok := v.remove(i); !ok {
			return &raised{value: &object{class: t.in.exceptions["KeyError"], attrs: map[string]any{"args": newTuple(i)}}}
		}
		return nil
	case *list:
		at, ok := asInt(i)
		if at < 0 {
			at += int64(len(v.items))
		}
		if !ok || at < 0 || at >= int64(len(v.items)) {
			return t.raise("IndexError", "list assignment index out of range")
		}
		v.items = slices.Delete(v.items, int(at), int(at)+1)
		return nil
	}
	return t.raise("TypeError", "'%s' object doesn't support item deletion", typeName(v))
}
