package lessons

import (
	"slices"
	"strings"
	"time"

	"drydock/sim"
)

// stepBlock is the YAML of a block named step.
type stepBlock struct {
	Kind     text          `yaml:"kind"`
	Goals    []goalBlock   `yaml:"goals"`
	Actions  []actionBlock `yaml:"actions"`
	Hints    lines         `yaml:"hints"`
	Solution lines         `yaml:"solution"`
	Wrong    []wrongBlock  `yaml:"wrong"`
	Stable   span          `yaml:"stable"`
	Faults   lines         `yaml:"faults"`
	Question text          `yaml:"question"`
	Answers  []answerBlock `yaml:"answers"`
}

type goalBlock struct {
	Text  text `yaml:"text"`
	When  text `yaml:"when"`
	Found text `yaml:"found"`
}

type actionBlock struct {
	Command text `yaml:"command"`
	Why     text `yaml:"why"`
}

type wrongBlock struct {
	Run    lines `yaml:"run"`
	Expect text  `yaml:"expect"`
}

type answerBlock struct {
	Text    text  `yaml:"text"`
	Right   bool  `yaml:"right"`
	Because text  `yaml:"because"`
	Run     lines `yaml:"run"`
}

// readStep reads a section of a lesson as a step.
func readStep(s section, c *collector) Step {
	step := Step{Title: s.title, Prose: string(s.prose), Line: s.line}
	if s.title == "" {
		c.add(s.line, "a step needs a title after the ##")
	}
	if len(s.fence) != 1 {
		c.add(s.line, "the step %q needs exactly one fenced block named step, not %d", s.title, len(s.fence))
	}
	if len(s.fence) == 0 {
		return step
	}
	var b stepBlock
	if !c.strict(s.fence[0].line, s.fence[0].text, &b) {
		return step
	}
	step.blockLine = s.fence[0].line
	c.limits(&b, step.blockLine)
	step.fill(&b)
	c.checkKind(&step, &b)
	c.checkTexts(&step, &b)
	step.compile(&b, c)
	return step
}

// fill copies the block's values into the step.
func (s *Step) fill(b *stepBlock) {
	s.Kind, s.Stable, s.Question = StepKind(b.Kind.value), time.Duration(b.Stable), b.Question.value
	s.Hints, s.Solution, s.Faults = b.Hints.values(), b.Solution.values(), b.Faults.values()
	for _, g := range b.Goals {
		s.Goals = append(s.Goals, Goal{Text: g.Text.value, When: g.When.value, Found: strings.TrimSpace(g.Found.value), Line: g.When.line})
	}
	for _, a := range b.Actions {
		s.Actions = append(s.Actions, Action{Command: a.Command.value, Why: a.Why.value, Line: a.Command.line})
	}
	for _, w := range b.Wrong {
		s.Wrong = append(s.Wrong, Wrong{Run: w.Run.values(), Expect: w.Expect.value, Line: w.Expect.line})
	}
	for _, a := range b.Answers {
		s.Answers = append(s.Answers, Answer{Text: a.Text.value, Right: a.Right, Because: a.Because.value, Run: a.Run.values(), Line: a.Text.line})
	}
	if len(b.Hints) > 0 {
		s.hintLine = b.Hints[0].line
	}
	if len(b.Solution) > 0 {
		s.solutionLine = b.Solution[0].line
	}
}

// limits refuses a step that is far too large.
func (c *collector) limits(b *stepBlock, line int) {
	check := func(what string, n, most int) {
		if n > most {
			c.add(line, "a step may have at most %d %s, not %d", most, what, n)
		}
	}
	check("goals", len(b.Goals), maxGoals)
	check("actions", len(b.Actions), maxActions)
	check("lines of solution", len(b.Solution), maxLines)
	check("wrong ways", len(b.Wrong), maxWrong)
	check("answers", len(b.Answers), maxAnswers)
	check("faults", len(b.Faults), maxFaults)
	b.Goals, b.Actions = b.Goals[:min(len(b.Goals), maxGoals)], b.Actions[:min(len(b.Actions), maxActions)]
	b.Wrong, b.Answers = b.Wrong[:min(len(b.Wrong), maxWrong)], b.Answers[:min(len(b.Answers), maxAnswers)]
	b.Solution = b.Solution[:min(len(b.Solution), maxLines)]
	for i := range b.Wrong {
		check("lines of a wrong way", len(b.Wrong[i].Run), maxLines)
		b.Wrong[i].Run = b.Wrong[i].Run[:min(len(b.Wrong[i].Run), maxLines)]
	}
	for _, l := range slices.Concat(b.Hints, b.Solution, b.Faults) {
		if len(l.value) > maxText {
			c.add(l.line, "a text may have at most %d characters", maxText)
		}
	}
}

