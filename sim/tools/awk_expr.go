package tools

import (
	"fmt"
	"math"
	"strings"
)

// binary levels of awk, loosest first; an empty text is concatenation.
func awkLevels() [][]string {
	return [][]string{{"||"}, {"&&"}, {"in"}, {"~", "!~"}, {"<", "<=", "==", "!=", ">", ">="}, {""}, {"+", "-"}, {"*", "/", "%"}}
}

func (p *awkParser) expr() *awkNode {
	if p.depth++; p.depth > 100 {
		panic(awkSyntax("program too deeply nested"))
	}
	defer func() { p.depth-- }()
	left := p.ternary()
	for _, op := range []string{"=", "+=", "-=", "*=", "/=", "%="} {
		if p.is(op) {
			if left.op != "var" && left.op != "field" && left.op != "index" {
				p.fail()
			}
			p.at++
			return &awkNode{op: "assign", text: op, kids: []*awkNode{left, p.expr()}}
		}
	}
	return left
}

func (p *awkParser) ternary() *awkNode {
	cond := p.level(0)
	if !p.take("?") {
		return cond
	}
	yes := p.expr()
	p.expect(":")
	return &awkNode{op: "?", kids: []*awkNode{cond, yes, p.expr()}}
}

func (p *awkParser) level(n int) *awkNode {
	levels := awkLevels()
	if n == len(levels) {
		return p.unary()
	}
	left := p.level(n + 1)
	for {
		op, found := "", false
		for _, candidate := range levels[n] {
			if candidate == "" && p.startsOperand() || candidate != "" && p.is(candidate) && !(p.noGt && candidate == ">") {
				op, found = candidate, true
				break
			}
		}
		if !found {
			return left
		}
		if op != "" {
			p.at++
		}
		left = &awkNode{op: "binary", text: op, kids: []*awkNode{left, p.level(n + 1)}}
	}
}

// startsOperand reports that concatenation goes on.
func (p *awkParser) startsOperand() bool {
	t := p.peek()
	switch t.kind {
	case "num", "str":
		return true
	case "name":
		return t.text != "in" && t.text != "else"
	}
	return p.is("$") || p.is("(") || p.is("!") && false
}

func (p *awkParser) unary() *awkNode {
	for _, op := range []string{"!", "-", "+"} {
		if p.take(op) {
			if p.depth++; p.depth > 100 {
				panic(awkSyntax("program too deeply nested"))
			}
			n := &awkNode{op: "unary", text: op, kids: []*awkNode{p.unary()}}
			p.depth--
			return n
		}
	}
	for _, op := range []string{"++", "--"} {
		if p.take(op) {
			return &awkNode{op: "pre", text: op, kids: []*awkNode{p.primary()}}
		}
	}
	n := p.primary()
	for _, op := range []string{"++", "--"} {
		if p.is(op) && (n.op == "var" || n.op == "field" || n.op == "index") {
			p.at++
			return &awkNode{op: "post", text: op, kids: []*awkNode{n}}
		}
	}
	if p.take("^") {
		return &awkNode{op: "binary", text: "^", kids: []*awkNode{n, p.unary()}}
	}
	return n
}

func (p *awkParser) primary() *awkNode {
	t := p.next()
	switch {
	case t.kind == "num":
		return &awkNode{op: "num", num: awkNum(t.text)}
	case t.kind == "str":
		return &awkNode{op: "str", text: t.text}
	case t.kind == "re":
		return &awkNode{op: "re", text: t.text}
	case t.kind == "op" && t.text == "$":
		if p.depth++; p.depth > 100 {
			panic(awkSyntax("program too deeply nested"))
		}
		defer func() { p.depth-- }()
		return &awkNode{op: "field", kids: []*awkNode{p.primary()}}
	case t.kind == "op" && t.text == "(":
		return p.group()
	case t.kind == "name" && p.is("("):
		p.at++
		return &awkNode{op: "call", text: t.text, kids: p.list(")")}
	case t.kind == "name" && p.is("["):
		p.at++
		return &awkNode{op: "index", text: t.text, kids: p.list("]")}
	case t.kind == "name" && t.text == "length":
		return &awkNode{op: "call", text: "length"}
	case t.kind == "name":
		return &awkNode{op: "var", text: t.text}
	}
	p.at--
	p.fail()
	return nil
}

func (p *awkParser) group() *awkNode {
	noGt := p.noGt
	p.noGt = false
	list := p.list(")")
	p.noGt = noGt
	if len(list) == 0 {
		p.fail()
	}
	return &awkNode{op: "group", kids: list}
}

func (p *awkParser) list(end string) []*awkNode {
	var list []*awkNode
	for !p.take(end) {
		list = append(list, p.expr())
		if !p.take(",") && !p.is(end) {
			p.fail()
		}
	}
	return list
}

