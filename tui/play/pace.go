package play

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"drydock/tui/ui"
)

const (
	// frame is the least time between two ticks.
	frame = 33 * time.Millisecond
	// freshFor is how long a change in the harbour is marked.
	freshFor = 1500 * time.Millisecond
	// lapse is the most real time that is made up for at once: a laptop that slept
	// overnight must not let a night pass in the world.
	lapse = 30 * time.Minute
	// busyTick is how often the time of a running command is drawn anew.
	busyTick = time.Second
)

// worldTick says that something in the world is due.
type worldTick struct{ generation int }

// calmTick takes the marks off what changed.
type calmTick struct{ generation int }

// pace joins virtual time to real time. Virtual time runs with real time × speed,
// but only ticks while something is due; the rest is made up for at the next
// thing that the learner does.
type pace struct {
	paused     bool
	speed      int
	last       time.Time // real time up to which virtual time was given
	generation int
	due        time.Time // of the tick that is under way; zero is none
	busy       bool
	since      time.Duration // virtual time at which the command in the foreground began
}

// observe notes when a command came to the foreground.
func (p *pace) observe(busy bool, elapsed time.Duration) {
	if !busy || !p.busy || p.since > elapsed {
		p.since = elapsed
	}
	p.busy = busy
}

// faster goes through the speeds.
func (p *pace) faster() {
	switch p.speed {
	case 1:
		p.speed = 5
	case 5:
		p.speed = 30
	default:
		p.speed = 1
	}
}

// sync gives the world the time that really passed since the last time.
func (s *Screen) sync(env *ui.Env) {
	now := env.Now()
	passed := min(max(now.Sub(s.pace.last), 0), lapse)
	s.pace.last = now
	if !s.pace.paused && passed > 0 {
		s.game.Advance(passed * time.Duration(s.pace.speed))
	}
}

// schedule asks for one tick when the next thing is due, and for none when
// nothing is or time stands still.
func (s *Screen) schedule(env *ui.Env) tea.Cmd {
	next, any := s.game.World().Next()
	if s.pace.paused || !any {
		s.pace.generation, s.pace.due = env.Generation(), time.Time{}
		return nil
	}
	delay := max(next/time.Duration(s.pace.speed)-env.Now().Sub(s.pace.last), frame)
	if s.console.Busy && !s.console.Reading {
		delay = min(delay, busyTick)
	}
	due := env.Now().Add(delay)
	if !s.pace.due.IsZero() && !s.pace.due.After(due) && s.pace.due.After(env.Now()) {
		return nil // a tick that is early enough is under way
	}
	s.pace.generation, s.pace.due = env.Generation(), due
	tick := worldTick{s.pace.generation}
	return tea.Tick(delay, func(time.Time) tea.Msg { return tick })
}

func (s *Screen) worldTick(env *ui.Env, msg worldTick) (ui.Action, tea.Cmd) {
	if msg.generation != s.pace.generation || s.pace.paused {
		return nil, nil
	}
	s.pace.due = time.Time{}
	s.sync(env)
	return s.after(env)
}

// pause stops or restarts virtual time.
func (s *Screen) pause(env *ui.Env) (ui.Action, tea.Cmd) {
	s.sync(env)
	s.pace.paused = !s.pace.paused
	do, cmd := s.after(env)
	text := "time runs"
	if s.pace.paused {
		text = "time stands still; F6 goes to the next thing that is due, F5 goes on"
	}
	return with(ui.Notice(text), do), cmd
}

// next lets time pass until the next thing that is due.
func (s *Screen) next(env *ui.Env) (ui.Action, tea.Cmd) {
	s.sync(env)
	before := s.game.World().Elapsed()
	if d, ok := s.game.World().Next(); ok {
		s.game.Advance(max(d, 0))
	}
	do, cmd := s.after(env)
	return with(ui.Notice(passed(s.elapsed-before)+" later"), do), cmd
}

func (s *Screen) faster(env *ui.Env) (ui.Action, tea.Cmd) {
	s.sync(env)
	s.pace.faster()
	s.pace.due = time.Time{}
	return s.after(env)
}

// settle lets time pass until nothing is under way.
func (s *Screen) settle(env *ui.Env) (ui.Action, tea.Cmd) {
	s.sync(env)
	before := s.game.World().Elapsed()
	calm := s.game.Settle()
	do, cmd := s.after(env)
	text := passed(s.elapsed-before) + " later everything is settled"
	if !calm {
		text = passed(s.elapsed-before) + " later things still go on; they may never come to rest"
	}
	return with(ui.Notice(text), do), cmd
}

// passed words a span of virtual time.
func passed(d time.Duration) string {
	switch {
	case d < time.Second:
		return d.Truncate(time.Millisecond).String()
	case d < time.Minute:
		return d.Truncate(100 * time.Millisecond).String()
	}
	return d.Truncate(time.Second).String()
}

// with joins two actions of which either may be nil.
func with(a, b ui.Action) ui.Action {
	switch {
	case a == nil:
		return b
	case b == nil:
		return a
	}
	return ui.Several{a, b}
}
