package compose

import (
	"fmt"
	"slices"
	"strings"

	"github.com/compose-spec/compose-go/v2/types"

	"drydock/sim/clock"
	"drydock/sim/docker"
	"drydock/sim/docker/cli"
	"drydock/sim/machine"
)

// foreground is `up` without -d: it starts the containers, shows what they print,
// and ends with the last of them.
type foreground struct {
	b        *backend
	project  *types.Project
	o        *upOptions
	services []string
	printer  *printer
	watched  []*follow
	stops    []*clock.Proc

	interrupts int
	aborted    bool
	exitCode   int
	err        error
}

// follow is one container that is watched.
type follow struct {
	c     *docker.Container
	shown *shown // nil: its output is not shown
	show  bool
	runs  int // that have ended
	// before is how many had ended at the start.
	before int
	over   bool
}

func (b *backend) foreground(pr *types.Project, o *upOptions, services, attached []string) error {
	f := &foreground{
		b: b, project: pr, o: o, services: services,
		printer: b.newPrinter(!o.noColour, !o.noPrefix, o.timestamps),
	}
	f.attach(attached)
	b.OnSignal = f.signal
	var failure error
	g := newGroup(b.Proc)
	g.do("monitor", func(p *clock.Proc) error { f.monitor(p); return nil })
	g.do("start", func(p *clock.Proc) error {
		err := b.start(p, pr, startOptions{})
		if err != nil && f.interrupts == 0 && !f.aborted {
			failure = err
		}
		return failure
	})
	_ = g.wait()
	for _, s := range f.stops {
		b.WaitFor(s.Exited(), s.Done)
	}
	switch {
	case failure != nil:
		return failure
	case f.interrupts > 0:
		return cli.StatusError{StatusCode: 130}
	case f.exitCode != 0:
		return cli.StatusError{StatusCode: f.exitCode}
	}
	return f.err
}

// attach shows the output of services, and watches those that the command is about.
func (f *foreground) attach(attached []string) {
	list := byName(f.b.containers(f.project.Name, withoutOneOff, true))
	var names []string
	for _, c := range list {
		show := slices.Contains(attached, serviceOf(c))
		if !show && !slices.Contains(f.services, serviceOf(c)) {
			continue
		}
		w := &follow{c: c, show: show, runs: c.Runs(), before: c.Runs()}
		if show {
			names = append(names, f.b.shortName(c))
		}
		f.watched = append(f.watched, w)
	}
	if len(names) > 0 {
		f.b.Printf("Attaching to %s\n", strings.Join(names, ", "))
	}
	for _, w := range f.watched {
		if w.show {
			w.shown = f.printer.show(w.c)
		}
	}
}

// monitor tells the end of each run until no container is left.
func (f *foreground) monitor(p *clock.Proc) {
	for {
		for _, w := range f.watched {
			f.look(w)
		}
		if !slices.ContainsFunc(f.watched, func(w *follow) bool { return !w.over }) {
			return
		}
		p.Wait(f.b.Engine.Happened())
	}
}

// look takes note of a run that has ended, or of a container that is gone.
func (f *foreground) look(w *follow) {
	switch {
	case w.over:
	case w.c.Runs() > w.runs:
		w.runs = w.c.Runs()
		w.over = w.c.State.Status != "restarting" && !w.c.Running()
		if w.shown != nil {
			w.shown.end()
			w.shown = nil
		}
		if w.show && !w.over {
			w.shown = f.printer.show(w.c)
		}
		f.exited(w)
	case w.c.State.Status == "removing":
		w.over = true
	case w.runs > w.before && w.c.State.Status == "exited":
		w.over = true // it was stopped before it was started again
	}
}

func (f *foreground) exited(w *follow) {
	text := fmt.Sprintf("exited with code %d", w.c.State.ExitCode)
	if !w.over {
		text += " (restarting)"
	}
	f.printer.status(f.b.shortName(w.c), text)
	code := w.c.State.ExitCode
	if f.o.exitCodeFrom == serviceOf(w.c) && f.exitCode == 0 {
		f.exitCode = code
	}
	abort := f.o.stopOnExit || f.o.stopOnFailure && code != 0
	if !abort || f.aborted || f.interrupts > 0 {
		return
	}
	f.aborted = true
	if f.o.exitCodeFrom == "" {
		f.exitCode = code
	}
	f.b.tell("Compose", working, "Stopping", "Aborting on container exit...")
	f.stopAll()
}

// stopAll stops the project beside everything else.
func (f *foreground) stopAll() {
	f.stops = append(f.stops, f.b.Clock().Go("stop", f.b.Weight(), func(p *clock.Proc) {
		if err := f.b.stop(p, f.project, f.project.Name, f.services, f.o.grace()); err != nil {
			f.err = err
		}
	}))
}

// signal stops the containers on the first Ctrl-C and kills them on the second.
func (f *foreground) signal(sig machine.Signal) bool {
	if sig != machine.SIGINT && sig != machine.SIGTERM {
		return false
	}
	f.interrupts++
	if f.interrupts == 1 {
		f.b.tell("Compose", working, "Stopping", "Gracefully Stopping... press Ctrl+C again to force")
		f.stopAll()
		return true
	}
	for _, w := range f.watched {
		if w.c.Running() {
			f.b.Engine.Signal(w.c, machine.SIGKILL)
		}
	}
	return true
}
