package swarm

import (
	"slices"
	"strconv"
	"time"

	"drydock/sim/clock"
)

// TaskState is how far a task has come. Tasks only go forward (swarmkit,
// api.TaskState).
type TaskState int

// The states in their order.
const (
	New TaskState = iota
	Pending
	Assigned
	Accepted
	Preparing
	Ready
	Starting
	Running
	Complete
	Shutdown
	Failed
	Rejected
	Remove
	Orphaned
)

// String is the state as the API names it, in lower case.
func (s TaskState) String() string {
	names := []string{"new", "pending", "assigned", "accepted", "preparing", "ready", "starting", "running", "complete", "shutdown", "failed", "rejected", "remove", "orphaned"}
	if s < 0 || int(s) >= len(names) {
		return "unknown"
	}
	return names[s]
}

// Task is one attempt to run one slot of a service.
type Task struct {
	Meta
	ID      string
	Slot    int // 0 for tasks of global services
	NodeID  string
	Spec    TaskSpec
	State   TaskState
	Desired TaskState
	Since   time.Time // when it came to its state
	Message string
	Err     string
	Exit    int
	// ContainerID is the container on the node, once there is one.
	ContainerID string
	Iteration   uint64 // of a job

	service  *Service
	node     *Node
	spec     uint64 // the version of the service's spec that it was made from
	delay    *clock.Timer
	restarts int // how many tasks of the slot went before it in a row
	waitFor  *Task
	stalled  bool         // it was to be started while there was no leader
	draining bool         // it gets no more connections
	delayed  bool         // its restart delay has not passed yet
	ports    []PortConfig // host mode ports, as they were opened
	update   *update      // the update that made it, for its failures
}

// Service is the service that the task belongs to.
func (t *Task) Service() *Service { return t.service }

// Node is the node that the task was given to, or nil.
func (t *Task) Node() *Node { return t.node }

// Name is the task's name without its id: "web.1", or "agent.<node id>".
func (t *Task) Name() string {
	if t.Slot == 0 {
		return t.service.Spec.Name + "." + t.NodeID
	}
	return t.service.Spec.Name + "." + strconv.Itoa(t.Slot)
}

// ContainerName is the name of the task's container.
func (t *Task) ContainerName() string { return t.Name() + "." + t.ID }

// HostPorts are the ports that are open on the node itself.
func (t *Task) HostPorts() []PortConfig { return slices.Clone(t.ports) }

// newTask makes a task of a service from its present spec. The two share it: a
// spec is never changed in place, an update puts another in its stead.
func (c *Cluster) newTask(s *Service, slot int, n *Node) *Task {
	t := &Task{
		ID: c.fleet.newID(), Slot: slot, Spec: s.Spec.TaskTemplate, State: New, Desired: Running, Since: c.now(),
		service: s, spec: s.specVersion, Iteration: s.JobIteration,
	}
	if n != nil {
		t.NodeID = n.ID
	}
	c.touch(&t.Meta)
	s.tasks = append(s.tasks, t)
	event := c.emit("task", t.Name(), "new", "the task %s was made", t.Name())
	c.clock().Because(event, func() {
		t.State = Pending
		c.waiting = append(c.waiting, t)
		if n != nil {
			t.node = n
		}
		c.plan()
	})
	c.prune(s, slot, t.NodeID)
	return t
}

// setState notes how far a task has come and does what follows from it.
func (c *Cluster) setState(t *Task, s TaskState, message, err string) {
	if s < t.State || s == t.State && err == t.Err {
		return
	}
	if s != t.State {
		t.Since = c.now()
	}
	t.State, t.Message, t.Err = s, message, err
	c.touch(&t.Meta)
	event := c.emit("task", t.Name(), s.String(), "%s", taskSentence(t))
	c.clock().Because(event, func() { c.taskChanged(t) })
	t.service.changed.Broadcast()
}

func taskSentence(t *Task) string {
	text := "the task " + t.Name() + " is " + t.State.String()
	if t.node != nil {
		text += " on " + t.node.Hostname()
	}
	if t.Err != "" {
		text += ": " + t.Err
	}
	return text
}

// setDesired says what is to become of a task.
func (c *Cluster) setDesired(t *Task, s TaskState) {
	if s <= t.Desired {
		return
	}
	t.Desired = s
	t.delay.Stop()
	c.touch(&t.Meta)
	if t.node == nil || t.State < Assigned {
		c.waiting = slices.DeleteFunc(c.waiting, func(o *Task) bool { return o == t })
		if s >= Shutdown && t.State < Assigned {
			t.State = Shutdown
			c.mourn(t)
			c.release(t)
			return
		}
	}
	c.tell(t)
	if s == Remove && t.State > Running {
		c.release(t)
	}
	t.service.changed.Broadcast()
}

// tell lets the task's node know, if it can be reached.
func (c *Cluster) tell(t *Task) {
	if t.node != nil && t.node.contact && t.node.member != nil {
		t.node.member.agent.assign(t)
	}
}

// taskChanged does what the managers do when a task came to a new state.
func (c *Cluster) taskChanged(t *Task) {
	if c.leader == nil {
		return
	}
	if t.State <= Running {
		return
	}
	c.mourn(t)
	if t.Desired == Remove {
		c.release(t)
		return
	}
	if t.service.isJob() {
		c.jobEnded(t)
		return
	}
	if t.Desired <= Running {
		t.update.watch(c, t)
		c.restart(t)
	}
	c.prune(t.service, t.Slot, t.NodeID)
	c.plan()
}

// release deletes a task that is to be removed: it ended, or its node is gone.
func (c *Cluster) release(t *Task) {
	c.forgetTask(t)
	t.service.settle(c)
}

// forgetTask drops a task and has its node remove what is left of it.
func (c *Cluster) forgetTask(t *Task) {
	t.delay.Stop()
	t.service.tasks = slices.DeleteFunc(t.service.tasks, func(o *Task) bool { return o == t })
	c.waiting = slices.DeleteFunc(c.waiting, func(o *Task) bool { return o == t })
	if t.node == nil {
		return
	}
	t.node.tasks = slices.DeleteFunc(t.node.tasks, func(o *Task) bool { return o == t })
	if t.node.member != nil && t.node.member.node == t.node {
		t.node.member.agent.forget(t)
	}
	c.plan()
}

// prune keeps the history of a slot within the retention limit (swarmkit,
// orchestrator/taskreaper).
func (c *Cluster) prune(s *Service, slot int, node string) {
	var old []*Task
	total := 0
	for _, t := range s.tasks {
		if t.Slot != slot || slot == 0 && t.NodeID != node {
			continue
		}
		total++
		if t.State > Running && t.Desired > Running {
			old = append(old, t)
		}
	}
	for _, t := range old {
		if total <= c.TaskHistory {
			return
		}
		c.forgetTask(t)
		total--
	}
}
