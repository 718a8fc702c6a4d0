package sql

import (
	"slices"
	"strings"
)

type parser struct {
	list []token
	pos  int
}

func (p *parser) peek() token {
	if p.pos < len(p.list) {
		return p.list[p.pos]
	}
	return token{}
}

func (p *parser) next() token {
	t := p.peek()
	p.pos++
	return t
}

// accept takes words or symbols if exactly they come next.
func (p *parser) accept(words ...string) bool {
	for i, w := range words {
		if p.pos+i >= len(p.list) {
			return false
		}
		t := p.list[p.pos+i]
		if t.kind == text || t.quoted || t.text != w {
			return false
		}
	}
	p.pos += len(words)
	return true
}

func (p *parser) fail() error { return &SyntaxError{p.peek().raw} }

func (p *parser) expect(words ...string) error {
	if p.accept(words...) {
		return nil
	}
	for _, w := range words {
		if !p.accept(w) {
			return p.fail()
		}
	}
	return nil
}

// name reads an identifier; a schema in front of it is passed over.
func (p *parser) name() (string, error) {
	t := p.next()
	if t.kind != word {
		p.pos--
		return "", p.fail()
	}
	for p.accept(".") {
		t = p.next()
		if t.kind != word {
			p.pos--
			return "", p.fail()
		}
	}
	return t.text, nil
}

// atEnd refuses anything that follows a statement.
func (p *parser) atEnd() error {
	if p.pos < len(p.list) {
		return p.fail()
	}
	return nil
}

// expression is a value or column with operators between, kept as a tree.
type expression struct {
	op    string // "value", "null", "column", "call", "all" (an asterisk), or an operator
	text  string // of a value or name
	isNum bool
	args  []*expression
}

// precedence of the binary operators, loosest first.
func precedence() [][]string {
	return [][]string{{"or"}, {"and"}, {"=", "<", ">", "<=", ">=", "<>", "!=", "like", "ilike", "is", "in", "between", "not"}, {"+", "-", "||"}, {"*", "/", "%"}}
}

func (p *parser) expr(level, depth int) (*expression, error) {
	table := precedence()
	if depth > 60 {
		return nil, p.fail()
	}
	if level == len(table) {
		return p.atom(depth)
	}
	if level == 2 && p.accept("not") {
		x, err := p.expr(level, depth+1)
		return &expression{op: "not", args: []*expression{x}}, err
	}
	left, err := p.expr(level+1, depth+1)
	for err == nil {
		t := p.peek()
		if t.kind == text || t.kind == number || t.quoted || !slices.Contains(table[level], t.text) {
			return left, nil
		}
		p.next()
		left, err = p.operator(t.text, left, level, depth)
	}
	return nil, err
}

// operator reads what follows an operator.
func (p *parser) operator(op string, left *expression, level, depth int) (*expression, error) {
	switch op {
	case "is":
		not := p.accept("not")
		if err := p.expect("null"); err != nil {
			return nil, err
		}
		return &expression{op: map[bool]string{true: "is not null", false: "is null"}[not], args: []*expression{left}}, nil
	case "not":
		t := p.next()
		if t.text != "in" && t.text != "like" && t.text != "between" {
			p.pos--
			return nil, p.fail()
		}
		x, err := p.operator(t.text, left, level, depth)
		return &expression{op: "not", args: []*expression{x}}, err
	case "in":
		if err := p.expect("("); err != nil {
			return nil, err
		}
		e := &expression{op: "in", args: []*expression{left}}
		for {
			x, err := p.expr(0, depth+1)
			if err != nil {
				return nil, err
			}
			e.args = append(e.args, x)
			if !p.accept(",") {
				return e, p.expect(")")
			}
		}
	case "between":
		low, err := p.expr(level+1, depth+1)
		if err != nil {
			return nil, err
		}
		if err := p.expect("and"); err != nil {
			return nil, err
		}
		high, err := p.expr(level+1, depth+1)
		return &expression{op: "between", args: []*expression{left, low, high}}, err
	}
	right, err := p.expr(level+1, depth+1)
	return &expression{op: op, args: []*expression{left, right}}, err
}

func (p *parser) atom(depth int) (*expression, error) {
	t := p.next()
	switch {
	case t.kind == number:
		return p.cast(&expression{op: "value", text: t.text, isNum: true})
	case t.kind == text:
		return p.cast(&expression{op: "value", text: t.text})
	case t.kind == symbol && t.text == "*":
		return &expression{op: "all"}, nil
	case t.kind == symbol && t.text == "-":
		x, err := p.atom(depth + 1)
		if err == nil && x.op == "value" {
			x.text = "-" + x.text
		}
		return x, err
	case t.kind == symbol && t.text == "(":
		x, err := p.expr(0, depth+1)
		if err != nil {
			return nil, err
		}
		return x, p.expect(")")
	case t.kind == word && !t.quoted && t.text == "null":
		return &expression{op: "null"}, nil
	case t.kind == word && !t.quoted && (t.text == "true" || t.text == "false"):
		return &expression{op: "value", text: t.text}, nil
	case t.kind == word:
		return p.nameOrCall(t, depth)
	}
	p.pos--
	return nil, p.fail()
}

// reserved words cannot be names.
func reserved() []string {
	return []string{"select", "from", "where", "order", "group", "limit", "insert", "update", "delete", "create", "drop", "table", "values", "set", "and", "or", "into", "as"}
}

func (p *parser) nameOrCall(t token, depth int) (*expression, error) {
	if !t.quoted && slices.Contains(reserved(), t.text) {
		p.pos--
		return nil, p.fail()
	}
	if p.accept("(") {
		e := &expression{op: "call", text: t.text}
		for !p.accept(")") {
			p.accept("distinct")
			x, err := p.expr(0, depth+1)
			if err != nil {
				return nil, err
			}
			e.args = append(e.args, x)
			if !p.accept(",") && p.peek().text != ")" {
				return nil, p.fail()
			}
		}
		return e, nil
	}
	e := &expression{op: "column", text: t.text}
	for p.accept(".") {
		t = p.next()
		if t.kind == symbol && t.text == "*" {
			return &expression{op: "all"}, nil
		}
		e.text = t.text
	}
	return p.cast(e)
}

// cast passes over ::type.
func (p *parser) cast(e *expression) (*expression, error) {
	for p.accept("::") {
		if _, err := p.name(); err != nil {
			return nil, err
		}
	}
	return e, nil
}

// label is the column heading of an expression without AS.
func (e *expression) label(dialect string) string {
	switch e.op {
	case "column":
		return e.text
	case "call":
		if dialect == "postgres" {
			return e.text
		}
		parts := make([]string, len(e.args))
		for i, a := range e.args {
			parts[i] = a.label(dialect)
		}
		return e.text + "(" + strings.Join(parts, ", ") + ")"
	case "value":
		if dialect == "mysql" {
			return e.text
		}
	case "all":
		return "*"
	}
	if dialect == "mysql" && len(e.args) == 2 {
		return e.args[0].label(dialect) + e.op + e.args[1].label(dialect)
	}
	return "?column?"
}
