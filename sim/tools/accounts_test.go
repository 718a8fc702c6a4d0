package tools

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"drydock/sim/clock"
	"drydock/sim/machine"
	"drydock/sim/vfs"
)

// bench is a machine to try single tools on.
type bench struct {
	t     *testing.T
	clock *clock.Clock
	m     *machine.Machine
}

func newBench(t *testing.T) *bench {
	c := clock.New(1, time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC))
	t.Cleanup(c.Close)
	base := vfs.NewLayer()
	base.Put("/etc/passwd", vfs.File("root:x:0:0:root:/root:/bin/sh\n", 0o644))
	base.Put("/etc/group", vfs.File("root:x:0:\nusers:x:100:\n", 0o644))
	return &bench{t, c, machine.NewSite(c).Add(machine.Config{Name: "box", Base: []*vfs.Layer{base}, Owner: machine.Root(), Disk: 100 << 20})}
}

// run runs a tool by its program name ("dd", "busybox:adduser") and returns what
// it printed and its exit status.
func (b *bench) run(program string, args ...string) (string, int) {
	b.t.Helper()
	var out bytes.Buffer
	name := strings.TrimPrefix(program, "busybox:")
	p, err := b.m.Start(machine.Spec{Args: append([]string{name}, args...), Main: Coreutils()[program], Stdout: &out, Stderr: &out})
	if err != nil {
		b.t.Fatal(err)
	}
	b.clock.RunUntil(time.Hour, p.Done)
	return out.String(), p.Status()
}

func (b *bench) read(name string) string {
	data, _ := b.m.FS.ReadFile(name)
	return string(data)
}

func TestBusyboxAddsAUserWithAHome(t *testing.T) {
	b := newBench(t)
	if out, status := b.run("busybox:adduser", "-D", "app"); status != 0 {
		t.Fatalf("exit %d: %s", status, out)
	}
	if got := b.read("/etc/passwd"); !strings.HasSuffix(got, "\napp:x:1000:1000:Linux User,,,:/home/app:/bin/sh\n") {
		t.Errorf("/etc/passwd:\n%s", got)
	}
	if n, err := b.m.FS.Stat("/home/app"); err != nil || n.UID != 1000 {
		t.Errorf("the home: %+v, %v", n, err)
	}
	if out, status := b.run("busybox:adduser", "-D", "app"); status != 1 || out != "adduser: user 'app' in use\n" {
		t.Errorf("a second time: exit %d, %q", status, out)
	}
}

func TestUseraddMakesAHomeOnlyWhenAsked(t *testing.T) {
	b := newBench(t)
	b.run("useradd", "ann")
	b.run("useradd", "-m", "-G", "users", "bob")
	if b.m.FS.Exists("/home/ann") || !b.m.FS.Exists("/home/bob") {
		t.Error("only bob asked for a home")
	}
	if got := b.read("/etc/group"); !strings.Contains(got, "users:x:100:bob\n") {
		t.Errorf("/etc/group:\n%s", got)
	}
	if out, status := b.run("useradd", "-g", "nosuch", "eve"); status != 6 || out != "useradd: group 'nosuch' does not exist\n" {
		t.Errorf("an unknown group: exit %d, %q", status, out)
	}
}

func TestDDFillsTheDiskWithoutHoldingBytes(t *testing.T) {
	b := newBench(t)
	out, status := b.run("dd", "if=/dev/zero", "of=/big", "bs=1M", "count=10")
	if status != 0 || !strings.HasPrefix(out, "10+0 records in\n10+0 records out\n10485760 bytes (10.5 MB, 10 MiB) copied, ") {
		t.Errorf("exit %d, %q", status, out)
	}
	if n, err := b.m.FS.Stat("/big"); err != nil || n.Size() != 10<<20 || len(n.Data) != 0 {
		t.Errorf("the file: %+v, %v", n, err)
	}
	if out, status := b.run("dd", "if=/dev/zero", "of=/more", "bs=1M", "count=95"); status != 1 || !strings.Contains(out, "dd: error writing '/more': No space left on device\n") {
		t.Errorf("beyond the disk: exit %d, %q", status, out)
	}
}

func TestDDCopiesAPartOfAFile(t *testing.T) {
	b := newBench(t)
	_ = b.m.FS.WriteFile("/in", []byte("0123456789"), 0o644, 0, 0)
	if out, status := b.run("dd", "if=/in", "of=/out", "bs=2", "skip=1", "count=3", "status=none"); status != 0 || out != "" {
		t.Errorf("exit %d, %q", status, out)
	}
	if got := b.read("/out"); got != "234567" {
		t.Errorf("got %q", got)
	}
}
