package kubectl_test

import (
	"slices"
	"strings"
	"testing"

	"drydock/sim/kube/kubectl"
	"drydock/sim/machine"
)

func mainOf(l *lab) machine.Main { return kubectl.Main(l.backend) }

func TestHelpOfACommand(t *testing.T) {
	l := newLab(t)
	long, _ := l.run("get --help")
	short, _ := l.run("help get")
	if long != short || !strings.HasPrefix(long, "Display one or many resources.\n\n Prints a table") {
		t.Errorf("get --help and help get differ, or begin otherwise:\n%.300s\n%.300s", long, short)
	}
	for _, want := range []string{"\nExamples:\n  # List all pods", "    -A, --all-namespaces=false:\n\tIf present", "\nUsage:\n  kubectl get [(-o|--output=)json|"} {
		if !strings.Contains(long, want) {
			t.Errorf("get --help has no %q", want)
		}
	}
	if out, status := l.run("config"); status != 1 || !strings.Contains(out, "  view              Display merged kubeconfig settings") {
		t.Errorf("config alone: exit %d\n%s", status, out)
	}
	l.fails("config view-all", "error: unknown command \"view-all\"\nSee 'kubectl config -h' for help and examples")
}

// What kubectl has and the simulator does not is never called unknown.
func TestWhatIsNotSimulatedSaysSo(t *testing.T) {
	l := newLab(t)
	l.fails("label pods x --resource-version=1", "kubectl: 'kubectl label --resource-version' is part of kubectl, but this simulator does not have it")
	l.fails("cluster-info dump", "kubectl: 'kubectl cluster-info dump' is part of kubectl, but this simulator does not have it")
	l.fails("get runtimeclasses", "kubectl: runtimeclasses are part of Kubernetes, but this simulator does not have them")
	l.fails("get pods --nope", "error: unknown flag: --nope\nSee 'kubectl get --help' for usage.")
	l.says("get pods --chunk-size=10", "No resources found in default namespace.\n")
}

func TestAPIResources(t *testing.T) {
	l := newLab(t)
	l.says("api-resources --api-group=batch -o name", "cronjobs.batch\njobs.batch\n")
	l.says("api-resources --api-group=storage.k8s.io --namespaced --no-headers", "csistoragecapacities      storage.k8s.io/v1   true   CSIStorageCapacity\n")
	l.fails("api-resources --sort-by=age", "error: --sort-by accepts only name or kind")
	if out, _ := l.run("api-versions"); !strings.HasSuffix(out, "storagemigration.k8s.io/v1\nv1\n") {
		t.Errorf("api-versions:\n%s", out)
	}
}

func TestCompletion(t *testing.T) {
	l := newLab(t)
	if _, status := l.run("create configmap settings --from-literal=A=1"); status != 0 {
		t.Fatal("no ConfigMap")
	}
	p, _ := l.start("get pods --watch")
	defer p.Exit(0)
	for _, c := range []struct {
		line string
		want []string
	}{
		{"con_", []string{"config"}},
		{"config use_", []string{"use-context"}},
		{"config use-context _", []string{"kubernetes-admin@kubernetes"}},
		{"get configm_", []string{"configmaps"}},
		{"get cm se_", []string{"settings"}},
		{"describe cm/s_", []string{"cm/settings"}},
		{"-n kube-system get cm se_", nil},
		{"get pods -n kube-sy_", []string{"kube-system"}},
		{"get --show-l_", []string{"--show-labels"}},
		{"get pods -o js_", []string{"json", "jsonpath="}},
		{"rollout restart _", []string{"daemonsets", "deployments", "statefulsets"}},
	} {
		words := strings.Split(strings.TrimSuffix(c.line, "_"), " ")
		var got []string
		for _, m := range kubectl.Complete(l.backend, p, words[:len(words)-1], words[len(words)-1]) {
			got = append(got, m.Text)
		}
		slices.Sort(got)
		if !slices.Equal(got, c.want) {
			t.Errorf("%s completes to %q, want %q", c.line, got, c.want)
		}
	}
}
