package docker

import (
	"bytes"
	"testing"

	"drydock/sim/image"
	"drydock/sim/vfs"
)

func TestAnArchiveOfFilesBecomesAnImage(t *testing.T) {
	e := freshEngine(t)
	l := vfs.NewLayer()
	l.Put("/etc/motd", vfs.File("hello", 0o644))
	var archive bytes.Buffer
	if err := l.WriteTar(&archive); err != nil {
		t.Fatal(err)
	}
	i, err := e.Import(&archive, "docker.io/library/mine:1", "", image.Config{})
	if err != nil || len(i.Layers) != 1 || string(i.Layers[0].Files.Get("/etc/motd").Data) != "hello" {
		t.Fatalf("imported %+v (%v)", i, err)
	}
	if found, err := e.Image("mine:1"); err != nil || found != i {
		t.Errorf("the image is not found by its name: %v", err)
	}
}

// FuzzLoad feeds archives to docker load: whatever is in them, nothing panics,
// and what is refused takes no space.
func FuzzLoad(f *testing.F) {
	e := freshEngine(f)
	i, err := e.Hub.Image("hello-world")
	if err != nil {
		f.Fatal(err)
	}
	if err := e.AddImage(i, "docker.io/library/hello-world:latest"); err != nil {
		f.Fatal(err)
	}
	var archive bytes.Buffer
	if _, err := e.Save([]string{"hello-world"}, &archive); err != nil {
		f.Fatal(err)
	}
	f.Add(archive.Bytes())
	f.Add([]byte("no archive"))
	f.Fuzz(func(t *testing.T, data []byte) {
		e := freshEngine(t)
		before := e.Machine.Disk.Used
		if loaded, err := e.Load(bytes.NewReader(data)); err != nil && len(loaded) == 0 && e.Machine.Disk.Used != before {
			t.Fatal("an archive that was refused takes space")
		}
	})
}
