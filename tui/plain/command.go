package plain

import (
	"fmt"
	"strings"
	"time"

	"drydock/lessons"
	"drydock/sim"
)

// command is a line for the game.
type command struct {
	name, help string
	run        func(g *game, arg string)
}

// commands are all lines for the game that plain mode knows; the world's own
// (@power off NODE and other faults) are handed on.
func commands() []command {
	return []command{
		{"help", "this list", (*game).help},
		{"goals", "the goals, and what is still different", inLesson((*game).goals)},
		{"actions", "the action menu", inLesson((*game).actions)},
		{"step", "the text of this step again", inLesson((*game).step)},
		{"hint", "the next hint", inLesson((*game).hint)},
		{"solution", "the solution; it costs the second star", inLesson((*game).solution)},
		{"harbour", "what there is in this world now", inLesson((*game).harbour)},
		{"why", "why NAME: how a container, image, machine or :PORT came to be as it is", (*game).why},
		{"undo", "take back your last action", inLesson((*game).undo)},
		{"redo", "bring it back", inLesson((*game).redo)},
		{"restart", "begin this step again", inLesson((*game).restart)},
		{"wait", "wait 10s: let virtual time pass", (*game).wait},
		{"settle", "let time pass until nothing is under way", inLesson((*game).settle)},
		{"interrupt", "Ctrl-C", inLesson(func(g *game) { g.play.Do(sim.Input{Kind: sim.InputInterrupt}); g.play.Settle(); g.news() })},
		{"eof", "Ctrl-D", inLesson(func(g *game) { g.play.Do(sim.Input{Kind: sim.InputEOF}); g.play.Settle(); g.news() })},
		{"switch", "switch NAME: go to another machine", (*game).switchTo},
		{"map", "leave this lesson for the list of all", func(g *game, _ string) { g.leave(); g.showMap() }},
		{"lesson", "lesson NUMBER: begin one", func(g *game, arg string) { g.begin(arg, false) }},
		{"anew", "begin this lesson again", (*game).anew},
		{"quit", "leave; everything is kept", func(g *game, _ string) { g.over = true }},
	}
}

// inLesson makes a command that needs a lesson.
func inLesson(run func(*game)) func(*game, string) {
	return func(g *game, _ string) {
		if g.play == nil {
			g.say("That needs a lesson. Type a lesson's number to begin one.")
			return
		}
		run(g)
	}
}

func (g *game) help(string) {
	for _, c := range commands() {
		g.say(fmt.Sprintf("  @%-10s %s", c.name, c.help))
	}
	g.say("  @FAULT      break or mend something: " + strings.Join(sim.FaultNames(), ", "))
	g.say("Everything else is typed at the simulated terminal. A number picks an action or an answer.")
}

func (g *game) hint() {
	text, ok := g.play.Hint()
	if !ok {
		g.say("There is no other hint. @solution shows the solution and costs a star.")
		return
	}
	g.say("Hint: " + text)
}

func (g *game) solution() {
	g.say("One way to do it:")
	for _, line := range g.play.Solution() {
		g.say("  " + line)
	}
}

func (g *game) why(arg string) {
	if g.play == nil || arg == "" {
		g.say("Say why and a name, in a lesson: @why web")
		return
	}
	causes := g.play.Session().World().Why(arg)
	if len(causes) == 0 {
		g.say(fmt.Sprintf("Nothing has happened to %q in this world.", arg))
		return
	}
	for i, c := range causes {
		lead := ""
		if i > 0 {
			lead = "because "
		}
		g.say(fmt.Sprintf("%s after %s: %s", lead, c.At.Round(time.Second), c.Text))
		if c.See != "" {
			g.say("  see: " + c.See)
		}
	}
}

func (g *game) undo() {
	if err := g.play.Undo(); err != nil {
		g.say("There is nothing to undo in this step.")
		return
	}
	g.shown = len(g.play.Session().World().Console().Lines)
	g.say("Taken back.")
	g.goals()
}

func (g *game) redo() {
	if err := g.play.Redo(); err != nil {
		g.say("There is nothing to redo.")
		return
	}
	g.say("Brought back.")
	g.news()
	g.goals()
}

func (g *game) restart() {
	if err := g.play.Restart(); err != nil {
		g.say(err.Error())
		return
	}
	g.shown = len(g.play.Session().World().Console().Lines)
	g.step()
}

func (g *game) wait(arg string) {
	d, err := time.ParseDuration(arg)
	if g.play == nil || err != nil || d <= 0 || d > 24*time.Hour {
		g.say("Say how long, in a lesson: @wait 10s")
		return
	}
	before := g.play.Phase()
	g.play.Advance(d)
	g.news()
	g.goalNews(before)
}

func (g *game) settle() {
	before := g.play.Phase()
	g.play.Settle()
	g.news()
	g.goalNews(before)
}

func (g *game) switchTo(arg string) {
	if g.play == nil {
		g.say("That needs a lesson.")
		return
	}
	g.play.Do(sim.Input{Kind: sim.InputSwitch, Machine: arg})
	g.news()
}

func (g *game) anew(string) {
	if g.play == nil {
		g.say("That needs a lesson.")
		return
	}
	g.begin(g.play.Lesson().ID, true)
}

// harbour is the picture of the world in words.
func (g *game) harbour() {
	state := g.play.Session().World().State()
	for _, m := range state.Machines {
		power := ""
		if !m.Powered {
			power = ", without power"
		}
		g.say(fmt.Sprintf("Machine %s%s:", m.Name, power))
		for _, c := range state.Containers {
			if c.Machine != m.Name {
				continue
			}
			g.say(fmt.Sprintf("  container %s of %s: %s", c.Name, c.Image, c.Status))
			for _, p := range c.Ports {
				g.say(fmt.Sprintf("    port %d leads to its port %d, where %s", p.HostPort, p.Container, listens(p.Answers)))
			}
		}
		for _, i := range state.Images {
			if i.Machine == m.Name && len(i.Names) > 0 {
				g.say("  image " + strings.Join(i.Names, ", "))
			}
		}
		for _, v := range state.Volumes {
			if v.Machine == m.Name && !v.Anonymous {
				g.say("  volume " + v.Name)
			}
		}
	}
}

func listens(yes bool) string {
	if yes {
		return "something answers"
	}
	return "nothing listens"
}

// showMap lists the course.
func (g *game) showMap() {
	g.say("")
	for _, c := range g.Course.Chapters {
		first := true
		for _, l := range g.Course.Lessons {
			if l.Chapter != c.Number {
				continue
			}
			if first {
				g.say(fmt.Sprintf("Chapter %d: %s", c.Number, c.Title))
				first = false
			}
			g.say(fmt.Sprintf("  %-5s %s, %d minutes, %d of 3 stars", l.Number, l.Title, l.Minutes, g.Progress.Best(l.ID).Count()))
		}
	}
	if next := g.next(); next != nil {
		g.say(fmt.Sprintf("Type a number to begin a lesson; Enter begins %s %s.", next.Number, next.Title))
	}
}

// next is the first lesson that is not finished.
func (g *game) next() *lessons.Lesson {
	for _, l := range g.Course.Lessons {
		if !g.Progress.Best(l.ID).Finished {
			return l
		}
	}
	return nil
}
