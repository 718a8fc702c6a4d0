package docker

import (
	"slices"
	"time"

	"drydock/sim/clock"
)

// Event is one of the engine's events as its API has it. Field names and order
// are moby's, because --format reaches for them.
type Event struct {
	Type     string
	Action   string
	Actor    EventActor
	Scope    string `json:"scope,omitempty"`
	Time     int64  `json:"time,omitempty"` // seconds since 1970
	TimeNano int64  `json:"timeNano,omitempty"`
}

// EventActor is what an event is about.
type EventActor struct {
	ID         string
	Attributes map[string]string
}

// When is the moment of the event.
func (v Event) When() time.Time { return time.Unix(0, v.TimeNano).UTC() }

// Events are what happened on this engine since the world's event of that
// number, and the number to go on from.
func (e *Engine) Events(from int) (list []Event, next int) {
	log := e.clock().Events(from)
	for _, ev := range log {
		if ev.Actor == "dockerd" && ev.Object.Machine == e.Machine.Name && !slices.Contains(inward(), ev.Reason) {
			list = append(list, e.eventOf(ev))
		}
	}
	return list, from + len(log)
}

// inward are reasons of the world's log that docker itself has no event for.
func inward() []string {
	return []string{"start-failed", "daemon-start", "daemon-stop", "daemon-start-failed", "pull-failed", "push-failed", "login", "login-failed"}
}

func (e *Engine) eventOf(ev clock.Event) Event {
	attr := map[string]string{}
	for k, v := range ev.Attr {
		if k != "id" {
			attr[k] = v
		}
	}
	id := ev.Attr["id"]
	if id == "" {
		id = ev.Object.Name
		if n, err := e.Network(id); err == nil && ev.Object.Kind == "network" {
			id = n.ID
		}
	}
	if attr["name"] == "" && (ev.Object.Kind == "network" || ev.Object.Kind == "image") {
		attr["name"] = ev.Object.Name
	}
	return Event{ev.Object.Kind, ev.Reason, EventActor{id, attr}, "local", ev.Time.Unix(), ev.Time.UnixNano()}
}
