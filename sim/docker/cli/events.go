package cli

import (
	"maps"
	"slices"
	"strings"
	"text/template"

	"github.com/spf13/cobra"

	"drydock/sim/docker"
	"drydock/sim/docker/formatter"
)

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
	cmd.RunE = func(*cobra.Command, []string) error { return c.events(filter, format, since, until) }
	return cmd
}

func (c *Client) events(filter *filters, format, since, until string) error {
	var tmpl *template.Template
	if format != "" {
		if format == "json" {
			format = "{{json .}}"
		}
		var err error
		if tmpl, err = formatter.Parse(format); err != nil {
			return StatusError{"Error parsing format: " + err.Error(), 64}
		}
	}
	start, err := c.logTime("since", since)
	if err != nil {
		return err
	}
	end, err := c.logTime("until", until)
	if err != nil {
		return err
	}
	next := 0
	if since == "" {
		_, next = c.Engine.Events(0)
	}
	for {
		var list []docker.Event
		list, next = c.Engine.Events(next)
		for _, ev := range list {
			if ev.When().Before(start) || !end.IsZero() && ev.When().After(end) || !eventFits(filter, ev) {
				continue
			}
			if err := c.printEvent(tmpl, ev); err != nil {
				return err
			}
		}
		left := end.Sub(c.Now())
		switch {
		case end.IsZero():
			c.Wait(c.Engine.Happened())
		case left > 0:
			c.SleepUntil(left, c.Engine.Happened())
		default:
			return nil
		}
	}
}

func (c *Client) printEvent(tmpl *template.Template, ev docker.Event) error {
	if tmpl != nil {
		if err := tmpl.Execute(c.Stdout, ev); err != nil {
			return err
		}
		c.Printf("\n")
		return nil
	}
	c.Printf("%s %s %s %s", ev.When().Format("2006-01-02T15:04:05.000000000Z07:00"), ev.Type, ev.Action, ev.Actor.ID)
	if len(ev.Actor.Attributes) > 0 {
		var attrs []string
		for _, k := range slices.Sorted(maps.Keys(ev.Actor.Attributes)) {
			attrs = append(attrs, k+"="+ev.Actor.Attributes[k])
		}
		c.Printf(" (%s)", strings.Join(attrs, ", "))
	}
	c.Printf("\n")
	return nil
}

// eventFits applies the filters of docker events.
func eventFits(f *filters, ev docker.Event) bool {
	named := func(kind string) bool {
		return f.any(kind, func(want string) bool {
			return strings.HasPrefix(ev.Actor.ID, want) || strings.HasPrefix(ev.Actor.Attributes["name"], want)
		})
	}
	ofImage := f.any("image", func(want string) bool {
		name := ev.Actor.Attributes["image"]
		if ev.Type == "image" {
			name = ev.Actor.Attributes["name"]
		}
		base, _, _ := strings.Cut(name, ":")
		return want == ev.Actor.ID || want == name || want == base
	})
	action, _, _ := strings.Cut(ev.Action, ":")
	return named("container") && ofImage && named("network") && named("volume") &&
		f.any("type", func(want string) bool { return want == ev.Type }) &&
		f.any("event", func(want string) bool { return want == action || want == ev.Action }) &&
		f.any("scope", func(want string) bool { return want == ev.Scope }) && f.labels(ev.Actor.Attributes)
}
