package shell

import (
	"strings"

	"drydock/sim/machine"
)

// Programs are the executables of this package by the names that nodes carry:
// the shells, and the builtins that are programs of their own too.
func Programs() map[string]machine.Main {
	all := map[string]machine.Main{}
	for _, name := range []string{"sh", "bash", "ash", "dash", "busybox:sh", "busybox:ash"} {
		all[name] = Main
	}
	for _, name := range []string{"test", "[", "busybox:test", "busybox:["} {
		all[name] = testMain
	}
	return all
}

// testMain is /usr/bin/test, as health checks and xargs run it.
func testMain(p *machine.Process) int {
	f := bash
	if n, err := p.FS.Stat(p.Path); err == nil && strings.HasPrefix(n.Program, "busybox:") {
		f = ash
	}
	name := p.Args[0][strings.LastIndexByte(p.Args[0], '/')+1:]
	status, err := newInterp(p, newState(), f).test(append([]string{name}, p.Args[1:]...))
	if err != nil {
		p.Errorf("%s: %s\n", name, err)
	}
	return status
}
