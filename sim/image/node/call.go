package node

import (
	"fmt"
	"strings"
)

func (r *runtime) closure(t *tree, s *scope) *object {
	o := &object{class: "Function", fn: &closure{tree: t, scope: s}}
	if t.kind == "arrow" {
		o.fn.this, o.fn.home = s.this, s.home
	}
	if t.text != "" {
		o.hide("name", t.text)
	}
	return o
}

const deepestCalls = 900

// apply calls a function.
func (r *runtime) apply(fn, this any, args []any) any {
	o, ok := fn.(*object)
	if !ok || o.call == nil && o.fn == nil {
		r.throwf("TypeError", "%s is not a function", r.inspect(fn, 0))
	}
	if o.call != nil {
		return o.call(r, this, args)
	}
	if o.fn.class != nil {
		r.throwf("TypeError", "Class constructor %s cannot be invoked without 'new'", toText(o.props["name"]))
	}
	return r.invoke(o, this, args)
}

func (r *runtime) invoke(o *object, this any, args []any) any {
	if len(r.calls) > deepestCalls {
		r.throwf("RangeError", "Maximum call stack size exceeded")
	}
	name := "<anonymous>"
	if n, ok := o.own("name"); ok {
		name = toText(n)
	}
	depth := len(r.calls)
	r.calls = append(r.calls, frame{name, r.file0, r.line, r.col})
	defer func() { r.calls = r.calls[:min(depth, len(r.calls))] }()
	if o.fn.tree.async {
		return r.async(func() any { return r.body(o, this, args) })
	}
	return r.body(o, this, args)
}

// body runs the body of a function of the program.
func (r *runtime) body(o *object, this any, args []any) any {
	f := o.fn
	in := &scope{outer: f.scope, fn: true, this: this, home: f.home, file: f.scope.file, vars: map[string]*binding{}}
	if f.tree.kind == "arrow" {
		in.this = f.this
	} else {
		in.declare("arguments", newArray(args...), false)
	}
	for i, p := range f.tree.list {
		if p.kind == "rest" {
			r.bind(p.a, newArray(append([]any(nil), args[min(i, len(args)):]...)...), in, "let")
			break
		}
		r.bind(p, argument(args, i), in, "let")
	}
	if f.tree.b != nil {
		return r.eval1(f.tree.b, in)
	}
	_, v := r.runBlock(f.tree.a.list, in)
	return v
}

// construct is new.
func (r *runtime) construct(fn any, args []any, t *tree) any {
	o, ok := fn.(*object)
	if !ok || o.call == nil && o.fn == nil || o.fn != nil && o.fn.tree != nil && o.fn.tree.kind == "arrow" {
		r.throwf("TypeError", "%s is not a constructor", source(t.a))
	}
	if o.call != nil {
		if v, ok := o.call(r, o, args).(*object); ok {
			return v
		}
		return newObject()
	}
	proto, _ := r.get(o, "prototype").(*object)
	this := &object{class: "Object", proto: proto}
	if made := r.initialise(o, this, args); made != nil {
		return made
	}
	return this
}

// initialise runs the constructor of a class, with its fields, on an object.
func (r *runtime) initialise(class, this *object, args []any) *object {
	f := class.fn
	if f.class == nil {
		made, _ := r.invoke(class, this, args).(*object)
		return made
	}
	base, _ := class.data.(*object)
	if base == nil || base.call != nil {
		r.fields(class, this)
	}
	if f.tree != nil {
		r.invoke(class, this, args)
		return nil
	}
	if base != nil {
		r.initBase(class, this, args)
	}
	return nil
}

// initBase is super(...): the constructor of the base class.
func (r *runtime) initBase(class, this *object, args []any) {
	base, _ := class.data.(*object)
	if base == nil {
		return
	}
	if base.call != nil {
		if made, ok := base.call(r, base, args).(*object); ok {
			this.class, this.data = made.class, made.data
			for name, v := range made.props {
				this.hide(name, v)
			}
		}
		return
	}
	r.initialise(base, this, args)
	r.fields(class, this)
}

