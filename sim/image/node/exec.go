package node

// done says how a statement ended.
type done int

const (
	normal done = iota
	broke
	continued
	returned
)

// runBlock runs statements in a scope.
func (r *runtime) runBlock(list []*tree, s *scope) (done, any) {
	r.hoist(list, s)
	for _, t := range list {
		if how, v := r.exec(t, s); how != normal {
			return how, v
		}
	}
	return normal, nil
}

func (r *runtime) exec(t *tree, s *scope) (done, any) {
	r.step()
	if t.line > 0 {
		r.line, r.col, r.file0 = t.line, t.col, s.file
	}
	switch t.kind {
	case "expression":
		r.eval1(t.a, s)
	case "var":
		for _, d := range t.list {
			r.declareVar(d, s)
		}
	case "function":
	case "class":
		s.declare(t.text, r.makeClass(t, s), false)
	case "block":
		return r.runBlock(t.list, s.child())
	case "if":
		if truthy(r.eval1(t.a, s)) {
			return r.exec(t.b, s)
		} else if t.c != nil {
			return r.exec(t.c, s)
		}
	case "for", "forof", "forin", "while", "do":
		return r.loopStatement(t, s)
	case "switch":
		return r.switchOn(t, s)
	case "return":
		if t.a == nil {
			return returned, nil
		}
		return returned, r.eval1(t.a, s)
	case "throw":
		v := r.eval1(t.a, s)
		panic(&thrown{v})
	case "break":
		return broke, nil
	case "continue":
		return continued, nil
	case "try":
		return r.tryBlock(t, s)
	case "import":
		r.importNames(t, s)
	case "export":
		r.export(t, s)
	}
	return normal, nil
}

func (r *runtime) declareVar(d *tree, s *scope) {
	var v any
	if d.b != nil {
		v = r.named(d.b, d.a, s)
	} else if d.text == "var" {
		return
	}
	if d.text == "var" {
		r.bind(d.a, v, s.function(), "var")
		return
	}
	r.bind(d.a, v, s, d.text)
}

// named evaluates a value; a function without a name gets that of its variable.
func (r *runtime) named(value, target *tree, s *scope) any {
	v := r.eval1(value, s)
	if o, ok := v.(*object); ok && target.kind == "name" && o.fn != nil && (value.kind == "arrow" || value.kind == "function" && value.text == "") {
		o.hide("name", target.text)
	}
	return v
}

// bind gives a value to a pattern: how is "let", "const", "var" or "" for an
// assignment to what is there.
func (r *runtime) bind(t *tree, v any, s *scope, how string) {
	switch t.kind {
	case "name":
		if how == "" {
			r.assignName(t, v, s)
			return
		}
		s.declare(t.text, v, how == "const")
	case "member", "index":
		r.assignTo(t, v, s)
	case "assign":
		if v == nil {
			v = r.eval1(t.b, s)
		}
		r.bind(t.a, v, s, how)
	case "array":
		r.bindList(t, r.iterate(v), s, how)
	case "object":
		if nullish(v) {
			r.throwf("TypeError", "Cannot destructure '%s' as it is %s.", toText(v), toText(v))
		}
		used := map[string]bool{}
		for _, m := range t.list {
			if m.kind == "spread" {
				rest := newObject()
				for _, k := range r.keysOf(v) {
					if !used[k] {
						rest.set(k, r.get(v, k))
					}
				}
				r.bind(m.a, rest, s, how)
				continue
			}
			name := m.text
			if m.b != nil {
				name = toText(r.eval1(m.b, s))
			}
			used[name] = true
			r.bind(m.a, r.get(v, name), s, how)
		}
	default:
		r.throwf("SyntaxError", "Invalid destructuring assignment target")
	}
}

func (r *runtime) bindList(t *tree, list []any, s *scope, how string) {
	for i, e := range t.list {
		switch e.kind {
		case "hole":
		case "spread", "rest":
			r.bind(e.a, newArray(append([]any(nil), list[min(i, len(list)):]...)...), s, how)
		default:
			r.bind(e, argument(list, i), s, how)
		}
	}
}

