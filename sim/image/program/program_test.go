package program

import (
	"bytes"
	"net/netip"
	"strings"
	"testing"
	"time"

	"drydock/sim/clock"
	"drydock/sim/image"
	"drydock/sim/machine"
	"drydock/sim/vfs"
)

// harbour is a machine with a network on which containers find each other by name.
type harbour struct {
	t    *testing.T
	site *machine.Site
	m    *machine.Machine
	hub  *image.Hub
	net  *machine.Segment
	box  map[string]*box
}

// box is a container as an engine would make it.
type box struct {
	h       *harbour
	process *machine.Process
	fs      *vfs.FS
	ns      *machine.Namespace
	group   *machine.Group
	image   *image.Image
	env     []string
	out     bytes.Buffer
}

func newHarbour(t *testing.T) *harbour {
	t.Helper()
	s := machine.NewSite(clock.New(1, time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)))
	t.Cleanup(s.Clock.Close)
	h := &harbour{t: t, site: s, hub: image.NewHub(s.Internet), box: map[string]*box{}}
	s.Programs = Programs(h.hub, s.Memo)
	h.m = s.Add(machine.Config{Name: "laptop", Owner: machine.Root()})
	h.net = &machine.Segment{Name: "net", Subnet: netip.MustParsePrefix("172.18.0.0/16"), Gateway: netip.MustParseAddr("172.18.0.1")}
	h.net.Resolve = func(_ *machine.Namespace, name string) []netip.Addr {
		if b := h.box[name]; b != nil && b.ns.Addr(h.net).IsValid() {
			return []netip.Addr{b.ns.Addr(h.net)}
		}
		return nil
	}
	h.net.Attach(h.m.Net, h.net.Gateway)
	return h
}

// run starts a container of an image and lets it run for a while. Mounts are
// "volume" file systems by path.
func (h *harbour) run(name, ref string, env []string, mounts map[string]*vfs.FS, cmd ...string) *box {
	h.t.Helper()
	img, err := h.hub.Image(ref)
	if err != nil {
		h.t.Fatal(err)
	}
	b := &box{h: h, image: img, fs: vfs.New(h.site.Clock.Now, nil, img.FileLayers()...), ns: machine.NewNamespace(name, h.m), env: append(img.Config.Env, env...)}
	for at, fs := range mounts {
		_ = b.fs.MkdirAll(at, 0o755, 0, 0)
		b.fs.Mount(vfs.Mount{At: at, From: fs, Sub: "/"})
	}
	h.net.Attach(b.ns, netip.Addr{})
	h.box[name] = b
	b.start(cmd...)
	return b
}

func (b *box) start(cmd ...string) {
	b.h.t.Helper()
	b.out.Reset()
	if len(cmd) == 0 {
		cmd = b.image.Config.Cmd
	}
	b.group = &machine.Group{Name: b.ns.Name}
	b.process = b.spawn(append(append([]string{}, b.image.Config.Entrypoint...), cmd...), &b.out, machine.NoInput{})
	b.h.site.Clock.Advance(15 * time.Second)
}

func (b *box) spawn(args []string, out *bytes.Buffer, in machine.Source) *machine.Process {
	b.h.t.Helper()
	root := machine.Root()
	p, err := b.h.m.Start(machine.Spec{Args: args, Env: machine.NewEnv(b.env...), Dir: orText(b.image.Config.WorkingDir, "/"), User: &root, FS: b.fs, Net: b.ns,
		Host: b.ns.Name, Group: b.group, Stdout: out, Stderr: out, Stdin: in})
	if err != nil {
		b.h.t.Fatalf("%v: %v", args, err)
	}
	return p
}

// exec runs a command in the container and returns what it printed.
func (b *box) exec(args ...string) string {
	b.h.t.Helper()
	var out bytes.Buffer
	p := b.spawn(args, &out, machine.NoInput{})
	for range 100 {
		if p.Done() {
			break
		}
		b.h.site.Clock.Advance(time.Second)
	}
	return out.String()
}

