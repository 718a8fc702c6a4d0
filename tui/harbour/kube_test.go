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

func TestPicturesOfACluster(t *testing.T) {
	worlds := map[string]sim.State{
		"cluster": playtest.Cluster(3), "cluster-rollout": playtest.Rollout(), "cluster-trouble": playtest.Trouble(), "cluster-thousand": playtest.ClusterOf(1000, 10000),
		"cluster-forty": playtest.ClusterOf(40, 400), "cluster-pods": playtest.Cluster(3000),
	}
	for name, world := range worlds {
		for _, s := range [][2]int{{37, 10}, {46, 14}, {78, 22}, {87, 20}, {100, 30}, {138, 43}} {
			m := harbour.New()
			m.Show(world)
			golden(t, fmt.Sprintf("%s-%dx%d", name, s[0], s[1]), picture(&m, s[0], s[1], false))
		}
	}
}

// clusterShows draws a cluster of three nodes after a change and wants texts in it.
func clusterShows(t *testing.T, before sim.State, change func(*sim.State), want ...string) {
	t.Helper()
	m := harbour.New()
	m.Show(before)
	s := playtest.Copied(before)
	change(&s)
	m.Show(s)
	got := picture(&m, 150, 34, false)
	for _, text := range want {
		if !strings.Contains(got, text) {
			t.Errorf("%q is not in\n%s", text, got)
		}
	}
}

func TestAClusterSaysHowItIs(t *testing.T) {
	whole := playtest.Cluster(3)
	clusterShows(t, whole, func(*sim.State) {}, "3 of 3 nodes Ready", "3 of 3 pods ready", "● Deployment web", "3 of 3", "→ 3 endpoints", "control-plane", "where you type")
	clusterShows(t, whole, func(s *sim.State) { s.Kube.Answers = false }, "✗ the API server does not answer", "etcd held last")
	clusterShows(t, whole, func(s *sim.State) { s.Machines[1].Powered = false }, "✗ node-1", "no power, Ready", "lost")
	clusterShows(t, whole, func(s *sim.State) {
		s.Kube.Services[1].ReadyCount, s.Kube.Services[1].Selector = 0, map[string]string{"app": "wab"}
	},
		"→ 0 endpoints  no pod matches the selector")
	clusterShows(t, whole, func(s *sim.State) { s.Kube.Services[1].ReadyCount = 0 }, "→ 0 endpoints  3 matching pods are not ready")
	clusterShows(t, playtest.Trouble(), func(*sim.State) {}, "‖ node-2", "Ready,SchedulingDisabled", "taint dedicated=gpu:NoSchedule", "cpu 95 %", "✗ scheduler stopped",
		"etcd 2 of 3 ★ node-1", "3 pods of big-5f6d wait: 1 had untolerated taint {dedicated: gpu}, 2 Insufficient cpu", "external address pending", "shop.example.com",
		"cpu 80 % of 50 %", "2 → 4", "◐ claim", "↻ crash", "CrashLoopBackOff, restarted 4×")
}

func TestARolloutShowsOldAgainstNewAndWhatHoldsItUp(t *testing.T) {
	clusterShows(t, playtest.Rollout(), func(*sim.State) {}, "rollout held up: 1 pod ImagePullBackOff", "new ░░░░░░ 0 of 3", "old ██████ 3")
	clusterShows(t, playtest.Rollout(), func(s *sim.State) { s.Kube.Workloads[0].Rollout = "failed" }, "✗ rollout hangs: 1 pod ImagePullBackOff")
	clusterShows(t, playtest.Rollout(), func(s *sim.State) {
		p := &s.Kube.Pods[len(s.Kube.Pods)-1]
		p.Node, p.Status, p.Message = "", "Pending", "0/3 nodes are available: 3 Insufficient cpu."
	}, "rollout held up: 1 pod Pending", "waits: 3 Insufficient cpu")
	clusterShows(t, playtest.Rollout(), func(s *sim.State) { s.Kube.Workloads[0].Rollout = "paused" }, "‖ rollout paused")
}

func TestADeploymentOpensIntoItsReplicaSetsAndPods(t *testing.T) {
	m := harbour.New()
	m.Show(playtest.Rollout())
	web := harbour.Key{Kind: "deployment", Machine: "default", ID: "web"}
	if open, can := m.Opened(web); open || !can {
		t.Fatalf("open %v, can be opened %v", open, can)
	}
	m.Toggle(web)
	got := picture(&m, 150, 40, false)
	for _, want := range []string{"├ ◐ ReplicaSet web-7d4f9c6b5f", "╰ ✗ web-7d4f9c6b5f-x2x4z  ImagePullBackOff  node-2", "╰ ● ReplicaSet web-69c6f74b8b"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is not in\n%s", want, got)
		}
	}
	m.Toggle(web)
	if got := picture(&m, 150, 40, false); strings.Contains(got, "ReplicaSet web-69c6f74b8b") {
		t.Errorf("it stays open:\n%s", got)
	}
}

