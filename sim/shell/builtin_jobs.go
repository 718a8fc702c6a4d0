package shell

import (
	"slices"
	"strconv"
	"strings"

	"drydock/sim/machine"
	"drydock/sim/tools"
)

// builtinWait waits for children: all of them, or those named. A trapped signal
// ends it at once.
func builtinWait(sh *interp, args []string) int {
	rest := args[1:]
	if len(rest) > 0 && rest[0] == "-n" {
		return sh.waitAny()
	}
	if len(rest) == 0 {
		status, _ := sh.waitUntil(func() bool {
			for _, j := range sh.jobs {
				if !j.proc.Done() {
					return false
				}
			}
			return true
		})
		for _, j := range sh.jobs {
			j.waited = true
		}
		if !sh.prompts {
			sh.jobs = nil
		}
		return status
	}
	status := 0
	for _, a := range rest {
		j := sh.findJob(a)
		if j == nil {
			status = 127
			if sh.flavour == bash {
				sh.complain("wait", "pid %s is not a child of this shell", a)
				status = 127
			}
			continue
		}
		interrupted, ok := sh.waitUntil(j.proc.Done)
		if !ok {
			return interrupted
		}
		j.waited = true
		status = j.proc.Status()
	}
	return status
}

func (sh *interp) waitAny() int {
	var done *job
	find := func() bool {
		for _, j := range sh.jobs {
			if j.proc.Done() && !j.waited {
				done = j
				return true
			}
		}
		return len(sh.jobs) == 0
	}
	if status, ok := sh.waitUntil(find); !ok || done == nil {
		if ok {
			return 127
		}
		return status
	}
	done.waited = true
	return done.proc.Status()
}

// waitUntil waits for a condition about children; a signal that is trapped, or
// Ctrl-C at an interactive shell, breaks it off.
func (sh *interp) waitUntil(cond func() bool) (status int, ok bool) {
	sh.p.WaitFor(sh.wake, func() bool { return cond() || len(sh.pending) > 0 || sh.stopped })
	switch {
	case cond():
		return 0, true
	case len(sh.pending) > 0:
		return 128 + int(sh.pending[0]), false
	}
	return 128 + int(machine.SIGINT), false
}

// findJob finds a job by %1, %%, %name or a process's number.
func (sh *interp) findJob(word string) *job {
	if spec, ok := strings.CutPrefix(word, "%"); ok {
		if len(sh.jobs) > 0 && (spec == "" || spec == "%" || spec == "+") {
			return sh.jobs[len(sh.jobs)-1]
		}
		for _, j := range sh.jobs {
			if strconv.Itoa(j.number) == spec || strings.HasPrefix(j.text, spec) {
				return j
			}
		}
		return nil
	}
	for _, j := range sh.jobs {
		for _, p := range j.all {
			if strconv.Itoa(p.LocalPID) == word {
				return j
			}
		}
	}
	return nil
}

func builtinJobs(sh *interp, args []string) int {
	pids := len(args) > 1 && args[1] == "-p"
	var left []*job
	for i, j := range sh.jobs {
		if pids {
			sh.p.Printf("%d\n", j.proc.LocalPID)
		} else if !j.proc.Done() || !j.waited {
			sh.p.Printf("%s\n", sh.jobLine(j, len(sh.jobs)-1-i, len(args) > 1 && args[1] == "-l"))
		}
		if !j.proc.Done() {
			left = append(left, j)
		}
	}
	sh.jobs = left
	return 0
}

func builtinFg(sh *interp, args []string) int {
	word := "%%"
	if len(args) > 1 {
		word = args[1]
	}
	j := sh.findJob(word)
	if j == nil {
		if len(args) < 2 {
			word = "current"
		}
		return sh.complain("fg", "%s: no such job", word)
	}
	sh.p.Printf("%s\n", j.text)
	for _, p := range j.all {
		sh.foreground(p, true)
	}
	for _, p := range j.all {
		sh.status = sh.p.WaitChild(p)
		sh.foreground(p, false)
	}
	j.waited = true
	sh.stopped = sh.stopped || sh.prompts && sh.status == 128+int(machine.SIGINT)
	return sh.status
}

func builtinBg(sh *interp, args []string) int {
	word := "%%"
	if len(args) > 1 {
		word = args[1]
	}
	if sh.findJob(word) == nil {
		return sh.complain("bg", "%s: no such job", word)
	}
	return sh.complain("bg", "job is already in background")
}

func builtinDisown(sh *interp, args []string) int {
	if len(args) < 2 || args[1] == "-a" {
		sh.jobs = nil
		return 0
	}
	for i, j := range sh.jobs {
		if j == sh.findJob(args[1]) {
			sh.jobs = append(sh.jobs[:i:i], sh.jobs[i+1:]...)
			return 0
		}
	}
	return sh.complain("disown", "%s: no such job", args[1])
}

