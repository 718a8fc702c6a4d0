package controlplane

import "fmt"

// State is how one program of the control plane is.
type State struct {
	Program string
	Node    string
	Running bool
	Leader  bool   // of etcd, the controller manager and the scheduler
	Message string // what is wrong, or empty
}

// States lists the programs of the control plane, host by host.
func (p *Plane) States() []State {
	var list []State
	for _, h := range p.hosts {
		for _, program := range []string{Etcd, APIServer, ControllerManager, Scheduler} {
			s := State{Program: program, Node: h.Machine.Name, Running: h.runs(program)}
			s.Leader = s.Running && p.Leader(program) == h.Machine.Name
			s.Message = p.trouble(h, program)
			list = append(list, s)
		}
	}
	return list
}

// trouble says what keeps a program of a host from its work, or nothing.
func (p *Plane) trouble(h *Host, program string) string {
	switch {
	case !h.Machine.Powered:
		return h.Machine.Name + " has no power"
	case !h.runs(program):
		return program + " does not run"
	case program == Etcd && !p.etcd.serves(h):
		n := 0
		for _, o := range p.hosts {
			if p.etcd.ready(o) && p.reaches(h, o) {
				n++
			}
		}
		if n >= Quorum(len(p.hosts)) {
			return "no leader yet"
		}
		return fmt.Sprintf("no quorum: it reaches %d of %d members and needs %d", n, len(p.hosts), Quorum(len(p.hosts)))
	case program == APIServer && !p.serves(h):
		return "etcd does not answer it"
	case (program == ControllerManager || program == Scheduler) && !p.serves(h):
		return "it does not reach the API server"
	}
	return ""
}
