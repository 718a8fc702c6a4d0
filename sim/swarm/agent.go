package swarm

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"drydock/sim/clock"
	"drydock/sim/docker"
)

// How long messages between managers and agents take.
const (
	dispatchLocal  = 40 * time.Millisecond
	dispatchRemote = 150 * time.Millisecond // assignments are sent in batches
	prepareTime    = 30 * time.Millisecond
	meshRetry      = 5 * time.Second
	// drainTime lets all nodes hear that a task gets no more connections, before it
	// is stopped (moby, executor/container: defaultGossipConvergeDelay).
	drainTime = 2 * time.Second
)

// agent runs the tasks of a node on its engine.
type agent struct {
	member     *Member
	up         bool
	mesh       []*meshPort
	containers map[*Task]*docker.Container
	mine       []*Task // the tasks it knows, in the order in which they came
	wanted     map[*Task]TaskState
	actual     map[*Task]report
	procs      map[*Task]*clock.Proc
	changed    *clock.Signal
	backlog    bool // something was not reported yet
	looking    bool
}

// report is what the agent knows of a task.
type report struct {
	state        TaskState
	message, err string
	exit         int
	since        time.Time
}

func newAgent(m *Member) *agent {
	return &agent{
		member: m, up: m.alive(), containers: map[*Task]*docker.Container{}, wanted: map[*Task]TaskState{},
		actual: map[*Task]report{}, procs: map[*Task]*clock.Proc{}, changed: m.fleet.clock().NewSignal(),
	}
}

func (a *agent) clock() *clock.Clock { return a.member.fleet.clock() }

// assign tells the agent about a task, or what is to become of it. The message
// takes its time.
func (a *agent) assign(t *Task) {
	delay := dispatchRemote
	if c := t.service.cluster; c.leader != nil && c.leader.member == a.member {
		delay = dispatchLocal
	}
	a.clock().After(delay, func() {
		if a.up && t.node != nil && t.node.contact && a.member.agent == a {
			a.take(t)
		}
	})
}

// take compares what the managers want with what there is.
func (a *agent) take(t *Task) {
	if _, known := a.wanted[t]; !known {
		if t.State > Running || t.Desired > Complete || !slices.Contains(t.node.tasks, t) {
			if t.State < Complete {
				a.report(t, Shutdown, "shut down before it began", "")
			}
			return
		}
		a.mine = append(a.mine, t)
		a.actual[t] = report{state: t.State}
	}
	a.wanted[t] = t.Desired
	a.changed.Broadcast()
	if a.procs[t] == nil && a.actual[t].state < Complete {
		a.procs[t] = a.clock().Go("task "+t.Name(), clock.Work, func(p *clock.Proc) { a.run(p, t); a.procs[t] = nil })
	}
}

// run takes a task from Assigned to its end.
func (a *agent) run(p *clock.Proc, t *Task) {
	if c := a.containers[t]; c == nil {
		a.report(t, Accepted, "accepted", "")
		a.report(t, Preparing, "preparing", "")
		if !a.prepare(p, t) {
			return
		}
		a.report(t, Ready, "prepared", "")
	}
	p.WaitFor(a.changed, func() bool { return a.wanted[t] >= Running })
	if a.wanted[t] <= Complete && a.actual[t].state < Running && !a.start(p, t) {
		return
	}
	if a.wanted[t] <= Complete {
		p.WaitFor(a.changed, func() bool { return a.wanted[t] > Complete || a.actual[t].state > Running })
	}
	a.shutDown(p, t)
}

// prepare gets the image and makes the container.
func (a *agent) prepare(p *clock.Proc, t *Task) bool {
	p.Sleep(prepareTime)
	e := a.member.Engine
	spec, err := a.containerSpec(t)
	if err == nil {
		if _, missing := e.Image(spec.Image); missing != nil {
			if _, pull := e.PullImage(p, docker.PullOptions{Ref: spec.Image}); pull != nil {
				err = missing
			}
		}
	}
	if err == nil && a.wanted[t] > Complete {
		a.report(t, Shutdown, "shutdown", "")
		return false
	}
	var c *docker.Container
	if err == nil {
		c, err = e.Create(p, spec)
	}
	if err != nil {
		a.report(t, Rejected, "preparing", err.Error())
		return false
	}
	a.containers[t] = c
	t.ContainerID = c.ID
	a.putFiles(t, c)
	return true
}

