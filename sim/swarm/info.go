package swarm

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/docker/go-units"

	"drydock/sim/docker"
)

// info is what `docker info` says about swarm mode.
func (m *Member) info() docker.SwarmInfo {
	switch {
	case m.joining != nil:
		return docker.SwarmInfo{LocalNodeState: "pending"}
	case m.cluster == nil:
		return docker.SwarmInfo{LocalNodeState: "inactive"}
	case m.locked:
		return docker.SwarmInfo{LocalNodeState: "locked", NodeID: m.node.ID, NodeAddr: m.node.Addr}
	}
	c := m.cluster
	i := docker.SwarmInfo{NodeID: m.node.ID, NodeAddr: m.node.Addr, LocalNodeState: "active", ControlAvailable: m.node.voter && !m.stray}
	for _, n := range c.voters() {
		i.RemoteManagers = append(i.RemoteManagers, docker.RemoteManager{NodeID: n.ID, Addr: n.Addr + ":2377"})
	}
	if i.ControlAvailable {
		if c.serves(m) {
			i.Nodes, i.Managers = len(c.nodes), len(c.voters())
		} else {
			i.Error = errNoLeader.Error()
		}
	}
	i.Details = m.details(i)
	if i.Managers == 2 {
		i.Warnings = []string{"WARNING: Running Swarm in a two-manager configuration. This configuration provides\n         no fault tolerance, and poses a high risk to lose control over the cluster.\n         Refer to https://docs.docker.com/engine/swarm/admin_guide/ to configure the\n         Swarm for fault-tolerance."}
	}
	return i
}

// details are the lines below the state (docker/cli, command/system/info.go).
func (m *Member) details(i docker.SwarmInfo) []string {
	c := m.cluster
	lines := []string{"NodeID: " + i.NodeID}
	if i.Error != "" {
		lines = append(lines, "Error: "+i.Error)
	}
	lines = append(lines, fmt.Sprintf("Is Manager: %t", i.ControlAvailable))
	if i.ControlAvailable && i.Error == "" {
		lines = append(lines, "ClusterID: "+c.ID, fmt.Sprintf("Managers: %d", i.Managers), fmt.Sprintf("Nodes: %d", i.Nodes),
			"Data Path Port: 4789", "Orchestration:", fmt.Sprintf(" Task History Retention Limit: %d", c.TaskHistory),
			"Raft:", " Snapshot Interval: 10000", " Number of Old Snapshots to Retain: 0", " Heartbeat Tick: 1", " Election Tick: 10",
			"Dispatcher:", " Heartbeat Period: "+units.HumanDuration(c.Heartbeat), "CA Configuration:", " Expiry Duration: "+units.HumanDuration(c.CertLife),
			fmt.Sprintf(" Force Rotate: %d", c.ForceRotate), fmt.Sprintf("Autolock Managers: %t", c.AutoLock), "Root Rotation In Progress: false")
	}
	lines = append(lines, "Node Address: "+m.node.Addr)
	var managers []string
	for _, r := range i.RemoteManagers {
		managers = append(managers, r.Addr)
	}
	if len(managers) > 0 {
		slices.Sort(managers)
		lines = append(lines, "Manager Addresses:")
		for _, a := range managers {
			lines = append(lines, " "+a)
		}
	}
	return lines
}

// The API's objects, as inspect shows them.

// NodeInspect is `docker node inspect`.
type NodeInspect struct {
	ID string
	Meta
	Spec          NodeSpecInspect
	Description   NodeDescription
	Status        NodeStatus
	ManagerStatus *ManagerStatusInspect `json:",omitempty"`
}

// NodeSpecInspect is a node's spec in the API's order.
type NodeSpecInspect struct {
	Labels       map[string]string
	Role         string `json:",omitempty"`
	Availability string `json:",omitempty"`
}

// NodeDescription is what a node told about itself.
type NodeDescription struct {
	Hostname  string `json:",omitempty"`
	Platform  Platform
	Resources Limit
	Engine    EngineDescription
	TLSInfo   TLSInfo
}

// EngineDescription is the node's engine.
type EngineDescription struct {
	EngineVersion string            `json:",omitempty"`
	Labels        map[string]string `json:",omitempty"`
	Plugins       []PluginDescription
}

// PluginDescription is a plugin of the engine.
type PluginDescription struct{ Type, Name string }

// TLSInfo is the root certificate that the node trusts.
type TLSInfo struct{ TrustRoot, CertIssuerSubject, CertIssuerPublicKey string }

// ManagerStatusInspect is a manager's part in the raft cluster.
type ManagerStatusInspect struct {
	Leader       bool   `json:",omitempty"`
	Reachability string `json:",omitempty"`
	Addr         string `json:",omitempty"`
}

// InspectNode describes a node.
func (c *Cluster) InspectNode(n *Node) *NodeInspect {
	labels := n.Spec.Labels
	if labels == nil {
		labels = map[string]string{}
	}
	v := &NodeInspect{
		ID: n.ID, Meta: n.Meta, Spec: NodeSpecInspect{labels, n.Spec.Role, n.Spec.Availability}, Status: n.Status,
		Description: NodeDescription{
			Hostname: n.Hostname(), Platform: Platform{"x86_64", "linux"}, Resources: Limit{NanoCPUs: int64(n.host.cpus) * 1e9, MemoryBytes: n.host.memory},
			Engine:  EngineDescription{EngineVersion: n.host.engine, Plugins: plugins()},
			TLSInfo: TLSInfo{c.root.pem, c.root.subject, c.root.key},
		},
	}
	if s := c.ManagerStatus(n); s != "" {
		v.ManagerStatus = &ManagerStatusInspect{Leader: s == "Leader", Reachability: "reachable", Addr: n.Addr + ":2377"}
		if s == "Unreachable" {
			v.ManagerStatus.Reachability = "unreachable"
		}
	}
	return v
}

