package cli

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"drydock/sim/machine"
)

// project writes files into the home directory of the lab's first machine.
func (l *lab) project(files map[string]string) {
	l.t.Helper()
	for name, text := range files {
		if err := l.site.Machines()[0].FS.WriteFile("/root/"+name, []byte(text), 0o644, 0, 0); err != nil {
			l.t.Fatal(err)
		}
	}
}

// interrupted runs a command line and presses Ctrl-C a second later.
func (l *lab) interrupted(line string) string {
	l.t.Helper()
	m := l.site.Machines()[0]
	l.clock.After(time.Second, func() {
		for _, p := range m.Processes() {
			if p.Args[0] == "docker" {
				p.Signal(machine.SIGINT)
			}
		}
	})
	out, status := l.docker(line)
	if status != 130 {
		l.t.Errorf("docker %s: exit %d, not 130\n%s", line, status, out)
	}
	return out
}

func TestBuildRefusesWhatTheClientCanSeeIsWrong(t *testing.T) {
	l := newLab(t, []string{"laptop"}, "alpine:3.20")
	l.project(map[string]string{"Dockerfile": "FROM alpine:3.20\n"})
	for _, test := range []struct{ line, want string }{
		{"build", "ERROR: docker: 'docker buildx build' requires 1 argument\n\nUsage:  docker buildx build [OPTIONS] PATH | URL | -\n\nRun 'docker buildx build --help' for more information"},
		{"build nosuchdir", `ERROR: failed to build: unable to prepare context: path "nosuchdir" not found`},
		{"build Dockerfile", `ERROR: failed to build: unable to prepare context: path "Dockerfile" not found`},
		{"build -t Bad .", `ERROR: failed to build: invalid tag "Bad": repository name must be lowercase`},
		{"build -t a:1:2 .", `ERROR: failed to build: invalid tag "a:1:2": invalid reference format`},
		{"build --nosuch .", "unknown flag: --nosuch\n\nUsage:  docker buildx build [OPTIONS] PATH | URL | -\n\nRun 'docker buildx build --help' for more information"},
		{"build --secret id=a,src=nosuch .", "ERROR: failed to build: failed to stat nosuch: stat nosuch: no such file or directory"},
		{"build -q --progress plain .", "ERROR: progress=plain and quiet cannot be used together"},
		{"build --cache-from a .", "docker: 'docker build --cache-from' is part of docker, but this simulator does not have it"},
		{"build https://example.com/repo.git", "docker: 'docker build URL' is part of docker, but this simulator does not have it"},
	} {
		l.fails(test.line, test.want)
	}
}

func TestAQuietBuildPrintsTheImageIDAlone(t *testing.T) {
	l := newLab(t, []string{"laptop"}, "alpine:3.20")
	l.project(map[string]string{"Dockerfile": "FROM alpine:3.20\nCMD [\"true\"]\n"})
	id := strings.TrimSpace(l.ok("build -q -t app --iidfile id ."))
	if !regexp.MustCompile(`^sha256:[0-9a-f]{64}$`).MatchString(id) {
		t.Errorf("got %q", id)
	}
	if data, err := l.site.Machines()[0].FS.ReadFile("/root/id"); err != nil || string(data) != id {
		t.Errorf("--iidfile wrote %q, %v", data, err)
	}
	if got := l.engines["laptop"].Images.ByRef("docker.io/library/app:latest"); got == nil || got.ID != id {
		t.Errorf("the tag names %v", got)
	}
}

func TestADockerfileMayComeFromStandardInput(t *testing.T) {
	l := newLab(t, []string{"laptop"}, "alpine:3.20")
	l.project(map[string]string{"a.txt": "a\n"})
	if out, status := l.run(call{stdin: "FROM alpine:3.20\nENV A=1\n"}, "build -t one -"); status != 0 {
		t.Errorf("without a context: exit %d\n%s", status, out)
	}
	if out, status := l.run(call{stdin: "FROM alpine:3.20\nCOPY a.txt /\n"}, "build -t two -f - ."); status != 0 {
		t.Errorf("with a context: exit %d\n%s", status, out)
	}
	if out, status := l.run(call{stdin: "FROM alpine:3.20\nCOPY a.txt /\n"}, "build -"); status != 1 || !strings.Contains(out, `"/a.txt": not found`) {
		t.Errorf("a copy without a context: exit %d\n%s", status, out)
	}
}

