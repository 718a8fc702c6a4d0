package golang

import (
	"fmt"
	"go/ast"
	"go/token"
	"strconv"
	"strings"
)

// tuple is several results of one call.
type tuple []any

func constant(v any) expr { return func(*frame) any { return v } }

// expr compiles one expression.
func (c *compiler) expr(e ast.Expr) expr {
	switch e := e.(type) {
	case *ast.BasicLit:
		return c.literal(e)
	case *ast.ParenExpr:
		return c.expr(e.X)
	case *ast.Ident:
		return c.ident(e)
	case *ast.UnaryExpr:
		return c.unary(e)
	case *ast.BinaryExpr:
		return c.binaryExpr(e)
	case *ast.CallExpr:
		return c.callExpr(e)
	case *ast.SelectorExpr:
		return c.selector(e)
	case *ast.FuncLit:
		fn := &function{params: params(e.Type), body: c.block(e.Body.List)}
		return func(f *frame) any { return &function{fn.params, fn.body, f.scope} }
	case *ast.CompositeLit:
		return c.composite(e)
	case *ast.IndexExpr:
		x, i := c.expr(e.X), c.expr(e.Index)
		return func(f *frame) any { return index(f, x(f), i(f)) }
	case *ast.StarExpr:
		return c.expr(e.X)
	}
	c.beyond(e, "this expression")
	return constant(nil)
}

func (c *compiler) literal(e *ast.BasicLit) expr {
	switch e.Kind {
	case token.STRING:
		s, _ := strconv.Unquote(e.Value)
		return constant(s)
	case token.CHAR:
		r, _, _, _ := strconv.UnquoteChar(strings.Trim(e.Value, "'"), '\'')
		return constant(int(r))
	case token.INT:
		n, err := strconv.ParseInt(e.Value, 0, 64)
		if err != nil {
			c.fail(e.Pos(), "cannot use %s (untyped int constant) as int value", e.Value)
		}
		return constant(int(n))
	default:
		n, _ := strconv.ParseFloat(e.Value, 64)
		return constant(n)
	}
}

func (c *compiler) ident(e *ast.Ident) expr {
	switch e.Name {
	case "true":
		return constant(true)
	case "false":
		return constant(false)
	case "nil":
		return constant(nil)
	}
	if fn := c.prog.funcs[e.Name]; fn != nil {
		return constant(fn)
	}
	name := e.Name
	return func(f *frame) any { return f.get(name) }
}

func (c *compiler) unary(e *ast.UnaryExpr) expr {
	x := c.expr(e.X)
	switch e.Op {
	case token.NOT:
		return func(f *frame) any { return x(f) != true }
	case token.SUB:
		return c.binary(e, token.SUB, constant(0), x)
	case token.AND, token.ADD:
		return x
	}
	c.beyond(e, "the operator "+e.Op.String())
	return x
}

func (c *compiler) binaryExpr(e *ast.BinaryExpr) expr {
	x, y := c.expr(e.X), c.expr(e.Y)
	switch e.Op {
	case token.LAND:
		return func(f *frame) any { return x(f) == true && y(f) == true }
	case token.LOR:
		return func(f *frame) any { return x(f) == true || y(f) == true }
	case token.EQL:
		return func(f *frame) any { return same(x(f), y(f)) }
	case token.NEQ:
		return func(f *frame) any { return !same(x(f), y(f)) }
	}
	return c.binary(e, e.Op, x, y)
}

// same compares two values as == does, numbers of different kinds by value.
func same(a, b any) bool {
	switch a.(type) {
	case []any, *function:
		return false
	}
	x, isX := number(a)
	y, isY := number(b)
	if isX && isY {
		return x == y
	}
	switch b.(type) {
	case []any, *function:
		return false
	}
	return a == b
}

func number(v any) (float64, bool) {
	switch v := v.(type) {
	case int:
		return float64(v), true
	case float64:
		return v, true
	}
	return 0, false
}

// binary compiles arithmetic and order.
func (c *compiler) binary(at ast.Node, op token.Token, x, y expr) expr {
	switch op {
	case token.ADD, token.SUB, token.MUL, token.QUO, token.REM, token.LSS, token.LEQ, token.GTR, token.GEQ:
		return func(f *frame) any { return compute(f, op, x(f), y(f)) }
	}
	c.beyond(at, "the operator "+op.String())
	return x
}

func compute(f *frame, op token.Token, a, b any) any {
	switch x := a.(type) {
	case string:
		if y, ok := b.(string); ok {
			return computeText(op, x, y)
		}
	case int:
		if y, ok := b.(int); ok {
			return computeInt(f, op, x, y)
		}
	}
	x, okX := number(a)
	y, okY := number(b)
	if !okX || !okY {
		f.panic(fmt.Sprintf("invalid operation: operator %s not defined on %v", op, a))
	}
	return computeFloat(op, x, y)
}

func computeText(op token.Token, x, y string) any {
	switch op {
	case token.ADD:
		return x + y
	case token.LSS:
		return x < y
	case token.LEQ:
		return x <= y
	case token.GTR:
		return x > y
	}
	return x >= y
}

func computeInt(f *frame, op token.Token, x, y int) any {
	switch op {
	case token.ADD:
		return x + y
	case token.SUB:
		return x - y
	case token.MUL:
		return x * y
	case token.LSS:
		return x < y
	case token.LEQ:
		return x <= y
	case token.GTR:
		return x > y
	case token.GEQ:
		return x >= y
	}
	if y == 0 {
		f.panic("runtime error: integer divide by zero")
	}
	if op == token.QUO {
		return x / y
	}
	return x % y
}

func computeFloat(op token.Token, x, y float64) any {
	switch op {
	case token.ADD:
		return x + y
	case token.SUB:
		return x - y
	case token.MUL:
		return x * y
	case token.QUO:
		return x / y
	case token.LSS:
		return x < y
	case token.LEQ:
		return x <= y
	case token.GTR:
		return x > y
	}
	return x >= y
}

func (c *compiler) composite(e *ast.CompositeLit) expr {
	if _, ok := e.Type.(*ast.ArrayType); !ok {
		c.beyond(e, "a composite value that is no slice")
		return constant(nil)
	}
	var items []expr
	for _, el := range e.Elts {
		items = append(items, c.expr(el))
	}
	return func(f *frame) any {
		list := make([]any, 0, len(items))
		for _, it := range items {
			list = append(list, it(f))
		}
		return list
	}
}

func index(f *frame, x, i any) any {
	n, _ := i.(int)
	switch x := x.(type) {
	case []any:
		if n >= 0 && n < len(x) {
			return x[n]
		}
		f.panic(fmt.Sprintf("runtime error: index out of range [%d] with length %d", n, len(x)))
	case string:
		if n >= 0 && n < len(x) {
			return int(x[n])
		}
		f.panic(fmt.Sprintf("runtime error: index out of range [%d] with length %d", n, len(x)))
	}
	return nil
}
