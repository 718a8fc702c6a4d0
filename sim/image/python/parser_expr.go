package python

import (
	"slices"
	"strconv"
	"strings"
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

func (p *parser) atom() (expr, error) {
	t := p.peek()
	switch t.kind {
	case numberToken:
		p.next()
		return number(t)
	case stringToken:
		return p.strings()
	case nameToken:
		switch t.text {
		case "None", "True", "False":
			p.next()
			return &constExpr{t.at, map[string]any{"None": nil, "True": true, "False": false}[t.text]}, nil
		}
		if slices.Contains(keywords(), t.text) {
			return nil, p.fail("invalid syntax")
		}
		p.next()
		return &nameExpr{t.at, t.text}, nil
	case opToken:
		switch t.text {
		case "(":
			return p.parenthesis()
		case "[":
			return p.bracket("list", "]")
		case "{":
			return p.brace()
		case "...":
			p.next()
			return &constExpr{t.at, nil}, nil
		}
	}
	return nil, p.fail("invalid syntax")
}

func number(t token) (expr, error) {
	if n, err := strconv.ParseInt(t.text, 0, 64); err == nil && (len(t.text) == 1 || t.text[0] != '0' || !isDigit(t.text[1])) {
		return &constExpr{t.at, n}, nil
	}
	if f, err := strconv.ParseFloat(t.text, 64); err == nil && !strings.ContainsAny(t.text, "xXpP") && strings.ContainsAny(t.text, ".eE") {
		return &constExpr{t.at, f}, nil
	}
	return nil, &syntaxError{"SyntaxError", "invalid decimal literal", t.at}
}

func (p *parser) parenthesis() (expr, error) {
	start := p.next().at
	if p.accept(")") {
		return &listExpr{p.from(start), "tuple", nil}, nil
	}
	first := p.peek().at
	x, err := p.exprList()
	if err != nil {
		return nil, err
	}
	if p.is("for") {
		if x, err = p.comprehension(first, "generator", nil, x); err != nil {
			return nil, err
		}
	}
	if err := p.expect(")"); err != nil {
		return nil, err
	}
	if l, ok := x.(*listExpr); ok && l.kind == "tuple" {
		l.span = p.from(start)
	}
	return x, nil
}

func (p *parser) bracket(kind, end string) (expr, error) {
	start := p.next().at
	l := &listExpr{kind: kind}
	for !p.accept(end) {
		x, err := p.starred()
		if err != nil {
			return nil, err
		}
		if p.is("for") && len(l.items) == 0 {
			c, err := p.comprehension(start, kind, nil, x)
			if err != nil {
				return nil, err
			}
			return c, p.expect(end)
		}
		l.items = append(l.items, x)
		if !p.accept(",") && !p.is(end) {
			return nil, p.fail("invalid syntax. Perhaps you forgot a comma?")
		}
	}
	l.span = p.from(start)
	return l, nil
}

// brace reads a dict or a set.
func (p *parser) brace() (expr, error) {
	start := p.peek().at
	mark := p.pos
	p.next()
	d := &dictExpr{}
	for !p.accept("}") {
		if p.accept("**") {
			x, err := p.binary(4)
			if err != nil {
				return nil, err
			}
			d.keys, d.values = append(d.keys, nil), append(d.values, x)
		} else {
			key, err := p.starred()
			if err != nil {
				return nil, err
			}
			if !p.is(":") {
				p.pos = mark
				return p.bracket("set", "}")
			}
			p.next()
			value, err := p.expr()
			if err != nil {
				return nil, err
			}
			if p.is("for") && len(d.keys) == 0 {
				c, err := p.comprehension(start, "dict", key, value)
				if err != nil {
					return nil, err
				}
				return c, p.expect("}")
			}
			d.keys, d.values = append(d.keys, key), append(d.values, value)
		}
		if !p.accept(",") && !p.is("}") {
			return nil, p.fail("invalid syntax. Perhaps you forgot a comma?")
		}
	}
	d.span = p.from(start)
	return d, nil
}

// strings reads adjacent string literals, which Python joins.
func (p *parser) strings() (expr, error) {
	start := p.peek().at
	var parts []fpart
	text, isBytes, isF := "", false, false
	for p.peek().kind == stringToken {
		t := p.next()
		isBytes = isBytes || strings.Contains(t.prefix, "b")
		if !strings.Contains(t.prefix, "f") {
			text += t.text
			parts = append(parts, fpart{text: t.text})
			continue
		}
		isF = true
		more, err := p.fstring(t)
		if err != nil {
			return nil, err
		}
		parts = append(parts, more...)
	}
	switch {
	case isF:
		return &fstringExpr{p.from(start), parts}, nil
	case isBytes:
		return &constExpr{p.from(start), bytesValue(text)}, nil
	}
	return &constExpr{p.from(start), text}, nil
}

// fstring splits the raw text of an f-string into texts and fields.
func (p *parser) fstring(t token) ([]fpart, error) {
	raw := strings.Contains(t.prefix, "r")
	return p.fparts(t.text, raw, t.at, 0)
}

func (p *parser) fparts(text string, raw bool, at span, depth int) ([]fpart, error) {
	bad := func(s string) error { return &syntaxError{"SyntaxError", "f-string: " + s, at} }
	var parts []fpart
	var plain strings.Builder
	flush := func() {
		s := plain.String()
		if !raw {
			s = unescape(s, false)
		}
		if s != "" {
			parts = append(parts, fpart{text: s})
		}
		plain.Reset()
	}
	for i := 0; i < len(text); i++ {
		c := text[i]
		switch {
		case (c == '{' || c == '}') && i+1 < len(text) && text[i+1] == c && depth == 0:
			plain.WriteByte(c)
			i++
		case c == '}':
			return nil, bad("single '}' is not allowed")
		case c != '{':
			plain.WriteByte(c)
		default:
			end := fieldEnd(text, i+1)
			if end < 0 || depth > 3 {
				return nil, bad("expecting '}'")
			}
			flush()
			part, err := p.field(text[i+1:end], raw, at, depth)
			if err != nil {
				return nil, err
			}
			parts = append(parts, part)
			i = end
		}
	}
	flush()
	return parts, nil
}

// fieldEnd finds the brace that closes a field.
func fieldEnd(text string, from int) int {
	depth, quote := 0, byte(0)
	for i := from; i < len(text); i++ {
		c := text[i]
		switch {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == '{' || c == '(' || c == '[':
			depth++
		case c == '}' && depth == 0:
			return i
		case c == '}' || c == ')' || c == ']':
			depth--
		}
	}
	return -1
}

// field reads what stands in the braces of an f-string: expression, =, !r, :format.
func (p *parser) field(text string, raw bool, at span, depth int) (fpart, error) {
	code, format := text, ""
	nesting, quote := 0, byte(0)
scan:
	for i := 0; i < len(text); i++ {
		c := text[i]
		switch {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == '(' || c == '[' || c == '{':
			nesting++
		case c == ')' || c == ']' || c == '}':
			nesting--
		case c == ':' && nesting == 0:
			code, format = text[:i], text[i+1:]
			break scan
		}
	}
	part := fpart{}
	if i := strings.LastIndexByte(code, '!'); i > 0 && i == len(code)-2 && strings.IndexByte("rsa", code[i+1]) >= 0 {
		part.conv, code = code[i+1:], code[:i]
	}
	if trimmed := strings.TrimRight(code, " "); strings.HasSuffix(trimmed, "=") && !strings.HasSuffix(trimmed, "==") {
		part.debug = code
		code = strings.TrimSuffix(trimmed, "=")
	}
	if strings.TrimSpace(code) == "" {
		return part, &syntaxError{"SyntaxError", "f-string: valid expression required before '}'", at}
	}
	tokens, err := lex("(" + code + ")")
	if err != nil {
		return part, err
	}
	for i := range tokens {
		tokens[i].at = at
	}
	inner := &parser{tokens: tokens, depth: p.depth}
	if part.x, err = inner.exprList(); err != nil {
		return part, err
	}
	if inner.peek().kind != newline {
		return part, &syntaxError{"SyntaxError", "f-string: invalid syntax", at}
	}
	if format != "" {
		part.format, err = p.fparts(format, raw, at, depth+1)
	}
	return part, err
}

func itoa(n int) string { return strconv.Itoa(n) }
