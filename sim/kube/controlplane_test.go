package kube_test

import (
	"strings"
	"testing"
	"time"

	"drydock/sim/clock"
	"drydock/sim/kube"
	"drydock/sim/machine"
)

// yard is a cluster with a visible control plane and its machines.
type yard struct {
	*kube.Cluster
	t     *testing.T
	site  *machine.Site
	clock *clock.Clock
}

func visible(t *testing.T, control ...string) *yard {
	t.Helper()
	cluster, site := founded(t, kube.Spec{ControlPlane: control, Workers: []string{"node-1"}})
	site.Clock.Advance(2 * time.Minute)
	return &yard{cluster, t, site, site.Clock}
}

// health finds a program of a node.
func (y *yard) health(component, node string) kube.ComponentHealth {
	y.t.Helper()
	for _, h := range y.Health() {
		if h.Component == component && h.Node == node {
			return h
		}
	}
	y.t.Fatalf("%s on %q is not in the list", component, node)
	return kube.ComponentHealth{}
}

// leader is the node that works as the program.
func (y *yard) leader(component string) string {
	for _, h := range y.Health() {
		if h.Component == component && h.Leader {
			return h.Node
		}
	}
	return ""
}

// kubectl runs kubectl on the laptop and returns what it printed.
func (y *yard) kubectl(args ...string) string {
	y.t.Helper()
	m := y.site.Machine("laptop")
	_ = m.FS.MkdirAll(m.Owner.Home+"/.kube", 0o755, 0, 0)
	if err := m.FS.WriteFile(m.Owner.Home+"/.kube/config", y.Kubeconfig(), 0o600, 0, 0); err != nil {
		y.t.Fatal(err)
	}
	var out strings.Builder
	p, err := m.Start(machine.Spec{Args: append([]string{"kubectl"}, args...), Main: y.Kubectl(), Stdout: &out, Stderr: &out})
	if err != nil {
		y.t.Fatal(err)
	}
	y.clock.RunUntil(5*time.Minute, p.Done)
	return out.String()
}

func (y *yard) power(node string, on bool) { y.site.Machine(node).SetPower(on) }

func TestOneControlPlaneNodeOfThreeMayGo(t *testing.T) {
	y := visible(t, "cp-1", "cp-2", "cp-3")
	if !y.Ready() {
		t.Fatal("the API does not answer in a new cluster")
	}
	gone := y.leader("kube-controller-manager")
	y.power(gone, false)
	y.clock.Advance(30 * time.Second)
	if !y.Ready() {
		t.Error("two of three members are a quorum, but the API does not answer")
	}
	next := y.leader("kube-controller-manager")
	if next == "" || next == gone {
		t.Errorf("30 s after %s went the controller manager of %q works; another one should", gone, next)
	}
	lease, found := y.Server.Leases.Get("kube-system", "kube-controller-manager")
	if !found || !strings.HasPrefix(*lease.Spec.HolderIdentity, next+"_") || *lease.Spec.LeaseTransitions != 1 {
		t.Errorf("the lease does not show that %s took over: %v", next, lease)
	}
}

func TestALeaderIsReplacedOnlyWhenItsLeaseIsTooOld(t *testing.T) {
	y := visible(t, "cp-1", "cp-2", "cp-3")
	y.power(y.leader("kube-scheduler"), false)
	y.clock.Advance(10 * time.Second)
	if next := y.leader("kube-scheduler"); next != "" {
		t.Errorf("%s took over after 10 s, while the lease of 15 s held", next)
	}
	y.clock.Advance(10 * time.Second)
	if y.leader("kube-scheduler") == "" {
		t.Error("nobody took over after 20 s")
	}
}

func TestWithoutQuorumNothingCanBeAskedOrChangedUntilAMemberReturns(t *testing.T) {
	y := visible(t, "cp-1", "cp-2", "cp-3")
	if _, err := y.Server.Deployments.Create(deployment("web", 1)); err != nil {
		t.Fatal(err)
	}
	settle(t, y.Cluster, y.clock, "web")
	pods := y.Server.Pods.List("default")
	y.power("cp-1", false)
	y.power("cp-2", false)
	y.clock.Advance(5 * time.Second)
	if out := y.kubectl("get", "pods"); out != "Error from server: etcdserver: request timed out\n" {
		t.Errorf("kubectl says %q", out)
	}
	if h := y.health("etcd", "cp-3"); !h.Running || h.Message != "no quorum: it reaches 1 of 3 members and needs 2" {
		t.Errorf("etcd on cp-3: %+v", h)
	}
	if net := y.PodNetwork(pods[0]); net == nil || len(net.Listeners()) == 0 {
		t.Error("the pod on node-1 no longer runs")
	}
	y.power("cp-1", true)
	y.clock.Advance(2 * time.Minute)
	if out := y.kubectl("get", "pods"); !strings.Contains(out, pods[0].Name) {
		t.Errorf("after cp-1 came back kubectl says %q", out)
	}
}

