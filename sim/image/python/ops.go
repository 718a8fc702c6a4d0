package python

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"unicode/utf8"
)

// bigText is the length from which a repeated text is only counted, in bytes.
const bigText = 1 << 20

func (t *thread) binary(op string, left, right any) (any, error) {
	if o, ok := left.(*object); ok {
		names := map[string]string{"+": "__add__", "-": "__sub__", "*": "__mul__", "/": "__truediv__"}
		if m := o.class.find(names[op]); m != nil {
			return t.call(m, args{pos: []any{left, right}})
		}
	}
	switch op {
	case "+":
		if v, ok, err := t.concat(left, right); ok {
			return v, err
		}
	case "*":
		if v, ok, err := t.repeat(left, right); ok {
			return v, err
		}
		if v, ok, err := t.repeat(right, left); ok {
			return v, err
		}
	case "%":
		if s, ok := left.(string); ok {
			return t.percent(s, right)
		}
	case "|":
		if a, ok := left.(*dict); ok {
			if b, ok := right.(*dict); ok {
				c := a.copy()
				for _, e := range b.entries {
					c.put(e.key, e.value)
				}
				return c, nil
			}
		}
	}
	if a, ok := left.(*set); ok {
		if b, ok := right.(*set); ok {
			return setOperation(op, a, b), nil
		}
	}
	if d, ok := left.(interface {
		operate(t *thread, op string, right any) (any, error)
	}); ok {
		return d.operate(t, op, right)
	}
	if v, ok, err := t.arithmetic(op, left, right); ok {
		return v, err
	}
	return nil, t.operandError(op, left, right)
}

func (t *thread) operandError(op string, left, right any) error {
	if _, ok := left.(string); ok && op == "+" {
		return t.raise("TypeError", "can only concatenate str (not \"%s\") to str", typeName(right))
	}
	return t.raise("TypeError", "unsupported operand type(s) for %s: '%s' and '%s'", op, typeName(left), typeName(right))
}

func setOperation(op string, a, b *set) any {
	out := newDict()
	for _, e := range a.d.entries {
		_, in := b.d.get(e.key)
		if op == "|" || op == "&" && in || (op == "-" || op == "^") && !in {
			out.put(e.key, nil)
		}
	}
	for _, e := range b.d.entries {
		if _, in := a.d.get(e.key); op == "|" || op == "^" && !in {
			out.put(e.key, nil)
		}
	}
	return &set{out}
}

func (t *thread) concat(left, right any) (any, bool, error) {
	switch a := left.(type) {
	case string:
		if b, ok := right.(string); ok {
			return a + b, true, t.tooBig(int64(len(a) + len(b)))
		}
		if b, ok := right.(*bulk); ok {
			t.hold(int64(len(a)) + b.size)
			return &bulk{size: int64(len(a)) + b.size}, true, nil
		}
	case *bulk:
		size := int64(0)
		switch b := right.(type) {
		case string:
			size = int64(len(b))
		case bytesValue:
			size = int64(len(b))
		case *bulk:
			size = b.size
		default:
			return nil, false, nil
		}
		t.hold(a.size + size)
		return &bulk{size: a.size + size, bytes: a.bytes}, true, nil
	case bytesValue:
		if b, ok := right.(bytesValue); ok {
			return a + b, true, t.tooBig(int64(len(a) + len(b)))
		}
	case *list:
		if b, ok := right.(*list); ok {
			t.hold(int64(8 * (len(a.items) + len(b.items))))
			return &list{append(slices.Clone(a.items), b.items...)}, true, nil
		}
	case *tuple:
		if b, ok := right.(*tuple); ok {
			return &tuple{append(slices.Clone(a.items), b.items...)}, true, nil
		}
	}
	return nil, false, nil
}

// tooBig refuses texts that would take the simulator's own memory.
func (t *thread) tooBig(size int64) error {
	if size > 64<<20 {
		return lacks("a text of %d bytes", size)
	}
	return nil
}

