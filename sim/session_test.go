package sim_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"drydock/sim"
)

func open(t testing.TB, spec string) *sim.Session {
	t.Helper()
	parsed, err := sim.ParseSpec("world", []byte(spec))
	if err != nil {
		t.Fatal(err)
	}
	s, err := sim.Open(sim.Scenario{Spec: parsed})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

const laptop = "{machines: [laptop, server], images: [nginx:alpine, alpine:3.20]}"

// fingerprint is everything that can be seen of a world.
func fingerprint(t interface{ Fatal(...any) }, s *sim.Session) string {
	b, err := json.Marshal([]any{s.World().State(), s.World().Console(), s.World().Events(0)})
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func screenText(s *sim.Session) string {
	var b strings.Builder
	for _, l := range s.World().Console().Lines {
		b.WriteString(l.Text + "\n")
	}
	return b.String()
}

func TestFirstContainerAtTheConsole(t *testing.T) {
	s := open(t, laptop)
	if c := s.World().Console(); c.Prompt != "laptop$ " || !c.Reading || c.Busy {
		t.Fatalf("at the start: %+v", c)
	}
	s.Type("docker run -d --name web -p 8080:80 nginx:alpine")
	s.Settle()
	s.Type("curl -s localhost:8080")
	s.Settle()
	if text := screenText(s); !strings.Contains(text, "Welcome to nginx!") {
		t.Fatalf("the page does not come:\n%s", text)
	}
	state := s.World().State()
	if len(state.Containers) != 1 || !state.Containers[0].Running || !state.Containers[0].Ports[0].Answers {
		t.Fatalf("containers: %+v", state.Containers)
	}
}

func TestUndoTakesBackEvenARemovalByForce(t *testing.T) {
	s := open(t, laptop)
	s.Type("docker run -d --name web nginx:alpine")
	s.Settle()
	before := fingerprint(t, s)
	s.Type("docker rm -f web")
	s.Settle()
	if n := len(s.World().State().Containers); n != 0 {
		t.Fatalf("%d containers after rm -f", n)
	}
	after := fingerprint(t, s)
	if err := s.Undo(); err != nil {
		t.Fatal(err)
	}
	if fingerprint(t, s) != before {
		t.Error("undo does not lead back to the same world")
	}
	if err := s.Redo(); err != nil {
		t.Fatal(err)
	}
	if fingerprint(t, s) != after {
		t.Error("redo does not lead forward to the same world")
	}
}

func TestCtrlCEndsARunningCommand(t *testing.T) {
	s := open(t, laptop)
	s.Type("sleep 1000")
	s.Advance(time.Second)
	if !s.World().Console().Busy {
		t.Fatal("sleep is not running")
	}
	s.Interrupt()
	s.Settle()
	if c := s.World().Console(); c.Busy || c.Prompt != "laptop$ " {
		t.Fatalf("after Ctrl-C: busy %v, prompt %q", c.Busy, c.Prompt)
	}
}

func TestFaultThatDoesNotFitTheWorldIsRefused(t *testing.T) {
	s := open(t, laptop)
	for fault, says := range map[string]string{
		"power off moon":  `no machine "moon"`,
		"explode laptop":  "is no fault; there are:",
		"power off":       "takes 1 arguments",
		"registry down x": `no registry "x"`,
	} {
		if err := s.Fault(fault, false); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v, want %q", fault, err, says)
		}
	}
}

// commands are drawn by the replay test; they cover every kind of state.
func commands() []string {
	return []string{
		"docker run -d --name web -p 8080:80 nginx:alpine", "docker run --rm alpine:3.20 echo hi", "docker stop web", "docker start web",
		"docker rm -f web", "docker ps -a", "docker pull redis:alpine", "docker run -d --restart always alpine:3.20 sh -c 'sleep 1; exit 3'",
		"docker volume create data", "docker run --rm -v data:/d alpine:3.20 sh -c 'date >> /d/log'", "docker network create net",
		"docker tag nginx:alpine mine:1", "docker rmi mine:1", "curl -s localhost:8080", "ls -la > out.txt", "cat out.txt | wc -l",
		"docker run -d --memory 64m --network net alpine:3.20 sleep 30", "docker logs web", "docker exec web ls /", "ssh server hostname", "why web", "docker system prune -f",
	}
}

func TestReplayEqualsTheOriginal(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		spec, _ := sim.ParseSpec("world", []byte(laptop))
		scenario := sim.Scenario{Spec: spec}
		s, err := sim.Open(scenario)
		if err != nil {
			rt.Fatal(err)
		}
		defer func() { s.Close() }()
		for range rapid.IntRange(1, 12).Draw(rt, "inputs") {
			act(rt, s)
		}
		again, err := sim.Resume(scenario, s.Journal())
		if err != nil {
			rt.Fatal(err)
		}
		defer again.Close()
		if fingerprint(rt, s) != fingerprint(rt, again) {
			journal, _ := json.MarshalIndent(s.Journal(), "", " ")
			rt.Fatalf("the replay differs; journal:\n%s", journal)
		}
	})
}

// act does one random thing to a world.
func act(rt *rapid.T, s *sim.Session) {
	switch rapid.IntRange(0, 9).Draw(rt, "what") {
	case 0:
		s.Advance(time.Duration(rapid.IntRange(1, 20000).Draw(rt, "ms")) * time.Millisecond)
	case 1:
		s.Settle()
	case 2:
		s.Interrupt()
	case 3:
		fault := rapid.SampledFrom([]string{"power off laptop", "power on laptop", "daemon stop laptop", "daemon start laptop", "internet down", "internet up"}).Draw(rt, "fault")
		if err := s.Fault(fault, false); err != nil {
			rt.Fatal(err)
		}
	case 4:
		_ = s.Undo()
	case 5:
		s.Exec("server", rapid.SampledFrom(commands()).Draw(rt, "exec"))
	default:
		s.Type(rapid.SampledFrom(commands()).Draw(rt, "line"))
	}
}