func TestABuildArgumentWithoutValueComesFromTheEnvironment(t *testing.T) {
	l := newLab(t, []string{"laptop"}, "alpine:3.20")
	l.project(map[string]string{"Dockerfile": "FROM alpine:3.20\nARG COLOR\nLABEL color=$COLOR\n"})
	if out, status := l.run(call{env: "COLOR=red"}, "build -t app --build-arg COLOR ."); status != 0 {
		t.Fatalf("exit %d\n%s", status, out)
	}
	if got := l.engines["laptop"].Images.ByRef("docker.io/library/app:latest").Config.Labels["color"]; got != "red" {
		t.Errorf("color is %q", got)
	}
}

func TestRebuildingATagLeavesNoOtherImage(t *testing.T) {
	l := newLab(t, []string{"laptop"}, "alpine:3.20")
	l.project(map[string]string{"Dockerfile": "FROM alpine:3.20\nENV A=1\n"})
	l.ok("build -q -t app .")
	l.project(map[string]string{"Dockerfile": "FROM alpine:3.20\nENV A=2\n"})
	l.ok("build -q -t app .")
	if n := len(l.engines["laptop"].Images.Images()); n != 2 {
		t.Errorf("the store holds %d images, not alpine and app alone", n)
	}
}

func TestABuildIsRecordedForTheScreen(t *testing.T) {
	l := newLab(t, []string{"laptop"}, "alpine:3.20")
	l.project(map[string]string{"Dockerfile": "FROM alpine:3.20\nCOPY a /\nCOPY b /\n", "a": "a", "b": "b"})
	l.ok("build -q -t app .")
	l.project(map[string]string{"b": "changed"})
	l.ok("build -q -t app .")
	builds := l.engines["laptop"].Builds()
	last := builds[len(builds)-1]
	var got []string
	for _, s := range last.Steps {
		got = append(got, s.State)
	}
	if last.Tag != "app:latest" || !last.Done || last.Failed || strings.Join(got, " ") != "done cached done" {
		t.Errorf("the record is %+v", last)
	}
}

func TestPruningEmptiesTheBuildCacheButNotImages(t *testing.T) {
	l := newLab(t, []string{"laptop"}, "alpine:3.20")
	l.project(map[string]string{"Dockerfile": "FROM alpine:3.20\nCOPY a /\n", "a": "a"})
	l.ok("build -q -t app .")
	first := l.ok("builder prune -f")
	if n := strings.Count(first, "true"); n != 3 || !strings.Contains(first, "\nTotal:\t") {
		t.Errorf("what the client sent is what no image shares:\n%s", first)
	}
	if got := l.ok("builder prune -f"); got != "Total:\t0B\n" {
		t.Errorf("the second time there is nothing: %q", got)
	}
	l.ok("builder prune -a -f")
	if out := l.ok("build -t app ."); strings.Contains(out, "CACHED") {
		t.Errorf("something is still cached:\n%s", out)
	}
}

func TestABuildNeedsTheRegistryOnlyForBasesThatAreNotHere(t *testing.T) {
	l := newLab(t, []string{"laptop"}, "alpine:3.20")
	l.site.Internet.Down = true
	l.project(map[string]string{"Dockerfile": "FROM alpine:3.20\nENV A=1\n"})
	l.ok("build -q .")
	l.project(map[string]string{"Dockerfile": "FROM busybox\n"})
	out, status := l.docker("build .")
	want := `ERROR: failed to build: failed to solve: busybox: failed to resolve source metadata for docker.io/library/busybox:latest: failed to do request: Head "https://registry-1.docker.io/v2/library/busybox/manifests/latest": dial tcp: lookup registry-1.docker.io`
	if status != 1 || !strings.Contains(out, want) {
		t.Errorf("exit %d\n%s", status, out)
	}
}

func TestAnInterruptedBuildSaysSoAndLeavesNothing(t *testing.T) {
	l := newLab(t, []string{"laptop"})
	l.project(map[string]string{"Dockerfile": "FROM postgres:16\nENV A=1\n"})
	out := l.interrupted("build -t app .")
	if !strings.HasSuffix(out, "ERROR: failed to build: failed to solve: Canceled: context canceled\n") {
		t.Errorf("printed\n%s", out)
	}
	if l.engines["laptop"].Images.ByRef("docker.io/library/app:latest") != nil {
		t.Error("an image was made")
	}
}
