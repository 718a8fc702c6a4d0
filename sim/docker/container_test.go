package docker

import (
	"errors"
	"strings"
	"testing"
	"time"

	"drydock/sim/clock"
	"drydock/sim/image"
	"drydock/sim/machine"
)

func TestStopAsksFirstAndKillsAfterTenSeconds(t *testing.T) {
	y := newYard(t)
	deaf, nice := y.run("deaf", "deaf"), y.run("nice", "polite")
	begin := y.clock.Elapsed()
	_ = y.stop(nice)
	if took := y.clock.Elapsed() - begin; took > time.Second {
		t.Errorf("a program that listens took %s to stop", took)
	}
	begin = y.clock.Elapsed()
	_ = y.stop(deaf)
	if took := y.clock.Elapsed() - begin; took < 10*time.Second || took > 11*time.Second {
		t.Errorf("a deaf program took %s to stop, not ten seconds", took)
	}
	y.state(nice, "exited", 0)
	y.state(deaf, "exited", 137)
}

func TestInitPassesSignalsOn(t *testing.T) {
	y := newYard(t)
	c := y.run("c1", "deaf", func(s *ContainerSpec) { s.Host.Init = true })
	_ = y.stop(c)
	y.state(c, "exited", 143)
}

func TestOnFailureRestartsSoManyTimesWithGrowingDelays(t *testing.T) {
	y := newYard(t)
	c := y.run("c1", "fail 3", restart("on-failure", 3))
	y.clock.Advance(5 * time.Second)
	y.state(c, "exited", 3)
	if c.State.Restarts != 3 || c.Runs() != 4 {
		t.Errorf("%d restarts, %d runs", c.State.Restarts, c.Runs())
	}
	var starts []time.Time
	for _, ev := range y.clock.Events(0) {
		if ev.Reason == "start" {
			starts = append(starts, ev.Time)
		}
	}
	for i, want := range []time.Duration{100, 200, 400} {
		if got := starts[i+1].Sub(starts[i]); got != want*time.Millisecond {
			t.Errorf("restart %d came after %s", i+1, got)
		}
	}
}

func TestARunOfTenSecondsBeginsTheDelaysAnew(t *testing.T) {
	y := newYard(t)
	c := y.run("c1", "short 1", restart("always", 0))
	y.clock.Advance(5 * time.Minute)
	if c.backoff != firstBackoff {
		t.Errorf("the delay grew to %s though every run lasted", c.backoff)
	}
}

func TestStoppedByHandIsNotRestarted(t *testing.T) {
	y := newYard(t)
	c := y.run("c1", "polite", restart("always", 0))
	_ = y.stop(c)
	y.clock.Advance(time.Minute)
	y.state(c, "exited", 0)
}

func TestDaemonRestartBringsBackWhatThePolicySays(t *testing.T) {
	y := newYard(t)
	always, unless, plain := y.run("always", "polite", restart("always", 0)), y.run("unless", "polite", restart("unless-stopped", 0)), y.run("plain", "polite")
	byHand := y.run("byhand", "polite", restart("unless-stopped", 0))
	_ = y.stop(byHand)
	y.SetDaemon(false)
	y.clock.Advance(time.Second)
	for _, c := range []*Container{always, unless, plain} {
		y.state(c, "exited", 0)
	}
	y.SetDaemon(true)
	y.clock.Advance(3 * time.Second)
	y.state(always, "running", 0)
	y.state(unless, "running", 0)
	y.state(plain, "exited", 0)
	y.state(byHand, "exited", 0)
}

func TestPowerCutEndsContainersWith255(t *testing.T) {
	y := newYard(t)
	keep, plain := y.run("keep", "server", restart("always", 0), publish("", 8080, 80)), y.run("plain", "deaf")
	y.Machine.SetPower(false)
	y.clock.Run()
	y.state(keep, "exited", 255)
	y.state(plain, "exited", 255)
	y.Machine.SetPower(true)
	y.clock.Advance(5 * time.Second)
	y.state(keep, "running", 0)
	y.state(plain, "exited", 255)
	if _, err := y.Machine.Net.Dial("localhost", 8080, "tcp"); err != nil {
		t.Errorf("the port is not open again: %v", err)
	}
}

