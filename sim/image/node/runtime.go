package node

import (
	"encoding/json"
	"path"
	"strings"
	"time"

	"drydock/sim/clock"
	"drydock/sim/machine"
)

// runtime is a running node: the process, what it has loaded, and its event loop.
type runtime struct {
	process *machine.Process
	version string
	globals *scope
	modules map[string]*object // loaded, by path
	protos  map[string]*object // shared methods of built-in kinds
	main    string             // the program's path
	given   string             // the source of -e

	jobs     []func() // ready to run: resolved promises first
	timers   []*timer
	wake     *clock.Signal
	sockets  int // open servers, which keep the process alive
	serial   int
	handlers map[machine.Signal]any
	waiting  []*task // async functions that wait

	steps   int
	calls   []frame
	request bool // a request is being answered: no time may pass
	inTask  int  // async functions that are running
	delay   time.Duration
	line    int
	col     int
	file0   string // the file that runs
}

// frame is a call, for stack traces.
type frame struct {
	name string
	file string
	line int
	col  int
}

// timer is a setTimeout or setInterval.
type timer struct {
	id    int
	due   time.Time
	every time.Duration
	fn    func()
	unref bool
}

// thrown is a JavaScript exception on its way, as a Go panic.
type thrown struct{ value any }

// quit ends the program with a status, as a Go panic, where the process cannot
// be ended at once.
type quit struct{ status int }

// hang is a request that never gets its answer.
type hang struct{}

func newRuntime(p *machine.Process, version string) *runtime {
	r := &runtime{process: p, version: version, modules: map[string]*object{}, protos: map[string]*object{}, wake: p.Clock().NewSignal(), handlers: map[machine.Signal]any{}}
	r.globals = &scope{vars: map[string]*binding{}}
	r.install()
	p.Use(memory)
	p.OnSignal = r.signalled
	return r
}

// file runs a program's file and then the event loop.
func (r *runtime) file(name string, args []string) int {
	p := r.process
	full := p.Abs(name)
	found := r.resolveFile(full)
	if found == "" {
		r.fatal(r.missing(full, ""))
		return 1
	}
	r.main = found
	r.setArgs(found, args)
	return r.guard(func() {
		r.loadFile(found)
		r.loop()
	})
}

// eval runs -e or -p.
func (r *runtime) eval(src string, show bool, args []string) int {
	r.main = path.Join(r.process.Dir, "[eval]")
	r.given = src
	r.setArgs("", args)
	r.exposeModules()
	return r.guard(func() {
		v := r.runSource("[eval]", src, r.globals, show)
		if show {
			r.process.Printf("%s\n", r.show(v))
		}
		r.loop()
	})
}

// try runs a line of the REPL.
func (r *runtime) try(line string) {
	r.exposeModules()
	defer func() {
		switch t := recover().(type) {
		case nil:
		case *thrown:
			r.process.Printf("Uncaught %s\n", r.inspect(t.value, 0))
		case quit:
			r.process.Exit(t.status)
		default:
			panic(t)
		}
	}()
	v := r.runSource("REPL1", line, r.globals, true)
	r.drain()
	r.process.Printf("%s\n", r.inspect(v, 0))
}

// guard runs the program and words how it ended.
func (r *runtime) guard(run func()) (status int) {
	defer r.cancel()
	defer func() {
		switch t := recover().(type) {
		case nil:
		case *thrown:
			r.fatal(t.value)
			status = 1
		case quit:
			status = t.status
		default:
			panic(t)
		}
	}()
	run()
	return r.exitCode()
}

func (r *runtime) exitCode() int {
	if p, ok := r.globals.vars["process"]; ok {
		if o, ok := p.value.(*object); ok {
			return toInt(o.props["exitCode"])
		}
	}
	return 0
}

