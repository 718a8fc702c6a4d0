package node

// scope is the names of a block or function.
type scope struct {
	outer *scope
	vars  map[string]*binding
	fn    bool // var declarations stop here
	this  any
	home  *object // of the method that runs, for super
	file  string
}

type binding struct {
	value    any
	constant bool
	dead     bool // declared further down: not to be read yet
}

func (s *scope) child() *scope {
	return &scope{outer: s, this: s.this, home: s.home, file: s.file}
}

func (s *scope) find(name string) *binding {
	for ; s != nil; s = s.outer {
		if b := s.vars[name]; b != nil {
			return b
		}
	}
	return nil
}

func (s *scope) declare(name string, v any, constant bool) {
	if s.vars == nil {
		s.vars = map[string]*binding{}
	}
	s.vars[name] = &binding{value: v, constant: constant}
}

// function is the scope that a var belongs to.
func (s *scope) function() *scope {
	for !s.fn && s.outer != nil {
		s = s.outer
	}
	return s
}

// hoist declares functions before anything runs, and names of let, const and
// class as not to be read yet.
func (r *runtime) hoist(list []*tree, s *scope) {
	for _, t := range list {
		if t.kind == "export" && t.a != nil {
			t = t.a
		}
		switch t.kind {
		case "function":
			if t.text != "" {
				s.declare(t.text, r.closure(t, s), false)
			}
		case "class":
			s.declare(t.text, nil, false)
			s.vars[t.text].dead = true
		case "var":
			for _, d := range t.list {
				if d.a.kind == "name" && t.text != "var" {
					s.declare(d.a.text, nil, false)
					s.vars[d.a.text].dead = true
				} else if d.a.kind == "name" && s.function().vars[d.a.text] == nil {
					s.function().declare(d.a.text, nil, false)
				}
			}
		}
	}
}
