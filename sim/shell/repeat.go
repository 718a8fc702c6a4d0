package shell

import (
	"slices"
	"time"

	"mvdan.cc/sh/v3/syntax"

	"drydock/sim/machine"
)

// A loop that asks a server again and again, as load generators do, would make the
// simulator work through hundreds of turns a second that are all the same. Once it
// has done enough of them, one turn stands for many.

// settled is after how many turns a loop is taken to go on as it did.
const settled = 20

// bulk is how long the turns last together that one stands for: long enough to be
// cheap, short beside what anybody measures.
const bulk = 250 * time.Millisecond

// most bounds the turns that one stands for.
const most = 1000

// repeat is a loop of which one turn may stand for many.
type repeat struct {
	p     *machine.Process // nil when each turn may be different
	count int
	began time.Time
}

// repeated looks whether the turns of a loop are all the same. At a prompt somebody
// looks on, and may interrupt any of them.
func (sh *interp) repeated(c *syntax.WhileClause) *repeat {
	if sh.prompts || sh.p.Times > 1 || !alike(c.Cond) || !alike(c.Do) {
		return &repeat{}
	}
	return &repeat{p: sh.p}
}

// next begins a turn. How long the last one took decides how many this stands for.
func (r *repeat) next() {
	if r.p == nil {
		return
	}
	now := r.p.Now()
	if r.count++; r.count > settled {
		took := max(now.Sub(r.began)/time.Duration(max(r.p.Times, 1)), tick)
		r.p.Times = int(min(max(bulk/took, 1), most))
	}
	r.began = now
}

// end is the end of the loop.
func (r *repeat) end() {
	if r.p != nil {
		r.p.Times = 0
	}
}

// alike tells that statements do the same each time they are run, and that nobody
// minds how often: they ask a server, wait, or do nothing.
func alike(list []*syntax.Stmt) bool {
	for _, s := range list {
		if s.Background || s.Coprocess || s.Disown || !alikeCommand(s.Cmd) {
			return false
		}
		for _, r := range s.Redirs {
			if r.Hdoc != nil || r.Word != nil && !constant(r.Word.Parts) {
				return false
			}
		}
	}
	return true
}

func alikeCommand(cmd syntax.Command) bool {
	switch c := cmd.(type) {
	case *syntax.BinaryCmd:
		return c.Op != syntax.Pipe && c.Op != syntax.PipeAll && alike([]*syntax.Stmt{c.X, c.Y})
	case *syntax.CallExpr:
		if len(c.Assigns) > 0 || len(c.Args) == 0 {
			return false
		}
		for _, w := range c.Args {
			if !constant(w.Parts) {
				return false
			}
		}
		return slices.Contains([]string{":", "true", "false", "sleep", "wget", "curl"}, c.Args[0].Lit())
	}
	return false
}

// constant tells that a word's text does not change: no statement of the loop gives a
// variable a value.
func constant(parts []syntax.WordPart) bool {
	for _, p := range parts {
		switch p := p.(type) {
		case *syntax.Lit, *syntax.SglQuoted:
		case *syntax.DblQuoted:
			if !constant(p.Parts) {
				return false
			}
		case *syntax.ParamExp:
			if !p.Short || !syntax.ValidName(p.Param.Value) || p.Param.Value == "RANDOM" || p.Param.Value == "SECONDS" {
				return false
			}
		default:
			return false
		}
	}
	return true
}
