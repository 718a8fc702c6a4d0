package docker

import (
	"strings"
	"testing"

	"drydock/sim/clock"
)

func mounts(list ...MountSpec) func(*ContainerSpec) {
	return func(s *ContainerSpec) { s.Host.Mounts = list }
}

func read(c *Container, name string) string {
	data, err := c.FS.ReadFile(name)
	if err != nil {
		return err.Error()
	}
	return strings.TrimSpace(string(data))
}

func TestAnEmptyVolumeIsFilledFromTheImageOnce(t *testing.T) {
	y := newYard(t)
	first := y.create("first", "deaf", mounts(MountSpec{Type: "volume", Source: "data", Target: "/srv"}))
	if got := read(first, "/srv/seed.txt"); got != "seed" {
		t.Errorf("the volume holds %q", got)
	}
	_ = first.FS.WriteFile("/srv/seed.txt", []byte("changed"), 0o644, 0, 0)
	second := y.create("second", "deaf", mounts(MountSpec{Type: "volume", Source: "data", Target: "/srv"}))
	if got := read(second, "/srv/seed.txt"); got != "changed" {
		t.Errorf("the second container sees %q", got)
	}
	if changes := first.Diff(); len(changes) != 0 {
		t.Errorf("what is in a volume counts as a change: %v", changes)
	}
}

func TestABindNeedsItsSourceUnlessItIsToBeMade(t *testing.T) {
	y := newYard(t)
	y.create("made", "deaf", mounts(MountSpec{Type: "bind", Source: "/new/dir", Target: "/data", CreateSource: true}))
	if n, err := y.Machine.FS.Stat("/new/dir"); err != nil || !n.IsDir() {
		t.Errorf("the directory was not made: %v", err)
	}
	spec := ContainerSpec{Name: "not-made", Image: "tiny", Host: HostConfig{Mounts: []MountSpec{{Type: "bind", Source: "/gone", Target: "/data"}}}}
	err := y.do(func(p *clock.Proc) error { _, err := y.Create(p, spec); return err })
	if err == nil || err.Error() != `invalid mount config for type "bind": bind source path does not exist: /gone` {
		t.Errorf("got %v", err)
	}
	if y.named("not-made") != nil {
		t.Error("a container that could not be made is there")
	}
}

func TestTheMachineAndTheContainerSeeTheSameFile(t *testing.T) {
	y := newYard(t)
	_ = y.Machine.FS.WriteFile("/root/page", []byte("one"), 0o644, 0, 0)
	c := y.create("c1", "deaf", mounts(MountSpec{Type: "bind", Source: "/root", Target: "/data", ReadOnly: true}))
	_ = y.Machine.FS.WriteFile("/root/page", []byte("two"), 0o644, 0, 0)
	if got := read(c, "/data/page"); got != "two" {
		t.Errorf("inside it is %q", got)
	}
	if err := c.FS.WriteFile("/data/page", nil, 0o644, 0, 0); err == nil {
		t.Error("a read-only mount can be written")
	}
}

func TestDiffTellsWhatWasAddedChangedAndRemoved(t *testing.T) {
	y := newYard(t)
	c := y.run("c1", "deaf")
	_ = c.FS.WriteFile("/srv/new.txt", nil, 0o644, 0, 0)
	_ = c.FS.WriteFile("/etc/passwd", nil, 0o644, 0, 0)
	_ = c.FS.Remove("/srv/seed.txt")
	var lines []string
	for _, ch := range c.Diff() {
		lines = append(lines, ch.Kind+" "+ch.Path)
	}
	want := "C /etc, C /etc/passwd, C /srv, A /srv/new.txt, D /srv/seed.txt"
	if got := strings.Join(lines, ", "); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestRemovingTakesAnonymousVolumesOnlyWhenAsked(t *testing.T) {
	y := newYard(t)
	for _, volumes := range []bool{false, true} {
		c := y.create("c1", "deaf", mounts(MountSpec{Type: "volume", Target: "/a"}, MountSpec{Type: "volume", Source: "named", Target: "/b"}))
		before := len(y.Volumes())
		_ = y.do(func(p *clock.Proc) error { return y.Remove(p, c, true, volumes) })
		if gone := before - len(y.Volumes()); gone != map[bool]int{false: 0, true: 1}[volumes] {
			t.Errorf("with -v %v %d volumes went", volumes, gone)
		}
	}
}
