package machine

import (
	"net/netip"
	"testing"
	"time"

	"drydock/sim/clock"
)

// asked is what a client that asks again and again for so long gets: how many answers,
// and the processor time that they cost.
func asked(t *testing.T, limit int64, clients, times int) (answers int, worked time.Duration) {
	t.Helper()
	site := NewSite(clock.New(1, time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)))
	m := site.Add(Config{Name: "node", CPUs: 2, Owner: Root()})
	net := NewNamespace("pod", m)
	p := &Process{Machine: m, Group: &Group{NanoCPUs: limit}}
	_ = net.Listen(&Listener{Addr: netip.IPv4Unspecified(), Port: 80, Proto: "tcp", Process: p, Serve: func(Request) Response {
		answers += times
		return Response{Status: 200, Cost: 30 * time.Millisecond}
	}})
	for range clients {
		site.Clock.Go("client", clock.Program, func(c *clock.Proc) {
			client := &Process{Proc: c, Machine: m, Net: net, Times: times}
			for {
				conn, err := net.Dial("127.0.0.1", 80, "tcp")
				if err != nil {
					t.Error(err)
					return
				}
				client.Sleep(conn.Do(Request{Times: times}).Delay)
				client.Sleep(10 * time.Millisecond)
			}
		})
	}
	site.Clock.Advance(20 * time.Second)
	return answers, net.Worked()
}

func near(got, want time.Duration) bool { return got > want*9/10 && got < want*11/10 }

func TestOneClientInALoopKeepsAServerAsBusyAsItAsks(t *testing.T) {
	n, work := asked(t, 0, 1, 1)
	if n < 490 || n > 510 || !near(work, 15*time.Second) {
		t.Errorf("%d answers, %s", n, work)
	}
}

func TestLimitBoundsTheWorkAndLengthensTheAnswers(t *testing.T) {
	if n, work := asked(t, 500_000_000, 3, 1); !near(work, 10*time.Second) {
		t.Errorf("%d answers, %s", n, work)
	}
}

func TestMachineBoundsTheWorkOfAll(t *testing.T) {
	if n, work := asked(t, 0, 9, 1); !near(work, 40*time.Second) {
		t.Errorf("%d answers, %s", n, work)
	}
}

func TestTurnsThatStandForManyDoTheSameWork(t *testing.T) {
	for _, limit := range []int64{0, 500_000_000} {
		_, one := asked(t, limit, 2, 1)
		_, many := asked(t, limit, 2, 6)
		if !near(many, one) {
			t.Errorf("limit %d: %s by one, %s by six", limit, one, many)
		}
	}
}
