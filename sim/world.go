package sim

import (
	"time"

	"drydock/sim/clock"
	"drydock/sim/docker"
	"drydock/sim/image"
	"drydock/sim/kube"
	"drydock/sim/machine"
	"drydock/sim/podman"
	"drydock/sim/shell"
	"drydock/sim/swarm"
)

// Epoch is the moment at which a world begins whose spec has no date: a Monday morning.
func Epoch() time.Time { return time.Date(2026, time.November, 23, 8, 0, 0, 0, time.UTC) }

const (
	// ExecLimit is how long a command run by Exec may take, in virtual time.
	ExecLimit = 30 * time.Minute
	// SettleLimit is how long Settle waits for a world that never comes to rest.
	SettleLimit = 10 * time.Minute
)

// World is everything simulated: machines, what runs on them, the network, and
// the console of the learner. It is driven by inputs and by time.
type World struct {
	clock    *clock.Clock
	site     *machine.Site
	hub      *image.Hub
	engines  map[string]*docker.Engine // Docker's, by machine
	podman   *podman.Podman
	fleet    *swarm.Fleet  // the engines as members of swarms
	cluster  *kube.Cluster // nil without Kubernetes
	kubeLook kubeLook
	logins   map[string]*shell.Login // by machine
	programs map[string]machine.Main
	console  *console
	spec     Spec
	cut      []string // machines that a network fault has cut off from the others
	result   Result
}

// NewWorld builds the world of a scenario.
func NewWorld(s Scenario) (*World, error) {
	w := &World{
		clock:   clock.New(s.Spec.Seed, s.Spec.begins()),
		engines: map[string]*docker.Engine{},
		logins:  map[string]*shell.Login{},
	}
	if err := w.assemble(s); err != nil {
		w.Close()
		return nil, err
	}
	return w, nil
}

// Close ends all processes of the world.
func (w *World) Close() { w.clock.Close() }

// Elapsed is the virtual time since the world began.
func (w *World) Elapsed() time.Duration { return w.clock.Elapsed() }

// Now is the virtual time of day.
func (w *World) Now() time.Time { return w.clock.Now() }

// Next tells after how much virtual time the next thing is due; false when
// nothing ever is.
func (w *World) Next() (time.Duration, bool) {
	at, ok := w.clock.Next()
	return at.Sub(w.clock.Now()), ok
}

// Settled reports that nothing is under way: nothing is due but upkeep and
// far-off delays of workloads. A command in the foreground that only waits for
// others (docker logs -f) is settled, too.
func (w *World) Settled() bool { return w.clock.Settled() }

// Advance lets virtual time pass.
func (w *World) Advance(d time.Duration) { w.clock.Advance(d) }

// Events returns the log of what happened, from the given id on.
func (w *World) Events(from int) []clock.Event { return w.clock.Events(from) }

// Do carries out one input at the present moment. In.After is the caller's.
func (w *World) Do(in Input) {
	switch in.Kind {
	case InputLine:
		w.console.typed(in.Text)
	case InputInterrupt:
		w.console.interrupt()
	case InputEOF:
		w.console.eof()
	case InputSwitch:
		w.console.switchTo(in.Machine)
	case InputExec:
		w.result = w.exec(in.Machine, in.Text)
	case InputSettle:
		w.clock.RunUntil(SettleLimit, w.Settled)
	case InputFault:
		if f, err := ParseFault(in.Text); err == nil {
			w.fault(f)
		}
	case InputEdit:
		w.edit(in.Machine, in.Path, in.Text)
	case InputResize:
		w.console.resize(in.Columns)
	case InputTime:
	}
	w.clock.Run()
}

// Console is a copy of what the learner's terminal shows.
func (w *World) Console() Console { return w.console.snapshot() }

// Complete offers completions for the word at the cursor of a line being typed
// at the console; from is where that word begins.
func (w *World) Complete(line string, cursor int) (from int, candidates []Candidate) {
	return w.console.complete(line, cursor)
}
