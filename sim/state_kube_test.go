package sim_test

import (
	"strings"
	"testing"
	"time"

	"drydock/sim"
)

// clusterOf opens a world with a cluster, and runs lines on its first machine.
func clusterOf(tb testing.TB, spec string, lines ...string) *sim.Session {
	tb.Helper()
	parsed, err := sim.ParseSpec("world.yaml", []byte(spec))
	if err != nil {
		tb.Fatal(err)
	}
	s, err := sim.Open(sim.Scenario{Spec: parsed})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(s.Close)
	for _, line := range lines {
		mustRun(tb, s, "laptop", line)
	}
	return s
}

func TestTheStateTellsADeploymentFromItsPods(t *testing.T) {
	s := clusterOf(t, "machines: [laptop]\nimages: [nginx:alpine]\nkubernetes: {nodes: [node-1, node-2, node-3]}\n",
		"kubectl create deployment web --image nginx:alpine --replicas 3", "kubectl expose deployment web --port 80", "kubectl rollout status deployment web")
	s.Advance(2 * time.Second)
	k := s.World().State().Kube
	if !k.Answers || len(k.Nodes) != 3 || !k.Nodes[0].Ready || k.Nodes[0].Pods != 1 {
		t.Errorf("nodes are %+v, want three that are ready with a pod each", k.Nodes)
	}
	if len(k.Pods) != 3 {
		t.Fatalf("there are %d pods, want 3", len(k.Pods))
	}
	p := k.Pods[0]
	if p.Status != "Running" || !p.Ready || !strings.HasPrefix(p.Owner, "ReplicaSet/web-") || p.Containers[0].State != "running" {
		t.Errorf("a pod is %+v", p)
	}
	if d := k.Workloads[0]; d.Kind != "Deployment" || d.Available != 3 || d.Rollout != "complete" || d.Revision != "1" {
		t.Errorf("the Deployment is %+v", d)
	}
	var found bool
	for _, svc := range k.Services {
		found = found || svc.Name == "web" && svc.ReadyCount == 3
	}
	if !found {
		t.Errorf("no Service web with three endpoints in %+v", k.Services)
	}
}

func TestAPodThatWaitsSaysWhatTheSchedulerFound(t *testing.T) {
	s := clusterOf(t, "machines: [laptop]\nkubernetes: {nodes: [node-1]}\n", `kubectl run big --image nginx --overrides '{"spec":{"nodeSelector":{"disk":"ssd"}}}'`)
	s.Advance(time.Second)
	p := s.World().State().Kube.Pods[0]
	if p.Status != "Pending" || !strings.Contains(p.Message, "didn't match Pod's node affinity/selector") {
		t.Errorf("the pod is %s: %q", p.Status, p.Message)
	}
}

// What a look at a big cluster costs when nothing changed, and when one pod did.
func BenchmarkStateOfAThousandNodes(b *testing.B) {
	s := clusterOf(b, "machines: [laptop]\nkubernetes: {nodes: 1000}\n",
		"kubectl create deployment web --image nginx --replicas 10000", "kubectl rollout status deployment web")
	b.Run("unchanged", func(b *testing.B) {
		for b.Loop() {
			s.World().State()
		}
	})
	for _, what := range []string{"node node-1", "pod " + s.World().State().Kube.Pods[5000].Name} {
		b.Run("changed "+what[:4], func(b *testing.B) {
			for b.Loop() {
				b.StopTimer()
				mustRun(b, s, "laptop", "kubectl annotate "+what+" --overwrite at="+s.World().Elapsed().String())
				b.StartTimer()
				s.World().State()
			}
		})
	}
}
