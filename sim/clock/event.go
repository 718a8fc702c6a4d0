package clock

import "time"

// Object names what an event is about, in the words of its tool.
type Object struct {
	Kind    string // "container", "image", "machine", "Pod", ...
	Name    string // what a person calls it: "web", "nginx:alpine"
	Machine string // where it is; empty for what belongs to a cluster or to nobody
}

// Event is one thing that happened. The log of events is what `docker events`,
// `kubectl describe`, the screen's pulse and `why` all read.
type Event struct {
	ID      int
	Time    time.Time
	Actor   string // who did it: "laptop$", "dockerd", "kubelet node-1"
	Object  Object
	Reason  string // one word, the tool's own where it has one: "die", "pull", "FailedScheduling"
	Message string // a sentence for a person
	Cause   int    // the event that led to it, or -1
	Attr    map[string]string
}

// Emit appends to the log and returns the event's id. A zero Cause is replaced
// by what is being carried out at the moment, so causes follow timers and
// processes by themselves; use Because to set another.
func (c *Clock) Emit(e Event) int {
	e.ID, e.Time = len(c.log), c.now
	e.Cause = c.cause
	c.log = append(c.log, e)
	return e.ID
}

// Because runs fn such that what it emits, schedules and starts has the given
// event as its cause.
func (c *Clock) Because(cause int, fn func()) {
	before := c.cause
	c.cause = cause
	defer func() { c.cause = before }()
	fn()
}

// Cause is the event that is being carried out at the moment, or -1.
func (c *Clock) Cause() int { return c.cause }

// Events returns the log from the given id on. The caller must not change it.
func (c *Clock) Events(from int) []Event {
	if from >= len(c.log) {
		return nil
	}
	return c.log[max(from, 0):]
}

// Event returns one event by id.
func (c *Clock) Event(id int) (Event, bool) {
	if id < 0 || id >= len(c.log) {
		return Event{}, false
	}
	return c.log[id], true
}
