package cli

import (
	"strings"
	"testing"

	"drydock/sim/docker"
	"drydock/sim/image"
)

func TestPushNeedsALoginAndThenWorks(t *testing.T) {
	l := newLab(t, []string{"laptop", "server"}, "alpine:3.20")
	name := image.DefaultUser + "/web:1"
	l.ok("tag alpine:3.20 " + name)
	if out, status := l.docker("push " + name); status != 1 || !strings.Contains(out, "push access denied, repository does not exist or may require authorization") {
		t.Fatalf("exit %d:\n%s", status, out)
	}
	l.run(call{stdin: image.DefaultPassword + "\n"}, "login -u "+image.DefaultUser+" --password-stdin")
	if out := l.ok("push " + name); !strings.Contains(out, ": Mounted from library/alpine\n") && !strings.Contains(out, ": Pushed\n") {
		t.Errorf("nothing was pushed:\n%s", out)
	}
	if out := l.ok("push " + name); !strings.Contains(out, ": Layer already exists\n") {
		t.Errorf("the second push sent the layer again:\n%s", out)
	}
	if out, status := l.run(call{on: "server"}, "pull -q "+name); status != 0 {
		t.Errorf("the server cannot pull it: %s", out)
	}
}

func TestLoginAsksInATerminalAndHidesThePassword(t *testing.T) {
	l := newLab(t, []string{"laptop"})
	out, status := l.run(call{terminal: 80, typed: []string{image.DefaultUser, image.DefaultPassword}}, "login")
	if status != 0 || !strings.Contains(out, "Username: ") || !strings.Contains(out, "Login Succeeded") || strings.Contains(out, image.DefaultPassword) {
		t.Errorf("exit %d:\n%s", status, out)
	}
	if hosts := l.engines["laptop"].LoggedIn(); len(hosts) != 1 || hosts[0] != image.DockerHub {
		t.Errorf("logged in to %v", hosts)
	}
	l.ok("logout")
	if hosts := l.engines["laptop"].LoggedIn(); len(hosts) != 0 {
		t.Errorf("still logged in to %v", hosts)
	}
}

func TestLoginRefuses(t *testing.T) {
	l := newLab(t, []string{"laptop"})
	l.fails("login -u someone", "Error: Cannot perform an interactive login from a non TTY device")
	l.fails("login --password-stdin", "the --password-stdin option requires --username to be set")
	l.fails("login -u x -p y", "WARNING! Using --password via the CLI is insecure. Use --password-stdin.\n"+
		`Error response from daemon: Get "https://registry-1.docker.io/v2/": unauthorized: incorrect username or password`)
}

func TestABrokenConfigFileIsAnEmptyOne(t *testing.T) {
	for _, text := range []string{"", "{", "[]", "null", `{"auths": 3}`, `{"auths": {"https://index.docker.io/v1/": {"auth": "%%%"}}}`} {
		l := newLab(t, []string{"laptop"})
		m := l.site.Machines()[0]
		if err := m.FS.MkdirAll("/root/.docker", 0o700, 0, 0); err != nil {
			t.Fatal(err)
		}
		if err := m.FS.WriteFile("/root/.docker/config.json", []byte(text), 0o600, 0, 0); err != nil {
			t.Fatal(err)
		}
		l.ok("pull -q hello-world")
		l.ok("logout")
	}
}

func TestSearchFindsRepositoriesOfDockerHub(t *testing.T) {
	l := newLab(t, []string{"laptop"})
	out := l.ok("search --filter is-official=true nginx")
	if lines := strings.Split(strings.TrimSpace(out), "\n"); len(lines) != 2 || !strings.HasPrefix(lines[1], "nginx ") || !strings.HasSuffix(lines[1], "[OK]") {
		t.Errorf("found\n%s", out)
	}
}

func TestAContextLeadsToAnotherMachinesDaemon(t *testing.T) {
	l := newLab(t, []string{"laptop", "server"})
	l.ok("context create there --docker host=ssh://root@server")
	l.ok("context use there")
	l.ok("pull -q alpine:3.20")
	if n := len(l.engines["server"].Images.Images()); n != 1 {
		t.Errorf("the server has %d images", n)
	}
	l.ok("--context default images")
	if l.ok("--context default images -q") != "" {
		t.Error("the image was pulled to the laptop")
	}
	l.site.Machine("server").SetPower(false)
	if out, status := l.docker("ps"); status != 1 || !strings.Contains(out, "error during connect") {
		t.Errorf("exit %d: %s", status, out)
	}
}

func TestStreamErrorsAreNotTheDaemonsResponse(t *testing.T) {
	l := newLab(t, []string{"laptop"})
	c := &Client{Engine: l.engines["laptop"]}
	if got := c.stream(docker.StreamError{Err: docker.NotFound("x")}).Error(); got != "x" {
		t.Errorf("got %q", got)
	}
	if got := c.stream(docker.NotFound("x")).Error(); got != "Error response from daemon: x" {
		t.Errorf("got %q", got)
	}
}