func (t *thread) repeat(x, count any) (any, bool, error) {
	n, ok := asInt(count)
	if !ok {
		return nil, false, nil
	}
	n = max(n, 0)
	unit, isBytes := "", false
	switch x := x.(type) {
	case string:
		unit = x
	case bytesValue:
		unit, isBytes = string(x), true
	case *bulk:
		t.hold(x.size * n)
		return &bulk{size: x.size * n, bytes: x.bytes}, true, nil
	case *list:
		if int64(len(x.items))*n > 1<<22 {
			t.hold(int64(len(x.items)) * n * 8)
			return nil, true, lacks("a list of %d items", int64(len(x.items))*n)
		}
		t.hold(int64(len(x.items)) * n * 8)
		return &list{slices.Repeat(x.items, int(n))}, true, nil
	case *tuple:
		if int64(len(x.items))*n > 1<<22 {
			return nil, true, lacks("a tuple of %d items", int64(len(x.items))*n)
		}
		return &tuple{slices.Repeat(x.items, int(n))}, true, nil
	default:
		return nil, false, nil
	}
	if n > 0 && int64(len(unit)) > math.MaxInt64/n {
		return nil, true, t.raise("MemoryError", "")
	}
	size := int64(len(unit)) * n
	if size >= bigText {
		t.hold(size)
		return &bulk{size: size, bytes: isBytes}, true, nil
	}
	text := strings.Repeat(unit, int(n))
	if isBytes {
		return bytesValue(text), true, nil
	}
	return text, true, nil
}

func (t *thread) arithmetic(op string, left, right any) (any, bool, error) {
	a, aInt := asInt(left)
	b, bInt := asInt(right)
	if aInt && bInt && op != "/" {
		return t.integers(op, a, b)
	}
	x, ok1 := asFloat(left)
	y, ok2 := asFloat(right)
	if !ok1 || !ok2 {
		return nil, false, nil
	}
	switch op {
	case "+":
		return x + y, true, nil
	case "-":
		return x - y, true, nil
	case "*":
		return x * y, true, nil
	case "**":
		return math.Pow(x, y), true, nil
	case "/", "//", "%":
		if y == 0 {
			text := "division by zero"
			if !aInt || !bInt {
				text = map[string]string{"/": "float division by zero", "//": "float floor division by zero", "%": "float modulo by zero"}[op]
			}
			return nil, true, t.raise("ZeroDivisionError", "%s", text)
		}
		switch op {
		case "/":
			return x / y, true, nil
		case "//":
			return math.Floor(x / y), true, nil
		}
		return x - y*math.Floor(x/y), true, nil
	}
	return nil, false, nil
}

func (t *thread) integers(op string, a, b int64) (any, bool, error) {
	big := lacks("integers beyond 64 bits")
	switch op {
	case "+":
		if c := a + b; (c > a) == (b > 0) {
			return c, true, nil
		}
		return nil, true, big
	case "-":
		if c := a - b; (c < a) == (b > 0) {
			return c, true, nil
		}
		return nil, true, big
	case "*":
		if a == 0 || b == 0 {
			return int64(0), true, nil
		}
		if c := a * b; c/b == a && !(a == -1 && b == math.MinInt64) && !(b == -1 && a == math.MinInt64) {
			return c, true, nil
		}
		return nil, true, big
	case "//", "%":
		if b == 0 {
			return nil, true, t.raise("ZeroDivisionError", "integer %s by zero", map[string]string{"//": "division or modulo", "%": "modulo"}[op])
		}
		q, r := a/b, a%b
		if r != 0 && (r < 0) != (b < 0) {
			q, r = q-1, r+b
		}
		if op == "//" {
			return q, true, nil
		}
		return r, true, nil
	case "**":
		if b < 0 {
			return math.Pow(float64(a), float64(b)), true, nil
		}
		f := math.Pow(float64(a), float64(b))
		if math.Abs(f) >= 1<<62 {
			return nil, true, big
		}
		n := int64(1)
		for range b {
			n *= a
			if n == 0 || n == 1 && a == 1 {
				break
			}
		}
		return n, true, nil
	case "&":
		return a & b, true, nil
	case "|":
		return a | b, true, nil
	case "^":
		return a ^ b, true, nil
	case "<<", ">>":
		if b < 0 || b > 62 || op == "<<" && (a > math.MaxInt64>>b || a < math.MinInt64>>b) {
			return nil, true, big
		}
		if op == "<<" {
			return a << b, true, nil
		}
		return a >> b, true, nil
	}
	return nil, false, nil
}

func (t *thread) unary(op string, v any) (any, error) {
	if op == "not" {
		return !truthy(v), nil
	}
	if n, ok := asInt(v); ok {
		return map[string]int64{"-": -n, "+": n, "~": ^n}[op], nil
	}
	if f, ok := v.(float64); ok && op != "~" {
		if op == "-" {
			f = -f
		}
		return f, nil
	}
	return nil, t.raise("TypeError", "bad operand type for unary %s: '%s'", op, typeName(v))
}

