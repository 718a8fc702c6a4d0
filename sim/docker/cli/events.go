package cli

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"drydock/sim/clock"
	"drydock/sim/docker/formatter"
)

// dockerEvent is an event as `docker events` shows it, by the names that
// --format uses.
type dockerEvent struct {
	Type     string     `json:"Type"`
	Action   string     `json:"Action"`
	Actor    eventActor `json:"Actor"`
	Scope    string     `json:"scope"`
	Time     int64      `json:"time"`
	TimeNano int64      `json:"timeNano"`
	at       time.Time
}

type eventActor struct {
	ID         string
	Attributes map[string]string
}

// ID is the object's; older formats name it like this.
func (e dockerEvent) ID() string { return e.Actor.ID }

// Status is the action; older formats name it like this.
func (e dockerEvent) Status() string { return e.Action }

// From is the image of a container.
func (e dockerEvent) From() string { return e.Actor.Attributes["image"] }

// text is the line without --format.
func (e dockerEvent) text() string {
	var attrs []string
	for _, name := range slices.Sorted(maps.Keys(e.Actor.Attributes)) {
		attrs = append(attrs, name+"="+e.Actor.Attributes[name])
	}
	line := fmt.Sprintf("%s %s %s %s", e.at.Format(nanoLayout), e.Type, e.Action, e.Actor.ID)
	if len(attrs) > 0 {
		line += " (" + strings.Join(attrs, ", ") + ")"
	}
	return line
}

// nanoLayout is RFC 3339 with all nine digits of nanoseconds.
const nanoLayout = "2006-01-02T15:04:05.000000000Z07:00"

// event turns an event of the world into docker's, if it is one of this engine's.
func (c *Client) event(e clock.Event) (dockerEvent, bool) {
	kinds := []string{"builder", "container", "daemon", "image", "network", "volume"}
	if e.Actor != "dockerd" || e.Object.Machine != c.Engine.Machine.Name || !slices.Contains(kinds, e.Object.Kind) || strings.HasSuffix(e.Reason, "-failed") {
		return dockerEvent{}, false
	}
	attrs := maps.Clone(e.Attr)
	id := e.Object.Name
	if attrs["id"] != "" {
		id = attrs["id"]
		delete(attrs, "id")
	}
	if e.Object.Kind == "image" && attrs == nil {
		attrs = map[string]string{"name": e.Object.Name}
	}
	return dockerEvent{
		Type: e.Object.Kind, Action: e.Reason, Actor: eventActor{id, attrs}, Scope: "local", Time: e.Time.Unix(), TimeNano: e.Time.UnixNano(), at: e.Time,
	}, true
}

// wanted applies the filters of docker events.
func (f *filters) wanted(e dockerEvent) bool {
	is := func(kind string) func(string) bool {
		return func(want string) bool {
			return e.Type == kind && (e.Actor.ID == want || e.Actor.Attributes["name"] == want || strings.HasPrefix(e.Actor.ID, want))
		}
	}
	action, _, _ := strings.Cut(e.Action, ":")
	return f.any("event", func(want string) bool { return want == action || want == e.Action }) &&
		f.any("type", func(want string) bool { return want == e.Type }) &&
		f.any("container", func(want string) bool { return is("container")(want) || e.Actor.Attributes["container"] == want }) &&
		f.any("image", func(want string) bool { return is("image")(want) || e.Actor.Attributes["image"] == want }) &&
		f.any("network", is("network")) && f.any("volume", is("volume")) && f.any("daemon", is("daemon")) &&
		f.any("scope", func(want string) bool { return want == e.Scope }) && f.labels(e.Actor.Attributes)
}

func newEvents(c *Client) *cobra.Command {
	var since, until, format string
	cmd := &cobra.Command{
		Use: "events [OPTIONS]", Short: "Get real time events from the server", Args: noArgs,
		Annotations: map[string]string{"aliases": "docker system events, docker events"},
	}
	f := cmd.Flags()
	filter := filterFlag(f, "f", "Filter output based on conditions provided")
	f.StringVar(&format, "format", "", inspectFormatHelp)
	f.StringVar(&since, "since", "", "Show all events created since timestamp")
	f.StringVar(&until, "until", "", "Stream events until this timestamp")
	cmd.RunE = func(*cobra.Command, []string) error {
		known := []string{"config", "container", "daemon", "event", "image", "label", "network", "node", "plugin", "scope", "secret", "service", "type", "volume"}
		if err := filter.check(known...); err != nil {
			return c.daemon(err)
		}
		if format == "json" {
			format = "{{json .}}"
		}
		tmpl, err := formatter.Parse(format)
		if err != nil {
			return StatusError{"Error parsing format: " + err.Error(), 64}
		}
		show := func(e dockerEvent) error {
			if format == "" {
				c.Printf("%s\n", e.text())
				return nil
			}
			if err := tmpl.Execute(c.Stdout, e); err != nil {
				return err
			}
			c.Printf("\n")
			return nil
		}
		return c.followEvents(since, until, func(e dockerEvent) error {
			if !filter.wanted(e) {
				return nil
			}
			return show(e)
		})
	}
	return cmd
}

// followEvents shows what happened between two moments, waiting for what is
// still to come; without an end it goes on until the client is interrupted.
func (c *Client) followEvents(since, until string, show func(dockerEvent) error) error {
	from, end := c.Now(), time.Time{}
	next := len(c.Clock().Events(0))
	if since != "" {
		at, ok := moment(since, c.Now())
		if !ok {
			return c.daemon(errors.New("failed to parse value as time or duration: " + since))
		}
		from, next = at, 0
	}
	if until != "" {
		at, ok := moment(until, c.Now())
		if !ok {
			return c.daemon(errors.New("failed to parse value as time or duration: " + until))
		}
		end = at
	}
	for {
		for _, e := range c.Clock().Events(next) {
			next = e.ID + 1
			if e.Time.Before(from) || !end.IsZero() && e.Time.After(end) {
				continue
			}
			if d, ok := c.event(e); ok {
				if err := show(d); err != nil {
					return err
				}
			}
		}
		switch {
		case len(c.Clock().Events(next)) > 0:
		case !end.IsZero() && !c.Now().Before(end):
			return nil
		case !c.Engine.Up:
			return errors.New("unexpected EOF")
		case end.IsZero():
			c.Wait(c.Clock().Logged())
		default:
			c.SleepUntil(end.Sub(c.Now()), c.Clock().Logged())
		}
	}
}
