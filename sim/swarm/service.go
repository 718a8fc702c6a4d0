package swarm

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"drydock/sim/clock"
)

// Service is a service of a cluster.
type Service struct {
	Meta
	ID           string
	Spec         ServiceSpec
	PreviousSpec *ServiceSpec
	Endpoint     Endpoint
	UpdateStatus *UpdateStatus
	JobIteration uint64
	JobStarted   time.Time

	cluster     *Cluster
	tasks       []*Task
	specVersion uint64
	update      *update
	changed     *clock.Signal
	removed     bool
	vips        []vip
	turn        int // round robin of the mesh and of the VIPs
}

// Endpoint is how a service is reached at present.
type Endpoint struct {
	Spec       EndpointSpec
	Ports      []PortConfig      `json:",omitempty"`
	VirtualIPs []EndpointVirtual `json:",omitempty"`
}

// EndpointVirtual is a virtual address on a network.
type EndpointVirtual struct{ NetworkID, Addr string }

// UpdateStatus is how the last update or rollback went.
type UpdateStatus struct {
	State       string     `json:",omitempty"`
	StartedAt   *time.Time `json:",omitempty"`
	CompletedAt *time.Time `json:",omitempty"`
	Message     string     `json:",omitempty"`
}

// Tasks lists the service's tasks in the order of their making.
func (s *Service) Tasks() []*Task { return slices.Clone(s.tasks) }

// Changed is broadcast when the service or one of its tasks changed.
func (s *Service) Changed() *clock.Signal { return s.changed }

func (s *Service) isGlobal() bool { return s.Spec.Mode.Global != nil || s.Spec.Mode.GlobalJob != nil }

func (s *Service) isJob() bool {
	return s.Spec.Mode.ReplicatedJob != nil || s.Spec.Mode.GlobalJob != nil
}

// Mode is the mode as `docker service ls` words it.
func (s *Service) Mode() string {
	switch m := s.Spec.Mode; {
	case m.Global != nil:
		return "global"
	case m.ReplicatedJob != nil:
		return "replicated job"
	case m.GlobalJob != nil:
		return "global job"
	}
	return "replicated"
}

// Replicas is how many tasks a replicated service wants.
func (s *Service) Replicas() uint64 {
	if r := s.Spec.Mode.Replicated; r != nil && r.Replicas != nil {
		return *r.Replicas
	}
	return 0
}

// Status is how many tasks run, how many are wanted, and of a job how many completed.
func (s *Service) Status() (running, desired, completed uint64) {
	for _, t := range s.tasks {
		switch {
		case s.isJob() && t.Iteration != s.JobIteration:
			continue
		case t.State == Running && (t.node == nil || t.node.Status.State != "down" || !s.isGlobal()):
			running++
		case t.State == Complete:
			completed++
		}
		if t.Desired == Running && s.Spec.Mode.Global != nil || s.Spec.Mode.GlobalJob != nil && t.Desired <= Complete {
			desired++
		}
	}
	switch j := s.Spec.Mode.ReplicatedJob; {
	case s.Spec.Mode.Replicated != nil:
		desired = s.Replicas()
	case j != nil && j.MaxConcurrent != nil:
		desired = *j.MaxConcurrent
	}
	return running, desired, completed
}

// FindService finds a service by id, name, or the beginning of an id.
func (c *Cluster) FindService(ref string) (*Service, error) {
	return find("service", ref, c.services, func(s *Service) string { return s.ID }, func(s *Service) string { return s.Spec.Name })
}

// serviceName is what a service may be called.
func serviceName(name string) bool {
	return regexp.MustCompile(`^[a-zA-Z0-9]+(?:[a-zA-Z0-9-_]*?[a-zA-Z0-9]+)?$`).MatchString(name)
}

// check finds what the managers refuse in a spec (swarmkit, controlapi/service.go).
func (c *Cluster) checkService(spec *ServiceSpec, self *Service) error {
	invalid := func(format string, args ...any) error { return rpcError("InvalidArgument", format, args...) }
	switch name := spec.Name; {
	case name == "" || len(name) > 63 || !serviceName(name):
		return invalid("name must be valid as a DNS name component")
	case spec.TaskTemplate.ContainerSpec == nil || spec.TaskTemplate.ContainerSpec.Image == "":
		return invalid("ContainerSpec: image reference must be provided")
	}
	if r := spec.TaskTemplate.Resources; r != nil {
		for _, l := range []*Limit{r.Limits, r.Reservations} {
			switch {
			case l == nil:
			case l.NanoCPUs != 0 && l.NanoCPUs < 1e6:
				return invalid("invalid cpu value %g: Must be at least %g", float64(l.NanoCPUs)/1e9, 0.001)
			case l.MemoryBytes != 0 && l.MemoryBytes < 4<<20:
				return invalid("invalid memory value %d: Must be at least 4MiB", l.MemoryBytes)
			}
		}
	}
	if p := spec.TaskTemplate.Placement; p != nil {
		for _, text := range p.Constraints {
			if _, err := parseConstraint(text); err != nil {
				return invalid("%s", err)
			}
		}
	}
	if err := c.checkPorts(spec, self); err != nil {
		return err
	}
	for _, s := range c.services {
		if s != self && s.Spec.Name == spec.Name {
			return rpcError("AlreadyExists", "name conflicts with an existing object: service %s already exists", spec.Name)
		}
	}
	return nil
}

