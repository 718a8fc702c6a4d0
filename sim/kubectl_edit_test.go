package sim_test

import (
	"strings"
	"testing"
)

// edited is a world with a Deployment of one pod, applied from a file.
const edited = "machines: [laptop]\nkubernetes: {nodes: [node-1]}\n"

func TestEditSavesWhatTheEditorLeft(t *testing.T) {
	s := clusterOf(t, edited, "kubectl create deployment web --image nginx")
	out := mustRun(t, s, "laptop", `KUBE_EDITOR="sed -i s/replicas:.1/replicas:\ 3/" kubectl edit deployment web`)
	if out != "deployment.apps/web edited\n" {
		t.Errorf("edit says %q", out)
	}
	if w := s.World().State().Kube.Workloads[0]; w.Replicas != 3 {
		t.Errorf("%d replicas are wanted", w.Replicas)
	}
	if out := mustRun(t, s, "laptop", "KUBE_EDITOR=true kubectl edit deployment web"); out != "Edit cancelled, no changes made.\n" {
		t.Errorf("an edit that changes nothing says %q", out)
	}
}

// keptText is the file that a refused edit names, and what is in it.
func keptText(t *testing.T, s interface {
	ReadFile(machine, path string) string
}, output string) string {
	t.Helper()
	_, rest, found := strings.Cut(output, `A copy of your changes has been stored to "`)
	file, _, _ := strings.Cut(rest, `"`)
	if !found {
		t.Fatalf("no copy is named in\n%s", output)
	}
	return s.ReadFile("laptop", file)
}

func TestAnEditThatCannotBeSavedIsKept(t *testing.T) {
	s := clusterOf(t, edited, "kubectl create deployment web --image nginx --dry-run=client -o yaml | kubectl apply -f -")
	for _, line := range []string{
		`KUBE_EDITOR="sed -i s/replicas:/replica:/" kubectl edit deployment web`,
		`KUBE_EDITOR="sed -i s/spec:/spec:[/" kubectl edit deployment web`,
		`KUBE_EDITOR="sed -i s/spec:/spec:[/" kubectl apply edit-last-applied deployment web`,
	} {
		r := s.Exec("laptop", line)
		if r.Status != 1 || !strings.Contains(r.Output, "Edit cancelled, no valid changes were saved.") {
			t.Errorf("%s\nexit status %d: %s", line, r.Status, r.Output)
			continue
		}
		if text := keptText(t, s.World(), r.Output); !strings.Contains(text, "replica:") && !strings.Contains(text, "spec:[") {
			t.Errorf("%s\nthe copy has lost the change:\n%s", line, text)
		}
	}
}
