package sim

import (
	"errors"
	"maps"
	"slices"
	"time"
)

// Session is a world under a learner's hands: a scenario, the journal of what
// was done to it, and the world that the two make. Undo, redo and resuming are
// replays of a journal; nothing else is kept.
//
// A Session is not safe for concurrent use.
type Session struct {
	scenario Scenario
	journal  []Input
	undone   [][]Input // what Redo brings back, newest last
	world    *World
	last     time.Duration   // virtual time of the newest journal entry
	looked   map[string]look // what was found out in a copy of the world, by the question
}

// Open starts a session. Errors say what in the scenario is wrong.
func Open(s Scenario) (*Session, error) { return Resume(s, nil) }

// Resume starts a session and re-enacts a journal.
func Resume(s Scenario, journal []Input) (*Session, error) {
	w, err := NewWorld(s)
	if err != nil {
		return nil, err
	}
	s.catalogue, s.memo = w.hub.Catalogue(), w.site.Memo
	session := &Session{scenario: s, world: w}
	for _, in := range journal {
		session.apply(in)
	}
	session.journal = slices.Clone(journal)
	session.last = w.Elapsed()
	return session, nil
}

// Close frees the world's processes. The session must not be used afterwards.
func (s *Session) Close() { s.world.Close() }

// World gives access to the world for looking. Changing it past the journal
// breaks replay.
func (s *Session) World() *World { return s.world }

// Journal is a copy of everything that was done, oldest first.
func (s *Session) Journal() []Input { return slices.Clone(s.journal) }

// Do records an input and carries it out.
func (s *Session) Do(in Input) {
	in.After = s.world.Elapsed() - s.last
	if in.Kind != InputTime && in.Kind != InputResize {
		s.undone = nil // what passes by itself leaves Redo as it is
	}
	s.record(in)
	s.apply(Input{Kind: in.Kind, Machine: in.Machine, Text: in.Text, Path: in.Path, Columns: in.Columns})
	s.last = s.world.Elapsed()
}

// record appends to the journal; passages of time are merged.
func (s *Session) record(in Input) {
	if n := len(s.journal); n > 0 && in.Kind == InputTime && s.journal[n-1].Kind == InputTime {
		s.journal[n-1].After += in.After
		return
	}
	s.journal = append(s.journal, in)
}

func (s *Session) apply(in Input) {
	s.world.Advance(in.After)
	s.world.Do(in)
}

// Type sends a line to whoever reads at the console.
func (s *Session) Type(line string) { s.Do(Input{Kind: InputLine, Text: line}) }

// Interrupt is Ctrl-C.
func (s *Session) Interrupt() { s.Do(Input{Kind: InputInterrupt}) }

// Exec runs a command on a machine to its end, without a terminal, for at most
// ExecLimit of virtual time.
func (s *Session) Exec(machine, line string) Result {
	s.Do(Input{Kind: InputExec, Machine: machine, Text: line})
	return s.world.result
}

// Advance lets virtual time pass. It is not an entry of its own that undo would
// stop at.
func (s *Session) Advance(d time.Duration) {
	s.world.Advance(d)
	s.Do(Input{Kind: InputTime})
}

// Settle lets time pass until nothing is under way, or for at most SettleLimit.
// It reports whether the world settled.
func (s *Session) Settle() bool {
	s.Do(Input{Kind: InputSettle})
	return s.world.Settled()
}

// Fault breaks or mends something; see Fault for the words.
func (s *Session) Fault(text string, byLesson bool) error {
	f, err := ParseFault(text)
	if err == nil {
		err = s.world.checkFault(f)
	}
	if err != nil {
		return err
	}
	s.Do(Input{Kind: InputFault, Text: text, Lesson: byLesson})
	return nil
}

// WriteFile puts a file on a machine, as the editor does.
func (s *Session) WriteFile(machine, path, data string) {
	s.Do(Input{Kind: InputEdit, Machine: machine, Path: path, Text: data})
}

// ErrNothingToUndo means that the learner has done nothing yet, or, for Redo,
// has undone nothing.
var ErrNothingToUndo = errors.New("nothing to undo")

// CanUndo reports whether there is an action of the learner's to take back.
func (s *Session) CanUndo() bool { return s.lastAction() >= 0 }

// CanRedo reports whether an undone action can be brought back.
func (s *Session) CanRedo() bool { return len(s.undone) > 0 }

// Undo takes back the learner's last action and all that followed from it.
func (s *Session) Undo() error {
	at := s.lastAction()
	if at < 0 {
		return ErrNothingToUndo
	}
	cut := slices.Clone(s.journal[at:])
	undone := s.undone
	if err := s.restart(s.journal[:at]); err != nil {
		return err
	}
	s.undone = append(undone, cut)
	return nil
}

// Redo brings back what the last Undo took.
func (s *Session) Redo() error {
	if len(s.undone) == 0 {
		return ErrNothingToUndo
	}
	n := len(s.undone) - 1
	undone, back := s.undone[:n], s.undone[n]
	if err := s.restart(append(slices.Clone(s.journal), back...)); err != nil {
		return err
	}
	s.undone = undone
	return nil
}

// Branch starts a second session from the same past, to try something out.
// What this one has tried out holds there, too: the two are the same until now.
func (s *Session) Branch() (*Session, error) {
	b, err := Resume(s.scenario, s.journal)
	if err == nil {
		b.looked = maps.Clone(s.looked)
	}
	return b, err
}

func (s *Session) restart(journal []Input) error {
	fresh, err := Resume(s.scenario, journal)
	if err != nil {
		return err
	}
	s.world.Close()
	*s = *fresh
	return nil
}

// lastAction finds the newest entry that the learner would call something they did.
func (s *Session) lastAction() int {
	for i := len(s.journal) - 1; i >= 0; i-- {
		switch in := s.journal[i]; in.Kind {
		case InputTime, InputSettle, InputResize, InputEOF, InputInterrupt:
		default:
			if !in.Lesson {
				return i
			}
		}
	}
	return -1
}
