package sim_test

import "testing"

// A learner who pulls a plug and lets time pass until all is quiet must see what
// comes of it, although for the first minute nothing is due but heartbeats.
func TestAClusterIsNotAtRestUntilADeadNodeIsMissed(t *testing.T) {
	for _, fault := range []string{"power off node-2", "component stop kubelet node-2"} {
		s := clusterOf(t, "machines: [laptop]\nimages: [nginx:alpine]\nkubernetes: {nodes: [node-1, node-2]}\n",
			"kubectl create deployment web --image nginx:alpine --replicas 2", "kubectl rollout status deployment web")
		if err := s.Fault(fault, false); err != nil {
			t.Fatal(err)
		}
		s.Settle()
		k := s.World().State().Kube
		if k.Nodes[1].Ready {
			t.Errorf("%s: after all is quiet node-2 is still %s", fault, k.Nodes[1].Status)
		}
		elsewhere := 0
		for _, p := range k.Pods {
			if p.Node == "node-1" && p.Ready {
				elsewhere++
			}
		}
		if elsewhere != 2 {
			t.Errorf("%s: %d pods of web run on node-1, want both", fault, elsewhere)
		}
	}
}
