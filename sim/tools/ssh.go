package tools

import (
	"errors"
	"net/netip"
	"strings"
	"time"

	"drydock/sim/machine"
)

// SSH is the ssh program. login makes an interactive login shell of a machine,
// line one that runs a single command; the two belong to the shell, which is
// built on this package.
func SSH(login func(m *machine.Machine) machine.Main, line func(m *machine.Machine, line string) machine.Main) machine.Main {
	return func(p *machine.Process) int {
		t := &tool{Process: p, name: "ssh"}
		o, ok := t.parse("+p: i: l: o: t T q v A N f L: R: D: J: C 4 6 n", p.Args[1:])
		if !ok {
			return 255
		}
		for _, missing := range []string{"L", "R", "D", "J", "N"} {
			if o.has(missing) {
				return t.lacks("-" + missing)
			}
		}
		if len(o.args) == 0 {
			p.Errorf("usage: ssh [options] destination [command [argument ...]]\n")
			return 255
		}
		host := o.args[0]
		if _, after, ok := strings.Cut(host, "@"); ok {
			host = after
		}
		m := t.sshTarget(host)
		if m == nil {
			return 255
		}
		if len(o.args) > 1 {
			return t.sshRun(m, line(m, strings.Join(o.args[1:], " ")), false)
		}
		status := t.sshRun(m, login(m), true)
		if m.Powered && p.Stdin.Terminal() != nil {
			p.Errorf("Connection to %s closed.\n", host)
		}
		return status
	}
}

// sshTarget finds the machine that a name leads to and whether packets get
// there; every powered machine has an sshd.
func (t *tool) sshTarget(host string) *machine.Machine {
	addrs, err := t.Net.LookupHost(host)
	if err != nil {
		t.Errorf("ssh: Could not resolve hostname %s: Name or service not known\n", host)
		return nil
	}
	var target *machine.Machine
	for _, m := range t.Machine.Site.Machines() {
		if m.Addr == addrs[0] || addrs[0].IsLoopback() && m == t.Machine {
			target = m
		}
	}
	_, err = t.Net.DialAddr(netip.AddrPortFrom(addrs[0], 22), "tcp")
	why := ""
	switch {
	case errors.Is(err, machine.ErrNoRoute):
		t.Sleep(3 * time.Second)
		why = "No route to host"
	case errors.Is(err, machine.ErrTimeout):
		t.Sleep(connectTime)
		why = "Connection timed out"
	case errors.Is(err, machine.ErrUnreachable):
		why = "Network is unreachable"
	case target == nil:
		why = "Connection refused"
	default:
		return target
	}
	t.Errorf("ssh: connect to host %s port 22: %s\n", host, why)
	return nil
}

// sshRun runs a shell on the other machine, joined to this process's streams.
// With a terminal Ctrl-C belongs to the other side.
func (t *tool) sshRun(m *machine.Machine, main machine.Main, interactive bool) int {
	t.Sleep(50 * time.Millisecond)
	weight := t.Weight()
	spec := machine.Spec{
		Args: []string{"-bash"}, Main: main, Stdin: t.Stdin.Source(), Stdout: t.Stdout.Sink(), Stderr: t.Stderr.Sink(), Weight: &weight,
	}
	if interactive {
		spec.TTY = t.TTY
		t.OnSignal = func(s machine.Signal) bool { return s == machine.SIGINT }
	}
	remote, err := m.Start(spec)
	if err != nil {
		t.failf("%s", reason(err))
		return 255
	}
	defer func() { remote.Signal(machine.SIGHUP) }()
	status := t.WaitChild(remote)
	if !m.Powered {
		t.Errorf("client_loop: send disconnect: Broken pipe\n")
		return 255
	}
	return status
}

// Editor is edit, vi, vim and nano: request hands a file to the game's editor
// and waits until it is saved or left.
func Editor(request func(p *machine.Process, path string) error) machine.Main {
	return func(p *machine.Process) int {
		t := &tool{Process: p, name: p.Args[0]}
		var files []string
		for _, a := range p.Args[1:] {
			if !strings.HasPrefix(a, "-") && !strings.HasPrefix(a, "+") {
				files = append(files, a)
			}
		}
		if len(files) == 0 {
			p.Errorf("%s: name a file to edit, for example: %s compose.yaml\n", t.name, t.name)
			return 1
		}
		if p.Stdin.Terminal() == nil {
			p.Errorf("%s: the editor needs the game's terminal; without it write the file with: cat > %s <<'EOF'\n", t.name, files[0])
			return 1
		}
		for _, f := range files {
			n, err := p.FS.Stat(p.Abs(f))
			if err == nil && n.IsDir() {
				p.Errorf("%s: %s: Is a directory\n", t.name, f)
				return 1
			}
			if err := request(p, f); err != nil {
				p.Errorf("%s: %s: %s\n", t.name, f, reason(err))
				return 1
			}
		}
		return 0
	}
}
