package sim_test

import (
	"strings"
	"testing"
)

// lines types each line at the console and returns what is on the screen then.
func lines(t *testing.T, commands ...string) string {
	t.Helper()
	s := open(t, laptop)
	for _, c := range commands {
		s.Type(c)
		s.Settle()
	}
	return screenText(s)
}

func TestWhoTakesTooMuchMemoryIsKilled(t *testing.T) {
	for _, hog := range []string{
		"tail /dev/zero", "dd if=/dev/zero of=/dev/null bs=100M count=1", "sh -c 'x=a; while true; do x=$x$x; done'",
		"sh -c 'head -c 200m /dev/zero | tail; exit $?'",
	} {
		text := lines(t, "docker run --name hog -m 32m alpine:3.20 "+hog, "docker inspect -f 'oom={{.State.OOMKilled}} status={{.State.ExitCode}}' hog")
		if !strings.Contains(text, "oom=true status=137") || strings.Contains(text, "cannot allocate") {
			t.Errorf("%s:\n%s", hog, text)
		}
	}
	if text := lines(t, "docker run --rm -m 200m alpine:3.20 dd if=/dev/zero of=/dev/null bs=100M count=1"); !strings.Contains(text, "1+0 records out") {
		t.Errorf("what fits is killed too:\n%s", text)
	}
}

func TestLimitsCanBeReadInside(t *testing.T) {
	text := lines(t, "docker run --rm -m 64m --cpus 0.5 --pids-limit 20 --ulimit nofile=100:200 alpine:3.20 "+
		"sh -c 'ulimit -n; cd /; cat sys/fs/cgroup/memory.max /sys/fs/cgroup/cpu.max /sys/fs/cgroup/pids.max /proc/1/cgroup; head -1 /proc/meminfo'")
	if want := "100\n67108864\n50000 100000\n20\n0::/\nMemTotal:        8388608 kB\n"; !strings.Contains(text, want) {
		t.Errorf("want %q in\n%s", want, text)
	}
}

func TestRootMayOnlyWhatItsCapabilitiesAllow(t *testing.T) {
	for options, want := range map[string]string{
		"":                               "changed",
		"--cap-drop ALL":                 "Operation not permitted",
		"--cap-drop ALL --cap-add chown": "changed",
		"--cap-drop CHOWN --privileged":  "changed",
	} {
		text := lines(t, "docker run --rm "+options+" alpine:3.20 sh -c 'chown nobody /etc/motd && echo \"chan\"ged'")
		if !strings.Contains(text, "\n"+want) && !strings.Contains(text, "/etc/motd: "+want) {
			t.Errorf("%s: want %q\n%s", options, want, text)
		}
	}
	if text := lines(t, "docker run --rm alpine:3.20 mount -t tmpfs none /mnt"); !strings.Contains(text, "permission denied") {
		t.Errorf("mount without privileges:\n%s", text)
	}
	if text := lines(t, "docker run --rm --privileged alpine:3.20 sh -c 'mount -t tmpfs none /mnt; mount'"); !strings.Contains(text, "tmpfs on /mnt type tmpfs (rw") {
		t.Errorf("mount with privileges:\n%s", text)
	}
}

func TestAFileAndADirectoryAreNotMountedOnEachOther(t *testing.T) {
	for _, volume := range []string{"$HOME:/etc/passwd", "/etc/passwd:/etc"} {
		text := lines(t, "docker run --rm -v "+volume+" alpine:3.20 true", "echo status $?")
		if !strings.Contains(text, "not a directory: Are you trying to mount a directory onto a file (or vice-versa)?") || !strings.Contains(text, "status 125") {
			t.Errorf("%s:\n%s", volume, text)
		}
	}
}

func TestASavedImageMayBeCompressed(t *testing.T) {
	text := lines(t, "docker save alpine:3.20 | gzip > a.tgz", "docker rmi alpine:3.20", "docker load -i a.tgz", "docker run --rm alpine:3.20 echo it runs")
	if !strings.Contains(text, "Loaded image: alpine:3.20\n") || !strings.Contains(text, "\nit runs") {
		t.Error(text)
	}
}

func TestWithTheHostsProcessesAContainerSeesTheOthers(t *testing.T) {
	text := lines(t, "docker run -d --name web nginx:alpine", "docker run --rm alpine:3.20 ps", "docker run --rm --pid host alpine:3.20 ps")
	if strings.Count(text, "nginx: master process") != 1 {
		t.Error(text)
	}
}
