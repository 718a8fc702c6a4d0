package compose

import (
	"strings"
	"testing"

	"drydock/sim/docker/cli"
)

func TestEveryCommandHasHelpAndNoneIsUnknown(t *testing.T) {
	l := newLab(t, shop)
	for _, name := range strings.Fields(`attach build config cp create down events exec images kill logs ls pause port ps pull push
		restart rm run scale start stats stop top unpause up version volumes wait`) {
		says(t, l.ok(name+" --help"), "Usage:  docker compose "+name, "Options:")
	}
	l.fails("watch", "docker: 'docker compose watch' is part of docker, but this simulator does not have it")
	l.fails("up --watch", "docker: 'docker compose up --watch' is part of docker, but this simulator does not have it")
	l.fails("foo", `unknown docker command: "compose foo"`)
}

func TestOneOffContainersSeeTheServices(t *testing.T) {
	l := newLab(t, shop, "nginx:alpine", "redis:alpine")
	says(t, l.ok("run --rm web nginx -v"), " Container shop-cache-1 Started ", " Container shop-web-run-")
	says(t, l.ok("run --rm --no-deps cache redis-cli -h cache ping"), "PONG")
	if out, status := l.run("run --rm cache redis-cli -h nosuch ping"); status != 1 || !strings.HasSuffix(out, "\n\n") {
		t.Errorf("exit %d\n%s", status, out)
	}
	if got := l.ok("ps -a --format {{.Name}}"); got != "shop-cache-1\n" {
		t.Errorf("left are %s", got)
	}
}

func TestExecWantsARunningService(t *testing.T) {
	l := newLab(t, shop, "nginx:alpine", "redis:alpine")
	l.fails("exec web true", `service "web" is not running`)
	l.ok("up -d")
	says(t, l.ok("exec cache redis-cli ping"), "PONG")
	if out, status := l.run("exec cache nosuch"); status != 127 || !strings.Contains(out, "executable file not found in $PATH") {
		t.Errorf("exit %d\n%s", status, out)
	}
	l.fails("exec --index 2 web true", `service "web" is not running container #2`)
}

func TestFilesAreLaidOverEachOther(t *testing.T) {
	l := newLab(t, shop)
	l.write("compose.override.yaml", "services:\n  web:\n    image: nginx:1.27\n    environment: {MODE: dev}\n")
	says(t, l.ok("config"), "MODE: dev", "image: nginx:1.27")
	if out := l.ok("-f compose.yaml config --images"); strings.Contains(out, "1.27") {
		t.Errorf("-f still takes the override:\n%s", out)
	}
}

func TestServicesOfOtherFiles(t *testing.T) {
	l := newLab(t, `
include: [parts/db.yaml]
services:
  web:
    extends: {file: parts/base.yaml, service: base}
    depends_on: [db]
`)
	l.write("parts/db.yaml", "services:\n  db:\n    image: redis:alpine\n    volumes: ['./conf:/conf']\n")
	l.write("parts/base.yaml", "services:\n  root:\n    image: nginx:alpine\n    environment: {A: '$$1'}\n  base:\n    extends: root\n    env_file: base.env\n")
	l.write("parts/base.env", "B=2\n")
	says(t, l.ok("config"), "db:", "image: redis:alpine", "source: "+home+"/parts/conf", "web:", "A: $$1", `B: "2"`, "image: nginx:alpine")
	if out := l.ok("config --services"); out != "db\nweb\n" {
		t.Errorf("services are %q", out)
	}
}

func TestVariablesComeFromTheShellBeforeTheFile(t *testing.T) {
	l := newLab(t, "services:\n  app:\n    image: alpine:${TAG}\n    environment: {X: '${NONE}', Y: '${TAG:-z}'}\n")
	l.write(".env", "TAG=3.19\n")
	says(t, l.ok("config --images"), `level=warning msg="The \"NONE\" variable is not set. Defaulting to a blank string."`, "alpine:3.19")
	l.env = []string{"TAG=3.20"}
	says(t, l.ok("config --images"), "alpine:3.20")
}

