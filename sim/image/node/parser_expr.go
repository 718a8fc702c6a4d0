package node

import "strings"

func (p *parser) expression() *tree {
	t := p.assignment()
	if !p.at(",") {
		return t
	}
	s := &tree{kind: "sequence", list: []*tree{t}, line: t.line, col: t.col}
	for p.accept(",") {
		s.list = append(s.list, p.assignment())
	}
	return s
}

// arrowAhead looks whether an arrow function begins here.
func (p *parser) arrowAhead() bool {
	i := 0
	if p.at("async") && !p.ahead(1).newline {
		if n := p.ahead(1); n.kind == nameToken && !isKeyword(n.text) || n.text == "(" {
			i = 1
		}
	}
	if t := p.ahead(i); t.kind == nameToken && !isKeyword(t.text) {
		return p.ahead(i+1).kind == signToken && p.ahead(i+1).text == "=>"
	}
	if t := p.ahead(i); t.kind != signToken || t.text != "(" {
		return false
	}
	for depth := 0; ; i++ {
		switch t := p.ahead(i); {
		case t.kind == endToken:
			return false
		case t.kind != signToken:
		case t.text == "(" || t.text == "[" || t.text == "{":
			depth++
		case t.text == ")" || t.text == "]" || t.text == "}":
			if depth--; depth == 0 {
				return p.ahead(i+1).kind == signToken && p.ahead(i+1).text == "=>"
			}
		}
	}
}

func (p *parser) arrow() *tree {
	f := p.make("arrow")
	if p.at("async") && p.ahead(1).text != "=>" {
		p.next()
		f.async = true
	}
	if p.at("(") {
		f.list = p.parameters()
	} else {
		t := p.name()
		f.list = []*tree{{kind: "name", text: t.text, line: t.line, col: t.col}}
	}
	p.expect("=>")
	if p.at("{") {
		f.a = p.block()
	} else {
		f.b = p.assignment()
	}
	return f
}

// parameters reads a list of parameters: patterns, "default" with a value, "rest".
func (p *parser) parameters() []*tree {
	var list []*tree
	p.expect("(")
	for !p.accept(")") {
		if p.accept("...") {
			list = append(list, &tree{kind: "rest", a: p.pattern()})
		} else {
			n := p.pattern()
			if p.accept("=") {
				n = &tree{kind: "assign", text: "=", a: n, b: p.assignment(), line: n.line, col: n.col}
			}
			list = append(list, n)
		}
		if !p.accept(",") && !p.at(")") {
			p.fail(p.peek())
		}
	}
	return list
}

// function reads a function after "async"; without a name it is an expression.
func (p *parser) function(async bool) *tree {
	f := p.make("function")
	f.async = async
	p.expect("function")
	if p.at("*") {
		p.lacking(p.peek(), "a generator")
	}
	if p.peek().kind == nameToken && !p.at("(") {
		f.text = p.name().text
	}
	f.list = p.parameters()
	f.a = p.block()
	return f
}

// class keeps its base in b and its members in list: "method" and "field", flag
// for static ones.
func (p *parser) class() *tree {
	c := p.make("class")
	p.next()
	if p.peek().kind == nameToken && !p.at("extends") {
		c.text = p.name().text
	}
	if p.accept("extends") {
		c.b = p.unary()
	}
	p.expect("{")
	for !p.accept("}") {
		if p.accept(";") {
			continue
		}
		m := p.make("method")
		if p.at("static") && p.ahead(1).text != "(" {
			p.next()
			m.flag = true
		}
		if p.at("async") && p.ahead(1).text != "(" {
			p.next()
			m.async = true
		}
		if t := p.peek(); (t.text == "get" || t.text == "set") && p.ahead(1).kind == nameToken || t.text == "*" || t.text == "[" {
			p.lacking(t, "an accessor, generator or computed name in a class")
		}
		private := p.accept("#")
		t := p.next()
		if t.kind != nameToken && t.kind != stringToken {
			p.fail(t)
		}
		m.text = t.text
		if private {
			m.text = "#" + m.text
		}
		if p.at("(") {
			m.a = &tree{kind: "function", text: m.text, async: m.async, line: t.line, col: t.col, list: p.parameters()}
			m.a.a = p.block()
		} else {
			m.kind = "field"
			if p.accept("=") {
				m.a = p.assignment()
			}
			p.end()
		}
		c.list = append(c.list, m)
	}
	return c
}

func (p *parser) assignment() *tree {
	p.enter()
	defer func() { p.depth-- }()
	if p.arrowAhead() {
		return p.arrow()
	}
	left := p.conditional()
	t := p.peek()
	if t.kind != signToken || !strings.HasSuffix(t.text, "=") || strings.Contains(" == === != !== <= >= ", " "+t.text+" ") {
		return left
	}
	switch left.kind {
	case "name", "member", "index", "array", "object":
	default:
		panic(&syntaxError{left.line, left.col, "Invalid left-hand side in assignment"})
	}
	p.next()
	return &tree{kind: "assign", text: t.text, a: left, b: p.assignment(), line: t.line, col: t.col}
}

