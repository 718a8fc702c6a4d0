package clock

import (
	"testing"
	"time"
)

// A program that logs every five seconds runs for ever; a world with it settles.
func TestAWorkloadThatTicksForEverLetsTheWorldSettle(t *testing.T) {
	c := newClock()
	c.Go("gauge", Program, func(p *Proc) {
		for {
			// Each sleep is a process of its own, as in a shell's loop.
			nap := c.Go("sleep", Program, func(n *Proc) { n.Sleep(5 * time.Second) })
			p.Wait(nap.Exited())
		}
	})
	start := c.Now()
	if !c.RunUntil(10*time.Minute, c.Settled) {
		t.Fatalf("not settled after %v", c.Now().Sub(start))
	}
	if took := c.Now().Sub(start); took < 30*time.Second || took > time.Minute {
		t.Errorf("settled after %v", took)
	}
	c.Advance(time.Hour)
	if !c.Settled() {
		t.Error("unsettled again without a cause")
	}
}

// One that was asked something is at work again.
func TestAWorkloadThatIsWokenIsNoRoutineAnyMore(t *testing.T) {
	c := newClock()
	knock := c.NewSignal()
	c.Go("server", Program, func(p *Proc) {
		for !p.SleepUntil(time.Second, knock) {
		}
		p.Sleep(3 * time.Second)
		p.Wait(c.NewSignal())
	})
	c.Advance(time.Minute)
	if !c.Settled() {
		t.Fatal("a server that waits is at work")
	}
	knock.Broadcast()
	c.Advance(0)
	if c.Settled() {
		t.Error("it is at work on what it was asked, and yet all is settled")
	}
}
