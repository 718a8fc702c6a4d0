package python

import (
	"maps"
	"slices"
	"strings"
)

func (t *thread) evalCall(c *callExpr, s *scope) (any, error) {
	if n, ok := c.fn.(*nameExpr); ok && n.id == "super" && len(c.args) == 0 {
		return t.super(s)
	}
	fn, err := t.eval(c.fn, s)
	if err != nil {
		return nil, err
	}
	var a args
	for _, arg := range c.args {
		v, err := t.eval(arg.x, s)
		if err != nil {
			return nil, err
		}
		switch {
		case arg.star == "*":
			items, err := t.items(v)
			if err != nil {
				return nil, err
			}
			a.pos = append(a.pos, items...)
		case arg.star == "**":
			d, ok := v.(*dict)
			if !ok {
				return nil, t.raise("TypeError", "argument after ** must be a mapping, not %s", typeName(v))
			}
			for _, e := range d.entries {
				a.keyword(toStr(t, e.key), e.value)
			}
		case arg.name != "":
			a.keyword(arg.name, v)
		default:
			a.pos = append(a.pos, v)
		}
	}
	if b, ok := fn.(*builtin); ok && (b.name == "locals" || b.name == "globals") {
		return scopeDict(s, b.name), nil
	}
	return t.call(fn, a)
}

func scopeDict(s *scope, which string) any {
	vars := s.vars
	if which == "globals" {
		vars = s.module.attrs
	}
	d := newDict()
	for _, k := range slices.Sorted(maps.Keys(vars)) {
		d.put(k, vars[k])
	}
	return d
}

func (a *args) keyword(name string, v any) {
	if a.kw == nil {
		a.kw = map[string]any{}
	}
	a.kw[name] = v
}

// super is super() in a method: the object seen as an instance of its bases.
func (t *thread) super(s *scope) (any, error) {
	for at := s; at != nil; at = at.outer {
		if at.code == nil || len(at.code.params) == 0 {
			continue
		}
		self, ok := at.vars[at.code.params[0].name].(*object)
		owner, _ := at.vars["__class__"].(*class)
		if ok && owner != nil {
			return &superValue{self, owner}, nil
		}
	}
	return nil, t.raise("RuntimeError", "super(): no arguments")
}

type superValue struct {
	self  *object
	owner *class
}

func (v *superValue) typeName() string { return "super" }

func (v *superValue) attr(t *thread, name string) (any, bool) {
	for _, b := range v.owner.bases {
		if m := b.find(name); m != nil {
			return t.bind(m, v.self), true
		}
	}
	if name == "__init__" {
		return fn("__init__", func(_ *thread, a args) (any, error) {
			if v.self.class.isException() {
				v.self.attrs["args"] = &tuple{a.pos}
			}
			return nil, nil
		}), true
	}
	if o, ok := v.self.native.(attributed); ok {
		return o.attr(t, name)
	}
	return nil, false
}

// fn makes a built-in function.
func fn(name string, call func(t *thread, a args) (any, error)) *builtin { return &builtin{name, call} }

// call calls anything that can be called.
func (t *thread) call(f any, a args) (any, error) {
	switch f := f.(type) {
	case *builtin:
		return f.call(t, a)
	case *function:
		return t.callFunction(f, a)
	case *boundMethod:
		a.pos = append([]any{f.self}, a.pos...)
		return t.call(f.fn, a)
	case *class:
		return t.instantiate(f, a)
	case *object:
		if m := f.class.find("__call__"); m != nil {
			return t.call(t.bind(m, f), a)
		}
	case *staticMethod:
		return t.call(f.fn, a)
	}
	return nil, t.raise("TypeError", "'%s' object is not callable", typeName(f))
}

func (t *thread) instantiate(c *class, a args) (any, error) {
	if make := c.maker(); make != nil {
		v, err := make(t, c, a)
		o, ok := v.(*object)
		if err != nil || !ok {
			return v, err
		}
		if init, ok := c.find("__init__").(*function); ok {
			_, err = t.call(init, args{append([]any{o}, a.pos...), a.kw})
		}
		return o, err
	}
	o := &object{class: c, attrs: map[string]any{}}
	init := c.find("__init__")
	if init == nil {
		if len(a.pos) > 0 {
			return nil, t.raise("TypeError", "%s() takes no arguments", c.name)
		}
		return o, nil
	}
	_, err := t.call(init, args{append([]any{o}, a.pos...), a.kw})
	return o, err
}

func (t *thread) callFunction(f *function, a args) (any, error) {
	if t.depth > 600 {
		return nil, t.raise("RecursionError", "maximum recursion depth exceeded")
	}
	s := &scope{vars: map[string]any{}, module: f.module, outer: f.outer, code: f.code, name: f.code.name}
	if f.outer != nil && f.outer.code == nil && !f.outer.class && f.outer.outer == nil {
		s.outer = nil
	}
	if f.owner != nil {
		s.vars["__class__"] = f.owner
	}
	if err := t.bindArguments(f, a, s); err != nil {
		return nil, err
	}
	t.depth += 3
	defer func() { t.depth -= 3 }()
	if f.code.result != nil {
		return t.eval(f.code.result, s)
	}
	r, err := t.body(f.code.body, s)
	return r.value, err
}

