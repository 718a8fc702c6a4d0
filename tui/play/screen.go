// Package play is the lesson screen: the lesson and its goals, the harbour, the
// terminal, and virtual time.
package play

import (
	"image"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"drydock/lessons"
	"drydock/sim"
	"drydock/tui/harbour"
	"drydock/tui/layout"
	"drydock/tui/prose"
	"drydock/tui/term"
	"drydock/tui/ui"
)

// Screen plays one lesson. What is drawn is taken from the game by refresh, so
// that View has nothing to compute but lines.
type Screen struct {
	game    Game
	home    Game // the lesson's own while game is a branch of it; else nil
	term    term.Model
	harbour harbour.Model
	prose   prose.Cache
	pace    pace
	typing  typing

	focus  layout.Pane
	zoom   layout.Pane
	size   image.Point // of the screen, as last told
	lines  []string    // the step's prose in the lesson pane's width
	wanted int         // lines that the lesson pane would like to have
	top    int         // first line of the prose that is shown

	step     int
	phase    lessons.Phase
	goals    []lessons.GoalState
	state    sim.State
	console  sim.Console
	elapsed  time.Duration
	solution []string
	began    int // command number when the step began
	answerAt int // command number when the question was answered
	columns  int // of the console, as last told to the world
	editing  bool
	typeOn   bool // pasted lines are being typed
	calmer   int  // generation of the tick that takes marks away
}

// New makes the screen of a game.
func New(env *ui.Env, game Game) *Screen {
	s := &Screen{game: game, term: term.New(), harbour: harbour.New(), focus: layout.Terminal, step: -1}
	s.pace.speed, s.pace.last = 1, env.Now()
	s.resize(env)
	s.refresh(env)
	return s
}

// Update is the table of contents of what can happen here.
func (s *Screen) Update(env *ui.Env, msg tea.Msg) (ui.Action, tea.Cmd) {
	switch msg := msg.(type) {
	case ui.Entered, ui.Repaint, tea.WindowSizeMsg:
		s.resize(env)
		return s.after(env)
	case tea.KeyPressMsg:
		return s.pressed(env, msg)
	case tea.PasteMsg:
		return s.paste(env, msg.Content)
	case tea.MouseClickMsg:
		return s.click(env, msg.Mouse())
	case tea.MouseWheelMsg:
		return s.wheel(env, msg.Mouse())
	case worldTick:
		return s.worldTick(env, msg)
	case typeTick:
		return s.typeTick(env, msg)
	case calmTick:
		if msg.generation == s.calmer {
			s.harbour.Calm()
		}
		return nil, nil
	}
	return s.told(env, msg)
}

// resize takes over the window's size. Where the first known one shows one pane
// at a time, that is the lesson: the first thing to do is to read.
func (s *Screen) resize(env *ui.Env) {
	first := s.size.X == 0
	s.size = image.Pt(env.Width, max(env.Height-1, 0))
	if first && env.Width > 0 && layout.ShapeOf(env.Width) == layout.Narrow {
		s.focus = layout.Lesson
	}
}

// after follows every change of the world: look at it again, go on with what
// waits for it, and see to the next tick.
func (s *Screen) after(env *ui.Env) (ui.Action, tea.Cmd) {
	changed := s.refresh(env)
	for s.typeOn && s.term.AtPrompt() {
		line, ok := s.term.Pasted()
		if !ok {
			s.typeOn = false
			break
		}
		s.game.Type(line)
		changed = s.refresh(env) || changed
	}
	cmds := []tea.Cmd{s.schedule(env)}
	if changed {
		s.calmer = env.Generation()
		tick := calmTick{s.calmer}
		cmds = append(cmds, tea.Tick(freshFor, func(time.Time) tea.Msg { return tick }))
	}
	return s.follow(env), tea.Batch(cmds...)
}

// follow is what the root has to do after a change: the editor that a command
// asked for, or the end of the lesson.
func (s *Screen) follow(env *ui.Env) ui.Action {
	switch {
	case s.console.Edit != nil && !s.editing:
		s.editing = true
		return ui.Edit{Request: *s.console.Edit}
	case s.console.Edit == nil:
		s.editing = false
	}
	if s.phase == lessons.Over {
		stars, saved := s.game.Stars(), s.game.Save()
		env.Progress.Finish(s.game.Lesson().ID, stars)
		return ui.Go{To: ui.ToDebrief{Lesson: s.game.Lesson(), Stars: stars, Saved: saved}}
	}
	return nil
}

// refresh takes over how everything is now. It reports whether the harbour has
// something to mark.
func (s *Screen) refresh(env *ui.Env) bool {
	w := s.game.World()
	before := s.step
	s.step, _ = s.game.Step()
	s.phase = s.game.Phase()
	s.fitConsole()
	s.goals, s.state, s.console, s.elapsed = s.game.Goals(), w.State(), w.Console(), w.Elapsed()
	if s.step != before {
		s.top, s.solution, s.began = 0, nil, s.lastCommand()
	}
	s.pace.observe(s.console.Busy, s.elapsed)
	s.term.Show(s.console, s.elapsed-s.pace.since)
	s.arrange(env)
	return s.harbour.Show(s.state)
}

// arrange lays the prose out for the lesson pane; it costs nothing while neither
// the text nor the width changes.
func (s *Screen) arrange(env *ui.Env) {
	r := layout.Content(s.layout().Lesson)
	if r.Empty() {
		return
	}
	_, step := s.game.Step()
	text := ""
	if step != nil {
		text = step.Prose
	}
	if s.step == 0 {
		text = strings.TrimSpace(s.game.Lesson().Intro + "\n\n" + text)
	}
	width := min(r.Dx()-2, maxProse)
	s.lines = s.prose.Lines(env.Theme, text, width-1)
	for _, menu := range []int{1, 0} {
		s.wanted = len(s.lines) + 1 + len(s.below(env.Theme, width, menu, false))
		if layout.Readable(s.size.Y, s.wanted) {
			break
		}
	}
}

// maxProse is the longest line of prose that is read with ease.
const maxProse = 84

// fitConsole tells the world how wide the terminal is; programs ask for it.
func (s *Screen) fitConsole() {
	w := layout.Content(s.layout().Terminal).Dx() - 2
	if w < 20 || w == s.columns {
		return
	}
	s.columns = w
	s.game.Do(sim.Input{Kind: sim.InputResize, Columns: w})
}

func (s *Screen) layout() layout.Layout {
	return s.layoutOf(s.size.X, s.size.Y)
}

func (s *Screen) layoutOf(w, h int) layout.Layout {
	v := layout.View{Zoom: s.zoom, Tab: s.focus}
	if s.lastCommand() == s.began && s.phase != lessons.Passed && !s.term.Completing() {
		v.Reading = s.wanted
	}
	return layout.Of(w, h, v)
}

// Leave keeps how far the lesson is and frees its world.
func (s *Screen) Leave(env *ui.Env) {
	s.endBranch()
	if s.game.Phase() != lessons.Over {
		env.Progress.Keep(s.game.Lesson().ID, s.game.Save())
	}
	s.game.Close()
}
