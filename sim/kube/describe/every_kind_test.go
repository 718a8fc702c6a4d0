package describe_test

import (
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"

	"drydock/sim/clock"
	"drydock/sim/kube/api"
	"drydock/sim/kube/describe"
)

// TestEveryKindHasAText describes an object of each kind of the server that has
// nothing but a name: no field of it may be taken for granted.
func TestEveryKindHasAText(t *testing.T) {
	now := at(t, "2026-11-23T02:50:00Z")
	s := api.NewServer(clock.New(1, now))
	for _, c := range s.Collections() {
		obj := c.New()
		obj.SetName("thing")
		got := describe.Describe(s, obj, []*corev1.Event{}, now)
		name, _, _ := strings.Cut(got, "\n")
		if words := strings.Fields(name); len(words) != 2 || words[0] != "Name:" || words[1] != "thing" {
			t.Errorf("%s begins with %q", c.Type().Kind, name)
		}
		if again := describe.Describe(s, obj, []*corev1.Event{}, now); again != got {
			t.Errorf("%s is described in two ways:\n%s\n%s", c.Type().Kind, got, again)
		}
	}
}

// TestEventsAreLeftOutWhenNoneAreAskedFor covers --show-events=false.
func TestEventsAreLeftOutWhenNoneAreAskedFor(t *testing.T) {
	w, obj, want := load(t, "deployment")
	body, _, _ := strings.Cut(want, "Events:")
	if got := describe.Describe(w.server, obj, nil, w.now); got != body {
		t.Errorf("got:\n%s\nwant:\n%s", got, body)
	}
}
