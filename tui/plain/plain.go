// Package plain is the whole game line by line: for screen readers, for
// terminals that draw nothing, for pipes and logs. It shows and asks the same as
// the screens do; lines that begin with @ are for the game, all others are typed
// at the simulated terminal.
package plain

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"drydock/lessons"
	"drydock/tui/ui"
)

// Options are what main knows.
type Options struct {
	Course   *lessons.Course
	Progress ui.Progress
	Start    string // id of the lesson to begin with; empty begins with the map
	In       io.Reader
	Out      io.Writer
	// Echo repeats what was read, for input that nobody sees, such as a pipe.
	Echo bool
}

// game is the state of the conversation.
type game struct {
	Options
	in    *bufio.Scanner
	play  *lessons.Play // nil on the map
	shown int           // console lines that were printed
	over  bool
}

// maxLine is the longest line that is read, in bytes.
const maxLine = 1 << 20

// Run plays until @quit or the end of the input. Progress is kept after each line.
func Run(o Options) error {
	g := &game{Options: o, in: bufio.NewScanner(o.In)}
	g.in.Buffer(nil, maxLine)
	g.say("drydock, line by line. Lines that begin with @ are for the game: @help lists them.")
	if o.Start != "" {
		g.begin(o.Start, false)
	} else {
		g.showMap()
	}
	for !g.over {
		fmt.Fprint(g.Out, g.prompt())
		if !g.in.Scan() {
			g.say("")
			break
		}
		line := strings.TrimRight(g.in.Text(), "\r")
		if g.Echo {
			g.say(line)
		}
		g.line(line)
		if err := g.keep(); err != nil {
			g.say("drydock: progress is not saved: " + err.Error())
		}
	}
	g.leave()
	return errors.Join(g.in.Err(), g.Progress.Write())
}

// prompt is what stands before the cursor.
func (g *game) prompt() string {
	if g.play == nil {
		return "map> "
	}
	if g.play.Phase() == lessons.Asking {
		return "answer> "
	}
	if c := g.play.Session().World().Console(); c.Prompt != "" {
		return c.Prompt
	}
	return "> "
}

// line carries out one line of input.
func (g *game) line(line string) {
	if verb, arg, ok := gameVerb(line); ok {
		for _, c := range commands() {
			if c.name == verb {
				c.run(g, arg)
				return
			}
		}
	}
	if g.play == nil {
		g.onMap(line)
		return
	}
	g.inLesson(line)
}

// gameVerb splits "@hint" and "@why web".
func gameVerb(line string) (verb, arg string, ok bool) {
	rest, ok := strings.CutPrefix(strings.TrimSpace(line), "@")
	if !ok {
		return "", "", false
	}
	verb, arg, _ = strings.Cut(rest, " ")
	return verb, strings.TrimSpace(arg), true
}

func (g *game) onMap(line string) {
	line = strings.TrimSpace(line)
	switch {
	case line == "":
		if next := g.next(); next != nil {
			g.begin(next.ID, false)
		}
	case strings.HasPrefix(line, "@"):
		g.say("There is no " + line + "; @help lists what there is.")
	default:
		g.begin(line, false)
	}
}

// inLesson answers a question, picks an action, goes on, or types at the terminal.
func (g *game) inLesson(line string) {
	n, err := strconv.Atoi(strings.TrimSpace(line))
	number := err == nil
	_, step := g.play.Step()
	switch phase := g.play.Phase(); {
	case phase == lessons.Asking && (number || strings.TrimSpace(line) == ""):
		g.answer(step, n, number)
	case phase == lessons.Passed && strings.TrimSpace(line) == "":
		g.goOn()
	case number && n >= 1 && n <= len(step.Actions) && g.atPrompt():
		g.say(g.prompt() + step.Actions[n-1].Command)
		g.enter(step.Actions[n-1].Command)
	default:
		g.enter(line)
	}
}

// answer takes the number of an answer to the step's question.
func (g *game) answer(step *lessons.Step, n int, number bool) {
	if !number || n < 1 || n > len(step.Answers) {
		g.say("Answer with a number, please.")
		g.question(step)
		return
	}
	if err := g.play.Answer(n - 1); err != nil {
		g.say(err.Error())
		return
	}
	g.say("You say: " + step.Answers[n-1].Text)
	g.play.Settle()
	g.tell(true)
	if g.play.Phase() == lessons.Passed {
		g.passed()
		return
	}
	g.goals()
	g.actions()
}

// atPrompt reports that a shell waits for a command, so that a digit is a choice.
func (g *game) atPrompt() bool {
	c := g.play.Session().World().Console()
	return c.Reading && !c.Busy && c.Edit == nil
}

// enter types a line, lets the world settle and tells what came of it.
func (g *game) enter(line string) {
	if strings.TrimSpace(line) == "" {
		return
	}
	before := g.play.Phase()
	g.play.Type(line)
	g.play.Settle()
	g.news()
	g.editing()
	if c := g.play.Session().World().Console(); c.Busy && c.Edit == nil {
		g.say("(The command is still running. @wait 10s lets time pass, @interrupt is Ctrl-C.)")
	}
	if before == lessons.Asking {
		g.say("(The question waits: a number answers it, @step shows it again.)")
		return
	}
	g.goalNews(before)
}

// news prints what the terminal shows since the last time, without what was typed.
func (g *game) news() { g.tell(false) }

// tell does so with the commands if nobody but the lesson typed them.
func (g *game) tell(commands bool) {
	lines := g.play.Session().World().Console().Lines
	g.shown = min(g.shown, len(lines))
	for _, l := range lines[g.shown:] {
		if commands || l.Kind != consoleCommand {
			g.say(stripped(l.Text))
		}
	}
	g.shown = len(lines)
}

func (g *game) say(text string) { fmt.Fprintln(g.Out, text) }

// keep stores how far the lesson is.
func (g *game) keep() error {
	if g.play == nil {
		return nil
	}
	g.Progress.Keep(g.play.Lesson().ID, g.play.Save())
	return g.Progress.Write()
}

// leave ends the lesson that is played.
func (g *game) leave() {
	if g.play != nil {
		g.Progress.Keep(g.play.Lesson().ID, g.play.Save())
		g.play.Close()
		g.play = nil
	}
}
