package tools

import (
	"slices"
	"strings"
)

// jqArray are the functions of arrays.
func jqArray(name string, list []any, args []any) (any, bool, error) {
	switch name {
	case "length/0":
		return float64(len(list)), true, nil
	case "keys/0":
		out := []any{}
		for i := range list {
			out = append(out, float64(i))
		}
		return out, true, nil
	case "sort/0", "unique/0", "min/0", "max/0":
		sorted := slices.Clone(list)
		slices.SortStableFunc(sorted, jsonOrder)
		return jqSorted(name, sorted), true, nil
	case "reverse/0":
		out := slices.Clone(list)
		slices.Reverse(out)
		return out, true, nil
	case "first/0", "last/0":
		if len(list) == 0 {
			return nil, true, nil
		}
		if name == "first/0" {
			return list[0], true, nil
		}
		return list[len(list)-1], true, nil
	case "add/0":
		var total any
		for _, v := range list {
			sum, err := jqArithmetic("+", total, v)
			if err != nil {
				return nil, true, err
			}
			total = sum
		}
		return total, true, nil
	case "join/1":
		return jqJoin(list, args[0])
	case "has/1":
		i, ok := args[0].(float64)
		return ok && i >= 0 && int(i) < len(list), true, nil
	case "contains/1", "index/1", "inside/1":
		want, ok := args[0].([]any)
		if !ok {
			want = []any{args[0]}
		}
		for _, w := range want {
			if !slices.ContainsFunc(list, func(v any) bool { return jsonOrder(v, w) == 0 || partOf(w, v) }) {
				return false, true, nil
			}
		}
		return true, true, nil
	case "from_entries/0":
		return jqFromEntries(list)
	case "flatten/0":
		return flattened(list), true, nil
	}
	return nil, false, nil
}

func partOf(w, v any) bool {
	a, ok1 := w.(string)
	b, ok2 := v.(string)
	return ok1 && ok2 && strings.Contains(b, a)
}

func jqSorted(name string, sorted []any) any {
	switch name {
	case "unique/0":
		return slices.CompactFunc(sorted, func(a, b any) bool { return jsonOrder(a, b) == 0 })
	case "min/0", "max/0":
		if len(sorted) == 0 {
			return nil
		}
		if name == "min/0" {
			return sorted[0]
		}
		return sorted[len(sorted)-1]
	}
	return sorted
}

func jqJoin(list []any, sep any) (any, bool, error) {
	by, ok := sep.(string)
	if !ok {
		return nil, true, jqError("join separator must be a string")
	}
	words := make([]string, len(list))
	for i, v := range list {
		switch v := v.(type) {
		case nil:
		case string:
			words[i] = v
		default:
			words[i] = encodeJSON(v, "", false)
		}
	}
	return strings.Join(words, by), true, nil
}

func jqFromEntries(list []any) (any, bool, error) {
	o := newObject()
	for _, v := range list {
		e, ok := v.(*jsonObject)
		if !ok {
			return nil, true, jqError("Cannot index " + jsonType(v) + " with \"key\"")
		}
		key := e.vals["key"]
		if key == nil {
			key = e.vals["name"]
		}
		name, ok := key.(string)
		if !ok {
			name = encodeJSON(key, "", false)
		}
		o.set(name, e.vals["value"])
	}
	return o, true, nil
}

func flattened(list []any) []any {
	out := []any{}
	for _, v := range list {
		if inner, ok := v.([]any); ok {
			out = append(out, flattened(inner)...)
		} else {
			out = append(out, v)
		}
	}
	return out
}

// jqObject are the functions of objects.
func jqObject(name string, o *jsonObject, args []any) (any, bool, error) {
	switch name {
	case "length/0":
		return float64(len(o.keys)), true, nil
	case "keys/0":
		return texts(slices.Sorted(slices.Values(o.keys))), true, nil
	case "keys_unsorted/0":
		return texts(o.keys), true, nil
	case "has/1":
		key, _ := args[0].(string)
		_, ok := o.vals[key]
		return ok, true, nil
	case "to_entries/0":
		out := []any{}
		for _, k := range o.keys {
			e := newObject()
			e.set("key", k)
			e.set("value", o.vals[k])
			out = append(out, e)
		}
		return out, true, nil
	case "add/0":
		items, _ := iterate(o)
		return jqArray(name, items, args)
	case "del/1":
		return nil, false, nil
	}
	return nil, false, nil
}
