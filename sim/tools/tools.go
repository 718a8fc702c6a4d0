// Package tools holds the small programs that are on every machine and in most
// images (ls, cat, grep, curl, ping, ...).
//
// Naming rule for executables: a node's Program decides the flavour of a tool.
//
//   - "NAME" ("ls", "wget") is the GNU or common Linux tool: machines and
//     debian-like images have these.
//   - "busybox:NAME" ("busybox:ls", "busybox:wget") is busybox's applet, with
//     busybox's words: alpine and busybox images have these. "busybox" is the
//     binary itself, which runs the applet that its first argument names.
//   - Shells belong to sim/shell: "bash" is bash, "dash" is Debian's /bin/sh,
//     and "busybox:sh" (or a plain "sh") is busybox ash.
//
// A tool that one side does not have is still found under both names; whether
// an image has it is decided by whether the image has the node.
package tools

import (
	"drydock/sim/machine"
)

// tool is a running program with the flavour that it was called in.
type tool struct {
	*machine.Process
	name    string
	busybox bool
}

// entry is one tool of the package.
type entry struct {
	name string
	run  func(*tool) int
}

// Coreutils maps each small tool's program name to its implementation, in both
// flavours (see the package comment).
func Coreutils() map[string]machine.Main {
	all := map[string]machine.Main{}
	for _, group := range [][]entry{fileTools(), textTools(), byteTools(), systemTools(), accountTools(), netTools()} {
		for _, e := range group {
			all[e.name] = e.main(false)
			all["busybox:"+e.name] = e.main(true)
		}
	}
	all["busybox"] = func(p *machine.Process) int { return multiCall(p, all) }
	return all
}

func (e entry) main(busybox bool) machine.Main {
	return func(p *machine.Process) int {
		t := &tool{Process: p, name: e.name, busybox: busybox}
		if t.help() {
			return 0
		}
		status := e.run(t)
		if err := p.Stdout.Err(); err != nil {
			t.failf("write error: %s", reason(err))
			return 1
		}
		return status
	}
}

// busyboxVersion is that of alpine 3.20.
const busyboxVersion = "BusyBox v1.36.1 (2024-06-10 07:11:47 UTC) multi-call binary."

// multiCall is the busybox binary: its first argument names the applet.
func multiCall(p *machine.Process, all map[string]machine.Main) int {
	if len(p.Args) < 2 {
		p.Printf("%s\n", busyboxVersion)
		return 0
	}
	run := all["busybox:"+p.Args[1]]
	if p.Args[1] == "sh" || p.Args[1] == "ash" {
		run = p.Machine.Site.Programs("busybox:sh")
	}
	if run == nil {
		p.Errorf("%s: applet not found\n", p.Args[1])
		return 127
	}
	p.Args = p.Args[1:]
	return run(p)
}

// failf prints an error under the tool's name.
func (t *tool) failf(format string, args ...any) {
	t.Errorf("%s: "+format+"\n", append([]any{t.name}, args...)...)
}