func TestPodsThatComeGoAndChangeAreMarked(t *testing.T) {
	clusterShows(t, playtest.Cluster(3), func(s *sim.State) {
		s.Kube.Pods = append(s.Kube.Pods[1:], playtest.KubePod("web-69c6f74b8b-zzzzz", "node-1", "r1"))
		s.Kube.Pods[0].Ready, s.Kube.Pods[0].Containers[0].Ready = false, false
	}, "web-69c6f74b8b-00000", "removed", "web-69c6f74b8b-zzzzz ◂ new", "◂ changed", "Running 0/1")
	clusterShows(t, playtest.Cluster(1), func(s *sim.State) { s.Kube.Pods[0].Node, s.Kube.Pods[0].UID = "node-3", "other" }, "◂ from node-1")
}

func TestWhatRunsTheClusterIsOneLineUntilItIsOpened(t *testing.T) {
	s := playtest.Cluster(3)
	dns := playtest.KubePod("coredns-1", "node-1", "")
	dns.Namespace, dns.Owner = "kube-system", ""
	s.Kube.Pods = append(s.Kube.Pods, dns)
	m := harbour.New()
	m.Show(s)
	if got := picture(&m, 120, 30, false); strings.Contains(got, "coredns") || !strings.Contains(got, "kube-system  1 of 1 pods ready") {
		t.Errorf("got\n%s", got)
	}
	m.Toggle(harbour.Key{Kind: "namespace", ID: "kube-system"})
	if got := picture(&m, 120, 30, false); !strings.Contains(got, "● coredns-1") {
		t.Errorf("got\n%s", got)
	}
}

func TestWhatIsSelectedInAClusterTellsMore(t *testing.T) {
	s := playtest.Trouble()
	for key, want := range map[harbour.Key]string{
		{Kind: "pod", Machine: "default", ID: "crash"}:                 "waiting CrashLoopBackOff",
		{Kind: "machine", Machine: "node-1", ID: "node-1"}:             "cpu 3.8 of 4 requested",
		{Kind: "deployment", Machine: "default", ID: "web"}:            "selects app=web",
		{Kind: "kube service", Machine: "default", ID: "web"}:          "10.96.81.7",
		{Kind: "claim", Machine: "default", ID: "data"}:                "class fast",
		{Kind: "autoscaler", Machine: "default", ID: "web"}:            "2 to 10",
		{Kind: "kube service", Machine: "shop", ID: "cart"}:            "app=kart",
		{Kind: "machine", Machine: "laptop", ID: "laptop"}:             "8 CPUs",
		{Kind: "ingress", Machine: "default", ID: "site"}:              "shop.example.com",
		{Kind: "pod", Machine: "default", ID: "big-5f6d-1"}:            "Insufficient cpu",
		{Kind: "replicaset", Machine: "default", ID: "web-69c6f74b8b"}: "of Deployment/web",
	} {
		m := harbour.New()
		m.Show(s)
		m.Select(key)
		if got := picture(&m, 110, 46, true); !strings.Contains(got, want) || m.Name(key) == "" {
			t.Errorf("%v (%q): %q is not in\n%s", key, m.Name(key), want, got)
		}
	}
}

func TestArrowsReachPodsAndRows(t *testing.T) {
	m := harbour.New()
	m.Show(playtest.Cluster(3))
	seen := map[string]bool{}
	for range 8 {
		m.Move(harbour.Down, 100, 30)
		seen[m.Selected().Kind] = true
	}
	for _, kind := range []string{"deployment", "kube service", "pod"} {
		if !seen[kind] {
			t.Errorf("no %s was reached; saw %v", kind, seen)
		}
	}
}

func TestEverySizeHoldsACluster(t *testing.T) {
	for _, world := range []sim.State{playtest.Cluster(3), playtest.Trouble(), playtest.Rollout(), playtest.ClusterOf(60, 300)} {
		m := harbour.New()
		m.Show(world)
		m.Toggle(harbour.Key{Kind: "deployment", Machine: "default", ID: "web"})
		for w := 0; w < 130; w += 3 {
			for h := 0; h < 40; h += 3 {
				if lines := m.View(theme.New(theme.None), w, h, h%2 == 0); len(lines) != h {
					t.Fatalf("%d × %d has %d lines", w, h, len(lines))
				}
			}
		}
	}
}

func BenchmarkCluster(b *testing.B) {
	for _, size := range [][2]int{{3, 3}, {1000, 10000}} {
		world := playtest.ClusterOf(size[0], size[1])
		other := playtest.Copied(world)
		m := harbour.New()
		m.Show(world)
		b.Run(fmt.Sprintf("View/nodes=%d", size[0]), func(b *testing.B) {
			t := theme.New(theme.Dark)
			for b.Loop() {
				m.View(t, 90, 21, false)
			}
		})
		b.Run(fmt.Sprintf("Show/unchanged/nodes=%d", size[0]), func(b *testing.B) {
			for b.Loop() {
				m.Show(world)
			}
		})
		b.Run(fmt.Sprintf("Show/changed/nodes=%d", size[0]), func(b *testing.B) {
			for b.Loop() {
				world, other = other, world
				m.Show(other)
			}
		})
	}
}
