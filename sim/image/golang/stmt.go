package golang

import (
	"go/ast"
	"go/token"
	"time"
)

// nothing is the statement that is not there.
func nothing(*frame) control { return next }

// stmt compiles one statement.
func (c *compiler) stmt(s ast.Stmt) stmt {
	switch s := s.(type) {
	case *ast.ExprStmt:
		e := c.expr(s.X)
		return func(f *frame) control { e(f); return next }
	case *ast.AssignStmt:
		return c.assign(s)
	case *ast.IncDecStmt:
		op := token.ADD
		if s.Tok == token.DEC {
			op = token.SUB
		}
		return c.store(s.X, c.binary(s, op, c.expr(s.X), func(*frame) any { return 1 }))
	case *ast.DeclStmt:
		return c.declStmt(s)
	case *ast.BlockStmt:
		body := c.block(s.List)
		return func(f *frame) control { return f.inner().run(body) }
	case *ast.IfStmt:
		return c.ifStmt(s)
	case *ast.ForStmt:
		return c.forStmt(s)
	case *ast.RangeStmt:
		return c.rangeStmt(s)
	case *ast.ReturnStmt:
		return c.returnStmt(s)
	case *ast.BranchStmt:
		return c.branch(s)
	case *ast.EmptyStmt:
		return nothing
	case *ast.DeferStmt:
		c.beyond(s, "defer")
	case *ast.GoStmt:
		c.beyond(s, "a goroutine")
	case *ast.SwitchStmt:
		return c.switchStmt(s)
	default:
		c.beyond(s, "this statement")
	}
	return nothing
}

func (c *compiler) declStmt(s *ast.DeclStmt) stmt {
	d, ok := s.Decl.(*ast.GenDecl)
	if !ok {
		return nothing
	}
	var all []stmt
	for _, spec := range d.Specs {
		if v, ok := spec.(*ast.ValueSpec); ok {
			all = append(all, c.define(v))
		} else {
			c.beyond(spec, "a type declaration")
		}
	}
	return func(f *frame) control { return f.run(all) }
}

func (c *compiler) assign(s *ast.AssignStmt) stmt {
	if op, ok := assignOps()[s.Tok]; ok {
		return c.store(s.Lhs[0], c.binary(s, op, c.expr(s.Lhs[0]), c.expr(s.Rhs[0])))
	}
	var values []expr
	for _, e := range s.Rhs {
		values = append(values, c.expr(e))
	}
	define := s.Tok == token.DEFINE
	lhs := s.Lhs
	for _, l := range lhs {
		if _, ok := l.(*ast.Ident); !ok {
			c.beyond(l, "an assignment to anything but a variable")
			return nothing
		}
	}
	return func(f *frame) control {
		var results []any
		for _, v := range values {
			r := v(f)
			if many, ok := r.(tuple); ok && len(values) == 1 {
				results = many
				break
			}
			results = append(results, r)
		}
		for i, l := range lhs {
			var value any
			if i < len(results) {
				value = results[i]
			}
			f.assign(l.(*ast.Ident).Name, value, define)
		}
		return next
	}
}

func assignOps() map[token.Token]token.Token {
	return map[token.Token]token.Token{
		token.ADD_ASSIGN: token.ADD, token.SUB_ASSIGN: token.SUB, token.MUL_ASSIGN: token.MUL,
		token.QUO_ASSIGN: token.QUO, token.REM_ASSIGN: token.REM,
	}
}

// store assigns one value to a variable that exists.
func (c *compiler) store(to ast.Expr, value expr) stmt {
	id, ok := to.(*ast.Ident)
	if !ok {
		c.beyond(to, "an assignment to anything but a variable")
		return nothing
	}
	return func(f *frame) control { f.assign(id.Name, value(f), false); return next }
}

func (c *compiler) ifStmt(s *ast.IfStmt) stmt {
	first := nothing
	if s.Init != nil {
		first = c.stmt(s.Init)
	}
	cond, body := c.expr(s.Cond), c.block(s.Body.List)
	otherwise := nothing
	if s.Else != nil {
		otherwise = c.stmt(s.Else)
	}
	return func(f *frame) control {
		in := f.inner()
		first(in)
		if cond(in) == true {
			return in.inner().run(body)
		}
		return otherwise(in)
	}
}

