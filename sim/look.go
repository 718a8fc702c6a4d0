package sim

import (
	"errors"
	"net"
	"net/url"
	"path"
	"strconv"
	"time"

	"drydock/sim/image"
	"drydock/sim/machine"
)

// What follows looks into the world for goals and screens. Nothing of it
// changes anything or takes virtual time.

// Reply is what a web request was answered with.
type Reply struct {
	Status int // HTTP status; 0 when nobody answered
	Body   string
	OK     bool   // an answer below 400
	Error  string // why there was none: "connection refused"
}

// HTTP asks for a URL from a machine, or from a pod ("pod/NAME"), through the simulated network and along
// the way that curl would take, but leaves no trace: no line in a log, no count
// that went up. A program that runs code of its own for each request is asked in
// a copy of the world.
func (s *Session) HTTP(from, rawURL string) Reply {
	r, err := s.world.ask(from, rawURL, true)
	if !errors.Is(err, machine.ErrNoProbe) {
		return r
	}
	return s.tryOut("http "+from+" "+rawURL, func(copied *Session) look {
		r, _ := copied.world.ask(from, rawURL, false)
		return look{reply: r}
	}).reply
}

// Try runs a command on a machine in a copy of the world, so that looking leaves no
// trace.
func (s *Session) Try(machine, line string) Result {
	return s.tryOut("run "+machine+" "+line, func(copied *Session) look { return look{result: copied.Exec(machine, line)} }).result
}

// tryOut finds something out in a copy of the world, unless it was a moment ago.
func (s *Session) tryOut(question string, find func(copied *Session) look) look {
	at := lookTime{len(s.journal), len(s.world.Events(0)), s.world.Elapsed()}
	if kept, ok := s.looked[question]; ok && s.still(kept.at, at) {
		return kept
	}
	copied, err := s.Branch()
	if err != nil {
		return look{reply: Reply{Error: err.Error()}, result: Result{Status: 1, Output: err.Error()}}
	}
	defer copied.Close()
	found := find(copied)
	found.at = at
	if s.looked == nil {
		s.looked = map[string]look{}
	}
	s.looked[question] = found
	return found
}

// look is a reply or result that took a copy of the world. Making one costs as much
// as an undo, so it is kept for a while.
type look struct {
	at     lookTime
	reply  Reply
	result Result
}

// lookTime is when a look was.
type lookTime struct {
	entries, events int
	elapsed         time.Duration
}

// How long a kept reply holds, in virtual time: while nothing happens, and while
// much is under way, after which there will be another look.
const (
	quietLook = 5 * time.Second
	busyLook  = 500 * time.Millisecond
)

func (s *Session) still(then, now lookTime) bool {
	age := now.elapsed - then.elapsed
	if age < 0 || then.entries != now.entries {
		return false
	}
	return then.events == now.events && age < quietLook || age < busyLook && !s.world.Settled()
}

// ask sends the request. The error is the server's, when it broke the connection.
func (w *World) ask(from, rawURL string, probe bool) (Reply, error) {
	stack, why := w.standing(from)
	if stack == nil {
		return Reply{Error: why}, nil
	}
	u, err := url.Parse(rawURL)
	if err != nil || u.Hostname() == "" {
		return Reply{Error: strconv.Quote(rawURL) + " is no URL"}, nil
	}
	port, err := strconv.Atoi(orElse(u.Port(), map[string]string{"http": "80", "https": "443"}[u.Scheme]))
	if err != nil {
		return Reply{Error: strconv.Quote(rawURL) + " is neither http nor https"}, nil
	}
	conn, err := stack.Dial(u.Hostname(), port, "tcp")
	if err != nil {
		return Reply{Error: err.Error()}, nil
	}
	host := u.Host
	if _, _, err := net.SplitHostPort(host); err != nil {
		host = u.Hostname()
	}
	r := conn.Do(machine.Request{Proto: u.Scheme, Method: "GET", Host: host, Path: orElse(u.RequestURI(), "/"), Probe: probe})
	switch {
	case r.Err != nil:
		return Reply{Error: r.Err.Error()}, r.Err
	case r.Status == 0:
		return Reply{Body: r.Body, Error: "what listens there does not speak HTTP"}, nil
	}
	return Reply{Status: r.Status, Body: r.Body, OK: r.Status < 400}, nil
}

