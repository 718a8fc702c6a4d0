package sim

import (
	"bytes"
	"strconv"
	"strings"

	"drydock/sim/clock"
	"drydock/sim/machine"
)

// exec runs a command line on a machine's login shell to its end, without a
// terminal: standard input is empty, both outputs are kept.
func (w *World) exec(name, line string) Result {
	m := w.site.Machine(name)
	if m == nil {
		return failed("drydock: there is no machine "+strconv.Quote(name), 255)
	}
	if !m.Powered {
		return failed("drydock: "+name+" has no power", 255)
	}
	var printed streams
	weight := clock.Work
	p, err := m.Start(machine.Spec{
		Args: []string{"bash"}, Main: w.logins[name].Line(line),
		Stdout: stream{&printed, false}, Stderr: stream{&printed, true}, Weight: &weight,
	})
	if err != nil {
		return failed(err.Error(), 126)
	}
	done := w.clock.RunUntil(ExecLimit, p.Done)
	if !done {
		p.Signal(machine.SIGINT)
		w.clock.Run()
		p.Exit(130)
		w.clock.Run()
	}
	r := printed.result()
	r.Status, r.TimedOut = p.Status(), !done
	return r
}

// failed is the result of a command that could not even be started.
func failed(message string, status int) Result {
	var printed streams
	_, _ = stream{&printed, true}.Write([]byte(message + "\n"))
	r := printed.result()
	r.Status = status
	return r
}

// streams keeps what a command prints on both outputs, and in which order.
type streams struct {
	both  bytes.Buffer
	turns []turn
}

// turn is where in both an output begins to speak.
type turn struct {
	at     int
	stderr bool
}

// stream is one of the two outputs, as a program writes to it.
type stream struct {
	to     *streams
	stderr bool
}

func (s stream) Write(b []byte) (int, error) {
	if n := len(s.to.turns); n == 0 || s.to.turns[n-1].stderr != s.stderr {
		s.to.turns = append(s.to.turns, turn{s.to.both.Len(), s.stderr})
	}
	return s.to.both.Write(b)
}

// result is what was printed: together, apart, and piece by piece.
func (s *streams) result() Result {
	r := Result{Output: s.both.String()}
	var apart [2]strings.Builder
	for i, t := range s.turns {
		end := len(r.Output)
		if i+1 < len(s.turns) {
			end = s.turns[i+1].at
		}
		c := Chunk{Text: r.Output[t.at:end], Stderr: t.stderr}
		r.Chunks = append(r.Chunks, c)
		if c.Stderr {
			apart[1].WriteString(c.Text)
		} else {
			apart[0].WriteString(c.Text)
		}
	}
	r.Stdout, r.Stderr = apart[0].String(), apart[1].String()
	return r
}

// edit writes a file from outside, as its machine's owner.
func (w *World) edit(name, path, data string) {
	m := w.site.Machine(name)
	if m == nil {
		return
	}
	if w.console.edit != nil {
		defer w.console.finishEdit()
		if path == "" {
			return // the editor was left without saving
		}
	}
	w.write(m, path, data, 0o644)
}

// write puts a file on a machine, with the directories that it needs.
func (w *World) write(m *machine.Machine, path, data string, mode uint32) {
	path = home(m, path)
	dir := path[:max(strings.LastIndex(path, "/"), 1)]
	_ = m.FS.MkdirAll(dir, 0o755, m.Owner.UID, m.Owner.GID)
	_ = m.FS.WriteFile(path, []byte(data), filePerm(mode), m.Owner.UID, m.Owner.GID)
}

// stopListener ends whatever listens on a port of a machine outside containers.
func (w *World) stopListener(name, port string) {
	m := w.site.Machine(name)
	for _, l := range m.Net.Listeners() {
		if strconv.Itoa(l.Port) == port && l.Process != nil && l.Process.Group == nil {
			l.Process.Exit(0)
		}
	}
}
