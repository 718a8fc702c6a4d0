package node

import "math"

func (r *runtime) unaryValue(t *tree, s *scope) any {
	switch t.text {
	case "typeof":
		if t.a.kind == "name" && s.find(t.a.text) == nil {
			return "undefined"
		}
		return typeOf(r.eval1(t.a, s))
	case "delete":
		if t.a.kind == "member" || t.a.kind == "index" {
			if o, ok := r.eval1(t.a.a, s).(*object); ok {
				name := t.a.text
				if t.a.kind == "index" {
					name = toText(r.eval1(t.a.b, s))
				}
				o.remove(name)
			}
		}
		return true
	}
	v := r.eval1(t.a, s)
	switch t.text {
	case "!":
		return !truthy(v)
	case "-":
		return -toNumber(v)
	case "+":
		return toNumber(v)
	case "~":
		return float64(^int32(toInt(v)))
	}
	return nil // void
}

func (r *runtime) binaryValue(t *tree, s *scope) any {
	left := r.eval1(t.a, s)
	switch t.text {
	case "&&":
		if !truthy(left) {
			return left
		}
		return r.eval1(t.b, s)
	case "||":
		if truthy(left) {
			return left
		}
		return r.eval1(t.b, s)
	case "??":
		if !nullish(left) {
			return left
		}
		return r.eval1(t.b, s)
	}
	return r.operate(t.text, left, r.eval1(t.b, s))
}

func (r *runtime) operate(op string, a, b any) any {
	switch op {
	case "+":
		_, aIsObject := a.(*object)
		_, bIsObject := b.(*object)
		if typeOf(a) == "string" || typeOf(b) == "string" || aIsObject || bIsObject {
			s := r.text(a) + r.text(b)
			r.limit(len(s))
			return s
		}
		return toNumber(a) + toNumber(b)
	case "===":
		return strictEqual(a, b)
	case "!==":
		return !strictEqual(a, b)
	case "==":
		return looseEqual(a, b)
	case "!=":
		return !looseEqual(a, b)
	case "<", ">", "<=", ">=":
		return less(op, a, b)
	case "instanceof":
		return r.instanceOf(a, b)
	case "in":
		o, ok := b.(*object)
		if !ok {
			r.throwf("TypeError", "Cannot use 'in' operator to search for '%s' in %s", toText(a), toText(b))
		}
		if i, isIndex := index(toText(a)); isIndex && o.class == "Array" {
			return i < len(o.list)
		}
		return r.get(o, toText(a)) != nil
	}
	return arithmetic(op, toNumber(a), toNumber(b))
}

func arithmetic(op string, x, y float64) any {
	i, j := int32(int64(x)), int32(int64(y))
	if math.IsNaN(x) || math.IsInf(x, 0) {
		i = 0
	}
	if math.IsNaN(y) || math.IsInf(y, 0) {
		j = 0
	}
	switch op {
	case "-":
		return x - y
	case "*":
		return x * y
	case "/":
		return x / y
	case "%":
		return math.Mod(x, y)
	case "**":
		return math.Pow(x, y)
	case "&":
		return float64(i & j)
	case "|":
		return float64(i | j)
	case "^":
		return float64(i ^ j)
	case "<<":
		return float64(i << (uint32(j) & 31))
	case ">>":
		return float64(i >> (uint32(j) & 31))
	case ">>>":
		return float64(uint32(i) >> (uint32(j) & 31))
	}
	return math.NaN()
}

func less(op string, a, b any) bool {
	x, isText := a.(string)
	y, both := b.(string)
	if isText && both {
		return map[string]bool{"<": x < y, ">": x > y, "<=": x <= y, ">=": x >= y}[op]
	}
	m, n := toNumber(a), toNumber(b)
	return map[string]bool{"<": m < n, ">": m > n, "<=": m <= n, ">=": m >= n}[op]
}
