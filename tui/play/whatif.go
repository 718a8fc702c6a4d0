package play

import (
	tea "charm.land/bubbletea/v2"

	"drydock/tui/ui"
)

// A what-if is a branch of the lesson's world: whatever happens in it, the
// lesson stays where it was, with its clock, until one comes back.

// inWhatIf reports that the world on the screen is a branch.
func (s *Screen) inWhatIf() bool { return s.home != nil }

// whatIfCommand is the key that opens a branch, and the way back.
func (s *Screen) whatIfCommand(env *ui.Env) ui.Command {
	c := ui.Command{Key: s.letters(env.Keys.WhatIf, "b"), Run: bound(env, s.branch)}
	switch {
	case s.inWhatIf():
		c.Key, c.Foot, c.Run = ui.Says(c.Key, "back to the lesson"), true, bound(env, s.back)
	case s.asking() != nil:
		c.Off = "the question comes first"
	case s.editing:
		c.Off = "a file is open"
	}
	return c
}

// branch goes on in a branch of the world.
func (s *Screen) branch(env *ui.Env) (ui.Action, tea.Cmd) {
	s.sync(env)
	b, err := s.game.Branch()
	if err != nil {
		return ui.Trouble(err.Error()), nil
	}
	s.home, s.game = s.game, b
	return s.arrived(env, "what if: try anything; F12 takes you back, and nothing will have happened")
}

// back drops the branch and goes on where the lesson was left.
func (s *Screen) back(env *ui.Env) (ui.Action, tea.Cmd) {
	s.endBranch()
	return s.arrived(env, "back in the lesson, as you left it")
}

func (s *Screen) endBranch() {
	if s.inWhatIf() {
		s.game.Close()
		s.game, s.home = s.home, nil
	}
}

// stay is the answer to what only the lesson itself can do.
func (s *Screen) stay(*ui.Env) (ui.Action, tea.Cmd) {
	return ui.Notice("this is a what-if; F12 takes you back to the lesson"), nil
}