// ReadFile is the content of a file on a machine, by a path that is absolute or
// relative to the owner's home; empty where there is none.
func (w *World) ReadFile(name, file string) string {
	m := w.site.Machine(name)
	if m == nil {
		return ""
	}
	data, err := m.FS.ReadFile(home(m, file))
	if err != nil {
		return ""
	}
	return string(data)
}

// ReadContainerFile is the content of a file as the container of that name sees
// it, running or not, on whichever machine it is; empty where there is none.
func (w *World) ReadContainerFile(container, file string) string {
	for _, m := range w.site.Machines() {
		for _, e := range w.enginesOf(m) {
			for _, c := range e.Containers() {
				if c.Name != container || c.FS == nil {
					continue
				}
				if data, err := c.FS.ReadFile(path.Join("/", c.Config.WorkingDir, file)); err == nil && !path.IsAbs(file) {
					return string(data)
				}
				data, err := c.FS.ReadFile(path.Join("/", file))
				if err == nil {
					return string(data)
				}
			}
		}
	}
	return ""
}

// ReadImageFile is the content of a file in an image, on the first machine that
// has an image of that name; empty where there is none.
func (w *World) ReadImageFile(name, file string) string {
	for _, m := range w.site.Machines() {
		for _, e := range w.enginesOf(m) {
			for _, ref := range e.Images.Refs("") {
				if image.Familiar(ref) != name && image.Familiar(ref) != name+":latest" {
					continue
				}
				return imageFile(e.Images.ByRef(ref), path.Join("/", file))
			}
		}
	}
	return ""
}

func imageFile(i *image.Image, file string) string {
	layers := i.FileLayers()
	for n := len(layers) - 1; n >= 0; n-- {
		if node := layers[n].Get(file); node != nil {
			return string(node.Data)
		}
		for _, gone := range layers[n].Removed() {
			if gone == file || len(file) > len(gone) && file[:len(gone)] == gone && file[len(gone)] == '/' {
				return ""
			}
		}
	}
	return ""
}

// Replay carries out a journal's entries at their own distances in time and
// appends them to this session's.
func (s *Session) Replay(journal []Input) {
	for _, in := range journal {
		s.apply(in)
		s.journal = append(s.journal, in)
	}
	s.last = s.world.Elapsed()
}

// Rewind takes the session back to its first entries; Redo brings the rest back.
func (s *Session) Rewind(entries int) error {
	entries = min(max(entries, 0), len(s.journal))
	cut := append([]Input(nil), s.journal[entries:]...)
	undone := s.undone
	if err := s.restart(s.journal[:entries:entries]); err != nil {
		return err
	}
	s.undone = append(undone, cut)
	return nil
}

// Reset makes the session what another journal of the same scenario makes of it.
func (s *Session) Reset(journal []Input) error {
	return s.restart(append([]Input(nil), journal...))
}

// LastAction is the place in the journal of the learner's last action, which
// Undo would take back; -1 when there is none.
func (s *Session) LastAction() int { return s.lastAction() }

// Foreground tells which machine the console is on and whether a command runs in
// its foreground; Console tells the same with all its lines.
func (w *World) Foreground() (machine string, busy bool) {
	if w.console.machine != nil {
		machine = w.console.machine.Name
	}
	if w.console.tty != nil && w.console.tty.Active().Editor != nil {
		machine = w.console.tty.Active().Editor.Machine
	}
	return machine, w.console.busy()
}
