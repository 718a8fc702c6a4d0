package node

import "strings"

func (p *parser) primary() *tree {
	t := p.peek()
	s := p.make("")
	switch t.kind {
	case numberToken:
		p.next()
		s.kind, s.number = "number", t.number
	case stringToken:
		p.next()
		s.kind, s.text = "string", t.text
	case regexToken:
		p.next()
		s.kind, s.text, s.parts = "regex", t.text, []string{strings.Join(t.parts, "")}
	case templateToken:
		p.next()
		return p.template(t, s)
	case nameToken:
		return p.word(t, s)
	case signToken:
		switch t.text {
		case "(":
			p.next()
			e := p.expression()
			p.expect(")")
			return e
		case "[":
			return p.array()
		case "{":
			return p.object()
		}
		p.fail(t)
	default:
		p.fail(t)
	}
	return s
}

func (p *parser) template(t token, s *tree) *tree {
	s.kind, s.parts = "template", t.parts
	for _, inner := range t.inner {
		list, err := lex(inner, t.line)
		if err != nil {
			panic(err)
		}
		sub := &parser{list: list, depth: p.depth + 1}
		sub.enter()
		s.list = append(s.list, sub.expression())
		if sub.peek().kind != endToken {
			sub.fail(sub.peek())
		}
	}
	return s
}

func (p *parser) word(t token, s *tree) *tree {
	switch t.text {
	case "function":
		return p.function(false)
	case "class":
		return p.class()
	case "async":
		if n := p.ahead(1); n.text == "function" && !n.newline {
			p.next()
			return p.function(true)
		}
	case "this", "null", "true", "false", "super":
		p.next()
		s.kind = t.text
		return s
	case "import":
		p.next()
		s.kind, s.text = "name", "import"
		return s
	}
	if isKeyword(t.text) {
		p.fail(t)
	}
	p.next()
	s.kind, s.text = "name", t.text
	return s
}

func (p *parser) array() *tree {
	s := p.make("array")
	p.expect("[")
	for !p.accept("]") {
		switch {
		case p.at(","):
			s.list = append(s.list, &tree{kind: "hole"})
		case p.at("..."):
			p.next()
			s.list = append(s.list, &tree{kind: "spread", a: p.assignment()})
		default:
			s.list = append(s.list, p.assignment())
		}
		if !p.accept(",") && !p.at("]") {
			p.fail(p.peek())
		}
	}
	return s
}

// object keeps its properties in list: "property" with a name in text or, when
// computed, in b, and the value in a; "spread".
func (p *parser) object() *tree {
	s := p.make("object")
	p.expect("{")
	for !p.accept("}") {
		s.list = append(s.list, p.property())
		if !p.accept(",") && !p.at("}") {
			p.fail(p.peek())
		}
	}
	return s
}

func (p *parser) property() *tree {
	m := p.make("property")
	if p.accept("...") {
		m.kind, m.a = "spread", p.assignment()
		return m
	}
	async := false
	if n := p.ahead(1); p.at("async") && (n.kind == nameToken || n.kind == stringToken) {
		p.next()
		async = true
	}
	t := p.next()
	switch {
	case t.kind == nameToken || t.kind == stringToken:
		m.text = t.text
	case t.kind == numberToken:
		m.text = numberText(t.number)
	case t.kind == signToken && t.text == "[":
		m.b = p.assignment()
		p.expect("]")
	default:
		p.fail(t)
	}
	if n := p.peek(); (t.text == "get" || t.text == "set") && t.kind == nameToken && n.kind == nameToken {
		p.lacking(t, "an accessor")
	}
	switch {
	case p.at("("):
		m.a = &tree{kind: "function", text: m.text, async: async, line: t.line, col: t.col, list: p.parameters()}
		m.a.a = p.block()
	case p.accept(":"):
		m.a = p.assignment()
	case t.kind == nameToken && !isKeyword(t.text):
		m.a = &tree{kind: "name", text: t.text, line: t.line, col: t.col}
		if p.accept("=") {
			m.a = &tree{kind: "assign", text: "=", a: m.a, b: p.assignment(), line: t.line, col: t.col}
		}
	default:
		p.fail(p.peek())
	}
	return m
}
