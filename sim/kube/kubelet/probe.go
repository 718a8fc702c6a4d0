package kubelet

import (
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"drydock/sim/clock"
	"drydock/sim/docker"
	"drydock/sim/machine"
)

// prober asks one container one question again and again.
type prober struct {
	container *container
	kind      string // Liveness, Readiness or Startup
	probe     *corev1.Probe
	run       *docker.Container
	good, bad int32
	proc      *clock.Proc
	from      time.Time // the beats of the period are counted from here
	judged    bool      // there was a verdict; until then the world is not at rest
	over      bool
}

// watch begins the probes of a container that has just started. Without a startup
// probe it counts as started, without a readiness probe as ready.
func (c *container) watch(pod *corev1.Pod) {
	spec := c.spec(pod)
	c.stopProbes()
	c.started = spec.StartupProbe == nil
	c.ready = c.started && spec.ReadinessProbe == nil
	c.looked = c.worker.kubelet.clock.NewSignal()
	c.ask("Startup", spec.StartupProbe)
	c.ask("Readiness", spec.ReadinessProbe)
	c.ask("Liveness", spec.LivenessProbe)
}

func (c *container) ask(kind string, probe *corev1.Probe) {
	if probe == nil {
		return
	}
	b := &prober{container: c, kind: kind, probe: probe, run: c.now}
	b.judged = kind == "Liveness" || c.runs > 1
	b.from = c.worker.began
	b.begin(b.loop)
	c.probes = append(c.probes, b)
}

// begin starts the asking. Only while the first verdict on a first run is still to
// come does the world count it as unfinished business.
func (b *prober) begin(body func(*clock.Proc)) {
	weight := clock.Program
	if b.judged {
		weight = clock.Upkeep
	}
	b.proc = b.container.worker.kubelet.clock.Go(strings.ToLower(b.kind)+" probe "+b.container.name, weight, body)
}

// stopProbes ends the container's probes.
func (c *container) stopProbes() {
	for _, b := range c.probes {
		b.over = true
		if !b.proc.Running() {
			b.proc.Kill()
		}
	}
	c.probes = nil
}

func seconds(n, other int32) time.Duration {
	if n == 0 {
		n = other
	}
	return time.Duration(n) * time.Second
}

// probeStart is what passes from a container's start to the kubelet's first look at it,
// with which its readiness is asked for (v1.37.2: ready 3.1 s after the start with
// initialDelaySeconds 3).
const probeStart = 100 * time.Millisecond

// loop asks at the beats of the probe's period, which are counted from when the pod
// came to the node, not from a container's start (pkg/kubelet/prober). Readiness is
// asked for with every look at a container that is not ready, too, and its beats are
// counted from there (pkg/kubelet/prober: UpdatePodStatus, manualTriggerCh).
func (b *prober) loop(p *clock.Proc) {
	if b.kind == "Readiness" {
		p.Sleep(probeStart)
		b.from = p.Clock().Now()
	} else {
		b.beat(p)
	}
	b.turns(p)
}

func (b *prober) turns(p *clock.Proc) {
	for b.alive() {
		if b.due() {
			b.turn(p)
		}
		if b.kind == "Startup" && b.container.started {
			return
		}
		if b.judged && p.Weight() != clock.Upkeep {
			b.begin(func(p *clock.Proc) { b.beat(p); b.turns(p) })
			return
		}
		b.beat(p)
	}
}

// beat sleeps until the next beat or, for readiness, the next look.
func (b *prober) beat(p *clock.Proc) {
	period := seconds(b.probe.PeriodSeconds, 10)
	left := period - p.Clock().Now().Sub(b.from)%period
	if b.kind != "Readiness" {
		p.Sleep(left)
	} else if p.SleepUntil(left, b.container.looked) {
		b.from = p.Clock().Now()
	}
}

// due reports that it is the probe's turn: not before the container has started up
// and run for the initial delay.
func (b *prober) due() bool {
	up := b.kind == "Startup" || b.container.started
	return up && b.container.worker.kubelet.clock.Now().Sub(b.run.State.Started) >= seconds(b.probe.InitialDelaySeconds, 0)
}

func (b *prober) alive() bool { return !b.over && b.container.now == b.run && b.run.Running() }

// turn asks once and acts on a result that came often enough.
func (b *prober) turn(p *clock.Proc) {
	ok, output := b.once(p)
	c := b.container
	w, pod := c.worker, c.worker.pod()
	if !b.alive() || pod == nil || w.ending || !w.kubelet.runs() {
		return
	}
	if ok {
		b.good, b.bad = b.good+1, 0
		if b.good >= max(b.probe.SuccessThreshold, 1) {
			b.judged = true
			b.passed(pod)
		}
		return
	}
	b.good, b.bad = 0, b.bad+1
	w.event(pod, c, "Warning", "Unhealthy", fmt.Sprintf("%s probe failed: %s", b.kind, output))
	if b.bad < failures(b.probe) {
		return
	}
	b.bad, b.judged = 0, true
	if b.kind == "Readiness" {
		if c.ready {
			c.ready = false
			w.wake()
		}
		return
	}
	grace := w.grace(pod)
	if g := b.probe.TerminationGracePeriodSeconds; g != nil {
		grace = time.Duration(*g) * time.Second
	}
	c.probeKilled = true
	w.stop(pod, c, grace, fmt.Sprintf("Container %s failed %s probe, will be restarted", c.name, strings.ToLower(b.kind)))
}

