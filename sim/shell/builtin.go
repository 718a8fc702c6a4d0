package shell

import (
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"

	"drydock/sim/machine"
)

// builtin is a command of the shell's own; it returns the exit status.
type builtin func(sh *interp, args []string) int

// lookupBuiltin finds a builtin; ash and dash have fewer than bash.
func lookupBuiltin(name string, f flavour) builtin {
	if f != bash && (name == "declare" || name == "typeset") || f == dash && (name == "source" || name == "history") {
		return nil
	}
	if fn := specialBuiltin(name); fn != nil {
		return fn
	}
	switch name {
	case "cd", "chdir":
		return builtinCd
	case "pwd":
		return func(sh *interp, _ []string) int { sh.p.Printf("%s\n", sh.p.Dir); return 0 }
	case "echo":
		return builtinEcho
	case "printf":
		return builtinPrintf
	case "true":
		return func(*interp, []string) int { return 0 }
	case "false":
		return func(*interp, []string) int { return 1 }
	case "test", "[":
		return builtinTest
	case "read":
		return builtinRead
	case "type":
		return builtinType
	case "command":
		return builtinCommand
	case "alias":
		return builtinAlias
	case "unalias":
		return builtinUnalias
	case "umask":
		return builtinUmask
	case "ulimit":
		return builtinUlimit
	case "history":
		return builtinHistory
	case "wait":
		return builtinWait
	case "jobs":
		return builtinJobs
	case "fg":
		return builtinFg
	case "bg":
		return builtinBg
	case "kill":
		return builtinKill
	case "getopts":
		return builtinGetopts
	case "hash":
		return func(*interp, []string) int { return 0 }
	}
	if f == bash {
		return bashBuiltin(name)
	}
	return nil
}

// specialBuiltin finds the builtins that POSIX calls special.
func specialBuiltin(name string) builtin {
	switch name {
	case ":":
		return func(*interp, []string) int { return 0 }
	case "exit":
		return builtinExit
	case "return":
		return builtinReturn
	case "break":
		return func(sh *interp, args []string) int { return sh.leaveLoop(args, breaking) }
	case "continue":
		return func(sh *interp, args []string) int { return sh.leaveLoop(args, continuing) }
	case "export", "readonly", "local", "declare", "typeset":
		return builtinDeclare
	case "unset":
		return builtinUnset
	case "set":
		return builtinSet
	case "shift":
		return builtinShift
	case "eval":
		return builtinEval
	case "exec":
		return builtinExec
	case ".", "source":
		return builtinSource
	case "trap":
		return builtinTrap
	}
	return nil
}

func bashBuiltin(name string) builtin {
	switch name {
	case "shopt", "enable", "bind", "complete", "compopt":
		return func(*interp, []string) int { return 0 }
	case "logout":
		return builtinExit
	case "pushd", "popd", "dirs":
		return builtinDirs
	case "disown":
		return builtinDisown
	case "builtin":
		return func(sh *interp, args []string) int {
			if len(args) < 2 {
				return 0
			}
			if fn := lookupBuiltin(args[1], sh.flavour); fn != nil {
				return fn(sh, args[1:])
			}
			return sh.complain("builtin", "%s: not a shell builtin", args[1])
		}
	case "mapfile", "readarray":
		return builtinMapfile
	case "help", "caller", "compgen", "fc", "suspend", "times":
		return func(sh *interp, args []string) int {
			return sh.complain(args[0], "this builtin is part of bash, but this simulator does not have it")
		}
	}
	return nil
}

// builtinNames lists what lookupBuiltin knows, for completion.
func builtinNames() []string {
	return []string{
		"alias", "bg", "break", "cd", "command", "continue", "declare", "disown", "echo", "eval", "exec", "exit", "export",
		"false", "fg", "getopts", "hash", "help", "history", "jobs", "kill", "local", "printf", "pwd", "read", "readonly",
		"return", "set", "shift", "shopt", "source", "test", "times", "trap", "true", "type", "typeset", "ulimit", "umask",
		"unalias", "unset", "wait",
	}
}

// complain prints an error of a builtin in this shell's words.
func (sh *interp) complain(name, format string, args ...any) int {
	message := fmt.Sprintf(format, args...)
	if sh.flavour == ash {
		line := fmt.Sprintf("line %d: ", max(sh.line, 1))
		if sh.prompts {
			line = ""
		}
		sh.p.Errorf("%s: %s: %s%s\n", sh.name, name, line, message)
		return 1
	}
	sh.p.Errorf("%s%s: %s\n", sh.prefix(), name, message)
	if sh.flavour == dash {
		return 2
	}
	return 1
}

func builtinExit(sh *interp, args []string) int {
	status := sh.status
	if len(args) > 1 {
		n, err := strconv.Atoi(args[1])
		if err != nil {
			n = 2
			if sh.flavour == bash {
				sh.complain("exit", "%s: numeric argument required", args[1])
			} else {
				sh.complain("exit", "Illegal number: %s", args[1])
			}
		}
		status = n & 0xff
	}
	sh.ctl = exiting
	return status
}

