package tools

import (
	"fmt"
	"strconv"
	"strings"
)

// awkProgram is a parsed awk script.
type awkProgram struct {
	rules []*awkRule
	reads bool // it has to read its input
}

// awkRule is a pattern with its action. A nil body prints the line.
type awkRule struct {
	kind     string // BEGIN, END or empty
	from, to *awkNode
	body     []*awkNode
}

// awkNode is an expression or a statement.
type awkNode struct {
	op   string
	text string
	num  float64
	kids []*awkNode
	body []*awkNode
	or   []*awkNode // else
}

type awkToken struct {
	kind string // num, str, re, name, func, op, nl, end
	text string
}

// awkParser is a recursive-descent parser over tokens.
type awkParser struct {
	toks  []awkToken
	at    int
	depth int
	noGt  bool
}

func parseAwk(src string) (prog *awkProgram, err error) {
	toks, err := awkTokens(src)
	if err != nil {
		return nil, err
	}
	p := &awkParser{toks: toks}
	defer func() {
		if r := recover(); r != nil {
			e, ok := r.(awkSyntax)
			if !ok {
				panic(r)
			}
			prog, err = nil, e
		}
	}()
	return p.program(), nil
}

// awkSyntax is what the parser panics with, to be turned into an error at its door.
type awkSyntax string

func (e awkSyntax) Error() string { return string(e) }

func (p *awkParser) fail() {
	t := p.peek()
	what := t.text
	if t.kind == "end" {
		what = "end of file"
	}
	panic(awkSyntax(fmt.Sprintf("cmd. line:1: syntax error at or near %s", what)))
}

func (p *awkParser) peek() awkToken { return p.toks[min(p.at, len(p.toks)-1)] }
func (p *awkParser) next() awkToken { t := p.peek(); p.at++; return t }
func (p *awkParser) is(op string) bool {
	t := p.peek()
	return (t.kind == "op" || t.kind == "name") && t.text == op
}

func (p *awkParser) take(op string) bool {
	if p.is(op) {
		p.at++
		return true
	}
	return false
}

func (p *awkParser) expect(op string) {
	if !p.take(op) {
		p.fail()
	}
}

func (p *awkParser) skip() {
	for p.peek().kind == "nl" || p.is(";") {
		p.at++
	}
}

func (p *awkParser) program() *awkProgram {
	prog := &awkProgram{}
	for p.skip(); p.peek().kind != "end"; p.skip() {
		rule := &awkRule{}
		switch {
		case p.is("BEGIN") || p.is("END"):
			rule.kind = p.next().text
		case p.is("function"):
			panic(awkSyntax("'function' is part of awk, but this simulator does not have it"))
		case !p.is("{"):
			rule.from = p.expr()
			if p.take(",") {
				rule.to = p.expr()
			}
		}
		if p.is("{") {
			rule.body = p.braces()
		} else if rule.kind != "" {
			p.fail()
		}
		prog.reads = prog.reads || rule.kind != "BEGIN"
		prog.rules = append(prog.rules, rule)
	}
	return prog
}

func (p *awkParser) braces() []*awkNode {
	p.expect("{")
	list := []*awkNode{}
	for p.skip(); !p.is("}"); p.skip() {
		if p.peek().kind == "end" {
			p.fail()
		}
		list = append(list, p.statement())
	}
	p.at++
	return list
}

func (p *awkParser) body() []*awkNode {
	for p.peek().kind == "nl" {
		p.at++
	}
	if p.is("{") {
		return p.braces()
	}
	if p.take(";") {
		return nil
	}
	return []*awkNode{p.statement()}
}

func (p *awkParser) statement() *awkNode {
	if p.depth++; p.depth > 100 {
		panic(awkSyntax("program too deeply nested"))
	}
	defer func() { p.depth-- }()
	if p.peek().kind == "name" {
		switch word := p.peek().text; word {
		case "if", "while", "for":
			p.at++
			return p.control(word)
		case "print", "printf":
			p.at++
			return p.printing(word)
		case "next", "exit", "break", "continue":
			p.at++
			n := &awkNode{op: word}
			if word == "exit" && !p.ends() {
				n.kids = []*awkNode{p.expr()}
			}
			return n
		case "delete":
			p.at++
			return &awkNode{op: "delete", kids: []*awkNode{p.primary()}}
		case "getline", "do", "return", "switch":
			panic(awkSyntax(fmt.Sprintf("'%s' is part of awk, but this simulator does not have it", word)))
		}
	}
	if p.is("{") {
		return &awkNode{op: "block", body: p.braces()}
	}
	return &awkNode{op: "expr", kids: []*awkNode{p.expr()}}
}

func (p *awkParser) ends() bool {
	t := p.peek()
	return t.kind == "nl" || t.kind == "end" || p.is(";") || p.is("}")
}

