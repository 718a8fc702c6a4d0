package python

import (
	"slices"
)

// exprList reads expressions separated by commas: several make a tuple.
func (p *parser) exprList() (expr, error) {
	start := p.peek().at
	first, err := p.starred()
	if err != nil || !p.is(",") {
		return first, err
	}
	items := []expr{first}
	for p.accept(",") {
		if p.atEnd() || p.is(")") || p.is("]") || p.is("}") || p.is("=") || p.is(":") {
			break
		}
		x, err := p.starred()
		if err != nil {
			return nil, err
		}
		items = append(items, x)
	}
	return &listExpr{p.from(start), "tuple", items}, nil
}

// targets reads what a for loop assigns to.
func (p *parser) targets() (expr, error) {
	start := p.peek().at
	var items []expr
	comma := false
	for {
		p.accept("*")
		x, err := p.primary()
		if err != nil {
			return nil, err
		}
		if err := assignable(x); err != nil {
			return nil, err
		}
		items = append(items, x)
		if !p.accept(",") {
			break
		}
		comma = true
		if p.is("in") {
			break
		}
	}
	if !comma {
		return items[0], nil
	}
	return &listExpr{p.from(start), "tuple", items}, nil
}

func (p *parser) starred() (expr, error) {
	start := p.peek().at
	if p.accept("*") {
		x, err := p.expr()
		return &starExpr{p.from(start), x}, err
	}
	return p.namedExpr()
}

// namedExpr is an expression, or name := expression.
func (p *parser) namedExpr() (expr, error) {
	x, err := p.expr()
	if n, ok := x.(*nameExpr); ok && err == nil && p.accept(":=") {
		value, err := p.expr()
		return &walrusExpr{p.from(n.span), n.id, value}, err
	}
	return x, err
}

func (p *parser) expr() (expr, error) {
	if p.depth++; p.depth > maxDepth {
		return nil, p.fail("too many nested parentheses")
	}
	defer func() { p.depth-- }()
	start := p.peek().at
	if p.is("lambda") {
		return p.lambda()
	}
	if p.is("yield") {
		return nil, p.fail("this simulator's Python has no generators (yield)")
	}
	x, err := p.binary(0)
	if err != nil || !p.is("if") {
		return x, err
	}
	p.next()
	test, err := p.binary(0)
	if err != nil {
		return nil, err
	}
	if !p.accept("else") {
		return nil, p.fail("expected 'else' after 'if' expression")
	}
	no, err := p.expr()
	return &ifExpr{p.from(start), test, x, no}, err
}

func (p *parser) lambda() (expr, error) {
	start := p.next().at
	fn := &functionCode{name: "<lambda>", globals: map[string]bool{}, nonlocals: map[string]bool{}}
	if err := p.parameters(fn, ":", false); err != nil {
		return nil, err
	}
	var err error
	fn.result, err = p.expr()
	return &lambdaExpr{p.from(start), fn}, err
}

// levels are the binary operators from the loosest to the tightest.
func levels() [][]string {
	return [][]string{{"or"}, {"and"}, {"not"}, {"<", ">", "==", ">=", "<=", "!=", "in", "not", "is"}, {"|"}, {"^"}, {"&"}, {"<<", ">>"}, {"+", "-"},
		{"*", "/", "//", "%", "@"}}
}

const (
	levelNot     = 2
	levelCompare = 3
)

func (p *parser) binary(level int) (expr, error) {
	table := levels()
	switch {
	case level == len(table):
		return p.unary()
	case level == levelNot:
		start := p.peek().at
		if p.accept("not") {
			x, err := p.binary(level)
			return &unaryExpr{p.from(start), "not", x}, err
		}
		return p.binary(level + 1)
	case level == levelCompare:
		return p.comparison()
	}
	start := p.peek().at
	left, err := p.binary(level + 1)
	for err == nil {
		t := p.peek()
		if t.kind != opToken && t.kind != nameToken || !slices.Contains(table[level], t.text) {
			return left, nil
		}
		p.next()
		var right expr
		if right, err = p.binary(level + 1); err != nil {
			return nil, err
		}
		if level < levelNot {
			left = &boolExpr{p.from(start), t.text, left, right}
		} else {
			left = &binaryExpr{p.from(start), t.text, left, right}
		}
	}
	return nil, err
}

