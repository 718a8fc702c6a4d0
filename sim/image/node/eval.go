package node

import (
	"fmt"
	"math"
	"strings"
)

// eval1 evaluates an expression.
func (r *runtime) eval1(t *tree, s *scope) any {
	r.step()
	switch t.kind {
	case "number":
		return t.number
	case "string":
		return t.text
	case "true", "false":
		return t.kind == "true"
	case "null":
		return null{}
	case "this":
		return s.this
	case "name":
		return r.nameValue(t, s)
	case "template":
		return r.templateText(t, s)
	case "regex":
		return r.makeRegex(t.text, t.parts[0])
	case "array":
		return newArray(r.spread(t.list, s)...)
	case "object":
		return r.objectValue(t, s)
	case "function", "arrow":
		return r.closure(t, s)
	case "class":
		return r.makeClass(t, s)
	case "sequence":
		var v any
		for _, e := range t.list {
			v = r.eval1(e, s)
		}
		return v
	case "conditional":
		if truthy(r.eval1(t.a, s)) {
			return r.eval1(t.b, s)
		}
		return r.eval1(t.c, s)
	case "member", "index":
		v, _ := r.memberValue(t, s)
		return v
	case "call":
		v, _ := r.callValue(t, s)
		return v
	case "new":
		return r.construct(r.eval1(t.a, s), r.spread(t.list, s), t)
	case "assign":
		return r.assign(t, s)
	case "update":
		old := toNumber(r.eval1(t.a, s))
		fresh := old + 1
		if t.text == "--" {
			fresh = old - 1
		}
		r.assignTo(t.a, fresh, s)
		if t.flag {
			return fresh
		}
		return old
	case "unary":
		return r.unaryValue(t, s)
	case "binary":
		return r.binaryValue(t, s)
	case "await":
		return r.await(r.eval1(t.a, s))
	}
	r.throwf("SyntaxError", "%s", lacking("'"+t.kind+"' here"))
	return nil
}

func (r *runtime) nameValue(t *tree, s *scope) any {
	b := s.find(t.text)
	switch {
	case b == nil:
		r.at(t, s)
		r.throwf("ReferenceError", "%s is not defined", t.text)
	case b.dead:
		r.at(t, s)
		r.throwf("ReferenceError", "Cannot access '%s' before initialization", t.text)
	}
	return b.value
}

func (r *runtime) at(t *tree, s *scope) { r.line, r.col, r.file0 = t.line, t.col, s.file }

func (r *runtime) templateText(t *tree, s *scope) string {
	var b strings.Builder
	for i, part := range t.parts {
		b.WriteString(part)
		if i < len(t.list) {
			b.WriteString(r.text(r.eval1(t.list[i], s)))
		}
		r.limit(b.Len())
	}
	return b.String()
}

// limit keeps texts and lists to a size that a simulator can bear.
func (r *runtime) limit(n int) {
	if n > 16<<20 {
		r.throwf("RangeError", "Invalid string length")
	}
}

func (r *runtime) spread(list []*tree, s *scope) []any {
	out := make([]any, 0, len(list))
	for _, e := range list {
		switch e.kind {
		case "spread":
			out = append(out, r.iterate(r.eval1(e.a, s))...)
		case "hole":
			out = append(out, nil)
		default:
			out = append(out, r.eval1(e, s))
		}
	}
	return out
}

func (r *runtime) objectValue(t *tree, s *scope) any {
	o := newObject()
	for _, m := range t.list {
		if m.kind == "spread" {
			from := r.eval1(m.a, s)
			if !nullish(from) {
				for _, k := range r.keysOf(from) {
					o.set(k, r.get(from, k))
				}
			}
			continue
		}
		name := m.text
		if m.b != nil {
			name = toText(r.eval1(m.b, s))
		}
		v := r.eval1(m.a, s)
		if f, ok := v.(*object); ok && f.fn != nil && m.a.kind != "name" {
			if _, named := f.own("name"); !named || m.a.text == "" {
				f.hide("name", name)
			}
		}
		o.set(name, v)
	}
	return o
}

// memberValue reads a property; of is the object that it was read from.
func (r *runtime) memberValue(t *tree, s *scope) (v, of any) {
	if t.a.kind == "super" {
		return r.superMember(t, s), s.this
	}
	var skipped bool
	if of, skipped = r.chain(t.a, s); skipped || t.flag && nullish(of) {
		return nil, nil
	}
	name := t.text
	if t.kind == "index" {
		key := r.eval1(t.b, s)
		if o, ok := of.(*object); ok && o.class == "Array" {
			if f, ok := key.(float64); ok && f >= 0 && f == math.Trunc(f) {
				return argument(o.list, int(min(f, 1<<30))), of
			}
		}
		name = toText(key)
	}
	if nullish(of) {
		r.at(t, s)
		r.throwf("TypeError", "Cannot read properties of %s (reading '%s')", toText(of), name)
	}
	return r.get(of, name), of
}

