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
