package tui

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"drydock/tui/draw"
	"drydock/tui/ui"
)

// flashFor is how long a message stays in the status line.
const flashFor = 6 * time.Second

// status is the last line: a message for a moment, else the keys that work.
type status struct {
	flash      ui.Flash
	generation int
}

type statusGone struct{ generation int }

func (s *status) show(env *ui.Env, f ui.Flash) tea.Cmd {
	s.flash, s.generation = f, env.Generation()
	gone := statusGone{s.generation}
	return tea.Tick(flashFor, func(time.Time) tea.Msg { return gone })
}

func (s *status) clear(msg statusGone) {
	if msg.generation == s.generation {
		s.flash = ui.Flash{}
	}
}

// view draws the status line; keys are those of what has the input.
func (s *status) view(env *ui.Env, groups []ui.Group, w int) string {
	t := env.Theme
	if s.flash.Text != "" {
		mark, style := " › ", t.Accent
		switch s.flash.Level {
		case ui.Success:
			mark, style = " ✓ ", t.Good
		case ui.Problem:
			mark, style = " ✗ ", t.Bad
		}
		return draw.Fit(style.Render(mark)+s.flash.Text, w)
	}
	return draw.Fit(footer(env, groups, w), w)
}

// footer is as many of the commands that work now as fit.
func footer(env *ui.Env, groups []ui.Group, w int) string {
	t, line, used := env.Theme, "", 0
	for _, group := range groups {
		for _, c := range group.Commands {
			if !c.Foot || c.Off != "" {
				continue
			}
			h := c.Key.Help()
			width := draw.Width(h.Key) + 1 + draw.Width(h.Desc) + 2
			if used+width+1 > w {
				return line
			}
			line += " " + t.Key.Render(h.Key) + " " + t.Dim.Render(h.Desc) + " "
			used += width
		}
	}
	return line
}

func pad(s string, w int) string { return draw.Fit(s, w) }
