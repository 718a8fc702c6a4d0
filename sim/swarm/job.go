package swarm

// reconcileJob runs the tasks of a job until enough have completed.
func (c *Cluster) reconcileJob(s *Service) {
	if s.Spec.Mode.GlobalJob != nil {
		c.reconcileGlobalJob(s)
		return
	}
	j := s.Spec.Mode.ReplicatedJob
	if j.TotalCompletions == nil || j.MaxConcurrent == nil {
		return
	}
	active, completed := 0, 0
	used := map[int]bool{}
	for _, t := range s.Tasks() {
		switch {
		case t.Iteration != s.JobIteration:
			if t.Desired <= Complete && t.State <= Running {
				c.setDesired(t, Remove)
			}
			continue
		case t.State == Complete:
			completed++
			used[t.Slot] = true
		case t.Desired <= Complete && t.State <= Running:
			active++
			used[t.Slot] = true
		}
	}
	want := min(int(*j.MaxConcurrent)-active, int(*j.TotalCompletions)-completed-active)
	for number := 1; want > 0; number++ {
		if !used[number] {
			t := c.newTask(s, number, nil)
			t.Desired = Complete
			want--
		}
	}
}

func (c *Cluster) reconcileGlobalJob(s *Service) {
	for _, n := range c.Nodes() {
		known := false
		for _, t := range s.tasks {
			known = known || t.NodeID == n.ID && t.Iteration == s.JobIteration && (t.Desired <= Complete || t.State == Complete)
		}
		if !known && meets(s.Spec.TaskTemplate.Placement, n) && n.Spec.Availability == "active" && n.Status.State == "ready" {
			t := c.newTask(s, 0, n)
			t.Desired = Complete
		}
	}
}

// jobEnded replaces a task of a job that failed, or begins the next one.
func (c *Cluster) jobEnded(t *Task) {
	s := t.service
	if t.State == Complete {
		c.reconcileJob(s)
		return
	}
	if t.Desired > Complete {
		return
	}
	c.setDesired(t, Shutdown)
	if !t.mayRestart() {
		return
	}
	var at *Node
	if t.Slot == 0 {
		at = t.node
	}
	restarts := t.restarts + 1
	c.clock().AfterWeighted(t.restartDelay(), loopWeight(restarts), func() {
		if s.removed || c.leader == nil || t.Iteration != s.JobIteration {
			return
		}
		next := c.newTask(s, t.Slot, at)
		next.Desired, next.restarts = Complete, restarts
	})
}
