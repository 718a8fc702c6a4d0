package replay

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"drydock/sim"
)

// Run reads a recording, re-enacts it in a world of its own and prints it in the
// same form with the simulator's outputs. An event that means nothing to the
// simulator is passed over and reported at the end. name is for messages.
func Run(name string, r io.Reader, w io.Writer) error {
	rec, err := Parse(name, r)
	if err != nil {
		return err
	}
	return rec.Play(w)
}

// Play re-enacts the recording; see Run.
func (r *Recording) Play(w io.Writer) error {
	results, events := r.Enact()
	if results == nil {
		return events
	}
	p := printer{w: w}
	for _, line := range r.Title {
		p.print(line + "\n")
	}
	p.block("world", r.World)
	for i, step := range r.Steps {
		p.step(step, results[i])
	}
	return errors.Join(p.err, events)
}

// Enact carries the recording out and returns what each step did; files and
// events have an empty result. The error says what could not be re-enacted; if
// there are no results, the world itself could not be built.
func (r *Recording) Enact() ([]sim.Result, error) {
	s, err := r.open()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", r.Name, err)
	}
	defer s.session.Close()
	results := make([]sim.Result, len(r.Steps))
	var problems []error
	for i, step := range r.Steps {
		if err := s.do(step, &results[i]); err != nil {
			problems = append(problems, fmt.Errorf("%s:%d: %w", r.Name, step.Line, err))
		}
	}
	return results, errors.Join(problems...)
}

// stage is a recording being re-enacted.
type stage struct {
	rec      *Recording
	scenario sim.Scenario
	session  *sim.Session
	forms    []eventForm
	ids      map[string]string // of the recording to those of this world
	started  bool
	began    time.Duration // virtual time of the first command
	file     string        // that the last event about a file named
	text     string        // and what it holds
}

// open builds the world and goes to the directory where the session works.
func (r *Recording) open() (*stage, error) {
	scenario := sim.Scenario{Spec: r.start()}
	session, err := sim.Open(scenario)
	if err != nil {
		return nil, err
	}
	s := &stage{rec: r, scenario: scenario, session: session, forms: eventForms()}
	session.Exec(s.first(), "mkdir -p "+r.home()+"/"+r.directory()+" && cd "+r.home()+"/"+r.directory())
	for _, user := range r.users() {
		session.Exec(s.first(), "cp ~/"+user+".conf .")
	}
	if r.offline() {
		return s, session.Fault("internet down", false)
	}
	return s, nil
}

// first is the machine that commands go to unless the prompt says otherwise.
func (s *stage) first() string { return s.rec.spec.Machines[0].Name }

func (s *stage) do(step Step, result *sim.Result) error {
	switch step.Kind {
	case File:
		s.session.WriteFile(s.first(), s.path(step.Text), step.Data)
	case Event:
		return s.happen(step.Text)
	case Command:
		if !s.started {
			s.started, s.began = true, s.session.World().Elapsed()
		}
		if err := s.exec(step, result); err != nil {
			return err
		}
		if result.TimedOut {
			return fmt.Errorf("the command had not ended after %s of virtual time: %s", sim.ExecLimit, step.Text)
		}
	}
	return nil
}

// exec runs a command. Should the simulator itself fail in it, the recording goes
// on in a world where the command was never given.
func (s *stage) exec(step Step, result *sim.Result) (err error) {
	defer func() {
		if fault := recover(); fault != nil {
			*result = sim.Result{Status: internalError}
			err = fmt.Errorf("the simulator failed: %v", fault)
			s.revive()
		}
	}()
	*result = s.session.Exec(step.Machine, s.translate(step.Text))
	s.learn(step.Output, result.Output)
	return nil
}

// internalError is EX_SOFTWARE of sysexits.h.
const internalError = 70

// revive makes the world anew from everything but the last input.
func (s *stage) revive() {
	journal := s.session.Journal()
	if session, err := sim.Resume(s.scenario, journal[:len(journal)-1]); err == nil {
		s.session = session
	}
}

// path is where a file of the recording goes: relative to the directory that the
// first machine's shell is in at this point.
func (s *stage) path(name string) string {
	if strings.HasPrefix(name, "/") {
		return name
	}
	here := s.session.Exec(s.first(), "pwd")
	if dir := strings.TrimRight(here.Stdout, "\n"); here.Status == 0 && strings.HasPrefix(dir, "/") {
		return strings.TrimRight(dir, "/") + "/" + name
	}
	return name
}

// printer writes the form of a recording and remembers the first failure.
type printer struct {
	w   io.Writer
	err error
}

func (p *printer) print(text string) {
	if p.err == nil {
		_, p.err = io.WriteString(p.w, text)
	}
}

func (p *printer) block(head, body string) {
	p.print("=== " + head + "\n" + ended(body) + "=== end\n")
}

func (p *printer) step(step Step, result sim.Result) {
	switch step.Kind {
	case File:
		p.block("file "+step.Text, step.Data)
	case Event:
		p.print("=== event " + step.Text + "\n")
	case Command:
		p.print(fmt.Sprintf("%s$ %s\n%s=== exit %d\n", step.Machine, step.Text, ended(result.Output), result.Status))
	}
}

// ended is text whose last line has an end, so that what follows begins a line.
func ended(text string) string {
	if text == "" || strings.HasSuffix(text, "\n") {
		return text
	}
	return text + "\n"
}