// chain evaluates what stands in front of a member; a "?." further left that
// found nothing skips the rest.
func (r *runtime) chain(t *tree, s *scope) (v any, skipped bool) {
	if !hasOptional(t) {
		return r.eval1(t, s), false
	}
	v = r.eval1(t, s)
	return v, v == nil
}

func hasOptional(t *tree) bool {
	for t != nil && (t.kind == "member" || t.kind == "index" || t.kind == "call") {
		if t.flag {
			return true
		}
		t = t.a
	}
	return false
}

func (r *runtime) callValue(t *tree, s *scope) (v any, skipped bool) {
	var fn, this any
	switch {
	case t.a.kind == "super":
		return r.superCall(r.spread(t.list, s), s), false
	case t.a.kind == "name" && t.a.text == "import":
		return r.imported(r.spread(t.list, s), s), false
	case t.a.kind == "member" || t.a.kind == "index":
		fn, this = r.memberValue(t.a, s)
	default:
		fn = r.eval1(t.a, s)
	}
	if nullish(fn) && (t.flag || hasOptional(t.a)) {
		return nil, true
	}
	if !isFunction(fn) {
		r.at(t, s)
		r.throwf("TypeError", "%s is not a function", source(t.a))
	}
	args := r.spread(t.list, s)
	r.at(t, s)
	return r.apply(fn, this, args), false
}

// source writes an expression for a message: "app.get".
func source(t *tree) string {
	switch t.kind {
	case "name":
		return t.text
	case "this":
		return "this"
	case "member":
		return source(t.a) + "." + t.text
	case "index":
		return source(t.a) + "[...]"
	case "call":
		return source(t.a) + "(...)"
	}
	return "(intermediate value)"
}

func (r *runtime) assign(t *tree, s *scope) any {
	op := strings.TrimSuffix(t.text, "=")
	if op == "" {
		if t.a.kind == "array" || t.a.kind == "object" {
			v := r.eval1(t.b, s)
			r.bind(t.a, v, s, "")
			return v
		}
		v := r.named(t.b, t.a, s)
		r.assignTo(t.a, v, s)
		return v
	}
	old := r.eval1(t.a, s)
	switch op {
	case "&&", "||", "??":
		if op == "&&" && !truthy(old) || op == "||" && truthy(old) || op == "??" && !nullish(old) {
			return old
		}
		v := r.eval1(t.b, s)
		r.assignTo(t.a, v, s)
		return v
	}
	v := r.operate(op, old, r.eval1(t.b, s))
	r.assignTo(t.a, v, s)
	return v
}

func (r *runtime) assignTo(t *tree, v any, s *scope) {
	switch t.kind {
	case "name":
		r.assignName(t, v, s)
	case "member", "index":
		of := r.eval1(t.a, s)
		name := t.text
		if t.kind == "index" {
			name = toText(r.eval1(t.b, s))
		}
		o, ok := of.(*object)
		if !ok {
			if nullish(of) {
				r.at(t, s)
				r.throwf("TypeError", "Cannot set properties of %s (setting '%s')", toText(of), name)
			}
			return
		}
		if o.class == "env" {
			v = toText(v)
			r.process.Env.Set(name, v.(string))
		}
		if _, hidden := o.own(name); hidden && o.class == "Function" {
			o.hide(name, v)
			return
		}
		o.set(name, v)
	default:
		r.bind(t, v, s, "")
	}
}

func (r *runtime) assignName(t *tree, v any, s *scope) {
	b := s.find(t.text)
	switch {
	case b == nil:
		r.globals.declare(t.text, v, false)
	case b.dead:
		r.at(t, s)
		r.throwf("ReferenceError", "Cannot access '%s' before initialization", t.text)
	case b.constant:
		r.at(t, s)
		r.throwf("TypeError", "Assignment to constant variable.")
	default:
		b.value = v
	}
}

// text is String(v), which asks an object's own toString.
func (r *runtime) text(v any) string {
	if o, ok := v.(*object); ok && o.class != "Array" {
		if fn := r.get(o, "toString"); isFunction(fn) && fn.(*object).fn != nil {
			return toText(r.apply(fn, o, nil))
		}
	}
	return toText(v)
}

// throwf throws one of the language's own errors.
func (r *runtime) throwf(kind, format string, args ...any) {
	panic(&thrown{r.makeError(kind, fmt.Sprintf(format, args...))})
}