// start runs the container and waits until it is healthy, if it has a check.
func (a *agent) start(p *clock.Proc, t *Task) bool {
	c := a.containers[t]
	a.report(t, Starting, "starting", "")
	if !a.joinMesh(p, t) {
		return false
	}
	if err := a.member.Engine.Start(p, c, docker.Streams{}); err != nil {
		a.report(t, Failed, "starting", "starting container failed: "+err.Error())
		return false
	}
	if c.State.Health != nil {
		p.WaitFor(c.Logged(), func() bool {
			return a.wanted[t] > Complete || !c.Running() || c.State.Health == nil || c.State.Health.Status != "starting"
		})
	}
	if a.wanted[t] > Complete {
		return true
	}
	t.ports = t.service.hostPorts()
	a.report(t, Running, "started", "")
	a.look()
	return true
}

// joinMesh waits until the node has the service's ports open: a task whose port
// something else on the node holds stays in Starting.
func (a *agent) joinMesh(p *clock.Proc, t *Task) bool {
	for a.wanted[t] <= Complete {
		closed := slices.ContainsFunc(a.mesh, func(m *meshPort) bool { return m.service == t.service && !m.claim(a.member) })
		if !closed {
			return true
		}
		wake := a.clock().AfterWeighted(meshRetry, upkeep, a.changed.Broadcast)
		p.Wait(a.changed)
		wake.Stop()
	}
	a.report(t, Shutdown, "shutdown", "")
	return false
}

// shutDown stops what runs, and reports how the task ended.
func (a *agent) shutDown(p *clock.Proc, t *Task) {
	c := a.containers[t]
	if c == nil {
		return
	}
	if c.Running() {
		if len(t.service.networks()) > 0 {
			t.draining = true
			p.Sleep(drainTime)
		}
		_ = a.member.Engine.Stop(p, c, c.Grace(), 0) // a container that is gone has ended, too
	}
	if a.actual[t].state <= Running {
		a.report(t, Shutdown, "shutdown", "")
	}
}

// look notices containers that ended or fell ill since the last time.
func (a *agent) look() {
	if a.looking || !a.up {
		return
	}
	a.looking = true
	a.clock().After(0, func() {
		a.looking = false
		if !a.up {
			return
		}
		for _, t := range slices.Clone(a.mine) {
			if c := a.containers[t]; c != nil && a.actual[t].state == Running {
				a.judge(t, c)
			}
		}
	})
}

// judge reports the end of a task whose container ended by itself; one that is
// unhealthy is killed.
func (a *agent) judge(t *Task, c *docker.Container) {
	sick := c.State.Health != nil && c.State.Health.Status == "unhealthy"
	switch {
	case a.wanted[t] > Complete:
	case c.Running() && sick:
		a.clock().Go("task "+t.Name(), clock.Work, func(p *clock.Proc) {
			_ = a.member.Engine.Stop(p, c, c.Grace(), 0)
			a.fail(t, c, ": dockerexec: unhealthy container")
		})
	case !c.Running() && !sick:
		a.fail(t, c, "")
	}
}

// fail reports how a container ended that nobody had told to.
func (a *agent) fail(t *Task, c *docker.Container, why string) {
	if a.actual[t].state > Running {
		return
	}
	status := c.State.ExitCode
	t.Exit = status
	if status == 0 && why == "" {
		a.report(t, Complete, "finished", "")
		return
	}
	a.report(t, Failed, "started", fmt.Sprintf("task: non-zero exit (%d)%s", status, why))
}

