package clock

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func newClock() *Clock { return New(1, time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)) }

func TestTimersFireInTheOrderOfTimeThenOfMaking(t *testing.T) {
	c := newClock()
	var got []string
	say := func(s string) func() { return func() { got = append(got, s) } }
	c.After(2*time.Second, say("late"))
	c.After(time.Second, say("first"))
	c.After(time.Second, say("second"))
	c.After(time.Second, say("called off")).Stop()
	c.Advance(3 * time.Second)
	if want := "first second late"; strings.Join(got, " ") != want {
		t.Fatalf("got %v, want %s", got, want)
	}
	if c.Elapsed() != 3*time.Second {
		t.Fatalf("the clock stands at %s", c.Elapsed())
	}
}

func TestProcessesSleepAndWaitInStraightLines(t *testing.T) {
	c := newClock()
	bell := c.NewSignal()
	var log []string
	note := func(s string) { log = append(log, fmt.Sprintf("%s@%s", s, c.Elapsed())) }
	c.Go("waiter", Work, func(p *Proc) { p.Wait(bell); note("heard") })
	c.Go("ringer", Work, func(p *Proc) { p.Sleep(time.Second); note("ring"); bell.Broadcast(); p.Sleep(time.Second); note("end") })
	c.Advance(time.Minute)
	if got, want := strings.Join(log, " "), "ring@1s heard@1s end@2s"; got != want {
		t.Fatalf("got %s, want %s", got, want)
	}
}

func TestKilledProcessRunsItsDefersAndNothingElse(t *testing.T) {
	c := newClock()
	var log []string
	p := c.Go("victim", Work, func(p *Proc) {
		defer func() { log = append(log, "deferred") }()
		p.Sleep(time.Hour)
		log = append(log, "survived")
	})
	c.Run()
	p.Kill()
	c.Run()
	if !p.Done() || strings.Join(log, " ") != "deferred" {
		t.Fatalf("done %v, log %v", p.Done(), log)
	}
	unborn := c.Go("unborn", Work, func(*Proc) { log = append(log, "born") })
	unborn.Kill()
	c.Run()
	if !unborn.Done() || len(log) != 1 {
		t.Fatalf("a process killed before its first step ran: %v", log)
	}
}

func TestFrozenProcessGoesOnWhereItStood(t *testing.T) {
	c := newClock()
	var at time.Duration
	p := c.Go("p", Program, func(p *Proc) { p.Sleep(time.Second); at = c.Elapsed() })
	c.Run()
	p.Freeze(true)
	c.Advance(10 * time.Second)
	if p.Done() {
		t.Fatal("a frozen process ran")
	}
	p.Freeze(false)
	c.Run()
	if at != 10*time.Second {
		t.Fatalf("it went on at %s", at)
	}
}

func TestCausesFollowTimersAndProcesses(t *testing.T) {
	c := newClock()
	root := c.Emit(Event{Reason: "run"})
	c.Because(root, func() {
		c.After(time.Second, func() { c.Emit(Event{Reason: "timer"}) })
		c.Go("p", Work, func(p *Proc) {
			p.Sleep(2 * time.Second)
			p.Blame(c.Emit(Event{Reason: "step"}))
			p.Sleep(time.Second)
			c.Emit(Event{Reason: "after"})
		})
	})
	c.Advance(time.Minute)
	var got []string
	for _, e := range c.Events(1) {
		cause, _ := c.Event(e.Cause)
		got = append(got, e.Reason+"<"+cause.Reason)
	}
	if want := "timer<run step<run after<step"; strings.Join(got, " ") != want {
		t.Fatalf("got %v, want %s", got, want)
	}
}

func TestSettledLooksOnlyAtWorkAndNearProgramDelays(t *testing.T) {
	for _, tc := range []struct {
		weight  Weight
		delay   time.Duration
		settled bool
	}{
		{Work, time.Hour, false},
		{Program, time.Second, false},
		{Program, time.Hour, true},
		{Upkeep, time.Second, true},
	} {
		c := newClock()
		c.AfterWeighted(tc.delay, tc.weight, func() {})
		if c.Settled() != tc.settled {
			t.Errorf("weight %d, due in %s: settled is %v", tc.weight, tc.delay, !tc.settled)
		}
	}
}

func TestCloseEndsProcessesThatNeverWould(t *testing.T) {
	c := newClock()
	ended := 0
	for range 10 {
		c.Go("p", Work, func(p *Proc) { defer func() { ended++ }(); p.Wait(c.NewSignal()) })
	}
	c.Run()
	c.Close()
	if ended != 10 {
		t.Fatalf("%d of 10 processes ended", ended)
	}
}

// The same random program of sleeps and signals must run the same way twice.
func TestReplayOfProcessesIsEqual(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		seed := rapid.Uint64().Draw(t, "seed")
		delays := rapid.SliceOfN(rapid.IntRange(0, 50), 1, 20).Draw(t, "delays")
		run := func() []string {
			c := New(seed, time.Unix(0, 0).UTC())
			defer c.Close()
			s := c.NewSignal()
			var log []string
			for i, d := range delays {
				c.Go("p", Work, func(p *Proc) {
					p.SleepUntil(time.Duration(d+c.Rand().IntN(10))*time.Millisecond, s)
					log = append(log, fmt.Sprint(i, c.Elapsed()))
					if d%7 == 0 {
						s.Broadcast()
					}
				})
			}
			c.Advance(time.Second)
			return log
		}
		if a, b := run(), run(); !slices.Equal(a, b) || len(a) != len(delays) {
			t.Fatalf("first %v\nthen  %v", a, b)
		}
	})
}

func BenchmarkSleepAndWake(b *testing.B) {
	c := newClock()
	c.Go("p", Work, func(p *Proc) {
		for {
			p.Sleep(time.Millisecond)
		}
	})
	b.ReportAllocs()
	for b.Loop() {
		c.Step()
	}
	c.Close()
}