// eval computes an expression.
func (r *awkRun) eval(n *awkNode) (awkValue, error) {
	if r.steps++; r.steps > maxAwkSteps {
		return awkValue{}, fmt.Errorf("the program runs too long for this simulator")
	}
	switch n.op {
	case "num":
		return awkNumber(n.num), nil
	case "str":
		return awkText(n.text), nil
	case "re":
		rx, err := compile(n.text, "extended", false)
		if err != nil {
			return awkValue{}, err
		}
		return awkBool(rx.MatchString(r.line)), nil
	case "var":
		return r.variable(n.text), nil
	case "group":
		return r.eval(n.kids[len(n.kids)-1])
	case "field":
		v, err := r.eval(n.kids[0])
		return r.field(int(v.number())), err
	case "index":
		key, err := r.key(n.kids)
		return r.arrays[n.text][key], err
	case "?":
		v, err := r.eval(n.kids[0])
		if err != nil {
			return v, err
		}
		if v.truth() {
			return r.eval(n.kids[1])
		}
		return r.eval(n.kids[2])
	case "call":
		return r.call(n)
	}
	return r.operate(n)
}

// maxAwkSteps bounds a program, so that an endless loop ends.
const maxAwkSteps = 20_000_000

func (r *awkRun) operate(n *awkNode) (awkValue, error) {
	switch n.op {
	case "unary":
		v, err := r.eval(n.kids[0])
		switch n.text {
		case "!":
			return awkBool(!v.truth()), err
		case "-":
			return awkNumber(-v.number()), err
		}
		return awkNumber(v.number()), err
	case "pre", "post":
		old, err := r.eval(n.kids[0])
		if err != nil {
			return old, err
		}
		by := 1.0
		if n.text == "--" {
			by = -1
		}
		changed := awkNumber(old.number() + by)
		if err := r.store(n.kids[0], changed); err != nil || n.op == "pre" {
			return changed, err
		}
		return awkNumber(old.number()), nil
	case "assign":
		v, err := r.eval(n.kids[1])
		if err == nil && n.text != "=" {
			var old awkValue
			if old, err = r.eval(n.kids[0]); err == nil {
				v, err = awkArithmetic(n.text[:1], old, v)
			}
		}
		if err != nil {
			return v, err
		}
		return v, r.store(n.kids[0], v)
	}
	return r.binary(n)
}

func awkBool(b bool) awkValue { return awkNumber(float64(btoi(b))) }

func (r *awkRun) binary(n *awkNode) (awkValue, error) {
	if n.text == "in" {
		key, err := r.eval(n.kids[0])
		_, ok := r.arrays[n.kids[1].text][key.text()]
		return awkBool(ok), err
	}
	a, err := r.eval(n.kids[0])
	if err != nil {
		return a, err
	}
	switch {
	case n.text == "&&" && !a.truth():
		return awkBool(false), nil
	case n.text == "||" && a.truth():
		return awkBool(true), nil
	case n.text == "~" || n.text == "!~":
		return r.match(a, n.kids[1], n.text == "~")
	}
	b, err := r.eval(n.kids[1])
	if err != nil {
		return b, err
	}
	switch n.text {
	case "":
		text := a.text() + b.text()
		if len(text) > maxLine {
			return b, fmt.Errorf("string too long")
		}
		return awkText(text), nil
	case "&&", "||":
		return awkBool(b.truth()), nil
	case "<", "<=", "==", "!=", ">", ">=":
		return awkBool(awkCompare(n.text, a, b)), nil
	}
	return awkArithmetic(n.text, a, b)
}

func (r *awkRun) match(a awkValue, pattern *awkNode, want bool) (awkValue, error) {
	expr := pattern.text
	if pattern.op != "re" {
		v, err := r.eval(pattern)
		if err != nil {
			return v, err
		}
		expr = v.text()
	}
	rx, err := compile(expr, "extended", false)
	if err != nil {
		return a, err
	}
	return awkBool(rx.MatchString(a.text()) == want), nil
}

func awkCompare(op string, a, b awkValue) bool {
	c := strings.Compare(a.text(), b.text())
	empty := func(v awkValue) bool { return v == awkValue{} }
	if (a.numeric() || empty(a)) && (b.numeric() || empty(b)) {
		switch x, y := a.number(), b.number(); {
		case x < y:
			c = -1
		case x > y:
			c = 1
		default:
			c = 0
		}
	}
	switch op {
	case "<":
		return c < 0
	case "<=":
		return c <= 0
	case "==":
		return c == 0
	case "!=":
		return c != 0
	case ">":
		return c > 0
	}
	return c >= 0
}

func awkArithmetic(op string, a, b awkValue) (awkValue, error) {
	x, y := a.number(), b.number()
	switch op {
	case "+":
		return awkNumber(x + y), nil
	case "-":
		return awkNumber(x - y), nil
	case "*":
		return awkNumber(x * y), nil
	case "^":
		return awkNumber(math.Pow(x, y)), nil
	}
	if y == 0 {
		return a, fmt.Errorf("division by zero")
	}
	if op == "%" {
		return awkNumber(math.Mod(x, y)), nil
	}
	return awkNumber(x / y), nil
}
