package progress

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"drydock/lessons"
)

// clock is real time under a test's hands.
type clock struct {
	mu sync.Mutex
	t  time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(time.Second)
	return c.t
}

func newClock() *clock { return &clock{t: time.Now()} }

func open(t *testing.T, dir string) *Store {
	t.Helper()
	s, err := Open(dir, newClock().now)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func write(t *testing.T, s *Store) {
	t.Helper()
	if err := s.Write(); err != nil {
		t.Fatal(err)
	}
}

func TestProgressComesBack(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "state", "drydock")
	a := open(t, dir)
	a.Keep("one", lessons.Saved{Step: 2, Commands: 4})
	a.FinishWith("two", lessons.Stars{Finished: true, Unaided: true}, 9)
	a.SetSettings(Settings{Theme: "light", WelcomeSeen: true})
	a.SetCard("c", Card{State: []byte(`{"stability":2}`)})
	write(t, a)
	b := open(t, dir)
	if saved, ok := b.Saved("one"); !ok || saved.Step != 2 || saved.Commands != 4 {
		t.Errorf("saved: %v %v", saved, ok)
	}
	if l := b.Lesson("two"); l.Best.Count() != 2 || l.Finished.IsZero() || l.Commands != 9 {
		t.Errorf("two: %+v", l)
	}
	if set := b.Settings(); set.Theme != "light" || !set.WelcomeSeen {
		t.Errorf("settings: %+v", set)
	}
	if c, ok := b.Card("c"); !ok || !strings.Contains(string(c.State), "stability") {
		t.Errorf("card: %+v", c)
	}
}

func TestABetterScoreStaysStarByStar(t *testing.T) {
	s := open(t, t.TempDir())
	s.Finish("l", lessons.Stars{Finished: true, Unaided: true})
	s.Finish("l", lessons.Stars{Finished: true, WithinPar: true})
	if s.Best("l").Count() != 3 {
		t.Errorf("best: %+v", s.Best("l"))
	}
	s.Keep("l", lessons.Saved{Step: 1})
	if s.Best("l").Count() != 3 {
		t.Error("playing again took stars away")
	}
	s.Finish("l", lessons.Stars{Finished: true})
	if _, ok := s.Saved("l"); ok {
		t.Error("a finished lesson is still under way")
	}
}

func TestTwoGamesLoseNothingOfEachOther(t *testing.T) {
	dir := t.TempDir()
	a, b := open(t, dir), open(t, dir)
	a.Finish("one", lessons.Stars{Finished: true, Unaided: true})
	b.Finish("two", lessons.Stars{Finished: true})
	b.Finish("one", lessons.Stars{Finished: true, WithinPar: true})
	write(t, a)
	write(t, b)
	c := open(t, dir)
	if c.Best("one").Count() != 3 || c.Best("two").Count() != 1 {
		t.Errorf("one %+v, two %+v", c.Best("one"), c.Best("two"))
	}
}

func TestManyWritersAtOnce(t *testing.T) {
	dir := t.TempDir()
	var done sync.WaitGroup
	for _, id := range []string{"a", "b", "c", "d", "e", "f"} {
		s := open(t, dir)
		done.Go(func() {
			s.Finish(id, lessons.Stars{Finished: true})
			if err := s.Write(); err != nil {
				t.Error(err)
			}
		})
	}
	done.Wait()
	if all := open(t, dir).All(); len(all.Lessons) != 6 {
		t.Errorf("%d of 6 are there", len(all.Lessons))
	}
	left, _ := filepath.Glob(filepath.Join(dir, "*"))
	if len(left) != 1 {
		t.Errorf("left behind: %v", left)
	}
}

