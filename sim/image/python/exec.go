package python

import (
	"errors"
	"slices"
)

// scope is where names are kept: a module, a function call, a class body.
type scope struct {
	vars   map[string]any
	module *module
	outer  *scope // the enclosing function's, nil for a module's
	code   *functionCode
	class  bool
	name   string // for tracebacks
}

// flow says how a list of statements ended.
type flow int

const (
	onward flow = iota
	broke
	continued
	returned
)

// result is a flow with the value that was returned.
type result struct {
	flow  flow
	value any
}

// body runs statements in a frame of its own: the error gets a traceback entry.
func (t *thread) body(list []stmt, s *scope) (result, error) {
	r, at, err := t.block(list, s)
	var e *raised
	if errors.As(err, &e) {
		place := at
		if e.located {
			place = e.place
		}
		e.trace = append(e.trace, traceEntry{s.module.file, s.name, place})
		e.located = false
	}
	return r, err
}

// block runs statements and tells which one failed.
func (t *thread) block(list []stmt, s *scope) (result, span, error) {
	for _, st := range list {
		r, err := t.exec(st, s)
		if err != nil || r.flow != onward {
			return r, st.place(), t.locate(err, st.place())
		}
	}
	return result{}, span{}, nil
}

// locate notes where an error happened, if nobody closer did.
func (t *thread) locate(err error, at span) error {
	switch e := err.(type) {
	case *raised:
		if !e.located {
			e.place, e.located = at, true
		}
	case *unsupported:
		if e.at.line == 0 {
			e.at = at
		}
	}
	return err
}

func (t *thread) run(list []stmt, s *scope) (result, error) {
	r, _, err := t.block(list, s)
	return r, err
}

func (t *thread) exec(st stmt, s *scope) (result, error) {
	if err := t.step(); err != nil {
		return result{}, err
	}
	switch st := st.(type) {
	case *exprStmt:
		_, err := t.eval(st.x, s)
		return result{}, err
	case *assignStmt:
		v, err := t.eval(st.value, s)
		for _, target := range st.targets {
			if err == nil {
				err = t.assign(target, v, s)
			}
		}
		return result{}, err
	case *augStmt:
		return result{}, t.augment(st, s)
	case *returnStmt:
		if st.value == nil {
			return result{flow: returned}, nil
		}
		v, err := t.eval(st.value, s)
		return result{returned, v}, err
	case *ifStmt:
		v, err := t.eval(st.test, s)
		if err != nil {
			return result{}, err
		}
		if truthy(v) {
			return t.run(st.then, s)
		}
		return t.run(st.els, s)
	case *whileStmt:
		return t.while(st, s)
	case *forStmt:
		return t.forLoop(st, s)
	case *tryStmt:
		return t.try(st, s)
	case *withStmt:
		return t.with(st, s, 0)
	case *simpleStmt:
		return result{flow: map[string]flow{"break": broke, "continue": continued}[st.word]}, nil
	case *scopeStmt:
		return result{}, nil
	case *raiseStmt:
		return result{}, t.raiseStatement(st, s)
	}
	return result{}, t.define(st, s)
}

// define runs the statements that make or remove names.
func (t *thread) define(st stmt, s *scope) error {
	switch st := st.(type) {
	case *defStmt:
		v, err := t.function(st.fn, s)
		if err != nil {
			return err
		}
		return t.decorate(v, st.fn.decorators, st.fn.name, s)
	case *classStmt:
		return t.classStatement(st, s)
	case *importStmt:
		return t.importStatement(st, s)
	case *delStmt:
		for _, target := range st.targets {
			if err := t.remove(target, s); err != nil {
				return err
			}
		}
		return nil
	case *assertStmt:
		v, err := t.eval(st.test, s)
		if err != nil || truthy(v) {
			return err
		}
		if st.message == nil {
			return t.raise("AssertionError", "")
		}
		m, err := t.eval(st.message, s)
		if err != nil {
			return err
		}
		return t.raise("AssertionError", "%s", toStr(t, m))
	}
	return lacks("this statement")
}

func (t *thread) decorate(v any, decorators []expr, name string, s *scope) error {
	for i := len(decorators) - 1; i >= 0; i-- {
		d, err := t.eval(decorators[i], s)
		if err != nil {
			return err
		}
		if v, err = t.call(d, args{pos: []any{v}}); err != nil {
			return err
		}
	}
	return s.set(name, v)
}

func (t *thread) while(st *whileStmt, s *scope) (result, error) {
	for {
		v, err := t.eval(st.test, s)
		if err != nil {
			return result{}, err
		}
		if !truthy(v) {
			return t.run(st.els, s)
		}
		r, err := t.run(st.body, s)
		if err != nil || r.flow == returned {
			return r, err
		}
		if r.flow == broke {
			return result{}, nil
		}
		if len(st.body) == 1 {
			if err := t.step(); err != nil {
				return result{}, err
			}
		}
	}
}

