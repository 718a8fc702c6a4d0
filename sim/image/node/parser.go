package node

import "strings"

// tree is one construct of a program. What list, a, b and c are depends on kind.
type tree struct {
	kind    string
	text    string // a name, an operator, a text
	number  float64
	a, b, c *tree
	list    []*tree
	parts   []string // of a template
	flag    bool     // optional chaining, prefix operators, computed keys
	async   bool
	line    int
	col     int
}

type parser struct {
	list  []token
	pos   int
	depth int
}

const deepest = 200 // levels of nesting that are read

// parse reads a program.
func parse(src string) (*tree, error) { return parseAt(src, 1) }

func parseAt(src string, line int) (t *tree, err error) {
	list, err := lex(strings.ToValidUTF8(src, "\ufffd"), line)
	if err != nil {
		return nil, err
	}
	p := &parser{list: list}
	defer p.rescue(&err)
	t = &tree{kind: "block"}
	for p.peek().kind != endToken {
		t.list = append(t.list, p.statement())
	}
	return t, nil
}

// rescue turns the panic of a syntax error into an error.
func (p *parser) rescue(err *error) {
	switch r := recover().(type) {
	case nil:
	case *syntaxError:
		*err = r
	default:
		panic(r)
	}
}

func (p *parser) peek() token { return p.list[min(p.pos, len(p.list)-1)] }

func (p *parser) ahead(n int) token { return p.list[min(p.pos+n, len(p.list)-1)] }

func (p *parser) next() token {
	t := p.peek()
	p.pos++
	return t
}

func (p *parser) at(text string) bool {
	t := p.peek()
	return (t.kind == signToken || t.kind == nameToken) && t.text == text
}

func (p *parser) accept(text string) bool {
	if p.at(text) {
		p.pos++
		return true
	}
	return false
}

// fail ends the reading at a token, in V8's words.
func (p *parser) fail(t token) {
	text := "Unexpected token '" + t.text + "'"
	switch t.kind {
	case endToken:
		text = "Unexpected end of input"
	case stringToken:
		text = "Unexpected string"
	case numberToken:
		text = "Unexpected number"
	case templateToken:
		text = "Unexpected template string"
	case nameToken:
		if !isKeyword(t.text) {
			text = "Unexpected identifier '" + t.text + "'"
		}
	}
	panic(&syntaxError{t.line, t.col, text})
}

func (p *parser) lacking(t token, what string) { panic(&syntaxError{t.line, t.col, lacking(what)}) }

func (p *parser) expect(text string) token {
	if !p.at(text) {
		p.fail(p.peek())
	}
	return p.next()
}

func isKeyword(s string) bool {
	return strings.Contains(" break case catch class const continue debugger default delete do else export extends finally for function if import in instanceof new return super switch this throw try typeof var void while with null true false enum ", " "+s+" ")
}

func (p *parser) name() token {
	t := p.next()
	if t.kind != nameToken || isKeyword(t.text) {
		p.fail(t)
	}
	return t
}

func (p *parser) make(kind string) *tree {
	t := p.peek()
	return &tree{kind: kind, line: t.line, col: t.col}
}

// enter counts the nesting, which is limited.
func (p *parser) enter() {
	if p.depth++; p.depth > deepest {
		t := p.peek()
		p.lacking(t, "nesting this deep")
	}
}

// end is the end of a statement: a semicolon, or where one can be thought of.
func (p *parser) end() {
	if p.accept(";") || p.at("}") || p.peek().kind == endToken || p.peek().newline {
		return
	}
	p.fail(p.peek())
}
