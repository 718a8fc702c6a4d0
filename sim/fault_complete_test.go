package sim_test

import (
	"slices"
	"testing"

	"drydock/sim"
)

func TestAFaultIsCompletedWithTheNodesThatHaveTheProgram(t *testing.T) {
	spec, err := sim.ParseSpec("w.yaml", []byte("machines: [laptop]\nkubernetes: {control-plane: [cp-1], workers: [node-1]}\n"))
	if err != nil {
		t.Fatal(err)
	}
	s, err := sim.Open(sim.Scenario{Spec: spec})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for line, want := range map[string][]string{
		"fault compo":                       {"component"},
		"fault component st":                {"start", "stop"},
		"fault component stop kube-s":       {"kube-scheduler"},
		"fault component stop etcd ":        {"cp-1"},
		"fault component stop kubelet ":     {"cp-1", "node-1"},
		"fault network cut laptop ":         {"cp-1", "node-1"},
		"fault power off no":                {"node-1"},
		"fault component stop etcd cp-1 no": nil,
	} {
		_, list := s.World().Complete(line, len(line))
		var got []string
		for _, c := range list {
			got = append(got, c.Text)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%q goes on with %q, want %q", line, got, want)
		}
	}
}
