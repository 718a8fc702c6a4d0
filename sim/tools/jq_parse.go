package tools

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
)

// jqNode is a filter.
type jqNode struct {
	op    string
	text  string
	value any
	kids  []*jqNode
}

// jqParser reads a filter by recursive descent.
type jqParser struct {
	src   string
	at    int
	depth int
}

func parseJQ(src string) (n *jqNode, err error) {
	p := &jqParser{src: src}
	defer func() {
		if r := recover(); r != nil {
			e, ok := r.(jqError)
			if !ok {
				panic(r)
			}
			n, err = nil, e
		}
	}()
	p.space()
	if p.at == len(src) {
		return &jqNode{op: "."}, nil
	}
	n = p.pipe()
	if p.at < len(src) {
		p.fail()
	}
	return n, nil
}

func (p *jqParser) fail() {
	what := "end of file"
	if p.at < len(p.src) {
		what = "'" + p.src[p.at:min(p.at+1, len(p.src))] + "'"
	}
	panic(jqError(fmt.Sprintf("syntax error, unexpected %s (Unix shell quoting issues?) at <top-level>, line 1:\n%s", what, p.src)))
}

func (p *jqParser) space() {
	for p.at < len(p.src) && strings.IndexByte(" \t\n\r", p.src[p.at]) >= 0 {
		p.at++
	}
}

func (p *jqParser) is(op string) bool { return strings.HasPrefix(p.src[p.at:], op) }

// take reads an operator; a word must end where it ends.
func (p *jqParser) take(op string) bool {
	if !p.is(op) {
		return false
	}
	end := p.at + len(op)
	if isNameByte(op[0]) && end < len(p.src) && (isNameByte(p.src[end]) || p.src[end] >= '0' && p.src[end] <= '9') {
		return false
	}
	p.at = end
	p.space()
	return true
}

func (p *jqParser) expect(op string) {
	if !p.take(op) {
		p.fail()
	}
}

func isNameByte(c byte) bool { return c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }

func (p *jqParser) name() string {
	from := p.at
	for p.at < len(p.src) && (isNameByte(p.src[p.at]) || p.at > from && p.src[p.at] >= '0' && p.src[p.at] <= '9') {
		p.at++
	}
	return p.src[from:p.at]
}

func (p *jqParser) pipe() *jqNode {
	if p.depth++; p.depth > 200 {
		panic(jqError("filter too deeply nested"))
	}
	defer func() { p.depth-- }()
	n := p.comma()
	if p.take("as ") {
		panic(jqError("'as' is part of jq, but this simulator does not have it"))
	}
	if p.is("|") && !p.is("|=") {
		p.take("|")
		return &jqNode{op: "|", kids: []*jqNode{n, p.pipe()}}
	}
	if p.is("|=") || p.is("=") && !p.is("==") || p.is("+=") {
		panic(jqError("assignment is part of jq, but this simulator does not have it"))
	}
	return n
}

func (p *jqParser) comma() *jqNode {
	n := p.level(0)
	for p.take(",") {
		n = &jqNode{op: ",", kids: []*jqNode{n, p.level(0)}}
	}
	return n
}

func (p *jqParser) level(at int) *jqNode {
	levels := [][]string{{"//"}, {"or"}, {"and"}, {"==", "!=", "<=", ">=", "<", ">"}, {"+", "-"}, {"*", "/", "%"}}
	if at == len(levels) {
		return p.postfix()
	}
	n := p.level(at + 1)
	for {
		op := ""
		for _, c := range levels[at] {
			if p.is(c) && !(c == "/" && p.is("//")) && !(c == "+" && p.is("+=")) && p.take(c) {
				op = c
				break
			}
		}
		if op == "" {
			return n
		}
		n = &jqNode{op: "binary", text: op, kids: []*jqNode{n, p.level(at + 1)}}
	}
}

func (p *jqParser) postfix() *jqNode {
	n := p.primary()
	for {
		switch {
		case p.take("?"):
			n = &jqNode{op: "?", kids: []*jqNode{n}}
		case p.is("["):
			n = p.brackets(n)
		case p.is(".") && p.at+1 < len(p.src) && (isNameByte(p.src[p.at+1]) || p.src[p.at+1] == '"' || p.src[p.at+1] == '['):
			p.at++
			n = p.member(n)
		default:
			return n
		}
	}
}

// member is what follows a dot: a name, a text or brackets.
func (p *jqParser) member(of *jqNode) *jqNode {
	if p.is("[") {
		return p.brackets(of)
	}
	var key *jqNode
	if p.is(`"`) {
		key = p.text()
	} else {
		key = &jqNode{op: "value", value: p.name()}
		p.space()
	}
	return &jqNode{op: "index", kids: []*jqNode{of, key}}
}

func (p *jqParser) brackets(of *jqNode) *jqNode {
	p.expect("[")
	if p.take("]") {
		return &jqNode{op: "[]", kids: []*jqNode{of}}
	}
	var from *jqNode
	if !p.is(":") {
		from = p.pipe()
		if p.take("]") {
			return &jqNode{op: "index", kids: []*jqNode{of, from}}
		}
	}
	p.expect(":")
	var to *jqNode
	if !p.is("]") {
		to = p.pipe()
	}
	p.expect("]")
	return &jqNode{op: "slice", kids: []*jqNode{of, from, to}}
}