func (t *thread) compare(op string, a, b any) (bool, error) {
	switch op {
	case "==", "!=":
		if o, ok := a.(*object); ok {
			if m := o.class.find("__eq__"); m != nil {
				v, err := t.call(m, args{pos: []any{a, b}})
				return truthy(v) == (op == "=="), err
			}
		}
		return equal(a, b) == (op == "=="), nil
	case "is", "is not":
		return identical(a, b) == (op == "is"), nil
	case "in", "not in":
		ok, err := t.contains(b, a)
		return ok == (op == "in"), err
	}
	c, ok := t.order(a, b)
	if !ok {
		return false, t.raise("TypeError", "'%s' not supported between instances of '%s' and '%s'", op, typeName(a), typeName(b))
	}
	return map[string]bool{"<": c < 0, "<=": c <= 0, ">": c > 0, ">=": c >= 0}[op], nil
}

func identical(a, b any) bool {
	switch a.(type) {
	case nil, bool, int64, string:
		return typeName(a) == typeName(b) && equal(a, b)
	case float64, bytesValue:
		return false
	}
	return a == b
}

// order compares two values; ok is false for values without an order.
func (t *thread) order(a, b any) (int, bool) {
	if x, ok := asFloat(a); ok {
		y, ok := asFloat(b)
		switch {
		case x < y:
			return -1, ok
		case x > y:
			return 1, ok
		}
		return 0, ok
	}
	switch a := a.(type) {
	case string:
		b, ok := b.(string)
		return strings.Compare(a, b), ok
	case bytesValue:
		b, ok := b.(bytesValue)
		return strings.Compare(string(a), string(b)), ok
	case *list:
		if b, ok := b.(*list); ok {
			return t.orderItems(a.items, b.items)
		}
	case *tuple:
		if b, ok := b.(*tuple); ok {
			return t.orderItems(a.items, b.items)
		}
	case *object:
		if m := a.class.find("__lt__"); m != nil {
			v, err := t.call(m, args{pos: []any{a, b}})
			if err == nil && truthy(v) {
				return -1, true
			}
			return 1, err == nil
		}
	case interface{ order(any) (int, bool) }:
		return a.order(b)
	}
	return 0, false
}

func (t *thread) orderItems(a, b []any) (int, bool) {
	for i := range min(len(a), len(b)) {
		if !equal(a[i], b[i]) {
			return t.order(a[i], b[i])
		}
	}
	return len(a) - len(b), true
}

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

// format is format(v, spec), the small language after the colon of an f-string.
func (t *thread) format(v any, spec string) (string, error) {
	if spec == "" {
		return toStr(t, v), nil
	}
	if f, ok := v.(interface{ format(spec string) string }); ok {
		return f.format(spec), nil
	}
	fill, align, sign, rest := " ", "", "", spec
	if r := []rune(rest); len(r) > 1 && strings.ContainsRune("<>^=", r[1]) {
		fill, align, rest = string(r[0]), string(r[1]), string(r[2:])
	} else if strings.ContainsRune("<>^=", r[0]) {
		align, rest = string(r[0]), string(r[1:])
	}
	if rest != "" && strings.Contains("+- ", rest[:1]) {
		sign, rest = rest[:1], rest[1:]
	}
	rest = strings.TrimPrefix(rest, "#")
	if strings.HasPrefix(rest, "0") && align == "" {
		fill, align, rest = "0", "=", rest[1:]
	}
	width, precision, comma := 0, -1, false
	for rest != "" && isDigit(rest[0]) && width < 10000 {
		width, rest = width*10+int(rest[0]-'0'), rest[1:]
	}
	if strings.HasPrefix(rest, ",") || strings.HasPrefix(rest, "_") {
		comma, rest = true, rest[1:]
	}
	if strings.HasPrefix(rest, ".") {
		precision, rest = 0, rest[1:]
		for rest != "" && isDigit(rest[0]) && precision < 1000 {
			precision, rest = precision*10+int(rest[0]-'0'), rest[1:]
		}
	}
	text, numeric, err := t.formatValue(v, rest, precision)
	if err != nil {
		return "", err
	}
	if comma {
		text = thousands(text)
	}
	if numeric && sign == "+" && !strings.HasPrefix(text, "-") {
		text = "+" + text
	}
	return pad(text, fill, align, width, numeric), nil
}

