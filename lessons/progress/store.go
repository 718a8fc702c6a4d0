package progress

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"

	"drydock/lessons"
)

// FileName is the file's name in the state directory.
const FileName = "progress.json"

// Store is the learner's progress in memory and on disk. Only Write, Import and
// Reset touch the disk. It may be used by several goroutines, and several games
// may have the same directory open.
type Store struct {
	mu   sync.Mutex
	dir  string
	now  func() time.Time
	data Data
	// ours is what changed since the last Write: only that is merged into the
	// file, so that what another game changed or reset stays so.
	ours Data
}

// Open reads the progress in a directory, which need not exist. now is the real
// time. The store is usable in any case; the error is for the learner to read:
// the file was broken and set aside, or cannot be read and is left alone.
func Open(dir string, now func() time.Time) (*Store, error) {
	s := &Store{dir: dir, now: now}
	data, err := s.load()
	s.data = data
	return s, err
}

func (s *Store) path() string { return filepath.Join(s.dir, FileName) }

// load reads the file. A broken one gets another name, and the error says which.
func (s *Store) load() (Data, error) {
	text, err := readLimited(s.path())
	if errors.Is(err, fs.ErrNotExist) {
		return Data{Version: Version}, nil
	}
	if err != nil {
		return Data{Version: Version}, fmt.Errorf("the progress in %s cannot be read: %w", s.path(), err)
	}
	data, err := Decode(text)
	switch {
	case err == nil:
		return data, nil
	case errors.Is(err, ErrNewer):
		return Data{Version: Version}, fmt.Errorf("the progress in %s is not used: %w", s.path(), err)
	}
	aside, moved := s.setAside("broken")
	if moved != nil {
		return Data{Version: Version}, fmt.Errorf("the progress in %s is broken (%w) and could not be set aside: %w", s.path(), err, moved)
	}
	return Data{Version: Version}, &BrokenError{Aside: aside, Reason: err}
}

// BrokenError says that the file could not be understood and now has another name.
type BrokenError struct {
	Aside  string
	Reason error
}

// Error implements error.
func (e *BrokenError) Error() string {
	return fmt.Sprintf("the saved progress is broken (%s); it is now %s and a new one was begun", e.Reason, e.Aside)
}

// Unwrap gives the reason.
func (e *BrokenError) Unwrap() error { return e.Reason }

func readLimited(name string) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, maxBytes+1))
}

// Saved is a lesson in progress, if there is one.
func (s *Store) Saved(lesson string) (lessons.Saved, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if play := s.data.Lessons[lesson].Play; play != nil {
		return *play, true
	}
	return lessons.Saved{}, false
}

// Best are the stars earned so far: each that was earned in any play.
func (s *Store) Best(lesson string) lessons.Stars { return s.Lesson(lesson).Best }

// Lesson is everything kept of a lesson.
func (s *Store) Lesson(id string) Lesson {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.data.Lessons[id]
}

// Keep notes how far a lesson is.
func (s *Store) Keep(lesson string, play lessons.Saved) {
	if play.Passed { // over: there is nothing to come back to
		s.change(lesson, Lesson{Played: s.now().UTC()})
		return
	}
	s.change(lesson, Lesson{Play: &play, Played: s.now().UTC()})
}

// Finish notes that a lesson was finished; the better of two scores stays, star
// by star.
func (s *Store) Finish(lesson string, stars lessons.Stars) { s.FinishWith(lesson, stars, 0) }

// FinishWith is Finish with the number of commands that it took.
func (s *Store) FinishWith(lesson string, stars lessons.Stars, commands int) {
	now := s.now().UTC()
	s.change(lesson, Lesson{Best: stars, Finished: now, Commands: commands, Played: now})
}

// change merges a lesson into what is in memory and into what Write is to store.
func (s *Store) change(id string, l Lesson) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, d := range []*Data{&s.data, &s.ours} {
		merged := mergeLesson(d.Lessons[id], l)
		merged.Play, merged.Played = l.Play, l.Played // now is newest, whatever the clock says
		d.setLesson(id, merged)
	}
}

// Settings are the learner's choices.
func (s *Store) Settings() Settings {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.data.Settings
}

// SetSettings keeps the learner's choices.
func (s *Store) SetSettings(set Settings) {
	s.mu.Lock()
	defer s.mu.Unlock()
	set.Changed = s.now().UTC()
	s.data.Settings, s.ours.Settings = set, set
}

// Card is a refresher's state; ok is false for one that was never seen.
func (s *Store) Card(id string) (c Card, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c, ok = s.data.Cards[id]
	return c, ok
}

// SetCard keeps a refresher's state.
func (s *Store) SetCard(id string, c Card) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c.Changed = s.now().UTC()
	one := Data{Cards: map[string]Card{id: c}}
	s.data.Merge(one)
	s.ours.Merge(one)
}

// All is a copy of everything, as Export writes it.
func (s *Store) All() Data {
	s.mu.Lock()
	defer s.mu.Unlock()
	var d Data
	d.Merge(s.data)
	d.Settings = s.data.Settings
	return d
}

// Export writes everything in the form that Import reads.
func (s *Store) Export(w io.Writer) error {
	text, err := s.All().Encode()
	if err != nil {
		return err
	}
	_, err = w.Write(text)
	return err
}

// Import merges what Export wrote into the progress and stores it.
func (s *Store) Import(r io.Reader) error {
	text, err := io.ReadAll(io.LimitReader(r, maxBytes+1))
	if err != nil {
		return err
	}
	other, err := Decode(text)
	if err != nil {
		return fmt.Errorf("this cannot be imported: %w", err)
	}
	s.mu.Lock()
	s.data.Merge(other)
	s.ours.Merge(other)
	s.mu.Unlock()
	return s.Write()
}
