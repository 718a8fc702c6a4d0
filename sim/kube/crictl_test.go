package kube_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"drydock/sim/machine"
)

// run runs a program of the cluster on a node and returns what it printed.
func (y *yard) run(node string, main machine.Main, args ...string) string {
	y.t.Helper()
	var out strings.Builder
	p, err := y.site.Machine(node).Start(machine.Spec{Args: args, Main: main, Stdout: &out, Stderr: &out})
	if err != nil {
		y.t.Fatal(err)
	}
	y.clock.RunUntil(5*time.Minute, p.Done)
	return out.String()
}

func (y *yard) crictl(node string, args ...string) string {
	return y.run(node, y.Crictl(), slices.Insert(args, 0, "crictl")...)
}

// ready gives the cluster a pod of web on node-1, and crictl to the nodes.
func (y *yard) ready() {
	y.t.Helper()
	if err := y.PutCrictl(); err != nil {
		y.t.Fatal(err)
	}
	if _, err := y.Server.Deployments.Create(deployment("web", 1)); err != nil {
		y.t.Fatal(err)
	}
	settle(y.t, y.Cluster, y.clock, "web")
}

func TestCrictlShowsWhatRunsOnANodeWithoutTheAPIServer(t *testing.T) {
	y := visible(t, "cp-1")
	y.ready()
	if err := y.SetComponent("kube-apiserver", "", false); err != nil {
		t.Fatal(err)
	}
	y.clock.Advance(5 * time.Second)
	pod := y.Server.Pods.List("default")[0]
	lines := strings.Split(y.crictl("node-1", "ps", "--namespace", "default"), "\n")
	head := "CONTAINER           IMAGE               CREATED             STATE               NAME                ATTEMPT             POD ID              POD                 "
	if !strings.HasPrefix(lines[0], head) {
		t.Errorf("the heading is %q", lines[0])
	}
	if len(lines) != 3 || !strings.Contains(lines[1], "Running") || !strings.HasSuffix(lines[1], pod.Name+"   default") {
		t.Errorf("ps shows %q", lines[1:])
	}
	if out := y.crictl("node-1", "pods", "--name", pod.Name); !strings.Contains(out, "Ready") || !strings.Contains(out, "(default)\n") {
		t.Errorf("pods shows %q", out)
	}
	if out := y.crictl("cp-1", "ps", "--name", "kube-apiserver"); strings.Contains(out, "Running") {
		t.Errorf("the API server still runs: %q", out)
	}
}

func TestAContainerThatCrictlStopsIsStartedAgain(t *testing.T) {
	y := visible(t, "cp-1")
	y.ready()
	id := strings.TrimSpace(y.crictl("node-1", "ps", "-q", "--namespace", "default"))
	if out := y.crictl("node-1", "rm", id); !strings.Contains(out, "is running, please stop it first") {
		t.Errorf("rm says %q", out)
	}
	if out := y.crictl("node-1", "stop", id); out != id+"\n" {
		t.Errorf("stop says %q", out)
	}
	y.clock.Advance(5 * time.Second)
	next := strings.TrimSpace(y.crictl("node-1", "ps", "-q", "--namespace", "default"))
	if next == "" || next == id {
		t.Errorf("5 s after %s was stopped there runs %q", id, next)
	}
	if out := y.crictl("node-1", "inspect", next); !strings.Contains(out, `"attempt": 1`) || !strings.Contains(out, `"state": "CONTAINER_RUNNING"`) {
		t.Errorf("inspect says %s", out)
	}
	if out := y.crictl("node-1", "rm", id); out != id+"\n" {
		t.Errorf("rm of what was stopped says %q", out)
	}
}

func TestCrictlNeedsItsRuntime(t *testing.T) {
	y := visible(t, "cp-1")
	y.ready()
	if err := y.SetComponent("containerd", "node-1", false); err != nil {
		t.Fatal(err)
	}
	if out := y.crictl("node-1", "ps"); !strings.Contains(out, "dial unix /run/containerd/containerd.sock: connect: no such file or directory") {
		t.Errorf("crictl says %q", out)
	}
	y.clock.Advance(50 * time.Second)
	if out := y.kubectl("get", "nodes"); !strings.Contains(out, "node-1   NotReady") {
		t.Errorf("50 s later the node is still ready: %s", out)
	}
}

func TestSystemctlStopsTheKubeletAndItsPodsGoOn(t *testing.T) {
	y := visible(t, "cp-1")
	y.ready()
	systemctl := y.Systemctl(func(p *machine.Process) int { p.Printf("other\n"); return 0 })
	y.run("node-1", systemctl, "systemctl", "stop", "kubelet")
	if out := y.run("node-1", systemctl, "systemctl", "is-active", "kubelet"); out != "inactive\n" {
		t.Errorf("is-active says %q", out)
	}
	y.clock.Advance(60 * time.Second)
	if out := y.kubectl("get", "nodes"); !strings.Contains(out, "node-1   NotReady") {
		t.Errorf("a minute later: %s", out)
	}
	if net := y.PodNetwork(y.Server.Pods.List("default")[0]); net == nil || len(net.Listeners()) == 0 {
		t.Error("the pod has stopped with the kubelet")
	}
	y.run("node-1", systemctl, "systemctl", "start", "kubelet")
	y.clock.Advance(10 * time.Second)
	if out := y.kubectl("get", "nodes"); strings.Contains(out, "NotReady") {
		t.Errorf("10 s after the start: %s", out)
	}
	if out := y.run("node-1", systemctl, "systemctl", "status", "docker"); out != "other\n" {
		t.Errorf("another service: %q", out)
	}
}
