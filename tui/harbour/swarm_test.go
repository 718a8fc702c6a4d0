package harbour_test

import (
	"fmt"
	"strings"
	"testing"

	"drydock/sim"
	"drydock/tui/harbour"
	"drydock/tui/play/playtest"
	"drydock/tui/theme"
)

func TestPicturesOfASwarm(t *testing.T) {
	lost := playtest.Swarm(3)
	playtest.LoseNode(&lost, "node-3")
	worlds := map[string]sim.State{
		"swarm": playtest.Swarm(3), "swarm-lost": lost, "swarm-thousands": playtest.Swarm(3000), "swarm-nodes": playtest.SwarmOf(40, 120), "compose": playtest.Compose(),
	}
	for name, world := range worlds {
		for _, s := range [][2]int{{37, 10}, {46, 14}, {87, 20}, {100, 30}} {
			m := harbour.New()
			m.Show(world)
			golden(t, fmt.Sprintf("%s-%dx%d", name, s[0], s[1]), picture(&m, s[0], s[1], false))
		}
	}
}

// swarmShows draws a swarm of three nodes after a change and wants texts in it.
func swarmShows(t *testing.T, change func(*sim.State), want ...string) {
	t.Helper()
	m := harbour.New()
	m.Show(playtest.Swarm(3))
	s := playtest.Swarm(3)
	change(&s)
	m.Show(s)
	got := picture(&m, 140, 24, false)
	for _, text := range want {
		if !strings.Contains(got, text) {
			t.Errorf("%q is not in\n%s", text, got)
		}
	}
}

func TestASwarmSaysHowItIs(t *testing.T) {
	swarmShows(t, func(*sim.State) {}, "managers 2 of 2 reachable", "● service web", "3 of 3", ":8080→80 on every node", "★ leader", "worker")
	swarmShows(t, func(s *sim.State) { s.Quorum = false }, "✗ no quorum")
	swarmShows(t, func(s *sim.State) { s.Machines[0].Powered = false }, "managers 1 of 2 reachable", "no power, ready")
	swarmShows(t, func(s *sim.State) { s.Nodes[2].Availability = "drain" }, "ready, drain")
	swarmShows(t, func(s *sim.State) { s.Nodes[2].Status = "unknown" }, "◐ node-3", "unknown")
	swarmShows(t, func(s *sim.State) { s.Services[0].Update = "paused" }, "‖ update paused")
	swarmShows(t, func(s *sim.State) { s.Services[0].Ports[0].Mode = "host" }, ":8080→80 where it runs")
}

func TestATaskOfALostNodeIsLostAndItsSuccessorIsMarked(t *testing.T) {
	swarmShows(t, func(s *sim.State) { playtest.LoseNode(s, "node-3") }, "✗ node-3", "lost", "◂ from node-3")
}

func TestATaskWithoutANodeWaitsApartWithItsReason(t *testing.T) {
	swarmShows(t, func(s *sim.State) {
		s.Services[0].Replicas = 4
		s.Tasks = append(s.Tasks, sim.Task{ID: "t4", Name: "web.4", Service: "web", Slot: 4, State: "pending", Desired: "running", Current: true,
			Error: "no suitable node (insufficient resources on 3 nodes)"})
	}, "◐ service web", "3 of 4", "◐ web.4 waits: no suitable node (insufficient resources on 3 nodes)")
}

func TestEveryStateOfATaskHasItsGlyph(t *testing.T) {
	for state, want := range map[string]string{
		"running": "● web.1", "preparing": "◐ web.1", "starting": "◐ web.1", "failed": "✗ web.1", "rejected": "✗ web.1", "orphaned": "✗ web.1",
		"complete": "○ web.1", "shutdown": "○ web.1",
	} {
		swarmShows(t, func(s *sim.State) { s.Tasks[0].State = state; s.Containers = nil }, want, state)
	}
}

func TestComposeContainersStandUnderTheirProject(t *testing.T) {
	m := harbour.New()
	m.Show(playtest.Compose())
	got := picture(&m, 87, 24, false)
	for _, want := range []string{"compose shop", "● web", "shop-web-1", "● web-2", "● db"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is not in\n%s", want, got)
		}
	}
	if strings.Index(got, "alone") > strings.Index(got, "compose shop") {
		t.Errorf("what stands alone is not first:\n%s", got)
	}
}

func TestServicesTasksAndNodesTellMoreWhenTheyAreSelected(t *testing.T) {
	s := playtest.Swarm(3)
	playtest.LoseNode(&s, "node-3")
	for key, want := range map[harbour.Key]string{
		{Kind: "service", ID: "web"}:                       "replicated",
		{Kind: "task", ID: "web.3"}:                        "before it: running on node-3",
		{Kind: "machine", Machine: "node-1", ID: "node-1"}: "10.0.0.1",
	} {
		m := harbour.New()
		m.Show(s)
		m.Select(key)
		if got := picture(&m, 90, 30, true); !strings.Contains(got, want) || m.Name(key) != key.ID {
			t.Errorf("%v (%q): %q is not in\n%s", key, m.Name(key), want, got)
		}
	}
}

func BenchmarkSwarm(b *testing.B) {
	for _, n := range []int{3, 3000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			m := harbour.New()
			m.Show(playtest.Swarm(n))
			t := theme.New(theme.Dark)
			for b.Loop() {
				m.View(t, 90, 21, false)
			}
		})
	}
}