// report notes how far a task has come and tells the managers, if there is
// contact; otherwise they learn it later.
func (a *agent) report(t *Task, s TaskState, message, err string) {
	a.actual[t] = report{s, message, err, t.Exit, a.clock().Now()}
	if err != "" {
		err = strings.TrimSuffix(err, "\n")
	}
	c := t.service.cluster
	if t.node != nil && t.node.contact && c.leader != nil {
		c.setState(t, s, message, err)
	} else {
		a.backlog = true
	}
	a.changed.Broadcast()
}

// sync is the beginning of a session: the agent tells what happened meanwhile and
// hears what is wanted now.
func (a *agent) sync() {
	a.up = a.member.alive()
	n := a.member.node
	for _, t := range slices.Clone(a.mine) {
		if !slices.Contains(n.tasks, t) {
			a.remove(t)
			continue
		}
		a.recover(t)
	}
	if a.backlog {
		a.backlog = false
		for _, t := range slices.Clone(a.mine) {
			if r := a.actual[t]; r.state > t.State {
				t.service.cluster.setState(t, r.state, r.message, r.err)
				t.Since = r.since
			}
		}
	}
	for _, t := range n.Tasks() {
		a.take(t)
	}
}

// recover finds out what became of a task that ran when the daemon ended.
func (a *agent) recover(t *Task) {
	c := a.containers[t]
	if c == nil || a.procs[t] != nil || a.actual[t].state > Running || a.actual[t].state < Ready {
		return
	}
	if c.Running() || a.actual[t].state < Starting {
		return
	}
	a.backlog = true
	s := report{state: Failed, message: "started", err: fmt.Sprintf("task: non-zero exit (%d)", c.State.ExitCode), since: a.clock().Now()}
	if c.State.ExitCode == 0 || c.State.ByHand || c.State.ExitCode == 143 {
		s = report{state: Shutdown, message: "shutdown", since: s.since}
	}
	a.actual[t] = s
}

// forget is a task that the managers dropped: its container is removed.
func (a *agent) forget(t *Task) {
	if a.up && a.member.node != nil && a.member.node.contact {
		a.remove(t)
	}
}

func (a *agent) remove(t *Task) {
	if p := a.procs[t]; p != nil && !p.Running() {
		p.Kill()
	}
	c := a.containers[t]
	a.mine = slices.DeleteFunc(a.mine, func(o *Task) bool { return o == t })
	delete(a.containers, t)
	delete(a.wanted, t)
	delete(a.actual, t)
	delete(a.procs, t)
	if c == nil {
		return
	}
	a.clock().Go("remove "+t.Name(), clock.Work, func(p *clock.Proc) {
		if c.Running() && len(t.service.networks()) > 0 && !t.draining {
			t.draining = true
			p.Sleep(drainTime)
		}
		_ = a.member.Engine.Stop(p, c, c.Grace(), 0)
		_ = a.member.Engine.Remove(p, c, true, true) // it may be gone already
	})
}

// stop is the end of the daemon: what it was doing ends with it.
func (a *agent) stop() {
	for _, t := range a.mine {
		if p := a.procs[t]; p != nil && !p.Running() {
			p.Kill()
		}
		delete(a.procs, t)
	}
	a.up = false
}

// leave ends all tasks at once: the node is no part of the swarm any more.
func (a *agent) leave(p *clock.Proc) {
	tasks := slices.Clone(a.mine)
	containers := map[*Task]*docker.Container{}
	for t, c := range a.containers {
		containers[t] = c
	}
	a.stop()
	a.containers = map[*Task]*docker.Container{}
	for _, t := range tasks {
		if c := containers[t]; c != nil {
			_ = a.member.Engine.Remove(p, c, true, true) // it may be gone already
		}
	}
	a.mine = nil
}

var errNoContainer = errors.New("the task has no container")

// Container is the container of a task on the machine that runs it.
func (t *Task) Container() (*docker.Container, error) {
	if c := t.container(); c != nil {
		return c, nil
	}
	return nil, errNoContainer
}
