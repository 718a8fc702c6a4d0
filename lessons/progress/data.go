// Package progress keeps what a learner has achieved, in one JSON file. It is the
// only part of the lessons that touches the disk.
package progress

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"drydock/lessons"
)

// Version is that of the file's form. A file of a later one is left alone.
const Version = 1

// Data is everything that is kept. Merging two of them loses nothing that was
// achieved, in whichever order it is done.
type Data struct {
	Version  int               `json:"version"`
	Lessons  map[string]Lesson `json:"lessons,omitempty"` // by id
	Cards    map[string]Card   `json:"cards,omitempty"`   // refreshers, by id
	Settings Settings          `json:"settings"`
}

// Lesson is what is kept of one lesson.
type Lesson struct {
	Best     lessons.Stars  `json:"best"`
	Finished time.Time      `json:"finished,omitzero"`  // for the first time
	Commands int            `json:"commands,omitempty"` // the fewest that finished it
	Play     *lessons.Saved `json:"play,omitempty"`     // where it was left, if it is under way
	Played   time.Time      `json:"played,omitzero"`    // when Play was set or taken away last
}

// Card is a refresher: when it is due again, and what its scheduler remembers.
type Card struct {
	Due     time.Time       `json:"due,omitzero"`
	State   json.RawMessage `json:"state,omitempty"`
	Changed time.Time       `json:"changed,omitzero"`
}

// Settings are the learner's choices.
type Settings struct {
	Theme         string    `json:"theme,omitempty"`
	ReducedMotion bool      `json:"reducedMotion,omitempty"`
	WelcomeSeen   bool      `json:"welcomeSeen,omitempty"`
	Changed       time.Time `json:"changed,omitzero"`
}

// ErrNewer means that a later version of drydock wrote the file.
var ErrNewer = errors.New("it was written by a newer version of drydock; update this one to use it")

// maxBytes is more than any real file has.
const maxBytes = 32 << 20

// Decode reads the file's text.
func Decode(text []byte) (Data, error) {
	var head struct{ Version *int }
	if len(text) > maxBytes {
		return Data{}, fmt.Errorf("it is larger than %d MiB", maxBytes>>20)
	}
	if err := json.Unmarshal(text, &head); err != nil {
		return Data{}, fmt.Errorf("it is no JSON of ours: %w", err)
	}
	switch {
	case head.Version == nil || *head.Version < 1:
		return Data{}, errors.New("it has no version")
	case *head.Version > Version:
		return Data{}, ErrNewer
	}
	d := Data{}
	if err := json.Unmarshal(text, &d); err != nil {
		return Data{}, fmt.Errorf("it is no JSON of ours: %w", err)
	}
	d.Version = Version
	return d, nil
}

// Encode writes the file's text.
func (d Data) Encode() ([]byte, error) {
	d.Version = Version
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", " ")
	err := e.Encode(d)
	return b.Bytes(), err
}

// Merge adds what other holds: every star that either has, the first time of
// finishing, the fewest commands, and of what can only be one the newer.
func (d *Data) Merge(other Data) {
	d.Version = Version
	for _, id := range slices.Sorted(maps.Keys(other.Lessons)) {
		d.setLesson(id, mergeLesson(d.Lessons[id], other.Lessons[id]))
	}
	for _, id := range slices.Sorted(maps.Keys(other.Cards)) {
		if mine, ok := d.Cards[id]; !ok || other.Cards[id].Changed.After(mine.Changed) {
			if d.Cards == nil {
				d.Cards = map[string]Card{}
			}
			d.Cards[id] = other.Cards[id]
		}
	}
	if other.Settings.Changed.After(d.Settings.Changed) {
		d.Settings = other.Settings
	}
}

func (d *Data) setLesson(id string, l Lesson) {
	if d.Lessons == nil {
		d.Lessons = map[string]Lesson{}
	}
	d.Lessons[id] = l
}

func mergeLesson(a, b Lesson) Lesson {
	out := a
	if b.Played.After(a.Played) || a.Play == nil && a.Played.IsZero() {
		out.Play, out.Played = b.Play, b.Played
	}
	out.Best = lessons.Stars{
		Finished: a.Best.Finished || b.Best.Finished, Unaided: a.Best.Unaided || b.Best.Unaided, WithinPar: a.Best.WithinPar || b.Best.WithinPar,
	}
	if out.Finished.IsZero() || !b.Finished.IsZero() && b.Finished.Before(out.Finished) {
		out.Finished = b.Finished
	}
	if out.Commands == 0 || b.Commands > 0 && b.Commands < out.Commands {
		out.Commands = b.Commands
	}
	return out
}
