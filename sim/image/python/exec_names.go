package python

import (
	"slices"
)

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
