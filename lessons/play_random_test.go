package lessons

import (
	"reflect"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// Whatever a learner does, in whatever order: a passed step stays passed until
// Next or Restart, undo never leaves the step, and what is saved comes back.
func TestAnyOrderOfMovesIsSafe(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := randomLamp(t)
		defer func() { p.Close() }()
		for range rapid.IntRange(1, 25).Draw(t, "moves") {
			step, _ := p.Step()
			before := p.Phase()
			move := rapid.SampledFrom([]string{"on", "off", "rm", "undo", "redo", "next", "restart", "answer", "hint", "wait", "settle", "resume"}).Draw(t, "move")
			randomMove(t, p, move)
			if move == "resume" {
				q, err := ResumePlay(p.Lesson(), p.Save())
				if err != nil {
					t.Fatal(err)
				}
				if a, b := p.Save(), q.Save(); !reflect.DeepEqual(a, b) || p.Phase() != q.Phase() {
					t.Fatalf("saved %s %+v\nresumed %s %+v", p.Phase(), a, q.Phase(), b)
				}
				p.Close()
				p = q
			}
			after, _ := p.Step()
			if before == Passed && p.Phase() != Passed && move != "next" && move != "restart" {
				t.Fatalf("%s took the step back to %s", move, p.Phase())
			}
			if after != step && move != "next" || after < step {
				t.Fatalf("%s went from step %d to %d", move, step, after)
			}
		}
	})
}

func randomLamp(t *rapid.T) *Play {
	course, err := Load(packOf("testdata/good"))
	if err != nil {
		t.Fatal(err)
	}
	p, err := Start(course.Lessons[0])
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func randomMove(t *rapid.T, p *Play, move string) {
	switch move {
	case "on", "off":
		p.Type("echo " + move + " > lamp")
	case "rm":
		p.Type("rm lamp")
	case "undo":
		if can := p.CanUndo(); (p.Undo() == nil) != can {
			t.Fatalf("CanUndo said %v", can)
		}
	case "redo":
		if can := p.CanRedo(); (p.Redo() == nil) != can {
			t.Fatalf("CanRedo said %v", can)
		}
	case "next":
		p.Next()
	case "restart":
		if err := p.Restart(); err != nil {
			t.Fatal(err)
		}
	case "answer":
		_ = p.Answer(rapid.IntRange(-1, 2).Draw(t, "answer"))
	case "hint":
		p.Hint()
	case "wait":
		p.Advance(time.Duration(rapid.IntRange(0, 90).Draw(t, "seconds")) * time.Second)
	case "settle":
		p.Settle()
	}
}
