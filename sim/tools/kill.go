package tools

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"drydock/sim/machine"
)

// KillArgs reads the arguments of kill: the signal, what to send it to, or the
// text of kill -l. The error is the message without kill's name.
func KillArgs(args []string) (sig machine.Signal, rest []string, list string, err error) {
	sig = machine.SIGTERM
	for len(args) > 0 && strings.HasPrefix(args[0], "-") {
		word := args[0][1:]
		args = args[1:]
		switch word {
		case "-":
			return sig, args, "", nil
		case "l", "L":
			return sig, nil, signalList(args), nil
		case "s", "n":
			if len(args) == 0 {
				return sig, nil, "", errors.New("-s: option requires an argument")
			}
			word, args = args[0], args[1:]
		}
		if word == "0" {
			sig = 0
			continue
		}
		var ok bool
		if sig, ok = machine.ParseSignal(word); !ok {
			return sig, nil, "", fmt.Errorf("%s: invalid signal specification", word)
		}
	}
	return sig, args, "", nil
}

func signalNames() []string {
	return []string{
		"HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2", "PIPE", "ALRM", "TERM",
		"STKFLT", "CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG", "XCPU", "XFSZ", "VTALRM", "PROF", "WINCH", "IO", "PWR", "SYS",
	}
}

func signalList(args []string) string {
	names := signalNames()
	var b strings.Builder
	for _, a := range args {
		n, err := strconv.Atoi(a)
		if err == nil && n > 128 {
			n -= 128
		}
		if err == nil && n > 0 && n <= len(names) {
			fmt.Fprintln(&b, names[n-1])
			continue
		}
		for i, name := range names {
			if name == strings.TrimPrefix(strings.ToUpper(a), "SIG") {
				fmt.Fprintln(&b, i+1)
			}
		}
	}
	if len(args) > 0 {
		return b.String()
	}
	for i, name := range names {
		end := "\t"
		if i%5 == 4 || i == len(names)-1 {
			end = "\n"
		}
		fmt.Fprintf(&b, "%2d) SIG%s%s", i+1, name, end)
	}
	return b.String()
}

// SendSignal signals the process that has the number in the sender's view: its
// container, or the whole machine. It returns why it could not, in the
// kernel's words, or "".
func SendSignal(from *machine.Process, pid int, sig machine.Signal) string {
	if pid < 0 {
		pid = -pid // a process group: its leader stands for it
	}
	for _, p := range Visible(from) {
		if Number(from, p) != pid {
			continue
		}
		if from.User.UID != 0 && from.User.UID != p.User.UID {
			return "Operation not permitted"
		}
		// The kernel keeps the first process of a container from being killed by
		// those inside.
		if protected := p.Group != nil && p.Group.Init == p && from.Group == p.Group && sig == machine.SIGKILL; sig != 0 && !protected {
			p.Signal(sig)
		}
		return ""
	}
	return "No such process"
}

// Visible lists the processes that a process sees: those of its container, or,
// outside containers, all of the machine.
func Visible(p *machine.Process) []*machine.Process {
	if p.Group != nil && !p.Group.SeesMachine {
		return p.Group.Processes()
	}
	return p.Machine.Processes()
}

// Number is the process's number in the viewer's eyes.
func Number(viewer, p *machine.Process) int {
	if viewer.Group != nil && !viewer.Group.SeesMachine {
		return p.LocalPID
	}
	return p.PID
}
