package shell

import (
	"mvdan.cc/sh/v3/pattern"
	"mvdan.cc/sh/v3/syntax"
	"regexp"
)

// compound runs the constructs of the language.
func (sh *interp) compound(cmd syntax.Command) {
	switch c := cmd.(type) {
	case *syntax.IfClause:
		sh.ifClause(c)
	case *syntax.WhileClause:
		sh.whileClause(c)
	case *syntax.ForClause:
		sh.forClause(c)
	case *syntax.CaseClause:
		sh.caseClause(c)
	case *syntax.TestClause:
		if sh.flavour == dash {
			sh.fail("[[: not found")
			sh.status = 127
			return
		}
		sh.tested++
		ok, err := sh.testExpr(c.X)
		sh.tested--
		sh.status = oneIf(!ok)
		if err != nil {
			sh.fail("%s", err)
			sh.status = 2
		}
	case *syntax.ArithmCmd:
		sh.arithmCommand(c.X)
	case *syntax.LetClause:
		for _, x := range c.Exprs {
			sh.arithmCommand(x)
		}
	case *syntax.CoprocClause:
		sh.fail("coproc is part of bash, but this simulator does not have it")
	default:
		sh.fail("this construct is not part of the simulator's shell")
	}
}

func (sh *interp) arithmCommand(x syntax.ArithmExpr) {
	n, err := sh.arithmetic(x)
	if err != nil {
		sh.fail("((: %s", err)
		return
	}
	sh.status = oneIf(n == 0)
}

// condition runs a list whose failure is an answer, not an error.
func (sh *interp) condition(list []*syntax.Stmt) bool {
	sh.tested++
	sh.stmts(list)
	sh.tested--
	return sh.status == 0 && !sh.leaving()
}

func (sh *interp) ifClause(c *syntax.IfClause) {
	for c != nil {
		if len(c.Cond) == 0 { // else
			sh.stmts(c.Then)
			return
		}
		if sh.condition(c.Cond) {
			sh.stmts(c.Then)
			return
		}
		if sh.leaving() {
			return
		}
		c = c.Else
	}
	sh.status = 0
}

// again settles break and continue after a turn of a loop; false ends the loop.
func (sh *interp) again() bool {
	switch sh.ctl {
	case breaking:
		if sh.levels--; sh.levels <= 0 {
			sh.ctl = goOn
		}
		return false
	case continuing:
		if sh.levels--; sh.levels <= 0 {
			sh.ctl = goOn
			return !sh.stopped
		}
		return false
	}
	return !sh.leaving()
}

func (sh *interp) whileClause(c *syntax.WhileClause) {
	status := 0
	sh.loops++
	turns := sh.repeated(c)
	defer func() { sh.loops--; turns.end() }()
	for {
		turns.next()
		sh.spend()
		ok := sh.condition(c.Cond)
		if sh.leaving() {
			if sh.ctl != goOn && !sh.again() || sh.stopped {
				return
			}
			continue
		}
		if ok == c.Until {
			break
		}
		sh.stmts(c.Do)
		status = sh.status
		if !sh.again() {
			return
		}
	}
	sh.status = status
}

func (sh *interp) forClause(c *syntax.ForClause) {
	if c.Select {
		sh.fail("select is part of bash, but this simulator does not have it")
		return
	}
	sh.loops++
	defer func() { sh.loops-- }()
	if loop, ok := c.Loop.(*syntax.CStyleLoop); ok {
		if sh.flavour != bash {
			sh.unknownSyntax("(")
			return
		}
		sh.cStyle(loop, c.Do)
		return
	}
	loop := c.Loop.(*syntax.WordIter)
	words := sh.params
	if loop.InPos.IsValid() {
		var err error
		if words, err = sh.fields(loop.Items...); err != nil {
			sh.expansionFailed(err)
			return
		}
	}
	sh.status = 0
	for _, w := range words {
		sh.spend()
		if err := sh.set(loop.Name.Value, w); err != nil {
			sh.fail("%s", err)
			return
		}
		sh.stmts(c.Do)
		if !sh.again() {
			return
		}
	}
}

func (sh *interp) cStyle(loop *syntax.CStyleLoop, body []*syntax.Stmt) {
	value := func(x syntax.ArithmExpr, empty int) (int, bool) {
		if x == nil {
			return empty, true
		}
		n, err := sh.arithmetic(x)
		if err != nil {
			sh.fail("((: %s", err)
		}
		return n, err == nil
	}
	if _, ok := value(loop.Init, 0); !ok {
		return
	}
	sh.status = 0
	for {
		sh.spend()
		n, ok := value(loop.Cond, 1)
		if !ok || n == 0 {
			return
		}
		sh.stmts(body)
		if !sh.again() {
			return
		}
		if _, ok := value(loop.Post, 0); !ok {
			return
		}
	}
}

func (sh *interp) caseClause(c *syntax.CaseClause) {
	word, err := sh.literal(c.Word)
	if err != nil {
		sh.expansionFailed(err)
		return
	}
	sh.status = 0
	fall := false
	for _, item := range c.Items {
		hit := fall
		for _, p := range item.Patterns {
			if hit {
				break
			}
			pat, err := sh.pattern(p)
			if err != nil {
				sh.expansionFailed(err)
				return
			}
			hit = matches(pat, word)
		}
		if !hit {
			continue
		}
		sh.stmts(item.Stmts)
		if item.Op == syntax.Break || sh.leaving() {
			return
		}
		fall = item.Op == syntax.Fallthrough
	}
}

// matches tells whether a word matches a shell pattern in full.
func matches(pat, word string) bool {
	expr, err := pattern.Regexp(pat, pattern.EntireString|pattern.ExtendedOperators)
	if err != nil {
		return pat == word
	}
	rx, err := regexp.Compile(expr)
	return err == nil && rx.MatchString(word)
}
