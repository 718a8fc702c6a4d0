package python

import (
	"slices"
)

type parser struct {
	tokens []token
	pos    int
	depth  int
	fn     *functionCode // the function that is being read, for its scopes
}

// maxDepth bounds nesting, so that no input overflows the stack.
const maxDepth = 200

// parse reads a module.
func parse(src string) ([]stmt, error) {
	tokens, err := lex(src)
	if err != nil {
		return nil, err
	}
	p := &parser{tokens: tokens}
	var body []stmt
	for p.peek().kind != endOfFile {
		list, err := p.statement()
		if err != nil {
			return nil, err
		}
		body = append(body, list...)
	}
	return body, nil
}

func (p *parser) peek() token { return p.tokens[p.pos] }

func (p *parser) next() token {
	t := p.tokens[p.pos]
	if p.pos < len(p.tokens)-1 {
		p.pos++
	}
	return t
}

// is reports whether the next token is an operator or keyword.
func (p *parser) is(text string) bool {
	t := p.peek()
	return (t.kind == opToken || t.kind == nameToken) && t.text == text
}

// accept takes an operator or keyword if it comes next.
func (p *parser) accept(text string) bool {
	if p.is(text) {
		p.pos++
		return true
	}
	return false
}

func (p *parser) expect(text string) error {
	if p.accept(text) {
		return nil
	}
	if text == ":" {
		return p.fail("expected ':'")
	}
	return p.fail("invalid syntax")
}

func (p *parser) fail(text string) error {
	t := p.peek()
	what := "SyntaxError"
	if t.kind == indent {
		what, text = "IndentationError", "unexpected indent"
	}
	return &syntaxError{what, text, t.at}
}

// from makes the span from a token up to what was read last.
func (p *parser) from(start span) span {
	end := p.tokens[max(p.pos-1, 0)].at
	return span{start.line, start.col, end.endLine, end.endCol}
}

func keywords() []string {
	return []string{"False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue", "def", "del", "elif", "else", "except",
		"finally", "for", "from", "global", "if", "import", "in", "is", "lambda", "nonlocal", "not", "or", "pass", "raise", "return", "try", "while", "with", "yield"}
}

func (p *parser) name() (string, error) {
	t := p.peek()
	if t.kind != nameToken || slices.Contains(keywords(), t.text) {
		return "", p.fail("invalid syntax")
	}
	p.pos++
	return t.text, nil
}

// block reads the statements after a colon.
func (p *parser) block(after string, at span) ([]stmt, error) {
	if err := p.expect(":"); err != nil {
		return nil, err
	}
	if p.peek().kind != newline {
		return p.simpleLine()
	}
	p.next()
	if p.peek().kind != indent {
		t := p.peek()
		text := "expected an indented block after " + after + " on line " + itoa(at.line)
		return nil, &syntaxError{"IndentationError", text, t.at}
	}
	p.next()
	if p.depth++; p.depth > maxDepth {
		return nil, p.fail("too many nested blocks")
	}
	defer func() { p.depth-- }()
	var body []stmt
	for p.peek().kind != dedent {
		if p.peek().kind == endOfFile {
			return body, nil
		}
		list, err := p.statement()
		if err != nil {
			return nil, err
		}
		body = append(body, list...)
	}
	p.next()
	return body, nil
}

// statement reads a compound statement, or a line of simple ones.
func (p *parser) statement() ([]stmt, error) {
	t := p.peek()
	if t.kind == newline {
		p.next()
		return nil, nil
	}
	if t.kind == nameToken {
		var s stmt
		var err error
		switch t.text {
		case "if":
			s, err = p.ifStatement()
		case "while":
			s, err = p.whileStatement()
		case "for":
			s, err = p.forStatement()
		case "try":
			s, err = p.tryStatement()
		case "with":
			s, err = p.withStatement()
		case "def", "class", "async":
			s, err = p.definition(nil)
		default:
			return p.simpleLine()
		}
		return []stmt{s}, err
	}
	if t.kind == opToken && t.text == "@" {
		s, err := p.decorated()
		return []stmt{s}, err
	}
	return p.simpleLine()
}

func (p *parser) ifStatement() (stmt, error) {
	start := p.next().at
	test, err := p.namedExpr()
	if err != nil {
		return nil, err
	}
	s := &ifStmt{span: p.from(start), test: test}
	if s.then, err = p.block("'if' statement", start); err != nil {
		return nil, err
	}
	if p.is("elif") {
		more, err := p.ifStatement()
		s.els = []stmt{more}
		return s, err
	}
	s.els, err = p.elseBlock()
	return s, err
}

func (p *parser) elseBlock() ([]stmt, error) {
	at := p.peek().at
	if !p.accept("else") {
		return nil, nil
	}
	return p.block("'else' statement", at)
}

func (p *parser) whileStatement() (stmt, error) {
	start := p.next().at
	test, err := p.namedExpr()
	if err != nil {
		return nil, err
	}
	s := &whileStmt{span: p.from(start), test: test}
	if s.body, err = p.block("'while' statement", start); err != nil {
		return nil, err
	}
	s.els, err = p.elseBlock()
	return s, err
}

