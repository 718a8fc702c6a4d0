package shell

import (
	"slices"
	"strings"

	"mvdan.cc/sh/v3/expand"
	"mvdan.cc/sh/v3/syntax"

	"drydock/sim/machine"
)

// call runs a simple command: assignments, then a function, a builtin or a program.
func (sh *interp) call(c *syntax.CallExpr) {
	sh.unsub = 0
	defer sh.removeTemps(len(sh.temps))
	args, err := sh.fields(sh.unaliased(c.Args)...)
	if err != nil {
		sh.expansionFailed(err)
		return
	}
	if len(args) == 0 {
		if sh.unsub == 0 {
			sh.status = 0
		}
		sh.assignAll(c.Assigns)
		return
	}
	var before []saved
	for _, a := range c.Assigns {
		before = append(before, sh.save(a.Name.Value))
		if !sh.assign(a, true) {
			sh.restoreAll(before)
			return
		}
	}
	sh.trace(args)
	if !sh.dispatch(args) || len(before) == 0 {
		return
	}
	if args[0] == "export" || args[0] == "exec" || args[0] == "readonly" {
		return
	}
	sh.restoreAll(before)
}

// removeTemps takes away the files that stood for <(...) in a command.
func (sh *interp) removeTemps(from int) {
	if len(sh.temps) == from {
		return
	}
	for _, name := range sh.temps[from:] {
		_ = sh.p.FS.RemoveAll(name)
	}
	_ = sh.p.FS.Remove("/dev/fd")
	sh.temps = sh.temps[:from]
}

// dispatch finds out what a command's name means and runs it.
func (sh *interp) dispatch(args []string) bool {
	if body, ok := sh.funcs[args[0]]; ok {
		sh.callFunction(body, args)
		return true
	}
	if fn := lookupBuiltin(args[0], sh.flavour); fn != nil {
		sh.runBuiltin(fn, args)
		return true
	}
	sh.external(args)
	return true
}

// runBuiltin runs a command of the shell's own and notices when a file that it
// wrote to is full.
func (sh *interp) runBuiltin(fn builtin, args []string) {
	sh.status = fn(sh, args)
	if err := sh.p.Stdout.Err(); err != nil {
		sh.status = sh.complain(args[0], "write error: %s", reason(err))
		sh.p.Stdout = machine.NewOutput(sh.p, sh.p.Stdout.Sink())
	}
}

// external runs a program and waits for it. At the end of a child shell the
// program takes the shell's place.
func (sh *interp) external(args []string) {
	env := sh.exported(sh.flavour)
	if sh.tail && len(sh.traps) == 0 && len(sh.fds) == 0 {
		sh.spend()
		_, _ = sh.p.Stdout.Write(nil)
		err := sh.p.Exec(args, env)
		sh.notStarted(args[0], err)
		return
	}
	if sh.mayFork() != nil {
		return
	}
	child, err := sh.p.Spawn(machine.Spec{Args: args, Env: env})
	if err != nil {
		sh.notStarted(args[0], err)
		return
	}
	sh.family.add(child)
	sh.await(child)
}

// notStarted says why a program did not start, and sets 126 or 127.
func (sh *interp) notStarted(name string, err error) {
	e, ok := err.(*machine.ExecError)
	if !ok {
		sh.fail("%s: %s", name, err)
		sh.status = 126
		return
	}
	switch {
	case e.Reason == machine.NotInPath && sh.flavour == bash:
		sh.fail("%s: command not found", name)
	case e.Reason == machine.NotInPath, e.Reason == machine.NoSuchFile && sh.flavour != bash:
		sh.fail("%s: not found", name)
	case e.Reason == machine.NoSuchFile:
		sh.fail("%s: %s", name, sh.missing(name))
	case e.Reason == machine.IsDirectory && sh.flavour == bash:
		sh.fail("%s: Is a directory", name)
	default:
		sh.fail("%s: Permission denied", name)
	}
	sh.status = e.Status()
}

