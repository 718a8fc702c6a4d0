package python

import (
	"slices"
	"strconv"
	"strings"
)

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
	at := t.at
	at.col += t.inner
	return p.fparts(t.text, raw, at, 0)
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
			here := at
			here.col += i
			part, err := p.field(text[i+1:end], raw, here, depth)
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

// inField places a token of a field's code, which was read in parentheses of its
// own, where the field stands. Only f-strings of one line know their columns.
func (s span) inField(t span) span {
	if s.line != s.endLine {
		return s
	}
	return span{s.line, s.col + t.col, s.line, s.col + t.endCol}
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
		tokens[i].at = at.inField(tokens[i].at)
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
