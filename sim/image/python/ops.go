package python

import (
	"math"
	"slices"
	"strings"
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
