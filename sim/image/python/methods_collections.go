package python

import (
	"slices"
)

func listMethod(l *list, name string) func(*thread, args) (any, error) {
	switch name {
	case "append":
		return func(t *thread, a args) (any, error) {
			if len(a.pos) != 1 {
				return nil, t.raise("TypeError", "list.append() takes exactly one argument (%d given)", len(a.pos))
			}
			l.items = append(l.items, a.pos[0])
			return nil, nil
		}
	case "extend":
		return func(t *thread, a args) (any, error) {
			for _, v := range a.pos {
				items, err := t.items(v)
				if err != nil {
					return nil, err
				}
				l.items = append(l.items, items...)
			}
			return nil, nil
		}
	case "insert":
		return func(_ *thread, a args) (any, error) {
			at := a.integer(0, "", 0)
			if at < 0 {
				at += int64(len(l.items))
			}
			v, _ := a.get(1, "")
			l.items = slices.Insert(l.items, int(min(max(at, 0), int64(len(l.items)))), v)
			return nil, nil
		}
	case "pop":
		return l.pop
	case "remove", "index":
		return func(t *thread, a args) (any, error) { return l.locate(t, name, a) }
	case "count":
		return func(_ *thread, a args) (any, error) {
			n := int64(0)
			for _, x := range l.items {
				if len(a.pos) > 0 && equal(x, a.pos[0]) {
					n++
				}
			}
			return n, nil
		}
	case "clear":
		return func(*thread, args) (any, error) { l.items = nil; return nil, nil }
	case "copy":
		return func(*thread, args) (any, error) { return &list{slices.Clone(l.items)}, nil }
	case "reverse":
		return func(*thread, args) (any, error) { slices.Reverse(l.items); return nil, nil }
	case "sort":
		return func(t *thread, a args) (any, error) {
			items, err := t.sorted(l.items, a)
			if err == nil {
				l.items = items
			}
			return nil, err
		}
	}
	return nil
}

// pop takes an item out of the list, the last if none is named.
func (l *list) pop(t *thread, a args) (any, error) {
	at := a.integer(0, "", -1)
	if at < 0 {
		at += int64(len(l.items))
	}
	if at < 0 || at >= int64(len(l.items)) {
		return nil, t.raise("IndexError", "%s", map[bool]string{true: "pop from empty list", false: "pop index out of range"}[len(l.items) == 0])
	}
	v := l.items[at]
	l.items = slices.Delete(l.items, int(at), int(at)+1)
	return v, nil
}

// locate finds an item: for index its place, for remove to take it out.
func (l *list) locate(t *thread, name string, a args) (any, error) {
	v, _ := a.get(0, "")
	at := slices.IndexFunc(l.items, func(x any) bool { return equal(x, v) })
	if at < 0 {
		return nil, t.raise("ValueError", "%s", map[string]string{"remove": "list.remove(x): x not in list", "index": repr(t, v) + " is not in list"}[name])
	}
	if name == "index" {
		return int64(at), nil
	}
	l.items = slices.Delete(l.items, at, at+1)
	return nil, nil
}

// sorted sorts with key= and reverse=.
func (t *thread) sorted(items []any, a args) ([]any, error) {
	type pair struct{ key, value any }
	pairs := make([]pair, len(items))
	for i, v := range items {
		pairs[i] = pair{v, v}
		if key := a.kw["key"]; key != nil {
			k, err := t.call(key, args{pos: []any{v}})
			if err != nil {
				return nil, err
			}
			pairs[i].key = k
		}
	}
	var failure error
	slices.SortStableFunc(pairs, func(x, y pair) int {
		c, ok := t.order(x.key, y.key)
		if !ok && failure == nil {
			failure = t.raise("TypeError", "'<' not supported between instances of '%s' and '%s'", typeName(y.key), typeName(x.key))
		}
		if a.truth(-1, "reverse", false) {
			return -c
		}
		return c
	})
	out := make([]any, len(pairs))
	for i, p := range pairs {
		out[i] = p.value
	}
	return out, failure
}

func dictMethod(d *dict, name string) func(*thread, args) (any, error) {
	switch name {
	case "get", "setdefault", "pop":
		return func(t *thread, a args) (any, error) {
			key, _ := a.get(0, "key")
			v, ok := d.get(key)
			otherwise, given := a.get(1, "default")
			switch {
			case ok && name == "pop":
				d.remove(key)
			case !ok && name == "pop" && !given:
				return nil, &raised{value: &object{class: t.in.exceptions["KeyError"], attrs: map[string]any{"args": newTuple(key)}}}
			case !ok && name == "setdefault":
				d.put(key, otherwise)
			}
			if !ok {
				return otherwise, nil
			}
			return v, nil
		}
	case "keys":
		return func(*thread, args) (any, error) { return &list{d.keys()}, nil }
	case "values", "items":
		return func(*thread, args) (any, error) {
			l := &list{}
			for _, e := range d.entries {
				if name == "values" {
					l.items = append(l.items, e.value)
				} else {
					l.items = append(l.items, newTuple(e.key, e.value))
				}
			}
			return l, nil
		}
	case "update":
		return func(t *thread, a args) (any, error) {
			for _, v := range a.pos {
				if more, ok := v.(*dict); ok {
					for _, e := range more.entries {
						d.put(e.key, e.value)
					}
				}
			}
			for _, k := range sortedKeys(a.kw) {
				d.put(k, a.kw[k])
			}
			return nil, nil
		}
	case "copy":
		return func(*thread, args) (any, error) { return d.copy(), nil }
	case "clear":
		return func(*thread, args) (any, error) { *d = *newDict(); return nil, nil }
	}
	return nil
}

func setMethod(s *set, name string) func(*thread, args) (any, error) {
	switch name {
	case "add", "discard", "remove":
		return func(t *thread, a args) (any, error) {
			v, _ := a.get(0, "")
			if name == "add" {
				if !s.d.put(v, nil) {
					return nil, t.raise("TypeError", "unhashable type: '%s'", typeName(v))
				}
				return nil, nil
			}
			if _, ok := s.d.remove(v); !ok && name == "remove" {
				return nil, t.raise("KeyError", "%s", toStr(t, v))
			}
			return nil, nil
		}
	case "clear":
		return func(*thread, args) (any, error) { s.d = newDict(); return nil, nil }
	case "copy":
		return func(*thread, args) (any, error) { return &set{s.d.copy()}, nil }
	case "union", "intersection", "difference":
		return func(t *thread, a args) (any, error) {
			out := s
			for _, v := range a.pos {
				items, err := t.items(v)
				if err != nil {
					return nil, err
				}
				other, err := t.makeSet(items)
				if err != nil {
					return nil, err
				}
				out = setOperation(map[string]string{"union": "|", "intersection": "&", "difference": "-"}[name], out, other.(*set)).(*set)
			}
			return out, nil
		}
	}
	return nil
}
