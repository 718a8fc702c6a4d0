package shell

import (
	"slices"
	"strings"

	"drydock/sim/machine"
)

// converse reads lines at a terminal and runs them. Before and after each line
// the owner of the shell's state may look in.
func (sh *interp) converse(before, after func()) {
	origin := sh.p.Clock().Cause()
	sh.listen()
	tty := sh.p.Stdin.Terminal()
	if tty == nil {
		sh.readScript()
		return
	}
	if !slices.Contains(tty.Foreground, sh.p) {
		tty.Foreground = append(tty.Foreground, sh.p)
	}
	defer func() {
		tty.Foreground = slices.DeleteFunc(tty.Foreground, func(p *machine.Process) bool { return p == sh.p })
		tty.Editor = nil
	}()
	for sh.ctl != exiting {
		sh.p.Blame(origin)
		src, ok := sh.readCommand(tty, before)
		if !ok {
			if sh.flavour == bash {
				sh.p.Errorf("exit\n")
			}
			break
		}
		if strings.TrimSpace(src) != "" {
			sh.runTyped(src)
		}
		if after != nil {
			after()
		}
	}
}

// runTyped runs one command line; Ctrl-C in it gives status 130.
func (sh *interp) runTyped(src string) {
	line := strings.TrimSuffix(src, "\n")
	sh.history.add(line)
	sh.announce(line)
	sh.eval(src)
	sh.runTraps()
	if sh.stopped {
		sh.stopped = false
		sh.status = 128 + int(machine.SIGINT)
	}
	if sh.ctl != exiting {
		sh.ctl = goOn
	}
	sh.loops, sh.tested, sh.depth, sh.calls = 0, 0, 0, 0
}

// readCommand reads lines until they make a whole command. ok is false at the
// end of input.
func (sh *interp) readCommand(tty *machine.TTY, before func()) (src string, ok bool) {
	for {
		if before != nil && src == "" {
			before()
		}
		if src == "" {
			sh.reportJobs()
		}
		tty.Editor = sh.editor(src != "")
		line, err := sh.p.Stdin.ReadLine()
		tty.Editor = nil
		if sh.stopped {
			sh.stopped = false
			sh.status = 128 + int(machine.SIGINT)
			src = ""
			continue
		}
		if err != nil {
			if src == "" {
				return "", false
			}
			return src, true
		}
		src += line + "\n"
		if _, err := parse(src); !incomplete(src, err) || len(src) > maxSource {
			return src, true
		}
	}
}

// editor describes the line that is read next.
func (sh *interp) editor(more bool) *machine.LineEditor {
	prompt := sh.prompt()
	if more {
		prompt = "> "
	}
	return &machine.LineEditor{
		Machine: sh.p.Machine.Name, Prompt: prompt, Complete: sh.complete,
		History: func() []string { return slices.Clone(sh.history.lines) },
	}
}

// prompt is the game's prompt on machines, and in containers what the images'
// shells show: PS1 of busybox (\w \$), of Debian's bash (\u@\h:\w\$), of dash.
func (sh *interp) prompt() string {
	sign := "$"
	if sh.p.User.UID == 0 {
		sign = "#"
	}
	if ps1 := sh.vars["PS1"]; ps1.IsSet() {
		return strings.NewReplacer(`\u`, sh.p.User.Name, `\h`, sh.p.Host, `\w`, sh.tilde(sh.p.Dir), `\$`, sign, `\[`, "", `\]`, "").Replace(ps1.String())
	}
	switch {
	case sh.p.Group == nil:
		return sh.p.Machine.Name + "$ "
	case sh.flavour == bash:
		return sh.p.User.Name + "@" + sh.p.Host + ":" + sh.tilde(sh.p.Dir) + sign + " "
	case sh.flavour == dash:
		return sign + " "
	}
	return sh.tilde(sh.p.Dir) + " " + sign + " "
}
