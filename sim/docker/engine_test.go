package docker

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"drydock/sim/clock"
	"drydock/sim/machine"
)

// TestEngineInvariants drives an engine with random operations, time and faults
// between them, and looks at what must always hold.
func TestEngineInvariants(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		y := newYard(t)
		defer y.clock.Close()
		for range rapid.IntRange(5, 25).Draw(rt, "steps") {
			randomStep(rt, y)
			y.clock.Advance(time.Duration(rapid.IntRange(0, 3000).Draw(rt, "ms")) * time.Millisecond)
			if broken := brokenInvariant(y); broken != "" {
				rt.Fatal(broken)
			}
		}
	})
}

func randomStep(rt *rapid.T, y *yard) {
	var c *Container
	if list := y.Containers(); len(list) > 0 {
		c = rapid.SampledFrom(list).Draw(rt, "container")
	}
	kind := rapid.SampledFrom([]string{"create", "create", "start", "start", "stop", "kill", "pause", "unpause", "restart", "remove", "daemon", "power"}).Draw(rt, "step")
	switch {
	case kind == "daemon":
		y.SetDaemon(!y.Up)
	case kind == "power":
		y.Machine.SetPower(!y.Machine.Powered)
	case !y.Up || kind != "create" && c == nil:
	case kind == "create":
		randomCreate(rt, y)
	default:
		_ = y.do(func(p *clock.Proc) error { return operate(p, y, c, kind) })
	}
}

func randomCreate(rt *rapid.T, y *yard) {
	spec := ContainerSpec{Image: "tiny"}
	spec.Config.Cmd = []string{rapid.SampledFrom([]string{"deaf", "polite", "fail", "short", "server", "hog", "nosuch"}).Draw(rt, "program")}
	spec.Host.RestartPolicy.Name = rapid.SampledFrom([]string{"", "always", "unless-stopped", "on-failure"}).Draw(rt, "restart")
	spec.Host.PublishAll = rapid.Bool().Draw(rt, "P")
	if rapid.Bool().Draw(rt, "memory") {
		spec.Host.Memory = 64 << 20
	}
	if port := rapid.IntRange(8080, 8083).Draw(rt, "port"); port < 8083 {
		publish("", port, 80)(&spec)
	}
	_ = y.do(func(p *clock.Proc) error { _, err := y.Create(p, spec); return err })
}

func operate(p *clock.Proc, y *yard, c *Container, kind string) error {
	switch kind {
	case "start":
		return y.Start(p, c, Streams{})
	case "stop":
		return y.Stop(p, c, time.Second, 0)
	case "kill":
		return y.Kill(p, c, machine.SIGKILL)
	case "pause":
		return y.Pause(c)
	case "unpause":
		return y.Unpause(c)
	case "restart":
		return y.Restart(p, c, time.Second, 0)
	}
	return y.Remove(p, c, true, true)
}

// brokenInvariant names what does not hold, or is empty.
func brokenInvariant(y *yard) string {
	ports, addrs, names := map[string]string{}, map[string]string{}, map[string]bool{}
	for _, c := range y.Containers() {
		if names[c.Name] || names[c.ID] {
			return "two containers are called " + c.Name
		}
		names[c.Name], names[c.ID] = true, true
		if !slices.Contains([]string{"created", "running", "paused", "restarting", "exited"}, c.State.Status) {
			return c.Name + " is " + c.State.Status
		}
		if c.Running() != (c.init != nil) {
			return fmt.Sprintf("%s is %s, first process: %v", c.Name, c.State.Status, c.init != nil)
		}
		if !c.Running() && len(c.Published()) > 0 {
			return c.Name + " does not run and has ports"
		}
		for _, p := range c.Published() {
			key := fmt.Sprint(p.HostPort)
			if ports[key] != "" {
				return "port " + key + " belongs to " + ports[key] + " and " + c.Name
			}
			ports[key] = c.Name
		}
		for _, ep := range c.Endpoints {
			if ep.Iface == nil {
				continue
			}
			if !c.Running() {
				return c.Name + " does not run and has an address"
			}
			if a := ep.Iface.Addr.String(); addrs[a] != "" {
				return a + " belongs to " + addrs[a] + " and " + c.Name
			} else {
				addrs[a] = c.Name
			}
		}
	}
	if !y.Machine.Powered && len(addrs) > 0 {
		return "containers run on a machine without power"
	}
	return ""
}
