package docker

import (
	"slices"
	"strings"
	"time"

	"drydock/sim/machine"
)

// LogLine is a line of a container's output.
type LogLine struct {
	Time   time.Time
	Stderr bool
	Text   string // with its line end, if it had one
}

// maxLog is how many lines the engine keeps of one container.
const maxLog = 20000

// Attachment is a client that sees what a container prints, as it is printed.
type Attachment struct {
	Stdout, Stderr machine.Sink // nil: not wanted
	container      *Container
}

// Attach shows a container's output to a client until it ends or Detach.
func (c *Container) Attach(stdout, stderr machine.Sink) *Attachment {
	a := &Attachment{Stdout: stdout, Stderr: stderr, container: c}
	c.watchers = append(c.watchers, a)
	c.emit("attach", "a client watches what "+c.Name+" prints", nil)
	return a
}

// Detach ends the attachment.
func (a *Attachment) Detach() {
	a.container.watchers = slices.DeleteFunc(a.container.watchers, func(o *Attachment) bool { return o == a })
}

// outputSink is one of the container's streams: what comes in goes to the log by
// lines, and to attached clients as it is.
type outputSink struct {
	container *Container
	stderr    bool
}

func (c *Container) sink(stderr bool) machine.Sink { return &outputSink{c, stderr} }

// Write implements machine.Sink.
func (s *outputSink) Write(b []byte) (int, error) {
	c := s.container
	for _, w := range slices.Clone(c.watchers) {
		to := w.Stdout
		if s.stderr {
			to = w.Stderr
		}
		if to != nil {
			_, _ = to.Write(b) // a client that went away does not stop the container
		}
	}
	c.record(string(b), s.stderr)
	return len(b), nil
}

// record keeps whole lines with the time at which they ended.
func (c *Container) record(text string, stderr bool) {
	if c.Host.LogDriver == "none" {
		return
	}
	stream := 0
	if stderr {
		stream = 1
	}
	text = c.partial[stream] + text
	for {
		line, rest, ok := strings.Cut(text, "\n")
		if !ok {
			break
		}
		c.addLog(LogLine{c.engine.now(), stderr, line + "\n"})
		text = rest
	}
	c.partial[stream] = text
	c.logged.Broadcast()
}

// flush logs what was printed last without a line end.
func (c *Container) flush() {
	for i, text := range c.partial {
		if text != "" {
			c.addLog(LogLine{c.engine.now(), i == 1, text})
			c.partial[i] = ""
		}
	}
}

// addLog keeps a line and forgets the oldest ones when there are too many.
func (c *Container) addLog(l LogLine) {
	c.Log = append(c.Log, l)
	if len(c.Log) > maxLog {
		c.dropped += len(c.Log) - maxLog/2
		c.Log = slices.Clone(c.Log[len(c.Log)-maxLog/2:])
	}
}

// LogEnd is the number of lines logged so far, those forgotten included.
func (c *Container) LogEnd() int { return c.dropped + len(c.Log) }

// LogFrom are the lines from that number on.
func (c *Container) LogFrom(n int) []LogLine {
	return c.Log[min(max(n-c.dropped, 0), len(c.Log)):]
}
