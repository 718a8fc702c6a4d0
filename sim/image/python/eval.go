package python

import (
	"strings"
)

// eval computes an expression.
func (t *thread) eval(x expr, s *scope) (any, error) {
	if t.depth++; t.depth > 900 {
		t.depth--
		return nil, t.raise("RecursionError", "maximum recursion depth exceeded")
	}
	v, err := t.evaluate(x, s)
	t.depth--
	if err != nil {
		return nil, t.locate(err, x.place())
	}
	return v, nil
}

func (t *thread) evaluate(x expr, s *scope) (any, error) {
	switch x := x.(type) {
	case *constExpr:
		return x.value, nil
	case *nameExpr:
		return t.lookup(x.id, s)
	case *fstringExpr:
		return t.fstring(x.parts, s)
	case *attrExpr:
		v, err := t.eval(x.x, s)
		if err != nil {
			return nil, err
		}
		return t.getAttr(v, x.name)
	case *callExpr:
		return t.evalCall(x, s)
	case *binaryExpr:
		left, err := t.eval(x.left, s)
		if err != nil {
			return nil, err
		}
		right, err := t.eval(x.right, s)
		if err != nil {
			return nil, err
		}
		return t.binary(x.op, left, right)
	case *boolExpr:
		left, err := t.eval(x.left, s)
		if err != nil || truthy(left) == (x.op == "or") {
			return left, err
		}
		return t.eval(x.right, s)
	case *compareExpr:
		return t.evalCompare(x, s)
	case *unaryExpr:
		v, err := t.eval(x.x, s)
		if err != nil {
			return nil, err
		}
		return t.unary(x.op, v)
	case *ifExpr:
		test, err := t.eval(x.test, s)
		if err != nil {
			return nil, err
		}
		if truthy(test) {
			return t.eval(x.yes, s)
		}
		return t.eval(x.no, s)
	case *lambdaExpr:
		return t.function(x.fn, s)
	case *walrusExpr:
		v, err := t.eval(x.x, s)
		if err == nil {
			err = s.set(x.name, v)
		}
		return v, err
	}
	return t.evalCollection(x, s)
}

func (t *thread) evalCollection(x expr, s *scope) (any, error) {
	switch x := x.(type) {
	case *listExpr:
		items, err := t.evalItems(x.items, s)
		if err != nil {
			return nil, err
		}
		switch x.kind {
		case "tuple":
			return &tuple{items}, nil
		case "set":
			return t.makeSet(items)
		}
		return &list{items}, nil
	case *dictExpr:
		d := newDict()
		for i, key := range x.keys {
			v, err := t.eval(x.values[i], s)
			if err != nil {
				return nil, err
			}
			if key == nil {
				if more, ok := v.(*dict); ok {
					for _, e := range more.entries {
						d.put(e.key, e.value)
					}
				}
				continue
			}
			k, err := t.eval(key, s)
			if err != nil {
				return nil, err
			}
			if !d.put(k, v) {
				return nil, t.raise("TypeError", "unhashable type: '%s'", typeName(k))
			}
		}
		return d, nil
	case *compExpr:
		return t.comprehension(x, s)
	case *indexExpr:
		v, err := t.eval(x.x, s)
		if err != nil {
			return nil, err
		}
		i, err := t.eval(x.index, s)
		if err != nil {
			return nil, err
		}
		return t.getItem(v, i)
	case *sliceExpr:
		parts := make([]any, 3)
		for i, e := range []expr{x.low, x.high, x.step} {
			if e == nil {
				continue
			}
			v, err := t.eval(e, s)
			if err != nil {
				return nil, err
			}
			parts[i] = v
		}
		return &sliceValue{parts[0], parts[1], parts[2]}, nil
	case *starExpr:
		return nil, t.raise("SyntaxError", "can't use starred expression here")
	}
	return nil, lacks("this expression")
}

// sliceValue is what stands in brackets with colons.
type sliceValue struct{ low, high, step any }

func (t *thread) evalItems(list []expr, s *scope) ([]any, error) {
	items := make([]any, 0, len(list))
	for _, x := range list {
		if star, ok := x.(*starExpr); ok {
			v, err := t.eval(star.x, s)
			if err != nil {
				return nil, err
			}
			more, err := t.items(v)
			if err != nil {
				return nil, err
			}
			items = append(items, more...)
			continue
		}
		v, err := t.eval(x, s)
		if err != nil {
			return nil, err
		}
		items = append(items, v)
	}
	return items, nil
}

func (t *thread) makeSet(items []any) (any, error) {
	d := newDict()
	for _, item := range items {
		if !d.put(item, nil) {
			return nil, t.raise("TypeError", "unhashable type: '%s'", typeName(item))
		}
	}
	return &set{d}, nil
}

func (t *thread) comprehension(c *compExpr, s *scope) (any, error) {
	inner := &scope{vars: map[string]any{}, module: s.module, outer: s, name: s.name}
	var items []any
	d := newDict()
	err := t.compLoop(c, c.fors, inner, func() error {
		v, err := t.eval(c.item, inner)
		if err != nil {
			return err
		}
		if c.kind != "dict" {
			items = append(items, v)
			return nil
		}
		k, err := t.eval(c.key, inner)
		if err == nil && !d.put(k, v) {
			err = t.raise("TypeError", "unhashable type: '%s'", typeName(k))
		}
		return err
	})
	switch {
	case err != nil:
		return nil, err
	case c.kind == "dict":
		return d, nil
	case c.kind == "set":
		return t.makeSet(items)
	}
	return &list{items}, nil
}

func (t *thread) compLoop(c *compExpr, fors []compFor, s *scope, item func() error) error {
	if len(fors) == 0 {
		return item()
	}
	in, err := t.eval(fors[0].in, s)
	if err != nil {
		return err
	}
	return t.each(in, func(v any) (bool, error) {
		if err := t.step(); err != nil {
			return false, err
		}
		if err := t.assign(fors[0].target, v, s); err != nil {
			return false, err
		}
		for _, cond := range fors[0].conds {
			ok, err := t.eval(cond, s)
			if err != nil || !truthy(ok) {
				return true, err
			}
		}
		return true, t.compLoop(c, fors[1:], s, item)
	})
}

func (t *thread) evalCompare(c *compareExpr, s *scope) (any, error) {
	left, err := t.eval(c.left, s)
	if err != nil {
		return nil, err
	}
	for i, op := range c.ops {
		right, err := t.eval(c.rights[i], s)
		if err != nil {
			return nil, err
		}
		ok, err := t.compare(op, left, right)
		if err != nil || !ok {
			return false, err
		}
		left = right
	}
	return true, nil
}

func (t *thread) fstring(parts []fpart, s *scope) (any, error) {
	var b strings.Builder
	for _, part := range parts {
		if part.x == nil {
			b.WriteString(part.text)
			continue
		}
		v, err := t.eval(part.x, s)
		if err != nil {
			return nil, err
		}
		b.WriteString(part.debug)
		spec := ""
		if part.format != nil {
			text, err := t.fstring(part.format, s)
			if err != nil {
				return nil, err
			}
			spec = text.(string)
		}
		switch {
		case part.conv == "r" || part.conv == "a" || part.debug != "" && part.format == nil && part.conv == "":
			v = repr(t, v)
		case part.conv == "s":
			v = toStr(t, v)
		}
		text, err := t.format(v, spec)
		if err != nil {
			return nil, err
		}
		b.WriteString(text)
	}
	return b.String(), nil
}
