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

// The longest lesson, played to its end: what one undo costs there.
func BenchmarkUndo(b *testing.B) {
	course, err := Builtin()
	if err != nil {
		b.Fatal(err)
	}
	p, err := Start(course.Lessons[0])
	if err != nil {
		b.Fatal(err)
	}
	defer p.Close()
	for p.Phase() != Over {
		answerRight(p)
		_, step := p.Step()
		for _, line := range step.Solution {
			p.Type(line)
			p.Settle()
		}
		if n, _ := p.Step(); n == len(p.lesson.Steps)-1 {
			break
		}
		p.Next()
	}
	p.Type("touch a")
	for b.Loop() {
		if err := p.Undo(); err != nil {
			b.Fatal(err)
		}
		if err := p.Redo(); err != nil {
			b.Fatal(err)
		}
	}
}