// builtinKill sends signals to processes and jobs.
func builtinKill(sh *interp, args []string) int {
	sig, rest, list, err := tools.KillArgs(args[1:])
	if err != nil {
		return sh.complain("kill", "%s", err)
	}
	if list != "" {
		sh.p.Printf("%s", list)
		return 0
	}
	if len(rest) == 0 {
		sh.p.Errorf("kill: usage: kill [-s sigspec | -n signum | -sigspec] pid | jobspec ... or kill -l [sigspec]\n")
		return 2
	}
	status := 0
	for _, a := range rest {
		if strings.HasPrefix(a, "%") {
			j := sh.findJob(a)
			if j == nil {
				status = sh.complain("kill", "%s: no such job", a)
				continue
			}
			for _, p := range j.all {
				p.Signal(sig)
			}
			continue
		}
		pid, err := strconv.Atoi(a)
		if err != nil {
			status = sh.complain("kill", "%s: arguments must be process or job IDs", a)
			continue
		}
		if why := tools.SendSignal(sh.p, pid, sig); why != "" {
			if sh.flavour == bash {
				status = sh.complain("kill", "(%d) - %s", pid, why)
			} else {
				status = sh.complain("kill", "can't kill pid %d: %s", pid, why)
			}
		}
	}
	return status
}

// builtinTrap is trap ACTION SIGNAL...
func builtinTrap(sh *interp, args []string) int {
	rest := args[1:]
	if len(rest) > 0 && rest[0] == "--" {
		rest = rest[1:]
	}
	if len(rest) == 0 || rest[0] == "-p" || rest[0] == "-l" {
		for _, name := range trapNames() {
			if action, ok := sh.traps[name]; ok {
				shown := name
				if name != "EXIT" && name != "ERR" && sh.flavour == bash {
					shown = "SIG" + name
				}
				sh.p.Printf("trap -- %s %s\n", singleQuoted(action), shown)
			}
		}
		return 0
	}
	action := rest[0]
	names := rest[1:]
	remove := action == "-"
	if len(names) == 0 {
		names, remove = rest, true
	}
	status := 0
	for _, n := range names {
		name := trapName(n)
		if name == "" {
			status = sh.complain("trap", "%s: invalid signal specification", n)
			continue
		}
		if remove {
			delete(sh.traps, name)
		} else {
			sh.traps[name] = action
		}
	}
	sh.listen()
	return status
}

func trapNames() []string {
	return []string{"EXIT", "HUP", "INT", "QUIT", "KILL", "USR1", "USR2", "PIPE", "ALRM", "TERM", "CHLD", "CONT", "STOP", "URG", "WINCH", "ERR"}
}

// trapName brings 0, TERM, SIGTERM and 15 to one form; empty when it is no signal.
func trapName(word string) string {
	if word == "0" {
		return "EXIT"
	}
	upper := strings.TrimPrefix(strings.ToUpper(word), "SIG")
	n, err := strconv.Atoi(word)
	for _, name := range trapNames() {
		sig, ok := machine.ParseSignal(name)
		if name == upper || err == nil && ok && int(sig) == n {
			return name
		}
	}
	return ""
}

// listen decides what signals do to this shell.
func (sh *interp) listen() {
	sh.p.OnSignal = func(sig machine.Signal) bool {
		for _, name := range trapNames() {
			if s, ok := machine.ParseSignal(name); !ok || s != sig {
				continue
			}
			action, trapped := sh.traps[name]
			if !trapped {
				break
			}
			if action != "" {
				sh.pending = append(sh.pending, sig)
				sh.wake.Broadcast()
			}
			return true
		}
		return sh.prompts && sh.atPrompt(sig)
	}
}

// atPrompt is what an interactive shell does with signals: Ctrl-C ends what it
// is doing itself, SIGTERM and SIGQUIT do nothing.
func (sh *interp) atPrompt(sig machine.Signal) bool {
	switch sig {
	case machine.SIGTERM, machine.SIGQUIT:
		return true
	case machine.SIGINT:
		if t := sh.p.TTY; t != nil {
			for i, p := range t.Foreground {
				if p == sh.p && slices.ContainsFunc(t.Foreground[i+1:], func(p *machine.Process) bool { return !p.Done() }) {
					return true // a program in the foreground gets it
				}
			}
			sh.stopped = true
			if t.Reading() {
				t.Type("\n")
			}
		}
		sh.stopped = true
		sh.wake.Broadcast()
		return true
	}
	return false
}

// runTraps carries out the actions of signals that arrived.
func (sh *interp) runTraps() {
	for len(sh.pending) > 0 && !sh.mute && sh.ctl == goOn {
		sig := sh.pending[0]
		sh.pending = sh.pending[1:]
		for _, name := range trapNames() {
			if s, ok := machine.ParseSignal(name); ok && s == sig {
				status := sh.status
				sh.mute = true
				sh.eval(sh.traps[name])
				sh.mute = false
				if sh.ctl == goOn {
					sh.status = status
				}
			}
		}
	}
}
