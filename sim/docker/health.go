package docker

import (
	"strings"
	"time"

	"drydock/sim/clock"
	"drydock/sim/image"
	"drydock/sim/machine"
)

// Health is the state of the health check.
type Health struct {
	Status  string // starting, healthy, unhealthy
	Failing int
	Log     []HealthResult
}

// HealthResult is one run of the health check.
type HealthResult struct {
	Start, End time.Time
	ExitCode   int
	Output     string
}

// Defaults of a health check (dockerd).
const (
	defaultProbeInterval = 30 * time.Second
	defaultProbeTimeout  = 30 * time.Second
	defaultStartInterval = 5 * time.Second
	defaultProbeRetries  = 3
	keptProbes           = 5    // results that inspect shows
	probeOutput          = 4096 // bytes of output that are kept
)

// healthcheck is the check that applies, with the defaults filled in; nil if none.
func (c *Container) healthcheck() *image.Healthcheck {
	h := c.Config.Healthcheck
	if h == nil || len(h.Test) == 0 || h.Test[0] == "NONE" {
		return nil
	}
	full := *h
	orDefault := func(d *time.Duration, value time.Duration) {
		if *d == 0 {
			*d = value
		}
	}
	orDefault(&full.Interval, defaultProbeInterval)
	orDefault(&full.Timeout, defaultProbeTimeout)
	orDefault(&full.StartInterval, defaultStartInterval)
	if full.Retries == 0 {
		full.Retries = defaultProbeRetries
	}
	return &full
}

// watchHealth begins the health checks of a container that has just started.
func (e *Engine) watchHealth(c *Container) {
	check := c.healthcheck()
	if check == nil {
		c.State.Health = nil
		return
	}
	c.State.Health = &Health{Status: "starting"}
	e.nextProbe(c, check)
}

// nextProbe plans the next run. Only while the first verdict is still to come
// does the world count it as unfinished business.
func (e *Engine) nextProbe(c *Container, check *image.Healthcheck) {
	delay, weight := check.Interval, clock.Upkeep
	if c.State.Health.Status == "starting" {
		weight = clock.Program
		if e.now().Sub(c.State.Started) < check.StartPeriod {
			delay = min(check.StartInterval, check.Interval)
		}
	}
	c.probe.Stop()
	c.probe = e.clock().AfterWeighted(delay, weight, func() {
		if c.State.Status == "paused" {
			e.nextProbe(c, check)
			return
		}
		run := c.init
		e.task("health check of "+c.Name, func(p *clock.Proc) {
			result := e.runProbe(p, c, check)
			if c.init == run && c.Running() {
				e.judge(c, check, result)
				e.nextProbe(c, check)
			}
		})
	})
}

// runProbe runs the check's command in the container, for at most its timeout.
func (e *Engine) runProbe(p *clock.Proc, c *Container, check *image.Healthcheck) HealthResult {
	result := HealthResult{Start: e.now()}
	out := &strings.Builder{}
	command := check.Test[1:]
	if check.Test[0] == "CMD-SHELL" {
		command = append(c.shell(), strings.Join(command, " "))
	}
	p.Sleep(ExecTime)
	if !c.Running() {
		return result
	}
	x, err := e.Exec(c, ExecSpec{Cmd: command, Stdin: machine.NoInput{}, Stdout: out, Stderr: out, Probe: true})
	if err != nil {
		result.End, result.ExitCode, result.Output = e.now(), -1, err.Error()
		return result
	}
	if !x.Process.Done() && !p.SleepUntil(check.Timeout, x.Process.Exited()) {
		x.Process.Exit(128 + int(machine.SIGKILL))
		result.End, result.ExitCode, result.Output = e.now(), -1, "Health check exceeded timeout ("+check.Timeout.String()+")"
		return result
	}
	text := out.String()
	if len(text) > probeOutput {
		text = text[:probeOutput] + "..."
	}
	result.End, result.ExitCode, result.Output = e.now(), x.Process.Status(), text
	return result
}

// judge takes a result into account: one success makes healthy, as many failures
// in a row as there are retries make unhealthy; failures within the start period
// do not count.
func (e *Engine) judge(c *Container, check *image.Healthcheck, r HealthResult) {
	h := c.State.Health
	before := h.Status
	h.Log = append(h.Log, r)
	if len(h.Log) > keptProbes {
		h.Log = h.Log[1:]
	}
	starting := before == "starting" && r.Start.Sub(c.State.Started) < check.StartPeriod
	switch {
	case r.ExitCode == 0:
		h.Failing, h.Status = 0, "healthy"
	case !starting:
		h.Failing++
		if h.Failing >= check.Retries {
			h.Status = "unhealthy"
		}
	}
	if h.Status != before {
		message := c.Name + " is " + h.Status
		if h.Status == "unhealthy" {
			message += ": its health check failed: " + firstOf(r.Output, strings.Join(check.Test[1:], " "))
		}
		c.emit("health_status: "+h.Status, message, nil)
		c.touch()
	}
}

// firstOf is the first line of a text, or the other when there is none.
func firstOf(text, other string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(text), "\n")
	if line == "" {
		return other
	}
	return line
}

// shell is what runs a command line inside: the image's SHELL or /bin/sh.
func (c *Container) shell() []string {
	if len(c.Config.Shell) > 0 {
		return append([]string(nil), c.Config.Shell...)
	}
	return []string{"/bin/sh", "-c"}
}