func (t *thread) forLoop(st *forStmt, s *scope) (result, error) {
	in, err := t.eval(st.in, s)
	if err != nil {
		return result{}, err
	}
	out := result{}
	err = t.each(in, func(v any) (bool, error) {
		if err := t.assign(st.target, v, s); err != nil {
			return false, err
		}
		r, err := t.run(st.body, s)
		if err != nil || r.flow == returned || r.flow == broke {
			out = r
			return false, err
		}
		return true, nil
	})
	switch {
	case err != nil || out.flow == returned:
		return out, err
	case out.flow == broke:
		return result{}, nil
	}
	return t.run(st.els, s)
}

func (t *thread) try(st *tryStmt, s *scope) (r result, err error) {
	r, err = t.run(st.body, s)
	if e, ok := err.(*raised); ok {
		r, err = t.except(st, e, s)
	} else if err == nil && r.flow == onward {
		r, err = t.run(st.els, s)
	}
	if len(st.finally) > 0 {
		if _, fatal := err.(*unsupported); fatal {
			return r, err
		}
		last, finalErr := t.run(st.finally, s)
		if finalErr != nil || last.flow != onward {
			return last, finalErr
		}
	}
	return r, err
}

func (t *thread) except(st *tryStmt, e *raised, s *scope) (result, error) {
	for _, h := range st.handlers {
		if h.kind != nil {
			kind, err := t.eval(h.kind, s)
			if err != nil {
				return result{}, err
			}
			if !catches(kind, e.value.class) {
				continue
			}
		} else if false {
			continue
		}
		if h.name != "" {
			if err := s.set(h.name, e.value); err != nil {
				return result{}, err
			}
		}
		t.handling = append(t.handling, e)
		r, err := t.run(h.body, s)
		t.handling = t.handling[:len(t.handling)-1]
		return r, err
	}
	return result{}, e
}

func catches(kind any, c *class) bool {
	switch kind := kind.(type) {
	case *class:
		return c.isSubclass(kind)
	case *tuple:
		return slices.ContainsFunc(kind.items, func(k any) bool { return catches(k, c) })
	}
	return false
}

func (t *thread) with(st *withStmt, s *scope, i int) (result, error) {
	if i == len(st.items) {
		return t.run(st.body, s)
	}
	manager, err := t.eval(st.items[i].x, s)
	if err != nil {
		return result{}, err
	}
	v, err := t.callMethod(manager, "__enter__", args{})
	if err != nil {
		return result{}, err
	}
	if target := st.items[i].target; target != nil {
		if err := t.assign(target, v, s); err != nil {
			return result{}, err
		}
	}
	r, err := t.with(st, s, i+1)
	exit := args{pos: []any{nil, nil, nil}}
	e, isRaised := err.(*raised)
	if isRaised {
		exit = args{pos: []any{e.value.class, e.value, nil}}
	}
	swallow, exitErr := t.callMethod(manager, "__exit__", exit)
	switch {
	case exitErr != nil:
		return result{}, exitErr
	case isRaised && truthy(swallow):
		return result{}, nil
	}
	return r, err
}

func (t *thread) raiseStatement(st *raiseStmt, s *scope) error {
	if st.x == nil {
		if len(t.handling) == 0 {
			return t.raise("RuntimeError", "No active exception to reraise")
		}
		return t.handling[len(t.handling)-1]
	}
	v, err := t.eval(st.x, s)
	if err != nil {
		return err
	}
	if c, ok := v.(*class); ok {
		if v, err = t.call(c, args{}); err != nil {
			return err
		}
	}
	o, ok := v.(*object)
	if !ok || !o.class.isException() {
		return t.raise("TypeError", "exceptions must derive from BaseException")
	}
	e := &raised{value: o}
	e.place, e.located = st.span, true
	return e
}

func (t *thread) classStatement(st *classStmt, s *scope) error {
	c := &class{name: st.name, attrs: map[string]any{"__module__": s.module.name}}
	for _, b := range st.bases {
		v, err := t.eval(b, s)
		if err != nil {
			return err
		}
		base, ok := v.(*class)
		if !ok {
			return lacks("a class based on %s", typeName(v))
		}
		c.bases = append(c.bases, base)
	}
	inner := &scope{vars: c.attrs, module: s.module, outer: s, class: true, name: st.name}
	if _, err := t.body(st.body, inner); err != nil {
		return err
	}
	for name, v := range c.attrs {
		if f, ok := v.(*function); ok {
			f.owner = c
			_ = name
		}
	}
	return t.decorate(c, st.decorators, st.name, s)
}

// function makes a function value; defaults are evaluated now.
func (t *thread) function(code *functionCode, s *scope) (any, error) {
	f := &function{code: code, module: s.module, outer: s, defaults: make([]any, len(code.params)), hasValue: make([]bool, len(code.params))}
	for i, p := range code.params {
		if p.otherwise == nil {
			continue
		}
		v, err := t.eval(p.otherwise, s)
		if err != nil {
			return nil, err
		}
		f.defaults[i], f.hasValue[i] = v, true
	}
	return f, nil
}

