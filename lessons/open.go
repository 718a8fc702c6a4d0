package lessons

import "strings"

// debriefTitle is the heading that closes a lesson.
const debriefTitle = "Debrief"

// Open reads the lesson's world, files and steps, and compiles its goals. It does
// nothing the second time. The error is Problems.
func (l *Lesson) Open() error { return l.open().err() }

func (l *Lesson) open() Problems {
	if l.opened || l.pack == nil {
		return l.problems
	}
	l.opened = true
	c := &collector{check: "load", file: l.Source}
	l.readWorld(c)
	l.readBody(c)
	l.problems = c.list.sort()
	return l.problems
}

func (l *Lesson) readBody(c *collector) {
	b := &body{text: l.body, line: l.bodyLine}
	sections := b.sections(c)
	intro := sections[0]
	if len(intro.fence) > 0 {
		c.add(intro.fence[0].line-1, "a step needs a heading; write ## and a title above it")
	}
	l.Intro = string(intro.prose)
	closed := false
	for _, s := range sections[1:] {
		switch {
		case closed:
			c.add(s.line, "nothing may follow ## %s; move this step before it", debriefTitle)
		case strings.EqualFold(s.title, debriefTitle):
			l.Debrief, closed = string(s.prose), true
			l.debriefLine = s.line
			if len(s.fence) > 0 {
				c.add(s.fence[0].line-1, "the debrief holds no step")
			}
		case len(l.Steps) == maxSteps:
			c.add(s.line, "a lesson may have at most %d steps; make two lessons of it", maxSteps)
			return
		default:
			l.Steps = append(l.Steps, readStep(s, c))
		}
	}
	if len(l.Steps) == 0 {
		c.add(b.line, "there is no step; a step is a ## heading, prose, and a fenced block named step")
	}
	if !closed || l.Debrief == "" {
		c.add(0, "a lesson ends with ## %s: what happened, the model to keep, where it bites in production, commands met", debriefTitle)
	}
}
