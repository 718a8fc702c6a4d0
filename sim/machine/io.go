package machine

import (
	"bytes"
	"errors"
	"io"

	"drydock/sim/clock"
	"drydock/sim/vfs"
)

// Source is where a process's standard input comes from.
type Source interface {
	// Poll takes what is there without waiting. eof means that nothing will follow.
	Poll(buf []byte) (n int, eof bool)
	// Ready is broadcast when polling again is worth it; nil if it never is.
	Ready() *clock.Signal
}

// Sink is where a process's output goes. A Write error means that nobody reads.
type Sink interface{ io.Writer }

// NewInput makes a standard input for a process, as a redirection does.
func NewInput(p *Process, s Source) *Input { return &Input{p, s} }

// NewOutput makes a standard output or error for a process, as a redirection does.
func NewOutput(p *Process, s Sink) *Output { return &Output{process: p, sink: s} }

// Input is a process's standard input, as an io.Reader that waits on the
// virtual clock.
type Input struct {
	process *Process
	source  Source
}

// Read waits until there is something, or the end.
func (in *Input) Read(buf []byte) (int, error) {
	for {
		n, eof := in.source.Poll(buf)
		switch {
		case n > 0:
			return n, nil
		case eof || in.source.Ready() == nil:
			return 0, io.EOF
		}
		if k, ok := in.source.(keyboard); ok && k.Keyboard() != nil {
			in.wait(k.Keyboard())
			continue
		}
		in.process.Wait(in.source.Ready())
	}
}

// keyboard is a source that hands on what is typed at a terminal, or is one.
type keyboard interface{ Keyboard() *TTY }

// Keyboard is the terminal itself.
func (t *TTY) Keyboard() *TTY { return t }

// wait counts the process among the terminal's readers, also when it is killed
// while it waits.
func (in *Input) wait(t *TTY) {
	t.readers++
	defer func() { t.readers-- }()
	in.process.Wait(t.Ready())
}

// ReadLine returns the next line without its end; io.EOF when there is none. It
// takes no byte beyond the line, so that a child process can read the next one.
func (in *Input) ReadLine() (string, error) {
	var line []byte
	one := make([]byte, 1)
	for {
		_, err := in.Read(one)
		if err != nil {
			if len(line) > 0 {
				return string(line), nil
			}
			return "", err
		}
		if one[0] == '\n' {
			return string(line), nil
		}
		line = append(line, one[0])
	}
}

// Terminal returns the terminal that the input is, or nil.
func (in *Input) Terminal() *TTY { t, _ := in.source.(*TTY); return t }

// Source is what the input reads from, to hand on to a child.
func (in *Input) Source() Source { return in.source }

// Output is a process's standard output or error.
type Output struct {
	process *Process
	sink    Sink
	err     error
}

// Err is why something that was written did not reach its file: the disk is full.
func (o *Output) Err() error { return o.err }

// Write fails only when a disk is full (see Err). When the reader of a pipe has
// gone, the process ends as by SIGPIPE.
func (o *Output) Write(b []byte) (int, error) {
	p, isPipe := o.sink.(*Pipe)
	if isPipe && o.process.Running() {
		for len(p.buf) > pipeSize && !p.readerGone {
			o.process.Wait(p.drained)
		}
	}
	if _, err := o.sink.Write(b); errors.Is(err, vfs.ErrNoSpace) {
		o.err = err
		return 0, err
	} else if err != nil {
		o.process.Exit(128 + int(SIGPIPE))
	}
	if isPipe && o.process.Running() {
		o.process.Yield() // the reader runs beside the writer
	}
	return len(b), nil
}

// Terminal returns the terminal that the output goes to, or nil.
func (o *Output) Terminal() *TTY { t, _ := o.sink.(*TTY); return t }

// Sink is what the output writes to, to hand on to a child.
func (o *Output) Sink() Sink { return o.sink }

const pipeSize = 64 << 10

// Pipe connects one process's output with another's input.
type Pipe struct {
	buf        []byte
	closed     bool
	readerGone bool
	ready      *clock.Signal
	drained    *clock.Signal
	counted    bool
	writers    int
	readers    int
}

// AutoClose makes the pipe count the processes that were started with it, as
// the kernel does: it closes when the last that could write has ended, and its
// reading end when the last that could read has.
func (p *Pipe) AutoClose() *Pipe { p.counted = true; return p }

// NewPipe makes an empty pipe.
func NewPipe(c *clock.Clock) *Pipe { return &Pipe{ready: c.NewSignal(), drained: c.NewSignal()} }

// Write appends for the reader; it fails once the reader has gone.
func (p *Pipe) Write(b []byte) (int, error) {
	if p.readerGone {
		return 0, io.ErrClosedPipe
	}
	p.buf = append(p.buf, b...)
	p.ready.Broadcast()
	return len(b), nil
}

// hold counts the process's ends of the pipes that it was started with.
func (p *Process) hold() {
	p.sinks = []Sink{p.Stdout.sink, p.Stderr.sink}
	p.source = p.Stdin.source
	for _, s := range p.sinks {
		if pipe, ok := s.(*Pipe); ok {
			pipe.writers++
		}
	}
	if pipe, ok := p.source.(*Pipe); ok {
		pipe.readers++
	}
}

