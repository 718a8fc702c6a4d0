package docker

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"drydock/sim/clock"
	"drydock/sim/image"
	"drydock/sim/machine"
	"drydock/sim/vfs"
)

// yard is a machine with an engine and one small image, "tiny", whose programs
// are written here.
type yard struct {
	t testing.TB
	*Engine
	clock *clock.Clock
}

func newYard(t testing.TB) *yard {
	c := clock.New(1, time.Date(2026, time.November, 23, 8, 0, 0, 0, time.UTC))
	t.Cleanup(c.Close)
	site := machine.NewSite(c)
	site.Programs = func(name string) machine.Main { return yardPrograms()[name] }
	base := vfs.NewLayer()
	base.Put("/root", vfs.Dir(0o700))
	m := site.Add(machine.Config{Name: "laptop", CPUs: 4, Memory: 8 << 30, Base: []*vfs.Layer{base}, Owner: machine.Root()})
	y := &yard{t: t, Engine: New(m, image.NewHub(site.Internet), "29.7.2"), clock: c}
	if err := y.AddImage(tinyImage(), "docker.io/library/tiny:latest"); err != nil {
		t.Fatal(err)
	}
	return y
}

func tinyImage() *image.Image {
	files := vfs.NewLayer()
	for name := range yardPrograms() {
		files.Put("/bin/"+name, vfs.Exec(name, 1000))
	}
	files.Put("/etc/passwd", vfs.File("root:x:0:0:root:/root:/bin/sh\napp:x:1000:1000::/home/app:/bin/sh\n", 0o644))
	files.Put("/srv/seed.txt", vfs.File("seed\n", 0o644))
	i := &image.Image{
		Config: image.Config{Cmd: []string{"deaf"}, Env: []string{"PATH=/bin"}, ExposedPorts: []string{"80/tcp"}},
		Layers: []*image.Layer{image.NewLayer(files)}, History: []image.History{{CreatedBy: "COPY . /"}}, Local: true,
	}
	return i.Seal()
}

func yardPrograms() map[string]machine.Main {
	return map[string]machine.Main{
		"deaf":   func(p *machine.Process) int { p.Sleep(1000 * time.Hour); return 0 },
		"polite": polite,
		"fail":   func(p *machine.Process) int { p.Errorf("ERROR: no luck\n"); return number(p, 1) },
		"short":  func(p *machine.Process) int { p.Sleep(20 * time.Second); return number(p, 0) },
		"server": server,
		"check":  func(p *machine.Process) int { return boolStatus(p.FS.Exists("/tmp-ok")) },
		"hog":    func(p *machine.Process) int { p.Use(500 << 20); p.Sleep(time.Hour); return 0 },
		"show":   func(p *machine.Process) int { p.Printf("%s", strings.Join(p.Env.List(), "\n")); return 0 },
	}
}

func polite(p *machine.Process) int {
	p.OnSignal = func(machine.Signal) bool { p.Exit(0); return true }
	p.Sleep(1000 * time.Hour)
	return 0
}

func server(p *machine.Process) int {
	err := p.Net.Listen(&machine.Listener{Addr: hostAddr(""), Port: number(p, 80), Proto: "tcp", Process: p})
	if err != nil {
		p.Errorf("%s\n", err)
		return 1
	}
	return polite(p)
}

func number(p *machine.Process, other int) int {
	if len(p.Args) > 1 {
		n, _ := strconv.Atoi(p.Args[1])
		return n
	}
	return other
}

func boolStatus(ok bool) int {
	if ok {
		return 0
	}
	return 1
}

// do carries work out as a client of the engine and waits for it.
func (y *yard) do(work func(p *clock.Proc) error) error {
	var err error
	p := y.clock.Go("client", clock.Work, func(p *clock.Proc) { err = y.Do(p, work) })
	if !y.clock.RunUntil(time.Hour, p.Done) {
		y.t.Fatal("the engine does not answer")
	}
	return err
}

// create makes a container, run starts it too; both must succeed.
func (y *yard) create(name, command string, change ...func(*ContainerSpec)) *Container {
	spec := ContainerSpec{Name: name, Image: "tiny"}
	spec.Config.Cmd = strings.Fields(command)
	for _, fn := range change {
		fn(&spec)
	}
	var c *Container
	err := y.do(func(p *clock.Proc) (err error) { c, err = y.Create(p, spec); return err })
	if err != nil {
		y.t.Fatalf("create %s: %v", name, err)
	}
	return c
}

func (y *yard) run(name, command string, change ...func(*ContainerSpec)) *Container {
	c := y.create(name, command, change...)
	if err := y.start(c); err != nil {
		y.t.Fatalf("start %s: %v", name, err)
	}
	return c
}

func (y *yard) start(c *Container) error {
	return y.do(func(p *clock.Proc) error { return y.Start(p, c, Streams{}) })
}

func (y *yard) stop(c *Container) error {
	return y.do(func(p *clock.Proc) error { return y.Stop(p, c, c.Grace(), 0) })
}

// state fails the test unless the container is in that state with that status.
func (y *yard) state(c *Container, status string, code int) {
	y.t.Helper()
	if c.State.Status != status || c.State.ExitCode != code {
		y.t.Errorf("%s is %s (%d), not %s (%d)", c.Name, c.State.Status, c.State.ExitCode, status, code)
	}
}

func restart(name string, max int) func(*ContainerSpec) {
	return func(s *ContainerSpec) { s.Host.RestartPolicy = RestartPolicy{name, max} }
}

func publish(ip string, host, inner int) func(*ContainerSpec) {
	return func(s *ContainerSpec) {
		s.Host.PortBindings = append(s.Host.PortBindings, PortBinding{HostIP: ip, HostPort: host, Port: inner, Proto: "tcp"})
	}
}