func TestACrashWhileWritingLeavesTheOldFile(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	s.Finish("one", lessons.Stars{Finished: true})
	write(t, s)
	// What a crash leaves: half a new file beside the old, and a lock.
	old := time.Now().Add(-time.Hour)
	for _, name := range []string{FileName + ".new-1", lockName} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(`{"version":1,"les`), 0o600); err != nil {
			t.Fatal(err)
		}
		_ = os.Chtimes(filepath.Join(dir, name), old, old)
	}
	again := open(t, dir)
	if !again.Best("one").Finished {
		t.Error("the star is gone")
	}
	again.Finish("two", lessons.Stars{Finished: true})
	write(t, again)
}

func TestABrokenFileIsSetAside(t *testing.T) {
	for _, text := range []string{"", "{", `{"version":1,"lessons":[]}`, `{"lessons":{}}`, "\x00\x01"} {
		dir := t.TempDir()
		path := filepath.Join(dir, FileName)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		s, err := Open(dir, newClock().now)
		var broken *BrokenError
		if !errors.As(err, &broken) {
			t.Fatalf("%q: %v", text, err)
		}
		s.Finish("one", lessons.Stars{Finished: true})
		write(t, s)
		if kept, err := os.ReadFile(broken.Aside); err != nil || string(kept) != text {
			t.Errorf("%q: set aside as %q, %v", text, kept, err)
		}
		if !open(t, dir).Best("one").Finished {
			t.Errorf("%q: nothing was written afterwards", text)
		}
	}
}

func TestAFileOfALaterVersionIsLeftAlone(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, FileName)
	text := `{"version":99,"lessons":{"one":{"best":{"finished":true}}}}`
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := Open(dir, newClock().now)
	if !errors.Is(err, ErrNewer) {
		t.Fatalf("opening: %v", err)
	}
	s.Finish("two", lessons.Stars{Finished: true})
	if err := s.Write(); !errors.Is(err, ErrNewer) {
		t.Errorf("writing: %v", err)
	}
	if now, _ := os.ReadFile(path); string(now) != text {
		t.Errorf("the file was changed: %s", now)
	}
}

func TestExportImportReset(t *testing.T) {
	a, b := open(t, t.TempDir()), open(t, t.TempDir())
	a.Finish("one", lessons.Stars{Finished: true, Unaided: true})
	b.Finish("one", lessons.Stars{Finished: true, WithinPar: true})
	b.Finish("two", lessons.Stars{Finished: true})
	var file bytes.Buffer
	if err := errors.Join(a.Export(&file), b.Import(&file)); err != nil {
		t.Fatal(err)
	}
	if b.Best("one").Count() != 3 || b.Best("two").Count() != 1 {
		t.Errorf("after importing: %+v", b.All())
	}
	if err := b.Import(strings.NewReader("{}")); err == nil {
		t.Error("nonsense was imported")
	}
	aside, err := b.Reset()
	if err != nil || b.Best("one").Finished {
		t.Fatalf("after the reset: %v, %+v", err, b.All())
	}
	if _, err := os.Stat(aside); err != nil {
		t.Errorf("the old file is lost: %v", err)
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte(`{"version":1,"lessons":{"a":{"best":{"finished":true},"finished":"2026-01-01T00:00:00Z","play":{"step":1,"commands":2}}}}`))
	f.Add([]byte(`{"version":2}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		d, err := Decode(text)
		if err != nil {
			return
		}
		once, err := d.Encode()
		if err != nil {
			t.Fatal(err)
		}
		again, err := Decode(once)
		if err != nil {
			t.Fatalf("cannot read what was written: %v\n%s", err, once)
		}
		twice, _ := again.Encode()
		if !bytes.Equal(once, twice) {
			t.Errorf("not the same twice:\n%s\n%s", once, twice)
		}
		var merged Data
		merged.Merge(d)
		before := len(merged.Lessons)
		merged.Merge(d)
		if len(merged.Lessons) != before || !reflect.DeepEqual(merged.Lessons, d.Lessons) && len(d.Lessons) > 0 {
			t.Errorf("merging with itself changed it: %+v", merged)
		}
	})
}
