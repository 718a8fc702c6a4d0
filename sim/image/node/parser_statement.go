package node

func (p *parser) block() *tree {
	t := p.make("block")
	p.expect("{")
	for !p.accept("}") {
		if p.peek().kind == endToken {
			p.fail(p.peek())
		}
		t.list = append(t.list, p.statement())
	}
	return t
}

func (p *parser) statement() *tree {
	p.enter()
	defer func() { p.depth-- }()
	t := p.peek()
	if t.kind == signToken {
		switch t.text {
		case "{":
			return p.block()
		case ";":
			p.next()
			return &tree{kind: "block"}
		}
	}
	if t.kind == nameToken {
		if s := p.keyword(t); s != nil {
			return s
		}
	}
	s := p.make("expression")
	s.a = p.expression()
	p.end()
	return s
}

// keyword reads a statement that begins with a word; nil if it is an expression.
func (p *parser) keyword(t token) *tree {
	switch t.text {
	case "var", "const":
		return p.declaration(true)
	case "let":
		if n := p.ahead(1); n.kind == nameToken || n.text == "[" || n.text == "{" {
			return p.declaration(true)
		}
	case "function":
		return p.function(false)
	case "async":
		if n := p.ahead(1); n.text == "function" && !n.newline {
			p.next()
			return p.function(true)
		}
	case "class":
		return p.class()
	case "if":
		return p.ifStatement()
	case "for":
		return p.forStatement()
	case "while":
		s := p.make("while")
		p.next()
		p.expect("(")
		s.a = p.expression()
		p.expect(")")
		s.b = p.statement()
		return s
	case "do":
		return p.doStatement()
	case "switch":
		return p.switchStatement()
	case "try":
		return p.tryStatement()
	case "return", "throw", "break", "continue":
		return p.jump(t.text)
	case "import":
		if n := p.ahead(1); n.text != "(" && n.text != "." {
			return p.importStatement()
		}
	case "export":
		return p.exportStatement()
	case "debugger", "with", "enum", "yield":
		p.lacking(t, "'"+t.text+"'")
	}
	return nil
}

func (p *parser) jump(kind string) *tree {
	s := p.make(kind)
	p.next()
	bare := p.at(";") || p.at("}") || p.peek().kind == endToken || p.peek().newline
	switch {
	case kind == "break" || kind == "continue":
		if !bare {
			p.lacking(p.peek(), "a label")
		}
	case !bare:
		s.a = p.expression()
	case kind == "throw":
		p.fail(p.peek())
	}
	p.end()
	return s
}

// declaration reads var, let or const; list holds a "declare" for each name.
func (p *parser) declaration(ended bool) *tree {
	s := p.make("var")
	s.text = p.next().text
	for {
		d := p.make("declare")
		d.text = s.text
		d.a = p.pattern()
		if p.accept("=") {
			d.b = p.assignment()
		} else if ended && (s.text == "const" || d.a.kind != "name") {
			t := p.peek()
			panic(&syntaxError{t.line, t.col, "Missing initializer in const declaration"})
		}
		s.list = append(s.list, d)
		if !p.accept(",") {
			break
		}
	}
	if ended {
		p.end()
	}
	return s
}

// pattern reads a name or a destructuring pattern.
func (p *parser) pattern() *tree {
	if p.at("[") || p.at("{") {
		return p.primary()
	}
	t := p.name()
	return &tree{kind: "name", text: t.text, line: t.line, col: t.col}
}

func (p *parser) ifStatement() *tree {
	s := p.make("if")
	p.next()
	p.expect("(")
	s.a = p.expression()
	p.expect(")")
	s.b = p.statement()
	if p.accept("else") {
		s.c = p.statement()
	}
	return s
}

func (p *parser) doStatement() *tree {
	s := p.make("do")
	p.next()
	s.b = p.statement()
	p.expect("while")
	p.expect("(")
	s.a = p.expression()
	p.expect(")")
	p.accept(";")
	return s
}

