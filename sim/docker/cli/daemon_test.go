package cli

import (
	"strings"
	"testing"

	"drydock/sim/machine"
)

// systemctl runs a verb for the docker service on the first machine.
func (l *lab) systemctl(verb string) int {
	p, err := l.site.Machines()[0].Start(machine.Spec{Args: []string{"systemctl", verb, "docker"}, Main: Systemctl(engineIn(l))})
	if err != nil {
		l.t.Fatal(err)
	}
	l.clock.RunUntil(60e9, p.Done)
	return p.Status()
}

func (l *lab) daemonFile(text string) {
	m := l.site.Machines()[0]
	_ = m.FS.MkdirAll("/etc/docker", 0o755, 0, 0)
	if err := m.FS.WriteFile("/etc/docker/daemon.json", []byte(text), 0o644, 0, 0); err != nil {
		l.t.Fatal(err)
	}
}

func TestARegistryWithoutTLSIsTrustedOnlyWhenTheDaemonIsToldTo(t *testing.T) {
	l := newLab(t, []string{"laptop", "server"}, "alpine:3.20", "registry:2")
	if _, status := l.run(call{on: "server"}, "run -d -p 5000:5000 --name reg registry:2"); status != 0 {
		t.Fatal("the registry does not start")
	}
	l.ok("tag alpine:3.20 server:5000/alp")
	if out, status := l.docker("push server:5000/alp"); status != 1 || !strings.Contains(out, "http: server gave HTTP response to HTTPS client") {
		t.Fatalf("exit %d:\n%s", status, out)
	}
	l.daemonFile(`{"insecure-registries": ["server:5000"]}`)
	if _, status := l.docker("push server:5000/alp"); status != 1 {
		t.Error("the file had an effect before the daemon was restarted")
	}
	if status := l.systemctl("restart"); status != 0 {
		t.Fatalf("restart: exit %d", status)
	}
	l.ok("push server:5000/alp")
}

func TestABrokenDaemonFileKeepsTheDaemonDown(t *testing.T) {
	l := newLab(t, []string{"laptop"})
	l.daemonFile(`{"insecure-registries": [}`)
	if status := l.systemctl("restart"); status != 1 {
		t.Errorf("restart: exit %d", status)
	}
	if _, status := l.docker("ps"); status != 1 {
		t.Error("the daemon runs")
	}
	l.daemonFile("{}")
	l.systemctl("start")
	l.ok("ps")
}
