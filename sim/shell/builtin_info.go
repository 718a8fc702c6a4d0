package shell

import (
	"maps"
	"path"
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"

	"drydock/sim/machine"
)

// builtinType says what a name means.
func builtinType(sh *interp, args []string) int {
	status := 0
	short, onlyPath := false, false
	for _, name := range args[1:] {
		switch name {
		case "-t":
			short = true
			continue
		case "-p", "-P":
			onlyPath = true
			continue
		case "-a", "-f":
			continue
		}
		kind, where := sh.meaning(name)
		switch {
		case kind == "":
			status = 1
			if !short && !onlyPath {
				if sh.flavour == bash {
					sh.complain("type", "%s: not found", name)
				} else {
					sh.p.Errorf("%s: not found\n", name)
					status = 127
				}
			}
		case short:
			sh.p.Printf("%s\n", kind)
		case onlyPath:
			if kind == "file" {
				sh.p.Printf("%s\n", where)
			}
		default:
			sh.p.Printf("%s\n", sh.described(name, kind, where))
		}
	}
	return status
}

// meaning finds what a command name stands for; kind is in the words of type -t.
func (sh *interp) meaning(name string) (kind, where string) {
	if value, ok := sh.aliases[name]; ok {
		return "alias", value
	}
	if syntax.IsKeyword(name) {
		return "keyword", ""
	}
	if _, ok := sh.funcs[name]; ok {
		return "function", ""
	}
	if lookupBuiltin(name, sh.flavour) != nil {
		return "builtin", ""
	}
	if full, err := machine.LookPath(sh.p.FS, sh.exported(sh.flavour), sh.p.Dir, name); err == nil {
		return "file", full
	}
	return "", ""
}

func (sh *interp) described(name, kind, where string) string {
	switch kind {
	case "alias":
		return name + " is aliased to `" + where + "'"
	case "keyword":
		return name + " is a shell keyword"
	case "function":
		return name + " is a function"
	case "builtin":
		return name + " is a shell builtin"
	}
	return name + " is " + where
}

// builtinCommand is command NAME, -v NAME and -V NAME.
func builtinCommand(sh *interp, args []string) int {
	rest := args[1:]
	verbose := ""
	for len(rest) > 0 && (rest[0] == "-v" || rest[0] == "-V" || rest[0] == "-p" || rest[0] == "--") {
		if rest[0] == "-v" || rest[0] == "-V" {
			verbose = rest[0]
		}
		rest = rest[1:]
	}
	if len(rest) == 0 {
		return 0
	}
	if verbose == "" {
		if fn := lookupBuiltin(rest[0], sh.flavour); fn != nil {
			return fn(sh, rest)
		}
		sh.external(rest)
		return sh.status
	}
	status := 0
	for _, name := range rest {
		kind, where := sh.meaning(name)
		switch {
		case kind == "":
			status = 1
			if sh.flavour != bash {
				status = 127
			}
			if verbose == "-V" {
				sh.complain("command", "%s: not found", name)
			}
		case verbose == "-V":
			sh.p.Printf("%s\n", sh.described(name, kind, where))
		case kind == "alias":
			sh.p.Printf("alias %s=%s\n", name, singleQuoted(where))
		case kind == "file":
			sh.p.Printf("%s\n", where)
		default:
			sh.p.Printf("%s\n", name)
		}
	}
	return status
}

func builtinAlias(sh *interp, args []string) int {
	prefix := "alias "
	if sh.flavour != bash {
		prefix = ""
	}
	if len(args) == 1 {
		for _, n := range slices.Sorted(maps.Keys(sh.aliases)) {
			sh.p.Printf("%s%s=%s\n", prefix, n, singleQuoted(sh.aliases[n]))
		}
		return 0
	}
	status := 0
	for _, a := range args[1:] {
		name, value, has := strings.Cut(a, "=")
		if has {
			sh.aliases[name] = value
			continue
		}
		if value, ok := sh.aliases[name]; ok {
			sh.p.Printf("%s%s=%s\n", prefix, name, singleQuoted(value))
			continue
		}
		status = sh.complain("alias", "%s: not found", name)
	}
	return status
}

func builtinUnalias(sh *interp, args []string) int {
	status := 0
	for _, a := range args[1:] {
		if a == "-a" {
			clear(sh.aliases)
			continue
		}
		if _, ok := sh.aliases[a]; !ok {
			status = sh.complain("unalias", "%s: not found", a)
		}
		delete(sh.aliases, a)
	}
	return status
}

// history is the lines typed at a shell, oldest first.
type history struct{ lines []string }

// maxHistory is bash's HISTSIZE.
const maxHistory = 500

func (h *history) add(line string) {
	if h == nil || strings.TrimSpace(line) == "" {
		return
	}
	h.lines = append(h.lines, line)
	if extra := len(h.lines) - maxHistory; extra > 0 {
		h.lines = h.lines[extra:]
	}
}

func builtinHistory(sh *interp, args []string) int {
	if sh.history == nil {
		return 0
	}
	if len(args) > 1 && args[1] == "-c" {
		sh.history.lines = nil
		return 0
	}
	from := 0
	if len(args) > 1 {
		n := 0
		for _, c := range args[1] {
			if c < '0' || c > '9' || n > maxHistory {
				return sh.complain("history", "%s: numeric argument required", args[1])
			}
			n = n*10 + int(c-'0')
		}
		from = max(len(sh.history.lines)-n, 0)
	}
	for i, line := range sh.history.lines[from:] {
		sh.p.Printf("%5d  %s\n", from+i+1, line)
	}
	return 0
}

// builtinDirs is pushd, popd and dirs; the stack is kept in a variable.
func builtinDirs(sh *interp, args []string) int {
	stack := strings.Fields(strings.ReplaceAll(sh.get("_DIRSTACK"), "\n", " "))
	switch args[0] {
	case "pushd":
		if len(args) < 2 {
			return sh.complain("pushd", "no other directory")
		}
		from := sh.p.Dir
		if status := sh.changeDir(args[1]); status != 0 {
			return status
		}
		stack = append([]string{from}, stack...)
	case "popd":
		if len(stack) == 0 {
			return sh.complain("popd", "directory stack empty")
		}
		if status := sh.changeDir(stack[0]); status != 0 {
			return status
		}
		stack = stack[1:]
	}
	_ = sh.set("_DIRSTACK", strings.Join(stack, "\n"))
	shown := append([]string{sh.p.Dir}, stack...)
	for i, d := range shown {
		shown[i] = sh.tilde(d)
	}
	sh.p.Printf("%s\n", strings.Join(shown, " "))
	return 0
}

// tilde shortens the home directory, as prompts do.
func (sh *interp) tilde(dir string) string {
	home := sh.get("HOME")
	if home == "" || home == "/" {
		return dir
	}
	if dir == home {
		return "~"
	}
	if rest, ok := strings.CutPrefix(dir, path.Clean(home)+"/"); ok {
		return "~/" + rest
	}
	return dir
}
