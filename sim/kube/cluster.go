package kube

import (
	"fmt"
	"net/netip"
	"slices"
	"time"

	"drydock/sim/docker"
	"drydock/sim/image"
	"drydock/sim/kube/api"
	"drydock/sim/kube/cluster"
	"drydock/sim/kube/controllers"
	"drydock/sim/kube/controlplane"
	"drydock/sim/kube/kubectl"
	"drydock/sim/kube/kubelet"
	"drydock/sim/kube/metrics"
	"drydock/sim/kube/network"
	"drydock/sim/kube/scheduler"
	"drydock/sim/machine"
)

// runtimeVersion is the containerd of the recordings.
const runtimeVersion = "2.1.4"

// Cluster is one Kubernetes cluster of a world.
type Cluster struct {
	Server *api.Server

	spec       Spec
	endpoint   *endpoint
	serving    bool
	components []*api.Component
	manager    *api.Component
	scheduler  *api.Component
	diagnose   func(namespace, name string) []scheduler.NodeRefusal
	metrics    *metrics.Server // nil without the addon
	pool       *kubelet.Pool
	network    *network.Network
	dns        *api.Component // out of sight, or nil
	evict      func(namespace, name string) error
	runtimes   map[string]*docker.Engine // by node
	plane      *controlplane.Plane       // nil when it is out of sight
	crashing   map[string]bool           // programs that a fault breaks, also "kube-proxy node-1"
}

// Site is where a cluster is founded.
type Site struct {
	*machine.Site
	Hub *image.Hub
	// Machine finds the computer of a node, or sets one up.
	Machine func(node string) *machine.Machine
}

// New founds a cluster on a site. Its nodes are Ready when time has passed.
func New(site Site, spec Spec) (*Cluster, error) {
	if err := spec.Check(); err != nil {
		return nil, err
	}
	c := &Cluster{Server: api.NewServer(site.Clock), spec: spec, runtimes: map[string]*docker.Engine{}, crashing: map[string]bool{}}
	c.Server.Ready, c.Server.Memo = c.Ready, site.Memo
	loops := controllers.New(c.Server)
	c.manager = c.add(loops.Component())
	keepers := cluster.New(c.Server, c.manager)
	c.evict = keepers.Evict
	binder := scheduler.New(c.Server)
	c.scheduler, c.diagnose = c.add(binder.Component()), binder.Diagnosis
	c.pool = kubelet.NewPool(c.Server)
	c.foundControl(site)
	c.Server.Bootstrap()
	c.network = network.New(c.Server, site.Site)
	if len(spec.ControlPlane) == 0 {
		c.dns = c.add(c.network.ProvideDNS())
	}
	for i, name := range spec.Names() {
		if err := c.addNode(site, name, i); err != nil {
			return nil, err
		}
	}
	if c.plane != nil {
		if err := c.installPlane(site); err != nil {
			return nil, err
		}
	}
	for i := range spec.Hollow {
		c.add(c.pool.AddHollow(kubelet.Config{
			Node: fmt.Sprintf("node-%d", i+1), Address: hollowAddress(i), PodCIDR: podCIDR(i, spec.Hollow), CPUs: nodeCPUs, Memory: nodeMemory,
		}).Component())
	}
	c.network.Publish(c.serverAddresses())
	for _, part := range c.network.Install(spec.Addons) {
		c.add(part)
	}
	if slices.Contains(spec.Addons, metrics.Addon) {
		c.metrics = metrics.New(c.Server, c.pool.Node)
		loops.UseMetrics(c.metrics)
	}
	if slices.Contains(spec.Addons, cluster.LocalPathAddon) {
		if err := keepers.InstallLocalPath(c.Server); err != nil {
			return nil, err
		}
	}
	return c, nil
}

// What a node has that is only counted, as those of the recordings.
const (
	nodeCPUs   = 4
	nodeMemory = 8 << 30
)

// nodeDownload is what a node gets from a registry, in bytes a second: a cluster
// stands in a data centre with a network of 1 Gbit/s (72 MB in 995 ms in the
// recordings of v1.37.2).
const nodeDownload = 110_000_000

