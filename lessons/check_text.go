package lessons

import (
	"bytes"
	"cmp"
	"slices"
	"strings"

	"github.com/rivo/uniseg"
	"github.com/yuin/goldmark/ast"
)

const (
	hintsPerStep = 3
	// codeWidth is how many columns a line of code may have in prose: what the
	// narrow layout of the lesson pane holds.
	codeWidth = 56
)

// checkHints: three of them (notice, where to look, nearly the command), all
// different, and none that gives the solution away word for word.
func checkHints(l *Lesson, c *collector) {
	for i := range l.Steps {
		s := &l.Steps[i]
		line := cmp.Or(s.hintLine, s.Line)
		if len(s.Goals) == 0 && len(s.Hints) == 0 {
			continue // a question alone
		}
		if len(s.Hints) != hintsPerStep {
			c.add(line, "the step %q has %d hints; write three: what to notice, where to look, nearly the command", s.Title, len(s.Hints))
		}
		seen := map[string]bool{}
		for n, h := range s.Hints {
			bare := bareLine(h)
			switch {
			case bare == "":
				c.add(line, "hint %d of the step %q is empty", n+1, s.Title)
			case seen[bare]:
				c.add(line, "hint %d of the step %q says the same as one before it", n+1, s.Title)
			case givesAway(bare, s.Solution):
				c.add(line, "hint %d of the step %q is the solution; leave the last part to the learner", n+1, s.Title)
			}
			seen[bare] = true
		}
	}
}

func givesAway(hint string, solution []string) bool {
	if hint == bareLine(strings.Join(solution, " && ")) || hint == bareLine(strings.Join(solution, "; ")) {
		return true
	}
	return len(solution) == 1 && hint == bareLine(solution[0])
}

func bareLine(s string) string { return strings.Join(strings.Fields(strings.Trim(s, "` .")), " ") }

// checkAnswers: one right answer to a prediction, at least one to a choice, and
// no two alike.
func checkAnswers(l *Lesson, c *collector) {
	for i := range l.Steps {
		s := &l.Steps[i]
		right, seen := 0, map[string]bool{}
		for _, a := range s.Answers {
			if a.Right {
				right++
			}
			if seen[bareLine(a.Text)] {
				c.add(a.Line, "two answers say %q", a.Text)
			}
			seen[bareLine(a.Text)] = true
		}
		switch {
		case s.Kind == Predict && right != 1:
			c.add(s.Line, "the prediction %q has %d right answers; exactly one must be right: true", s.Title, right)
		case s.Kind == Choose && right == 0:
			c.add(s.Line, "the choice %q has no right answer; mark one with right: true", s.Title)
		}
	}
}

// checkWidth: code in prose is never wrapped, so it must fit.
func checkWidth(l *Lesson, c *collector) {
	b := &body{text: l.body, line: l.bodyLine}
	_ = ast.Walk(b.parse(), func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		fenced, isFenced := n.(*ast.FencedCodeBlock)
		_, isCode := n.(*ast.CodeBlock)
		if !entering || !isFenced && !isCode || isFenced && string(fenced.Language(b.text)) == "step" {
			return ast.WalkContinue, nil
		}
		for i := range n.Lines().Len() {
			at := n.Lines().At(i)
			text := bytes.TrimRight(at.Value(b.text), "\r\n")
			if w := uniseg.StringWidth(string(text)); w > codeWidth {
				c.add(b.lineAt(at.Start), "this line of code has %d columns; at most %d fit a narrow screen", w, codeWidth)
			}
		}
		return ast.WalkContinue, nil
	})
}

// checkClaims: what the course promises to show is shown. A claim whose lesson is
// not written yet is only noted.
func checkClaims(course *Course) Problems {
	c := &collector{file: courseName, check: "claims"}
	covered := map[string]bool{}
	for _, l := range course.Lessons {
		for _, claim := range l.Covers {
			covered[claim] = true
			if _, known := course.claims[claim]; !known && course.claims != nil {
				c.file = l.Source
				c.add(l.lines["covers"], "covers: there is no claim %s in %s", claim, courseName)
			}
		}
	}
	var open []string
	for claim := range course.claims {
		if !covered[claim] {
			open = append(open, claim)
		}
	}
	slices.Sort(open)
	c.file = courseName
	for _, claim := range open {
		planned := course.claims[claim]
		if course.Lesson(planned.value) != nil {
			c.add(planned.line, "no lesson covers %s; lesson %s is to show it: add it there, with covers:", claim, planned.value)
			continue
		}
		c.note(planned.line, "no lesson covers %s yet; it is planned for lesson %s", claim, planned.value)
	}
	return c.list
}
