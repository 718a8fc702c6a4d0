// Package shell is the shell language of the simulator: sh, bash and ash on
// machines and in containers.
//
// Every shell is a process on the virtual clock. Pipes, $(...), subshells and
// background jobs are child processes; each command and each turn of a loop
// costs a little virtual time, so that an endless loop cannot stop the world.
package shell

import (
	"slices"
	"strings"

	"mvdan.cc/sh/v3/expand"

	"drydock/sim/clock"
	"drydock/sim/machine"
)

// Login is a login shell on a machine: what it keeps from one line to the next
// (variables, directory, functions, history, exit status).
type Login struct {
	machine *machine.Machine
	state   state
	dir     string
	jobs    []*job
	history history
	ready   bool
}

// NewLogin starts a login shell for the machine's owner.
func NewLogin(m *machine.Machine) *Login {
	return &Login{machine: m, state: newState(), dir: m.Owner.Home}
}

// attach brings the login's state into a process.
func (l *Login) attach(p *machine.Process) *interp {
	if !l.ready {
		l.ready = true
		l.state.importEnv(p.Env)
		l.state.name = "bash"
		for _, v := range [][2]string{{"SHELL", "/bin/bash"}, {"LOGNAME", p.User.Name}, {"SHLVL", "1"}, {"TERM", "xterm-256color"}} {
			l.state.put(v[0], expand.Variable{Set: true, Exported: true, Kind: expand.String, Str: v[1]})
		}
	}
	p.Dir = l.dir
	sh := newInterp(p, l.state, bash)
	sh.jobs, sh.history, sh.pid = l.jobs, &l.history, p.LocalPID
	for _, j := range sh.jobs {
		j.proc.Exited().Watch(sh.wake.Broadcast)
	}
	sh.put("PWD", expand.Variable{Set: true, Exported: true, Kind: expand.String, Str: p.Dir})
	return sh
}

// keep takes the state back after a line.
func (l *Login) keep(sh *interp) {
	l.state, l.dir, l.jobs = sh.state, sh.p.Dir, sh.jobs
}

// announce puts a command line into the log of events; what it does points to it.
func (sh *interp) announce(line string) {
	m := sh.p.Machine.Name
	actor := sh.p.Host + "$"
	id := sh.p.Clock().Emit(clock.Event{
		Actor: actor, Reason: "run", Message: line, Object: clock.Object{Kind: "command", Name: line, Machine: m},
	})
	sh.p.Blame(id)
}

// Line is a program that runs one line (or a whole script) in the login shell,
// without a prompt.
func (l *Login) Line(line string) machine.Main {
	return func(p *machine.Process) int {
		sh := l.attach(p)
		ended := false
		defer func() {
			l.keep(sh)
			if !ended {
				sh.abandon()
			}
		}()
		sh.announce(line)
		sh.listen()
		sh.eval(line)
		sh.runTraps()
		if sh.ctl == exiting {
			sh.finish()
		}
		ended = true
		return sh.status & 0xff
	}
}

// abandon tells the children of a line that was ended from outside to end too,
// as the terminal's Ctrl-C would. What runs in the background goes on.
func (sh *interp) abandon() {
	var children []*machine.Process
	for _, p := range sh.p.Machine.Processes() {
		if p.Parent != nil && (p.Parent == sh.p || slices.Contains(children, p.Parent)) && !sh.inJob(p) {
			children = append(children, p)
		}
	}
	for _, p := range children {
		p.Signal(machine.SIGINT)
	}
}

func (sh *interp) inJob(p *machine.Process) bool {
	return slices.ContainsFunc(sh.jobs, func(j *job) bool { return slices.Contains(j.all, p) })
}

// Interactive is a program that prompts on its terminal and runs what is typed,
// until exit or the end of input.
func (l *Login) Interactive() machine.Main {
	return func(p *machine.Process) int {
		sh := l.attach(p)
		sh.prompts = true
		sh.converse(func() { l.refresh(sh) }, func() { l.keep(sh) })
		return sh.finish()
	}
}

// refresh takes what lines run beside the prompt have changed.
func (l *Login) refresh(sh *interp) {
	sh.state, sh.jobs = l.state, l.jobs
	sh.p.Dir, sh.pid = l.dir, sh.p.LocalPID
}

// Status is the exit status of the last line.
func (l *Login) Status() int { return l.state.status & 0xff }

// History lists the lines typed, oldest first.
func (l *Login) History() []string { return slices.Clone(l.history.lines) }