// missing is bash's reason for a path that does not run: nothing is there, or
// the interpreter that its first line names is not.
func (sh *interp) missing(name string) string {
	n, err := sh.p.FS.Stat(sh.p.Abs(name))
	if err != nil {
		return "No such file or directory"
	}
	if line, ok := strings.CutPrefix(string(n.Data), "#!"); ok {
		line, _, _ = strings.Cut(line, "\n")
		return strings.TrimSpace(line) + ": bad interpreter: No such file or directory"
	}
	return "cannot execute: required file not found"
}

// await waits for a child in the foreground and takes its exit status.
func (sh *interp) await(child *machine.Process) {
	sh.foreground(child, true)
	sh.status = sh.p.WaitChild(child)
	sh.foreground(child, false)
	if sh.prompts && sh.status == 128+int(machine.SIGINT) {
		sh.stopped = true
	}
}

// foreground puts a child among those that Ctrl-C reaches, or takes it out. A
// shell that is in the background itself has no say.
func (sh *interp) foreground(child *machine.Process, on bool) {
	t := sh.p.TTY
	if t == nil {
		return
	}
	t.Foreground = slices.DeleteFunc(t.Foreground, func(p *machine.Process) bool { return p == child || p.Done() })
	if !on {
		return
	}
	if slices.Contains(t.Foreground, sh.p) {
		t.Foreground = append(t.Foreground, child)
	}
}

// saved is a variable as it was before a command or a function changed it.
type saved struct {
	name string
	was  expand.Variable
	had  bool
}

func (sh *interp) save(name string) saved {
	v, ok := sh.vars[name]
	return saved{name, v, ok}
}

func (sh *interp) restoreAll(list []saved) {
	for _, s := range slices.Backward(list) {
		if s.had {
			sh.put(s.name, s.was)
		} else {
			sh.drop(s.name)
		}
	}
}

// callFunction runs a function with its own parameters and local variables.
func (sh *interp) callFunction(body *syntax.Stmt, args []string) {
	params := sh.params
	sh.params = args[1:]
	sh.scopes = append(sh.scopes, map[string]saved{})
	sh.calls++
	loops := sh.loops
	sh.loops = 0
	sh.tail = false
	sh.spend()
	sh.stmt(body)
	sh.loops = loops
	sh.calls--
	top := sh.scopes[len(sh.scopes)-1]
	sh.scopes = sh.scopes[:len(sh.scopes)-1]
	var back []saved
	for _, n := range sh.namesOf(top) {
		back = append(back, top[n])
	}
	sh.restoreAll(back)
	sh.params = params
	if sh.ctl == returning {
		sh.ctl = goOn
	}
}

func (sh *interp) namesOf(m map[string]saved) []string {
	var names []string
	for _, n := range append([]string{"IFS"}, sh.names...) {
		if _, ok := m[n]; ok && !slices.Contains(names, n) {
			names = append(names, n)
		}
	}
	return names
}

// unaliased replaces an alias at the start of a command by its words.
func (sh *interp) unaliased(words []*syntax.Word) []*syntax.Word {
	for range 10 {
		if len(words) == 0 || len(sh.aliases) == 0 {
			return words
		}
		name := words[0].Lit()
		value, ok := sh.aliases[name]
		if !ok {
			return words
		}
		file, err := syntax.NewParser().Parse(strings.NewReader(value), "")
		if err != nil || len(file.Stmts) != 1 {
			return words
		}
		call, ok := file.Stmts[0].Cmd.(*syntax.CallExpr)
		if !ok || len(call.Assigns) > 0 || len(call.Args) == 0 {
			return words
		}
		words = append(slices.Clone(call.Args), words[1:]...)
		if words[0].Lit() == name {
			return words
		}
	}
	return words
}

// trace is set -x.
func (sh *interp) trace(args []string) {
	if !sh.opt.xTrace {
		return
	}
	words := make([]string, len(args))
	for i, a := range args {
		words[i] = quoted(a)
	}
	sh.p.Errorf("+ %s\n", strings.Join(words, " "))
}

// quoted writes a word so that a shell would read it back.
func quoted(s string) string {
	if s != "" && strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./:=@%+,") == "" {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}
