package docker

import (
	"errors"
	"strings"
	"testing"
	"time"

	"drydock/sim/machine"
)

func TestAPublishedPortLeadsInside(t *testing.T) {
	y := newYard(t)
	y.run("good", "server 80", publish("", 8080, 80))
	y.run("wrong", "server 80", publish("", 8081, 8080))
	local := y.Machine.Net
	if conn, err := local.Dial("localhost", 8080, "tcp"); err != nil || conn.Listener.Port != 80 {
		t.Errorf("8080: %v", err)
	}
	if _, err := local.Dial("localhost", 8081, "tcp"); !errors.Is(err, machine.ErrReset) {
		t.Errorf("a port with nothing behind it: %v", err)
	}
	if _, err := local.Dial("localhost", 8082, "tcp"); !errors.Is(err, machine.ErrRefused) {
		t.Errorf("a port that nobody published: %v", err)
	}
}

func TestAPortOfLocalhostIsForThisMachineOnly(t *testing.T) {
	y := newYard(t)
	other := y.Machine.Site.Add(machine.Config{Name: "server", Owner: machine.Root()})
	y.run("c1", "server 80", publish("127.0.0.1", 8080, 80), publish("", 9090, 80))
	if _, err := other.Net.Dial("laptop", 8080, "tcp"); err == nil {
		t.Error("another machine reaches a port of 127.0.0.1")
	}
	if _, err := other.Net.Dial("laptop", 9090, "tcp"); err != nil {
		t.Errorf("another machine does not reach a public port: %v", err)
	}
}

func TestAPortHasOneOwner(t *testing.T) {
	y := newYard(t)
	first := y.run("first", "server", publish("", 8080, 80))
	second := y.create("second", "server", publish("127.0.0.1", 8080, 80))
	err := y.start(second)
	if err == nil || !strings.HasSuffix(err.Error(), "Bind for 127.0.0.1:8080 failed: port is already allocated") {
		t.Errorf("a port of another container: %v", err)
	}
	y.state(second, "created", 128)
	_ = y.stop(first)
	listen := machine.Spec{Args: []string{"server"}, Main: func(p *machine.Process) int { p.Args = []string{"server", "8080"}; return server(p) }}
	if _, err := y.Machine.Start(listen); err != nil {
		t.Fatal(err)
	}
	y.clock.Advance(time.Second)
	third := y.create("third", "server", publish("", 8080, 80))
	err = y.start(third)
	if err == nil || !strings.HasSuffix(err.Error(), "failed to bind host port 0.0.0.0:8080/tcp: address already in use") {
		t.Errorf("a port of another program: %v", err)
	}
}

func TestTheStartAfterAFailedOnePublishesNothing(t *testing.T) {
	y := newYard(t)
	first, second := y.run("first", "server", publish("", 8080, 80)), y.create("second", "server", publish("", 8080, 80))
	_ = y.start(second)
	_ = y.stop(first)
	if err := y.start(second); err != nil || len(second.Published()) != 0 {
		t.Errorf("the second start: %v, ports %v", err, second.Published())
	}
	_ = y.stop(second)
	if err := y.start(second); err != nil || len(second.Published()) != 1 {
		t.Errorf("the third start: %v, ports %v", err, second.Published())
	}
}

func TestPublishAllTakesPortsFrom32768(t *testing.T) {
	y := newYard(t)
	all := func(s *ContainerSpec) { s.Host.PublishAll = true }
	for i, name := range []string{"one", "two"} {
		if got := y.run(name, "server", all).Published()[0].HostPort; got != 32768+i {
			t.Errorf("%s got port %d", name, got)
		}
	}
}

func TestPortsAreShownInRunsOfNeighbours(t *testing.T) {
	y := newYard(t)
	c := y.run("c1", "deaf", publish("", 9000, 9000), publish("", 9001, 9001), publish("127.0.0.1", 7000, 80))
	want := "127.0.0.1:7000->80/tcp, 0.0.0.0:9000-9001->9000-9001/tcp, [::]:9000-9001->9000-9001/tcp"
	if got := PortsText(c); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}