// fatal prints an exception that nobody caught.
func (r *runtime) fatal(v any) {
	p := r.process
	o, isError := v.(*object)
	isError = isError && o.class == "Error"
	var at frame
	if isError {
		at, _ = o.data.(frame)
	}
	if at.file != "" && at.line > 0 && !strings.HasPrefix(at.file, "node:") {
		p.Errorf("%s:%d\n%s\n%s^\n\n", at.file, at.line, r.sourceLine(at.file, at.line), strings.Repeat(" ", max(0, at.col)))
	} else if at.file != "" {
		p.Errorf("%s\n  throw err;\n  ^\n\n", at.file)
	}
	switch {
	case isError:
		p.Errorf("%s\n", r.inspect(v, 0))
	default:
		p.Errorf("Uncaught:\n%s\n(Use `node --trace-uncaught ...` to show where the exception was thrown)\n", r.inspect(v, 0))
	}
	p.Errorf("\nNode.js v%s\n", r.version)
}

func (r *runtime) sourceLine(file string, line int) string {
	data, _ := r.process.FS.ReadFile(file)
	if file == "[eval]" {
		data = []byte(r.given)
	}
	lines := strings.Split(string(data), "\n")
	if line-1 < len(lines) {
		return lines[line-1]
	}
	return ""
}

// loop is the event loop: it runs what is ready, waits for timers, and ends when
// nothing can come any more.
func (r *runtime) loop() {
	p := r.process
	for {
		r.drain()
		next := r.nextTimer(func(t *timer) bool { return true })
		now := p.Now()
		switch {
		case next != nil && !next.due.After(now):
			r.fire(next)
		case next != nil && (!next.unref || r.sockets > 0):
			p.SleepUntil(next.due.Sub(now), r.wake)
		case r.sockets > 0:
			p.Wait(r.wake)
		default:
			return
		}
	}
}

// drain runs the jobs that are ready, and those that they make.
func (r *runtime) drain() {
	for len(r.jobs) > 0 {
		job := r.jobs[0]
		r.jobs = r.jobs[1:]
		job()
	}
}

func (r *runtime) nextTimer(fits func(*timer) bool) *timer {
	var next *timer
	for _, t := range r.timers {
		if fits(t) && (next == nil || t.due.Before(next.due)) {
			next = t
		}
	}
	return next
}

// fire runs a timer that is due.
func (r *runtime) fire(t *timer) {
	if t.every > 0 {
		t.due = r.process.Now().Add(t.every)
	} else {
		r.clear(t.id)
	}
	t.fn()
}

func (r *runtime) clear(id int) {
	for i, t := range r.timers {
		if t.id == id {
			r.timers = append(r.timers[:i:i], r.timers[i+1:]...)
			return
		}
	}
}

// start makes a timer.
func (r *runtime) start(after time.Duration, every bool, fn func()) *timer {
	r.serial++
	after = max(after, time.Millisecond)
	t := &timer{id: r.serial, due: r.process.Now().Add(after), fn: fn}
	if every {
		t.every = after
	}
	if len(r.timers) < 10000 {
		r.timers = append(r.timers, t)
	}
	r.wake.Broadcast()
	return t
}

// step counts what the program does. A program that never rests lets time pass,
// one that never answers a request loses it.
func (r *runtime) step() {
	if r.steps++; r.steps%200_000 != 0 {
		return
	}
	switch {
	case r.request:
		if r.steps > 8_000_000 {
			panic(hang{})
		}
	case r.inTask > 0:
		if r.steps > 40_000_000 {
			panic(quit{134})
		}
	default:
		r.process.Sleep(time.Second)
	}
}

// signalled runs the program's own handlers; without one the signal has its
// default effect, which for the first process of a container is none.
func (r *runtime) signalled(s machine.Signal) bool {
	fn, ok := r.handlers[s]
	if !ok {
		return false
	}
	r.jobs = append(r.jobs, func() { r.apply(fn, nil, []any{signalName(s), float64(s)}) })
	r.wake.Broadcast()
	return true
}

func signalName(s machine.Signal) string {
	for _, name := range []string{"SIGTERM", "SIGINT", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2"} {
		if known, _ := machine.ParseSignal(name); known == s {
			return name
		}
	}
	return "SIGTERM"
}

// packageOf reads the package.json of a directory.
func (r *runtime) packageOf(dir string) (p struct{ Main, Type, Name, Version string }, ok bool) {
	data, err := r.process.FS.ReadFile(path.Join(dir, "package.json"))
	if err != nil {
		return p, false
	}
	return p, json.Unmarshal(data, &p) == nil
}
