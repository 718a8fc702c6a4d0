package playtest

import (
	"fmt"

	"drydock/sim"
)

// Swarm is a swarm of three nodes with a service web of n tasks.
func Swarm(n int) sim.State { return SwarmOf(3, n) }

// SwarmOf is a swarm of some nodes, of which the first two are managers, with a
// service web of n tasks spread over them.
func SwarmOf(nodes, n int) sim.State {
	s := sim.State{Quorum: true, Services: []sim.Service{{
		Name: "web", ID: "nnm7kgvvhuji0000000000000", Mode: "replicated", Replicas: n, Running: n, Image: "nginx:alpine", Networks: []string{"front"},
		Ports: []sim.ServicePort{{Published: 8080, Target: 80, Proto: "tcp", Mode: "ingress"}},
	}}}
	for i := range nodes {
		name := fmt.Sprintf("node-%d", i+1)
		s.Machines = append(s.Machines, sim.Machine{Name: name, Addr: fmt.Sprintf("10.0.0.%d", i+1), Powered: true, Engine: "docker", EngineUp: true, CPUs: 2})
		node := sim.Node{Name: name, ID: fmt.Sprintf("%025d", i+1), Role: "worker", Status: "ready", Availability: "active"}
		if i < 2 {
			node.Role, node.Leader, node.Reachability = "manager", i == 0, "reachable"
		}
		s.Nodes = append(s.Nodes, node)
	}
	for i := range n {
		addTask(&s, i+1, s.Nodes[i%nodes].Name)
	}
	return s
}

// addTask adds a running task of web, and its container.
func addTask(s *sim.State, slot int, node string) {
	task := sim.Task{
		ID: fmt.Sprintf("task%d-%s", slot, node), Name: fmt.Sprintf("web.%d", slot), Service: "web", Slot: slot, Node: node,
		State: "running", Desired: "running", Image: "nginx:alpine@sha256:abc", Current: true,
	}
	c := Container(node, task.Name+"."+task.ID, "nginx:alpine", "running", 0, 0, false)
	c.ID = fmt.Sprintf("%s-%064d", node, slot)
	c.Labels = map[string]string{"com.docker.swarm.task.id": task.ID}
	s.Tasks, s.Containers = append(s.Tasks, task), append(s.Containers, c)
}

// LoseNode takes the power from a node of a swarm; its tasks are taken over by
// the first node.
func LoseNode(s *sim.State, name string) {
	for i := range s.Nodes {
		if s.Nodes[i].Name == name {
			s.Nodes[i].Status, s.Machines[i].Powered, s.Machines[i].EngineUp = "down", false, false
		}
	}
	for i := range s.Tasks {
		if t := &s.Tasks[i]; t.Node == name && t.Current {
			t.Current, t.Desired = false, "shutdown"
			addTask(s, s.Tasks[i].Slot, s.Nodes[0].Name)
			s.Tasks[len(s.Tasks)-1].State = "ready"
		}
	}
}

// Compose is a laptop with a Compose project shop and a container beside it.
func Compose() sim.State {
	s := sim.State{Machines: []sim.Machine{{Name: "laptop", Powered: true, Engine: "docker", EngineUp: true}}}
	for i, each := range [][2]string{{"web", "1"}, {"web", "2"}, {"db", "1"}} {
		c := Container("laptop", "shop-"+each[0]+"-"+each[1], "team/"+each[0], "running", 0, 0, false)
		c.ID, c.Networks = fmt.Sprintf("%064d", i+1), []string{"shop_default"}
		c.Labels = map[string]string{
			"com.docker.compose.project": "shop", "com.docker.compose.service": each[0], "com.docker.compose.container-number": each[1],
		}
		s.Containers = append(s.Containers, c)
	}
	s.Containers = append(s.Containers, Container("laptop", "alone", "nginx:alpine", "running", 8080, 80, true))
	return s
}
