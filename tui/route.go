package tui

import (
	tea "charm.land/bubbletea/v2"

	"drydock/lessons"
	"drydock/tui/chart"
	"drydock/tui/debrief"
	"drydock/tui/editor"
	"drydock/tui/play"
	"drydock/tui/ui"
	"drydock/tui/welcome"
)

// do carries out what a screen or a dialog asked for.
func (m *Model) do(action ui.Action) tea.Cmd {
	switch a := action.(type) {
	case ui.Go:
		return m.goTo(a.To)
	case ui.Open:
		m.dialogs = append(m.dialogs, a.Dialog)
	case ui.Close:
		return m.closeDialog(a)
	case ui.Edit:
		m.dialogs = append(m.dialogs, editor.NewEditor(m.env, a.Request))
	case ui.Browse:
		m.dialogs = append(m.dialogs, editor.NewBrowser(a))
	case ui.Flash:
		return m.status.show(m.env, a)
	case ui.Write:
		return m.write()
	case ui.Quit:
		return m.quit()
	case ui.Several:
		var cmds []tea.Cmd
		for _, each := range a {
			cmds = append(cmds, m.do(each))
		}
		return tea.Batch(cmds...)
	}
	return nil
}

// goTo replaces the screen.
func (m *Model) goTo(to ui.Route) tea.Cmd {
	next, err := m.screenOf(to)
	if err != nil {
		problem := m.status.show(m.env, ui.Flash{Text: err.Error(), Level: ui.Problem})
		if m.screen == nil { // there must be something to look at
			return join(m.goTo(ui.ToMap{}), problem)
		}
		return problem
	}
	if old, ok := m.screen.(interface{ Leave(*ui.Env) }); ok {
		old.Leave(m.env)
	}
	m.screen, m.dialogs = next, nil
	return tea.Batch(m.toScreen(ui.Entered{}), m.write())
}

// screenOf makes the screen of a route: the one place that knows them all.
func (m *Model) screenOf(to ui.Route) (ui.Screen, error) {
	switch to := to.(type) {
	case ui.ToWelcome:
		return welcome.New(), nil
	case ui.ToLesson:
		return m.lesson(to)
	case ui.ToDebrief:
		return debrief.New(to), nil
	default:
		return chart.New(m.env), nil
	}
}

func (m *Model) lesson(to ui.ToLesson) (ui.Screen, error) {
	lesson, err := m.find(to.ID)
	if err != nil {
		return nil, err
	}
	saved, _ := m.env.Progress.Saved(lesson.ID)
	if to.Anew || saved.Passed {
		saved = lessons.Saved{}
	}
	game, err := m.opt.Open(lesson, saved)
	if err != nil {
		return nil, err
	}
	return play.New(m.env, game), nil
}

// find looks a lesson up by id or number.
func (m *Model) find(id string) (*lessons.Lesson, error) {
	for _, l := range m.env.Course.Lessons {
		if l.ID == id || l.Number == id {
			return l, nil
		}
	}
	return nil, noLesson(id)
}

type noLesson string

func (id noLesson) Error() string { return "there is no lesson " + string(id) }

// write stores the progress outside Update.
func (m *Model) write() tea.Cmd {
	progress := m.env.Progress
	return func() tea.Msg {
		if err := progress.Write(); err != nil {
			return notWritten{err}
		}
		return nil
	}
}

type notWritten struct{ err error }

func (m *Model) quit() tea.Cmd {
	if old, ok := m.screen.(interface{ Leave(*ui.Env) }); ok {
		old.Leave(m.env)
	}
	return tea.Sequence(m.write(), tea.Quit)
}