func TestMemoryLimitKillsAndSaysWhy(t *testing.T) {
	y := newYard(t)
	c := y.run("c1", "hog", func(s *ContainerSpec) { s.Host.Memory = 64 << 20 })
	y.clock.Advance(time.Second)
	y.state(c, "exited", 137)
	if !c.State.OOMKilled {
		t.Error("OOMKilled is not set")
	}
	events := y.clock.Events(0)
	die := events[len(events)-1]
	for die.Reason != "die" {
		die = events[die.ID-1]
	}
	var chain []string
	for at, ok := die, true; ok; at, ok = y.clock.Event(at.Cause) {
		chain = append(chain, at.Actor+" "+at.Reason)
	}
	if got := strings.Join(chain[:3], ", "); got != "dockerd die, dockerd oom, kernel oom" {
		t.Errorf("the causes are: %s", got)
	}
}

func TestHealthFollowsTheCheck(t *testing.T) {
	y := newYard(t)
	c := y.run("c1", "deaf", func(s *ContainerSpec) {
		s.Config.Healthcheck = &image.Healthcheck{Test: []string{"CMD", "check"}, Interval: 2 * time.Second, Retries: 2}
	})
	step := func(wait time.Duration, want string) {
		t.Helper()
		y.clock.Advance(wait)
		if c.State.Health.Status != want {
			t.Errorf("after %s more it is %s, not %s", wait, c.State.Health.Status, want)
		}
	}
	step(3*time.Second, "starting")
	step(3*time.Second, "unhealthy")
	_ = c.FS.WriteFile("/tmp-ok", nil, 0o644, 0, 0)
	step(3*time.Second, "healthy")
	_ = y.stop(c)
	if c.State.Health.Status != "healthy" {
		t.Error("the verdict of the last run is forgotten")
	}
}

func TestStartFailuresLeaveAnExplanation(t *testing.T) {
	y := newYard(t)
	for command, code := range map[string]int{"nosuch": 127, "/etc/passwd": 126, "/etc": 126, "/none": 127} {
		c := y.create("c-"+strings.ReplaceAll(strings.Trim(command, "/"), "/", "-"), command)
		err := y.start(c)
		var failed *StartError
		if !errors.As(err, &failed) || failed.Status != code {
			t.Errorf("%s: %v", command, err)
		}
		y.state(c, "created", code)
		if c.State.Error != err.Error() {
			t.Errorf("%s: the state says %q", command, c.State.Error)
		}
	}
}

func TestExecIsRefusedWhereThereIsNothingToRunIn(t *testing.T) {
	y := newYard(t)
	c := y.run("c1", "deaf")
	if _, err := y.Exec(c, ExecSpec{Cmd: []string{"show"}, User: "nobody-here"}); err == nil || err.Error() != "unable to find user nobody-here: no matching entries in passwd file" {
		t.Errorf("an unknown user: %v", err)
	}
	_ = y.Pause(c)
	if _, err := y.Exec(c, ExecSpec{Cmd: []string{"show"}}); err == nil || !strings.Contains(err.Error(), "is paused") {
		t.Errorf("paused: %v", err)
	}
	_ = y.do(func(p *clock.Proc) error { return y.Kill(p, c, machine.SIGKILL) })
	if _, err := y.Exec(c, ExecSpec{Cmd: []string{"show"}}); err == nil || !strings.Contains(err.Error(), "is not running") {
		t.Errorf("dead: %v", err)
	}
}

func TestEnvironmentHasDockersOrder(t *testing.T) {
	y := newYard(t)
	c := y.run("c1", "show", func(s *ContainerSpec) { s.Config.Env = []string{"COLOR=red"} })
	y.clock.Advance(time.Second)
	var lines []string
	for _, l := range c.Log {
		lines = append(lines, strings.TrimSpace(l.Text))
	}
	want := "PATH=/bin HOSTNAME=" + c.ID[:12] + " COLOR=red HOME=/root"
	if got := strings.Join(lines, " "); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}
