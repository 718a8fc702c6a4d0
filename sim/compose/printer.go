package compose

import (
	"fmt"
	"io"
	"strings"
	"time"

	"drydock/sim/docker"
	"drydock/sim/machine"
)

// printer shows the output of containers, each line with its container's name in
// front. The names are as wide as the longest that has spoken so far.
type printer struct {
	b          *backend
	colour     bool
	prefix     bool
	timestamps bool
	names      []string
	width      int
}

func (b *backend) newPrinter(colour, prefix, timestamps bool) *printer {
	terminal := b.Stdout.Terminal() != nil && b.Env.Get("NO_COLOR") == ""
	return &printer{b: b, colour: colour && (terminal && b.ansi != "never" || b.ansi == "always"), prefix: prefix, timestamps: timestamps}
}

// register gives a name its place among those that have spoken.
func (p *printer) register(name string) int {
	for i, n := range p.names {
		if n == name {
			return i
		}
	}
	p.names = append(p.names, name)
	p.width = max(p.width, len(name)+1)
	return len(p.names) - 1
}

// line prints a line of a container.
func (p *printer) line(out io.Writer, name, text string) {
	at := p.register(name)
	head := ""
	if p.prefix {
		head = p.paint(at, fmt.Sprintf("%-*s | ", p.width, name))
	}
	if p.timestamps {
		head += p.b.Now().UTC().Format(timeLayout) + " "
	}
	fmt.Fprintf(out, "%s%s\n", head, text)
}

// timeLayout is RFC 3339 with all nine digits.
const timeLayout = "2006-01-02T15:04:05.000000000Z07:00"

// status prints what happened to a container.
func (p *printer) status(name, text string) {
	at := p.register(name)
	fmt.Fprint(p.b.Stdout, p.paint(at, fmt.Sprintf("\r\x1b[K%s %s\n", name, text)))
}

// paint gives every container a colour of its own.
func (p *printer) paint(at int, text string) string {
	if !p.colour {
		return text
	}
	codes := []string{"36", "33", "32", "35", "34", "36;1", "33;1", "32;1", "35;1", "34;1"}
	return "\x1b[" + codes[at%len(codes)] + "m" + text + "\x1b[0m"
}

// lines is a stream of a container whose lines go to a function.
type lines struct {
	rest string
	to   func(line string)
}

// Write implements machine.Sink.
func (l *lines) Write(data []byte) (int, error) {
	l.rest += string(data)
	for {
		line, rest, ok := strings.Cut(l.rest, "\n")
		if !ok {
			return len(data), nil
		}
		l.rest = rest
		l.to(strings.TrimSuffix(line, "\r"))
	}
}

func (l *lines) flush() {
	if l.rest != "" {
		l.to(l.rest)
		l.rest = ""
	}
}

// shown is a container whose output is being printed.
type shown struct {
	attachment *docker.Attachment
	out, errs  *lines
}

// show prints what a container writes from now on.
func (p *printer) show(c *docker.Container) *shown {
	name := p.b.shortName(c)
	s := &shown{
		out:  &lines{to: func(line string) { p.line(p.b.Stdout, name, line) }},
		errs: &lines{to: func(line string) { p.line(p.b.Stderr, name, line) }},
	}
	s.attachment = c.Attach(machine.Sink(s.out), machine.Sink(s.errs))
	return s
}

// end prints what is left of a last line.
func (s *shown) end() {
	s.attachment.Detach()
	s.out.flush()
	s.errs.flush()
}

// stamp is the time of a line in the log.
func stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000000000Z") }