func TestAManifestThatIsMovedAwayStopsItsProgram(t *testing.T) {
	y := visible(t, "cp-1")
	m := y.site.Machine("cp-1")
	const file = "/etc/kubernetes/manifests/kube-scheduler.yaml"
	text, err := m.FS.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := m.FS.RemoveAll(file); err != nil {
		t.Fatal(err)
	}
	y.clock.Advance(5 * time.Second)
	if _, found := y.Server.Pods.Get("kube-system", "kube-scheduler-cp-1"); found || y.health("kube-scheduler", "cp-1").Running {
		t.Error("the scheduler still runs without its manifest")
	}
	if err := m.FS.WriteFile(file, text, 0o600, 0, 0); err != nil {
		t.Fatal(err)
	}
	y.clock.Advance(30 * time.Second)
	if y.leader("kube-scheduler") != "cp-1" {
		t.Error("the scheduler does not work again with its manifest back")
	}
}

func TestASpoiledManifestStopsItsProgramUntilItIsMended(t *testing.T) {
	y := visible(t, "cp-1")
	m := y.site.Machine("cp-1")
	const file = "/etc/kubernetes/manifests/kube-controller-manager.yaml"
	text, err := m.FS.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		text    string
		running bool
	}{{"apiVersion: v1\nkind: Pod\n  metadata:\n", false}, {string(text), true}} {
		if err := m.FS.WriteFile(file, []byte(c.text), 0o600, 0, 0); err != nil {
			t.Fatal(err)
		}
		y.clock.Advance(30 * time.Second)
		if got := y.health("kube-controller-manager", "cp-1").Running; got != c.running {
			t.Errorf("with the manifest %.20q... it runs: %v", c.text, got)
		}
	}
}

func TestADeletedMirrorComesBackAndItsContainerGoesOn(t *testing.T) {
	y := visible(t, "cp-1")
	before, _ := y.Server.Pods.Get("kube-system", "etcd-cp-1")
	if out := y.kubectl("delete", "pod", "-n", "kube-system", "etcd-cp-1"); out != "pod \"etcd-cp-1\" deleted from kube-system namespace\n" {
		t.Errorf("kubectl says %q", out)
	}
	after, found := y.Server.Pods.Get("kube-system", "etcd-cp-1")
	if !found || after.UID == before.UID {
		t.Fatal("there is no new mirror")
	}
	if a, b := before.Status.ContainerStatuses[0].ContainerID, after.Status.ContainerStatuses[0].ContainerID; a != b {
		t.Errorf("the container is another one: %s, %s", a, b)
	}
}

func TestEtcdStoppedByAFaultIsMissedAndComesBack(t *testing.T) {
	y := visible(t, "cp-1")
	if err := y.SetComponent("etcd", "cp-1", false); err != nil {
		t.Fatal(err)
	}
	y.clock.Advance(3 * time.Second)
	if out := y.kubectl("get", "nodes"); !strings.Contains(out, "dial tcp 127.0.0.1:2379: connect: connection refused") {
		t.Errorf("kubectl says %q", out)
	}
	if err := y.SetComponent("etcd", "", true); err != nil {
		t.Fatal(err)
	}
	y.clock.Advance(time.Minute)
	if !y.Ready() {
		t.Error("the API does not answer with etcd back")
	}
}

