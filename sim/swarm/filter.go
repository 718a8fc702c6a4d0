package swarm

import (
	"fmt"
	"slices"
	"strings"
)

// filter is a condition that a node must meet for a task (swarmkit,
// scheduler/filter.go). explain says why so many nodes do not.
type filter struct {
	pass    func(n *Node) bool
	explain func(nodes int) string
}

// filtersFor are the conditions of a task, in SwarmKit's order.
func filtersFor(c *Cluster, t *Task) []filter {
	count := func(one, many string) func(int) string {
		return func(n int) string {
			if n == 1 {
				return one
			}
			return fmt.Sprintf(many, n)
		}
	}
	return []filter{
		{func(n *Node) bool { return n.Status.State == "ready" && n.Spec.Availability == "active" },
			count("1 node not available for new tasks", "%d nodes not available for new tasks")},
		{func(n *Node) bool { return hasRoom(t, n) },
			count("insufficient resources on 1 node", "insufficient resources on %d nodes")},
		{func(n *Node) bool { return meets(t.Spec.Placement, n) },
			count("scheduling constraints not satisfied on 1 node", "scheduling constraints not satisfied on %d nodes")},
		{func(n *Node) bool { return runsPlatform(t.Spec.Placement) },
			count("unsupported platform on 1 node", "unsupported platform on %d nodes")},
		{func(n *Node) bool { return portsFree(t, n) },
			count("host-mode port already in use on 1 node", "host-mode port already in use on %d nodes")},
		{func(n *Node) bool { return belowMaximum(t, n) },
			func(int) string { return "max replicas per node limit exceed" }},
	}
}

// explain words why no node fits, the most frequent reason first.
func explain(filters []filter, failures []int) string {
	order := make([]int, 0, len(filters))
	for i, n := range failures {
		if n > 0 {
			order = append(order, i)
		}
	}
	if len(order) == 0 {
		return "no suitable node"
	}
	slices.SortStableFunc(order, func(a, b int) int { return failures[b] - failures[a] })
	var words []string
	for _, i := range order {
		words = append(words, filters[i].explain(failures[i]))
	}
	return "no suitable node (" + strings.Join(words, "; ") + ")"
}

// hasRoom compares what the task reserves with what the node has left.
func hasRoom(t *Task, n *Node) bool {
	r := t.Spec.Resources
	if r == nil || r.Reservations == nil {
		return true
	}
	cpus, memory := int64(n.host.cpus)*1e9, n.host.memory
	for _, o := range n.tasks {
		if or := o.Spec.Resources; o.State <= Running && o.Desired <= Complete && or != nil && or.Reservations != nil {
			cpus -= or.Reservations.NanoCPUs
			memory -= or.Reservations.MemoryBytes
		}
	}
	return r.Reservations.NanoCPUs <= cpus && (n.host.memory == 0 || r.Reservations.MemoryBytes <= memory)
}

func runsPlatform(p *Placement) bool {
	if p == nil || len(p.Platforms) == 0 {
		return true
	}
	return slices.ContainsFunc(p.Platforms, func(f Platform) bool {
		return (f.OS == "" || f.OS == "linux") && (f.Architecture == "" || f.Architecture == "amd64" || f.Architecture == "x86_64")
	})
}

// portsFree reports that no other task has one of the task's host mode ports.
func portsFree(t *Task, n *Node) bool {
	for _, p := range t.service.hostPorts() {
		for _, o := range n.tasks {
			if o == t || o.State > Running || o.Desired > Complete || o.Desired == Shutdown {
				continue
			}
			for _, q := range o.service.hostPorts() {
				if p.PublishedPort != 0 && p.PublishedPort == q.PublishedPort && p.Protocol == q.Protocol && o.waits(t) {
					return false
				}
			}
		}
	}
	return true
}

// waits reports that a task has its ports for itself: it is not the one that
// another is to follow.
func (t *Task) waits(next *Task) bool { return next.waitFor != t }

func (s *Service) hostPorts() []PortConfig {
	var ports []PortConfig
	for _, p := range s.Endpoint.Ports {
		if p.PublishMode == "host" {
			ports = append(ports, p)
		}
	}
	return ports
}

func belowMaximum(t *Task, n *Node) bool {
	if t.Spec.Placement == nil || t.Spec.Placement.MaxReplicas == 0 {
		return true
	}
	var here uint64
	for _, o := range n.tasks {
		if o.service == t.service && o.State <= Running && o.Desired <= Complete {
			here++
		}
	}
	return here < t.Spec.Placement.MaxReplicas
}

// constraint is one placement constraint: "node.labels.disk==ssd".
type constraint struct {
	key, value string
	equal      bool
}

// parseConstraint reads a constraint (swarmkit, constraint.Parse).
func parseConstraint(text string) (constraint, error) {
	for _, op := range []string{"==", "!="} {
		key, value, ok := strings.Cut(text, op)
		if !ok {
			continue
		}
		key, value = strings.TrimSpace(key), strings.TrimSpace(value)
		switch {
		case key == "" || strings.Trim(key, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.") != "":
			return constraint{}, fmt.Errorf("key '%s' is invalid", key)
		case value == "":
			return constraint{}, fmt.Errorf("value '%s' is invalid", value)
		}
		return constraint{key, value, op == "=="}, nil
	}
	return constraint{}, fmt.Errorf("constraint expected one operator from ==, !=")
}

// meets reports that a node meets the constraints of a placement.
func meets(p *Placement, n *Node) bool {
	if p == nil {
		return true
	}
	for _, text := range p.Constraints {
		k, err := parseConstraint(text)
		if err != nil || !k.match(n) {
			return false
		}
	}
	return true
}

func (k constraint) match(n *Node) bool {
	key := strings.ToLower(k.key)
	var value string
	switch {
	case key == "node.id":
		return (n.ID == k.value) == k.equal
	case key == "node.hostname":
		value = n.Hostname()
	case key == "node.role":
		value = n.Spec.Role
	case key == "node.ip":
		value = n.Addr
	case key == "node.platform.os":
		value = "linux"
	case key == "node.platform.arch":
		value = "x86_64"
	case strings.HasPrefix(key, "node.labels."), strings.HasPrefix(key, "engine.labels."):
		value = labelValue(n, k.key)
	default:
		return false
	}
	return strings.EqualFold(value, k.value) == k.equal
}

// labelValue is a node's label by its full name, "node.labels.disk".
func labelValue(n *Node, descriptor string) string {
	const prefix = "node.labels."
	if len(descriptor) > len(prefix) && strings.EqualFold(descriptor[:len(prefix)], prefix) {
		return n.Spec.Labels[descriptor[len(prefix):]]
	}
	return ""
}
