package lessons

import (
	"strings"
	"time"

	"drydock/sim"
)

// maxMoments is how many moments one passage of time may have; a world in which
// things happen for ever at the same instant must not hold the game.
const maxMoments = 200_000

// Type sends a line to the console; a command counts towards par. Several lines
// are typed one after the other. A line that begins with @ is for the game
// itself: @wait 30s, @settle, @undo, @redo, @hint, @interrupt, @eof, @switch MACHINE,
// @write PATH, or a fault such as @power off node-3.
func (p *Play) Type(line string) {
	p.enterLine(line, false)
	p.judge()
}

// Do carries out any other input (interrupt, switch, edit, ...).
func (p *Play) Do(in sim.Input) {
	switch in.Kind {
	case sim.InputMark:
		return // only Next begins a step
	case sim.InputSettle:
		p.Settle()
		return
	}
	p.sim.Do(in)
	p.pump()
	p.judge()
}

// Advance lets virtual time pass and judges the goals again.
func (p *Play) Advance(d time.Duration) {
	if d <= 0 {
		p.sim.Advance(0)
	}
	p.drive(d, func() bool { return false })
	p.judge()
}

// Settle lets time pass until nothing is under way, and then until goals that
// must hold for a while have done so. It reports whether the world settled.
func (p *Play) Settle() bool {
	settled := p.drive(sim.SettleLimit, func() bool { return len(p.pending) == 0 && p.sim.World().Settled() })
	p.judge()
	if left := p.left(); settled && left > 0 {
		p.Advance(left)
	}
	return settled
}

// drive lets time pass moment by moment, so that goals are judged whenever
// something happened on the way. It reports whether done became true.
func (p *Play) drive(limit time.Duration, done func() bool) bool {
	end := p.sim.World().Elapsed() + limit
	for range maxMoments {
		p.pump()
		if done() {
			return true
		}
		w := p.sim.World()
		step := end - w.Elapsed()
		if step <= 0 {
			return false
		}
		if next, ok := w.Next(); ok {
			step = min(step, max(next, 0))
		}
		if left := p.left(); left > 0 {
			step = min(step, left)
		}
		p.sim.Advance(step)
		if len(p.sim.World().Events(0)) != p.judged || p.holding && p.left() == 0 {
			p.judge()
		}
	}
	return false
}

// enterLine types one line, or carries it out if it is for the game.
func (p *Play) enterLine(line string, byLesson bool) {
	if strings.HasPrefix(line, "@") {
		if g, err := parseGame(line); err == nil {
			p.game(g, byLesson)
			return
		}
	}
	for _, l := range strings.Split(line, "\n") {
		p.sim.Do(sim.Input{Kind: sim.InputLine, Text: l, Lesson: byLesson})
	}
}

// game carries out a line that is for the game.
func (p *Play) game(g *gameLine, byLesson bool) {
	switch g.verb {
	case "wait":
		p.Advance(g.wait)
		return
	case "settle":
		p.Settle()
		return
	case "undo":
		_ = p.Undo() // nothing to take back is no harm here
		return
	case "redo":
		_ = p.Redo()
		return
	case "hint":
		p.Hint()
		return
	}
	in := g.input
	in.Lesson = byLesson
	switch in.Kind {
	case sim.InputFault:
		_ = p.sim.Fault(in.Text, byLesson)
		return
	case sim.InputEdit:
		in.Machine = p.sim.World().Console().Machine
	}
	p.sim.Do(in)
}

// pump types what an answer brings along, each line when the console is free and
// the one before it, which may be a wait, is done.
func (p *Play) pump() {
	if p.pumping {
		return
	}
	p.pumping = true
	defer func() { p.pumping = false }()
	for len(p.pending) > 0 && (p.ready() || p.dark() && strings.HasPrefix(p.pending[0], "@")) {
		line := p.pending[0]
		p.pending = p.pending[1:]
		p.enterLine(line, true)
		p.sim.Advance(0)
	}
}

// dark reports that the console's machine has no power: only the game can go on.
func (p *Play) dark() bool {
	w := p.sim.World()
	name, _ := w.Foreground()
	for _, m := range w.State().Machines {
		if m.Name == name {
			return !m.Powered
		}
	}
	return false
}

// ready reports that a prompt waits for a command.
func (p *Play) ready() bool {
	c := p.sim.World().Console()
	return c.Reading && !c.Busy && c.Edit == nil
}
