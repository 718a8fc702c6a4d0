package cli

import (
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

func TestSystemPruneRemovesInDockersOrder(t *testing.T) {
	l := newLab(t, []string{"laptop"}, "nginx:alpine", "hello-world")
	l.ok("run --name old hello-world")
	l.ok("network create unused")
	out := l.ok("system prune -f -a")
	at := -1
	for _, title := range []string{"Deleted Containers:", "Deleted Networks:\nunused\n", "Deleted Images:", "Total reclaimed space: "} {
		next := strings.Index(out, title)
		if next <= at {
			t.Fatalf("%q is missing or in the wrong place:\n%s", title, out)
		}
		at = next
	}
	if l.ok("images -q") != "" {
		t.Error("images are left")
	}
}

func TestPruneAsksAndNoIsTheDefault(t *testing.T) {
	l := newLab(t, []string{"laptop"})
	l.ok("volume create")
	for _, answer := range []string{"", "n\n", "\n"} {
		l.run(call{stdin: answer}, "volume prune")
		if l.ok("volume ls -q") == "" {
			t.Fatalf("%q removed the volume", answer)
		}
	}
	l.run(call{stdin: "y\n"}, "volume prune")
	if l.ok("volume ls -q") != "" {
		t.Error("y did not remove the volume")
	}
}

func TestDiskUsageCountsSharedLayersOnce(t *testing.T) {
	l := newLab(t, []string{"laptop"}, "alpine:3.20")
	once := l.ok("system df --format {{.Type}}:{{.Size}}")
	l.ok("tag alpine:3.20 again:1")
	if twice := l.ok("system df --format {{.Type}}:{{.Size}}"); twice != once {
		t.Errorf("a second name takes space:\n%s%s", once, twice)
	}
}

func TestWithoutADaemonOnlyTheClientAnswers(t *testing.T) {
	l := newLab(t, []string{"laptop"})
	l.engines["laptop"].SetDaemon(false)
	l.clock.Advance(20e9)
	const down = "failed to connect to the docker API at unix:///var/run/docker.sock; check if the path is correct and if the daemon is running: dial unix /var/run/docker.sock: connect: no such file or directory"
	for _, line := range []string{"images", "volume ls", "network ls", "system df", "pull alpine", "login -u x -p y"} {
		if out, status := l.docker(line); status != 1 || !strings.HasSuffix(strings.TrimSpace(out), down) {
			t.Errorf("docker %s: exit %d: %s", line, status, out)
		}
	}
	for _, line := range []string{"logout", "context ls", "--version", "help"} {
		l.ok(line)
	}
	if out, status := l.docker("version"); status != 1 || !strings.HasPrefix(out, "Client:\n") || strings.Contains(out, "Server:") {
		t.Errorf("docker version: exit %d\n%s", status, out)
	}
}

func TestWhatIsNotSimulatedSaysSo(t *testing.T) {
	l := newLab(t, []string{"laptop"})
	l.fails("manifest push nginx", "docker: 'docker manifest push' is part of docker, but this simulator does not have it")
	l.fails("trust key generate x", "docker: 'docker trust' is part of docker, but this simulator does not have it")
	l.fails("images --tree", "docker: 'docker images --tree' is part of docker, but this simulator does not have it")
}

func TestEveryCommandHasAWorkingHelp(t *testing.T) {
	l := newLab(t, []string{"laptop"})
	var visit func(path string, commands []Command)
	visit = func(path string, commands []Command) {
		for _, known := range commands {
			if known.New == nil {
				continue
			}
			line := strings.TrimSpace(path + " " + known.Name)
			out := l.ok(line + " --help")
			if !strings.HasPrefix(out, "Usage:  docker "+line) || !strings.Contains(out, strings.Split(known.Short, "\n")[0]) {
				t.Errorf("docker %s --help prints\n%s", line, out)
			}
			for _, m := range managed() {
				if m.name == known.Name && path == "" {
					visit(m.name, m.commands())
				}
			}
		}
	}
	visit("", rootCommands())
}

func TestCommandsOfTheRootAreSortedIntoGroups(t *testing.T) {
	l := newLab(t, []string{"laptop"})
	out := l.ok("--help")
	at := -1
	for _, part := range []string{"Common Commands:\n  run  ", "Management Commands:\n  builder  ", "  compose*  ", "Swarm Commands:\n  swarm  ", "\nCommands:\n  attach  ", "Global Options:\n"} {
		next := strings.Index(out, part)
		if next <= at {
			t.Errorf("%q is missing or in the wrong place:\n%s", part, out)
		}
		at = next
	}
	if strings.Contains(out, "  node ") {
		t.Error("commands of a swarm are listed although there is none")
	}
}

func TestMergeCommandsKeepsTheLast(t *testing.T) {
	none := func(*Client) *cobra.Command { return nil }
	got := mergeCommands([]Command{{Name: "a"}, {Name: "b"}}, []Command{{Name: "a", New: none}})
	if len(got) != 2 || got[0].Name != "b" || got[1].New == nil {
		t.Errorf("got %+v", got)
	}
}