func builtinReturn(sh *interp, args []string) int {
	if sh.calls == 0 && sh.flavour == bash {
		return sh.complain("return", "can only `return' from a function or sourced script")
	}
	status := sh.status
	if len(args) > 1 {
		n, err := strconv.Atoi(args[1])
		if err != nil {
			sh.complain("return", "%s: numeric argument required", args[1])
			n = 2
		}
		status = n & 0xff
	}
	sh.ctl = returning
	if sh.calls == 0 {
		sh.ctl = exiting
	}
	return status
}

func (sh *interp) leaveLoop(args []string, how control) int {
	n := 1
	if len(args) > 1 {
		var err error
		if n, err = strconv.Atoi(args[1]); err != nil || n < 1 {
			return sh.complain(args[0], "%s: loop count out of range", args[1])
		}
	}
	if sh.loops == 0 {
		if sh.flavour == bash {
			sh.complain(args[0], "only meaningful in a `for', `while', or `until' loop")
		}
		return 0
	}
	sh.ctl, sh.levels = how, min(n, sh.loops)
	return 0
}

// builtinDeclare is export and its like when their name came out of an
// expansion, so that the parser could not see it.
func builtinDeclare(sh *interp, args []string) int {
	var flags []string
	sh.status = 0
	rest := args[1:]
	for len(rest) > 0 && strings.HasPrefix(rest[0], "-") {
		flags = append(flags, rest[0])
		rest = rest[1:]
	}
	for _, w := range rest {
		sh.declareWord(args[0], flags, w)
	}
	if len(rest) == 0 {
		sh.listVariables(args[0], flags)
	}
	return sh.status
}

func builtinUnset(sh *interp, args []string) int {
	functions := false
	status := 0
	for _, a := range args[1:] {
		switch {
		case a == "-f":
			functions = true
		case a == "-v" || a == "-n":
			functions = false
		case functions:
			delete(sh.funcs, a)
		case sh.vars[a].ReadOnly:
			status = sh.complain("unset", "%s: cannot unset: readonly variable", a)
		default:
			name, index, isElement := strings.Cut(strings.TrimSuffix(a, "]"), "[")
			if isElement {
				sh.unsetElement(name, index)
				continue
			}
			if _, ok := sh.vars[a]; !ok {
				delete(sh.funcs, a)
			}
			sh.drop(a)
		}
	}
	return status
}

func (sh *interp) unsetElement(name, index string) {
	v := sh.vars[name]
	if v.Map != nil {
		m := map[string]string{}
		for k := range v.Map {
			if k != index {
				m[k] = v.Map[k]
			}
		}
		v.Map = m
	} else if n, err := strconv.Atoi(index); err == nil && n >= 0 && n < len(v.List) {
		v.List = slices.Delete(slices.Clone(v.List), n, n+1)
	}
	sh.put(name, v)
}

func builtinShift(sh *interp, args []string) int {
	n := 1
	if len(args) > 1 {
		var err error
		if n, err = strconv.Atoi(args[1]); err != nil || n < 0 {
			return sh.complain("shift", "%s: numeric argument required", args[1])
		}
	}
	if n > len(sh.params) {
		if sh.flavour == dash {
			sh.ctl = exiting
			return sh.complain("shift", "can't shift that many")
		}
		return 1
	}
	sh.params = sh.params[n:]
	return 0
}

func builtinEval(sh *interp, args []string) int {
	sh.status = 0
	sh.eval(strings.Join(args[1:], " "))
	return sh.status
}

func builtinExec(sh *interp, args []string) int {
	if len(args) == 1 {
		return 0
	}
	args = args[1:]
	if len(args) > 2 && args[0] == "-a" {
		args = args[2:]
	}
	err := sh.p.Exec(args, sh.exported(sh.flavour))
	e, ok := err.(*machine.ExecError)
	switch {
	case !ok:
		sh.fail("exec: %s: %s", args[0], err)
	case sh.flavour == bash && e.Reason == machine.NotInPath:
		sh.complain("exec", "%s: not found", args[0])
	case sh.flavour == bash:
		sh.notStarted(args[0], err)
	default:
		sh.fail("exec: %s: %s", args[0], map[bool]string{true: "not found", false: "Permission denied"}[e.Status() == 127])
	}
	status := 126
	if ok {
		status = e.Status()
	}
	if !sh.prompts {
		sh.ctl = exiting
	}
	return status
}

func builtinSource(sh *interp, args []string) int {
	if len(args) < 2 {
		return sh.complain(args[0], "filename argument required") + oneIf(sh.flavour == bash)
	}
	name := args[1]
	data, err := sh.p.ReadFile(name)
	if err != nil && !strings.Contains(name, "/") {
		for _, dir := range strings.Split(sh.get("PATH"), ":") {
			if d, e := sh.p.ReadFile(path.Join(dir, name)); e == nil {
				data, err = d, nil
				break
			}
		}
	}
	if err != nil {
		if sh.flavour == bash {
			sh.fail("%s: %s", name, reason(err))
			return 1
		}
		if !sh.prompts {
			sh.ctl = exiting
		}
		return sh.complain(args[0], "%s", sh.openError(name, err, false)) + oneIf(sh.flavour == ash)
	}
	params := sh.params
	if len(args) > 2 {
		sh.params = args[2:]
	}
	sh.calls++
	sh.eval(string(data))
	sh.calls--
	sh.params = params
	if sh.ctl == returning {
		sh.ctl = goOn
	}
	return sh.status
}
