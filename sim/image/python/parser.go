package python

import (
	"slices"
	"strings"
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
			if _, err := p.expr(); err != nil {
				return err
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
