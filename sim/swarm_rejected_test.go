package sim_test

import (
	"testing"
	"time"
)

// An image that does not exist is tried again every five seconds, not at once.
func TestRejectedTasksWaitForTheirRestartDelay(t *testing.T) {
	s := open(t, "{machines: [node-1, node-2], images: ['nginx:1.25'], swarm: {managers: [node-1], workers: [node-2]}}")
	s.Type("docker service create -d --name web nginx:1.72")
	s.Advance(10 * time.Second)
	from := len(s.World().Events(0))
	s.Advance(60 * time.Second)
	rejected := 0
	for _, e := range s.World().Events(from) {
		if e.Reason == "rejected" {
			rejected++
		}
	}
	if rejected < 8 || rejected > 13 {
		t.Errorf("%d tasks were rejected within a minute, want about one in five seconds", rejected)
	}
	before := s.World().Elapsed()
	s.Settle()
	if d := s.World().Elapsed() - before; d > time.Minute {
		t.Errorf("a crash loop kept the world from settling for %s", d)
	}
}
