package plain

import (
	"fmt"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"drydock/lessons"
	"drydock/sim"
)

const consoleCommand = sim.LineCommand

// stripped is a line without colours.
func stripped(line string) string { return strings.TrimRight(ansi.Strip(line), " ") }

// begin starts a lesson, or takes it up where it was left.
func (g *game) begin(name string, anew bool) {
	lesson := g.Course.Lesson(name)
	if lesson == nil {
		g.say(fmt.Sprintf("There is no lesson %q. @map lists them.", name))
		return
	}
	saved, begun := g.Progress.Saved(lesson.ID)
	if anew || saved.Passed {
		saved, begun = lessons.Saved{}, false
	}
	play, err := lessons.ResumePlay(lesson, saved)
	if err != nil {
		g.say("This lesson cannot be played: " + err.Error())
		return
	}
	g.leave()
	g.play = play
	g.shown = len(play.Session().World().Console().Lines)
	g.say("")
	g.say(fmt.Sprintf("Lesson %s: %s", lesson.Number, lesson.Title))
	g.say(lesson.Summary)
	if begun && len(saved.Journal) > 0 {
		g.say("You were here before; it goes on where you left it. @anew begins again.")
	} else if lesson.Intro != "" {
		g.say("")
		g.say(strings.TrimSpace(lesson.Intro))
	}
	g.step()
}

// step tells the current step in full.
func (g *game) step() {
	if g.play.Phase() == lessons.Over {
		g.finish()
		return
	}
	n, step := g.play.Step()
	g.say("")
	g.say(fmt.Sprintf("Step %d of %d: %s", n+1, len(g.play.Lesson().Steps), step.Title))
	if prose := strings.TrimSpace(step.Prose); prose != "" {
		g.say("")
		g.say(prose)
	}
	if g.play.Phase() == lessons.Asking {
		g.question(step)
		return
	}
	g.goals()
	g.actions()
}

func (g *game) question(step *lessons.Step) {
	g.say("")
	g.say("Question: " + step.Question)
	for i, a := range step.Answers {
		g.say(fmt.Sprintf("  %d. %s", i+1, a.Text))
	}
}

// goals lists them as they stand.
func (g *game) goals() {
	g.say("")
	g.say("Goals:")
	for _, goal := range g.play.Goals() {
		switch {
		case goal.Met && goal.Holding > 0:
			g.say(fmt.Sprintf("  holds, for another %s: %s", goal.Holding, goal.Text))
		case goal.Met:
			g.say("  done: " + goal.Text)
		default:
			g.say("  open: " + goal.Text)
			if goal.Found != "" {
				g.say("        " + goal.Found)
			}
		}
	}
}

func (g *game) actions() {
	_, step := g.play.Step()
	if len(step.Actions) == 0 {
		return
	}
	g.say("")
	g.say("Actions, by number; or type a command:")
	for i, a := range step.Actions {
		g.say(fmt.Sprintf("  %d. %s", i+1, a.Command))
		if a.Why != "" {
			g.say("     " + a.Why)
		}
	}
}

// goalNews says how the goals stand after a change, briefly; before is the phase
// then, because a step is passed only once.
func (g *game) goalNews(before lessons.Phase) {
	if before == lessons.Passed {
		return
	}
	if g.play.Phase() == lessons.Passed {
		g.passed()
		return
	}
	goals := g.play.Goals()
	met := 0
	for _, goal := range goals {
		if goal.Met {
			met++
		}
	}
	g.say(fmt.Sprintf("[goals: %d of %d]", met, len(goals)))
}

// passed says that the step is done and what the question was about.
func (g *game) passed() {
	g.say("")
	g.say("Done: every goal of this step is reached.")
	for _, text := range g.play.Because() {
		g.say(text)
	}
	g.say("Enter goes on. You may also look around first.")
}

// goOn goes to the next step or to the debrief.
func (g *game) goOn() {
	g.play.Next()
	g.news()
	g.step()
}

// finish is the debrief.
func (g *game) finish() {
	lesson, stars := g.play.Lesson(), g.play.Stars()
	g.Progress.Finish(lesson.ID, stars)
	g.say("")
	g.say(fmt.Sprintf("Lesson %s is finished: %d of 3 stars.", lesson.Number, stars.Count()))
	for _, s := range []struct {
		has  bool
		text string
	}{{stars.Finished, "finished"}, {stars.Unaided, "without a solution"}, {stars.WithinPar, fmt.Sprintf("within par, %d commands; you used %d", lesson.Par, g.play.Commands())}} {
		word := "not yet: "
		if s.has {
			word = "star: "
		}
		g.say("  " + word + s.text)
	}
	g.say("")
	g.say(strings.TrimSpace(lesson.Debrief))
	g.leave()
	if next := g.next(); next != nil {
		g.say("")
		g.say(fmt.Sprintf("Next: %s %s. Enter begins it, @map lists all lessons, @quit leaves.", next.Number, next.Title))
	}
}

// editing lets a person write a file where there is no editor: the new content
// line by line, a single dot ends it.
func (g *game) editing() {
	e := g.play.Session().World().Console().Edit
	if e == nil {
		return
	}
	g.say(fmt.Sprintf("Editing %s on %s. It holds:", e.Path, e.Machine))
	for i, line := range strings.Split(strings.TrimSuffix(e.Data, "\n"), "\n") {
		g.say(fmt.Sprintf("%3d  %s", i+1, line))
	}
	g.say("Type the whole new content; a line with a single dot ends it, @keep leaves the file as it is.")
	var text strings.Builder
	for g.in.Scan() {
		switch line := strings.TrimRight(g.in.Text(), "\r"); line {
		case ".":
			g.play.Do(sim.Input{Kind: sim.InputEdit, Machine: e.Machine, Path: e.Path, Text: text.String()})
			g.edited("Saved.")
			return
		case "@keep":
			g.play.Do(sim.Input{Kind: sim.InputEdit, Machine: e.Machine})
			g.edited("Left as it was.")
			return
		default:
			text.WriteString(line + "\n")
		}
	}
	g.play.Do(sim.Input{Kind: sim.InputEdit, Machine: e.Machine})
}

// edited lets the command go on that opened the editor and tells what it makes of
// the file; kubectl edit may open it a second time.
func (g *game) edited(how string) {
	g.say(how)
	g.play.Settle()
	g.news()
	g.editing()
}
