package kubelet

import (
	"net/netip"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"drydock/sim/clock"
	"drydock/sim/docker"
	"drydock/sim/image"
	"drydock/sim/kube/api"
	"drydock/sim/machine"
	"drydock/sim/vfs"
)

// yard is a cluster of one node with a machine, whose store of images has "tiny".
type yard struct {
	t testing.TB
	*api.Server
	kubelet *Kubelet
	machine *machine.Machine
}

func newYard(t testing.TB) *yard {
	c := clock.New(1, time.Date(2026, time.November, 23, 8, 0, 0, 0, time.UTC))
	t.Cleanup(c.Close)
	site := machine.NewSite(c)
	site.Programs = func(name string) machine.Main { return programs()[name] }
	base := vfs.NewLayer()
	base.Put("/root", vfs.Dir(0o700))
	m := site.Add(machine.Config{Name: "node-1", CPUs: 4, Memory: 8 << 30, Base: []*vfs.Layer{base}, Owner: machine.Root()})
	e := docker.NewFlavour(m, image.NewHub(site.Internet), "2.1.4", docker.Flavour{Network: "cri", Subnet: netip.MustParsePrefix("172.31.0.0/24"), Daemonless: true})
	if err := e.AddImage(tinyImage(), "docker.io/library/tiny:latest"); err != nil {
		t.Fatal(err)
	}
	s := api.NewServer(c)
	for _, name := range []string{"default", "kube-node-lease"} {
		s.Namespaces.Table.Put(&corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: name}})
	}
	y := &yard{t: t, Server: s, machine: m}
	y.kubelet = New(s, m, e, config("node-1"))
	return y
}

func config(name string) Config {
	return Config{Node: name, Address: netip.MustParseAddr("10.0.0.11"), PodCIDR: netip.MustParsePrefix("10.244.0.0/24"), CPUs: 4, Memory: 8 << 30}
}

func tinyImage() *image.Image {
	files := vfs.NewLayer()
	for name := range programs() {
		files.Put("/bin/"+name, vfs.Exec(name, 1000))
	}
	files.Put("/etc/passwd", vfs.File("root:x:0:0:root:/root:/bin/sh\n", 0o644))
	i := &image.Image{
		Config: image.Config{Cmd: []string{"polite"}, Env: []string{"PATH=/bin"}},
		Layers: []*image.Layer{image.NewLayer(files)}, History: []image.History{{CreatedBy: "COPY . /"}}, Local: true,
	}
	return i.Seal()
}

func programs() map[string]machine.Main {
	polite := func(p *machine.Process) int {
		p.OnSignal = func(machine.Signal) bool { p.Exit(0); return true }
		p.Sleep(1000 * time.Hour)
		return 0
	}
	return map[string]machine.Main{
		"polite": polite,
		"deaf":   func(p *machine.Process) int { p.Sleep(1000 * time.Hour); return 0 },
		"crash":  func(p *machine.Process) int { p.Errorf("no luck\n"); p.Sleep(time.Second); return 1 },
		"done":   func(*machine.Process) int { return 0 },
		"tell": func(p *machine.Process) int {
			if p.WriteFile(p.Args[1], []byte("no database")) != nil {
				return 2
			}
			return 1
		},
		"env": func(p *machine.Process) int { p.Printf("%s\n", strings.Join(p.Env.List(), "\n")); return polite(p) },
		"cat": func(p *machine.Process) int {
			data, err := p.ReadFile(p.Args[1])
			p.Printf("%s", data)
			if err != nil {
				return 1
			}
			return 0
		},
		"hog": func(p *machine.Process) int { p.Use(500 << 20); p.Sleep(time.Hour); return 0 },
	}
}

// pod makes a pod on the node with one container.
func (y *yard) pod(name, command string, change ...func(*corev1.Pod)) {
	y.t.Helper()
	grace := int64(30)
	pod := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Namespace: "default", Name: name}}
	pod.Spec = corev1.PodSpec{NodeName: "node-1", RestartPolicy: corev1.RestartPolicyAlways, TerminationGracePeriodSeconds: &grace}
	pod.Spec.Containers = []corev1.Container{{Name: "c", Image: "tiny", Command: strings.Fields(command), ImagePullPolicy: corev1.PullIfNotPresent}}
	for _, fn := range change {
		fn(pod)
	}
	if _, err := y.Pods.Create(pod); err != nil {
		y.t.Fatal(err)
	}
}

// get is the pod as the API server has it, or nil.
func (y *yard) get(name string) *corev1.Pod {
	pod, _ := y.Pods.Table.Get("default", name)
	return pod
}

// state is the phase of the pod and, if it waits or ended, the reason.
func (y *yard) state(name string) string {
	pod := y.get(name)
	if pod == nil {
		return "gone"
	}
	if len(pod.Status.ContainerStatuses) == 0 {
		return string(pod.Status.Phase)
	}
	switch st := pod.Status.ContainerStatuses[0]; {
	case st.State.Waiting != nil:
		return st.State.Waiting.Reason
	case st.State.Terminated != nil:
		return st.State.Terminated.Reason
	case st.Ready:
		return "Ready"
	}
	return "Running"
}

// expect waits for the state, for a while.
func (y *yard) expect(name, want string, within time.Duration) {
	y.t.Helper()
	if !y.Clock.RunUntil(within, func() bool { return y.state(name) == want }) {
		y.t.Fatalf("%s is %s after %s, not %s; events: %v", name, y.state(name), within, want, y.messages(name))
	}
}

// messages are the events about an object in the order of their first time.
func (y *yard) messages(name string) []string {
	var list []string
	for _, e := range y.Events("") {
		if e.InvolvedObject.Name == name {
			list = append(list, e.Reason+": "+e.Message)
		}
	}
	return list
}

func (y *yard) heard(name, text string) {
	y.t.Helper()
	for _, m := range y.messages(name) {
		if strings.Contains(m, text) {
			return
		}
	}
	y.t.Errorf("no event of %s says %q: %q", name, text, y.messages(name))
}
