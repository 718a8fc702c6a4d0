package sim

import (
	"slices"
	"strings"

	"drydock/sim/swarm"
)

// swarmState adds what the managers of swarms know.
func (w *World) swarmState(s *State) {
	for _, c := range w.fleet.Clusters() {
		s.Quorum = s.Quorum || c.Available()
		for _, n := range c.Nodes() {
			s.Nodes = append(s.Nodes, nodeState(c, n))
		}
		for _, svc := range c.Services() {
			s.Services = append(s.Services, serviceState(svc))
			s.Tasks = append(s.Tasks, taskStates(svc)...)
		}
	}
	slices.SortStableFunc(s.Nodes, func(a, b Node) int { return strings.Compare(a.Name, b.Name) })
	slices.SortStableFunc(s.Services, func(a, b Service) int { return strings.Compare(a.Name, b.Name) })
	slices.SortStableFunc(s.Tasks, func(a, b Task) int { return strings.Compare(a.Service, b.Service) })
}

func nodeState(c *swarm.Cluster, n *swarm.Node) Node {
	s := Node{
		Name: n.Hostname(), ID: n.ID, Role: n.Spec.Role, Leader: n == c.Leader(), Status: n.Status.State, Availability: n.Spec.Availability,
		Labels: n.Spec.Labels,
	}
	switch c.ManagerStatus(n) {
	case "Leader", "Reachable":
		s.Reachability = "reachable"
	case "Unreachable":
		s.Reachability = "unreachable"
	}
	return s
}

func serviceState(svc *swarm.Service) Service {
	running, desired, _ := svc.Status()
	s := Service{
		Name: svc.Spec.Name, ID: svc.ID, Mode: strings.ReplaceAll(svc.Mode(), " ", "-"), Replicas: int(desired), Running: int(running),
		Image: svc.Spec.SpecImage(), Networks: svc.NetworkNames(), Labels: svc.Spec.Labels,
	}
	for _, p := range svc.Endpoint.Ports {
		s.Ports = append(s.Ports, ServicePort{int(p.PublishedPort), int(p.TargetPort), p.Protocol, p.PublishMode})
	}
	if svc.UpdateStatus != nil {
		s.Update = svc.UpdateStatus.State
	}
	return s
}

// taskStates are a service's tasks by slot, the newest of each first.
func taskStates(svc *swarm.Service) []Task {
	tasks := svc.Tasks()
	slices.Reverse(tasks)
	slices.SortStableFunc(tasks, func(a, b *swarm.Task) int {
		if a.Slot != b.Slot {
			return a.Slot - b.Slot
		}
		return strings.Compare(a.NodeID, b.NodeID) * btoi(a.Slot == 0)
	})
	var list []Task
	before := ""
	for _, t := range tasks {
		s := Task{
			ID: t.ID, Name: t.Name(), Service: svc.Spec.Name, Slot: t.Slot, State: t.State.String(), Desired: t.Desired.String(), Error: t.Err,
			Image: strings.Split(t.Spec.ContainerSpec.Image, "@")[0], Current: t.Name() != before,
		}
		before = t.Name()
		if n := t.Node(); n != nil {
			s.Node = n.Hostname()
			if t.Slot == 0 {
				s.Name = svc.Spec.Name + "." + n.Hostname()
			}
		}
		list = append(list, s)
	}
	return list
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}
