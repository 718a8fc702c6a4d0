package compose

import (
	"strings"
	"testing"
	"time"

	"drydock/sim/compose/project"
	"drydock/sim/machine"
)

const shop = `
services:
  web:
    image: nginx:alpine
    ports: ["8080:80"]
    depends_on: [cache]
  cache:
    image: redis:alpine
    volumes: [data:/data]
volumes:
  data:
`

func TestUpBringsNetworkVolumeAndContainersInOrder(t *testing.T) {
	l := newLab(t, shop, "nginx:alpine", "redis:alpine")
	out := l.ok("up -d")
	says(t, out, " Network shop_default Creating ", " Container shop-cache-1 Created ", " Container shop-web-1 Created ",
		" Container shop-cache-1 Started ", " Container shop-web-1 Started ")
	web := l.container("shop-web-1")
	for name, want := range map[string]string{
		project.ProjectLabel: "shop", project.ServiceLabel: "web", project.NumberLabel: "1", project.OneoffLabel: "False",
		project.ConfigFilesLabel: home + "/compose.yaml", project.DependenciesLabel: "cache:service_started:false",
	} {
		if got := label(web, name); got != want {
			t.Errorf("%s is %q, not %q", name, got, want)
		}
	}
	if l.engine.Volume("shop_data") == nil {
		t.Error("the volume has another name than shop_data")
	}
}

func TestUpAgainChangesNothing(t *testing.T) {
	l := newLab(t, shop, "nginx:alpine", "redis:alpine")
	l.ok("up -d")
	before := l.container("shop-web-1").ID
	if out := l.ok("up -d"); out != " Container shop-cache-1 Running \n Container shop-web-1 Running \n" {
		t.Errorf("the second time it says\n%s", out)
	}
	if l.container("shop-web-1").ID != before {
		t.Error("the container is another one")
	}
}

func TestOnlyWhatWasEditedIsRecreated(t *testing.T) {
	l := newLab(t, shop, "nginx:alpine", "redis:alpine")
	l.ok("up -d")
	web, cache := l.container("shop-web-1").ID, l.container("shop-cache-1").ID
	l.write("compose.yaml", strings.Replace(shop, `"8080:80"`, `"9090:80"`, 1))
	says(t, l.ok("up -d"), " Container shop-cache-1 Running ", " Container shop-web-1 Recreate ", " Container shop-web-1 Recreated ", " Container shop-web-1 Started ")
	if l.container("shop-web-1").ID == web || l.container("shop-cache-1").ID != cache {
		t.Error("web should be new, cache the old one")
	}
}

func TestScalingKeepsTheLowNumbers(t *testing.T) {
	l := newLab(t, "services:\n  web:\n    image: nginx:alpine\n", "nginx:alpine")
	l.ok("up -d --scale web=3")
	l.ok("up -d --scale web=2")
	if got := l.ok("ps --format {{.Name}}"); got != "shop-web-1\nshop-web-2\n" {
		t.Errorf("left are %s", got)
	}
	l.fails("up -d --scale nosuch=2", "no such service: nosuch: not found")
}

func TestAFailedHealthCheckKeepsDependentsFromStarting(t *testing.T) {
	l := newLab(t, `
services:
  web:
    image: nginx:alpine
    depends_on: {db: {condition: service_healthy}}
  db:
    image: redis:alpine
    healthcheck: {test: ["CMD", "false"], interval: 1s, retries: 2}
`, "nginx:alpine", "redis:alpine")
	l.fails("up -d", "dependency failed to start: container shop-db-1 is unhealthy")
	if s := l.container("shop-web-1").State.Status; s != "created" {
		t.Errorf("web is %s", s)
	}
}

func TestCtrlCStopsWhatUpHasStarted(t *testing.T) {
	l := newLab(t, shop, "nginx:alpine", "redis:alpine")
	p, out := l.start("up")
	l.clock.Advance(5 * time.Second)
	says(t, out.String(), "Attaching to cache-1, web-1", "web-1    | ")
	p.Signal(machine.SIGINT)
	l.clock.Advance(30 * time.Second)
	says(t, out.String(), " Compose Stopping Gracefully Stopping... press Ctrl+C again to force", "web-1 exited with code 0", "cache-1 exited with code 0")
	if !p.Done() || p.Status() != 130 {
		t.Errorf("done %t, status %d", p.Done(), p.Status())
	}
}

func TestAPortThatIsTakenLeavesTheOtherContainerRunning(t *testing.T) {
	l := newLab(t, "services:\n  a: {image: 'nginx:alpine', ports: ['80:80']}\n  b: {image: 'nginx:alpine', ports: ['80:80']}\n", "nginx:alpine")
	l.fails("up -d", "Bind for 0.0.0.0:80 failed: port is already allocated")
	if a, b := l.container("shop-a-1").State.Status, l.container("shop-b-1").State.Status; a != "running" || b != "created" {
		t.Errorf("a is %s, b is %s", a, b)
	}
}

func TestDownLeavesVolumesUnlessAsked(t *testing.T) {
	l := newLab(t, shop, "nginx:alpine", "redis:alpine")
	l.ok("up -d")
	says(t, l.ok("down"), " Container shop-web-1 Removed ", " Container shop-cache-1 Stopping ", " Network shop_default Removed ")
	if l.engine.Volume("shop_data") == nil {
		t.Fatal("down took the volume")
	}
	l.ok("up -d")
	l.ok("down -v")
	if l.engine.Volume("shop_data") != nil || len(l.engine.Containers()) > 0 || len(l.engine.Networks()) != 3 {
		t.Error("something is left")
	}
}
