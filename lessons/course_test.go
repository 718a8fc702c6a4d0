package lessons

import (
	"strings"
	"testing"
)

// The built-in course must prove itself, lesson by lesson.
func TestTheCourseProvesItself(t *testing.T) {
	course, err := Builtin()
	if err != nil {
		t.Errorf("%v", err)
	}
	var out strings.Builder
	report := Check(course, Options{})
	report.Print(&out)
	if !report.OK() {
		t.Errorf("\n%s", out.String())
	}
	t.Log(out.String()[strings.LastIndex(strings.TrimRight(out.String(), "\n"), "\n")+1:])
}

func BenchmarkCheck(b *testing.B) {
	for b.Loop() {
		course, _ := Builtin()
		Check(course, Options{})
	}
}

func BenchmarkOutline(b *testing.B) {
	for b.Loop() {
		if _, err := Builtin(); err != nil {
			b.Fatal(err)
		}
	}
}
