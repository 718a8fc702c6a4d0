package swarm

import "slices"

// reconcile makes the tasks of a service those that its spec asks for.
func (c *Cluster) reconcile(s *Service) {
	if c.leader == nil || s.removed {
		return
	}
	switch {
	case s.isJob():
		c.reconcileJob(s)
	case s.isGlobal():
		c.reconcileGlobal(s)
	default:
		c.reconcileReplicated(s)
	}
}

// slot is what is wanted and alive of one slot, or of one node of a global service.
type slot []*Task

// runnable are the tasks of each slot that are to run, by slot.
func (s *Service) runnable() map[int]slot {
	slots := map[int]slot{}
	for _, t := range s.tasks {
		if t.Desired <= Running && t.Slot > 0 {
			slots[t.Slot] = append(slots[t.Slot], t)
		}
	}
	return slots
}

// reconcileReplicated adds and removes slots, then has the others updated.
func (c *Cluster) reconcileReplicated(s *Service) {
	slots := s.runnable()
	numbers := sortedKeys(slots)
	want := int(min(s.Replicas(), 10000))
	switch {
	case len(numbers) < want:
		for i, missing := 1, want-len(numbers); missing > 0; i++ {
			if slots[i] == nil {
				c.newTask(s, i, nil)
				missing--
			}
		}
	case len(numbers) > want:
		for _, number := range c.surplus(slots, numbers, len(numbers)-want) {
			for _, t := range s.Tasks() {
				if t.Slot == number {
					c.setDesired(t, Remove)
				}
			}
			delete(slots, number)
		}
	}
	c.updateSlots(s, slots)
}

// surplus chooses the slots to drop: those that do not run first, then those on
// the nodes with most tasks of the service (swarmkit, orchestrator/replicated).
func (c *Cluster) surplus(slots map[int]slot, numbers []int, count int) []int {
	runs := func(number int) bool {
		return slices.ContainsFunc(slots[number], func(t *Task) bool { return t.State == Running })
	}
	load := map[string]int{}
	rank := map[int]int{}
	for _, number := range numbers {
		node := slots[number][0].NodeID
		rank[number] = load[node]
		load[node]++
	}
	order := slices.Clone(numbers)
	slices.SortStableFunc(order, func(a, b int) int {
		if runs(a) != runs(b) {
			if runs(a) {
				return 1
			}
			return -1
		}
		if rank[a] != rank[b] {
			return rank[b] - rank[a]
		}
		return b - a
	})
	return order[:count]
}

// updateSlots has those slots replaced that were made from another spec.
func (c *Cluster) updateSlots(s *Service, slots map[int]slot) {
	var dirty []slot
	for _, number := range sortedKeys(slots) {
		if slices.ContainsFunc(slots[number], s.isDirty) {
			dirty = append(dirty, slots[number])
		}
	}
	if len(dirty) > 0 || s.rollingBack() {
		c.startUpdate(s, true)
	}
}

// isDirty reports that a task was made from a spec that says something else now.
func (s *Service) isDirty(t *Task) bool {
	if t.spec == s.specVersion {
		return false
	}
	if same(t.Spec, s.Spec.TaskTemplate) && t.samePorts(s) {
		return false
	}
	now, then := s.Spec.TaskTemplate, t.Spec
	// Placement alone does not make a task dirty while its node still fits.
	now.Placement, then.Placement = nil, nil
	return !(same(then, now) && t.samePorts(s) && (t.node == nil || meets(s.Spec.TaskTemplate.Placement, t.node)))
}

// samePorts reports that the task's own ports are those of the service.
func (t *Task) samePorts(s *Service) bool {
	var want []PortConfig
	if e := s.Spec.EndpointSpec; e != nil {
		for _, p := range e.Ports {
			if p.PublishMode == "host" {
				want = append(want, p)
			}
		}
	}
	return len(want) == len(t.ports) || t.State < Running
}

func sortedKeys[V any](m map[int]V) []int {
	keys := make([]int, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
