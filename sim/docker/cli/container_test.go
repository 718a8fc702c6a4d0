package cli

import (
	"strings"
	"testing"
	"time"

	"drydock/sim/docker"
	"drydock/sim/machine"
)

func TestRunForwardsTheProgramsOutputAndStatus(t *testing.T) {
	l := newLab(t, []string{"laptop"}, "hello-world", "nginx:alpine")
	out, status := l.docker("run --rm hello-world")
	if status != 0 || !strings.Contains(out, "Hello from Docker!") {
		t.Errorf("exit %d\n%s", status, out)
	}
	if left := l.ok("ps -aq"); left != "" {
		t.Errorf("--rm left %s", left)
	}
	for program, want := range map[string]int{"nosuch": 127, "/etc/passwd": 126} {
		if out, status := l.docker("run --rm --entrypoint " + program + " nginx:alpine"); status != want {
			t.Errorf("%s: exit %d, not %d\n%s", program, status, want, out)
		}
	}
}

func TestUsageErrorsHaveDockersWords(t *testing.T) {
	l := newLab(t, []string{"laptop"}, "nginx:alpine")
	for line, want := range map[string]string{
		"stop":                                   "docker: 'docker stop' requires at least 1 argument\n\nUsage:  docker stop [OPTIONS] CONTAINER [CONTAINER...]\n\nSee 'docker stop --help' for more information",
		"rename a":                               "docker: 'docker rename' requires 2 arguments\n\nUsage:  docker rename CONTAINER NEW_NAME\n\nRun 'docker rename --help' for more information",
		"ps --foo":                               "unknown flag: --foo\n\nUsage:  docker ps [OPTIONS]\n\nRun 'docker ps --help' for more information",
		"container ls -z":                        "unknown shorthand flag: 'z' in -z\n\nUsage:  docker container ls [OPTIONS]\n\nRun 'docker container ls --help' for more information",
		"rnu":                                    "docker: unknown command: docker rnu\n\nRun 'docker --help' for more information",
		"kill nosuch":                            "Error response from daemon: cannot kill container: nosuch: No such container: nosuch",
		"run --gpus all nginx:alpine":            "docker: 'docker run --gpus' is part of docker, but this simulator does not have it",
		"run --rm --restart always nginx:alpine": "docker: conflicting options: cannot specify both --restart and --rm\n\nRun 'docker run --help' for more information",
		"run -p 80:http nginx:alpine":            "docker: invalid containerPort: http\n\nRun 'docker run --help' for more information",
	} {
		l.fails(line, want)
	}
}

func TestFlagErrorsExitWith125AndOthersWith1(t *testing.T) {
	l := newLab(t, []string{"laptop"}, "nginx:alpine")
	for line, want := range map[string]int{"ps --foo": 125, "run --foo x": 125, "foo": 1, "rm": 1, "run": 1, "stop nosuch": 1, "inspect -f {{.State x": 64, "run -it nginx:alpine": 1, "run --name x nginx:alpine": 125} {
		if _, status := l.docker(line); status != want {
			t.Errorf("docker %s: exit %d, not %d", line, status, want)
		}
	}
}

func TestDaemonDownIsSaidByEveryCommand(t *testing.T) {
	l := newLab(t, []string{"laptop"}, "nginx:alpine")
	l.engines["laptop"].SetDaemon(false)
	for _, line := range []string{"ps", "run nginx:alpine", "stop x", "logs x"} {
		l.fails(line, ErrDaemon().Error())
	}
}

func TestCtrlCGoesToTheProgramAndTheThirdEndsTheClient(t *testing.T) {
	l := newLab(t, []string{"laptop"}, "nginx:alpine")
	deaf := func(p *machine.Process) int { p.Sleep(time.Hour); return 0 }
	known := l.site.Programs
	l.site.Programs = func(name string) machine.Main {
		if strings.Contains(name, "nginx") {
			return deaf
		}
		return known(name)
	}
	var out strings.Builder
	p, err := l.site.Machines()[0].Start(machine.Spec{
		Args: strings.Fields("docker run --entrypoint nginx nginx:alpine"), Stdout: &out, Stderr: &out, Env: machine.NewEnv("HOME=/root"),
		Main: Main(func(p *machine.Process) *docker.Engine { return l.engines["laptop"] }),
	})
	if err != nil {
		t.Fatal(err)
	}
	l.clock.Advance(2 * time.Second)
	for n := range 3 {
		if p.Done() {
			t.Fatalf("the client ended after %d interrupts: %s", n, out.String())
		}
		p.Signal(machine.SIGINT)
		l.clock.Advance(time.Second)
	}
	if !p.Done() || p.Status() != 1 || !strings.Contains(out.String(), "forcefully exiting") {
		t.Errorf("done %v, exit %d, %q", p.Done(), p.Status(), out.String())
	}
	if running := l.ok("ps -q"); running == "" {
		t.Error("the container ended with the client")
	}
}