// stop sends the image's stop signal and gives the exit status.
func (b *box) stop() int {
	sig, ok := machine.ParseSignal(orText(b.image.Config.StopSignal, "TERM"))
	if !ok {
		b.h.t.Fatal("no stop signal")
	}
	b.process.Signal(sig)
	b.h.site.Clock.Advance(5 * time.Second)
	if !b.process.Done() {
		b.h.t.Fatalf("%s does not stop; it said:\n%s", b.ns.Name, b.out.String())
	}
	return b.process.Status()
}

func (b *box) get(port int, path string) machine.Response {
	b.h.t.Helper()
	conn, err := b.h.m.Net.DialAddr(netip.AddrPortFrom(b.ns.Addr(b.h.net), uint16(port)), "tcp")
	if err != nil {
		return machine.Response{Err: err}
	}
	return conn.Do(machine.Request{Proto: "http", Method: "GET", Host: "localhost:8080", Path: path, Header: []string{"User-Agent: curl/8.14.1"}})
}

func (h *harbour) volume() *vfs.FS { return vfs.New(h.site.Clock.Now, nil) }

func TestNginxServesAndLogs(t *testing.T) {
	b := newHarbour(t).run("web", "nginx:alpine", nil, nil)
	if r := b.get(80, "/"); r.Status != 200 || !strings.Contains(r.Body, "<title>Welcome to nginx!</title>") || r.Header[0] != "Server: nginx/1.29.4" {
		t.Errorf("index: %+v", r)
	}
	if r := b.get(80, "/nosuch"); r.Status != 404 || len(r.Body) != 153 {
		t.Errorf("missing page: %d bytes %+v", len(r.Body), r)
	}
	for _, want := range []string{
		"/docker-entrypoint.sh: Configuration complete; ready for start up\n", "[notice] 1#1: start worker processes\n",
		`172.18.0.1 - - [23/Nov/2026:08:00:15 +0000] "GET / HTTP/1.1" 200 615 "-" "curl/8.14.1" "-"`,
		`open() "/usr/share/nginx/html/nosuch" failed (2: No such file or directory), client: 172.18.0.1, server: localhost, request: "GET /nosuch HTTP/1.1", host: "localhost:8080"`,
	} {
		if !strings.Contains(b.out.String(), want) {
			t.Errorf("the log lacks %q:\n%s", want, b.out.String())
		}
	}
	if status := b.stop(); status != 0 {
		t.Errorf("exit status %d", status)
	}
}

func TestNginxProxiesInTurnAndSaysWhenNobodyAnswers(t *testing.T) {
	h := newHarbour(t)
	one, _ := h.run("one", "traefik/whoami", nil, nil), h.run("two", "traefik/whoami", nil, nil)
	conf := h.volume()
	_ = conf.WriteFile("/default.conf", []byte("upstream app { server one; server two; }\nserver { listen 80; location /api/ { proxy_pass http://app/; } location / { return 200 'hi'; } }\n"), 0o644, 0, 0)
	b := h.run("lb", "nginx:alpine", nil, map[string]*vfs.FS{"/etc/nginx/conf.d": conf})
	if r := b.get(80, "/x"); r.Body != "hi" {
		t.Errorf("own location: %+v\n%s", r, b.out.String())
	}
	first, second := b.get(80, "/api/a").Body, b.get(80, "/api/b").Body
	if !strings.Contains(first, "Hostname: one") || !strings.Contains(second, "Hostname: two") || !strings.Contains(second, "GET /b HTTP/1.1") {
		t.Errorf("not in turn:\n%s\n%s", first, second)
	}
	one.process.Exit(137)
	h.box["two"].process.Exit(137)
	h.site.Clock.Advance(time.Second)
	if r := b.get(80, "/api/"); r.Status != 502 || !strings.Contains(b.out.String(), "connect() failed (111: Connection refused) while connecting to upstream") {
		t.Errorf("without upstreams: %+v\n%s", r, b.out.String())
	}
}

