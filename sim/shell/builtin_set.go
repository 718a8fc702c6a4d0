package shell

import (
	"io"
	"slices"
	"strconv"
	"strings"

	"mvdan.cc/sh/v3/expand"
	"mvdan.cc/sh/v3/syntax"
)

// builtinSet is set: options, parameters, or a list of the variables.
func builtinSet(sh *interp, args []string) int {
	rest := args[1:]
	if len(rest) == 0 {
		names := slices.Clone(sh.names)
		slices.Sort(names)
		for _, n := range names {
			if v := sh.vars[n]; v.IsSet() {
				sh.p.Printf("%s=%s\n", n, quoted(v.String()))
			}
		}
		return 0
	}
	for len(rest) > 0 {
		a := rest[0]
		switch {
		case a == "--":
			sh.params = slices.Clone(rest[1:])
			return 0
		case a == "-":
			sh.params = slices.Clone(rest[1:])
			return 0
		case a == "-o" || a == "+o":
			if len(rest) < 2 {
				return sh.listOptions()
			}
			if !sh.option(rest[1], a == "-o") {
				return sh.wrongOption(rest[1])
			}
			rest = rest[2:]
			continue
		case len(a) > 1 && (a[0] == '-' || a[0] == '+'):
			n, status := sh.optionLetters(a, rest[1:])
			if status != 0 {
				return status
			}
			rest = rest[1+n:]
			continue
		}
		sh.params = slices.Clone(rest)
		return 0
	}
	return 0
}

// optionLetters applies a group such as -eu or -euo pipefail; it tells how many
// further words it took.
func (sh *interp) optionLetters(a string, rest []string) (int, int) {
	took := 0
	for _, c := range a[1:] {
		if c == 'o' {
			if took >= len(rest) {
				return took, sh.listOptions()
			}
			if !sh.option(rest[took], a[0] == '-') {
				return took, sh.wrongOption(rest[took])
			}
			took++
			continue
		}
		if !sh.option(string(c), a[0] == '-') {
			status := sh.complain("set", "-%c: invalid option", c)
			if sh.flavour == bash {
				sh.p.Errorf("set: usage: set [-abefhkmnptuvxBCEHPT] [-o option-name] [--] [-] [arg ...]\n")
				status = 2
			}
			return took, status
		}
	}
	return took, 0
}

// wrongOption is set -o with a name that the shell does not have.
func (sh *interp) wrongOption(name string) int {
	switch sh.flavour {
	case bash:
		sh.complain("set", "%s: invalid option name", name)
	case ash:
		sh.complain("set", "illegal option -o %s", name)
	default:
		sh.complain("set", "Illegal option -o %s", name)
		sh.ctl = exiting
	}
	return 2
}

// option switches one option by its letter or long name; false means that no
// shell has it.
func (sh *interp) option(name string, on bool) bool {
	switch name {
	case "e", "errexit":
		sh.opt.errExit = on
	case "x", "xtrace":
		sh.opt.xTrace = on
	case "u", "nounset":
		sh.opt.noUnset = on
	case "f", "noglob":
		sh.opt.noGlob = on
	case "a", "allexport":
		sh.opt.allEx = on
	case "v", "verbose":
		sh.opt.verbose = on
	case "n", "noexec":
		sh.opt.noExec = on
	case "pipefail":
		if sh.flavour == dash {
			return false
		}
		sh.opt.pipeFail = on
	case "m", "monitor", "b", "notify", "h", "hashall", "C", "noclobber", "E", "errtrace", "T", "functrace", "B", "braceexpand",
		"H", "histexpand", "P", "physical", "emacs", "vi", "posix", "history", "ignoreeof":
	default:
		return false
	}
	return true
}

func (sh *interp) listOptions() int {
	for _, o := range []struct {
		name string
		on   bool
	}{
		{"allexport", sh.opt.allEx}, {"errexit", sh.opt.errExit}, {"noexec", sh.opt.noExec}, {"noglob", sh.opt.noGlob},
		{"nounset", sh.opt.noUnset}, {"pipefail", sh.opt.pipeFail}, {"verbose", sh.opt.verbose}, {"xtrace", sh.opt.xTrace},
	} {
		sh.p.Printf("%-15s\t%s\n", o.name, map[bool]string{true: "on", false: "off"}[o.on])
	}
	return 0
}

