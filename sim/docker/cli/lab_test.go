package cli

import (
	"bytes"
	"strconv"
	"strings"
	"testing"
	"time"

	"drydock/sim/clock"
	"drydock/sim/docker"
	"drydock/sim/image"
	programs "drydock/sim/image/program"
	"drydock/sim/machine"
	"drydock/sim/vfs"
)

// lab is a small world for tests of the command line: machines with engines,
// Docker Hub, and no shell.
type lab struct {
	t       *testing.T
	clock   *clock.Clock
	site    *machine.Site
	hub     *image.Hub
	engines map[string]*docker.Engine
}

// newLab makes a world with these machines and images that are already pulled.
func newLab(t *testing.T, machines []string, images ...string) *lab {
	t.Helper()
	c := clock.New(1, time.Date(2026, time.November, 23, 8, 0, 0, 0, time.UTC))
	l := &lab{t: t, clock: c, site: machine.NewSite(c), engines: map[string]*docker.Engine{}}
	l.hub = image.NewHub(l.site.Internet)
	l.site.Programs = programs.Programs(l.hub, l.site.Memo)
	t.Cleanup(c.Close)
	for _, name := range machines {
		base := vfs.NewLayer()
		base.Put("/root", vfs.Dir(0o700))
		m := l.site.Add(machine.Config{Name: name, CPUs: 4, Memory: 8 << 30, Base: []*vfs.Layer{base}, Owner: machine.Root()})
		l.engines[name] = docker.New(m, l.hub, "29.7.2")
		for _, ref := range images {
			img, err := l.hub.Image(ref)
			if err != nil {
				t.Fatal(err)
			}
			norm, _ := image.Normalise(ref)
			if err := l.engines[name].AddImage(img, norm); err != nil {
				t.Fatal(err)
			}
		}
	}
	return l
}

// call is how a test runs docker.
type call struct {
	on       string // machine; the first one if empty
	env      string // NAME=value
	stdin    string
	terminal int // columns; 0 is no terminal
	typed    []string
}

// docker runs a command line and returns what it printed, both streams together.
func (l *lab) docker(line string) (string, int) { return l.run(call{}, line) }

// ok runs a command line that must succeed.
func (l *lab) ok(line string) string {
	l.t.Helper()
	out, status := l.docker(line)
	if status != 0 {
		l.t.Fatalf("docker %s: exit %d\n%s", line, status, out)
	}
	return out
}

// fails runs a command line that must fail with exactly this text.
func (l *lab) fails(line, want string) {
	l.t.Helper()
	out, status := l.docker(line)
	if status == 0 || strings.TrimSpace(out) != want {
		l.t.Errorf("docker %s: exit %d\ngot  %s\nwant %s", line, status, strings.TrimSpace(out), want)
	}
}

func (l *lab) run(how call, line string) (string, int) {
	l.t.Helper()
	m := l.site.Machines()[0]
	if how.on != "" {
		m = l.site.Machine(how.on)
	}
	var out bytes.Buffer
	weight := clock.Work
	spec := machine.Spec{
		Args: append([]string{"docker"}, strings.Fields(line)...), Stdin: machine.TextInput([]byte(how.stdin)), Stdout: &out, Stderr: &out, Weight: &weight,
		Main: Main(engineIn(l)),
		Env:  machine.NewEnv("HOME=/root", "PATH=/usr/bin:/bin"),
	}
	if name, value, ok := strings.Cut(how.env, "="); ok {
		spec.Env.Set(name, value)
	}
	if how.terminal > 0 {
		tty := machine.NewTTY(l.clock, how.terminal, 40, &out)
		spec.Stdin, spec.Stdout, spec.Stderr, spec.TTY = tty, tty, tty, tty
		for _, text := range how.typed {
			tty.Type(text + "\n")
		}
	}
	p, err := m.Start(spec)
	if err != nil {
		l.t.Fatal(err)
	}
	if !l.clock.RunUntil(time.Hour, p.Done) {
		l.t.Fatalf("docker %s does not end", line)
	}
	return out.String(), p.Status()
}

// engineIn finds the engines of a lab.
func engineIn(l *lab) func(p *machine.Process) *docker.Engine {
	return func(p *machine.Process) *docker.Engine { return l.engines[p.Machine.Name] }
}

// screen shows what a terminal would in the end: lines after cursor movement.
func screen(text string) string {
	lines := []string{""}
	at := 0
	for len(text) > 0 {
		if rest, ok := strings.CutPrefix(text, "\x1b["); ok {
			end := strings.IndexAny(rest, "ABKm")
			n, _ := strconv.Atoi(rest[:end])
			switch rest[end] {
			case 'A':
				at = max(at-n, 0)
			case 'B':
				at = min(at+n, len(lines)-1)
			case 'K':
				lines[at] = ""
			}
			text = rest[end+1:]
			continue
		}
		switch text[0] {
		case '\n':
			if at++; at == len(lines) {
				lines = append(lines, "")
			}
		case '\r':
		default:
			lines[at] += text[:1]
		}
		text = text[1:]
	}
	return strings.Join(lines, "\n")
}
