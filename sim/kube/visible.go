package kube

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"drydock/sim/image"
	"drydock/sim/kube/api"
	"drydock/sim/kube/controlplane"
	"drydock/sim/kube/kubectl"
	"drydock/sim/kube/kubelet"
	"drydock/sim/machine"
)

// foundControl makes what stands for the control plane: its programs on the machines
// that the spec names, or an API server out of sight that is there at once.
func (c *Cluster) foundControl(site Site) {
	if len(c.spec.ControlPlane) > 0 {
		c.foundPlane(site)
		return
	}
	c.endpoint = newEndpoint(site.Site, c.spec.Published)
	c.endpoint.listen(true)
	c.serving = true
}

// foundPlane makes the control plane of a spec that names its nodes. Its programs run
// as pods on them, and the cluster answers as soon as they do.
func (c *Cluster) foundPlane(site Site) {
	c.plane = controlplane.New(c.Server, site.Site, c.manager, c.scheduler)
	c.plane.Changed = c.setServing
	c.plane.Daemon = func(m *machine.Machine, on bool) {
		if proxy := c.network.Proxy(m.Name); proxy != nil {
			proxy.Component().SetRunning(on)
		}
	}
	known := site.Programs
	site.Site.Programs = func(name string) machine.Main {
		if main := c.program(name); main != nil {
			return main
		}
		return known(name)
	}
}

// program finds one of the cluster's own programs. One that a fault has broken ends at
// once, and the kubelet backs off.
func (c *Cluster) program(name string) machine.Main {
	main := c.plane.Program(name)
	if name == coreDNS {
		main = c.network.CoreDNS()
	}
	if main == nil {
		return nil
	}
	return func(p *machine.Process) int {
		if c.crashing[name] || c.crashing[name+" "+p.Machine.Name] {
			p.Errorf("F%s       1 %s.go:1] broken by a fault of the game\n", p.Now().Format("0102 15:04:05.000000"), name)
			return 1
		}
		return main(p)
	}
}

// restart ends the processes of a program that runs in pods: those that a fault has
// broken do not come back, and those that it no longer breaks do so at once.
func (c *Cluster) restart(name, node string) {
	label := map[string]string{controlplane.KubeProxy: controlplane.KubeProxy, coreDNS: "kube-dns"}[name]
	broken := c.crashing[name] || c.crashing[name+" "+node]
	for _, pod := range c.Server.Pods.List("kube-system") {
		if pod.Labels["k8s-app"] != label || node != "" && pod.Spec.NodeName != node {
			continue
		}
		if !broken {
			_, _ = c.Server.Pods.Delete(pod.Namespace, pod.Name, api.DeleteOptions{}) // its owner makes a new one
			continue
		}
		if k := c.pool.Node(pod.Spec.NodeName); k != nil {
			if run, err := k.Container(pod.Namespace, pod.Name, name, false); err == nil {
				k.Kill(run)
			}
		}
	}
}

// prepareNode gives a node of a visible control plane what kubeadm gives it: images,
// files, and for the control plane a label and a taint.
func (c *Cluster) prepareNode(site Site, m *machine.Machine, cfg *kubelet.Config) error {
	name := m.Name
	if c.isControl(name) {
		c.plane.Add(m)
		cfg.Labels = map[string]string{"node-role.kubernetes.io/control-plane": "", "node.kubernetes.io/exclude-from-external-load-balancers": ""}
		cfg.Taints = []corev1.Taint{{Key: "node-role.kubernetes.io/control-plane", Effect: corev1.TaintEffectNoSchedule}}
		cfg.Reachable = func() bool { return c.plane.LocalAPI(name) }
	} else {
		cfg.Reachable = func() bool { return c.plane.RemoteAPI(m) }
	}
	for _, ref := range controlplane.Images(c.isControl(name)) {
		img, err := site.Hub.Image(ref)
		if err != nil {
			return fmt.Errorf("kubernetes: %w", err)
		}
		norm, err := image.Normalise(ref)
		if err != nil {
			return fmt.Errorf("kubernetes: %w", err)
		}
		if err := c.runtimes[name].AddImage(img, norm); err != nil {
			return fmt.Errorf("kubernetes: %s: %w", name, err)
		}
	}
	return nil
}

// isControl reports a node of the visible control plane.
func (c *Cluster) isControl(node string) bool { return slices.Contains(c.spec.ControlPlane, node) }

// installPlane writes the files of all nodes and makes the addons, once the nodes are
// known to each other; then their kubelets find what to run.
func (c *Cluster) installPlane(site Site) error {
	if len(c.spec.ControlPlane) > 1 {
		c.plane.Balance(netip.MustParseAddr(hiddenAddress), site.Machines()[0])
	}
	config := func(server string, u api.User) ([]byte, error) { return kubectl.Kubeconfig(c.Server, server, u) }
	for _, h := range c.plane.Hosts() {
		if err := c.plane.WriteFiles(h, c.url(), config); err != nil {
			return fmt.Errorf("kubernetes: %s: %w", h.Machine.Name, err)
		}
	}
	for _, name := range c.spec.Workers {
		if err := controlplane.WriteKubelet(c.pool.Node(name).Machine()); err != nil {
			return fmt.Errorf("kubernetes: %s: %w", name, err)
		}
	}
	return controlplane.Addons(c.Server, strings.TrimPrefix(c.url(), "https://"))
}
