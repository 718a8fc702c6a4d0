package swarm

import (
	"slices"
	"time"
)

// scheduleTime is how long the scheduler gathers changes before it looks.
const scheduleTime = 60 * time.Millisecond

// plan has the scheduler look at the tasks that wait for a node, soon.
func (c *Cluster) plan() {
	if len(c.waiting) == 0 || c.leader == nil || c.pending {
		return
	}
	c.pending = true
	c.planned = c.clock().After(scheduleTime, func() {
		c.pending = false
		c.schedule()
	})
}

// schedule finds a node for each task that waits for one, service by service.
func (c *Cluster) schedule() {
	if c.leader == nil {
		return
	}
	tasks := c.waiting
	c.waiting = nil
	for _, t := range tasks {
		if t.Desired > Complete || t.State >= Assigned {
			continue
		}
		if n := c.place(t); n != nil {
			c.give(t, n)
			continue
		}
		c.waiting = append(c.waiting, t)
	}
}

// give assigns a task to a node.
func (c *Cluster) give(t *Task, n *Node) {
	t.node, t.NodeID = n, n.ID
	n.tasks = append(n.tasks, t)
	c.setState(t, Assigned, "scheduler assigned task to node", "")
	c.tell(t)
}

// place is the best node for a task. When there is none, the task says why.
func (c *Cluster) place(t *Task) *Node {
	filters := filtersFor(c, t)
	failures := make([]int, len(filters))
	var fit []*Node
	for _, n := range c.nodes {
		if t.Slot == 0 && t.node != n {
			continue
		}
		if failed := slices.IndexFunc(filters, func(f filter) bool { return !f.pass(n) }); failed >= 0 {
			failures[failed]++
			continue
		}
		fit = append(fit, n)
	}
	if len(fit) == 0 {
		c.setState(t, Pending, "no suitable node", explain(filters, failures))
		return nil
	}
	return c.best(t, fit)
}

// load is what makes a node worse than another: failures of the service there,
// then its tasks of the service, then all its tasks (swarmkit, scheduler).
func (c *Cluster) load(t *Task, n *Node) [3]int {
	var l [3]int
	for _, o := range n.tasks {
		if o.State > Running || o.Desired > Complete {
			if o.service == t.service && o.State == Failed && c.now().Sub(o.Since) < 5*time.Minute {
				l[0]++
			}
			continue
		}
		if o.service == t.service {
			l[1]++
		}
		l[2]++
	}
	if l[0] < 5 {
		l[0] = 0
	}
	return l
}

// best chooses among the nodes that fit: spread over the preferences' labels
// first, then the least loaded. Which of equals SwarmKit takes is chance; here the
// empty ones are taken from the middle of the list on.
func (c *Cluster) best(t *Task, fit []*Node) *Node {
	fit = c.prefer(t, fit)
	var chosen *Node
	var least [3]int
	for i := range fit {
		n := fit[(i+(len(fit)-1)/2)%len(fit)]
		l := c.load(t, n)
		if chosen == nil || slices.Compare(l[:], least[:]) < 0 {
			chosen, least = n, l
		}
	}
	if least[1] > 0 {
		for _, n := range fit {
			if l := c.load(t, n); l == least {
				return n
			}
		}
	}
	return chosen
}

// prefer keeps the nodes under the value of each preference's label that has the
// fewest tasks of the service.
func (c *Cluster) prefer(t *Task, fit []*Node) []*Node {
	if t.Spec.Placement == nil {
		return fit
	}
	for _, p := range t.Spec.Placement.Preferences {
		if p.Spread == nil {
			continue
		}
		counts := map[string]int{}
		for _, n := range c.nodes {
			counts[labelValue(n, p.Spread.SpreadDescriptor)] += c.load(t, n)[1]
		}
		least := -1
		for _, n := range fit {
			if v := counts[labelValue(n, p.Spread.SpreadDescriptor)]; least < 0 || v < least {
				least = v
			}
		}
		fit = slices.DeleteFunc(slices.Clone(fit), func(n *Node) bool {
			return counts[labelValue(n, p.Spread.SpreadDescriptor)] != least
		})
	}
	return fit
}