func (p *parser) forStatement() (stmt, error) {
	start := p.next().at
	target, err := p.targets()
	if err != nil {
		return nil, err
	}
	if err := p.expect("in"); err != nil {
		return nil, err
	}
	in, err := p.exprList()
	if err != nil {
		return nil, err
	}
	s := &forStmt{span: p.from(start), target: target, in: in}
	if s.body, err = p.block("'for' statement", start); err != nil {
		return nil, err
	}
	s.els, err = p.elseBlock()
	return s, err
}

func (p *parser) tryStatement() (stmt, error) {
	start := p.next().at
	s := &tryStmt{span: start}
	var err error
	if s.body, err = p.block("'try' statement", start); err != nil {
		return nil, err
	}
	for p.is("except") {
		at := p.next().at
		var h handler
		p.accept("*")
		if !p.is(":") {
			if h.kind, err = p.expr(); err != nil {
				return nil, err
			}
			if p.accept("as") {
				if h.name, err = p.name(); err != nil {
					return nil, err
				}
			}
		}
		if h.body, err = p.block("'except' statement", at); err != nil {
			return nil, err
		}
		s.handlers = append(s.handlers, h)
	}
	if s.els, err = p.elseBlock(); err != nil {
		return nil, err
	}
	if at := p.peek().at; p.accept("finally") {
		s.finally, err = p.block("'finally' statement", at)
	} else if len(s.handlers) == 0 {
		return nil, p.fail("expected 'except' or 'finally' block")
	}
	return s, err
}

func (p *parser) withStatement() (stmt, error) {
	start := p.next().at
	s := &withStmt{span: start}
	for {
		x, err := p.expr()
		if err != nil {
			return nil, err
		}
		item := withItem{x: x}
		if p.accept("as") {
			if item.target, err = p.primary(); err != nil {
				return nil, err
			}
		}
		s.items = append(s.items, item)
		if !p.accept(",") {
			break
		}
	}
	var err error
	s.body, err = p.block("'with' statement", start)
	return s, err
}

func (p *parser) decorated() (stmt, error) {
	var list []expr
	for p.accept("@") {
		x, err := p.namedExpr()
		if err != nil {
			return nil, err
		}
		if p.peek().kind != newline {
			return nil, p.fail("invalid syntax")
		}
		p.next()
		list = append(list, x)
	}
	return p.definition(list)
}

// definition reads def or class.
func (p *parser) definition(decorators []expr) (stmt, error) {
	start := p.peek().at
	if p.accept("async") && (p.is("for") || p.is("with")) {
		list, err := p.statement()
		if err != nil || len(list) == 0 {
			return nil, err
		}
		return list[0], nil
	}
	switch {
	case p.accept("def"):
		return p.function(start, decorators)
	case p.accept("class"):
		return p.class(start, decorators)
	}
	return nil, p.fail("invalid syntax")
}

func (p *parser) class(start span, decorators []expr) (stmt, error) {
	name, err := p.name()
	if err != nil {
		return nil, err
	}
	s := &classStmt{name: name, decorators: decorators}
	if p.accept("(") {
		args, err := p.arguments()
		if err != nil {
			return nil, err
		}
		for _, a := range args {
			if a.name == "" {
				s.bases = append(s.bases, a.x)
			}
		}
	}
	s.span = p.from(start)
	outer := p.fn
	p.fn = nil
	defer func() { p.fn = outer }()
	s.body, err = p.block("class definition", start)
	return s, err
}

func (p *parser) function(start span, decorators []expr) (stmt, error) {
	name, err := p.name()
	if err != nil {
		return nil, err
	}
	fn := &functionCode{name: name, decorators: decorators, globals: map[string]bool{}, nonlocals: map[string]bool{}}
	if err := p.expect("("); err != nil {
		return nil, err
	}
	if err := p.parameters(fn, ")", true); err != nil {
		return nil, err
	}
	if p.accept("->") {
		if _, err := p.expr(); err != nil {
			return nil, err
		}
	}
	s := &defStmt{span: p.from(start), fn: fn}
	outer := p.fn
	p.fn = fn
	defer func() { p.fn = outer }()
	fn.body, err = p.block("function definition", start)
	return s, err
}

// parameters reads the parameters of a function or lambda up to a closing token.
func (p *parser) parameters(fn *functionCode, end string, hints bool) error {
	byName := false
	for !p.accept(end) {
		switch {
		case p.accept("/"):
		case p.accept("**"):
			name, err := p.name()
			if err != nil {
				return err
			}
			fn.starStar = name
		case p.accept("*"):
			byName = true
			if p.peek().kind == nameToken {
				fn.star = p.next().text
			}
		default:
			name, err := p.name()
			if err != nil {
				return err
			}
			fn.params = append(fn.params, param{name: name, byName: byName})
		}
		if hints && p.accept(":") {
			hint, err := p.expr()
			if err != nil {
				return err
			}
			if n, ok := hint.(*nameExpr); ok && len(fn.params) > 0 {
				fn.params[len(fn.params)-1].hint = n.id
			}
		}
		if p.accept("=") {
			x, err := p.expr()
			if err != nil {
				return err
			}
			if len(fn.params) > 0 {
				fn.params[len(fn.params)-1].otherwise = x
			}
		}
		if !p.accept(",") && !p.is(end) {
			return p.fail("invalid syntax")
		}
	}
	return nil
}
