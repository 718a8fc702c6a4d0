package machine

import (
	"bytes"
	"errors"
	"io"
	"net/netip"
	"strings"
	"testing"
	"time"

	"drydock/sim/clock"
	"drydock/sim/vfs"
)

// site makes two machines whose /bin holds the given programs.
func site(t *testing.T, programs map[string]Main) (*Site, *Machine, *Machine) {
	t.Helper()
	s := NewSite(clock.New(1, time.Unix(0, 0).UTC()))
	t.Cleanup(s.Clock.Close)
	s.Programs = func(name string) Main { return programs[name] }
	base := vfs.NewLayer()
	for name := range programs {
		base.Put("/bin/"+name, vfs.Exec(name, 0))
	}
	base.Put("/bin/script", vfs.File("#!/bin/echo -n\n", 0o755))
	base.Put("/bin/text", vfs.File("no program", 0o644))
	add := func(name string) *Machine {
		return s.Add(Config{Name: name, Memory: 1 << 30, Base: []*vfs.Layer{base}, Owner: Root()})
	}
	return s, add("node-1"), add("node-2")
}

func echo(p *Process) int { p.Printf("%s\n", strings.Join(p.Args[1:], " ")); return 0 }

func sleeper(p *Process) int { p.Sleep(time.Hour); return 0 }

func server(port int, addr string) Main {
	return func(p *Process) int {
		_ = p.Net.Listen(&Listener{Addr: netip.MustParseAddr(addr), Port: port, Proto: "tcp", Process: p,
			Serve: func(r Request) Response { return Response{Status: 200, Body: p.Host + " to " + r.From.String()} }})
		p.Sleep(time.Hour)
		return 0
	}
}

func start(t *testing.T, m *Machine, s Spec) *Process {
	t.Helper()
	p, err := m.Start(s)
	if err != nil {
		t.Fatalf("start %v: %v", s.Args, err)
	}
	m.Site.Clock.Run()
	return p
}

func TestExecFailsForTheKernelsReasons(t *testing.T) {
	_, m, _ := site(t, map[string]Main{"echo": echo})
	for _, tc := range []struct {
		name, says string
		status     int
	}{
		{"nosuch", "executable file not found in $PATH", 127},
		{"/bin/nosuch", "no such file or directory", 127},
		{"/bin/text", "permission denied", 126},
		{"/bin", "is a directory: permission denied", 126},
	} {
		_, err := m.Start(Spec{Args: []string{tc.name}})
		var e *ExecError
		if !errors.As(err, &e) || e.Error() != tc.says || e.Status() != tc.status {
			t.Errorf("%s: %v, want %q and %d", tc.name, err, tc.says, tc.status)
		}
	}
}

func TestScriptRunsItsInterpreter(t *testing.T) {
	_, m, _ := site(t, map[string]Main{"echo": echo})
	var out bytes.Buffer
	start(t, m, Spec{Args: []string{"script", "x"}, Stdout: &out})
	if got := out.String(); got != "-n /bin/script x\n" {
		t.Fatalf("printed %q", got)
	}
}

func TestFirstProcessOfAContainerIgnoresTermButNotKill(t *testing.T) {
	_, m, _ := site(t, map[string]Main{"sleep": sleeper})
	outside := start(t, m, Spec{Args: []string{"sleep"}})
	inside := start(t, m, Spec{Args: []string{"sleep"}, Group: &Group{Name: "c"}})
	for _, p := range []*Process{outside, inside} {
		p.Signal(SIGTERM)
	}
	m.Site.Clock.Run()
	if outside.Status() != 143 || !outside.Done() || inside.Done() {
		t.Fatalf("outside %d, inside done %v", outside.Status(), inside.Done())
	}
	inside.Signal(SIGKILL)
	m.Site.Clock.Run()
	if inside.Status() != 137 {
		t.Fatalf("killed: %d", inside.Status())
	}
}

func TestUsingMoreThanTheLimitKills(t *testing.T) {
	g := &Group{Name: "c", MemoryLimit: 10 << 20}
	_, m, _ := site(t, map[string]Main{"hog": func(p *Process) int { p.Use(20 << 20); p.Sleep(time.Second); return 0 }})
	p := start(t, m, Spec{Args: []string{"hog"}, Group: g})
	if p.Status() != 137 || !g.OOMKilled {
		t.Fatalf("status %d, OOMKilled %v", p.Status(), g.OOMKilled)
	}
}

func TestWriterOfABrokenPipeEnds(t *testing.T) {
	yes := func(p *Process) int {
		for {
			p.Printf("y\n")
		}
	}
	s, m, _ := site(t, map[string]Main{"yes": yes, "head": func(p *Process) int { l, _ := p.Stdin.ReadLine(); p.Printf("%s\n", l); return 0 }})
	var out bytes.Buffer
	pipe := NewPipe(s.Clock)
	writer := start(t, m, Spec{Args: []string{"yes"}, Stdout: pipe})
	reader := start(t, m, Spec{Args: []string{"head"}, Stdin: pipe, Stdout: &out})
	reader.Exited().Watch(pipe.CloseRead)
	pipe.CloseRead()
	s.Clock.Run()
	if writer.Status() != 141 || out.String() != "y\n" {
		t.Fatalf("writer ended with %d, reader printed %q", writer.Status(), out.String())
	}
}

func TestTerminalHandsOutOneLineAtATime(t *testing.T) {
	s, m, _ := site(t, map[string]Main{"cat": func(p *Process) int { _, _ = io.Copy(p.Stdout, p.Stdin); return 0 }})
	var shown bytes.Buffer
	tty := NewTTY(s.Clock, 80, 24, &shown)
	p := start(t, m, Spec{Args: []string{"cat"}, Stdin: tty, Stdout: tty, TTY: tty})
	if !tty.Reading() {
		t.Fatal("nobody waits for a line")
	}
	tty.Type("one\n")
	s.Clock.Run()
	tty.EOF()
	s.Clock.Run()
	if !p.Done() || shown.String() != "one\n" {
		t.Fatalf("done %v, shown %q", p.Done(), shown.String())
	}
}