func (r *runtime) fields(class, this *object) {
	in := &scope{outer: class.fn.scope, this: this, home: class, file: class.fn.scope.file}
	for _, m := range class.fn.class.list {
		if m.kind != "field" || m.flag {
			continue
		}
		var v any
		if m.a != nil {
			v = r.eval1(m.a, in)
		}
		this.set(m.text, v)
	}
}

func (r *runtime) makeClass(t *tree, s *scope) *object {
	c := &object{class: "Function", fn: &closure{scope: s, class: t}}
	proto := newObject()
	if t.b != nil {
		base, ok := r.eval1(t.b, s).(*object)
		if !ok || !isFunction(base) {
			r.throwf("TypeError", "Class extends value is not a constructor or null")
		}
		c.data, c.proto = base, base
		proto.proto, _ = r.get(base, "prototype").(*object)
	}
	c.hide("name", t.text)
	c.hide("prototype", proto)
	proto.hide("constructor", c)
	for _, m := range t.list {
		if m.kind != "method" {
			if m.flag && m.a != nil {
				c.set(m.text, r.eval1(m.a, s))
			}
			continue
		}
		f := r.closure(m.a, s)
		f.fn.home = c
		switch {
		case m.text == "constructor" && !m.flag:
			c.fn.tree, c.fn.home = m.a, c
		case m.flag:
			c.hide(m.text, f)
		default:
			proto.hide(m.text, f)
		}
	}
	return c
}

func (r *runtime) superMember(t *tree, s *scope) any {
	if s.home == nil {
		r.throwf("SyntaxError", "'super' keyword unexpected here")
	}
	base, _ := s.home.data.(*object)
	if base == nil {
		return nil
	}
	proto, _ := r.get(base, "prototype").(*object)
	if proto == nil {
		return nil
	}
	return r.get(proto, t.text)
}

func (r *runtime) superCall(args []any, s *scope) any {
	this, ok := s.this.(*object)
	if s.home == nil || !ok {
		r.throwf("SyntaxError", "'super' keyword unexpected here")
	}
	r.initBase(s.home, this, args)
	return nil
}

func (r *runtime) instanceOf(a, b any) bool {
	class, ok := b.(*object)
	if !ok || !isFunction(b) {
		r.throwf("TypeError", "Right-hand side of 'instanceof' is not callable")
	}
	o, ok := a.(*object)
	if !ok {
		return false
	}
	proto, _ := class.props["prototype"].(*object)
	for p, n := o.proto, 0; p != nil && n < 50; p, n = p.proto, n+1 {
		if p == proto {
			return true
		}
	}
	name, _ := class.props["name"].(string)
	return proto == nil && (name == o.class || name == "Object" || name == "Error" && o.class == "Error")
}

// makeError makes an Error of a kind with the place where it was made.
func (r *runtime) makeError(kind, message string) *object {
	o := &object{class: "Error", proto: r.errorProto(kind)}
	o.hide("message", message)
	o.data = frame{file: r.file0, line: r.line, col: r.col}
	o.hide("stack", kind+": "+message+"\n"+r.stack())
	return o
}

func (r *runtime) errorProto(kind string) *object {
	if p := r.protos[kind]; p != nil {
		return p
	}
	p := newObject()
	p.hide("name", kind)
	r.protos[kind] = p
	return p
}

// stack is the lines of a stack trace, the innermost call first.
func (r *runtime) stack() string {
	var lines []string
	file, line, col := r.file0, r.line, r.col
	for i := len(r.calls) - 1; i >= 0 && len(lines) < 9; i-- {
		f := r.calls[i]
		lines = append(lines, fmt.Sprintf("    at %s (%s:%d:%d)", f.name, file, line, col+1))
		file, line, col = f.file, f.line, f.col
	}
	if file != "" {
		lines = append(lines, fmt.Sprintf("    at Object.<anonymous> (%s:%d:%d)", file, line, col+1))
	}
	lines = append(lines, "    at Module._compile (node:internal/modules/cjs/loader:1730:14)", "    at Object..js (node:internal/modules/cjs/loader:1895:10)",
		"    at Module.load (node:internal/modules/cjs/loader:1465:32)", "    at Function.executeUserEntryPoint [as runMain] (node:internal/modules/run_main:171:5)", "    at node:internal/main/run_main_module:36:49")
	return strings.Join(lines, "\n")
}
