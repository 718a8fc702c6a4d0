package cli

import (
	"bytes"
	"regexp"
	"slices"
	"strings"
	"testing"

	"drydock/sim/image"
)

func TestPullShowsEveryLayerOnceAndThenNothing(t *testing.T) {
	l := newLab(t, []string{"laptop"})
	out := l.ok("pull nginx:alpine")
	for _, step := range []string{"Pulling fs layer", "Download complete", "Pull complete"} {
		if n := strings.Count(out, step); n == 0 || n != strings.Count(out, "Pull complete") {
			t.Errorf("%q appears %d times:\n%s", step, n, out)
		}
	}
	if !strings.HasSuffix(out, "Status: Downloaded newer image for nginx:alpine\ndocker.io/library/nginx:alpine\n") {
		t.Errorf("the end is wrong:\n%s", out)
	}
	again := l.ok("pull nginx:alpine")
	want := regexp.MustCompile(`^alpine: Pulling from library/nginx\nDigest: sha256:[0-9a-f]{64}\nStatus: Image is up to date for nginx:alpine\ndocker.io/library/nginx:alpine\n$`)
	if !want.MatchString(again) {
		t.Errorf("the second pull printed\n%s", again)
	}
}

func TestPullInATerminalKeepsOneRowForEachLayer(t *testing.T) {
	l := newLab(t, []string{"laptop"})
	out, _ := l.run(call{terminal: 100}, "pull postgres:16")
	rows := strings.Split(strings.TrimSpace(screen(out)), "\n")
	for _, row := range rows[1 : len(rows)-3] {
		if !regexp.MustCompile(`^[0-9a-f]{12}: Pull complete$`).MatchString(row) {
			t.Errorf("a layer's row ends as %q", row)
		}
	}
	if !strings.Contains(out, "Downloading [") {
		t.Errorf("no bar was shown:\n%q", out)
	}
}

func TestLayersThatAreHereAreNotPulledAgain(t *testing.T) {
	l := newLab(t, []string{"laptop"}, "nginx:alpine")
	l.ok("tag nginx:alpine keep:1")
	l.ok("rmi nginx:alpine")
	if out := l.ok("pull nginx:alpine"); strings.Contains(out, "Pulling fs layer") {
		t.Errorf("layers were pulled although the store has them:\n%s", out)
	}
}

func TestAPullThatDoesNotFitLeavesNothingBehind(t *testing.T) {
	l := newLab(t, []string{"laptop"}, "alpine:3.20")
	disk := l.site.Machines()[0].Disk
	disk.Capacity = disk.Used + 1_000_000
	used := disk.Used
	out, status := l.docker("pull postgres:16")
	if status != 1 || !strings.Contains(out, "no space left on device") {
		t.Errorf("exit %d:\n%s", status, out)
	}
	if disk.Used != used || strings.Contains(l.ok("images"), "postgres") {
		t.Errorf("something stayed: %d bytes used before, %d after\n%s", used, disk.Used, l.ok("images"))
	}
}

func TestWithoutInternetAPullSaysWhatTheNetworkSays(t *testing.T) {
	l := newLab(t, []string{"laptop"})
	l.site.Internet.Down = true
	out, status := l.docker("pull nginx")
	if status != 1 || !strings.Contains(out, `failed to resolve reference "docker.io/library/nginx:latest"`) || !strings.Contains(out, "lookup registry-1.docker.io") {
		t.Errorf("exit %d:\n%s", status, out)
	}
}

func TestRemovingAnImageGivesItsDiskBack(t *testing.T) {
	l := newLab(t, []string{"laptop"})
	disk := l.site.Machines()[0].Disk
	before := disk.Used
	l.ok("pull -q redis:alpine")
	l.ok("rmi redis:alpine")
	if disk.Used != before {
		t.Errorf("%d bytes are lost", disk.Used-before)
	}
}

func TestAnImageOfSeveralRepositoriesIsRemovedByForceOnly(t *testing.T) {
	l := newLab(t, []string{"laptop"}, "alpine:3.20")
	l.ok("tag alpine:3.20 mine:1")
	id := strings.TrimSpace(l.ok("images -q mine"))
	l.fails("rmi "+id, "Error response from daemon: conflict: unable to delete "+id+" (must be forced) - image is referenced in multiple repositories")
	if out := l.ok("rmi -f " + id); strings.Count(out, "Untagged: ") != 2 || strings.Count(out, "Deleted: ") != 1 {
		t.Errorf("forced removal printed\n%s", out)
	}
}

func TestSavedImagesComeBackAsTheyWere(t *testing.T) {
	l := newLab(t, []string{"laptop", "server"}, "nginx:alpine")
	l.ok("tag nginx:alpine team/web:1")
	id := l.ok("images --no-trunc -q team/web")
	l.ok("save -o web.tar team/web:1")
	file, err := l.site.Machine("laptop").FS.ReadFile("/root/web.tar")
	if err != nil {
		t.Fatal(err)
	}
	if _, status := l.run(call{on: "server"}, "rmi -f nginx:alpine"); status != 0 {
		t.Fatal("the image could not be removed on the server")
	}
	if out, _ := l.run(call{on: "server", stdin: string(file)}, "load"); out != "Loaded image: team/web:1\n" {
		t.Errorf("load printed %q", out)
	}
	if out, _ := l.run(call{on: "server"}, "images --no-trunc -q"); out != id {
		t.Errorf("the loaded image is %s, not %s", out, id)
	}
}

func TestASecretInALayerCanBeFoundInASavedImage(t *testing.T) {
	l := newLab(t, []string{"laptop"}, "nginx:alpine")
	img := l.engines["laptop"].Images.Images()[0]
	i := slices.IndexFunc(img.Layers, func(layer *image.Layer) bool { return layer.Files.Get("/etc/nginx/nginx.conf") != nil })
	if i < 0 {
		t.Skip("the catalogue's nginx has no configuration file")
	}
	secret := img.Layers[i].Files.Get("/etc/nginx/nginx.conf").Data
	l.ok("save -o img.tar nginx:alpine")
	file, err := l.site.Machines()[0].FS.ReadFile("/root/img.tar")
	if err != nil || !bytes.Contains(file, secret) {
		t.Errorf("the archive does not show what is in the layer (%v)", err)
	}
}

func TestListsOfImagesInATerminalFitIt(t *testing.T) {
	l := newLab(t, []string{"laptop"}, "alpine:3.20")
	l.ok("tag alpine:3.20 registry.example.com/a/very/long/repository/name:with-a-tag")
	out, _ := l.run(call{terminal: 80}, "images")
	for _, line := range strings.Split(out, "\n") {
		if n := len([]rune(line)); n > 80 {
			t.Errorf("%d columns: %q", n, line)
		}
	}
	if !strings.Contains(out, "i Info →   U  In Use") {
		t.Errorf("no legend:\n%s", out)
	}
}