func (p *awkParser) control(word string) *awkNode {
	n := &awkNode{op: word}
	p.expect("(")
	if word == "for" {
		return p.forLoop(n)
	}
	n.kids = []*awkNode{p.expr()}
	p.expect(")")
	n.body = p.body()
	if word == "if" {
		mark := p.at
		p.skip()
		if p.take("else") {
			n.or = p.body()
		} else {
			p.at = mark
		}
	}
	return n
}

func (p *awkParser) forLoop(n *awkNode) *awkNode {
	if p.at+3 < len(p.toks) && p.toks[p.at].kind == "name" && p.toks[p.at+1].text == "in" && p.toks[p.at+3].text == ")" {
		n.op, n.text = "forin", p.next().text
		p.at++
		n.kids = []*awkNode{{op: "var", text: p.next().text}}
		p.expect(")")
		n.body = p.body()
		return n
	}
	part := func(end string) *awkNode {
		if p.take(end) {
			return nil
		}
		e := p.expr()
		p.expect(end)
		return e
	}
	n.kids = []*awkNode{part(";"), part(";"), part(")")}
	n.body = p.body()
	return n
}

func (p *awkParser) printing(word string) *awkNode {
	n := &awkNode{op: word}
	p.noGt = true
	defer func() { p.noGt = false }()
	for !p.ends() && !p.is(">") && !p.is("|") && !p.is(">>") {
		n.kids = append(n.kids, p.expr())
		if !p.take(",") {
			break
		}
	}
	if p.is("|") {
		panic(awkSyntax("print to a command is part of awk, but this simulator does not have it"))
	}
	if p.is(">") || p.is(">>") {
		n.text = p.next().text
		n.or = []*awkNode{p.primary()}
	}
	if len(n.kids) == 1 && n.kids[0].op == "group" {
		n.kids = n.kids[0].kids
	}
	return n
}

// awkTokens splits a script.
func awkTokens(src string) ([]awkToken, error) {
	var toks []awkToken
	regexAllowed := func() bool {
		if len(toks) == 0 {
			return true
		}
		last := toks[len(toks)-1]
		return last.kind == "nl" || last.kind == "op" && last.text != ")" && last.text != "]" && last.text != "$"
	}
	for i := 0; i < len(src); {
		c := src[i]
		switch {
		case c == ' ' || c == '\t' || c == '\r':
			i++
		case c == '\\' && i+1 < len(src) && src[i+1] == '\n':
			i += 2
		case c == '\n':
			toks = append(toks, awkToken{"nl", "newline"})
			i++
		case c == '#':
			for i < len(src) && src[i] != '\n' {
				i++
			}
		case c == '"' || c == '/' && regexAllowed():
			text, n, ok := awkQuoted(src[i:], c)
			if !ok {
				return nil, awkSyntax("cmd. line:1: unterminated string or regexp")
			}
			kind := "str"
			if c == '/' {
				kind = "re"
			}
			toks = append(toks, awkToken{kind, text})
			i += n
		case c >= '0' && c <= '9' || c == '.' && i+1 < len(src) && src[i+1] >= '0' && src[i+1] <= '9':
			n := 1
			for i+n < len(src) && (src[i+n] >= '0' && src[i+n] <= '9' || src[i+n] == '.' || src[i+n] == 'e') {
				n++
			}
			toks = append(toks, awkToken{"num", src[i : i+n]})
			i += n
		case c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z':
			n := 1
			for i+n < len(src) && (src[i+n] == '_' || src[i+n] >= 'a' && src[i+n] <= 'z' || src[i+n] >= 'A' && src[i+n] <= 'Z' || src[i+n] >= '0' && src[i+n] <= '9') {
				n++
			}
			toks = append(toks, awkToken{"name", src[i : i+n]})
			i += n
		default:
			op := awkOperator(src[i:])
			if op == "" {
				return nil, awkSyntax(fmt.Sprintf("cmd. line:1: syntax error at or near %c", c))
			}
			toks = append(toks, awkToken{"op", op})
			i += len(op)
		}
	}
	return append(toks, awkToken{"end", ""}), nil
}

func awkOperator(s string) string {
	for _, op := range []string{"&&", "||", "==", "!=", "<=", ">=", "++", "--", "+=", "-=", "*=", "/=", "%=", "!~", ">>"} {
		if strings.HasPrefix(s, op) {
			return op
		}
	}
	if strings.IndexByte("{}()[];,+-*/%<>!~?:=$|^", s[0]) >= 0 {
		return s[:1]
	}
	return ""
}

func awkQuoted(s string, quote byte) (string, int, bool) {
	for i := 1; i < len(s); i++ {
		switch {
		case s[i] == '\\':
			i++
		case s[i] == quote:
			text := s[1:i]
			if quote == '"' {
				text = strings.ReplaceAll(text, `\"`, `"`)
				text = strings.ReplaceAll(text, `\/`, `/`)
				text, _ = Escapes(text)
			} else {
				text = strings.ReplaceAll(text, `\/`, `/`)
			}
			return text, i + 1, true
		case s[i] == '\n':
			return "", 0, false
		}
	}
	return "", 0, false
}

func awkNum(s string) float64 { n, _ := strconv.ParseFloat(s, 64); return n }
