package python

import (
	"slices"
	"strings"
)

// simpleLine reads statements separated by semicolons up to the end of the line.
func (p *parser) simpleLine() ([]stmt, error) {
	var list []stmt
	for {
		s, err := p.simple()
		if err != nil {
			return nil, err
		}
		list = append(list, s)
		semicolon := p.accept(";")
		if p.peek().kind == newline {
			p.next()
			return list, nil
		}
		if p.peek().kind == endOfFile {
			return list, nil
		}
		if !semicolon {
			return nil, p.fail(p.guess())
		}
	}
}

// guess is what CPython says about a line that goes on where it should not.
func (p *parser) guess() string {
	if p.pos > 0 && p.tokens[p.pos-1].kind == nameToken {
		if word := p.tokens[p.pos-1].text; word == "print" || word == "exec" {
			return "Missing parentheses in call to '" + word + "'. Did you mean " + word + "(...)?"
		}
	}
	return "invalid syntax"
}

func (p *parser) simple() (stmt, error) {
	t := p.peek()
	start := t.at
	if t.kind == nameToken {
		switch t.text {
		case "pass", "break", "continue":
			p.next()
			return &simpleStmt{start, t.text}, nil
		case "return":
			p.next()
			s := &returnStmt{span: start}
			var err error
			if !p.atEnd() {
				s.value, err = p.exprList()
			}
			s.span = p.from(start)
			return s, err
		case "raise":
			return p.raise()
		case "import", "from":
			return p.importing()
		case "global", "nonlocal":
			return p.scope()
		case "del":
			p.next()
			x, err := p.exprList()
			if err != nil {
				return nil, err
			}
			targets := []expr{x}
			if l, ok := x.(*listExpr); ok && l.kind == "tuple" {
				targets = l.items
			}
			return &delStmt{p.from(start), targets}, nil
		case "assert":
			p.next()
			s := &assertStmt{span: start}
			var err error
			if s.test, err = p.expr(); err == nil && p.accept(",") {
				s.message, err = p.expr()
			}
			s.span = p.from(start)
			return s, err
		}
	}
	return p.assignment()
}

func (p *parser) atEnd() bool {
	k := p.peek().kind
	return k == newline || k == endOfFile || p.is(";")
}

func (p *parser) raise() (stmt, error) {
	start := p.next().at
	s := &raiseStmt{span: start}
	var err error
	if !p.atEnd() {
		if s.x, err = p.expr(); err == nil && p.accept("from") {
			s.from, err = p.expr()
		}
	}
	s.span = p.from(start)
	return s, err
}

func (p *parser) scope() (stmt, error) {
	t := p.next()
	s := &scopeStmt{span: t.at, word: t.text}
	for {
		name, err := p.name()
		if err != nil {
			return nil, err
		}
		s.names = append(s.names, name)
		if p.fn != nil && t.text == "global" {
			p.fn.globals[name] = true
		} else if p.fn != nil {
			p.fn.nonlocals[name] = true
		}
		if !p.accept(",") {
			return s, nil
		}
	}
}

func (p *parser) dotted() (string, error) {
	dots := ""
	for p.is(".") || p.is("...") {
		dots += p.next().text
	}
	if dots != "" && p.is("import") {
		return dots, nil
	}
	name, err := p.name()
	if err != nil {
		return "", err
	}
	for p.accept(".") {
		more, err := p.name()
		if err != nil {
			return "", err
		}
		name += "." + more
	}
	return dots + name, nil
}

func (p *parser) importing() (stmt, error) {
	t := p.next()
	s := &importStmt{span: t.at, from: t.text == "from"}
	module, err := p.dotted()
	if err != nil {
		return nil, err
	}
	s.module = module
	if !s.from {
		if p.accept("as") {
			if s.as, err = p.name(); err != nil {
				return nil, err
			}
		}
		for p.accept(",") {
			more := importName{}
			if more.name, err = p.dotted(); err != nil {
				return nil, err
			}
			if p.accept("as") {
				if more.as, err = p.name(); err != nil {
					return nil, err
				}
			}
			s.names = append(s.names, more)
		}
		s.span = p.from(t.at)
		return s, nil
	}
	if err := p.expect("import"); err != nil {
		return nil, err
	}
	if p.accept("*") {
		s.names = []importName{{name: "*"}}
		s.span = p.from(t.at)
		return s, nil
	}
	paren := p.accept("(")
	for {
		n := importName{}
		if n.name, err = p.name(); err != nil {
			return nil, err
		}
		if p.accept("as") {
			if n.as, err = p.name(); err != nil {
				return nil, err
			}
		}
		s.names = append(s.names, n)
		if !p.accept(",") || paren && p.is(")") {
			break
		}
	}
	if paren {
		if err := p.expect(")"); err != nil {
			return nil, err
		}
	}
	s.span = p.from(t.at)
	return s, nil
}

// assignment reads an expression, or an assignment of any kind.
func (p *parser) assignment() (stmt, error) {
	start := p.peek().at
	first, err := p.exprList()
	if err != nil {
		return nil, err
	}
	if t := p.peek(); t.kind == opToken && strings.HasSuffix(t.text, "=") && !slices.Contains([]string{"=", "==", "!=", "<=", ">=", ":="}, t.text) {
		p.next()
		value, err := p.exprList()
		if err == nil {
			err = assignable(first)
		}
		return &augStmt{p.from(start), first, strings.TrimSuffix(t.text, "="), value}, err
	}
	if p.accept(":") {
		if _, err := p.expr(); err != nil {
			return nil, err
		}
		if !p.is("=") {
			return &simpleStmt{p.from(start), "pass"}, nil
		}
	}
	if !p.is("=") {
		return &exprStmt{p.from(start), first}, nil
	}
	s := &assignStmt{}
	last := first
	for p.accept("=") {
		if err := assignable(last); err != nil {
			return nil, err
		}
		s.targets = append(s.targets, last)
		if last, err = p.exprList(); err != nil {
			return nil, err
		}
	}
	s.value, s.span = last, p.from(start)
	return s, nil
}

// assignable refuses what cannot stand left of an equals sign.
func assignable(x expr) error {
	switch x := x.(type) {
	case *nameExpr, *attrExpr, *indexExpr:
		return nil
	case *starExpr:
		return assignable(x.x)
	case *listExpr:
		for _, item := range x.items {
			if err := assignable(item); err != nil {
				return err
			}
		}
		return nil
	case *callExpr:
		return &syntaxError{"SyntaxError", "cannot assign to function call here. Maybe you meant '==' instead of '='?", x.span}
	}
	return &syntaxError{"SyntaxError", "cannot assign to expression here. Maybe you meant '==' instead of '='?", x.place()}
}