// checkKind reports what does not go with the kind of step.
func (c *collector) checkKind(s *Step, b *stepBlock) {
	asks := s.Kind == Predict || s.Kind == Choose
	if !asks && s.Kind != Do && s.Kind != Fix {
		c.add(max(b.Kind.line, s.blockLine), "kind is do, predict, fix or choose, not %q", s.Kind)
		return
	}
	switch {
	case asks && s.Question == "":
		c.add(b.Kind.line, "a step of kind %s asks something; add question: and answers:", s.Kind)
	case asks && len(s.Answers) < 2:
		c.add(b.Kind.line, "a question needs at least two answers")
	case !asks && (s.Question != "" || len(s.Answers) > 0):
		c.add(b.Kind.line, "a step of kind %s asks nothing; make it predict or choose, or take question and answers out", s.Kind)
	case !asks && len(s.Goals) == 0:
		c.add(b.Kind.line, "a step of kind %s needs at least one goal", s.Kind)
	}
	if len(s.Goals) > 0 && len(s.Solution) == 0 && !asks {
		c.add(b.Kind.line, "the step has goals but no solution; write the lines that reach them")
	}
}

// checkTexts reports texts that are missing and faults that do not exist.
func (c *collector) checkTexts(s *Step, b *stepBlock) {
	for i, g := range s.Goals {
		line := max(b.Goals[i].Text.line, g.Line, s.blockLine)
		if g.Text == "" || g.When == "" || g.Found == "" {
			c.add(line, "a goal needs text: (what to reach), when: (an expression) and found: (what to say while it is false)")
		}
	}
	for _, a := range s.Actions {
		if strings.TrimSpace(a.Command) == "" || a.Why == "" {
			c.add(max(a.Line, s.blockLine), "an action needs command: and why: (why one would run it)")
		}
	}
	for _, a := range s.Answers {
		if a.Text == "" || a.Because == "" {
			c.add(max(a.Line, s.blockLine), "an answer needs text: and because: (said once the learner has seen what happens)")
		}
	}
	for i, w := range s.Wrong {
		if len(w.Run) == 0 || w.Expect == "" {
			c.add(max(w.Line, s.blockLine), "wrong way %d needs run: (its lines) and expect: (the text of a goal that stays open)", i+1)
		}
	}
	for _, f := range b.Faults {
		if _, err := sim.ParseFault(f.value); err != nil {
			c.add(f.line, "faults: %s", err)
		}
	}
	for _, line := range slices.Concat(s.Solution, actionLines(s)) {
		if _, err := parseGame(line); err != nil {
			c.add(max(s.solutionLine, s.blockLine), "%s", err)
		}
	}
}

func actionLines(s *Step) []string {
	var out []string
	for _, a := range s.Actions {
		out = append(out, a.Command)
	}
	for _, w := range s.Wrong {
		out = append(out, w.Run...)
	}
	for _, a := range s.Answers {
		out = append(out, a.Run...)
	}
	return out
}

// compile makes the goals' expressions ready to run.
func (s *Step) compile(b *stepBlock, c *collector) {
	for i := range s.Goals {
		g := &s.Goals[i]
		var err error
		if g.When != "" {
			if g.when, err = compileWhen(g.When); err != nil {
				c.add(b.Goals[i].When.line, "when: %s", err)
			}
		}
		if g.found, err = compileFound(g.Found); err != nil {
			c.add(b.Goals[i].Found.line, "found: %s", err)
		}
	}
}