func (c *compiler) forStmt(s *ast.ForStmt) stmt {
	first, post := nothing, nothing
	if s.Init != nil {
		first = c.stmt(s.Init)
	}
	if s.Post != nil {
		post = c.stmt(s.Post)
	}
	cond := func(*frame) any { return true }
	if s.Cond != nil {
		cond = c.expr(s.Cond)
	}
	body := c.block(s.Body.List)
	return func(f *frame) control {
		in := f.inner()
		for first(in); cond(in) == true; post(in) {
			switch in.turn(body) {
			case breaks:
				return next
			case returns:
				return returns
			}
		}
		return next
	}
}

// rangeStmt ranges over a number, a string or a slice.
func (c *compiler) rangeStmt(s *ast.RangeStmt) stmt {
	over, body := c.expr(s.X), c.block(s.Body.List)
	name := func(e ast.Expr) string {
		if id, ok := e.(*ast.Ident); ok {
			return id.Name
		}
		return "_"
	}
	key, value := name(s.Key), name(s.Value)
	return func(f *frame) control {
		keys, values := items(over(f))
		for i := range keys {
			in := f.inner()
			in.set(key, keys[i])
			in.set(value, values[i])
			switch in.turn(body) {
			case breaks:
				return next
			case returns:
				return returns
			}
		}
		return next
	}
}

func items(v any) (keys, values []any) {
	switch v := v.(type) {
	case int:
		for i := range min(v, maxItems) {
			keys, values = append(keys, i), append(values, nil)
		}
	case []any:
		for i, e := range v {
			keys, values = append(keys, i), append(values, e)
		}
	case string:
		for i, r := range v {
			keys, values = append(keys, i), append(values, int(r))
		}
	}
	return keys, values
}

// maxItems bounds a range over a number.
const maxItems = 1_000_000

func (c *compiler) returnStmt(s *ast.ReturnStmt) stmt {
	var values []expr
	for _, e := range s.Results {
		values = append(values, c.expr(e))
	}
	return func(f *frame) control {
		switch len(values) {
		case 0:
		case 1:
			f.call.result = values[0](f)
		default:
			var all tuple
			for _, v := range values {
				all = append(all, v(f))
			}
			f.call.result = all
		}
		return returns
	}
}

func (c *compiler) branch(s *ast.BranchStmt) stmt {
	if s.Label == nil {
		switch s.Tok {
		case token.BREAK:
			return func(*frame) control { return breaks }
		case token.CONTINUE:
			return func(*frame) control { return continues }
		}
	}
	c.beyond(s, s.Tok.String()+" with a label")
	return nothing
}

// switchStmt is a switch over values or conditions.
func (c *compiler) switchStmt(s *ast.SwitchStmt) stmt {
	tag, begin := constant(true), stmt(nothing)
	if s.Init != nil {
		begin = c.stmt(s.Init)
	}
	if s.Tag != nil {
		tag = c.expr(s.Tag)
	}
	type arm struct {
		values []expr
		body   []stmt
		other  bool
	}
	var arms []arm
	for _, clause := range s.Body.List {
		cc := clause.(*ast.CaseClause)
		a := arm{body: c.block(cc.Body), other: cc.List == nil}
		for _, e := range cc.List {
			a.values = append(a.values, c.expr(e))
		}
		arms = append(arms, a)
	}
	return func(outer *frame) control {
		f := outer.inner()
		begin(f)
		v := tag(f)
		chosen := -1
		for i, a := range arms {
			if a.other && chosen < 0 {
				chosen = i
			}
			for _, e := range a.values {
				if same(e(f), v) {
					return leave(f.inner().run(a.body))
				}
			}
		}
		if chosen >= 0 {
			return leave(f.inner().run(arms[chosen].body))
		}
		return next
	}
}

// leave is the end of a switch: break leaves only it.
func leave(c control) control {
	if c == breaks {
		return next
	}
	return c
}

// step is what one turn of a loop costs: a program that never sleeps must not
// hold the game.
const step = 20 * time.Microsecond
