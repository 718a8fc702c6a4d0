package lessons

import (
	"embed"
	"io/fs"
)

//go:embed all:course
var course embed.FS // read-only by nature

// Files is the built-in course as its authors wrote it, for the checker and for
// those who want to write one like it.
func Files() fs.FS {
	sub, err := fs.Sub(course, "course")
	if err != nil {
		return course
	}
	return sub
}

// Builtin is the outline of the built-in course: everything but the lessons'
// steps, which Start (or Lesson.Open) reads.
func Builtin() (*Course, error) { return Outline(Files()) }