func TestNginxRefusesWrongConfigurations(t *testing.T) {
	for text, want := range map[string]string{
		"server { listen 80; foo; }":                                 `[emerg] unknown directive "foo" in /etc/nginx/conf.d/default.conf:1`,
		"server {\n  location / { proxy_pass http://nosuch:80; }\n}": `[emerg] host not found in upstream "nosuch:80" in /etc/nginx/conf.d/default.conf:2`,
		"server { listen 80; ":                                       `unexpected end of file, expecting "}" in /etc/nginx/conf.d/default.conf:1`,
		"server { listen 80 }":                                       `unexpected "}" in /etc/nginx/conf.d/default.conf:1`,
	} {
		h := newHarbour(t)
		conf := h.volume()
		_ = conf.WriteFile("/default.conf", []byte(text), 0o644, 0, 0)
		b := h.run("web", "nginx:alpine", nil, map[string]*vfs.FS{"/etc/nginx/conf.d": conf})
		if !b.process.Done() || b.process.Status() != 1 || !strings.Contains(b.out.String(), want) {
			t.Errorf("%s: done %v, %s", text, b.process.Done(), b.out.String())
		}
	}
}

func TestRedisKeepsWhatItWasToldThroughAStop(t *testing.T) {
	h := newHarbour(t)
	data := h.volume()
	b := h.run("redis", "redis:alpine", nil, map[string]*vfs.FS{"/data": data})
	for command, want := range map[string]string{"set name ada": "OK\n", "incr hits": "1\n", "rpush list a b": "2\n", "get nosuch": "\n"} {
		if got := b.exec(append([]string{"redis-cli"}, strings.Fields(command)...)...); got != want {
			t.Errorf("%s: %q, want %q", command, got, want)
		}
	}
	if got := b.exec("redis-cli", "-h", "nosuch", "ping"); got != "Could not connect to Redis at nosuch:6379: Name does not resolve\n" {
		t.Errorf("unknown host: %q", got)
	}
	if status := b.stop(); status != 0 || !data.Exists("/dump.rdb") {
		t.Fatalf("status %d, dump %v\n%s", status, data.Exists("/dump.rdb"), b.out.String())
	}
	b.start()
	if got := b.exec("redis-cli", "get", "name"); got != "ada\n" {
		t.Errorf("after a restart: %q", got)
	}
	b.exec("redis-cli", "set", "name", "bob")
	b.process.Exit(137)
	h.site.Clock.Advance(time.Second)
	b.start()
	if got := b.exec("redis-cli", "get", "name"); got != "ada\n" {
		t.Errorf("what was not saved survived a kill: %q", got)
	}
}

func TestPostgresInitialisesOnceAndKeepsItsPassword(t *testing.T) {
	h := newHarbour(t)
	b := h.run("db", "postgres:16", nil, nil)
	if !b.process.Done() || b.process.Status() != 1 || !strings.HasPrefix(b.out.String(), "Error: Database is uninitialized and superuser password is not specified.\n") {
		t.Fatalf("without a password: %d\n%s", b.process.Status(), b.out.String())
	}
	data := h.volume()
	b = h.run("db", "postgres:16", []string{"POSTGRES_PASSWORD=one", "POSTGRES_DB=app"}, map[string]*vfs.FS{"/var/lib/postgresql/data": data})
	if got := b.exec("psql", "-U", "postgres", "-d", "app", "-c", "CREATE TABLE t (id serial, n text)", "-c", "INSERT INTO t (n) VALUES ('x')"); got != "CREATE TABLE\nINSERT 0 1\n" {
		t.Errorf("first statements: %q\n%s", got, b.out.String())
	}
	if status := b.stop(); status != 0 {
		t.Errorf("exit status %d", status)
	}
	b = h.run("db2", "postgres:16", []string{"POSTGRES_PASSWORD=two"}, map[string]*vfs.FS{"/var/lib/postgresql/data": data})
	if !strings.Contains(b.out.String(), "PostgreSQL Database directory appears to contain a database; Skipping initialization") {
		t.Errorf("second start:\n%s", b.out.String())
	}
	if got := b.exec("psql", "-U", "postgres", "-d", "app", "-tAc", "SELECT n FROM t"); got != "x\n" {
		t.Errorf("the data: %q", got)
	}
	b.env = append(b.env, "PGPASSWORD=two")
	if got := b.exec("psql", "-h", "db2", "-U", "postgres", "-c", "SELECT 1"); !strings.Contains(got, `FATAL:  password authentication failed for user "postgres"`) {
		t.Errorf("the new password: %q", got)
	}
	old := h.run("db3", "postgres:15", []string{"POSTGRES_PASSWORD=one"}, map[string]*vfs.FS{"/var/lib/postgresql/data": data})
	if old.process.Status() != 1 || !strings.Contains(old.out.String(), "database files are incompatible with server") {
		t.Errorf("an older server:\n%s", old.out.String())
	}
}

