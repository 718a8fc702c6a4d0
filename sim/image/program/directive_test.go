package program

import (
	"strings"
	"testing"
	"time"
)

func TestDirectivesReadNaturally(t *testing.T) {
	b, found, err := Directives("app.py", `#!/usr/bin/env python
# A little shop.
# drydock: listen 5000 on 0.0.0.0 after 2s
# drydock: GET / -> Hello from {hostname}
# drydock: GET /broken -> 503 try later
// drydock: needs redis:6379 or retry
# drydock: env TOKEN
# drydock: log starting
# drydock: log every 10s still here
# drydock: memory 64MB growing 1MB every 1s
# drydock: crash after 1m with 3
# drydock: stop on TERM after 1s saying goodbye
print("ignored")
`)
	if err != nil || !found {
		t.Fatal(found, err)
	}
	if l := b.Listen[0]; l.Port != "5000" || l.Address != "0.0.0.0" || time.Duration(b.Ready) != 2*time.Second {
		t.Errorf("listen: %+v, ready %v", b.Listen, b.Ready)
	}
	if a := b.Answers; a[0].Body != "Hello from {hostname}\n" || a[1].Status != 503 || a[1].Body != "try later\n" {
		t.Errorf("answers: %+v", a)
	}
	if b.Needs[0].Host != "redis:6379" || b.Needs[0].Else != "retry" || b.Needs[1].Variable != "TOKEN" {
		t.Errorf("needs: %+v", b.Needs)
	}
	if b.Says != "starting\n" || b.Logs[0].Text != "still here" || b.Ends.Status != 3 || b.Signals[0].Says != "goodbye" || b.Memory.Start != 64<<20 {
		t.Errorf("the rest: %+v", b)
	}
}

func TestWrongDirectivesAreNamedWithTheirLine(t *testing.T) {
	for line, want := range map[string]string{
		"listen":                  "app.py:2: listen needs a port",
		"listen many":             `"many" is no port`,
		"GET nowhere":             "an answer needs a path",
		"needs redis":             "needs takes a host and port",
		"crash sometimes":         "crash is told when",
		"stop on FOO":             `"FOO" is no signal`,
		"memory lots":             `"lots" is no size`,
		"fly":                     `"fly" is no directive`,
		"needs db:5432 or panic":  `not "panic"`,
		"log every often nothing": `"often" is no duration`,
	} {
		_, _, err := Directives("app.py", "# first line\n# drydock: "+line+"\n")
		if err == nil || !strings.Contains(err.Error(), want) || !strings.HasPrefix(err.Error(), "app.py:2: ") {
			t.Errorf("%q: %v, want %q", line, err, want)
		}
	}
}

func TestBehavioursAreStrict(t *testing.T) {
	for text, want := range map[string]string{
		"says: hi\nlistens: 5\n": "x.yaml:2: field listens not found", "ready: soon\n": `x.yaml:1: "soon" is no duration`,
		"listen: [{port: 80, proto: sctp}]\n": "proto is tcp or udp", "signals: [{on: FOO}]\n": `"FOO" is no signal`, "memory: {start: much}\n": `x.yaml:1: "much" is no size`,
	} {
		if _, err := ParseBehaviour("x.yaml", []byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
	for _, name := range declaredNames() {
		data, _ := behaviourFiles.ReadFile("behaviours/" + name + ".yaml")
		if _, err := ParseBehaviour(name+".yaml", data); err != nil {
			t.Error(err)
		}
	}
}

func FuzzDirectives(f *testing.F) {
	f.Add("# drydock: listen 5000 on 1.2.3.4 after 2s\n# drydock: GET / -> 200 {env:X|y}\n")
	f.Add("// drydock: stop on TERM after 1s saying bye\n-- drydock: crash on GET /x with 3\n/* drydock: memory 1MB growing 1kB every 1s */")
	f.Fuzz(func(t *testing.T, source string) {
		_, _, _ = Directives("f", source)
	})
}
