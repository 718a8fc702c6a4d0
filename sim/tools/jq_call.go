package tools

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

func truthy(v any) bool { return v != nil && v != false }

// operate are the operators and functions.
func (j *jqRun) operate(n *jqNode, in any) ([]any, error) {
	switch n.op {
	case "if":
		return j.each(n.kids[0], in, func(v any) ([]any, error) {
			if truthy(v) {
				return j.eval(n.kids[1], in)
			}
			return j.eval(n.kids[2], in)
		})
	case "call":
		return j.call(n, in)
	}
	switch n.text {
	case "//":
		list, _ := j.eval(n.kids[0], in)
		list = slices.DeleteFunc(slices.Clone(list), func(v any) bool { return !truthy(v) })
		if len(list) > 0 {
			return list, nil
		}
		return j.eval(n.kids[1], in)
	case "and", "or":
		return j.each(n.kids[0], in, func(a any) ([]any, error) {
			if truthy(a) == (n.text == "or") {
				return []any{truthy(a)}, nil
			}
			return j.each(n.kids[1], in, func(b any) ([]any, error) { return []any{truthy(b)}, nil })
		})
	}
	return j.pairs(n, in, func(a, b any) (any, error) { return jqArithmetic(n.text, a, b) })
}

func jqArithmetic(op string, a, b any) (any, error) {
	switch op {
	case "==":
		return jsonOrder(a, b) == 0, nil
	case "!=":
		return jsonOrder(a, b) != 0, nil
	case "<":
		return jsonOrder(a, b) < 0, nil
	case "<=":
		return jsonOrder(a, b) <= 0, nil
	case ">":
		return jsonOrder(a, b) > 0, nil
	case ">=":
		return jsonOrder(a, b) >= 0, nil
	case "+":
		if v, ok := jqAdd(a, b); ok {
			return v, nil
		}
	}
	x, ok1 := a.(float64)
	y, ok2 := b.(float64)
	if ok1 && ok2 {
		switch op {
		case "-":
			return x - y, nil
		case "*":
			return x * y, nil
		case "/", "%":
			if y == 0 {
				return nil, jqError(fmt.Sprintf("number%s and number%s cannot be divided because the divisor is zero", shown(a), shown(b)))
			}
			if op == "%" {
				return math.Mod(math.Trunc(x), math.Trunc(y)), nil
			}
			return x / y, nil
		}
	}
	if list, ok := a.([]any); ok && op == "-" {
		if drop, ok := b.([]any); ok {
			return slices.DeleteFunc(slices.Clone(list), func(v any) bool {
				return slices.ContainsFunc(drop, func(d any) bool { return jsonOrder(v, d) == 0 })
			}), nil
		}
	}
	if s, ok := a.(string); ok && op == "/" {
		if sep, ok := b.(string); ok {
			return texts(strings.Split(s, sep)), nil
		}
	}
	verb := map[string]string{"+": "added", "-": "subtracted", "*": "multiplied", "/": "divided", "%": "divided"}[op]
	return nil, jqError(fmt.Sprintf("%s%s and %s%s cannot be %s", jsonType(a), shown(a), jsonType(b), shown(b), verb))
}

func jqAdd(a, b any) (any, bool) {
	switch x := a.(type) {
	case nil:
		return b, true
	case float64:
		if y, ok := b.(float64); ok {
			return x + y, true
		}
	case string:
		if y, ok := b.(string); ok && len(x)+len(y) < maxLine {
			return x + y, true
		}
	case []any:
		if y, ok := b.([]any); ok {
			return append(slices.Clone(x), y...), true
		}
	case *jsonObject:
		if y, ok := b.(*jsonObject); ok {
			o := newObject()
			for _, side := range []*jsonObject{x, y} {
				for _, k := range side.keys {
					o.set(k, side.vals[k])
				}
			}
			return o, true
		}
	}
	return a, b == nil
}

func texts(list []string) []any {
	out := make([]any, len(list))
	for i, s := range list {
		out[i] = s
	}
	return out
}

// call runs a function; those that take filters come first.
func (j *jqRun) call(n *jqNode, in any) ([]any, error) {
	name := fmt.Sprintf("%s/%d", n.text, len(n.kids))
	switch name {
	case "empty/0":
		return nil, nil
	case "recurse/0":
		return j.recurse(in), nil
	case "select/1":
		return j.each(n.kids[0], in, func(v any) ([]any, error) {
			if truthy(v) {
				return []any{in}, nil
			}
			return nil, nil
		})
	case "map/1":
		items, err := iterate(in)
		if err != nil {
			return nil, err
		}
		out := []any{}
		for _, v := range items {
			list, err := j.eval(n.kids[0], v)
			if err != nil {
				return nil, err
			}
			out = append(out, list...)
		}
		return []any{out}, nil
	case "sort_by/1", "group_by/1", "unique_by/1", "min_by/1", "max_by/1":
		return j.byKey(n, in)
	case "first/1", "last/1", "any/1", "all/1":
		return j.quantified(n, in)
	}
	var args []any
	for _, k := range n.kids {
		list, err := j.eval(k, in)
		if err != nil {
			return nil, err
		}
		if len(list) == 0 {
			return nil, nil
		}
		args = append(args, list[0])
	}
	v, known, err := jqFunction(name, in, args)
	if !known {
		return nil, jqError(name + " is not part of this simulator's jq")
	}
	if err != nil {
		return nil, err
	}
	return []any{v}, nil
}