// loopStatement runs for, while and do.
func (r *runtime) loopStatement(t *tree, s *scope) (done, any) {
	if t.kind == "forof" || t.kind == "forin" {
		return r.forEach(t, s)
	}
	condition, after := t.a, (*tree)(nil)
	body := t.b
	in := s.child()
	if t.kind == "for" {
		if t.list[0] != nil {
			r.exec(t.list[0], in)
		}
		condition, after, body = t.list[1], t.list[2], t.c
	}
	for first := true; ; first = false {
		r.step()
		if !(t.kind == "do" && first) && condition != nil && !truthy(r.eval1(condition, in)) {
			return normal, nil
		}
		how, v := r.exec(body, in)
		if how == broke {
			return normal, nil
		}
		if how == returned {
			return how, v
		}
		if t.kind == "for" {
			in = &scope{outer: in.outer, this: in.this, home: in.home, file: in.file, vars: copyVars(in.vars)} // each round has its own variables
		}
		if after != nil {
			r.eval1(after, in)
		}
	}
}

func copyVars(vars map[string]*binding) map[string]*binding {
	fresh := make(map[string]*binding, len(vars))
	for k, b := range vars {
		c := *b
		fresh[k] = &c
	}
	return fresh
}

func (r *runtime) forEach(t *tree, s *scope) (done, any) {
	v := r.eval1(t.b, s)
	var list []any
	if t.kind == "forin" {
		for _, k := range r.keysOf(v) {
			list = append(list, k)
		}
	} else {
		list = r.iterate(v)
	}
	for _, e := range list {
		in := s.child()
		if t.a.kind == "var" {
			r.bind(t.a.list[0].a, e, in, "let")
		} else {
			r.bind(t.a.a, e, in, "")
		}
		how, v := r.exec(t.c, in)
		if how == broke {
			break
		}
		if how == returned {
			return how, v
		}
	}
	return normal, nil
}

func (r *runtime) switchOn(t *tree, s *scope) (done, any) {
	v, in, start := r.eval1(t.a, s), s.child(), -1
	for i, c := range t.list {
		if c.a != nil && strictEqual(v, r.eval1(c.a, in)) {
			start = i
			break
		}
	}
	if start < 0 {
		for i, c := range t.list {
			if c.a == nil {
				start = i
			}
		}
	}
	if start < 0 {
		return normal, nil
	}
	for _, c := range t.list[start:] {
		how, v := r.runBlock(c.list, in)
		if how == broke {
			return normal, nil
		}
		if how != normal {
			return how, v
		}
	}
	return normal, nil
}

func (r *runtime) tryBlock(t *tree, s *scope) (how done, v any) {
	if t.c != nil {
		defer func() {
			failure := recover()
			if _, ok := failure.(*thrown); failure != nil && !ok {
				panic(failure)
			}
			if h, w := r.exec(t.c, s); h != normal {
				how, v = h, w
				return
			}
			if failure != nil {
				panic(failure)
			}
		}()
	}
	if t.b == nil {
		return r.exec(t.a, s)
	}
	how, v, failed := r.attempt(func() (done, any) { return r.exec(t.a, s) })
	if failed == nil {
		return how, v
	}
	in := s.child()
	if len(t.list) > 0 {
		r.bind(t.list[0], failed.value, in, "let")
	}
	return r.exec(t.b, in)
}

// attempt runs something and catches what it throws.
func (r *runtime) attempt(fn func() (done, any)) (how done, v any, failed *thrown) {
	depth, tasks := len(r.calls), r.inTask
	defer func() {
		switch t := recover().(type) {
		case nil:
		case *thrown:
			failed, r.calls, r.inTask = t, r.calls[:min(depth, len(r.calls))], tasks
		default:
			panic(t)
		}
	}()
	how, v = fn()
	return how, v, nil
}
