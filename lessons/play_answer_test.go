package lessons

import (
	"testing"
	"testing/fstest"
	"time"
)

const waiting = `---
id: kettle
number: "1.1"
title: Kettle
summary: An answer whose consequence takes a while.
minutes: 1
world: {machines: [laptop]}
---

Intro.

## Boil

` + "```step" + `
kind: predict
question: Does it boil?
answers:
  - {text: "No", because: It does., run: ["date +%s > before", "@wait 30s", "date +%s > after"]}
  - {text: "Yes", right: true, because: It does.}
hints: [a, b, c]
` + "```" + `

## Debrief

Done.
`

// A wait in the consequence of an answer holds up the line after it.
func TestAnAnswersLinesComeOneAfterTheOther(t *testing.T) {
	course, err := Load(fstest.MapFS{"kettle/lesson.md": {Data: []byte(waiting)}})
	if err != nil {
		t.Fatal(err)
	}
	p, err := Start(course.Lessons[0])
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	begin := p.Session().World().Elapsed()
	if err := p.Answer(0); err != nil {
		t.Fatal(err)
	}
	p.Settle()
	wantPhase(t, p, 0, Passed)
	if took := p.Session().World().Elapsed() - begin; took < 30*time.Second {
		t.Errorf("it took only %v", took)
	}
	before, after := p.Session().World().ReadFile("laptop", "before"), p.Session().World().ReadFile("laptop", "after")
	if before == "" || before >= after {
		t.Errorf("the line after the wait ran at %q, the one before it at %q", after, before)
	}
}