// bindArguments gives the parameters of a function their values.
func (t *thread) bindArguments(f *function, a args, s *scope) error {
	code := f.code
	used, next := map[string]bool{}, 0
	var missing []string
	for i, p := range code.params {
		v, named := a.kw[p.name]
		switch {
		case !p.byName && next < len(a.pos):
			if named {
				return t.raise("TypeError", "%s() got multiple values for argument '%s'", code.name, p.name)
			}
			s.vars[p.name] = a.pos[next]
			next++
		case named:
			s.vars[p.name] = v
			used[p.name] = true
		case f.hasValue[i]:
			s.vars[p.name] = f.defaults[i]
		default:
			missing = append(missing, "'"+p.name+"'")
		}
	}
	if len(missing) > 0 {
		return t.raise("TypeError", "%s() missing %d required positional argument%s: %s", code.name, len(missing), plural(len(missing)), strings.Join(missing, " and "))
	}
	if code.star != "" {
		s.vars[code.star] = &tuple{slices.Clone(a.pos[min(next, len(a.pos)):])}
	} else if next < len(a.pos) {
		return t.raise("TypeError", "%s() takes %d positional argument%s but %d %s given", code.name, len(code.params), plural(len(code.params)),
			len(a.pos), map[bool]string{true: "was", false: "were"}[len(a.pos) == 1])
	}
	rest := newDict()
	for _, name := range slices.Sorted(maps.Keys(a.kw)) {
		if !used[name] {
			rest.put(name, a.kw[name])
		}
	}
	if code.starStar != "" {
		s.vars[code.starStar] = rest
	} else if len(rest.entries) > 0 {
		return t.raise("TypeError", "%s() got an unexpected keyword argument '%s'", code.name, toStr(t, rest.entries[0].key))
	}
	return nil
}

func plural(n int) string {
	if n == 1 {
		return ""
	}
	return "s"
}

// bind makes a method out of a function found in a class.
func (t *thread) bind(v any, self any) any {
	switch v := v.(type) {
	case *function:
		return &boundMethod{self, v}
	case *builtin:
		if strings.HasPrefix(v.name, "method ") {
			return &boundMethod{self, v}
		}
	case *staticMethod:
		return v.fn
	case *classMethod:
		if o, ok := self.(*object); ok {
			return &boundMethod{o.class, v.fn}
		}
	}
	return v
}

// callMethod calls a method by name.
func (t *thread) callMethod(v any, name string, a args) (any, error) {
	m, err := t.getAttr(v, name)
	if err != nil {
		return nil, err
	}
	return t.call(m, a)
}

// getAttr is v.name.
func (t *thread) getAttr(v any, name string) (any, error) {
	switch v := v.(type) {
	case *module:
		if x, ok := v.attrs[name]; ok {
			return x, nil
		}
		if v.file == "" {
			return nil, lacks("%s.%s", v.name, name)
		}
		return nil, t.raise("AttributeError", "module '%s' has no attribute '%s'", v.name, name)
	case *object:
		return t.objectAttr(v, name)
	case *class:
		switch name {
		case "__name__":
			return v.name, nil
		case "__init__":
			if v.find(name) == nil {
				return fn("method __init__", func(*thread, args) (any, error) { return nil, nil }), nil
			}
		}
		if x := v.find(name); x != nil {
			if c, ok := x.(*classMethod); ok {
				return &boundMethod{v, c.fn}, nil
			}
			if s, ok := x.(*staticMethod); ok {
				return s.fn, nil
			}
			return x, nil
		}
		return nil, t.raise("AttributeError", "type object '%s' has no attribute '%s'", v.name, name)
	case *function:
		if name == "__name__" {
			return v.code.name, nil
		}
	case *builtin:
		if x, ok := t.typeAttr(v.name, name); ok {
			return x, nil
		}
	case attributed:
		if x, ok := v.attr(t, name); ok {
			return x, nil
		}
		return nil, lacks("%s.%s", v.typeName(), name)
	}
	if m := t.valueMethod(v, name); m != nil {
		return m, nil
	}
	return nil, t.raise("AttributeError", "'%s' object has no attribute '%s'", typeName(v), name)
}

func (t *thread) objectAttr(o *object, name string) (any, error) {
	if x, ok := o.attrs[name]; ok {
		return x, nil
	}
	if name == "__class__" {
		return o.class, nil
	}
	if name == "__dict__" {
		d := newDict()
		for _, k := range slices.Sorted(maps.Keys(o.attrs)) {
			d.put(k, o.attrs[k])
		}
		return d, nil
	}
	if x := o.class.find(name); x != nil {
		if p, ok := x.(*property); ok {
			return t.call(p.get, args{pos: []any{o}})
		}
		return t.bind(x, o), nil
	}
	if a, ok := o.native.(attributed); ok {
		if x, ok := a.attr(t, name); ok {
			return x, nil
		}
	}
	return nil, t.raise("AttributeError", "'%s' object has no attribute '%s'", o.class.name, name)
}

func (t *thread) setAttr(v any, name string, x any) error {
	switch v := v.(type) {
	case *object:
		if p, ok := v.class.find(name).(*property); ok && p.set != nil {
			_, err := t.call(p.set, args{pos: []any{v, x}})
			return err
		}
		v.attrs[name] = x
		return nil
	case *class:
		v.attrs[name] = x
		return nil
	case *module:
		v.attrs[name] = x
		return nil
	case settable:
		return v.setAttr(t, name, x)
	case *function:
		return nil
	}
	return t.raise("AttributeError", "'%s' object has no attribute '%s'", typeName(v), name)
}
