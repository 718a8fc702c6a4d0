package swarm

import "testing"

func TestConstraintsCompareLabelsAndRoles(t *testing.T) {
	n := &Node{ID: "abc", Addr: "192.168.56.11", host: hostFacts{name: "node-1"}, Spec: NodeSpec{Role: "manager", Annotations: Annotations{Labels: map[string]string{"disk": "ssd"}}}}
	for text, want := range map[string]bool{
		"node.role==manager": true, "node.role == worker": false, "node.role!=worker": true, "node.hostname==NODE-1": true,
		"node.labels.disk==ssd": true, "node.labels.disk!=ssd": false, "node.labels.none==x": false, "node.labels.none!=x": true,
		"node.id==abc": true, "node.nothing==x": false, "node.platform.os==linux": true,
	} {
		if got := meets(&Placement{Constraints: []string{text}}, n); got != want {
			t.Errorf("%s: got %v", text, got)
		}
	}
}

func FuzzConstraint(f *testing.F) {
	for _, seed := range []string{"node.role==manager", "node.labels.a!=b", "==", "a=b", "!="} {
		f.Add(seed)
	}
	n := &Node{ID: "abc"}
	f.Fuzz(func(t *testing.T, text string) {
		k, err := parseConstraint(text)
		if err == nil && (k.key == "" || k.value == "") {
			t.Fatalf("%q is accepted without a key or a value", text)
		}
		meets(&Placement{Constraints: []string{text}}, n)
	})
}