func TestSecretsAndConfigsAreInTheContainer(t *testing.T) {
	l := newLab(t, `
services:
  app:
    image: redis:alpine
    secrets: [token, key]
    configs: [{source: motd, target: /motd}]
secrets:
  token: {file: ./token.txt}
  key: {environment: KEY}
configs:
  motd: {content: "hello ${NAME}\n"}
`, "redis:alpine")
	l.write("token.txt", "s3cret\n")
	l.env = []string{"KEY=k3y", "NAME=you"}
	l.ok("up -d")
	for name, want := range map[string]string{"/run/secrets/token": "s3cret\n", "/run/secrets/key": "k3y", "/motd": "hello you\n"} {
		if data, err := l.container("shop-app-1").FS.ReadFile(name); err != nil || string(data) != want {
			t.Errorf("%s holds %q (%v)", name, data, err)
		}
	}
}

func TestCompletionKnowsServicesAndFlags(t *testing.T) {
	l := newLab(t, shop)
	words := func(line string) string {
		args := strings.Fields(line)
		var list []string
		for _, m := range cli.CompleteIn(l.engine, home, args[:len(args)-1], strings.TrimSuffix(args[len(args)-1], "_"), Command()) {
			list = append(list, m.Text)
		}
		return strings.Join(list, " ")
	}
	if got := words("compose unp_"); got != "unpause" {
		t.Errorf("commands: %s", got)
	}
	if got := words("compose logs _"); got != "cache web" {
		t.Errorf("services: %s", got)
	}
	if got := words("compose up --force_"); got != "--force-recreate" {
		t.Errorf("flags: %s", got)
	}
	if got := words("compose down --rmi _"); got != "local all" && got != "all local" {
		t.Errorf("values: %s", got)
	}
}

func TestTheTerminalShowsOneRowForEachObject(t *testing.T) {
	l := newLab(t, shop, "nginx:alpine", "redis:alpine")
	out := plainText(l.onTerminal("up -d"))
	last := out[strings.LastIndex(out, "[+] up"):]
	says(t, last, "[+] up 4/4", " ✔ Network shop_default   Created", " ✔ Volume shop_data       Created", " ✔ Container shop-cache-1 Started", " ✔ Container shop-web-1   Started")
}

func TestAProjectThatRestartsCanBeAborted(t *testing.T) {
	l := newLab(t, "services:\n  a: {image: 'redis:alpine', command: 'redis-cli -h nosuch ping', restart: always}\n", "redis:alpine")
	out, status := l.run("up --abort-on-container-exit")
	says(t, out, "a-1 exited with code 1 (restarting)", " Compose Stopping Aborting on container exit...", " Container shop-a-1 Stopped ")
	if status != 1 {
		t.Errorf("exit %d", status)
	}
}

func TestLogsAreFollowedToTheEndOfTheLastContainer(t *testing.T) {
	l := newLab(t, shop, "nginx:alpine", "redis:alpine")
	l.ok("up -d cache")
	p, out := l.start("logs -f --tail 1")
	l.ok("up -d web")
	l.ok("stop")
	l.clock.Advance(1)
	says(t, out.String(), "cache-1  | ", "web-1    | ", "web-1 exited with code 0", "cache-1 exited with code 0")
	if !p.Done() {
		t.Error("logs -f does not end")
	}
}

func TestHooksRunInsideTheContainer(t *testing.T) {
	l := newLab(t, `
services:
  cache:
    image: redis:alpine
    post_start: [{command: redis-cli set greeting hello}]
    pre_stop: [{command: redis-cli -h nosuch ping}]
`, "redis:alpine")
	l.ok("up -d")
	says(t, l.ok("exec cache redis-cli get greeting"), "hello")
	l.fails("stop", "cache hook exited with status 1")
}

func TestSettingsThatAreNotSimulatedAreRefused(t *testing.T) {
	l := newLab(t, "services: {a: {image: 'redis:alpine', gpus: all}}\n", "redis:alpine")
	l.fails("up -d", "docker: 'docker compose: services.a.gpus' is part of docker, but this simulator does not have it")
}
