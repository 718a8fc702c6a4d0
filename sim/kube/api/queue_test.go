package api_test

import (
	"slices"
	"testing"
	"time"

	"drydock/sim/clock"
	"drydock/sim/kube/api"
	"drydock/sim/kube/store"
)

func newServer() *api.Server {
	return api.NewServer(clock.New(1, time.Date(2026, time.November, 23, 8, 0, 0, 0, time.UTC)))
}

func TestAQueueHandlesAKeyOnceHoweverOftenItIsAdded(t *testing.T) {
	s := newServer()
	var handled []string
	q := s.Component("controller").Queue(time.Millisecond, func(k store.Key) { handled = append(handled, k.String()) })
	for _, name := range []string{"a", "b", "a"} {
		q.Add(store.Key{Namespace: "default", Name: name})
	}
	s.Clock.Advance(time.Second)
	if want := []string{"default/a", "default/b"}; !slices.Equal(handled, want) {
		t.Errorf("handled %v, want %v", handled, want)
	}
}

func TestAStoppedComponentDoesNothingUntilItStartsAgain(t *testing.T) {
	s := newServer()
	c := s.Component("kube-scheduler")
	handled := 0
	q := c.Queue(time.Millisecond, func(store.Key) { handled++ })
	c.SetRunning(false)
	q.Add(store.Key{Name: "node-1"})
	s.Clock.Advance(time.Hour)
	if handled != 0 {
		t.Fatalf("a stopped component handled %d keys", handled)
	}
	c.SetRunning(true)
	s.Clock.Advance(time.Second)
	if handled != 1 {
		t.Errorf("after the start %d keys were handled, want 1", handled)
	}
}

func TestRetriesComeEverLater(t *testing.T) {
	s := newServer()
	var at []time.Duration
	var q *api.Queue
	q = s.Component("controller").Queue(0, func(k store.Key) {
		at = append(at, s.Clock.Elapsed())
		q.Retry(k)
	})
	q.Add(store.Key{Name: "web"})
	s.Clock.Advance(40 * time.Millisecond)
	want := []time.Duration{0, 5 * time.Millisecond, 15 * time.Millisecond, 35 * time.Millisecond}
	if !slices.Equal(at, want) {
		t.Errorf("tried at %v, want %v", at, want)
	}
}
