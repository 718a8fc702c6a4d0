package sim

// Service is a service of a swarm, as one of its managers sees it.
type Service struct {
	Name     string
	ID       string
	Mode     string // replicated, global, replicated-job, global-job
	Replicas int    // wanted; for a global service the nodes that qualify
	Running  int    // tasks that run now, as far as the managers know
	Image    string // without its digest
	Ports    []ServicePort
	Update   string // state of the last update: "", updating, paused, completed, rollback_completed, ...
	Networks []string
	Labels   map[string]string
}

// ServicePort is a published port of a service.
type ServicePort struct {
	Published int
	Target    int
	Proto     string
	Mode      string // ingress: on every node; host: on the nodes that run a task
}

// Task is one task of a service, current or past.
type Task struct {
	ID      string
	Name    string // "web.3"; of a global service "agent.NODE"
	Service string
	Slot    int
	Node    string // hostname; empty while it is pending
	State   string // pending, assigned, preparing, ready, starting, running, complete, shutdown, failed, rejected, orphaned
	Desired string // running, ready, shutdown
	Error   string
	Image   string
	Current bool // it is the one that counts for its slot, not history
}

// Node is a member of a swarm.
type Node struct {
	Name         string // hostname, the machine's
	ID           string
	Role         string // manager, worker
	Leader       bool
	Reachability string // of managers: reachable, unreachable
	Status       string // ready, down, unknown, disconnected
	Availability string // active, pause, drain
	Labels       map[string]string
}
