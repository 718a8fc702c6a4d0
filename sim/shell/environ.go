package shell

import (
	"sort"
	"strconv"
	"strings"

	"mvdan.cc/sh/v3/expand"
)

// environ shows the shell's variables and parameters to the expansion library.
type environ struct{ sh *interp }

// Get implements expand.Environ.
func (e environ) Get(name string) expand.Variable {
	sh := e.sh
	switch name {
	case "@", "*":
		return expand.Variable{Set: true, Kind: expand.Indexed, List: sh.params}
	case "PIPESTATUS":
		if sh.flavour != bash {
			break
		}
		list := sh.pipes
		if list == nil {
			list = []string{strconv.Itoa(sh.status & 0xff)}
		}
		return expand.Variable{Set: true, Kind: expand.Indexed, List: list}
	case "PWD":
		if v := sh.vars["PWD"]; !v.IsSet() {
			return text(sh.p.Dir)
		}
	}
	if value, ok := sh.special(name); ok {
		return text(value)
	}
	if user, ok := strings.CutPrefix(name, "HOME "); ok {
		return text(sh.homeOf(user))
	}
	if n, err := strconv.Atoi(name); err == nil && n > 0 {
		if n > len(sh.params) {
			return expand.Variable{}
		}
		return text(sh.params[n-1])
	}
	return sh.vars[name]
}

func text(s string) expand.Variable {
	return expand.Variable{Set: true, Kind: expand.String, Str: s}
}

// special gives the parameters that the shell itself keeps.
func (sh *interp) special(name string) (string, bool) {
	switch name {
	case "?":
		return strconv.Itoa(sh.status & 0xff), true
	case "$":
		return strconv.Itoa(sh.pid), true
	case "!":
		if sh.lastBg == 0 {
			return "", false
		}
		return strconv.Itoa(sh.lastBg), true
	case "#":
		return strconv.Itoa(len(sh.params)), true
	case "0":
		return sh.name, true
	case "-":
		return sh.flags(), true
	case "PPID":
		if sh.p.Parent != nil {
			return strconv.Itoa(sh.p.Parent.LocalPID), true
		}
		return "0", true
	}
	if sh.flavour == bash || name == "RANDOM" {
		return sh.specialBash(name)
	}
	return "", false
}

func (sh *interp) specialBash(name string) (string, bool) {
	if sh.vars[name].IsSet() {
		return "", false
	}
	switch name {
	case "RANDOM":
		return strconv.Itoa(sh.p.Clock().Rand().IntN(32768)), true
	case "SECONDS":
		return strconv.Itoa(int(sh.p.Now().Sub(sh.started).Seconds())), true
	case "EPOCHSECONDS":
		return strconv.FormatInt(sh.p.Now().Unix(), 10), true
	case "BASHPID":
		return strconv.Itoa(sh.p.LocalPID), true
	case "UID", "EUID":
		return strconv.Itoa(sh.p.User.UID), true
	case "HOSTNAME":
		return sh.p.Host, true
	case "BASH":
		return sh.p.Path, true
	case "BASH_VERSION":
		return bashVersion, true
	case "HOSTTYPE":
		return "x86_64", true
	case "OSTYPE":
		return "linux-gnu", true
	}
	return "", false
}

// bashVersion is that of Debian 12, as curl's (7.88.1) in the recordings is.
const bashVersion = "5.2.15(1)-release"

// flags is $-.
func (sh *interp) flags() string {
	f := ""
	for _, o := range []struct {
		on     bool
		letter string
	}{
		{sh.opt.allEx, "a"}, {sh.opt.errExit, "e"}, {sh.opt.noGlob, "f"}, {sh.flavour == bash, "hB"},
		{sh.prompts, "i"}, {sh.opt.noUnset, "u"}, {sh.opt.xTrace, "x"},
	} {
		if o.on {
			f += o.letter
		}
	}
	return f
}

// homeOf finds a user's home in the process's /etc/passwd; without one, ~name
// stays what it is.
func (sh *interp) homeOf(user string) string {
	data, _ := sh.p.FS.ReadFile("/etc/passwd")
	for _, line := range strings.Split(string(data), "\n") {
		f := strings.Split(line, ":")
		if len(f) >= 6 && f[0] == user {
			return f[5]
		}
	}
	switch {
	case user == sh.p.User.Name:
		return sh.p.User.Home
	case user == "root":
		return "/root"
	}
	return "~" + user
}

// Each implements expand.Environ.
func (e environ) Each(fn func(string, expand.Variable) bool) {
	names := append([]string(nil), e.sh.names...)
	sort.Strings(names)
	for _, n := range names {
		if !fn(n, e.sh.vars[n]) {
			return
		}
	}
}

// Set implements expand.WriteEnviron, for ${x:=y} and arithmetic.
func (e environ) Set(name string, v expand.Variable) error {
	old := e.sh.vars[name]
	if old.ReadOnly {
		return shellError(name + ": readonly variable")
	}
	if !v.Set && v.Kind == expand.KeepValue {
		return nil
	}
	if v.Kind == expand.String {
		return e.sh.set(name, v.Str)
	}
	v.Exported = v.Exported || old.Exported
	e.sh.put(name, v)
	return nil
}
