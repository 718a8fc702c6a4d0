package golang

import (
	"fmt"

	"drydock/sim/machine"
)

// scope is the variables of a block.
type scope struct {
	vars  map[string]any
	outer *scope
}

// call is one call of a function.
type call struct {
	result any
	depth  int
}

// frame is where code runs: the process, the block's variables, the call.
type frame struct {
	*thread
	scope *scope
	call  *call
}

// thread is a flow of control: the program's own, or one request's.
type thread struct {
	process *machine.Process
	prog    *Program
	// request is set while a request is answered: nothing may wait then, and what
	// would have waited is the answer's delay.
	request *answer
	turns   int
}

// quit ends the program with a status from wherever it is.
type quit struct{ status int }

// maxDepth is how deep calls may nest before Go's stack would overflow.
const maxDepth = 2000

// Run runs the program as a process.
func (prog *Program) Run(p *machine.Process) (status int) {
	defer func() {
		switch r := recover().(type) {
		case nil:
		case quit:
			status = r.status
		default:
			panic(r)
		}
	}()
	p.Use(4 << 20)
	p.OnSignal = func(s machine.Signal) bool {
		if s == machine.SIGTERM || s == machine.SIGINT || s == machine.SIGHUP {
			p.Exit(2) // as Go's runtime ends the first process of a container
			return true
		}
		return false
	}
	f := &frame{thread: &thread{process: p, prog: prog}, scope: &scope{vars: map[string]any{}}, call: &call{}}
	f.run(prog.vars)
	f.apply(prog.main, nil)
	return 0
}

func (f *frame) inner() *frame {
	return &frame{f.thread, &scope{vars: map[string]any{}, outer: f.scope}, f.call}
}

// run carries out statements until one leaves the block.
func (f *frame) run(list []stmt) control {
	for _, s := range list {
		if c := s(f); c != next {
			return c
		}
	}
	return next
}

// turn is one turn of a loop's body. It costs a moment of virtual time, so that
// a loop that never ends does not hold the world.
func (f *frame) turn(body []stmt) control {
	f.turns++
	if f.turns%500 == 0 && f.request == nil {
		f.process.Sleep(500 * step)
	}
	if f.request != nil && f.turns > maxItems {
		f.panic("a request may not take so long in this simulator")
	}
	return f.inner().run(body)
}

// apply calls a function of the program.
func (f *frame) apply(fn *function, args []any) any {
	if f.call.depth > maxDepth {
		f.process.Errorf("runtime: goroutine stack exceeds 1000000000-byte limit\nfatal error: stack overflow\n")
		panic(quit{2})
	}
	outer := fn.scope
	if outer == nil {
		outer = f.globals()
	}
	in := &frame{f.thread, &scope{vars: map[string]any{}, outer: outer}, &call{depth: f.call.depth + 1}}
	for i, name := range fn.params {
		var v any
		if i < len(args) {
			v = args[i]
		}
		in.set(name, v)
	}
	in.run(fn.body)
	return in.call.result
}

func (f *frame) globals() *scope {
	s := f.scope
	for s.outer != nil {
		s = s.outer
	}
	return s
}

func (f *frame) set(name string, v any) {
	if name != "_" {
		f.scope.vars[name] = v
	}
}

func (f *frame) get(name string) any {
	for s := f.scope; s != nil; s = s.outer {
		if v, ok := s.vars[name]; ok {
			return v
		}
	}
	return nil
}

// assign sets the variable where it was defined, or defines it here.
func (f *frame) assign(name string, v any, define bool) {
	if !define {
		for s := f.scope; s != nil; s = s.outer {
			if _, ok := s.vars[name]; ok {
				s.vars[name] = v
				return
			}
		}
	}
	f.set(name, v)
}

// panic ends the program as an uncaught panic does.
func (f *frame) panic(text string) {
	f.process.Errorf("panic: %s\n\ngoroutine 1 [running]:\nmain.main()\n", text)
	panic(quit{2})
}

// text is a value as fmt.Println prints it.
func text(v any) string {
	switch v := v.(type) {
	case nil:
		return "<nil>"
	case string:
		return v
	case duration:
		return v.String()
	case []any:
		out := "["
		for i, e := range v {
			if i > 0 {
				out += " "
			}
			out += text(e)
		}
		return out + "]"
	case failure:
		return string(v)
	}
	return fmt.Sprint(v)
}
