package tui_test

import (
	"fmt"
	"testing"

	"drydock/lessons"
	"drydock/sim"
	"drydock/tui"
	"drydock/tui/play/playtest"
)

// memory is a progress that is set by hand.
type memory struct {
	saved map[string]lessons.Saved
	best  map[string]lessons.Stars
}

func (m memory) Saved(id string) (lessons.Saved, bool) { s, ok := m.saved[id]; return s, ok }
func (m memory) Best(id string) lessons.Stars          { return m.best[id] }
func (m memory) Keep(id string, s lessons.Saved)       { m.saved[id] = s }
func (m memory) Finish(id string, stars lessons.Stars) { m.best[id] = stars }
func (m memory) Write() error                          { return nil }
func fresh() memory                                    { return memory{map[string]lessons.Saved{}, map[string]lessons.Stars{}} }
func begun(step int) lessons.Saved                     { return lessons.Saved{Step: step, Journal: []sim.Input{{}}} }
func lesson(chapter int, n, id string) *lessons.Lesson {
	return &lessons.Lesson{ID: id, Number: n, Chapter: chapter, Title: "About " + id, Summary: "What " + id + " does.", Minutes: 6, Par: 5}
}
func withCourse(p memory) tui.Options {
	return tui.Options{Progress: p, Course: &lessons.Course{
		Chapters: []lessons.Chapter{{Number: 0, Title: "All aboard"}, {Number: 1, Title: "Containers", Pain: "It runs only here."}, {Number: 2, Title: "Compose"}},
		Lessons:  []*lessons.Lesson{lesson(0, "0.1", "moves"), lesson(1, "1.1", "ships"), lesson(1, "1.2", "recipes")},
	}}
}

func TestNewcomerIsWelcomedOnceAndLedToTheFirstLesson(t *testing.T) {
	driveWith(t, 100, 30, withCourse(fresh()), func(d *driver) {
		d.shows("on ships that cannot sink", "begin")
		d.press("enter")
		d.shows("Harbour")
	})
	p := fresh()
	p.saved["moves"] = begun(1)
	driveWith(t, 100, 30, withCourse(p), func(d *driver) {
		d.shows("the map")
		d.hides("cannot sink")
	})
}

func TestMapLeadsToWhatWasBegun(t *testing.T) {
	p := fresh()
	p.best["moves"] = lessons.Stars{Finished: true, WithinPar: true}
	p.saved["recipes"] = begun(2)
	for _, s := range [][2]int{{80, 24}, {140, 45}} {
		driveWith(t, s[0], s[1], withCourse(p), func(d *driver) {
			d.shows("1.2 About recipes", "begun: you are at step 3", "enter go on", "1 of 3 lessons", "Compose  (not written yet)")
			d.press("up", "up")
			d.shows("0.1 About moves", "enter play again", "★★☆")
			d.golden(fmt.Sprintf("map-%dx%d", s[0], s[1]))
		})
	}
}

func TestLeavingTheMapOnAnUnbegunLessonSaysWhyItCannotBeginAnew(t *testing.T) {
	p := fresh()
	p.best["moves"] = lessons.Stars{Finished: true}
	driveWith(t, 100, 30, withCourse(p), func(d *driver) {
		d.press("R")
		d.shows("this lesson was not begun; enter starts it")
	})
}

func TestDebriefShowsStarsAndLeadsOn(t *testing.T) {
	o := withCourse(fresh())
	driveWith(t, 100, 30, o, func(d *driver) {
		d.press("enter")
		d.game.Score = lessons.Stars{Finished: true, Unaided: true}
		d.game.At, d.game.Now = len(d.game.L.Steps)-1, lessons.Passed
		d.typed("docker ps")
		d.press("enter", "enter")
		d.shows("debrief", "★ finished", "★ without looking at a solution", "☆ above par")
		d.press("tab")
		d.shows("the map")
	})
}

func TestDebriefLeadsToTheLessonBehind(t *testing.T) {
	o := withCourse(fresh())
	o.Start = "ships"
	driveWith(t, 100, 30, o, func(d *driver) {
		d.game.L = o.Course.Lessons[1]
		d.game.L.Steps = make([]lessons.Step, 1)
		d.game.At, d.game.Now = 0, lessons.Passed
		d.typed("docker ps")
		d.press("enter", "enter")
		d.shows("debrief", "next: 1.2 About recipes")
	})
}

func TestEditorAsksBeforeItForgetsChanges(t *testing.T) {
	drive(t, 100, 30, func(d *driver) {
		d.game.OnType = func(g *playtest.Game, line string) {
			g.C.Edit = &sim.EditRequest{Machine: "laptop", Path: "/root/app.py", Data: "one\n"}
		}
		d.typed("edit app.py")
		d.press("enter")
		d.shows("/root/app.py", "1 one", "^S save")
		d.typed("new ")
		d.shows("changed", "new one")
		d.press("esc")
		d.shows("Leave without saving?")
		d.press("enter")
		d.shows("new one")
		d.press("ctrl+s")
		d.shows("app.py is saved")
		if last := d.game.Log[len(d.game.Log)-1]; last != "edit laptop new one\n" {
			t.Errorf("the world got %q", last)
		}
	})
}