// lookup finds a name: here, in the enclosing functions, in the module, among
// the built-ins.
func (t *thread) lookup(name string, s *scope) (any, error) {
	for at := s; at != nil; at = at.outer {
		if at != s && at.class {
			continue
		}
		if at.code != nil && at.code.globals[name] {
			continue
		}
		if v, ok := at.vars[name]; ok {
			return v, nil
		}
	}
	if v, ok := s.module.attrs[name]; ok {
		return v, nil
	}
	if v, ok := t.in.builtins[name]; ok {
		return v, nil
	}
	if hidden := hiddenBuiltins(); slices.Contains(hidden, name) {
		return nil, lacks("%s()", name)
	}
	return nil, t.raise("NameError", "name '%s' is not defined%s", name, t.suggest(name, s))
}

// suggest is CPython's hint at a name that looks alike, or at a module that was
// not imported.
func (t *thread) suggest(name string, s *scope) string {
	if slices.Contains(standardModules(), name) {
		return ". Did you forget to import '" + name + "'?"
	}
	return ""
}

// set assigns a name in a scope.
func (s *scope) set(name string, v any) error {
	if s.code != nil && s.code.globals[name] {
		s.module.attrs[name] = v
		return nil
	}
	if s.code != nil && s.code.nonlocals[name] {
		for at := s.outer; at != nil; at = at.outer {
			if _, ok := at.vars[name]; ok {
				at.vars[name] = v
				return nil
			}
		}
	}
	s.vars[name] = v
	return nil
}

func (t *thread) assign(target expr, v any, s *scope) error {
	switch target := target.(type) {
	case *nameExpr:
		if old, ok := s.vars[target.id].(*bulk); ok {
			t.hold(-old.size)
		}
		return s.set(target.id, v)
	case *attrExpr:
		x, err := t.eval(target.x, s)
		if err != nil {
			return err
		}
		return t.locate(t.setAttr(x, target.name, v), target.span)
	case *indexExpr:
		x, err := t.eval(target.x, s)
		if err != nil {
			return err
		}
		i, err := t.eval(target.index, s)
		if err != nil {
			return err
		}
		return t.locate(t.setItem(x, i, v), target.span)
	case *listExpr:
		return t.unpack(target, v, s)
	case *starExpr:
		return t.assign(target.x, v, s)
	}
	return lacks("this assignment")
}

func (t *thread) unpack(target *listExpr, v any, s *scope) error {
	items, err := t.items(v)
	if err != nil {
		return err
	}
	star := slices.IndexFunc(target.items, func(x expr) bool { _, ok := x.(*starExpr); return ok })
	want := len(target.items)
	switch {
	case star >= 0 && len(items) >= want-1:
		extra := len(items) - want + 1
		middle := &list{slices.Clone(items[star : star+extra])}
		items = append(append(slices.Clone(items[:star]), middle), items[star+extra:]...)
	case len(items) < want:
		return t.raise("ValueError", "not enough values to unpack (expected %d, got %d)", want, len(items))
	case len(items) > want:
		return t.raise("ValueError", "too many values to unpack (expected %d)", want)
	}
	for i, x := range target.items {
		if err := t.assign(x, items[i], s); err != nil {
			return err
		}
	}
	return nil
}

func (t *thread) augment(st *augStmt, s *scope) error {
	if n, ok := st.target.(*nameExpr); ok && s.code != nil && !s.code.globals[n.id] && !s.code.nonlocals[n.id] {
		if _, here := s.vars[n.id]; !here {
			return t.locate(t.raise("UnboundLocalError", "cannot access local variable '%s' where it is not associated with a value", n.id), n.span)
		}
	}
	old, err := t.eval(st.target, s)
	if err != nil {
		return err
	}
	by, err := t.eval(st.value, s)
	if err != nil {
		return err
	}
	if l, ok := old.(*list); ok && st.op == "+" {
		items, err := t.items(by)
		l.items = append(l.items, items...)
		return err
	}
	v, err := t.binary(st.op, old, by)
	if err != nil {
		return t.locate(err, st.span)
	}
	return t.assign(st.target, v, s)
}

func (t *thread) remove(target expr, s *scope) error {
	switch target := target.(type) {
	case *nameExpr:
		if v, ok := s.vars[target.id].(*bulk); ok {
			t.hold(-v.size)
		}
		delete(s.vars, target.id)
		return nil
	case *indexExpr:
		x, err := t.eval(target.x, s)
		if err != nil {
			return err
		}
		i, err := t.eval(target.index, s)
		if err != nil {
			return err
		}
		return t.locate(t.removeItem(x, i), target.span)
	}
	return lacks("this del statement")
}
