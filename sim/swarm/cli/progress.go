package cli

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"drydock/sim/machine"
	"drydock/sim/swarm"
)

const (
	progressEvery   = 200 * time.Millisecond
	requestTime     = time.Millisecond // what one look at the service takes
	maxProgressBars = 20
)

// display shows the progress of a service: line by line in a pipe, rows that are
// written anew in a terminal.
type display struct {
	c     *client
	quiet bool
	rows  []string
}

// write shows one row, named by its id.
func (d *display) write(id, text string) {
	if d.quiet {
		return
	}
	if d.c.Stdout.Terminal() == nil {
		d.c.Printf("%s: %s\n", id, text)
		return
	}
	at := slices.Index(d.rows, id)
	if at < 0 {
		at = len(d.rows)
		d.rows = append(d.rows, id)
		d.c.Printf("\n")
	}
	up := len(d.rows) - at
	d.c.Printf("\x1b[%dA\r\x1b[2K%s: %s\r\x1b[%dB", up, id, text, up)
}

// bar shows how far a task is. Pipes get no bars.
func (d *display) bar(id string, t *swarm.Task) {
	tty := d.c.Stdout.Terminal()
	if tty == nil || d.quiet {
		return
	}
	if t.Err != "" && t.State != swarm.Running {
		d.write(id, truncate(t.Err))
		return
	}
	const width = 50
	steps := int(min(t.State, swarm.Running)) + 1
	if t.State >= swarm.Pending {
		steps++
	}
	steps = min(steps, 9)
	text := fmt.Sprintf("%-9s", t.State)
	if tty.Width > 110 {
		full := width * steps / 9
		text += " [" + strings.Repeat("=", full) + ">" + strings.Repeat(" ", max(width-full-1, 0))
		if full == width {
			text = text[:len(text)-1] + ">"
		}
		text += "]"
	}
	d.write(id, text+" ")
}

func truncate(text string) string {
	text = strings.ReplaceAll(text, "\n", " ")
	if len(text) > 75 {
		text = text[:74] + "…"
	}
	return text
}

// progress waits until a service has what it asks for and stays so for the
// monitoring period (docker/cli, command/service/progress).
func (c *client) progress(s *swarm.Service, ref string, quiet bool) error {
	d := &display{c: c, quiet: quiet}
	u := &updater{d: d, s: s}
	interrupted := false
	c.OnSignal = func(sig machine.Signal) bool { interrupted = sig == machine.SIGINT; return interrupted }
	defer func() { c.OnSignal = nil }()
	var since time.Time
	var last string
	for {
		monitor := 5 * time.Second
		if m := s.Spec.UpdateConfig; m != nil && m.Monitor != 0 {
			monitor = m.Monitor
		}
		message, err := u.status(&last)
		if err != nil {
			return err
		}
		if !since.IsZero() && c.Now().Sub(since) >= monitor {
			d.write("verify", fmt.Sprintf("Service %s converged", ref))
			if message != "" {
				d.write("rollback", message)
			}
			return nil
		}
		done := u.update()
		if done && u.job() {
			return nil
		}
		since = c.verify(d, done, since, monitor)
		c.Sleep(progressEvery + requestTime)
		if interrupted {
			if since.IsZero() {
				c.Printf("Operation continuing in background.\nUse `docker service ps %s` to check progress.\n", s.ID)
			}
			return nil
		}
	}
}

// verify counts down while the tasks stay as they should be.
func (c *client) verify(d *display, done bool, since time.Time, monitor time.Duration) time.Time {
	switch {
	case done && since.IsZero():
		since = c.Now()
		c.Sleep(requestTime)
	case !done && !since.IsZero():
		d.write("verify", "Detected task failure")
		return time.Time{}
	case !done:
		return since
	}
	if wait := monitor - c.Now().Sub(since); wait >= 0 {
		d.write("verify", fmt.Sprintf("Waiting %d seconds to verify that tasks are stable...", wait/time.Second+1))
	}
	return since
}

// updater counts the tasks of a service.
type updater struct {
	d        *display
	s        *swarm.Service
	begun    bool
	done     bool
	rollback bool
}

func (u *updater) job() bool {
	return u.s.Spec.Mode.ReplicatedJob != nil || u.s.Spec.Mode.GlobalJob != nil
}

