package tui

import "drydock/lessons"

// forgetful is a progress that keeps nothing on disk.
type forgetful struct {
	saved map[string]lessons.Saved
	best  map[string]lessons.Stars
}

func newForgetful() *forgetful {
	return &forgetful{map[string]lessons.Saved{}, map[string]lessons.Stars{}}
}

func (f *forgetful) Saved(id string) (lessons.Saved, bool) { s, ok := f.saved[id]; return s, ok }
func (f *forgetful) Best(id string) lessons.Stars          { return f.best[id] }
func (f *forgetful) Keep(id string, s lessons.Saved)       { f.saved[id] = s }
func (f *forgetful) Finish(id string, stars lessons.Stars) { f.best[id] = stars }
func (f *forgetful) Write() error                          { return nil }
