// Package term is the terminal pane: the scroll-back of the world's console, the
// line being typed at its prompt, history, completion and pasting. It decides
// nothing: what the learner does comes back to the screen as a line to run.
package term

import (
	"strings"
	"time"

	"charm.land/bubbles/v2/key"
	"charm.land/bubbles/v2/textinput"
	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"drydock/sim"
)

// Completer offers completions for the word at the cursor of a line.
type Completer func(line string, cursor int) (from int, candidates []sim.Candidate)

// Model is the terminal pane. The zero value is not ready; use New.
type Model struct {
	console sim.Console
	input   textinput.Model
	scroll  int // rows back from the newest
	cut     bool
	busyFor time.Duration
	history history
	popup   popup
	pasted  []string // lines that wait to be typed
	note    string   // what the game has to say
}

// New makes an empty terminal.
func New() Model {
	in := textinput.New()
	in.Prompt = ""
	in.SetVirtualCursor(false)
	in.SetStyles(textinput.Styles{})
	in.ShowSuggestions = false
	off := key.NewBinding(key.WithDisabled())
	in.KeyMap.Paste, in.KeyMap.AcceptSuggestion, in.KeyMap.NextSuggestion, in.KeyMap.PrevSuggestion = off, off, off, off
	in.KeyMap.DeleteCharacterForward = key.NewBinding(key.WithKeys("delete"))
	in.Focus()
	return Model{input: in}
}

// Show takes the console as it is now; busyFor is the virtual time that the
// command in the foreground has taken so far.
func (m *Model) Show(c sim.Console, busyFor time.Duration) {
	if m.scroll > 0 {
		m.scroll += max(len(c.Lines)-len(m.console.Lines), 0)
	}
	m.console, m.busyFor = c, busyFor
	m.input.EchoMode = textinput.EchoNormal
	if c.Secret {
		m.input.EchoMode = textinput.EchoNone
	}
	if !c.Reading {
		m.popup = popup{}
	}
}

// Reading reports that a line can be typed.
func (m *Model) Reading() bool { return m.console.Reading }

// Busy reports a command in the foreground that reads nothing at the moment.
func (m *Model) Busy() bool { return m.console.Busy && !m.console.Reading }

// Dead reports that nobody reads and nothing runs: the shell has ended.
func (m *Model) Dead() bool { return !m.console.Reading && !m.console.Busy && m.console.Edit == nil }

// AtPrompt reports that the shell itself waits for a command, not a program for input.
func (m *Model) AtPrompt() bool { return m.console.Reading && !m.console.Busy && !m.console.Secret }

// Value is the line typed so far.
func (m *Model) Value() string { return m.input.Value() }

// Set replaces the line typed so far.
func (m *Model) Set(line string) {
	m.input.SetValue(line)
	m.input.CursorEnd()
	m.popup, m.scroll = popup{}, 0
}

// Enter takes the typed line away to be run.
func (m *Model) Enter() string {
	line := m.input.Value()
	m.Set("")
	m.history, m.note = history{}, ""
	return line
}

// Key edits the line; keys with a meaning elsewhere do not come here.
func (m *Model) Key(msg tea.KeyPressMsg, complete Completer) {
	if !m.console.Reading {
		return
	}
	before := m.input.Value()
	m.input, _ = m.input.Update(msg)
	m.scroll = 0
	if m.input.Value() != before {
		m.history.back = 0
		m.popup.narrow(m, complete)
	}
}

// Paste puts a text at the cursor. Several lines are kept until Pasted takes
// them one by one; it returns how many there are.
func (m *Model) Paste(text string) int {
	text = strings.TrimRight(strings.ReplaceAll(ansi.Strip(text), "\r", "\n"), "\n")
	lines := strings.Split(text, "\n")
	if len(lines) == 1 {
		m.input, _ = m.input.Update(tea.PasteMsg{Content: text})
		return 0
	}
	lines[0] = m.input.Value() + lines[0]
	m.pasted = lines
	return len(lines)
}

// Pasted takes the next pasted line; ok is false when there is none.
func (m *Model) Pasted() (line string, ok bool) {
	if len(m.pasted) == 0 {
		return "", false
	}
	line, m.pasted = m.pasted[0], m.pasted[1:]
	return line, true
}

// Waiting is how many pasted lines wait.
func (m *Model) Waiting() int { return len(m.pasted) }

// DropPasted forgets the pasted lines.
func (m *Model) DropPasted() { m.pasted = nil }

// Cut switches between cutting long lines and wrapping them, as a terminal
// does; it reports whether they are cut now.
func (m *Model) Cut() bool {
	m.cut = !m.cut
	return m.cut
}

// LastOutput is what the last command printed, without colours.
func (m *Model) LastOutput() string {
	lines := m.console.Lines
	if len(lines) == 0 {
		return ""
	}
	last := lines[len(lines)-1].Command
	var out []string
	for i := len(lines) - 1; i >= 0 && lines[i].Command == last; i-- {
		if lines[i].Kind == sim.LineOutput {
			out = append(out, ansi.Strip(lines[i].Text))
		}
	}
	for i, j := 0, len(out)-1; i < j; i, j = i+1, j-1 {
		out[i], out[j] = out[j], out[i]
	}
	return strings.Join(out, "\n")
}

// Note is the game speaking below the scroll-back, until the next command.
func (m *Model) Note(text string) { m.note = text }
