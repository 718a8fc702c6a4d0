package machine

import (
	"strconv"
	"strings"
)

// Signal is a Unix signal by its Linux number.
type Signal int

// The signals that tools and programs of the simulator send or handle.
const (
	SIGHUP   Signal = 1
	SIGINT   Signal = 2
	SIGQUIT  Signal = 3
	SIGKILL  Signal = 9
	SIGUSR1  Signal = 10
	SIGUSR2  Signal = 12
	SIGPIPE  Signal = 13
	SIGALRM  Signal = 14
	SIGTERM  Signal = 15
	SIGCHLD  Signal = 17
	SIGCONT  Signal = 18
	SIGSTOP  Signal = 19
	SIGURG   Signal = 23
	SIGWINCH Signal = 28
)

func signalNames() map[string]Signal {
	return map[string]Signal{
		"HUP": SIGHUP, "INT": SIGINT, "QUIT": SIGQUIT, "KILL": SIGKILL, "USR1": SIGUSR1, "USR2": SIGUSR2, "PIPE": SIGPIPE,
		"ALRM": SIGALRM, "TERM": SIGTERM, "CHLD": SIGCHLD, "CONT": SIGCONT, "STOP": SIGSTOP, "URG": SIGURG, "WINCH": SIGWINCH,
	}
}

// ParseSignal reads a signal as commands take it: "TERM", "SIGTERM", "15".
func ParseSignal(s string) (Signal, bool) {
	if n, err := strconv.Atoi(s); err == nil {
		return Signal(n), n > 0 && n < 65
	}
	sig, ok := signalNames()[strings.TrimPrefix(strings.ToUpper(s), "SIG")]
	return sig, ok
}

// Signal delivers a signal: the process's own handler first, then the default.
// The first process of a container ignores what it has no handler for, which is
// why a bare shell takes ten seconds to stop.
func (p *Process) Signal(sig Signal) {
	if p.Done() {
		return
	}
	if sig == SIGKILL {
		p.Exit(128 + int(SIGKILL))
		return
	}
	if p.OnSignal != nil && p.OnSignal(sig) {
		return
	}
	if p.Group != nil && p.Group.Init == p {
		return
	}
	switch sig {
	case SIGCHLD, SIGURG, SIGWINCH, SIGCONT, SIGSTOP:
	default:
		p.Exit(128 + int(sig))
	}
}
