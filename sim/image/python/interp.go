package python

import (
	"bytes"
	"fmt"
	"strings"
	"time"

	"drydock/sim/clock"
	"drydock/sim/machine"
)

// interp is one run of Python: what its process holds.
type interp struct {
	process    *machine.Process
	version    string
	script     string // as tracebacks name it
	modules    map[string]*module
	exceptions map[string]*class
	builtins   map[string]any
	sources    map[string]string
	out        bytes.Buffer // standard output that has not been flushed
	unbuffered bool
	steps      int
	bursts     int
	held       int64 // bytes that the script's big values take
	atExit     []any
	signals    map[machine.Signal]any
	pending    []machine.Signal
	wake       *clock.Signal // a signal came
	servers    int
	logLevel   int64
	again      bool    // the script was changed and runs once more, for a server that stands already
	served     *webApp // what it told that server to serve
}

// thread is a line of execution: the main program, or the handling of one request.
type thread struct {
	in    *interp
	proc  *clock.Proc   // nil while a request is handled, which must not wait
	delay time.Duration // how long a handler took so far
	depth int
	file  string
	// handling are the exceptions whose except blocks are being run, innermost last.
	handling []*raised
}

// baseMemory is what an idle interpreter has resident, in bytes (CPython 3.12).
const baseMemory = 9 << 20

func newInterp(p *machine.Process, version string) *interp {
	in := &interp{
		process: p, version: version, modules: map[string]*module{}, exceptions: makeExceptions(), sources: map[string]string{},
		signals: map[machine.Signal]any{}, wake: p.Clock().NewSignal(), logLevel: 30,
	}
	in.unbuffered = p.Env.Get("PYTHONUNBUFFERED") != "" || p.Stdout.Terminal() != nil
	in.builtins = in.makeBuiltins()
	return in
}

// bufferSize is how much CPython keeps of what is printed to a pipe.
const bufferSize = 8192

func (in *interp) write(text string) {
	in.out.WriteString(text)
	if in.unbuffered || in.out.Len() >= bufferSize {
		in.flush()
	}
}

func (in *interp) flush() {
	if in.out.Len() > 0 {
		_, _ = in.process.Stdout.Write(in.out.Bytes())
		in.out.Reset()
	}
}

func (in *interp) sourceLine(file string, line int) string {
	lines := strings.Split(in.sources[file], "\n")
	if line < 1 || line > len(lines) {
		return ""
	}
	return lines[line-1]
}

// Limits that keep a script from holding up the simulator: statements between
// two pauses, and statements that one request may take.
const (
	burst        = 20000
	handlerLimit = 500000
)

// step counts a statement. A busy loop takes virtual time, more and more of it,
// so that one that never ends costs little real time.
func (t *thread) step() error {
	t.in.steps++
	if t.proc == nil {
		if t.in.steps%handlerLimit == 0 {
			return lacks("a request that takes more than %d steps", handlerLimit)
		}
		return nil
	}
	if t.in.steps%burst == 0 {
		t.in.bursts++
		t.proc.Sleep(min(10*time.Millisecond<<min(t.in.bursts, 14), 30*time.Second))
	}
	return t.deliver()
}

// deliver runs the script's handlers for signals that came.
func (t *thread) deliver() error {
	for len(t.in.pending) > 0 && t.proc != nil {
		s := t.in.pending[0]
		t.in.pending = t.in.pending[1:]
		h := t.in.signals[s]
		if h == nil && s == machine.SIGINT {
			return t.raise("KeyboardInterrupt", "")
		}
		if h == nil {
			continue
		}
		if _, err := t.call(h, args{pos: []any{int64(s), nil}}); err != nil {
			return err
		}
	}
	return nil
}

// sleep lets time pass for the script; signals interrupt it.
func (t *thread) sleep(d time.Duration) error {
	if t.proc == nil {
		t.delay += d
		return nil
	}
	until := t.in.process.Now().Add(d)
	for {
		if err := t.deliver(); err != nil {
			return err
		}
		left := until.Sub(t.in.process.Now())
		if left <= 0 {
			return nil
		}
		t.proc.SleepUntil(left, t.in.wake)
	}
}

// serveForever waits until a signal ends the script.
func (t *thread) serveForever() error {
	if t.proc == nil {
		return lacks("starting a server while a request is handled")
	}
	for {
		if err := t.deliver(); err != nil {
			return err
		}
		t.proc.Wait(t.in.wake)
	}
}

// signalled is the process's signal handling: SIGINT raises KeyboardInterrupt,
// others do only what the script asked for.
func (in *interp) signalled(s machine.Signal) bool {
	if in.signals[s] == nil && s != machine.SIGINT {
		return false
	}
	if in.signals[s] == ignoreSignal {
		return true
	}
	in.pending = append(in.pending, s)
	in.wake.Broadcast()
	return true
}

// hold counts memory that the script takes.
func (t *thread) hold(bytes int64) {
	t.in.held += bytes
	if bytes != 0 && (bytes > 4096 || bytes < 0) {
		t.in.process.Use(baseMemory + max(t.in.held, 0))
	}
}

// handle runs fn as the handling of one request: it may not wait, and tells how
// long it took.
func (in *interp) handle(fn func(t *thread) error) (time.Duration, error) {
	t := &thread{in: in, file: in.script}
	err := fn(t)
	return t.delay, err
}

// finish ends a run: it reports what was not caught and gives the exit status.
func (t *thread) finish(err error) int {
	for i := len(t.in.atExit) - 1; i >= 0; i-- {
		_, _ = t.call(t.in.atExit[i], args{})
	}
	status := t.report(err)
	t.in.flush()
	return status
}

func (t *thread) report(err error) int {
	p := t.in.process
	switch e := err.(type) {
	case nil:
		return 0
	case *syntaxError:
		t.in.flush()
		p.Errorf("%s", syntaxReport(t.in.script, t.in.sources[t.in.script], e))
		return 1
	case *unsupported:
		t.in.flush()
		where := ""
		if e.at.line > 0 {
			where = fmt.Sprintf(" (%s, line %d)", t.in.script, e.at.line)
		}
		p.Errorf("python: %s: Python has this, but this simulator does not%s\n", e.what, where)
		return 1
	case *raised:
		if e.value.class.name == "SystemExit" {
			return t.exitStatus(e.value)
		}
		t.in.flush()
		p.Errorf("%s", t.traceback(e))
		if e.value.class.name == "KeyboardInterrupt" {
			return 130
		}
		return 1
	}
	return 1
}

func (t *thread) exitStatus(o *object) int {
	a := o.exceptionArgs()
	if len(a) == 0 || a[0] == nil {
		return 0
	}
	if n, ok := asInt(a[0]); ok {
		return int(n & 0xff)
	}
	t.in.flush()
	t.in.process.Errorf("%s\n", toStr(t, a[0]))
	return 1
}