// checkPorts finds ports that are published twice.
func (c *Cluster) checkPorts(spec *ServiceSpec, self *Service) error {
	if spec.EndpointSpec == nil {
		return nil
	}
	if spec.EndpointSpec.Mode == "dnsrr" {
		for _, p := range spec.EndpointSpec.Ports {
			if p.PublishMode != "host" {
				return rpcError("InvalidArgument", "EndpointSpec: port published with ingress mode can't be used with dnsrr mode")
			}
		}
	}
	seen := map[string]bool{}
	for _, p := range spec.EndpointSpec.Ports {
		key := fmt.Sprint(p.PublishedPort, p.Protocol)
		if p.PublishedPort != 0 && seen[key] {
			return rpcError("InvalidArgument", "EndpointSpec: duplicate published ports provided")
		}
		seen[key] = true
		for _, s := range c.services {
			if s == self {
				continue
			}
			for _, o := range s.Endpoint.Ports {
				clash := o.PublishedPort == p.PublishedPort && p.PublishedPort != 0 && o.Protocol == p.Protocol
				if clash && (o.PublishMode != "host" || p.PublishMode != "host") {
					return rpcError("InvalidArgument", "port '%d' is already in use by service '%s' (%s) as %s port", p.PublishedPort, s.Spec.Name, s.ID, withArticle(o.PublishMode))
				}
			}
		}
	}
	return nil
}

func withArticle(mode string) string {
	if mode == "host" {
		return "a host-published"
	}
	return "an ingress"
}

// CreateService makes a service and begins to run it.
func (c *Cluster) CreateService(spec ServiceSpec) (*Service, error) {
	if err := c.checkService(&spec, nil); err != nil {
		return nil, err
	}
	s := &Service{ID: c.fleet.newID(), Spec: *spec.clone(), cluster: c, changed: c.clock().NewSignal(), specVersion: 1}
	c.touch(&s.Meta)
	c.allocate(s)
	if s.isJob() {
		s.JobStarted = c.now()
	}
	c.services = append(c.services, s)
	event := c.emit("service", s.Spec.Name, "create", "the service %s was created", s.Spec.Name)
	c.clock().Because(event, func() { c.reconcile(s) })
	return s, nil
}

// UpdateService changes what a service is to be.
func (c *Cluster) UpdateService(s *Service, spec ServiceSpec) error {
	if err := c.checkService(&spec, s); err != nil {
		return err
	}
	if s.Mode() != (&Service{Spec: spec}).Mode() {
		return rpcError("Unimplemented", "service mode change is not allowed")
	}
	s.PreviousSpec = s.Spec.clone()
	c.applySpec(s, spec, "update", "the service "+s.Spec.Name+" was updated", func() { s.UpdateStatus = nil })
	return nil
}

// RollbackService goes back to the spec before the last change.
func (c *Cluster) RollbackService(s *Service) error {
	if s.PreviousSpec == nil {
		return rpcError("FailedPrecondition", "service %s does not have a previous spec", s.ID)
	}
	spec := *s.PreviousSpec
	s.PreviousSpec = s.Spec.clone()
	c.applySpec(s, spec, "rollback", "the service "+s.Spec.Name+" is rolled back by hand", func() {
		s.setUpdate("rollback_started", "manually requested rollback")
	})
	return nil
}

// applySpec gives a service another spec; ready runs before its tasks follow.
func (c *Cluster) applySpec(s *Service, spec ServiceSpec, reason, message string, ready func()) {
	s.stopUpdate()
	s.Spec = *spec.clone()
	s.specVersion++
	c.touch(&s.Meta)
	if s.isJob() {
		s.JobIteration++
		s.JobStarted = c.now()
	}
	ready()
	event := c.emit("service", s.Spec.Name, reason, "%s", message)
	c.clock().Because(event, func() {
		c.allocate(s)
		c.reconcile(s)
		s.changed.Broadcast()
	})
}

// RemoveService ends a service and all its tasks.
func (c *Cluster) RemoveService(s *Service) {
	s.removed = true
	s.stopUpdate()
	c.services = slices.DeleteFunc(c.services, func(o *Service) bool { return o == s })
	event := c.emit("service", s.Spec.Name, "remove", "the service %s was removed", s.Spec.Name)
	c.clock().Because(event, func() {
		c.unpublish(s)
		for _, v := range s.vips {
			v.network.segment.Detach(v.box)
		}
		for _, t := range s.Tasks() {
			c.setDesired(t, Remove)
		}
		s.settle(c)
	})
	s.changed.Broadcast()
}

// settle frees what a removed service held when its last task is gone.
func (s *Service) settle(c *Cluster) {
	if s.removed && len(s.tasks) == 0 {
		c.hideUnused()
	}
	s.changed.Broadcast()
}

// SpecImage is the image of a service without its digest.
func (s *ServiceSpec) SpecImage() string {
	if s.TaskTemplate.ContainerSpec == nil {
		return ""
	}
	name, _, _ := strings.Cut(s.TaskTemplate.ContainerSpec.Image, "@sha256:")
	return name
}

// UpToDate lists the tasks that were made from the present spec, or need no change
// to be as it says.
func (s *Service) UpToDate() []*Task {
	return slices.DeleteFunc(s.Tasks(), func(t *Task) bool { return s.isDirty(t) || s.isJob() && t.Iteration != s.JobIteration })
}
