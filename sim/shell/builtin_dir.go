package shell

import (
	"path"
	"slices"
)

func builtinCd(sh *interp, args []string) int {
	args = slices.DeleteFunc(slices.Clone(args[1:]), func(a string) bool { return a == "-P" || a == "-L" || a == "--" })
	if len(args) > 1 && sh.flavour == bash {
		return sh.complain("cd", "too many arguments")
	}
	to := ""
	switch {
	case len(args) == 0:
		if to = sh.get("HOME"); to == "" {
			return sh.complain("cd", "HOME not set")
		}
	case args[0] == "-":
		if to = sh.get("OLDPWD"); to == "" {
			return sh.complain("cd", "OLDPWD not set")
		}
	default:
		to = args[0]
	}
	if status := sh.changeDir(to); status != 0 {
		return status
	}
	if len(args) > 0 && args[0] == "-" {
		sh.p.Printf("%s\n", sh.p.Dir)
	}
	return 0
}

func (sh *interp) changeDir(to string) int {
	full := sh.p.Abs(to)
	n, err := sh.p.FS.Stat(full)
	why := ""
	switch {
	case err != nil:
		why = reason(err)
	case !n.IsDir():
		why = "Not a directory"
	case !sh.p.May(n, 1):
		why = "Permission denied"
	}
	switch {
	case why == "":
	case sh.flavour == bash:
		return sh.complain("cd", "%s: %s", to, why)
	case sh.flavour == ash:
		return sh.complain("cd", "can't cd to %s: %s", to, why)
	default:
		return sh.complain("cd", "can't cd to %s", to)
	}
	_ = sh.set("OLDPWD", sh.p.Dir)
	sh.p.Dir = path.Clean(full)
	_ = sh.set("PWD", sh.p.Dir)
	return 0
}
