package podman_test

import (
	"strings"
	"testing"

	"drydock/sim"
)

// open makes a world with a machine for Podman, one for Docker, and a registry.
func open(t *testing.T) *sim.Session {
	t.Helper()
	spec, err := sim.ParseSpec("test", []byte(`
machines:
  - {name: office, engine: podman, user: ana}
  - {name: laptop, user: ana}
registries:
  - {host: harbor.example.com, users: {learner: harbour}}
`))
	if err != nil {
		t.Fatal(err)
	}
	s, err := sim.Open(sim.Scenario{Spec: spec, Files: []sim.File{
		{Path: "Dockerfile", Data: "FROM docker.io/library/nginx:alpine\nRUN echo kept > /kept\nCOPY page /usr/share/nginx/html/index.html\n"},
		{Path: "page", Data: "first\n"},
	}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

// run carries lines out on a machine, which must all end well, and returns what
// the last one printed.
func run(t *testing.T, s *sim.Session, machine string, lines ...string) string {
	t.Helper()
	out := ""
	for _, line := range lines {
		r := s.Exec(machine, line)
		if r.Status != 0 {
			t.Fatalf("%s$ %s: exit status %d\n%s", machine, line, r.Status, r.Output)
		}
		out = r.Output
	}
	return out
}

// refused carries a line out that must end with a status and say something.
func refused(t *testing.T, s *sim.Session, line string, status int, text string) {
	t.Helper()
	r := s.Exec("office", line)
	if r.Status != status || !strings.Contains(r.Output, text) {
		t.Errorf("%s: exit status %d, not %d, or without %q:\n%s", line, r.Status, status, text, r.Output)
	}
}

func TestAShortNameNeedsARegistryToLookIn(t *testing.T) {
	s := open(t)
	refused(t, s, "podman pull nginx:alpine", 125, "no unqualified-search registries are defined")
	s.WriteFile("office", "/etc/containers/registries.conf.d/00-search.conf", "unqualified-search-registries = [\"docker.io\"]\n")
	out := run(t, s, "office", "podman pull nginx:alpine")
	if !strings.Contains(out, `Resolving "nginx" using unqualified-search registries (/etc/containers/registries.conf.d/00-search.conf)`) {
		t.Errorf("it does not say how the name was resolved:\n%s", out)
	}
	if out := run(t, s, "office", "podman run --rm nginx:alpine true"); strings.Contains(out, "Trying to pull") {
		t.Errorf("an image that is here was pulled again:\n%s", out)
	}
}

func TestEachUserHasAStore(t *testing.T) {
	s := open(t)
	run(t, s, "office", "podman pull docker.io/library/alpine:3.20")
	if out := run(t, s, "office", "sudo podman images -q"); out != "" {
		t.Errorf("root sees the images of ana:\n%s", out)
	}
	if out := run(t, s, "office", "podman images -q"); len(out) != 13 {
		t.Errorf("ana sees %q", out)
	}
}

func TestRootlessContainersDoNotGetTheLowPorts(t *testing.T) {
	s := open(t)
	refused(t, s, "podman run -d --name web -p 80:80 docker.io/library/nginx:alpine", 126, "Failed to bind port 80 (Permission denied)")
	if out := run(t, s, "office", "podman ps -a --format '{{.Names}} {{.Status}}'"); out != "web Created\n" {
		t.Errorf("the container is %q, not created", out)
	}
	run(t, s, "office", "sudo podman run -d -p 80:80 docker.io/library/nginx:alpine", "curl -sf localhost")
}

func TestOnePortHasOneOwnerAmongAllStores(t *testing.T) {
	s := open(t)
	run(t, s, "office", "sudo podman run -d -p 8080:80 docker.io/library/nginx:alpine")
	refused(t, s, "podman run -d -p 8080:80 docker.io/library/nginx:alpine", 126, "Address already in use")
}

func TestABuildTakesStepsFromTheCacheUntilSomethingChanged(t *testing.T) {
	s := open(t)
	if out := run(t, s, "office", "podman build -t web ."); strings.Contains(out, "Using cache") || !strings.Contains(out, "Successfully tagged localhost/web:latest") {
		t.Errorf("the first build:\n%s", out)
	}
	if out := run(t, s, "office", "podman build -t web ."); strings.Count(out, "Using cache") != 2 {
		t.Errorf("nothing changed:\n%s", out)
	}
	if out := run(t, s, "office", "echo second > page", "podman build -t web ."); strings.Count(out, "Using cache") != 1 {
		t.Errorf("the page changed:\n%s", out)
	}
	if out := run(t, s, "office", "podman run --rm web cat /usr/share/nginx/html/index.html /kept"); out != "second\nkept\n" {
		t.Errorf("the image holds %q", out)
	}
}

func TestAFailedInstructionIsNamed(t *testing.T) {
	s := open(t)
	run(t, s, "office", "printf 'FROM docker.io/library/alpine:3.20\\nRUN exit 4\\n' > bad; printf 'FROM scratch\\nCOPY gone /\\n' > gone.txt")
	refused(t, s, "podman build -f bad .", 4, `Error: building at STEP "RUN exit 4": while running runtime: exit status 4`)
	refused(t, s, "podman build -f gone.txt .", 125, `copier: stat: "/gone": no such file or directory`)
	refused(t, s, "podman build -f nothere .", 125, "the specified Containerfile or Dockerfile does not exist, nothere")
}

func TestDockerRunsWhatBuildahMade(t *testing.T) {
	s := open(t)
	run(t, s, "office",
		"buildah from --name work docker.io/library/nginx:alpine",
		"buildah copy work page /usr/share/nginx/html/index.html",
		"buildah config --label made=by-hand work",
		"buildah commit --rm work web:1",
		"echo harbour | buildah login -u learner --password-stdin harbor.example.com",
		"podman push web:1 harbor.example.com/team/web:1")
	run(t, s, "laptop", "docker run -d -p 8080:80 harbor.example.com/team/web:1")
	if out := run(t, s, "laptop", "curl -s localhost:8080"); out != "first\n" {
		t.Errorf("the page is %q", out)
	}
	if out := run(t, s, "laptop", "docker inspect -f '{{.Config.Labels.made}}' harbor.example.com/team/web:1"); out != "by-hand\n" {
		t.Errorf("the label is %q", out)
	}
}

func TestPodmanRunsWhatDockerBuilt(t *testing.T) {
	s := open(t)
	s.WriteFile("laptop", "app/Dockerfile", "FROM alpine:3.20\nCMD [\"echo\", \"from docker\"]\n")
	run(t, s, "laptop", "docker build -q -t harbor.example.com/team/hi:1 app", "echo harbour | docker login -u learner --password-stdin harbor.example.com",
		"docker push harbor.example.com/team/hi:1")
	if out := s.Exec("office", "podman run --rm harbor.example.com/team/hi:1").Stdout; out != "from docker\n" {
		t.Errorf("podman run printed %q", out)
	}
}

func TestNothingStartsContainersAfterAPowerCut(t *testing.T) {
	s := open(t)
	run(t, s, "office", "podman run -d --name web --restart always docker.io/library/nginx:alpine")
	if err := s.Fault("daemon stop office", false); err != nil {
		t.Fatal(err)
	}
	if out := run(t, s, "office", "podman ps -q"); len(out) != 13 {
		t.Errorf("there is no daemon whose end could end it, and yet: %q", out)
	}
	for _, fault := range []string{"power off office", "power on office"} {
		if err := s.Fault(fault, false); err != nil {
			t.Fatal(err)
		}
	}
	s.Settle()
	if out := run(t, s, "office", "podman ps -q"); out != "" {
		t.Errorf("it came back by itself: %q", out)
	}
}

func TestThePlainRegistryNeedsConsent(t *testing.T) {
	s := open(t)
	run(t, s, "office", "podman run -d -p 5000:5000 docker.io/library/registry:2", "podman pull docker.io/library/alpine:3.20")
	refused(t, s, "podman push alpine:3.20 localhost:5000/a:1", 125, "http: server gave HTTP response to HTTPS client")
	run(t, s, "office", "podman push --tls-verify=false alpine:3.20 localhost:5000/a:1", "podman pull --tls-verify=false localhost:5000/a:1")
}

func TestContainersOfAPodShareAPort(t *testing.T) {
	s := open(t)
	run(t, s, "office", "podman pod create --name shop -p 8080:80", "podman run -d --pod shop --name web docker.io/library/nginx:alpine", "curl -sf localhost:8080")
	if out := run(t, s, "office", "podman pod ps --format '{{.Name}} {{.Status}} {{.NumberOfContainers}}'"); out != "shop Running 2\n" {
		t.Errorf("the pod is %q", out)
	}
	run(t, s, "office", "podman pod rm -f shop")
	if out := run(t, s, "office", "podman ps -aq"); out != "" {
		t.Errorf("containers are left: %q", out)
	}
}

func TestTheStateKnowsThePodmanMachine(t *testing.T) {
	s := open(t)
	run(t, s, "office", "podman run -d --name web -p 8080:80 docker.io/library/nginx:alpine")
	state := s.World().State()
	if m := state.Machines[0]; m.Engine != "podman" || !m.EngineUp {
		t.Errorf("the machine has the engine %q, up: %v", m.Engine, m.EngineUp)
	}
	if len(state.Containers) != 1 || state.Containers[0].Name != "web" || !state.Containers[0].Running || !state.Containers[0].Ports[0].Answers {
		t.Errorf("the containers are %+v", state.Containers)
	}
}