func plugins() []PluginDescription {
	var list []PluginDescription
	for _, group := range []string{
		"Log awslogs fluentd gcplogs gelf journald json-file local splunk syslog", "Network bridge host ipvlan macvlan null overlay", "Volume local",
	} {
		words := strings.Fields(group)
		for _, name := range words[1:] {
			list = append(list, PluginDescription{words[0], name})
		}
	}
	return list
}

// ServiceInspect is `docker service inspect`.
type ServiceInspect struct {
	ID string
	Meta
	Spec         ServiceSpec
	PreviousSpec *ServiceSpec `json:",omitempty"`
	Endpoint     Endpoint
	UpdateStatus *UpdateStatus `json:",omitempty"`
	JobStatus    *JobStatus    `json:",omitempty"`
}

// JobStatus is how often a job was begun.
type JobStatus struct {
	JobIteration  Version
	LastExecution time.Time `json:",omitempty"`
}

// InspectService describes a service.
func (c *Cluster) InspectService(s *Service) *ServiceInspect {
	v := &ServiceInspect{ID: s.ID, Meta: s.Meta, Spec: s.Spec, PreviousSpec: s.PreviousSpec, Endpoint: s.Endpoint, UpdateStatus: s.UpdateStatus}
	if s.isJob() {
		v.JobStatus = &JobStatus{Version{s.JobIteration}, s.JobStarted}
	}
	return v
}

// TaskInspect is a task as `docker inspect` shows it.
type TaskInspect struct {
	ID string
	Meta
	Labels       map[string]string
	Spec         TaskSpec
	ServiceID    string `json:",omitempty"`
	Slot         int    `json:",omitempty"`
	NodeID       string `json:",omitempty"`
	Status       TaskStatusInspect
	DesiredState string `json:",omitempty"`
}

// TaskStatusInspect is how far a task has come.
type TaskStatusInspect struct {
	Timestamp       time.Time
	State           string           `json:",omitempty"`
	Message         string           `json:",omitempty"`
	Err             string           `json:",omitempty"`
	ContainerStatus *ContainerStatus `json:",omitempty"`
	PortStatus      struct {
		Ports []PortConfig `json:",omitempty"`
	}
}

// ContainerStatus is the task's container.
type ContainerStatus struct {
	ContainerID string
	PID         int
	ExitCode    int
}

// InspectTask describes a task.
func InspectTask(t *Task) *TaskInspect {
	v := &TaskInspect{
		ID: t.ID, Meta: t.Meta, Labels: map[string]string{}, Spec: t.Spec, ServiceID: t.service.ID, Slot: t.Slot, NodeID: t.NodeID,
		DesiredState: t.Desired.String(), Status: TaskStatusInspect{Timestamp: t.Since, State: t.State.String(), Message: t.Message, Err: t.Err},
	}
	if t.ContainerID != "" {
		v.Status.ContainerStatus = &ContainerStatus{t.ContainerID, 0, t.Exit}
		if c := t.container(); c != nil && c.Init() != nil {
			v.Status.ContainerStatus.PID = c.Init().PID
		}
	}
	v.Status.PortStatus.Ports = t.ports
	return v
}

// NetworkNames are the names of the networks that a service was attached to.
func (s *Service) NetworkNames() []string {
	var names []string
	for _, a := range s.Spec.TaskTemplate.Networks {
		if n, err := s.cluster.FindNetwork(a.Target); err == nil {
			names = append(names, n.Spec.Name)
		}
	}
	return names
}

// FindTask finds a task by its id, the beginning of an id, or its full name; nil
// when there is none.
func (c *Cluster) FindTask(ref string) *Task {
	var found *Task
	for _, s := range c.services {
		for _, t := range s.tasks {
			switch {
			case t.ID == ref || t.ContainerName() == ref:
				return t
			case ref != "" && strings.HasPrefix(t.ID, ref):
				found = t
			}
		}
	}
	return found
}

// Answers reports that the leader can talk to a node.
func (c *Cluster) Answers(n *Node) bool { return n.contact }

// inspect describes an object of the swarm for `docker inspect`, on a manager.
func (m *Member) inspect(kind, ref string) (any, error) {
	c := m.cluster
	if c == nil || !m.node.voter || !c.serves(m) {
		return nil, errNotSwarm
	}
	switch kind {
	case "node":
		n, err := c.FindNode(m, ref)
		if err != nil {
			return nil, err
		}
		return c.InspectNode(n), nil
	case "service":
		s, err := c.FindService(ref)
		if err != nil {
			return nil, err
		}
		return c.InspectService(s), nil
	case "task":
		t := c.FindTask(ref)
		if t == nil {
			return nil, fmt.Errorf("task %s not found", ref)
		}
		return InspectTask(t), nil
	}
	s, err := c.FindSecret(kind, ref)
	if err != nil {
		return nil, err
	}
	return s.Inspect(), nil
}