func (t *thread) formatValue(v any, verb string, precision int) (text string, numeric bool, err error) {
	n, isInt := asInt(v)
	f, isNumber := asFloat(v)
	switch {
	case verb == "" && !isNumber || verb == "s":
		text = toStr(t, v)
		if r := []rune(text); precision >= 0 && precision < len(r) {
			text = string(r[:precision])
		}
		return text, false, nil
	case !isNumber:
		return "", false, t.raise("ValueError", "Unknown format code '%s' for object of type '%s'", verb, typeName(v))
	case isInt && (verb == "d" || verb == "" && precision < 0):
		return fmt.Sprint(n), true, nil
	case isInt && strings.Contains("xXob", verb) && verb != "":
		return fmt.Sprintf("%"+verb, n), true, nil
	case verb == "d":
		return "", false, t.raise("ValueError", "Unknown format code 'd' for object of type 'float'")
	case verb == "":
		if precision < 0 {
			return formatFloat(f), true, nil
		}
		return fmt.Sprintf("%.*g", precision, f), true, nil
	}
	if precision < 0 {
		precision = 6
	}
	switch verb {
	case "f", "F":
		return fmt.Sprintf("%.*f", precision, f), true, nil
	case "e", "g":
		return fmt.Sprintf("%.*"+verb, precision, f), true, nil
	case "%":
		return fmt.Sprintf("%.*f%%", precision, f*100), true, nil
	}
	return "", false, t.raise("ValueError", "Unknown format code '%s' for object of type '%s'", verb, typeName(v))
}

func thousands(text string) string {
	head, tail, _ := strings.Cut(text, ".")
	sign := ""
	if strings.HasPrefix(head, "-") {
		sign, head = "-", head[1:]
	}
	for i := len(head) - 3; i > 0; i -= 3 {
		head = head[:i] + "," + head[i:]
	}
	if tail != "" {
		tail = "." + tail
	}
	return sign + head + tail
}

func pad(text, fill, align string, width int, numeric bool) string {
	missing := width - utf8.RuneCountInString(text)
	if missing <= 0 {
		return text
	}
	if align == "" {
		align = map[bool]string{true: ">", false: "<"}[numeric]
	}
	switch align {
	case ">":
		return strings.Repeat(fill, missing) + text
	case "^":
		return strings.Repeat(fill, missing/2) + text + strings.Repeat(fill, missing-missing/2)
	case "=":
		if strings.HasPrefix(text, "-") || strings.HasPrefix(text, "+") {
			return text[:1] + strings.Repeat(fill, missing) + text[1:]
		}
		return strings.Repeat(fill, missing) + text
	}
	return text + strings.Repeat(fill, missing)
}

// percent is the old % formatting of texts.
func (t *thread) percent(format string, v any) (any, error) {
	values := []any{v}
	if tup, ok := v.(*tuple); ok {
		values = tup.items
	}
	var b strings.Builder
	next := 0
	for i := 0; i < len(format); i++ {
		if format[i] != '%' || i+1 >= len(format) {
			b.WriteByte(format[i])
			continue
		}
		i++
		if format[i] == '%' {
			b.WriteByte('%')
			continue
		}
		var value any
		if d, ok := v.(*dict); ok && format[i] == '(' {
			end := strings.IndexByte(format[i:], ')')
			if end < 0 {
				return nil, t.raise("ValueError", "incomplete format key")
			}
			value, _ = d.get(format[i+1 : i+end])
			i += end + 1
		} else if next < len(values) {
			value = values[next]
			next++
		} else {
			return nil, t.raise("TypeError", "not enough arguments for format string")
		}
		from := i
		for i < len(format)-1 && strings.IndexByte("0123456789.-+", format[i]) >= 0 {
			i++
		}
		spec, verb := format[from:i], format[i:i+1]
		switch verb {
		case "r":
			value, verb = repr(t, value), "s"
		case "i":
			verb = "d"
		}
		if f, ok := value.(float64); ok && verb == "d" {
			value = int64(f)
		}
		if strings.HasPrefix(spec, "-") {
			spec = "<" + spec[1:]
		} else if verb == "s" && spec != "" && isDigit(spec[0]) {
			spec = ">" + spec
		}
		text, err := t.format(value, spec+verb)
		if err != nil {
			return nil, err
		}
		b.WriteString(text)
	}
	if next < len(values) && len(values) > 0 {
		if _, ok := v.(*tuple); ok {
			return nil, t.raise("TypeError", "not all arguments converted during string formatting")
		}
	}
	return b.String(), nil
}