// release gives those ends back when the process has ended.
func (p *Process) release() {
	for _, s := range p.sinks {
		if pipe, ok := s.(*Pipe); ok {
			if pipe.writers--; pipe.writers == 0 && pipe.counted {
				pipe.Close()
			}
		}
	}
	if pipe, ok := p.source.(*Pipe); ok {
		if pipe.readers--; pipe.readers == 0 && pipe.counted {
			pipe.CloseRead()
		}
	}
	p.sinks, p.source = nil, nil
}

// Close says that nothing more will be written.
func (p *Pipe) Close() { p.closed = true; p.ready.Broadcast() }

// CloseRead says that nobody reads any more.
func (p *Pipe) CloseRead() { p.readerGone = true; p.drained.Broadcast() }

// Poll implements Source.
func (p *Pipe) Poll(buf []byte) (int, bool) {
	n := copy(buf, p.buf)
	p.buf = p.buf[n:]
	if n > 0 {
		p.drained.Broadcast()
	}
	return n, p.closed && len(p.buf) == 0
}

// Ready implements Source.
func (p *Pipe) Ready() *clock.Signal { return p.ready }

// NoInput is /dev/null as a source.
type NoInput struct{}

// Poll implements Source: always at the end.
func (NoInput) Poll([]byte) (int, bool) { return 0, true }

// Ready implements Source.
func (NoInput) Ready() *clock.Signal { return nil }

// TextInput is a source with all its text there, as a here-document or a file.
func TextInput(text []byte) Source { return &textInput{bytes.NewReader(text)} }

type textInput struct{ r *bytes.Reader }

func (t *textInput) Poll(buf []byte) (int, bool) {
	n, err := t.r.Read(buf)
	return n, err != nil
}
func (t *textInput) Ready() *clock.Signal { return nil }

// TTY is a terminal: what is typed arrives line by line, what is written is
// shown. A container with -t has one of its own that is joined to the learner's.
type TTY struct {
	Width, Height int
	Screen        io.Writer // what is written goes there
	in            []byte
	eof           bool
	readers       int
	ready         *clock.Signal
	// Secret is set while a password is read: the line typed is not shown.
	Secret bool
	// Editor describes the shell that reads now; nil while a plain program does.
	Editor *LineEditor
	// Foreground are the processes that Ctrl-C reaches, in the order to tell them.
	Foreground []*Process
	// joined are the terminals of containers that this one's keyboard serves, the
	// innermost last.
	joined []*TTY
}

// LineEditor is what an interactive shell offers while it waits for a line: the
// terminal shows the prompt, history and completion are at the learner's hand.
type LineEditor struct {
	Machine  string // where the shell runs
	Prompt   string
	Complete func(line string, cursor int) (from int, candidates []Completion)
	History  func() []string
}

// Completion is one way to complete the word at the cursor.
type Completion struct {
	Text string // the whole word
	Help string // a few words about it, or ""
}

// NewTTY makes a terminal of that many columns and rows on a screen.
func NewTTY(c *clock.Clock, width, height int, screen io.Writer) *TTY {
	return &TTY{Width: width, Height: height, Screen: screen, ready: c.NewSignal()}
}

// Write shows text.
func (t *TTY) Write(b []byte) (int, error) { return t.Screen.Write(b) }

// Join makes this terminal the keyboard of another one, as `docker run -it` does
// with the container's own, until Leave.
func (t *TTY) Join(inner *TTY) {
	t = t.Active()
	t.joined = append(t.joined, inner)
	inner.ready.Broadcast()
}

// Leave undoes Join.
func (t *TTY) Leave(inner *TTY) {
	for i, j := range t.joined {
		if j == inner {
			t.joined = append(t.joined[:i:i], t.joined[i+1:]...)
			return
		}
		j.Leave(inner)
	}
}

// Active is the terminal that what is typed here reaches: this one, or the one
// that it was joined to last. Editor and Secret of the active one count.
func (t *TTY) Active() *TTY {
	for len(t.joined) > 0 {
		t = t.joined[len(t.joined)-1]
	}
	return t
}

// Type hands a line (with its end) to whoever reads.
func (t *TTY) Type(text string) {
	t = t.Active()
	t.in = append(t.in, text...)
	t.ready.Broadcast()
}

// EOF is Ctrl-D on an empty line: the next read finds the end, once.
func (t *TTY) EOF() {
	t = t.Active()
	t.eof = true
	t.ready.Broadcast()
}

// Reading reports that a process waits for a line.
func (t *TTY) Reading() bool {
	t = t.Active()
	return t.readers > 0 && len(t.in) == 0
}

// Interrupt sends a signal to the foreground processes (Ctrl-C: SIGINT).
func (t *TTY) Interrupt(sig Signal) {
	t = t.Active()
	for _, p := range append([]*Process(nil), t.Foreground...) {
		p.Signal(sig)
	}
}

// Poll implements Source: at most one line at a time, as a terminal does.
func (t *TTY) Poll(buf []byte) (int, bool) {
	if len(t.in) == 0 {
		eof := t.eof
		t.eof = false
		return 0, eof
	}
	line := t.in
	if i := bytes.IndexByte(line, '\n'); i >= 0 {
		line = line[:i+1]
	}
	n := copy(buf, line)
	t.in = t.in[n:]
	return n, false
}

// Ready implements Source.
func (t *TTY) Ready() *clock.Signal { return t.ready }
