// Package controlplane is the programs of a cluster's control plane as things that run:
// etcd, kube-apiserver, kube-controller-manager and kube-scheduler as processes in the
// static pods that kubeadm v1.37 makes of them. The cluster works as far as these
// processes do, and each does only what it does while it runs.
package controlplane

import (
	"drydock/sim/clock"
	"drydock/sim/kube/api"
	"drydock/sim/machine"
)

// The programs, by the name of their executable.
const (
	Etcd              = "etcd"
	APIServer         = "kube-apiserver"
	ControllerManager = "kube-controller-manager"
	Scheduler         = "kube-scheduler"
	KubeProxy         = "kube-proxy"
)

// Plane is the control plane of one cluster.
type Plane struct {
	server *api.Server
	clock  *clock.Clock
	site   *machine.Site
	hosts  []*Host
	// Changed is called when the API as a whole begins to answer, or no longer does.
	Changed func(answers bool)
	// Daemon is called when kube-proxy begins or ends to run on a machine.
	Daemon func(m *machine.Machine, on bool)

	answers   bool
	etcd      raft
	elections map[string]*election // by program
}

// Host is one node of the control plane.
type Host struct {
	Machine   *machine.Machine
	processes map[string]*machine.Process // what runs, by program
	listener  *machine.Listener           // of the API server
}

// New makes a control plane without nodes on a server. The leaders of the controller
// manager and the scheduler make those components work.
func New(server *api.Server, site *machine.Site, manager, scheduler *api.Component) *Plane {
	p := &Plane{server: server, clock: server.Clock, site: site, elections: map[string]*election{}}
	p.etcd.plane = p
	p.elections[ControllerManager] = newElection(p, ControllerManager, manager)
	p.elections[Scheduler] = newElection(p, Scheduler, scheduler)
	manager.SetRunning(false)
	scheduler.SetRunning(false)
	return p
}

// Add makes a machine a node of the control plane: its etcd is a member from now on.
func (p *Plane) Add(m *machine.Machine) *Host {
	h := &Host{Machine: m, processes: map[string]*machine.Process{}}
	p.hosts = append(p.hosts, h)
	m.OnPower(func(bool) { p.check() })
	return h
}

// Hosts lists the nodes of the control plane in the order of Add.
func (p *Plane) Hosts() []*Host { return p.hosts }

// Host finds a node of the control plane, or nil.
func (p *Plane) Host(name string) *Host {
	for _, h := range p.hosts {
		if h.Machine.Name == name {
			return h
		}
	}
	return nil
}

// Answers reports that some API server answers requests.
func (p *Plane) Answers() bool { return p.answers }

// runs reports that a program runs on the host.
func (h *Host) runs(program string) bool {
	return h.Machine.Powered && h.processes[program] != nil
}

// reaches reports that packets of one host get to another.
func (p *Plane) reaches(a, b *Host) bool {
	return a == b || a.Machine.Powered && b.Machine.Powered && (p.site.LAN.Cut == nil || !p.site.LAN.Cut(a.Machine.Net, b.Machine.Net))
}

// Check looks at everything anew, after the network between the machines changed.
func (p *Plane) Check() { p.check() }

// check follows what runs: who leads etcd, and whether anybody answers.
func (p *Plane) check() {
	p.etcd.check()
	p.settle()
}

// settle finds out whether the API answers, and tells who wants to know.
func (p *Plane) settle() {
	on := false
	for _, h := range p.hosts {
		on = on || p.serves(h)
	}
	for _, program := range []string{ControllerManager, Scheduler} {
		p.elections[program].follow()
	}
	if on != p.answers {
		p.answers = on
		if p.Changed != nil {
			p.Changed(on)
		}
	}
}

// note takes a process into the host's and out again when it ends.
func (p *Plane) note(h *Host, program string, process *machine.Process) {
	h.processes[program] = process
	process.Exited().Watch(func() {
		if h.processes[program] == process {
			delete(h.processes, program)
			if program == APIServer {
				h.listener = nil
			}
			p.check()
		}
	})
}

// Program finds the implementation of one of the programs, or nil.
func (p *Plane) Program(name string) machine.Main {
	switch name {
	case Etcd:
		return p.hosted(Etcd, p.runEtcd)
	case APIServer:
		return p.hosted(APIServer, p.runAPIServer)
	case ControllerManager, Scheduler:
		return p.hosted(name, p.runElected(name))
	case KubeProxy:
		return p.runProxy
	}
	return nil
}

// hosted makes a program of what a part does on a host of the control plane. Elsewhere
// it finds no configuration.
func (p *Plane) hosted(name string, run func(*Host, *machine.Process) int) machine.Main {
	return func(process *machine.Process) int {
		endsOnTerm(process)
		h := p.Host(process.Machine.Name)
		if h == nil || process.Group == nil || process.Net != process.Machine.Net {
			process.Errorf("%s: this simulator runs it only as a static pod of a control plane node\n", name)
			return 1
		}
		p.note(h, name, process)
		return run(h, process)
	}
}

// endsOnTerm lets a process end with status 0 when it is asked to.
func endsOnTerm(process *machine.Process) {
	process.OnSignal = func(s machine.Signal) bool {
		if s == machine.SIGTERM || s == machine.SIGINT {
			process.Exit(0)
			return true
		}
		return false
	}
}

// forever is a process that only waits from now on.
func forever(process *machine.Process) int {
	process.Wait(process.Clock().NewSignal())
	return 0
}

// log prints a line as the programs' logger klog does.
func log(process *machine.Process, source, text string) {
	process.Errorf("I%s %7d %s] %s\n", process.Now().Format("0102 15:04:05.000000"), process.LocalPID, source, text)
}

// health opens a port that answers a probe on the machine itself. Only /readyz asks
// whether the program can do its work: etcd without a quorum is alive (etcd 3.6).
func health(process *machine.Process, addr string, port int, ready func() bool) {
	_ = process.Net.Listen(&machine.Listener{ // taken: the probe then finds the other one
		Addr: parse(addr), Port: port, Proto: "tcp", Process: process,
		Serve: func(r machine.Request) machine.Response {
			if r.Path == "/readyz" && !ready() {
				return machine.Response{Status: 500, Body: "healthz check failed\n"}
			}
			return machine.Response{Status: 200, Body: "ok"}
		},
	})
}

func always() bool { return true }

// runProxy is kube-proxy: while it runs, the node's rules follow the Services.
func (p *Plane) runProxy(process *machine.Process) int {
	endsOnTerm(process)
	m := process.Machine
	if p.Daemon != nil {
		process.Exited().Watch(func() { p.Daemon(m, false) })
		p.Daemon(m, true)
	}
	log(process, "server_linux.go:132", `"Using iptables Proxier"`)
	health(process, "0.0.0.0", 10256, always)
	return forever(process)
}
