package main

import (
	"slices"
	"testing"

	"drydock/lessons"
)

// BenchmarkUndo takes back the last action of each lesson's solution and brings
// it back: the longest replays that the course has. One operation is one of the two.
func BenchmarkUndo(b *testing.B) {
	defer collectRarely()()
	course, err := lessons.Builtin()
	if err != nil {
		b.Fatal(err)
	}
	for _, lesson := range course.Lessons {
		b.Run(lesson.ID, func(b *testing.B) {
			play, err := lessons.Start(lesson)
			if err != nil {
				b.Skip(err)
			}
			defer play.Close()
			solve(b, play)
			if !play.CanUndo() {
				b.Skip("the last step has nothing to take back")
			}
			for i := 0; b.Loop(); i++ {
				again := play.Undo
				if i%2 == 1 {
					again = play.Redo
				}
				if err := again(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// solve plays a lesson by its own solution, but does not leave the last step.
func solve(b *testing.B, play *lessons.Play) {
	b.Helper()
	for last := len(play.Lesson().Steps) - 1; ; play.Next() {
		n, step := play.Step()
		if play.Phase() == lessons.Asking {
			if err := play.Answer(slices.IndexFunc(step.Answers, func(a lessons.Answer) bool { return a.Right })); err != nil {
				b.Skip(err)
			}
			play.Settle()
		}
		for _, line := range step.Solution {
			play.Type(line)
			play.Settle()
		}
		if play.Phase() != lessons.Passed {
			b.Skipf("step %d is not passed by its solution", n+1)
		}
		if n == last {
			return
		}
	}
}

// BenchmarkCheck proves the whole built-in course.
func BenchmarkCheck(b *testing.B) {
	for b.Loop() {
		course, err := lessons.Load(lessons.Files())
		if course == nil {
			b.Fatal(err)
		}
		lessons.Check(course, lessons.Options{})
	}
}

// BenchmarkOutline reads what the map of the course needs: a part of every start.
func BenchmarkOutline(b *testing.B) {
	for b.Loop() {
		if _, err := lessons.Builtin(); err != nil {
			b.Fatal(err)
		}
	}
}