// What containerd needs for a container whose sandbox is there, between the kubelet's
// events Pulled, Created and Started (events, v1.37.2: 0.4 ms and 102 ms).
const (
	runtimeCreate = time.Millisecond
	runtimeStart  = 100 * time.Millisecond
)

// addNode makes a machine a node of the cluster: a containerd and a kubelet.
func (c *Cluster) addNode(site Site, name string, index int) error {
	m := site.Machine(name)
	engine := docker.NewFlavour(m, site.Hub, runtimeVersion, docker.Flavour{
		Daemonless: true, Network: "containerd", Subnet: netip.MustParsePrefix("10.88.0.0/24"), Apart: true, Volumes: "/var/lib/containerd/volumes",
		Download: nodeDownload, Create: runtimeCreate, Start: runtimeStart, HostsFile: kubelet.HostsFile, ResolvConf: kubelet.ResolvConf,
	})
	c.runtimes[name] = engine
	cidr := podCIDR(index, len(c.spec.Names()))
	cfg := kubelet.Config{
		Node: name, Address: m.Addr, PodCIDR: cidr, CPUs: m.CPUs, Memory: m.Memory,
		Network: c.network.AddNode(name, m, cidr), DNS: network.DNSAddress(), Joined: c.network.Joined, Left: c.network.Left,
	}
	proxy := c.add(c.network.Proxy(name).Component())
	if c.plane != nil {
		proxy.SetRunning(false) // its pod starts it
		if err := c.prepareNode(site, m, &cfg); err != nil {
			return err
		}
	}
	c.add(c.pool.Add(m, engine, cfg).Component())
	return nil
}

// podCIDR is a node's share of the pods' addresses: 10.244.0.0/16 as long as it
// suffices, else a wider range.
func podCIDR(index, nodes int) netip.Prefix {
	first := 244
	if nodes > 256 {
		first = 64
	}
	return netip.PrefixFrom(netip.AddrFrom4([4]byte{10, byte(first + index/256), byte(index % 256), 0}), 24)
}

func hollowAddress(index int) netip.Addr {
	return netip.AddrFrom4([4]byte{172, 16, byte((index + 11) / 256), byte((index + 11) % 256)})
}

// Runtime is the container engine of a node, or nil.
func (c *Cluster) Runtime(node string) *docker.Engine { return c.runtimes[node] }

// kubectlStart is what a run of kubectl needs before its first request: the program,
// its kubeconfig and what it knows of the server's kinds. The controllers act
// meanwhile on what the command before it asked for.
const kubectlStart = 90 * time.Millisecond

// Kubectl is the program kubectl.
func (c *Cluster) Kubectl() machine.Main {
	run := kubectl.Main(c.backend())
	return func(p *machine.Process) int {
		p.Sleep(kubectlStart)
		return run(p)
	}
}

// backend is what kubectl works on.
func (c *Cluster) backend() kubectl.Backend {
	return kubectl.Backend{Server: c.Server, Reach: c.Reach, Evict: c.evict, Kubelet: c.pool.Node, Running: c.componentRuns, Metrics: c.metrics}
}

// CompleteKubectl lists how the last word of a kubectl command line may go on.
func (c *Cluster) CompleteKubectl(p *machine.Process, args []string, word string) []machine.Completion {
	return kubectl.Complete(c.backend(), p, args, word)
}

// Kubeconfig is the file ~/.kube/config of the cluster's administrator.
func (c *Cluster) Kubeconfig() []byte {
	return c.UserConfig("kubernetes-admin", "system:masters")
}

// UserConfig is a kubeconfig file for a user with a certificate of the cluster's, who
// may do what RBAC allows to the name and the groups. It is empty for a name that no
// certificate can hold.
func (c *Cluster) UserConfig(name string, groups ...string) []byte {
	text, err := kubectl.Kubeconfig(c.Server, c.url(), api.User{Name: name, Groups: groups})
	if err != nil {
		return nil
	}
	return text
}

// Programs are what runs in the pods of the cluster's own parts, by the name that
// their executables carry.
func (c *Cluster) Programs() map[string]machine.Main { return c.network.Programs() }
