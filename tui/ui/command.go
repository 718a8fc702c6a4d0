package ui

import (
	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
)

// Command is something a key does at the moment.
type Command struct {
	Key key.Binding
	// Off says why the key would do nothing now; empty when it works.
	Off string
	// Foot puts it into the footer, where there is room.
	Foot bool
	Run  func() (Action, tea.Cmd)
}

// Group is commands that belong together in the help.
type Group struct {
	Title    string
	Commands []Command
}

// Dispatch runs the command of a key. A key that is off says why in the status
// line; taken is false when no command has the key.
func Dispatch(groups []Group, msg tea.KeyPressMsg) (do Action, cmd tea.Cmd, taken bool) {
	for _, group := range groups {
		for _, c := range group.Commands {
			if !key.Matches(msg, c.Key) {
				continue
			}
			if c.Off != "" {
				return Flash{Text: c.Off}, nil, true
			}
			if c.Run == nil {
				return nil, nil, false
			}
			do, cmd = c.Run()
			return do, cmd, true
		}
	}
	return nil, nil, false
}

// Act is the Run of a command that only answers an action.
func Act(a Action) func() (Action, tea.Cmd) {
	return func() (Action, tea.Cmd) { return a, nil }
}
