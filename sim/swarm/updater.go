package swarm

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"drydock/sim/clock"
)

// defaultMonitor is how long a new task is watched for failure.
const defaultMonitor = 5 * time.Second

// update is a rolling update or rollback that is under way (swarmkit,
// orchestrator/update).
type update struct {
	service *Service
	config  UpdateConfig
	queue   []slot
	total   int
	failed  int
	busy    int
	stopped bool
	procs   []*clock.Proc
	done    *clock.Signal
}

// setUpdate notes how the update goes.
func (s *Service) setUpdate(state, message string) {
	now := s.cluster.now()
	if s.UpdateStatus == nil || state == "updating" || state == "rollback_started" && s.UpdateStatus.State != "updating" {
		s.UpdateStatus = &UpdateStatus{StartedAt: &now}
	}
	s.UpdateStatus.State, s.UpdateStatus.Message = state, message
	if strings.HasSuffix(state, "completed") {
		s.UpdateStatus.CompletedAt = &now
	}
	s.cluster.touch(&s.Meta)
	s.cluster.emit("service", s.Spec.Name, "update-"+state, "the service %s: %s", s.Spec.Name, message)
	s.changed.Broadcast()
}

func (s *Service) rollingBack() bool {
	return s.UpdateStatus != nil && s.UpdateStatus.State == "rollback_started" && s.update == nil
}

// updating reports that an update is to go on when there is a leader again.
func (s *Service) updating() bool {
	return s.UpdateStatus != nil && (s.UpdateStatus.State == "updating" || s.UpdateStatus.State == "rollback_started")
}

func (s *Service) stopUpdate() {
	if s.update == nil {
		return
	}
	s.update.stopped = true
	for _, p := range s.update.procs {
		if !p.Running() {
			p.Kill()
		}
	}
	s.update = nil
}

// updateConfig is the one that applies, with its defaults.
func (s *Service) updateConfig() UpdateConfig {
	config := s.Spec.UpdateConfig
	if s.UpdateStatus != nil && strings.HasPrefix(s.UpdateStatus.State, "rollback") {
		config = s.Spec.RollbackConfig
	}
	if config == nil {
		return UpdateConfig{Parallelism: 1, Monitor: defaultMonitor, FailureAction: "pause", Order: "stop-first"}
	}
	full := *config
	if full.Monitor == 0 {
		full.Monitor = defaultMonitor
	}
	return full
}

// startUpdate begins to replace the tasks that were made from another spec.
func (c *Cluster) startUpdate(s *Service, begin bool) {
	if s.UpdateStatus != nil && strings.HasSuffix(s.UpdateStatus.State, "paused") || c.leader == nil {
		return
	}
	if s.update != nil && !begin {
		return
	}
	s.stopUpdate()
	dirty := s.dirtySlots()
	if s.UpdateStatus == nil && len(dirty) > 0 {
		s.setUpdate("updating", "update in progress")
	}
	c.clock().Rand().Shuffle(len(dirty), func(i, j int) { dirty[i], dirty[j] = dirty[j], dirty[i] })
	u := &update{service: s, config: s.updateConfig(), queue: dirty, total: len(dirty), done: c.clock().NewSignal()}
	s.update = u
	workers := int(u.config.Parallelism)
	if workers == 0 || workers > len(dirty) {
		workers = len(dirty)
	}
	u.busy = workers
	for range workers {
		u.procs = append(u.procs, c.clock().Go("update "+s.Spec.Name, clock.Work, func(p *clock.Proc) {
			c.work(p, u)
			u.busy--
			u.done.Broadcast()
		}))
	}
	u.procs = append(u.procs, c.clock().Go("update "+s.Spec.Name, clock.Work, func(p *clock.Proc) { c.finish(p, u) }))
}