func TestARegistryInAContainerKeepsImagesInItsVolume(t *testing.T) {
	h := newHarbour(t)
	data := h.volume()
	b := h.run("registry", "registry:2", nil, map[string]*vfs.FS{"/var/lib/registry": data})
	img, _ := h.hub.Image("alpine:3.20")
	for _, tag := range []string{"1.0", "1.1"} {
		if err := h.hub.Push("172.18.0.2:5000/team/web:"+tag, img, h.m.Net, image.Credentials{}); err == nil || !strings.Contains(err.Error(), "server gave HTTP response to HTTPS client") {
			t.Fatalf("push over HTTPS: %v", err)
		}
		r, err := h.hub.Remote("172.18.0.2:5000/team/web:"+tag, image.Access{From: h.m.Net, Insecure: true})
		if err != nil {
			t.Fatal(err)
		}
		there, err := r.HasLayer(img.Layers[0])
		if err != nil || there != (tag == "1.1") {
			t.Errorf("layer before push %s: %v, %v", tag, there, err)
		}
		if err := r.PutLayer(img.Layers[0]); err != nil {
			t.Fatal(err)
		}
		if err := r.PutManifest(img); err != nil {
			t.Fatal(err)
		}
		h.site.Clock.Advance(time.Second)
	}
	if got := b.get(5000, "/v2/_catalog").Body; got != "{\"repositories\":[\"team/web\"]}\n" {
		t.Errorf("catalogue: %q", got)
	}
	if got := b.get(5000, "/v2/team/web/tags/list").Body; got != "{\"name\":\"team/web\",\"tags\":[\"1.1\",\"1.0\"]}\n" {
		t.Errorf("tags: %q", got)
	}
	if status := b.stop(); status != 2 {
		t.Errorf("exit status %d", status)
	}
	h.run("again", "registry:2", nil, map[string]*vfs.FS{"/var/lib/registry": data})
	r, _ := h.hub.Remote("172.18.0.3:5000/team/web:1.0", image.Access{From: h.m.Net, Insecure: true})
	if got, err := r.Resolve(); err != nil || got.ID != img.ID {
		t.Errorf("from the same volume: %v, %v", got, err)
	}
}