func (j *jqRun) recurse(v any) []any {
	out := []any{v}
	items, err := iterate(v)
	if err != nil {
		return out
	}
	for _, k := range items {
		out = append(out, j.recurse(k)...)
	}
	return out
}

func (j *jqRun) quantified(n *jqNode, in any) ([]any, error) {
	if n.text == "first" || n.text == "last" {
		list, err := j.eval(n.kids[0], in)
		if err != nil || len(list) == 0 {
			return nil, err
		}
		if n.text == "first" {
			return list[:1], nil
		}
		return list[len(list)-1:], nil
	}
	items, err := iterate(in)
	if err != nil {
		return nil, err
	}
	for _, v := range items {
		list, err := j.eval(n.kids[0], v)
		if err != nil {
			return nil, err
		}
		for _, r := range list {
			if truthy(r) == (n.text == "any") {
				return []any{n.text == "any"}, nil
			}
		}
	}
	return []any{n.text == "all"}, nil
}

// byKey are the functions that order the elements of an array by a filter.
func (j *jqRun) byKey(n *jqNode, in any) ([]any, error) {
	list, ok := in.([]any)
	if !ok {
		return nil, jqError(fmt.Sprintf("%s%s cannot be sorted, as it is not an array", jsonType(in), shown(in)))
	}
	type item struct{ key, value any }
	items := make([]item, len(list))
	for i, v := range list {
		key, err := j.eval(n.kids[0], v)
		if err != nil {
			return nil, err
		}
		items[i] = item{key, v}
	}
	slices.SortStableFunc(items, func(a, b item) int { return jsonOrder(a.key, b.key) })
	out, groups := []any{}, []any{}
	for i, it := range items {
		if i == 0 || jsonOrder(items[i-1].key, it.key) != 0 {
			groups = append(groups, []any{})
			out = append(out, it.value)
		}
		groups[len(groups)-1] = append(groups[len(groups)-1].([]any), it.value)
	}
	switch n.text {
	case "group_by":
		return []any{groups}, nil
	case "unique_by":
		return []any{out}, nil
	case "sort_by":
		all := []any{}
		for _, it := range items {
			all = append(all, it.value)
		}
		return []any{all}, nil
	}
	switch {
	case len(items) == 0:
		return []any{nil}, nil
	case n.text == "min_by":
		return []any{items[0].value}, nil
	}
	return []any{items[len(items)-1].value}, nil
}

// jqFunction are the functions of plain values.
func jqFunction(name string, in any, args []any) (v any, known bool, err error) {
	switch name {
	case "not/0":
		return !truthy(in), true, nil
	case "type/0":
		return jsonType(in), true, nil
	case "tojson/0":
		return encodeJSON(in, "", false), true, nil
	case "tostring/0":
		if s, ok := in.(string); ok {
			return s, true, nil
		}
		return encodeJSON(in, "", false), true, nil
	case "tonumber/0":
		if s, ok := in.(string); ok {
			n, err := strconv.ParseFloat(s, 64)
			if err != nil {
				return nil, true, jqError("Cannot parse '" + s + "' as number")
			}
			return n, true, nil
		}
		return in, true, nil
	case "fromjson/0":
		list, err := jsonValues(strings.NewReader(fmt.Sprint(in)))
		if err != nil || len(list) != 1 {
			return nil, true, jqError("cannot be parsed as JSON")
		}
		return list[0], true, nil
	case "error/1":
		return nil, true, jqError(fmt.Sprint(args[0]))
	}
	switch x := in.(type) {
	case string:
		return jqText(name, x, args)
	case []any:
		return jqArray(name, x, args)
	case *jsonObject:
		return jqObject(name, x, args)
	case float64:
		switch name {
		case "length/0":
			return math.Abs(x), true, nil
		case "floor/0":
			return math.Floor(x), true, nil
		}
	case nil:
		if name == "length/0" {
			return 0.0, true, nil
		}
	}
	if _, known, _ := jqArray(name, nil, args); known {
		return nil, true, jqError(fmt.Sprintf("%s%s has no %s", jsonType(in), shown(in), strings.TrimRight(name, "/0123456789")))
	}
	return nil, false, nil
}

func jqText(name, s string, args []any) (any, bool, error) {
	arg := ""
	if len(args) > 0 {
		arg, _ = args[0].(string)
	}
	switch name {
	case "length/0":
		return float64(len([]rune(s))), true, nil
	case "split/1":
		return texts(strings.Split(s, arg)), true, nil
	case "startswith/1":
		return strings.HasPrefix(s, arg), true, nil
	case "endswith/1":
		return strings.HasSuffix(s, arg), true, nil
	case "ltrimstr/1":
		return strings.TrimPrefix(s, arg), true, nil
	case "rtrimstr/1":
		return strings.TrimSuffix(s, arg), true, nil
	case "contains/1":
		return strings.Contains(s, arg), true, nil
	case "ascii_downcase/0":
		return strings.ToLower(s), true, nil
	case "ascii_upcase/0":
		return strings.ToUpper(s), true, nil
	case "test/1", "sub/2", "gsub/2":
		rx, err := compile(arg, "perl", false)
		if err != nil {
			return nil, true, jqError(arg + " is not a valid regex")
		}
		if name == "test/1" {
			return rx.MatchString(s), true, nil
		}
		with, _ := args[1].(string)
		if at := rx.FindStringIndex(s); name == "sub/2" && at != nil {
			return s[:at[0]] + with + s[at[1]:], true, nil
		}
		if name == "gsub/2" {
			return rx.ReplaceAllLiteralString(s, with), true, nil
		}
		return s, true, nil
	}
	return nil, false, nil
}
