package tools

import (
	"strings"

	"drydock/sim/machine"
)

// sudo runs a command as another user, root by default. Machines of the game
// ask for no password.
func sudo(t *tool) int {
	o, ok := t.parse("+u:/user E/preserve-env n/non-interactive i/login s/shell H k v b g: S", t.Args[1:])
	if !ok {
		return 1
	}
	who := "root"
	if o.has("u") {
		who = strings.TrimPrefix(o.values["u"], "#")
	}
	a, found := t.lookUser(who)
	if !found {
		t.failf("unknown user %s", who)
		return 1
	}
	vars := t.Env.Clone()
	args := o.args
	for len(args) > 0 && strings.Contains(args[0], "=") {
		name, value, _ := strings.Cut(args[0], "=")
		vars.Set(name, value)
		args = args[1:]
	}
	if len(args) == 0 {
		if !o.has("i") && !o.has("s") {
			t.Errorf("usage: sudo -h | -K | -k | -V\nusage: sudo [-u user] [VAR=value] [-i | -s] [command [arg ...]]\n")
			return 1
		}
		args = []string{"bash"}
	}
	vars.Set("SUDO_USER", t.User.Name)
	return t.runAs(a, args, vars)
}

// runAs runs a command as somebody else and waits for it.
func (t *tool) runAs(a account, args []string, vars *machine.Env) int {
	vars.Set("USER", a.name)
	vars.Set("LOGNAME", a.name)
	vars.Set("HOME", a.home)
	user := machine.User{Name: a.name, UID: a.uid, GID: a.gid, Home: a.home}
	child, err := t.startChild(machine.Spec{Args: args, Env: vars, User: &user})
	if err != nil {
		e, ok := err.(*machine.ExecError)
		switch {
		case !ok:
			t.failf("%s", reason(err))
		case e.Status() == 127:
			t.failf("%s: command not found", args[0])
		default:
			t.failf("%s: Permission denied", args[0])
		}
		return 1
	}
	t.OnSignal = func(s machine.Signal) bool { return s == machine.SIGINT }
	return t.waitChild(child)
}

// su is su [-] [USER] [-c COMMAND].
func su(t *tool) int {
	o, ok := t.parse("c:/command l/login s:/shell m p", t.Args[1:])
	if !ok {
		return 1
	}
	who := "root"
	for _, a := range o.args {
		if a != "-" {
			who = a
			break
		}
	}
	a, found := t.lookUser(who)
	switch {
	case !found && t.busybox:
		t.failf("unknown user %s", who)
		return 1
	case !found:
		t.failf("user %s does not exist or the user entry does not contain all the required fields", who)
		return 1
	case t.User.UID != 0 && t.User.UID != a.uid:
		t.failf("Authentication failure")
		return 1
	}
	args := []string{"sh"}
	if o.has("s") {
		args[0] = o.values["s"]
	} else if t.Group == nil {
		args[0] = "bash"
	}
	if o.has("c") {
		args = append(args, "-c", o.values["c"])
	}
	return t.runAs(a, args, t.Env.Clone())
}