// Main is sh as a program: `sh -c COMMAND`, `sh SCRIPT`, or what its standard
// input holds, with prompts if that is a terminal.
func Main(p *machine.Process) int {
	sh := newInterp(p, newState(), flavourOf(p))
	sh.importEnv(p.Env)
	sh.pid, sh.name = p.LocalPID, p.Args[0]
	sh.enterEnv()
	command, rest, ok := sh.arguments(p.Args[1:])
	if !ok {
		return sh.status
	}
	sh.listen()
	switch {
	case command:
		if len(rest) == 0 {
			sh.p.Errorf("%s: -c: option requires an argument\n", sh.name)
			return 2
		}
		if len(rest) > 1 {
			sh.name, sh.params = rest[1], rest[2:]
		}
		sh.tail = !sh.opt.xTrace
		sh.eval(rest[0])
	case len(rest) > 0:
		sh.params = rest[1:]
		if !sh.script(rest[0]) {
			return sh.status
		}
	case p.Stdin.Terminal() != nil:
		sh.prompts = true
		sh.history = &history{}
		sh.converse(nil, nil)
	default:
		sh.readScript()
	}
	sh.runTraps()
	return sh.finish()
}

// flavourOf finds out which shell an executable is.
func flavourOf(p *machine.Process) flavour {
	program := ""
	if n, err := p.FS.Stat(p.Path); err == nil {
		program = n.Program
	}
	base := p.Path[strings.LastIndex(p.Path, "/")+1:]
	switch {
	case program == "bash" || base == "bash" && program != "busybox:sh":
		return bash
	case program == "dash" || base == "dash", program == "sh" && p.Group == nil: // a machine's /bin/sh
		return dash
	}
	return ash
}

// enterEnv sets what a shell adds to its environment.
func (sh *interp) enterEnv() {
	level := 1
	if v := sh.get("SHLVL"); len(v) == 1 && v[0] >= '0' && v[0] < '9' {
		level = int(v[0]-'0') + 1
	}
	if sh.flavour != dash {
		sh.put("SHLVL", expand.Variable{Set: true, Exported: true, Kind: expand.String, Str: itoa(uint(level))})
	}
	sh.put("PWD", expand.Variable{Set: true, Exported: true, Kind: expand.String, Str: sh.p.Dir})
	if !sh.vars["PATH"].IsSet() {
		sh.put("PATH", text("/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"))
	}
}

// arguments reads the shell's options. ok false means that it ends there.
func (sh *interp) arguments(args []string) (command bool, rest []string, ok bool) {
	for len(args) > 0 && len(args[0]) > 1 && (args[0][0] == '-' || args[0][0] == '+') {
		a := args[0]
		args = args[1:]
		switch a {
		case "--":
			return command, args, true
		case "--version":
			if sh.flavour == bash {
				sh.p.Printf("GNU bash, version %s (x86_64-pc-linux-gnu)\n", bashVersion)
				return false, nil, false
			}
		case "--login", "--norc", "--noprofile", "--posix", "--rcfile":
			continue
		}
		for i, c := range a[1:] {
			switch c {
			case 'c':
				command = true
			case 'l', 'i', 's':
			case 'o':
				if len(args) > 0 {
					sh.option(args[0], a[0] == '-')
					args = args[1:]
				}
			default:
				if !sh.option(string(c), a[0] == '-') {
					sh.p.Errorf("%s: %s: invalid option\n", sh.name, "-"+a[1+i:])
					sh.status = 2
					return false, nil, false
				}
			}
		}
	}
	return command, args, true
}

// script runs a file.
func (sh *interp) script(name string) bool {
	data, err := sh.p.ReadFile(name)
	if err != nil {
		sh.status = 127
		switch {
		case sh.flavour == bash:
			sh.p.Errorf("%s: %s: %s\n", sh.name, name, reason(err))
		case sh.flavour == dash:
			sh.p.Errorf("%s: 0: %s\n", sh.name, sh.openError(name, err, false))
			sh.status = 2
		default:
			sh.p.Errorf("%s: %s\n", sh.name, sh.openError(name, err, false))
			sh.status = 2
		}
		return false
	}
	sh.name = name
	sh.eval(string(data))
	return true
}

// readScript runs what standard input holds, taking no byte beyond the command
// that it is about to run: the rest belongs to that command.
func (sh *interp) readScript() {
	src := ""
	for !sh.leaving() {
		line, err := sh.p.Stdin.ReadLine()
		if err != nil {
			break
		}
		src += line + "\n"
		if _, err := parse(src); incomplete(src, err) && len(src) < maxSource {
			continue
		}
		lines := uint(strings.Count(src, "\n"))
		sh.eval(src)
		sh.lineBase += lines
		src = ""
	}
	if src != "" && !sh.leaving() {
		sh.eval(src)
	}
}