func failures(probe *corev1.Probe) int32 {
	if probe.FailureThreshold == 0 {
		return 3
	}
	return probe.FailureThreshold
}

func (b *prober) passed(pod *corev1.Pod) {
	c := b.container
	switch {
	case b.kind == "Startup" && !c.started:
		c.started = true
		c.ready = c.spec(pod).ReadinessProbe == nil
		c.worker.wake()
	case b.kind == "Readiness" && !c.ready:
		c.ready = true
		c.worker.wake()
	}
}

// once asks one time, for at most the probe's timeout.
func (b *prober) once(p *clock.Proc) (ok bool, output string) {
	limit := seconds(b.probe.TimeoutSeconds, 1)
	switch h := b.probe.ProbeHandler; {
	case h.Exec != nil:
		return b.container.command(p, h.Exec.Command, limit)
	case h.HTTPGet != nil:
		return b.container.get(p, h.HTTPGet, limit)
	case h.TCPSocket != nil:
		_, err := b.container.dial(p, h.TCPSocket.Host, h.TCPSocket.Port, limit)
		if err != nil {
			return false, err.Error()
		}
		return true, ""
	case h.GRPC != nil:
		_, err := b.container.dial(p, "", intstr.FromInt32(h.GRPC.Port), limit)
		if err != nil {
			return false, fmt.Sprintf("timeout: failed to connect service %q within %s: context deadline exceeded", fmt.Sprintf("%s:%d", b.container.worker.ip(), h.GRPC.Port), limit)
		}
		return true, ""
	}
	return true, ""
}

// command runs a program in the container and reports how it ended.
func (c *container) command(p *clock.Proc, args []string, limit time.Duration) (bool, string) {
	var out strings.Builder
	x, err := c.worker.kubelet.engine.Exec(c.now, docker.ExecSpec{Cmd: args, Stdout: &out, Stderr: &out, Probe: true})
	if err != nil {
		return false, err.Error()
	}
	end := p.Clock().Now().Add(limit)
	for !x.Process.Done() {
		left := end.Sub(p.Clock().Now())
		if limit > 0 && left <= 0 {
			x.Process.Signal(machine.SIGKILL)
			return false, fmt.Sprintf("command timed out: %q timed out after %s", strings.Join(args, " "), limit)
		}
		if limit <= 0 {
			p.Wait(x.Process.Exited())
			continue
		}
		p.SleepUntil(left, x.Process.Exited())
	}
	return x.Process.Status() == 0, out.String()
}

// port is a port by number or by the name that the container gives it.
func (c *container) port(port intstr.IntOrString) int {
	if port.Type == intstr.Int {
		return port.IntValue()
	}
	if pod := c.worker.pod(); pod != nil {
		for _, known := range c.spec(pod).Ports {
			if known.Name == port.StrVal {
				return int(known.ContainerPort)
			}
		}
	}
	return port.IntValue()
}

// dial connects to a port of the pod; errors are worded as Go's net package does.
func (c *container) dial(p *clock.Proc, host string, port intstr.IntOrString, limit time.Duration) (*machine.Conn, error) {
	if host == "" {
		host = c.worker.ip()
	}
	number := c.port(port)
	addr, err := netip.ParseAddr(host)
	if err != nil {
		return nil, fmt.Errorf("dial tcp: lookup %s: no such host", host)
	}
	conn, err := c.worker.kubelet.machine.Net.DialAddr(netip.AddrPortFrom(addr, uint16(number)), "tcp") //nolint:gosec // validated
	switch {
	case err == nil:
		return conn, nil
	case errors.Is(err, machine.ErrTimeout):
		p.Sleep(limit)
		return nil, fmt.Errorf("dial tcp %s:%d: i/o timeout", host, number)
	case errors.Is(err, machine.ErrNoRoute):
		return nil, fmt.Errorf("dial tcp %s:%d: connect: no route to host", host, number)
	}
	return nil, fmt.Errorf("dial tcp %s:%d: connect: connection refused", host, number)
}

// get sends a GET and takes every answer from 200 to 399 as good.
func (c *container) get(p *clock.Proc, h *corev1.HTTPGetAction, limit time.Duration) (bool, string) {
	scheme, host := strings.ToLower(string(h.Scheme)), h.Host
	if scheme == "" {
		scheme = "http"
	}
	if host == "" {
		host = c.worker.ip()
	}
	path := "/" + strings.TrimPrefix(h.Path, "/")
	url := func() string { return fmt.Sprintf("%s://%s:%d%s", scheme, host, c.port(h.Port), path) }
	conn, err := c.dial(p, h.Host, h.Port, limit)
	if err != nil {
		return false, fmt.Sprintf("Get %q: %s", url(), err)
	}
	request := machine.Request{Proto: scheme, Method: "GET", Host: host, Path: path, From: c.worker.kubelet.machine.Addr, Header: []string{"User-Agent: kube-probe/1.37"}}
	for _, header := range h.HTTPHeaders {
		request.Header = append(request.Header, header.Name+": "+header.Value)
	}
	answer := conn.Do(request)
	if answer.Delay > limit {
		p.Sleep(limit)
		return false, fmt.Sprintf("Get %q: context deadline exceeded (Client.Timeout exceeded while awaiting headers)", url())
	}
	p.Sleep(answer.Delay)
	switch {
	case answer.Err != nil:
		return false, fmt.Sprintf("Get %q: %s", url(), answer.Err)
	case answer.Status < 200 || answer.Status >= 400:
		return false, fmt.Sprintf("HTTP probe failed with statuscode: %d", answer.Status)
	}
	return true, ""
}