// builtinRead is read -r -p -s -t -n -a NAME...
func builtinRead(sh *interp, args []string) int {
	raw, prompt, array, secret, delim := false, "", "", false, byte('\n')
	rest := args[1:]
	for len(rest) > 0 && len(rest[0]) > 1 && rest[0][0] == '-' {
		a := rest[0]
		rest = rest[1:]
		for i := 1; i < len(a); i++ {
			if strings.IndexByte("ptnNdaui", a[i]) < 0 {
				raw = raw || a[i] == 'r'
				secret = secret || a[i] == 's'
				continue
			}
			value := a[i+1:]
			if value == "" && len(rest) > 0 {
				value, rest = rest[0], rest[1:]
			}
			switch a[i] {
			case 'p':
				prompt = value
			case 'a':
				array = value
			case 'd':
				delim = 0
				if value != "" {
					delim = value[0]
				}
			}
			break
		}
	}
	line, err := sh.readLine(raw, prompt, secret, delim)
	sh.storeRead(line, raw, array, rest)
	return oneIf(err != nil)
}

// readLine reads one logical line and not a byte more.
func (sh *interp) readLine(raw bool, prompt string, secret bool, delim byte) (string, error) {
	if t := sh.p.Stdin.Terminal(); t != nil {
		sh.p.Errorf("%s", prompt)
		t.Secret = secret
		defer func() { t.Secret = false }()
	}
	var b strings.Builder
	one := make([]byte, 1)
	for {
		_, err := sh.p.Stdin.Read(one)
		if err != nil {
			if err == io.EOF && b.Len() == 0 {
				return "", err
			}
			return b.String(), err
		}
		if one[0] == delim {
			text := b.String()
			if !raw && strings.HasSuffix(text, "\\") && (len(text)-len(strings.TrimRight(text, "\\")))%2 == 1 {
				b.Reset()
				b.WriteString(text[:len(text)-1])
				continue
			}
			return text, nil
		}
		if b.WriteByte(one[0]); b.Len() > maxValue {
			return b.String(), shellError("line too long")
		}
	}
}

func (sh *interp) storeRead(line string, raw bool, array string, names []string) {
	cfg := sh.config()
	if array != "" {
		sh.put(array, expand.Variable{Set: true, Kind: expand.Indexed, List: expand.ReadFields(cfg, line, -1, raw)})
		return
	}
	if len(names) == 0 {
		if !raw {
			line = stripped(line)
		}
		_ = sh.set("REPLY", line)
		return
	}
	values := expand.ReadFields(cfg, line, len(names), raw)
	for i, n := range names {
		value := ""
		if i < len(values) {
			value = values[i]
		}
		if !syntax.ValidName(n) {
			sh.complain("read", "`%s': not a valid identifier", n)
			return
		}
		if err := sh.set(n, value); err != nil {
			sh.fail("%s", err)
		}
	}
}

// builtinMapfile reads lines into an array.
func builtinMapfile(sh *interp, args []string) int {
	name, trim := "MAPFILE", false
	for _, a := range args[1:] {
		if a == "-t" {
			trim = true
		} else if !strings.HasPrefix(a, "-") {
			name = a
		}
	}
	var list []string
	for len(list) < maxIndex {
		line, err := sh.p.Stdin.ReadLine()
		if err != nil {
			break
		}
		if !trim {
			line += "\n"
		}
		list = append(list, line)
	}
	sh.put(name, expand.Variable{Set: true, Kind: expand.Indexed, List: list})
	return 0
}

// stripped removes the backslashes of a text that was read without -r.
func stripped(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+1 < len(s) {
			i++
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

func builtinUmask(sh *interp, args []string) int {
	if len(args) < 2 {
		sh.p.Printf("%04o\n", sh.p.Umask)
		return 0
	}
	n, err := strconv.ParseUint(args[1], 8, 12)
	if err != nil {
		return sh.complain("umask", "%s: octal number out of range", args[1])
	}
	sh.p.Umask = machineMode(n)
	return 0
}

func builtinUlimit(sh *interp, args []string) int {
	if len(args) > 2 {
		return 0
	}
	flag := "-f"
	if len(args) == 2 {
		flag = args[1]
	}
	switch flag {
	case "-n", "-Sn", "-Hn":
		sh.p.Printf("%s\n", sh.openFiles())
	case "-u":
		sh.p.Printf("%d\n", maxProcesses)
	case "-a":
		sh.p.Printf("open files                          (-n) %s\nmax user processes                  (-u) %d\n", sh.openFiles(), maxProcesses)
	default:
		sh.p.Printf("unlimited\n")
	}
	return 0
}

// openFiles is the number of files that a process may open: what a container
// was given, or what Debian and Docker Engine have by default.
func (sh *interp) openFiles() string {
	g := sh.p.Group
	if g == nil {
		return "1024"
	}
	switch n, ok := g.Limits["nofile"]; {
	case !ok:
		return "1048576"
	case n < 0:
		return "unlimited"
	default:
		return strconv.FormatInt(n, 10)
	}
}
