package vfs

import (
	"errors"
	"maps"
	"path"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func now() time.Time { return time.Unix(1, 0).UTC() }

func layer(files ...string) *Layer {
	l := NewLayer()
	for _, f := range files {
		name, data, _ := strings.Cut(f, "=")
		l.Put(name, File(data, 0o644))
	}
	return l
}

func names(t *testing.T, f *FS, dir string) string {
	t.Helper()
	entries, err := f.ReadDir(dir)
	if err != nil {
		t.Fatalf("ReadDir(%s): %v", dir, err)
	}
	var out []string
	for _, e := range entries {
		out = append(out, e.Name)
	}
	return strings.Join(out, " ")
}

func TestUpperLayersWinAndLowerOnesStayAsTheyWere(t *testing.T) {
	base := layer("/etc/motd=old", "/etc/keep=kept")
	f := New(now, nil, base, layer("/etc/motd=new"))
	if err := f.WriteFile("/etc/motd", []byte("mine"), 0o644, 0, 0); err != nil {
		t.Fatal(err)
	}
	if got, _ := f.ReadFile("/etc/motd"); string(got) != "mine" {
		t.Errorf("read %q", got)
	}
	if string(base.Get("/etc/motd").Data) != "old" {
		t.Error("a read-only layer was changed")
	}
	if got := names(t, f, "/etc"); got != "keep motd" {
		t.Errorf("ls /etc: %s", got)
	}
}

func TestRemovingHidesWhatLiesBelow(t *testing.T) {
	f := New(now, nil, layer("/data/a=1", "/data/b=2"))
	if err := f.Remove("/data"); !errors.Is(err, ErrNotEmpty) {
		t.Errorf("Remove of a full directory: %v", err)
	}
	if err := f.RemoveAll("/data"); err != nil {
		t.Fatal(err)
	}
	if f.Exists("/data/a") {
		t.Error("a removed file is still there")
	}
	if err := f.Mkdir("/data", 0o755, 0, 0); err != nil {
		t.Fatal(err)
	}
	if got := names(t, f, "/data"); got != "" {
		t.Errorf("a directory made anew shows what it held before: %s", got)
	}
}

func TestMountsCoverAndReadOnlyOnesRefuse(t *testing.T) {
	volume := New(now, nil)
	f := New(now, nil, layer("/data/hidden=x"))
	f.Mount(Mount{At: "/data", From: volume})
	f.Mount(Mount{At: "/data/ro", From: volume, Sub: "/inner", ReadOnly: true})
	if err := f.WriteFile("/data/note", []byte("n"), 0o644, 0, 0); err != nil {
		t.Fatal(err)
	}
	if !volume.Exists("/note") || f.Exists("/data/hidden") {
		t.Error("the mount does not cover the directory")
	}
	if err := f.WriteFile("/data/ro/x", nil, 0o644, 0, 0); !errors.Is(err, ErrReadOnly) {
		t.Errorf("writing below a read-only mount: %v", err)
	}
	if err := f.RemoveAll("/data"); !errors.Is(err, ErrBusy) {
		t.Errorf("removing a mount point: %v", err)
	}
}

func TestLinksAreFollowedAndLoopsEnd(t *testing.T) {
	l := layer("/usr/bin/sh=sh")
	l.Put("/bin", Link("usr/bin"))
	l.Put("/a", Link("/b"))
	l.Put("/b", Link("/a"))
	f := New(now, nil, l)
	if got, err := f.ReadFile("/bin/sh"); err != nil || string(got) != "sh" {
		t.Errorf("through a link: %q, %v", got, err)
	}
	if _, err := f.Stat("/a"); !errors.Is(err, ErrLoop) {
		t.Errorf("a loop of links: %v", err)
	}
}

func TestFullDiskRefusesAndRemovingFrees(t *testing.T) {
	d := &Disk{Capacity: 10}
	f := New(now, d)
	if err := f.WriteFile("/a", []byte("123456"), 0o644, 0, 0); err != nil {
		t.Fatal(err)
	}
	if err := f.WriteFile("/b", []byte("12345"), 0o644, 0, 0); !errors.Is(err, ErrNoSpace) {
		t.Fatalf("writing beyond the disk: %v", err)
	}
	if err := f.Remove("/a"); err != nil || d.Used != 0 {
		t.Fatalf("after removing: %v, %d bytes used", err, d.Used)
	}
}

// A file system over layers must behave as a plain map of files does.
func TestAgainstAPlainMap(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f, model := New(now, nil, layer("/a/x=0", "/b=0")), map[string]string{"/a/x": "0", "/b": "0"}
		file := rapid.SampledFrom([]string{"/a/x", "/a/y", "/b", "/c", "/d/e"})
		for range rapid.IntRange(1, 30).Draw(t, "steps") {
			name := file.Draw(t, "name")
			if rapid.Bool().Draw(t, "write") {
				data := rapid.StringMatching(`[a-z]{0,3}`).Draw(t, "data")
				_ = f.MkdirAll(path.Dir(name), 0o755, 0, 0)
				if err := f.WriteFile(name, []byte(data), 0o644, 0, 0); err != nil {
					t.Fatal(err)
				}
				model[name] = data
			} else {
				err := f.Remove(name)
				if _, there := model[name]; there != (err == nil) {
					t.Fatalf("rm %s: %v, in the model %v", name, err, there)
				}
				delete(model, name)
			}
		}
		got := map[string]string{}
		_ = f.Walk("/", func(name string, n *Node) error {
			if !n.IsDir() {
				got[name] = string(n.Data)
			}
			return nil
		})
		if !maps.Equal(got, model) {
			t.Fatalf("files %v, want %v", slices.Sorted(maps.Keys(got)), slices.Sorted(maps.Keys(model)))
		}
	})
}
