package swarm

// reconcileGlobal gives every node that fits one task, and ends those on others.
func (c *Cluster) reconcileGlobal(s *Service) {
	dirty := false
	for _, n := range c.Nodes() {
		var mine *Task
		for _, t := range s.tasks {
			if t.NodeID == n.ID && t.Desired <= Running {
				mine = t
			}
		}
		fits := meets(s.Spec.TaskTemplate.Placement, n) && n.Spec.Availability != "drain" && n.Status.State != "down"
		switch {
		case mine == nil && fits && n.Spec.Availability == "active" && n.Status.State == "ready" && !s.gaveUp(n):
			c.newTask(s, 0, n)
		case mine != nil && !fits:
			c.setDesired(mine, Shutdown)
		case mine != nil && s.isDirty(mine):
			dirty = true
		}
	}
	if dirty || s.rollingBack() {
		c.startUpdate(s, true)
	}
}

// gaveUp reports that the restart policy leaves the node without a task.
func (s *Service) gaveUp(n *Node) bool {
	for i := len(s.tasks) - 1; i >= 0; i-- {
		t := s.tasks[i]
		if t.NodeID == n.ID {
			return t.spec == s.specVersion && t.State > Running && t.State < Orphaned && !t.mayRestart() && t.State != Shutdown
		}
	}
	return false
}
