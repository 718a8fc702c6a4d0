package sim

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"drydock/sim/clock"
	"drydock/sim/machine"
)

// Why explains how an object came to be as it is: the latest thing that happened
// to it, what led to that, and so on to the command or fault at the root. The
// object is a name as a person writes it: "web", "container/web", "nginx:alpine",
// "node-2", or a port such as ":8080".
func (w *World) Why(object string) []Cause {
	if port, ok := strings.CutPrefix(object, ":"); ok {
		return w.whyPort(port)
	}
	if causes := w.whyKube(object); causes != nil {
		return causes
	}
	last := w.latest(object)
	if last < 0 {
		return nil
	}
	return w.chain(last)
}

// latest finds the newest event about an object, -1 when there is none.
func (w *World) latest(object string) int {
	kind, name, hasKind := strings.Cut(object, "/")
	events := w.clock.Events(0)
	for i := len(events) - 1; i >= 0; i-- {
		o := events[i].Object
		switch {
		case events[i].Reason == "run" || passing(events[i].Reason):
		case hasKind && strings.EqualFold(o.Kind, kind) && o.Name == name, o.Name == object:
			return i
		}
	}
	return -1
}

// passing reasons say that somebody looked, not that anything changed.
func passing(reason string) bool {
	return slices.Contains([]string{"attach", "exec_create", "exec_start", "exec_die", "top", "resize", "request"}, reason)
}

func (w *World) chain(id int) []Cause {
	var causes []Cause
	for id >= 0 && len(causes) < 20 {
		e, ok := w.clock.Event(id)
		if !ok {
			break
		}
		causes = append(causes, Cause{At: e.Time.Sub(w.clock.Start()), Text: sentence(e), See: seeAlso(e)})
		id = e.Cause
	}
	return causes
}

// sentence is an event in words.
func sentence(e clock.Event) string {
	switch {
	case e.Object.Kind == "command":
		if first, _, script := strings.Cut(strings.TrimSpace(e.Object.Name), "\n"); script {
			return e.Actor + " " + first + " …" // a script is long, and one line tells which
		}
		return e.Actor + " " + e.Object.Name
	case e.Object.Kind == "fault":
		return "a fault was injected: " + e.Message
	case e.Message != "":
		return e.Message
	default:
		return strings.TrimSpace(e.Object.Kind + " " + e.Object.Name + ": " + e.Reason)
	}
}

// seeAlso is where the real tool would show the same.
func seeAlso(e clock.Event) string {
	switch e.Object.Kind {
	case "container":
		switch e.Reason {
		case "die", "oom":
			return "docker logs " + e.Object.Name
		case "create", "destroy":
			return "docker ps -a"
		}
		return "docker inspect " + e.Object.Name
	case "image":
		return "docker images"
	case "network":
		return "docker network inspect " + e.Object.Name
	case "volume":
		return "docker volume inspect " + e.Object.Name
	}
	return ""
}

// whyPort explains what answers, or does not, on a published port.
func (w *World) whyPort(text string) []Cause {
	port, err := strconv.Atoi(text)
	if err != nil {
		return nil
	}
	state := w.State()
	at := w.clock.Elapsed()
	for _, c := range state.Containers {
		for _, p := range c.Ports {
			if p.HostPort != port {
				continue
			}
			return append([]Cause{{At: at, Text: doorText(c, p), See: "docker port " + c.Name}}, w.Why("container/"+c.Name)...)
		}
	}
	for _, m := range w.site.Machines() {
		for _, l := range m.Net.Listeners() {
			if l.Port == port && l.Process != nil {
				return []Cause{{At: at, Text: fmt.Sprintf("on %s, port %d is held by %s (process %d), which is no container", m.Name, port, l.Process.Args[0], l.Process.PID), See: "ss -ltnp"}}
			}
		}
	}
	causes := []Cause{{At: at, Text: fmt.Sprintf("nothing listens on port %d: no running container publishes it", port), See: "docker ps"}}
	if last := w.lastPublisher(port); last != "" {
		causes = append(causes, w.Why("container/"+last)...)
	}
	return causes
}

func doorText(c Container, p Port) string {
	where := fmt.Sprintf("port %d of %s leads to port %d of container %s", p.HostPort, c.Machine, p.Container, c.Name)
	if p.Answers {
		return where + ", where something listens"
	}
	if len(c.Listening) == 0 {
		return where + ", where nothing listens"
	}
	return fmt.Sprintf("%s, where nothing listens: inside it listens on %s", where, joinInts(c.Listening))
}

func joinInts(ports []int) string {
	words := make([]string, len(ports))
	for i, p := range ports {
		words[i] = strconv.Itoa(p)
	}
	return strings.Join(words, ", ")
}

// lastPublisher is the newest stopped container that is to publish a port.
func (w *World) lastPublisher(port int) string {
	for _, m := range w.site.Machines() {
		e := w.engines[m.Name]
		if e == nil {
			continue
		}
		containers := e.Containers()
		for i := len(containers) - 1; i >= 0; i-- {
			for _, b := range containers[i].Host.PortBindings {
				if b.HostPort == port {
					return containers[i].Name
				}
			}
		}
	}
	return ""
}

// why is the program of that name: `why web`.
func (w *World) why(p *machine.Process) int {
	if len(p.Args) != 2 {
		p.Errorf("usage: why OBJECT\n\nOBJECT is a container, an image, a network, a volume, a machine, or a port such as :8080;\nin a cluster also pod/NAME, deployment/NAME, service/NAME, node/NAME, pvc/NAME and the like,\nof another namespace than default pod/NAMESPACE/NAME.\n")
		return 1
	}
	causes := w.Why(p.Args[1])
	if len(causes) == 0 {
		p.Errorf("why: nothing has happened to %q in this world; is that its name?\n", p.Args[1])
		return 1
	}
	for i, c := range causes {
		lead := ""
		if i > 0 {
			lead = "because "
		}
		p.Printf("%7s  %s%s\n", clockTime(c.At), lead, strings.ReplaceAll(c.Text, "\n", "\n         "))
		if c.See != "" {
			p.Printf("         see: %s\n", c.See)
		}
	}
	return 0
}

// clockTime is a moment of the world as minutes and seconds: "0:12".
func clockTime(at time.Duration) string {
	s := int(at / time.Second)
	if s >= 3600 {
		return fmt.Sprintf("%d:%02d:%02d", s/3600, s/60%60, s%60)
	}
	return fmt.Sprintf("%d:%02d", s/60, s%60)
}