// status looks at the update; one that was paused is an error.
func (u *updater) status(last *string) (message string, err error) {
	st := u.s.UpdateStatus
	if st == nil {
		return "", nil
	}
	switch st.State {
	case "paused":
		return "", fmt.Errorf("service update paused: %s", st.Message)
	case "rollback_paused":
		return "", fmt.Errorf("service rollback paused: %s", st.Message)
	case "rollback_started":
		if *last != st.Message && !u.rollback {
			u.d.write("rollback", st.Message)
		}
		*last, u.rollback = st.Message, true
	case "rollback_completed":
		u.rollback = true
		if !u.done {
			return st.Message, nil
		}
	default:
		u.rollback = false
	}
	return "", nil
}

// overall writes the first line.
func (u *updater) overall(n, of int) {
	text := fmt.Sprintf("%d out of %d tasks", n, of)
	if u.rollback {
		text = "rolling back update: " + text
	}
	u.d.write("overall progress", text)
}

// update looks at the tasks of the present spec and reports whether all run.
func (u *updater) update() bool {
	if u.job() {
		return u.updateJob()
	}
	if u.s.Spec.Mode.Global != nil {
		return u.updateGlobal()
	}
	want := int(u.s.Replicas())
	if !u.begun {
		u.begun = true
		u.overall(0, want)
		for i := 1; i <= want && want <= maxProgressBars; i++ {
			u.d.write(fmt.Sprintf("%d/%d", i, want), " ")
		}
	}
	slots := map[int]*swarm.Task{}
	var order []int
	for _, t := range u.s.UpToDate() {
		if t.Slot == 0 || t.Desired == swarm.Remove {
			continue
		}
		if slots[t.Slot] == nil {
			order = append(order, t.Slot)
		}
		slots[t.Slot] = t
	}
	slices.Sort(order)
	running, steady := 0, true
	for i, number := range order {
		t := slots[number]
		if want <= maxProgressBars && i < want {
			u.d.bar(fmt.Sprintf("%d/%d", i+1, want), t)
		}
		if t.State == swarm.Running && t.Desired <= swarm.Running {
			running++
		}
		steady = steady && t.State == swarm.Running
	}
	return u.conclude(running, want, steady)
}

// conclude writes the first line until everything runs.
func (u *updater) conclude(running, want int, steady bool) bool {
	if u.done && !steady {
		u.done = false
	}
	if !u.done {
		u.overall(running, want)
		u.done = running == want
	}
	return running == want
}

// updateGlobal counts the nodes that have a task.
func (u *updater) updateGlobal() bool {
	tasks := map[string]*swarm.Task{}
	for _, t := range u.s.UpToDate() {
		if n := t.Node(); n != nil && n.Status.State != "down" && t.Desired <= swarm.Running {
			tasks[t.NodeID] = t
		}
	}
	if len(tasks) == 0 {
		return false
	}
	var ids []string
	for id := range tasks {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	if !u.begun {
		u.begun = true
		u.overall(0, len(ids))
		for _, id := range ids {
			u.d.write(short(id, false), " ")
		}
	}
	running, steady := 0, true
	for _, id := range ids {
		u.d.bar(short(id, false), tasks[id])
		if tasks[id].State == swarm.Running {
			running++
		}
		steady = steady && tasks[id].State == swarm.Running
	}
	return u.conclude(running, len(ids), steady)
}

// updateJob counts the tasks of a job until all have completed.
func (u *updater) updateJob() bool {
	_, desired, completed := u.s.Status()
	total := int(desired)
	if j := u.s.Spec.Mode.ReplicatedJob; j != nil {
		total = int(*j.TotalCompletions)
	}
	concurrent := max(total-int(completed), 0)
	active := 0
	for _, t := range u.s.UpToDate() {
		if t.State <= swarm.Running && t.Desired <= swarm.Complete {
			active++
		}
	}
	if !u.begun {
		u.begun = true
		u.d.write("active tasks", fmt.Sprintf("0 out of %d tasks", total))
		for i := 1; i <= total && total <= maxProgressBars; i++ {
			u.d.write(fmt.Sprintf("%d/%d", i, total), " ")
		}
	}
	u.d.write("active tasks", fmt.Sprintf("%d out of %d tasks", active, concurrent))
	if concurrent > 0 {
		return false
	}
	if !u.d.quiet {
		u.d.c.Printf("job complete\n")
	}
	return true
}
