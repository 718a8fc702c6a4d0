package compose

import (
	"bytes"
	"path"
	"regexp"
	"strings"
	"testing"
	"time"

	"drydock/sim/clock"
	"drydock/sim/docker"
	"drydock/sim/docker/cli"
	"drydock/sim/image"
	programs "drydock/sim/image/program"
	"drydock/sim/machine"
	"drydock/sim/vfs"
)

// lab is a laptop with an engine, a project in /home/dev/shop, and no shell.
type lab struct {
	t       testing.TB
	clock   *clock.Clock
	machine *machine.Machine
	engine  *docker.Engine
	env     []string
}

const home = "/home/dev/shop"

// newLab makes a laptop with a Compose file and images that are already pulled.
func newLab(t testing.TB, file string, images ...string) *lab {
	t.Helper()
	c := clock.New(1, time.Date(2026, time.November, 23, 8, 0, 0, 0, time.UTC))
	t.Cleanup(c.Close)
	site := machine.NewSite(c)
	hub := image.NewHub(site.Internet)
	l := &lab{t: t, clock: c}
	declared := programs.Programs(hub, nil)
	site.Programs = func(name string) machine.Main {
		if name == "docker" {
			return cli.Main(func(*machine.Process) *docker.Engine { return l.engine }, Command())
		}
		return declared(name)
	}
	base := vfs.NewLayer()
	base.Put(home, vfs.Dir(0o755))
	base.Put("/usr/bin/docker", vfs.Exec("docker", 1))
	l.machine = site.Add(machine.Config{Name: "laptop", CPUs: 4, Memory: 8 << 30, Base: []*vfs.Layer{base}, Owner: machine.Root()})
	l.engine = docker.New(l.machine, hub, "29.7.2")
	for _, ref := range images {
		img, err := hub.Image(ref)
		if err != nil {
			t.Fatal(err)
		}
		norm, _ := image.Normalise(ref)
		if err := l.engine.AddImage(img, norm); err != nil {
			t.Fatal(err)
		}
	}
	l.write("compose.yaml", file)
	return l
}

// write puts a file into the project's directory.
func (l *lab) write(name, text string) {
	l.t.Helper()
	if err := l.machine.FS.MkdirAll(path.Dir(home+"/"+name), 0o755, 0, 0); err != nil {
		l.t.Fatal(err)
	}
	if err := l.machine.FS.WriteFile(home+"/"+name, []byte(text), 0o644, 0, 0); err != nil {
		l.t.Fatal(err)
	}
}

// start begins a `docker compose` command without waiting for its end.
func (l *lab) start(line string) (*machine.Process, *bytes.Buffer) {
	l.t.Helper()
	var out bytes.Buffer
	weight := clock.Work
	p, err := l.machine.Start(machine.Spec{
		Args: append([]string{"docker", "compose"}, strings.Fields(line)...), Dir: home, Stdout: &out, Stderr: &out, Weight: &weight,
		Env: machine.NewEnv(append([]string{"HOME=/home/dev", "PATH=/usr/bin:/bin"}, l.env...)...),
	})
	if err != nil {
		l.t.Fatal(err)
	}
	return p, &out
}

// run carries a command out and returns what it printed, both streams together.
func (l *lab) run(line string) (string, int) {
	l.t.Helper()
	p, out := l.start(line)
	if !l.clock.RunUntil(time.Hour, p.Done) {
		l.t.Fatalf("docker compose %s does not end:\n%s", line, out)
	}
	return out.String(), p.Status()
}

// ok runs a command that must succeed.
func (l *lab) ok(line string) string {
	l.t.Helper()
	out, status := l.run(line)
	if status != 0 {
		l.t.Fatalf("docker compose %s: exit %d\n%s", line, status, out)
	}
	return out
}

// fails runs a command that must fail with a text at its end.
func (l *lab) fails(line, want string) {
	l.t.Helper()
	out, status := l.run(line)
	if status == 0 || !strings.HasSuffix(strings.TrimSpace(out), want) {
		l.t.Errorf("docker compose %s: exit %d\ngot  %s\nwant %s", line, status, strings.TrimSpace(out), want)
	}
}

// says checks that lines are printed in this order, others between them or not.
func says(t testing.TB, out string, lines ...string) {
	t.Helper()
	rest := out
	for _, want := range lines {
		at := strings.Index(rest, want)
		if at < 0 {
			t.Fatalf("%q is missing, or too early, in\n%s", want, out)
		}
		rest = rest[at+len(want):]
	}
}

// container finds a container by name.
func (l *lab) container(name string) *docker.Container {
	l.t.Helper()
	c, err := l.engine.Container(name)
	if err != nil {
		l.t.Fatal(err)
	}
	return c
}

// plainText takes escape sequences out.
func plainText(text string) string {
	return regexp.MustCompile("\x1b\\[[0-9;]*[A-Za-z]").ReplaceAllString(text, "")
}

// onTerminal runs a command in a terminal of 80 columns and returns all that was
// written to it.
func (l *lab) onTerminal(line string) string {
	l.t.Helper()
	var out bytes.Buffer
	weight := clock.Work
	tty := machine.NewTTY(l.clock, 80, 24, &out)
	p, err := l.machine.Start(machine.Spec{
		Args: append([]string{"docker", "compose"}, strings.Fields(line)...), Dir: home, Stdin: tty, Stdout: tty, Stderr: tty, TTY: tty, Weight: &weight,
		Env: machine.NewEnv("HOME=/home/dev", "PATH=/usr/bin:/bin"),
	})
	if err != nil {
		l.t.Fatal(err)
	}
	if !l.clock.RunUntil(time.Hour, p.Done) {
		l.t.Fatalf("docker compose %s does not end:\n%s", line, out.String())
	}
	return out.String()
}
