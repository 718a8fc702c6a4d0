package shell

import (
	"io/fs"
	"strings"

	"drydock/sim/tools"
)

func machineMode(n uint64) fs.FileMode { return fs.FileMode(n) & fs.ModePerm }

// builtinEcho is echo. Bash needs -e for escapes; dash always reads them.
func builtinEcho(sh *interp, args []string) int {
	newline, escapes := true, sh.flavour == dash
	rest := args[1:]
	for len(rest) > 0 && len(rest[0]) > 1 && rest[0][0] == '-' && strings.Trim(rest[0][1:], "neE") == "" {
		if sh.flavour == dash && rest[0] != "-n" {
			break
		}
		for _, c := range rest[0][1:] {
			switch c {
			case 'n':
				newline = false
			case 'e':
				escapes = true
			case 'E':
				escapes = false
			}
		}
		rest = rest[1:]
	}
	text := strings.Join(rest, " ")
	if escapes {
		var stop bool
		if text, stop = tools.Escapes(text); stop {
			newline = false
		}
	}
	if newline {
		text += "\n"
	}
	_, _ = sh.p.Stdout.Write([]byte(text))
	return 0
}

func builtinPrintf(sh *interp, args []string) int {
	rest := args[1:]
	name := ""
	if len(rest) > 1 && rest[0] == "-v" && sh.flavour == bash {
		name, rest = rest[1], rest[2:]
	}
	if len(rest) > 0 && rest[0] == "--" {
		rest = rest[1:]
	}
	if len(rest) == 0 {
		if sh.flavour == bash {
			sh.complain("printf", "usage: printf [-v var] format [arguments]")
			return 2
		}
		return sh.complain("printf", "usage: printf format [arguments]")
	}
	text, problems := tools.Format(rest[0], rest[1:])
	status := 0
	for _, p := range problems {
		status = sh.complain("printf", "%s", p)
	}
	if name != "" {
		_ = sh.set(name, text)
		return status
	}
	_, _ = sh.p.Stdout.Write([]byte(text))
	return status
}