func TestTheHealthOfAnAPIServerThatHasNoQuorumBehindIt(t *testing.T) {
	y := visible(t, "cp-1", "cp-2", "cp-3")
	if out := y.kubectl("get", "--raw=/readyz"); out != "ok" {
		t.Errorf("readyz of a healthy cluster is %q", out)
	}
	y.power("cp-1", false)
	y.power("cp-2", false)
	y.clock.Advance(5 * time.Second)
	out := y.kubectl("get", "--raw=/readyz?verbose")
	if !strings.HasPrefix(out, `Error from server (InternalError): an error on the server ("[+]ping ok\n[+]log ok\n[-]etcd failed: reason withheld\n[-]etcd-readiness failed: reason withheld\n`) ||
		!strings.HasSuffix(out, `readyz check failed") has prevented the request from succeeding`+"\n") {
		t.Errorf("readyz without a quorum is %q", out)
	}
	y.power("cp-3", false)
	y.clock.Advance(5 * time.Second)
	if out := y.kubectl("get", "nodes"); !strings.HasSuffix(out, "Unable to connect to the server: EOF\n") {
		t.Errorf("with nobody behind the balancer kubectl says %q", out)
	}
}

func TestComponentStatusesAreThoseBesideTheAPIServerThatIsAsked(t *testing.T) {
	y := visible(t, "cp-1", "cp-2", "cp-3")
	if err := y.SetComponent("kube-scheduler", "cp-2", false); err != nil {
		t.Fatal(err)
	}
	y.clock.Advance(3 * time.Second)
	if out := y.kubectl("get", "componentstatuses"); strings.Contains(out, "Unhealthy") {
		t.Errorf("cp-1 answers and has a scheduler, but: %s", out)
	}
	if err := y.SetComponent("kube-scheduler", "cp-1", false); err != nil {
		t.Fatal(err)
	}
	y.clock.Advance(3 * time.Second)
	if out := y.kubectl("get", "cs"); !strings.Contains(out, "dial tcp 127.0.0.1:10259: connect: connection refused") {
		t.Errorf("cp-1 has no scheduler, but: %s", out)
	}
}

func TestAControlPlaneNodeThatIsCutOffLosesTheLead(t *testing.T) {
	y := visible(t, "cp-1", "cp-2", "cp-3")
	gone := y.leader("kube-scheduler")
	y.site.LAN.Cut = func(a, b *machine.Namespace) bool {
		return (a.Machine.Name == gone) != (b.Machine.Name == gone)
	}
	y.Rewired()
	y.clock.Advance(40 * time.Second)
	if next := y.leader("kube-scheduler"); next == "" || next == gone {
		t.Errorf("40 s after %s was cut off the scheduler of %q leads", gone, next)
	}
	if h := y.health("etcd", gone); h.Message != "no quorum: it reaches 1 of 3 members and needs 2" {
		t.Errorf("etcd on %s: %+v", gone, h)
	}
	y.site.LAN.Cut = nil
	y.Rewired()
	y.clock.Advance(5 * time.Second)
	if h := y.health("etcd", gone); h.Message != "" {
		t.Errorf("5 s after the cable is back: %+v", h)
	}
}

func TestANewControllerManagerWaitsBeforeItCallsANodeDead(t *testing.T) {
	y := visible(t, "cp-1")
	if err := y.SetComponent("kube-controller-manager", "", false); err != nil {
		t.Fatal(err)
	}
	y.power("node-1", false)
	y.clock.Advance(5 * time.Minute)
	if out := y.kubectl("get", "nodes"); strings.Contains(out, "NotReady") {
		t.Errorf("nobody watches, and yet: %s", out)
	}
	if err := y.SetComponent("kube-controller-manager", "", true); err != nil {
		t.Fatal(err)
	}
	y.clock.Advance(45 * time.Second)
	if out := y.kubectl("get", "nodes"); strings.Contains(out, "NotReady") {
		t.Errorf("less than 50 s after it began to watch: %s", out)
	}
	y.clock.Advance(45 * time.Second)
	if out := y.kubectl("get", "nodes"); !strings.Contains(out, "node-1   NotReady") {
		t.Errorf("a dead node is not noticed: %s", out)
	}
}

func TestComponentsAreNamedByProgramAndNode(t *testing.T) {
	y := visible(t, "cp-1")
	for _, c := range []struct{ name, node, want string }{
		{"kubelet", "node-1", ""}, {"etcd", "node-1", `etcd does not run on "node-1"; it does on: cp-1`},
		{"kubeproxy", "", `there is no component "kubeproxy"`}, {"coredns", "node-1", "coredns belongs to no node"},
	} {
		err := y.CheckComponent(c.name, c.node)
		if got := ""; err != nil {
			got = err.Error()
			if c.want == "" || !strings.HasPrefix(got, c.want) {
				t.Errorf("%s %s: %s", c.name, c.node, got)
			}
		} else if c.want != "" {
			t.Errorf("%s %s: no error", c.name, c.node)
		}
	}
}
