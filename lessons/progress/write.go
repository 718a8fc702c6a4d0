package progress

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

const (
	lockName  = FileName + ".lock"
	lockTries = 200
	lockPause = 10 * time.Millisecond
	// lockStale is how old a lock is that its owner must have died over.
	lockStale = 10 * time.Second
)

// Write merges what changed into the file. The new text is written beside the
// old, synced, and renamed over it, so that the file is whole at any moment.
func (s *Store) Write() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.locked(func() error {
		data, err := s.load()
		var broken *BrokenError
		if err != nil && !errors.As(err, &broken) {
			return err
		}
		if broken != nil {
			data.Merge(s.data) // what this game knows is all there is
		}
		s.overlay(&data)
		if err := s.replace(data); err != nil {
			return err
		}
		s.data, s.ours = data, Data{}
		return nil
	})
}

// overlay puts this game's changes over what the file holds.
func (s *Store) overlay(data *Data) {
	data.Merge(s.ours)
	if !s.ours.Settings.Changed.IsZero() {
		data.Settings = s.ours.Settings
	}
}

// Reset forgets everything. The file as it was gets another name, which is returned.
func (s *Store) Reset() (aside string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	err = s.locked(func() error {
		if _, err := os.Stat(s.path()); err == nil {
			if aside, err = s.setAside("before-reset"); err != nil {
				return err
			}
		}
		s.data, s.ours = Data{Version: Version}, Data{}
		return s.replace(s.data)
	})
	return aside, err
}

// setAside renames the file to one that does not exist yet.
func (s *Store) setAside(why string) (string, error) {
	stamp := s.now().UTC().Format("20060102-150405")
	for n := range 1000 {
		name := fmt.Sprintf("progress.%s-%s.json", why, stamp)
		if n > 0 {
			name = fmt.Sprintf("progress.%s-%s-%d.json", why, stamp, n)
		}
		to := filepath.Join(s.dir, name)
		if _, err := os.Lstat(to); errors.Is(err, fs.ErrNotExist) {
			return to, os.Rename(s.path(), to)
		}
	}
	return "", errors.New("too many files were set aside already; remove some")
}

// replace writes the file anew.
func (s *Store) replace(data Data) error {
	text, err := data.Encode()
	if err != nil {
		return err
	}
	f, err := os.CreateTemp(s.dir, FileName+".new-*")
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	err = errors.Join(err, f.Sync(), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), s.path())
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	if d, err := os.Open(s.dir); err == nil { // so that the rename itself survives a power cut
		_ = d.Sync()
		_ = d.Close()
	}
	return nil
}

// locked does something while no other game writes.
func (s *Store) locked(do func() error) error {
	if err := os.MkdirAll(s.dir, 0o700); err != nil {
		return err
	}
	lock := filepath.Join(s.dir, lockName)
	for range lockTries {
		f, err := os.OpenFile(lock, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
		if err == nil {
			defer os.Remove(lock)
			return errors.Join(f.Close(), do())
		}
		if !errors.Is(err, fs.ErrExist) {
			return err
		}
		if info, err := os.Stat(lock); err == nil && s.now().Sub(info.ModTime()) > lockStale {
			_ = os.Remove(lock)
			continue
		}
		time.Sleep(lockPause)
	}
	return fmt.Errorf("another game keeps %s locked; if none runs, remove %s", s.path(), lock)
}
