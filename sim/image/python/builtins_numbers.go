package python

import (
	"math"
	"slices"
)

func numeric() map[string]func(*thread, args) (any, error) {
	return map[string]func(*thread, args) (any, error){
		"abs": func(t *thread, a args) (any, error) {
			v, _ := a.get(0, "")
			if n, ok := asInt(v); ok {
				return max(n, -n), nil
			}
			f, ok := v.(float64)
			if !ok {
				return nil, t.raise("TypeError", "bad operand type for abs(): '%s'", typeName(v))
			}
			return math.Abs(f), nil
		},
		"round": func(t *thread, a args) (any, error) {
			v, _ := a.get(0, "number")
			f, ok := asFloat(v)
			if !ok {
				return nil, t.raise("TypeError", "type %s doesn't define __round__ method", typeName(v))
			}
			digits, ok := a.get(1, "ndigits")
			if !ok || digits == nil {
				return int64(math.RoundToEven(f)), nil
			}
			n, _ := asInt(digits)
			scale := math.Pow(10, float64(n))
			return math.RoundToEven(f*scale) / scale, nil
		},
		"divmod": func(t *thread, a args) (any, error) {
			x, _ := a.get(0, "")
			y, _ := a.get(1, "")
			q, err := t.binary("//", x, y)
			if err != nil {
				return nil, err
			}
			r, err := t.binary("%", x, y)
			return newTuple(q, r), err
		},
		"pow": func(t *thread, a args) (any, error) {
			x, _ := a.get(0, "")
			y, _ := a.get(1, "")
			return t.binary("**", x, y)
		},
	}
}

func reflection() map[string]func(*thread, args) (any, error) {
	exit := func(t *thread, a args) (any, error) {
		v, _ := a.get(0, "")
		return nil, &raised{value: &object{class: t.in.exceptions["SystemExit"], attrs: map[string]any{"args": newTuple(v)}}}
	}
	return map[string]func(*thread, args) (any, error){
		"isinstance": func(_ *thread, a args) (any, error) {
			v, _ := a.get(0, "")
			of, _ := a.get(1, "")
			return isInstance(v, of), nil
		},
		"issubclass": func(_ *thread, a args) (any, error) {
			v, _ := a.get(0, "")
			of, _ := a.get(1, "")
			c, ok := v.(*class)
			return ok && catches(of, c), nil
		},
		"type": func(t *thread, a args) (any, error) {
			v, _ := a.get(0, "")
			if o, ok := v.(*object); ok {
				return o.class, nil
			}
			if b, ok := t.in.builtins[typeName(v)]; ok {
				return b, nil
			}
			return &class{name: typeName(v), attrs: map[string]any{}}, nil
		},
		"getattr": func(t *thread, a args) (any, error) {
			v, _ := a.get(0, "")
			x, err := t.getAttr(v, a.str(1, "", ""))
			if otherwise, ok := a.get(2, ""); ok && err != nil {
				return otherwise, nil
			}
			return x, err
		},
		"hasattr": func(t *thread, a args) (any, error) {
			v, _ := a.get(0, "")
			_, err := t.getAttr(v, a.str(1, "", ""))
			return err == nil, nil
		},
		"setattr": func(t *thread, a args) (any, error) {
			v, _ := a.get(0, "")
			x, _ := a.get(2, "")
			return nil, t.setAttr(v, a.str(1, "", ""), x)
		},
		"callable": func(_ *thread, a args) (any, error) {
			v, _ := a.get(0, "")
			switch v := v.(type) {
			case *function, *builtin, *boundMethod, *class:
				return true, nil
			case *object:
				return v.class.find("__call__") != nil, nil
			}
			return false, nil
		},
		"id":           func(*thread, args) (any, error) { return int64(139872015036192), nil },
		"hash":         func(t *thread, a args) (any, error) { v, _ := a.get(0, ""); return int64(len(repr(t, v))) * 7919, nil },
		"globals":      func(*thread, args) (any, error) { return newDict(), nil },
		"locals":       func(*thread, args) (any, error) { return newDict(), nil },
		"exit":         exit,
		"quit":         exit,
		"property":     func(_ *thread, a args) (any, error) { v, _ := a.get(0, ""); return &property{get: v}, nil },
		"staticmethod": func(_ *thread, a args) (any, error) { v, _ := a.get(0, ""); return &staticMethod{v}, nil },
		"classmethod":  func(_ *thread, a args) (any, error) { v, _ := a.get(0, ""); return &classMethod{v}, nil },
	}
}

func isInstance(v, of any) bool {
	switch of := of.(type) {
	case *tuple:
		return slices.ContainsFunc(of.items, func(x any) bool { return isInstance(v, x) })
	case *class:
		if of.name == "object" {
			return true
		}
		o, ok := v.(*object)
		return ok && o.class.isSubclass(of)
	case *builtin:
		name := typeName(v)
		return name == of.name || of.name == "int" && name == "bool"
	}
	return false
}

// typeAttr is an attribute of a built-in type: dict.fromkeys, or a method
// without its object, such as str.upper.
func (t *thread) typeAttr(name, attr string) (any, bool) {
	switch {
	case attr == "__name__":
		return name, true
	case !slices.Contains(typeBuiltins(), name):
		return nil, false
	case name == "dict" && attr == "fromkeys":
		return fn(attr, func(t *thread, a args) (any, error) {
			items, err := a.items(t)
			d := newDict()
			v, _ := a.get(1, "value")
			for _, k := range items {
				d.put(k, v)
			}
			return d, err
		}), true
	case name == "bytes" && attr == "fromhex":
		return nil, false
	}
	return fn(attr, func(t *thread, a args) (any, error) {
		if len(a.pos) == 0 {
			return nil, t.raise("TypeError", "unbound method %s.%s() needs an argument", name, attr)
		}
		return t.callMethod(a.pos[0], attr, args{a.pos[1:], a.kw})
	}), true
}

func (p *property) typeName() string { return "property" }

// attr gives the setter decorator of a property.
func (p *property) attr(_ *thread, name string) (any, bool) {
	if name != "setter" {
		return nil, false
	}
	return fn("setter", func(_ *thread, a args) (any, error) {
		v, _ := a.get(0, "")
		return &property{p.get, v}, nil
	}), true
}
