package sim_test

import (
	"reflect"
	"testing"
	"time"
)

// A look at a cluster takes over what did not change since the one before; a copy of
// the world, which was never looked at, must show the same.
func TestALookThatOnlyTakesChangesSeesTheWholeCluster(t *testing.T) {
	s := clusterOf(t, "machines: [laptop]\nimages: [nginx:alpine]\nkubernetes: {nodes: [node-1, node-2]}\n")
	for _, line := range []string{
		"kubectl create deployment web --image nginx:alpine --replicas 4",
		"kubectl create deployment app --image nginx:alpine --replicas 2",
		"kubectl expose deployment web --port 80",
		"kubectl scale deployment web --replicas 2",
		"kubectl delete pod -l app=app --wait=false",
		"kubectl set resources deployment web --requests cpu=100m",
		"kubectl create namespace team",
		"kubectl cordon node-1",
		"kubectl delete deployment app",
		"kubectl run one --image nginx:alpine --restart Never --command -- true",
	} {
		mustRun(t, s, "laptop", line)
		for range 3 {
			s.World().State()
			s.Advance(1500 * time.Millisecond)
		}
		copied, err := s.Branch()
		if err != nil {
			t.Fatal(err)
		}
		if got, want := s.World().State().Kube, copied.World().State().Kube; !reflect.DeepEqual(got, want) {
			t.Errorf("after %s the state is\n%+v\nbut a fresh look sees\n%+v", line, got, want)
		}
		copied.Close()
	}
}

// What was handed out stays as it was, whatever happens to the cluster.
func TestAStateStaysAsItWasLookedAt(t *testing.T) {
	s := clusterOf(t, "machines: [laptop]\nimages: [nginx:alpine]\nkubernetes: {nodes: [node-1]}\n", "kubectl create deployment web --image nginx:alpine --replicas 2")
	s.Advance(10 * time.Second)
	before := s.World().State().Kube
	mustRun(t, s, "laptop", "kubectl delete deployment web")
	s.Advance(time.Minute)
	if after := s.World().State().Kube; len(after.Pods) != 0 || after.Nodes[0].Pods != 0 {
		t.Errorf("pods are left: %+v", after.Pods)
	}
	if len(before.Pods) != 2 || before.Pods[0].Phase != "Running" || before.Nodes[0].Pods != 2 {
		t.Errorf("the earlier state became %+v", before.Pods)
	}
}