// dirtySlots are the slots, or the nodes of a global service, to be updated.
func (s *Service) dirtySlots() []slot {
	var dirty []slot
	slots := s.runnable()
	for _, number := range sortedKeys(slots) {
		if slices.ContainsFunc(slots[number], s.isDirty) {
			dirty = append(dirty, slots[number])
		}
	}
	for _, t := range s.tasks {
		if t.Slot == 0 && t.Desired <= Running && s.isDirty(t) {
			dirty = append(dirty, slot{t})
		}
	}
	return dirty
}

// work updates one slot after the other.
func (c *Cluster) work(p *clock.Proc, u *update) {
	for len(u.queue) > 0 && !u.stopped {
		next := u.queue[0]
		u.queue = u.queue[1:]
		c.updateSlot(p, u, next)
		if u.config.Delay > 0 && !u.stopped {
			p.Sleep(u.config.Delay)
		}
	}
}

// finish watches for one more period, then declares the update complete.
func (c *Cluster) finish(p *clock.Proc, u *update) {
	p.WaitFor(u.done, func() bool { return u.busy == 0 })
	if u.stopped {
		return
	}
	if u.total > 0 {
		p.Sleep(u.config.Monitor)
	}
	s := u.service
	if u.stopped || s.update != u || s.UpdateStatus == nil {
		return
	}
	s.update = nil
	switch s.UpdateStatus.State {
	case "updating":
		s.setUpdate("completed", "update completed")
	case "rollback_started":
		s.setUpdate("rollback_completed", "rollback completed")
	}
}

// updateSlot replaces the tasks of a slot by one of the new spec, in the order
// that the service asks for.
func (c *Cluster) updateSlot(p *clock.Proc, u *update, old slot) {
	s := u.service
	old = slices.DeleteFunc(slices.Clone(old), func(t *Task) bool { return t.Desired > Running })
	if len(old) == 0 {
		return
	}
	if i := slices.IndexFunc(old, func(t *Task) bool { return !s.isDirty(t) }); i >= 0 {
		for j, t := range old {
			if j != i {
				c.setDesired(t, Shutdown)
			}
		}
		return
	}
	t := c.newTask(s, old[0].Slot, globalNode(old[0]))
	t.update = u
	if u.config.Order != "start-first" {
		t.Desired = Ready
		for _, o := range old {
			if o.State <= Running && o.node != nil && o.node.Status.State != "down" {
				t.waitFor = o
			}
			c.setDesired(o, Shutdown)
		}
		if t.waitFor == nil || t.waitFor.State > Running {
			c.startNow(t)
		}
	}
	p.WaitFor(s.changed, func() bool { return u.stopped || t.State >= Running || t.Desired > Running })
	if u.config.Order == "start-first" && t.State == Running {
		for _, o := range old {
			c.setDesired(o, Shutdown)
		}
	}
}

func globalNode(t *Task) *Node {
	if t.Slot == 0 {
		return t.node
	}
	return nil
}

// watch takes note of a task that the update made and that ended too early.
func (u *update) watch(c *Cluster, t *Task) {
	if u == nil || u.stopped || u.service.update != u || c.now().Sub(t.CreatedAt) > u.config.Monitor+oldTaskTimeout {
		return
	}
	t.update = nil
	u.failed++
	if float32(u.failed)/float32(u.total) <= u.config.MaxFailureRatio || u.config.FailureAction == "continue" {
		return
	}
	s := u.service
	back := strings.HasPrefix(s.UpdateStatus.State, "rollback")
	reason := fmt.Sprintf("due to failure or early termination of task %s", t.ID)
	s.stopUpdate()
	switch {
	case back:
		s.setUpdate("rollback_paused", "rollback paused "+reason)
	case u.config.FailureAction == "rollback" && s.PreviousSpec != nil:
		spec := *s.PreviousSpec
		s.PreviousSpec = nil
		c.applySpec(s, spec, "rollback", "the service "+s.Spec.Name+" goes back to what it was", func() {
			s.setUpdate("rollback_started", "update rolled back "+reason)
		})
	default:
		s.setUpdate("paused", "update paused "+reason)
	}
}
