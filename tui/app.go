package tui

import (
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"

	"drydock/lessons"
	"drydock/tui/layout"
	"drydock/tui/play"
	"drydock/tui/theme"
	"drydock/tui/ui"
)

// Options are what main knows and the program needs.
type Options struct {
	Course        *lessons.Course
	Progress      ui.Progress
	Theme         string // "dark", "light", "16"; empty asks the terminal
	NoColor       bool
	ReducedMotion bool
	// Start is the id of the lesson to begin with; empty begins with the welcome.
	Start string
	// Now is the real time; nil is time.Now.
	Now func() time.Time
	// Open makes the play of a lesson; nil is the real one.
	Open func(*lessons.Lesson, lessons.Saved) (play.Game, error)
}

// Model is the root of the program: it routes messages to the screen and the
// dialogs over it, and owns what belongs to all of them.
type Model struct {
	opt     Options
	env     *ui.Env
	screen  ui.Screen
	dialogs []ui.Screen
	status  status
	dark    bool
	profile colorprofile.Profile
	wheel   wheel
}

// New makes the program's model. Run it with tea.NewProgram.
func New(o Options) *Model {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Progress == nil {
		o.Progress = newForgetful()
	}
	if o.Open == nil {
		o.Open = play.Live
	}
	if o.Course == nil {
		o.Course = &lessons.Course{}
	}
	m := &Model{opt: o, dark: true, profile: colorprofile.TrueColor}
	m.env = &ui.Env{
		Keys: ui.NewKeys(), Course: o.Course, Progress: o.Progress, Now: o.Now, ReducedMotion: o.ReducedMotion,
	}
	m.paint()
	return m
}

// Init asks the terminal for its background, once, and opens the first screen.
func (m *Model) Init() tea.Cmd {
	var first ui.Route = ui.ToMap{}
	switch {
	case m.opt.Start != "":
		first = ui.ToLesson{ID: m.opt.Start}
	case m.newcomer():
		first = ui.ToWelcome{}
	}
	open := m.do(ui.Go{To: first})
	if m.opt.Theme != "" || m.opt.NoColor {
		return open
	}
	return tea.Batch(open, tea.RequestBackgroundColor)
}

// newcomer reports that nothing of the course was ever begun.
func (m *Model) newcomer() bool {
	for _, l := range m.env.Course.Lessons {
		if _, begun := m.env.Progress.Saved(l.ID); begun || m.env.Progress.Best(l.ID).Finished {
			return false
		}
	}
	return true
}

// Update is the table of contents of all that can happen.
func (m *Model) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		m.env.Width, m.env.Height = msg.Width, msg.Height
		return m, m.toScreen(msg)
	case tea.BackgroundColorMsg:
		m.dark = msg.IsDark()
		m.paint()
		return m, nil
	case tea.ColorProfileMsg:
		m.profile = msg.Profile
		m.paint()
		return m, nil
	case statusGone:
		m.status.clear(msg)
		return m, nil
	case tea.KeyPressMsg:
		return m, m.pressed(msg)
	case tea.MouseMsg:
		return m, m.mouse(msg)
	case tea.PasteMsg:
		return m, m.toTop(msg)
	}
	return m, m.toAll(msg)
}

// paint makes the theme anew from what is known of the terminal.
func (m *Model) paint() {
	m.env.Theme = theme.New(m.themeKind())
	if m.screen != nil {
		m.screen.Update(m.env, ui.Repaint{})
	}
}

func (m *Model) themeKind() theme.Kind {
	switch {
	case m.opt.NoColor || m.profile == colorprofile.ASCII || m.profile == colorprofile.NoTTY:
		return theme.None
	case m.opt.Theme == "16" || m.opt.Theme == "" && m.profile == colorprofile.ANSI:
		return theme.Sixteen
	case m.opt.Theme == "light" || m.opt.Theme == "" && !m.dark:
		return theme.Light
	}
	return theme.Dark
}

// tooSmall reports a window in which nothing is shown but a request.
func (m *Model) tooSmall() bool { return !layout.Fits(m.env.Width, m.env.Height) }
