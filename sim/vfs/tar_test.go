package vfs

import (
	"bytes"
	"io/fs"
	"testing"
)

func TestALayerSurvivesItsArchive(t *testing.T) {
	l := NewLayer()
	l.Put("/app/run.sh", File("#!/bin/sh\n", 0o755))
	l.Put("/bin/nginx", Exec("nginx", 1<<20))
	l.Put("/bin/sh", Link("/bin/busybox"))
	l.Put("/tmp", Dir(fs.ModeSticky|0o777))
	l.hide("/etc/old", true)

	var buf bytes.Buffer
	if err := l.WriteTar(&buf); err != nil {
		t.Fatal(err)
	}
	back, err := ReadTar(&buf)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := back.Paths(), l.Paths(); len(got) < len(want)-1 {
		t.Fatalf("paths: got %v, want %v", got, want)
	}
	nginx := back.Get("/bin/nginx")
	if nginx == nil || nginx.Program != "nginx" || nginx.Bulk != 1<<20 || nginx.Mode != 0o755 {
		t.Errorf("nginx came back as %+v", nginx)
	}
	if sh := back.Get("/bin/sh"); sh == nil || sh.Target != "/bin/busybox" || !sh.IsLink() {
		t.Errorf("the link came back as %+v", sh)
	}
	if gone := back.Removed(); len(gone) != 1 || gone[0] != "/etc/old" {
		t.Errorf("removed: %v", gone)
	}
}

func FuzzReadTar(f *testing.F) {
	var buf bytes.Buffer
	l := NewLayer()
	l.Put("/a/b", File("text", 0o644))
	if err := l.WriteTar(&buf); err != nil {
		f.Fatal(err)
	}
	f.Add(buf.Bytes())
	f.Add([]byte("no archive"))
	f.Fuzz(func(t *testing.T, data []byte) {
		l, err := ReadTar(bytes.NewReader(data))
		if err == nil && l.Get("/../x") != l.Get("/x") {
			t.Fatal("a path left the root")
		}
	})
}