func TestInspectFallsBackToJSONNames(t *testing.T) {
	l := newLab(t, []string{"laptop"}, "nginx:alpine")
	l.ok("run -d --name web -p 8080:80 nginx:alpine")
	for format, want := range map[string]string{
		"{{.Name}}": "/web", "{{.Id}}": l.engines["laptop"].Containers()[0].ID, "{{.HostConfig.NanoCpus}}": "0",
	} {
		if got := strings.TrimSpace(l.ok("inspect -f " + format + " web")); got != want {
			t.Errorf("%s: %q, not %q", format, got, want)
		}
	}
	l.fails("inspect -f {{.Nope}} web", `template parsing error: template: :1:2: executing "" at <.Nope>: map has no entry for key "Nope"`)
}

func TestCompletionOffersWhatFits(t *testing.T) {
	l := newLab(t, []string{"laptop"}, "nginx:alpine")
	l.ok("run -d --name web nginx:alpine")
	l.ok("create --name idle nginx:alpine")
	l.ok("network create front")
	for line, want := range map[string]string{
		"sto|p": "stop", "container re|": "rename restart", "stop |": "web", "start |": "idle", "logs |": "web idle", "run |": "nginx:alpine",
		"run --network |": "bridge host none front", "run --memory-s|": "--memory-swap", "exec web --|": "", "network inspect fr|": "front",
	} {
		words := strings.Split(line, " ")
		word, _, _ := strings.Cut(words[len(words)-1], "|")
		var got []string
		for _, m := range Complete(l.engines["laptop"], words[:len(words)-1], word) {
			got = append(got, m.Text)
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: %q, not %q", line, strings.Join(got, " "), want)
		}
	}
}

func BenchmarkPs(b *testing.B) {
	for b.Loop() {
		c := &Client{Process: &machine.Process{Args: []string{"docker", "ps"}, Env: machine.NewEnv()}}
		newRoot(c, []string{"ps"})
	}
}

func TestTheDaemonRefusesWhatNoContainerCanHave(t *testing.T) {
	l := newLab(t, []string{"laptop"}, "nginx:alpine")
	l.ok("run -d --name web nginx:alpine")
	help := "\n\nRun 'docker run --help' for more information"
	usage := "\n\nUsage:  docker run [OPTIONS] IMAGE [COMMAND] [ARG...]" + help
	for line, want := range map[string]string{
		"kill -s 99 web":                         "Error response from daemon: cannot kill container: web: the linux daemon does not support signal 99",
		"update --restart x web":                 "Error response from daemon: invalid restart policy: unknown policy 'x'; use one of 'no', 'always', 'on-failure', or 'unless-stopped'",
		"ps -f status=x":                         "Error response from daemon: invalid filter 'status=x': invalid value for state (x): must be one of created, running, paused, restarting, removing, exited, dead",
		"ps -f exited=x":                         "Error response from daemon: invalid filter 'exited=x': strconv.Atoi: parsing \"x\": invalid syntax",
		"ps -f health=x":                         "Error response from daemon: invalid filter 'health=x': invalid value for health (x): must be one of none, starting, healthy, unhealthy",
		"run --cap-add FOO nginx:alpine":         "docker: Error response from daemon: invalid CapAdd: unknown capability: \"CAP_FOO\"" + help,
		"run -v /tmp:/ nginx:alpine":             "docker: Error response from daemon: invalid volume specification: '/tmp:/': invalid mount config for type \"bind\": invalid specification: destination can't be '/'" + help,
		"run --add-host a nginx:alpine":          "invalid argument \"a\" for \"--add-host\" flag: bad format for add-host: \"a\"" + usage,
		"run -l =b nginx:alpine":                 "invalid argument \"=b\" for \"-l, --label\" flag: invalid label '=b': empty name" + usage,
		"run --mount type=x,dst=/b nginx:alpine": "docker: Error response from daemon: invalid mount config for type \"x\": mount type unknown" + help,
	} {
		l.fails(line, want)
	}
	if out, _ := l.docker("update --memory 64m web"); !strings.HasSuffix(strings.TrimSpace(out), "Memory limit should be smaller than already set memoryswap limit, update the memoryswap at the same time") {
		t.Errorf("a limit above the swap limit: %s", out)
	}
}
