package docker

import (
	"drydock/sim/clock"
	"drydock/sim/machine"
)

// Size of a container's terminal when nobody's is joined to it.
const ttyWidth, ttyHeight = 80, 24

// newTTY makes a terminal for a program in a container; what is written on it
// goes to out.
func (e *Engine) newTTY(client *machine.TTY, out machine.Sink) *machine.TTY {
	width, height := ttyWidth, ttyHeight
	if client != nil {
		width, height = client.Width, client.Height
	}
	if out == nil {
		out = machine.Discard()
	}
	return machine.NewTTY(e.clock(), width, height, out)
}

// joinTTY makes the client's keyboard that of a terminal in a container, until
// the program on it ends.
func (e *Engine) joinTTY(client, inner *machine.TTY, p *machine.Process) {
	inner.Foreground = []*machine.Process{p}
	if client == nil {
		return
	}
	client.Join(inner)
	p.Exited().Watch(func() { client.Leave(inner) })
}

// stdin is the standard input of a container with -i: that of the client that is
// attached, and silence while none is.
type stdin struct {
	from  machine.Source
	ready *clock.Signal
}

func newStdin(c *clock.Clock, from machine.Source) *stdin { return &stdin{from, c.NewSignal()} }

// Poll implements machine.Source.
func (s *stdin) Poll(buf []byte) (int, bool) {
	if s.from == nil {
		return 0, false
	}
	return s.from.Poll(buf)
}

// Ready implements machine.Source.
func (s *stdin) Ready() *clock.Signal {
	if s.from == nil {
		return s.ready
	}
	if r := s.from.Ready(); r != nil {
		return r
	}
	return s.ready
}

// Keyboard is the client's terminal, if that is where the input comes from: for
// the program inside it is a pipe all the same.
func (s *stdin) Keyboard() *machine.TTY {
	t, _ := s.from.(*machine.TTY)
	return t
}

// AttachInput connects a client's input, and its terminal to the container's own.
func (c *Container) AttachInput(in Streams) {
	switch {
	case c.tty != nil && c.Host.OpenStdin:
		c.engine.joinTTY(in.Terminal, c.tty, c.init)
	case c.stdin != nil && in.Stdin != nil:
		c.stdin.from = in.Stdin
		c.stdin.ready.Broadcast()
	}
}
