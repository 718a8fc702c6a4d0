package network_test

import (
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"drydock/sim/clock"
	"drydock/sim/image"
	"drydock/sim/image/program"
	"drydock/sim/kube"
	"drydock/sim/kube/api"
	"drydock/sim/machine"
)

// yard is a cluster of two nodes and a laptop that is no node.
type yard struct {
	*testing.T
	*kube.Cluster
	clock  *clock.Clock
	site   *machine.Site
	laptop *machine.Namespace
}

func newYard(t *testing.T, addons ...string) *yard {
	t.Helper()
	c := clock.New(1, time.Date(2026, time.November, 23, 8, 0, 0, 0, time.UTC))
	t.Cleanup(c.Close)
	site := machine.NewSite(c)
	y := &yard{T: t, clock: c, site: site, laptop: site.Add(machine.Config{Name: "laptop", CPUs: 4, Memory: 8 << 30}).Net}
	hub := image.NewHub(site.Internet)
	declared := program.Programs(hub, nil)
	site.Programs = func(name string) machine.Main {
		if y.Cluster != nil && y.Programs()[name] != nil {
			return y.Programs()[name]
		}
		return declared(name)
	}
	cluster, err := kube.New(kube.Site{Site: site, Hub: hub, Machine: func(node string) *machine.Machine {
		return site.Add(machine.Config{Name: node, CPUs: 4, Memory: 8 << 30})
	}}, kube.Spec{Nodes: []string{"node-1", "node-2"}, Addons: addons})
	if err != nil {
		t.Fatal(err)
	}
	y.Cluster = cluster
	c.Advance(2 * time.Minute)
	return y
}

// pod runs nginx on a node and waits until it is ready.
func (y *yard) pod(namespace, name, node string, labels map[string]string) *machine.Namespace {
	y.Helper()
	p := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: name, Labels: labels}, Spec: corev1.PodSpec{
		NodeName: node, Containers: []corev1.Container{{Name: "c", Image: "nginx:1.27", Ports: []corev1.ContainerPort{{Name: "web", ContainerPort: 80}}}},
	}}
	if _, err := y.Server.Pods.Create(p); err != nil {
		y.Fatal(err)
	}
	y.clock.Advance(20 * time.Second)
	net := y.PodNetwork(y.get(namespace, name))
	if net == nil {
		y.Fatalf("the pod %s has no network: %+v", name, y.get(namespace, name).Status)
	}
	return net
}

func (y *yard) get(namespace, name string) *corev1.Pod {
	y.Helper()
	p, found := y.Server.Pods.Get(namespace, name)
	if !found {
		y.Fatalf("there is no pod %s", name)
	}
	return p
}

// service makes one for app=web with a port 80, changed by change.
func (y *yard) service(name string, change func(*corev1.Service)) *corev1.Service {
	y.Helper()
	s := &corev1.Service{ObjectMeta: metav1.ObjectMeta{Namespace: "default", Name: name}, Spec: corev1.ServiceSpec{
		Selector: app("web"), Ports: []corev1.ServicePort{{Port: 80, TargetPort: intstr.FromInt32(80)}},
	}}
	if change != nil {
		change(s)
	}
	made, err := y.Server.Services.Create(s)
	if err != nil {
		y.Fatal(err)
	}
	y.clock.Advance(2 * time.Second)
	return made
}

func app(name string) map[string]string { return map[string]string{"app": name} }

// dial is who answers a connection.
func (y *yard) dial(from *machine.Namespace, host string, port int) string {
	conn, err := from.Dial(host, port, "tcp")
	if err != nil {
		return err.Error()
	}
	if conn.Server == nil {
		return "the internet"
	}
	return conn.Server.Name
}

// expect is dial with what should come out: a pod's name, or an error.
func (y *yard) expect(from *machine.Namespace, host string, port int, want string) {
	y.Helper()
	if got := y.dial(from, host, port); got != want {
		y.Errorf("from %s to %s:%d: %s, not %s", from.Name, host, port, got, want)
	}
}

// resolve is what a name leads to, or why it leads nowhere.
func (y *yard) resolve(from *machine.Namespace, name string, want ...string) {
	y.Helper()
	addrs, err := from.LookupHost(name)
	var got []string
	for _, a := range addrs {
		got = append(got, a.String())
	}
	if err != nil {
		got = []string{err.Error()}
	}
	if len(got) != len(want) {
		y.Fatalf("%s is %v, not %v", name, got, want)
	}
	for i := range got {
		if got[i] != want[i] {
			y.Errorf("%s is %v, not %v", name, got, want)
		}
	}
}

func gracefully() api.DeleteOptions { return api.DeleteOptions{} }