func (p *parser) comparison() (expr, error) {
	start := p.peek().at
	left, err := p.binary(levelCompare + 1)
	if err != nil {
		return nil, err
	}
	c := &compareExpr{left: left}
	for {
		t := p.peek()
		if t.kind != opToken && t.kind != nameToken || !slices.Contains(levels()[levelCompare], t.text) {
			break
		}
		p.next()
		op := t.text
		if op == "not" {
			if err := p.expect("in"); err != nil {
				return nil, err
			}
			op = "not in"
		} else if op == "is" && p.accept("not") {
			op = "is not"
		}
		right, err := p.binary(levelCompare + 1)
		if err != nil {
			return nil, err
		}
		c.ops, c.rights = append(c.ops, op), append(c.rights, right)
	}
	if len(c.ops) == 0 {
		return left, nil
	}
	c.span = p.from(start)
	return c, nil
}

func (p *parser) unary() (expr, error) {
	t := p.peek()
	if t.kind == opToken && (t.text == "-" || t.text == "+" || t.text == "~") {
		p.next()
		if p.depth++; p.depth > maxDepth {
			return nil, p.fail("too many nested parentheses")
		}
		defer func() { p.depth-- }()
		x, err := p.unary()
		return &unaryExpr{p.from(t.at), t.text, x}, err
	}
	if p.accept("await") {
		return p.unary()
	}
	x, err := p.primary()
	if err == nil && p.accept("**") {
		right, err := p.unary()
		return &binaryExpr{p.from(t.at), "**", x, right}, err
	}
	return x, err
}

// primary reads an atom with calls, attributes and subscripts.
func (p *parser) primary() (expr, error) {
	start := p.peek().at
	x, err := p.atom()
	for err == nil {
		switch {
		case p.accept("."):
			var name string
			if name, err = p.name(); err == nil {
				x = &attrExpr{p.from(start), x, name}
			}
		case p.accept("("):
			var args []argument
			if args, err = p.arguments(); err == nil {
				x = &callExpr{p.from(start), x, args}
			}
		case p.accept("["):
			var index expr
			if index, err = p.subscript(); err == nil {
				x = &indexExpr{p.from(start), x, index}
			}
		default:
			return x, nil
		}
	}
	return nil, err
}

func (p *parser) subscript() (expr, error) {
	start := p.peek().at
	var parts [3]expr
	colons := 0
	for !p.is("]") {
		if p.accept(":") {
			if colons++; colons > 2 {
				return nil, p.fail("invalid syntax")
			}
			continue
		}
		x, err := p.exprList()
		if err != nil {
			return nil, err
		}
		if parts[colons] != nil {
			return nil, p.fail("invalid syntax. Perhaps you forgot a comma?")
		}
		parts[colons] = x
	}
	if parts[0] == nil && colons == 0 {
		return nil, p.fail("invalid syntax")
	}
	p.next()
	if colons == 0 {
		return parts[0], nil
	}
	return &sliceExpr{p.from(start), parts[0], parts[1], parts[2]}, nil
}

// arguments reads the arguments of a call after its opening parenthesis.
func (p *parser) arguments() ([]argument, error) {
	var args []argument
	for !p.accept(")") {
		var a argument
		switch {
		case p.accept("**"):
			a.star = "**"
		case p.accept("*"):
			a.star = "*"
		case p.peek().kind == nameToken && p.tokens[min(p.pos+1, len(p.tokens)-1)].text == "=" && p.tokens[min(p.pos+1, len(p.tokens)-1)].kind == opToken:
			a.name = p.next().text
			p.next()
		}
		start := p.peek().at
		x, err := p.namedExpr()
		if err != nil {
			return nil, err
		}
		if p.is("for") || p.is("async") {
			if x, err = p.comprehension(start, "generator", nil, x); err != nil {
				return nil, err
			}
		}
		a.x = x
		args = append(args, a)
		if !p.accept(",") && !p.is(")") {
			return nil, p.fail("invalid syntax. Perhaps you forgot a comma?")
		}
	}
	return args, nil
}

func (p *parser) comprehension(start span, kind string, key, item expr) (expr, error) {
	c := &compExpr{kind: kind, key: key, item: item}
	for {
		p.accept("async")
		if !p.accept("for") {
			break
		}
		target, err := p.targets()
		if err != nil {
			return nil, err
		}
		if err := p.expect("in"); err != nil {
			return nil, err
		}
		in, err := p.binary(0)
		if err != nil {
			return nil, err
		}
		f := compFor{target: target, in: in}
		for p.accept("if") {
			cond, err := p.binary(0)
			if err != nil {
				return nil, err
			}
			f.conds = append(f.conds, cond)
		}
		c.fors = append(c.fors, f)
	}
	c.span = p.from(start)
	return c, nil
}
