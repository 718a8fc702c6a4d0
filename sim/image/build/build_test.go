package build

import (
	"bytes"
	"errors"
	"io/fs"
	"regexp"
	"strings"
	"testing"
	"time"

	"drydock/sim/clock"
	"drydock/sim/image"
	"drydock/sim/image/build/progress"
	"drydock/sim/machine"
	"drydock/sim/vfs"
)

// yard is an engine's surroundings for one test: a machine with a project
// directory, one base image, and a shell of a few words.
type yard struct {
	t     *testing.T
	clock *clock.Clock
	m     *machine.Machine
	store *image.Store
	host  *Host
	// far are images that only a registry has.
	far  map[string]*image.Image
	runs int
}

func newYard(t *testing.T) *yard {
	t.Helper()
	c := clock.New(1, time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC))
	t.Cleanup(c.Close)
	site := machine.NewSite(c)
	site.Programs = func(string) machine.Main { return tinyShell }
	y := &yard{t: t, clock: c, m: site.Add(machine.Config{Name: "laptop", Owner: machine.Root()}), store: image.NewStore(), far: map[string]*image.Image{}}
	y.store.Add(baseImage())
	y.store.Tag("docker.io/library/alpine:3.20", baseImage().ID)
	y.host = &Host{
		Store: y.store, Cache: NewCache(c), Resolve: y.resolve, Run: y.run,
		FindUser: func(_ *vfs.FS, spec string) (machine.User, error) {
			if spec == "app" {
				return machine.User{Name: "app", UID: 1000, GID: 1000, Home: "/home/app"}, nil
			}
			if spec != "" && !strings.HasPrefix(spec, "0") {
				return machine.User{}, errors.New("unable to find user " + spec + ": no matching entries in passwd file")
			}
			return machine.Root(), nil
		},
		Keep: func(img *image.Image, refs []string) error {
			y.store.Add(img)
			for _, ref := range refs {
				y.store.Tag(ref, img.ID)
			}
			return nil
		},
	}
	return y
}

func baseImage() *image.Image {
	files := vfs.NewLayer()
	files.Put("/bin/sh", vfs.Exec("sh", 900_000))
	made := time.Date(2026, 9, 1, 0, 0, 0, 0, time.UTC)
	return (&image.Image{
		Layers: []*image.Layer{image.NewLayer(files)}, Created: made,
		History: []image.History{{Created: made, CreatedBy: "COPY . / # buildkit"}, {Created: made, CreatedBy: `CMD ["/bin/sh"]`, Empty: true}},
		Config:  image.Config{Env: []string{"PATH=/bin"}, Cmd: []string{"/bin/sh"}},
	}).Seal()
}

// tinyShell knows: echo WORDS [> FILE], cat FILE, sleep, fail, env NAME.
func tinyShell(p *machine.Process) int {
	for _, command := range strings.Split(p.Args[len(p.Args)-1], " && ") {
		words := strings.Fields(command)
		switch {
		case words[0] == "fail":
			return 7
		case words[0] == "sleep":
			p.Sleep(3 * time.Second)
		case words[0] == "env":
			p.Printf("%s\n", p.Env.Get(words[1]))
		case words[0] == "cat":
			data, err := p.ReadFile(words[1])
			if err != nil {
				p.Errorf("cat: %s: %s\n", words[1], err)
				return 1
			}
			p.Printf("%s", data)
		case len(words) > 2 && words[len(words)-2] == ">":
			if err := p.WriteFile(words[len(words)-1], []byte(strings.Join(words[1:len(words)-2], " ")+"\n")); err != nil {
				return 1
			}
		default:
			p.Printf("%s\n", strings.Join(words[1:], " "))
		}
	}
	return 0
}

func (y *yard) resolve(p *machine.Process, ref string, _ bool) (*image.Image, error) {
	if img := y.store.ByRef(ref); img != nil {
		return img, nil
	}
	p.Sleep(500 * time.Millisecond)
	if img := y.far[ref]; img != nil {
		return img, nil
	}
	return nil, errors.New(ref + ": not found")
}

func (y *yard) run(p *machine.Process, c Container) (int, error) {
	y.runs++
	child, err := y.m.Start(machine.Spec{Args: c.Args, Env: c.Env, Dir: c.Dir, User: &c.User, FS: c.FS, Net: machine.NewNamespace("step", y.m), Stdout: c.Output, Stderr: c.Output})
	if err != nil {
		return 0, err
	}
	return p.WaitChild(child), nil
}

// file writes a file of the project.
func (y *yard) file(name, text string) { y.fileMode(name, text, 0o644) }

func (y *yard) fileMode(name, text string, mode fs.FileMode) {
	y.t.Helper()
	full := "/project/" + name
	_ = y.m.FS.MkdirAll(full[:strings.LastIndex(full, "/")], 0o755, 0, 0)
	if err := y.m.FS.WriteFile(full, []byte(text), mode, 0, 0); err != nil {
		y.t.Fatal(err)
	}
}

// outcome is what a build gave and printed.
type outcome struct {
	img   *image.Image
	err   error
	out   string
	trace *progress.Trace
}

// build builds the project and returns what was printed in plain form.
func (y *yard) build(change ...func(*Request)) outcome {
	y.t.Helper()
	var got outcome
	var out bytes.Buffer
	r := Request{Context: Context{Name: "/project", FS: y.m.FS, Dir: "/project"}, Tags: []string{"docker.io/library/app:latest"}}
	data, err := y.m.FS.ReadFile("/project/Dockerfile")
	r.Dockerfile = Dockerfile{Name: "Dockerfile", Data: data, Missing: err != nil}
	for _, fn := range change {
		fn(&r)
	}
	proc, err := y.m.Start(machine.Spec{Args: []string{"docker"}, Main: func(p *machine.Process) int {
		got.trace = progress.New(p.Now)
		d := progress.Show(y.clock, got.trace, progress.Options{Mode: progress.Plain, Out: &out, Heading: "building"})
		got.img, got.err = y.host.Build(p, r, got.trace)
		d.Close()
		return 0
	}})
	if err != nil {
		y.t.Fatal(err)
	}
	y.clock.RunUntil(time.Hour, proc.Done)
	got.out = out.String()
	return got
}

// steps are the names of the numbered steps with their outcomes, in order.
func (o outcome) steps() string {
	var b strings.Builder
	for _, v := range o.trace.Vertices() {
		if strings.HasPrefix(v.Name, "[internal]") || !v.Begun() {
			continue
		}
		b.WriteString(state(v) + " " + regexp.MustCompile(`@sha256:\w+`).ReplaceAllString(v.Name, "") + "\n")
	}
	return b.String()
}

func (y *yard) mustBuild(change ...func(*Request)) outcome {
	y.t.Helper()
	o := y.build(change...)
	if o.err != nil {
		y.t.Fatalf("the build failed: %v\n%s", o.err, o.out)
	}
	return o
}

func (y *yard) read(img *image.Image, name string) string {
	y.t.Helper()
	data, err := vfs.New(y.clock.Now, nil, img.FileLayers()...).ReadFile(name)
	if err != nil {
		y.t.Fatalf("%s in the image: %v", name, err)
	}
	return string(data)
}

func same(t *testing.T, what, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("%s:\n--- got\n%s\n--- want\n%s", what, got, want)
	}
}