func (p *parser) conditional() *tree {
	t := p.binary(0)
	if !p.at("?") {
		return t
	}
	c := p.make("conditional")
	p.next()
	c.a, c.b = t, p.assignment()
	p.expect(":")
	c.c = p.assignment()
	return c
}

// precedence of the binary operators, loosest first.
func precedence() []string {
	return []string{" ?? ", " || ", " && ", " | ", " ^ ", " & ", " == != === !== ", " < > <= >= instanceof in ", " << >> >>> ", " + - ", " * / % ", " ** "}
}

func (p *parser) binary(level int) *tree {
	table := precedence()
	if level == len(table) {
		return p.unary()
	}
	left := p.binary(level + 1)
	for {
		t := p.peek()
		if t.kind != signToken && t.kind != nameToken || !strings.Contains(table[level], " "+t.text+" ") {
			return left
		}
		p.next()
		var right *tree
		if t.text == "**" {
			p.enter()
			right = p.binary(level)
			p.depth--
		} else {
			right = p.binary(level + 1)
		}
		left = &tree{kind: "binary", text: t.text, a: left, b: right, line: t.line, col: t.col}
	}
}

func (p *parser) unary() *tree {
	p.enter()
	defer func() { p.depth-- }()
	t := p.peek()
	if t.kind == signToken && strings.Contains(" ! - + ~ ++ -- ", " "+t.text+" ") || t.kind == nameToken && strings.Contains(" typeof void delete await ", " "+t.text+" ") {
		u := p.make("unary")
		u.text = p.next().text
		u.a = p.unary()
		if u.text == "await" {
			u.kind = "await"
		}
		if u.text == "++" || u.text == "--" {
			u.kind, u.flag = "update", true
		}
		return u
	}
	left := p.postfix()
	if t := p.peek(); t.kind == signToken && (t.text == "++" || t.text == "--") && !t.newline {
		p.next()
		return &tree{kind: "update", text: t.text, a: left, line: t.line, col: t.col}
	}
	return left
}

func (p *parser) arguments() []*tree {
	var list []*tree
	p.expect("(")
	for !p.accept(")") {
		if t := p.peek(); p.accept("...") {
			list = append(list, &tree{kind: "spread", a: p.assignment(), line: t.line, col: t.col})
		} else {
			list = append(list, p.assignment())
		}
		if !p.accept(",") && !p.at(")") {
			t := p.peek()
			panic(&syntaxError{t.line, t.col, "missing ) after argument list"})
		}
	}
	return list
}

// postfix reads a value with what follows it: calls, members, indexes.
func (p *parser) postfix() *tree {
	var left *tree
	if p.at("new") {
		left = p.newExpression()
	} else {
		left = p.primary()
	}
	for {
		t := p.peek()
		if t.kind == templateToken {
			p.lacking(t, "a tagged template")
		}
		if t.kind != signToken {
			return left
		}
		switch t.text {
		case ".":
			p.next()
			left = p.member(left, t)
		case "?.":
			p.next()
			switch {
			case p.at("("):
				left = &tree{kind: "call", a: left, list: p.arguments(), flag: true, line: t.line, col: t.col}
			case p.at("["):
				p.next()
				left = &tree{kind: "index", a: left, b: p.expression(), flag: true, line: t.line, col: t.col}
				p.expect("]")
			default:
				left = p.member(left, t)
				left.flag = true
			}
		case "[":
			p.next()
			left = &tree{kind: "index", a: left, b: p.expression(), line: t.line, col: t.col}
			p.expect("]")
		case "(":
			at := left
			left = &tree{kind: "call", a: left, list: p.arguments(), line: at.line, col: at.col}
		default:
			return left
		}
	}
}

func (p *parser) member(of *tree, at token) *tree {
	private := p.accept("#")
	n := p.next()
	if n.kind != nameToken {
		p.fail(n)
	}
	name := n.text
	if private {
		name = "#" + name
	}
	return &tree{kind: "member", text: name, a: of, line: n.line, col: n.col}
}

func (p *parser) newExpression() *tree {
	p.enter()
	defer func() { p.depth-- }()
	n := p.make("new")
	p.next()
	if p.at("new") {
		n.a = p.newExpression()
	} else {
		n.a = p.primary()
	}
	for {
		t := p.peek()
		if p.accept(".") {
			n.a = p.member(n.a, t)
			continue
		}
		break
	}
	if p.at("(") {
		n.list = p.arguments()
	}
	return n
}
