package ui

import "charm.land/bubbles/v2/key"

// Keys are all keys of the program. Function keys and Ctrl chords work while a
// line is typed; single letters only where nothing is. Never ctrl+i or ctrl+m:
// many terminals cannot tell them from tab and enter.
type Keys struct {
	// everywhere
	Help, Quit, Cancel, Accept          key.Binding
	Up, Down, Left, Right               key.Binding
	PageUp, PageDown, Home, End         key.Binding
	NextPane, PrevPane, Zoom, Leave     key.Binding
	Actions, Hint, Machine, Faults      key.Binding
	Pause, Step, Faster, Settle         key.Binding
	Why, Files, Undo, Redo, Copy        key.Binding
	Restart, Complete, Interrupt, EOF   key.Binding
	HistoryBack, HistoryForward, Pick   key.Binding
	Wrap, Continue, Save                key.Binding
	SearchHistory, ScrollUp, ScrollDown key.Binding
	Power, WhatIf, Open                 key.Binding
}

func bind(help, says string, keys ...string) key.Binding {
	return key.NewBinding(key.WithKeys(keys...), key.WithHelp(help, says))
}

// NewKeys is the key map.
func NewKeys() Keys {
	return Keys{
		Help: bind("F1", "help", "f1"), Quit: bind("^Q", "leave", "ctrl+q"),
		Cancel: bind("esc", "close", "esc"), Accept: bind("enter", "choose", "enter"),
		Up: bind("↑", "up", "up", "k"), Down: bind("↓", "down", "down", "j"),
		Left: bind("←", "left", "left", "h"), Right: bind("→", "right", "right", "l"),
		PageUp: bind("PgUp", "page up", "pgup"), PageDown: bind("PgDn", "page down", "pgdown", "space"),
		Home: bind("Home", "to the top", "home", "g"), End: bind("End", "to the end", "end", "G"),
		NextPane: bind("tab", "next pane", "tab"), PrevPane: bind("⇧tab", "pane before", "shift+tab"),
		Zoom: bind("^G", "enlarge", "ctrl+g"), Leave: bind("esc", "leave the prompt", "esc"),
		Actions: bind("F2", "actions", "f2"), Hint: bind("F3", "hint", "f3"),
		Machine: bind("F4", "machine", "f4"), Faults: bind("F10", "break", "f10"),
		Pause: bind("F5", "pause", "f5"), Step: bind("F6", "step", "f6"),
		Faster: bind("F7", "speed", "f7"), Settle: bind("F8", "settle", "f8"),
		Why: bind("F9", "why", "f9"), Files: bind("^O", "files", "ctrl+o"),
		Undo: bind("^Z", "undo", "ctrl+z"), Redo: bind("^Y", "redo", "ctrl+y"),
		Copy: bind("^X", "copy output", "ctrl+x"), Restart: bind("R", "start the step again", "R"),
		Complete: bind("tab", "complete", "tab"), Interrupt: bind("^C", "interrupt", "ctrl+c"), EOF: bind("^D", "end of input", "ctrl+d"),
		HistoryBack: bind("↑", "earlier command", "up", "ctrl+p"), HistoryForward: bind("↓", "later command", "down", "ctrl+n"),
		SearchHistory: bind("^R", "search history", "ctrl+r"),
		Pick:          bind("1-9", "pick an action", "1", "2", "3", "4", "5", "6", "7", "8", "9"),
		Power:         bind("x", "power", "x"),
		Open:          bind("space", "open", "space"),
		WhatIf:        bind("F12", "what if", "f12"),
		Wrap:          bind("^T", "cut long lines", "ctrl+t"),
		Continue:      bind("enter", "go on", "enter"),
		Save:          bind("^S", "save", "ctrl+s"),
		ScrollUp:      bind("PgUp", "scroll back", "pgup", "shift+up"), ScrollDown: bind("PgDn", "scroll on", "pgdown", "shift+down"),
	}
}

// With adds single letters to a binding, for where no line is typed.
func With(b key.Binding, keys ...string) key.Binding {
	return key.NewBinding(key.WithKeys(append(b.Keys(), keys...)...), key.WithHelp(b.Help().Key, b.Help().Desc))
}

// Says gives a binding another description.
func Says(b key.Binding, text string) key.Binding {
	return key.NewBinding(key.WithKeys(b.Keys()...), key.WithHelp(b.Help().Key, text))
}
