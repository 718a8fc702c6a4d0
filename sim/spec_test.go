package sim_test

import (
	"strings"
	"testing"

	"drydock/sim"
)

func TestWorldSpecSaysWhatIsWrongAndWhere(t *testing.T) {
	for _, tc := range []struct{ spec, says string }{
		{"machine: [a]", "line 1"},
		{"machines: [a, a]", "a is there twice"},
		{"machines: [\"no host\"]", `"no host" is no host name`},
		{"machines:\n  - name: a\n    memry: 1GB", `line 3: a machine has no key "memry"`},
		{"machines:\n  - {name: a, memory: lots}", `"lots" is no size`},
		{"machines: [{name: a, engine: rkt}]", "engine is docker, podman or none"},
		{"processes: [{machine: b, command: x}]", `there is no machine "b"`},
	} {
		_, err := sim.ParseSpec("world.yaml", []byte(tc.spec))
		if err == nil || !strings.Contains(err.Error(), tc.says) || !strings.HasPrefix(err.Error(), "world.yaml: ") {
			t.Errorf("%s\ngives %v, want %q", tc.spec, err, tc.says)
		}
	}
}

func TestWorldThatCannotBeMadeSaysWhy(t *testing.T) {
	for _, tc := range []struct{ spec, says string }{
		{"images: [nosuch:1]", "nosuch"},
		{"setup: [\"false\"]", "setup: false: exit status 1"},
		{"files: {\"moon:/x\": y}", `there is no machine "moon"`},
	} {
		spec, err := sim.ParseSpec("world", []byte(tc.spec))
		if err != nil {
			t.Fatal(err)
		}
		if s, err := sim.Open(sim.Scenario{Spec: spec}); err == nil || !strings.Contains(err.Error(), tc.says) {
			t.Errorf("%s: %v, want %q", tc.spec, err, tc.says)
			if s != nil {
				s.Close()
			}
		}
	}
}

func FuzzParseSpec(f *testing.F) {
	f.Add("machines: [laptop, {name: server, cpus: 2, memory: 1GiB}]\nimages: [nginx:alpine]\nsetup: [docker ps]\n")
	f.Add("a: &a [*a]")
	f.Fuzz(func(t *testing.T, text string) {
		spec, err := sim.ParseSpec("fuzz", []byte(text))
		if err == nil && len(spec.Machines) == 0 {
			t.Fatal("a spec without machines was taken")
		}
	})
}