func (p *jqParser) primary() *jqNode {
	if p.depth++; p.depth > 200 {
		panic(jqError("filter too deeply nested"))
	}
	defer func() { p.depth-- }()
	if p.at >= len(p.src) {
		p.fail()
	}
	c := p.src[p.at]
	switch {
	case p.take(".."):
		return &jqNode{op: "call", text: "recurse"}
	case c == '.':
		p.at++
		if p.at < len(p.src) && (isNameByte(p.src[p.at]) || p.src[p.at] == '"' || p.src[p.at] == '[') {
			return p.member(&jqNode{op: "."})
		}
		p.space()
		return &jqNode{op: "."}
	case c == '"':
		return p.text()
	case c >= '0' && c <= '9':
		from := p.at
		for p.at < len(p.src) && strings.IndexByte("0123456789.eE", p.src[p.at]) >= 0 {
			p.at++
		}
		v, err := strconv.ParseFloat(p.src[from:p.at], 64)
		if err != nil {
			p.fail()
		}
		p.space()
		return &jqNode{op: "value", value: v}
	case p.take("("):
		n := p.pipe()
		p.expect(")")
		return n
	case p.take("["):
		if p.take("]") {
			return &jqNode{op: "array"}
		}
		n := p.pipe()
		p.expect("]")
		return &jqNode{op: "array", kids: []*jqNode{n}}
	case p.take("{"):
		return p.object()
	case p.take("-"):
		return &jqNode{op: "binary", text: "-", kids: []*jqNode{{op: "value", value: 0.0}, p.postfix()}}
	case c == '$':
		p.at++
		n := &jqNode{op: "$", text: p.name()}
		p.space()
		return n
	case isNameByte(c):
		return p.word()
	}
	p.fail()
	return nil
}

// word is a constant, if, or a function.
func (p *jqParser) word() *jqNode {
	name := p.name()
	p.space()
	switch name {
	case "null":
		return &jqNode{op: "value"}
	case "true", "false":
		return &jqNode{op: "value", value: name == "true"}
	case "if":
		return p.conditional()
	case "try":
		return &jqNode{op: "?", kids: []*jqNode{p.postfix()}}
	case "def", "reduce", "foreach", "label", "import", "include":
		panic(jqError("'" + name + "' is part of jq, but this simulator does not have it"))
	}
	n := &jqNode{op: "call", text: name}
	if p.take("(") {
		for {
			n.kids = append(n.kids, p.pipe())
			if !p.take(";") {
				break
			}
		}
		p.expect(")")
	}
	return n
}

func (p *jqParser) conditional() *jqNode {
	n := &jqNode{op: "if", kids: []*jqNode{p.pipe()}}
	p.expect("then")
	n.kids = append(n.kids, p.pipe())
	switch {
	case p.take("elif"):
		n.kids = append(n.kids, p.conditional())
		return n
	case p.take("else"):
		n.kids = append(n.kids, p.pipe())
	default:
		n.kids = append(n.kids, &jqNode{op: "."})
	}
	p.expect("end")
	return n
}

func (p *jqParser) object() *jqNode {
	n := &jqNode{op: "object"}
	for !p.take("}") {
		var key, value *jqNode
		switch {
		case p.take("("):
			key = p.pipe()
			p.expect(")")
		case p.is(`"`):
			key = p.text()
		case p.is("$"):
			p.at++
			name := p.name()
			p.space()
			key, value = &jqNode{op: "value", value: name}, &jqNode{op: "$", text: name}
		default:
			name := p.name()
			if name == "" {
				p.fail()
			}
			p.space()
			key = &jqNode{op: "value", value: name}
		}
		if p.take(":") {
			value = p.level(0)
			for p.is("|") {
				p.take("|")
				value = &jqNode{op: "|", kids: []*jqNode{value, p.level(0)}}
			}
		} else if value == nil {
			value = &jqNode{op: "index", kids: []*jqNode{{op: "."}, key}}
		}
		n.kids = append(n.kids, key, value)
		if !p.take(",") && !p.is("}") {
			p.fail()
		}
	}
	return n
}

// text is a string, with \(...) in it.
func (p *jqParser) text() *jqNode {
	n := &jqNode{op: "text"}
	p.at++
	from := p.at
	flush := func() {
		var s string
		if json.Unmarshal([]byte(`"`+p.src[from:p.at]+`"`), &s) != nil {
			p.fail()
		}
		n.kids = append(n.kids, &jqNode{op: "value", value: s})
	}
	for {
		switch {
		case p.at >= len(p.src):
			p.fail()
		case p.is(`\(`):
			flush()
			p.at += 2
			p.space()
			n.kids = append(n.kids, p.pipe())
			if !p.is(")") {
				p.fail()
			}
			p.at++
			from = p.at
		case p.src[p.at] == '\\':
			p.at = min(p.at+2, len(p.src))
		case p.src[p.at] == '"':
			flush()
			p.at++
			p.space()
			return n
		default:
			p.at++
		}
	}
}