func TestPackagesComeFromTheInternet(t *testing.T) {
	h := newHarbour(t)
	b := h.run("box", "debian:bookworm-slim", nil, nil, "apt-get", "clean")
	if got := b.exec("apt-get", "install", "-y", "curl"); !strings.HasSuffix(got, "E: Unable to locate package curl\n") {
		t.Errorf("without update: %s", got)
	}
	b.exec("apt-get", "update")
	b.exec("apt-get", "install", "-y", "curl")
	if n, err := b.fs.Stat("/usr/bin/curl"); err != nil || n.Program != "curl" {
		t.Errorf("curl after install: %v", err)
	}
	alpine := h.run("alpine", "alpine:3.20", nil, nil, "apk")
	if got := alpine.exec("apk", "add", "--no-cache", "curl", "nosuch"); !strings.Contains(got, "  nosuch (no such package):\n    required by: world[nosuch]\n") {
		t.Errorf("an unknown package: %s", got)
	}
	if got := alpine.exec("apk", "add", "--no-cache", "curl"); !strings.Contains(got, "Installing curl (") || !alpine.fs.Exists("/usr/bin/curl") {
		t.Errorf("apk add: %s", got)
	}
	py := h.run("py", "python:3.12-slim", nil, nil, "python", "-V")
	h.site.Internet.Down = true
	if got := py.exec("pip", "install", "flask"); !strings.Contains(got, "ERROR: No matching distribution found for flask") || strings.Count(got, "Retrying") != 5 {
		t.Errorf("without the internet: %s", got)
	}
	h.site.Internet.Down = false
	if got := py.exec("pip", "install", "flask"); !strings.Contains(got, "Successfully installed blinker-") || py.exec("python", "-c", "import flask; print(flask.__version__)") != "3.1.2\n" {
		t.Errorf("pip install: %s", got)
	}
}

func TestBusyboxHttpdInTheBackgroundEndsItsContainer(t *testing.T) {
	h := newHarbour(t)
	b := h.run("front", "busybox", nil, nil, "httpd", "-f", "-p", "8080", "-h", "/etc")
	if r := b.get(8080, "/group"); r.Status != 200 || !strings.HasPrefix(r.Body, "root:x:0:") {
		t.Errorf("in the foreground: %+v", r)
	}
	if b = h.run("back", "busybox", nil, nil, "httpd", "-p", "8080"); !b.process.Done() || b.process.Status() != 0 || len(b.group.Processes()) > 0 {
		t.Errorf("in the background: done %v, %d processes left", b.process.Done(), len(b.group.Processes()))
	}
}

func TestADeclaredProgramDoesWhatItsCommentsSay(t *testing.T) {
	h := newHarbour(t)
	files := h.volume()
	_ = files.WriteFile("/app.py", []byte("# drydock: env TOKEN\n# drydock: listen 5000\n# drydock: GET / -> Hello {env:TOKEN} number {count}\n# drydock: crash on GET /die with 7\n# drydock: needs cache:6379 or retry\n"), 0o644, 0, 0)
	mounts := map[string]*vfs.FS{"/app": files}
	if b := h.run("a", "python:3.12-slim", nil, mounts, "python", "/app/app.py"); b.process.Status() != 1 || !strings.Contains(b.out.String(), "TOKEN is not set") {
		t.Errorf("without TOKEN: %s", b.out.String())
	}
	b := h.run("b", "python:3.12-slim", []string{"TOKEN=x"}, mounts, "python", "/app/app.py")
	if r := b.get(5000, "/"); r.Err == nil || !strings.Contains(b.out.String(), "error: connecting to cache:6379: ") {
		t.Errorf("before its needs are met: %+v\n%s", r, b.out.String())
	}
	h.run("cache", "redis:alpine", nil, nil)
	if r := b.get(5000, "/"); r.Body != "Hello x number 1\n" {
		t.Errorf("answer: %+v", r)
	}
	b.get(5000, "/die")
	h.site.Clock.Advance(time.Second)
	if !b.process.Done() || b.process.Status() != 7 {
		t.Errorf("after the crash: done %v, status %d", b.process.Done(), b.process.Status())
	}
}

func TestSizesOfPackagesAreReadable(t *testing.T) {
	for _, manager := range []string{"apk", "apt", "pip", "npm"} {
		all, err := readPackages(manager)
		if err != nil {
			t.Fatal(err)
		}
		for name, p := range all {
			if p.bytes() <= 0 || p.Version == "" {
				t.Errorf("%s %s: size %q, version %q", manager, name, p.Size, p.Version)
			}
			for _, need := range strings.Fields(p.Needs) {
				if all[need] == nil {
					t.Errorf("%s %s needs %s, which is not there", manager, name, need)
				}
			}
		}
	}
}
