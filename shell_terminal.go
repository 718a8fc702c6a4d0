package main

import (
	"bufio"
	"fmt"
	"strings"
	"time"

	"github.com/charmbracelet/x/ansi"

	"drydock/sim"
)

// patience is how much simulated time a command may take before the shell asks
// for another line; an empty one waits on for as long again.
const patience = 2 * time.Minute

// lineShell is a person's shell on a simulated machine, line by line. Simulated
// time passes while a command runs, as fast as it can be worked out.
type lineShell struct {
	sys     *system
	session *sim.Session
	seen    int // lines of the console that were printed
	draft   []string
}

// interact reads lines until the input ends or the login shell has ended.
func interact(sys *system, scenario sim.Scenario) error {
	session, err := sim.Open(scenario)
	if err != nil {
		return err
	}
	defer session.Close()
	s := &lineShell{sys: sys, session: session}
	in := bufio.NewScanner(sys.in)
	in.Buffer(nil, maxScript)
	fmt.Fprintln(sys.out, "A fresh simulated machine; nothing here is real or kept. Ctrl-D leaves.")
	for {
		c := session.World().Console()
		if c.Edit == nil {
			fmt.Fprint(sys.out, c.Prompt)
		}
		if !in.Scan() {
			fmt.Fprintln(sys.out)
			return in.Err()
		}
		s.line(in.Text())
	}
}

// line carries out one line: for the editor, for whoever reads, or to wait on.
func (s *lineShell) line(line string) {
	c := s.session.World().Console()
	switch {
	case c.Edit != nil:
		s.edit(c.Edit, line)
		return
	case c.Reading:
		s.seen = len(s.lines())
		s.session.Type(line)
	case strings.TrimSpace(line) != "":
		s.session.Interrupt()
	}
	s.run()
}

// run lets time pass until the command in the foreground has ended or wants
// something, and prints what it printed.
func (s *lineShell) run() {
	world := s.session.World()
	for passed := time.Duration(0); passed < patience && waiting(world.Console()); {
		next, any := world.Next()
		if !any {
			break
		}
		next = min(max(next, time.Millisecond), patience-passed)
		s.session.Advance(next)
		passed += next
	}
	s.print()
	c := world.Console()
	if c.Edit != nil {
		s.draft = nil
		fmt.Fprintf(s.sys.out, "%s\n--- %s: type the whole new text; a line with only a full stop ends it, :q leaves the file as it is\n",
			strings.TrimSuffix(c.Edit.Data, "\n"), c.Edit.Path)
	}
	if waiting(c) {
		fmt.Fprintf(s.sys.out, "(still running after %s; an empty line waits on, anything else is Ctrl-C)\n", patience)
	}
}

// waiting reports that a command runs and wants nothing.
func waiting(c sim.Console) bool { return c.Busy && !c.Reading && c.Edit == nil }

// lines is what the console shows, without a program's own prompt at its end.
func (s *lineShell) lines() []sim.ConsoleLine {
	c := s.session.World().Console()
	if n := len(c.Lines); n > 0 && c.Reading && c.Busy && c.Lines[n-1].Text == c.Prompt {
		return c.Lines[:n-1]
	}
	return c.Lines
}

// print prints what is new. Commands are left out: the person has typed them.
func (s *lineShell) print() {
	lines := s.lines()
	if s.seen > len(lines) { // the screen was cleared
		s.seen = 0
	}
	for _, l := range lines[s.seen:] {
		if l.Kind != sim.LineCommand {
			fmt.Fprintln(s.sys.out, strings.TrimRight(ansi.Strip(l.Text), " "))
		}
	}
	s.seen = len(lines)
}

// edit takes a line of a file's new text.
func (s *lineShell) edit(e *sim.EditRequest, line string) {
	in := sim.Input{Kind: sim.InputEdit, Machine: e.Machine}
	switch line {
	case ".":
		in.Path, in.Text = e.Path, strings.Join(append(s.draft, ""), "\n")
	case ":q":
	default:
		s.draft = append(s.draft, line)
		return
	}
	s.session.Do(in)
	s.run()
}