// forStatement reads the four kinds of for; of and in keep the declaration in a.
func (p *parser) forStatement() *tree {
	s := p.make("for")
	p.next()
	if t := p.peek(); t.text == "await" {
		p.lacking(t, "'for await'")
	}
	p.expect("(")
	var first *tree
	switch {
	case p.at(";"):
	case p.at("var") || p.at("let") || p.at("const"):
		first = p.declaration(false)
	default:
		first = p.make("expression")
		first.a = p.expression()
	}
	if first != nil && (p.at("of") || p.at("in") && first.kind == "var") {
		s.kind = "for" + p.next().text
		s.a, s.b = first, p.expression()
		p.expect(")")
		s.c = p.statement()
		return s
	}
	p.expect(";")
	s.list = []*tree{first, nil, nil}
	if !p.at(";") {
		s.list[1] = p.expression()
	}
	p.expect(";")
	if !p.at(")") {
		s.list[2] = p.expression()
	}
	p.expect(")")
	s.c = p.statement()
	return s
}

func (p *parser) switchStatement() *tree {
	s := p.make("switch")
	p.next()
	p.expect("(")
	s.a = p.expression()
	p.expect(")")
	p.expect("{")
	for !p.accept("}") {
		c := p.make("case")
		if !p.accept("default") {
			p.expect("case")
			c.a = p.expression()
		}
		p.expect(":")
		for !p.at("case") && !p.at("default") && !p.at("}") {
			if p.peek().kind == endToken {
				p.fail(p.peek())
			}
			c.list = append(c.list, p.statement())
		}
		s.list = append(s.list, c)
	}
	return s
}

// tryStatement keeps the block in a, the handler in b with its name in list, and
// the last block in c.
func (p *parser) tryStatement() *tree {
	s := p.make("try")
	p.next()
	s.a = p.block()
	if p.accept("catch") {
		if p.accept("(") {
			s.list = []*tree{p.pattern()}
			p.expect(")")
		}
		s.b = p.block()
	}
	if p.accept("finally") {
		s.c = p.block()
	}
	if s.b == nil && s.c == nil {
		t := p.peek()
		panic(&syntaxError{t.line, t.col, "Missing catch or finally after try"})
	}
	return s
}

// importStatement reads import; text is the module, list the names with what
// they are called there ("default", "*" or a name).
func (p *parser) importStatement() *tree {
	s := p.make("import")
	p.next()
	if p.peek().kind == stringToken {
		s.text = p.next().text
		p.end()
		return s
	}
	if !p.at("{") && !p.at("*") {
		s.list = append(s.list, &tree{kind: "default", text: p.name().text})
		p.accept(",")
	}
	if p.accept("*") {
		p.expect("as")
		s.list = append(s.list, &tree{kind: "*", text: p.name().text})
	} else if p.accept("{") {
		for !p.accept("}") {
			n := p.next()
			if n.kind != nameToken {
				p.fail(n)
			}
			local := n.text
			if p.accept("as") {
				local = p.name().text
			}
			s.list = append(s.list, &tree{kind: n.text, text: local})
			if !p.accept(",") && !p.at("}") {
				p.fail(p.peek())
			}
		}
	}
	p.expect("from")
	if p.peek().kind != stringToken {
		p.fail(p.peek())
	}
	s.text = p.next().text
	p.end()
	return s
}

// exportStatement keeps what is declared in a; list has the exported names.
func (p *parser) exportStatement() *tree {
	s := p.make("export")
	p.next()
	switch {
	case p.accept("default"):
		s.text = "default"
		s.a = p.assignment()
		p.accept(";")
	case p.accept("{"):
		for !p.accept("}") {
			n := p.name()
			name := n.text
			if p.accept("as") {
				name = p.next().text
			}
			s.list = append(s.list, &tree{kind: n.text, text: name})
			if !p.accept(",") && !p.at("}") {
				p.fail(p.peek())
			}
		}
		p.end()
	default:
		s.a = p.statement()
		if s.a.kind != "var" && s.a.kind != "function" && s.a.kind != "class" {
			p.fail(p.peek())
		}
	}
	return s
}
