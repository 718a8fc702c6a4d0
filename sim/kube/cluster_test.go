package kube_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"drydock/sim/clock"
	"drydock/sim/image"
	"drydock/sim/image/program"
	"drydock/sim/kube"
	"drydock/sim/machine"
)

// founded makes a cluster on machines of its own, with a laptop beside it.
func founded(tb testing.TB, spec kube.Spec) (*kube.Cluster, *machine.Site) {
	tb.Helper()
	c := clock.New(1, time.Date(2026, time.November, 23, 8, 0, 0, 0, time.UTC))
	tb.Cleanup(c.Close)
	site := machine.NewSite(c)
	site.Add(machine.Config{Name: "laptop", CPUs: 4, Memory: 8 << 30})
	hub := image.NewHub(site.Internet)
	site.Programs = program.Programs(hub, nil)
	cluster, err := kube.New(kube.Site{Site: site, Hub: hub, Machine: func(node string) *machine.Machine {
		return site.Add(machine.Config{Name: node, CPUs: 4, Memory: 8 << 30})
	}}, spec)
	if err != nil {
		tb.Fatal(err)
	}
	return cluster, site
}

// found makes a cluster whose nodes are Ready.
func found(tb testing.TB, spec kube.Spec) (*kube.Cluster, *clock.Clock) {
	tb.Helper()
	cluster, site := founded(tb, spec)
	site.Clock.Advance(time.Minute)
	return cluster, site.Clock
}

// deployment is what kubectl create deployment makes.
func deployment(name string, replicas int32) *appsv1.Deployment {
	labels := map[string]string{"app": name}
	return &appsv1.Deployment{
		ObjectMeta: metav1.ObjectMeta{Name: name, Namespace: "default", Labels: labels},
		Spec: appsv1.DeploymentSpec{
			Replicas: &replicas, Selector: &metav1.LabelSelector{MatchLabels: labels},
			Template: corev1.PodTemplateSpec{
				ObjectMeta: metav1.ObjectMeta{Labels: labels},
				Spec:       corev1.PodSpec{Containers: []corev1.Container{{Name: "nginx", Image: "nginx:1.27"}}},
			},
		},
	}
}

// settle runs the cluster until a Deployment has all replicas available.
func settle(tb testing.TB, cluster *kube.Cluster, c *clock.Clock, name string) {
	tb.Helper()
	done := func() bool {
		d, found := cluster.Server.Deployments.Get("default", name)
		return found && d.Status.AvailableReplicas == *d.Spec.Replicas
	}
	if !c.RunUntil(10*time.Minute, done) {
		var states []string
		for _, p := range cluster.Server.Pods.List("")[:min(5, cluster.Server.Pods.Table.Len())] {
			states = append(states, fmt.Sprintf("%s %s on %q", p.Name, p.Status.Phase, p.Spec.NodeName))
		}
		d, _ := cluster.Server.Deployments.Get("default", name)
		tb.Fatalf("%s has %d of %d replicas available; pods: %s", name, d.Status.AvailableReplicas, *d.Spec.Replicas, strings.Join(states, "; "))
	}
}

func TestADeploymentRunsOnNodesWithMachines(t *testing.T) {
	cluster, c := found(t, kube.Spec{Nodes: []string{"node-1", "node-2", "node-3"}})
	if _, err := cluster.Server.Deployments.Create(deployment("web", 3)); err != nil {
		t.Fatal(err)
	}
	settle(t, cluster, c, "web")
	used := map[string]int{}
	for _, p := range cluster.Server.Pods.List("default") {
		used[p.Spec.NodeName]++
	}
	if len(used) != 3 {
		t.Errorf("three replicas are on %v, want one on each node", used)
	}
}

func TestWithoutControllersADeploymentStaysAWish(t *testing.T) {
	cluster, c := found(t, kube.Spec{Hollow: 3})
	if err := cluster.SetComponent("kube-controller-manager", "", false); err != nil {
		t.Fatal(err)
	}
	if _, err := cluster.Server.Deployments.Create(deployment("web", 2)); err != nil {
		t.Fatal(err)
	}
	c.Advance(time.Minute)
	if n := cluster.Server.Pods.Table.Len(); n != 0 {
		t.Fatalf("%d pods appeared without a controller manager", n)
	}
	if err := cluster.SetComponent("kube-controller-manager", "", true); err != nil {
		t.Fatal(err)
	}
	settle(t, cluster, c, "web")
}

// From the creation of a Deployment until all its pods run, on nodes that are only
// counted.
func BenchmarkApplyToRunning(b *testing.B) {
	for _, size := range []struct{ nodes, pods int }{{100, 1000}, {1000, 10_000}, {5000, 150_000}} {
		b.Run(fmt.Sprintf("nodes=%d/pods=%d", size.nodes, size.pods), func(b *testing.B) {
			for range b.N {
				b.StopTimer()
				cluster, c := found(b, kube.Spec{Hollow: size.nodes})
				b.StartTimer()
				if _, err := cluster.Server.Deployments.Create(deployment("web", int32(size.pods))); err != nil { //nolint:gosec // small
					b.Fatal(err)
				}
				settle(b, cluster, c, "web")
			}
		})
	}
}
