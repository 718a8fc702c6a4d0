// Package theme turns roles into styles. Nothing else in the program names a
// colour, and no state is told by colour alone: every one has a glyph (see
// Glyphs) or a word as well.
package theme

import (
	"strings"

	"charm.land/lipgloss/v2"
)

// Kind is how much colour the terminal takes.
type Kind int

// The kinds of themes.
const (
	Dark    Kind = iota // full colour on a dark background
	Light               // full colour on a light background
	Sixteen             // the terminal's own sixteen colours
	None                // no colour at all: weight, faintness and words
)

// Style is a Lip Gloss style reduced to what it writes before and after a text.
// A frame has some hundreds of pieces, and this makes each of them free.
type Style struct{ before, after string }

// Render gives one line of text in the style. An empty text stays empty.
func (s Style) Render(text string) string {
	if text == "" || s.before == "" {
		return text
	}
	return s.before + text + s.after
}

// Theme holds a style for each role. It is a value; make another to change.
type Theme struct {
	Kind Kind
	Text, Strong, Dim,
	Rule, // lines between panes, boxes at rest
	Accent, // what has the focus, what can be pressed
	Title, // names of panes and lessons
	Key, // the keys in footers and menus
	Good, Warn, Bad, // states
	Fresh, // what changed a moment ago
	Ghost, // what was there a moment ago
	Command, // what is or could be typed
	Selected, // the chosen line or tile
	Star, // an achievement
	Bar Style // the header
}

// Ground is the pair of colours that a kind of theme is made for; empty is
// the terminal's own.
func Ground(kind Kind) (background, text string) {
	p := paletteOf(kind)
	return p.ground, p.text
}

// New makes the theme of a kind.
func New(kind Kind) Theme {
	t := fromPalette(paletteOf(kind))
	t.Kind = kind
	return t
}

// Words reports that states want words beside their glyphs, because there is no
// colour to tell them apart at a glance.
func (t Theme) Words() bool { return t.Kind == None }

func style(s lipgloss.Style) Style {
	before, after, _ := strings.Cut(s.Render("x"), "x")
	return Style{before, after}
}

func fromPalette(p palette) Theme {
	plain := lipgloss.NewStyle()
	fg := func(name string) lipgloss.Style {
		if name == "" {
			return plain
		}
		return plain.Foreground(lipgloss.Color(name))
	}
	dim := fg(p.dim).Faint(p.dim == "")
	selected := plain.Reverse(true)
	if p.selected != "" {
		selected = plain.Background(lipgloss.Color(p.selected)).Foreground(lipgloss.Color(p.text)).Bold(true)
	}
	return Theme{
		Text: Style{}, Strong: style(plain.Bold(true)), Dim: style(dim),
		Rule:   style(fg(p.rule).Faint(p.rule == "")),
		Accent: style(fg(p.accent).Bold(true)), Title: style(plain.Bold(true)), Key: style(fg(p.accent).Bold(p.accent == "")),
		Good: style(fg(p.good)), Warn: style(fg(p.warn)), Bad: style(fg(p.bad).Bold(p.bad == "")),
		Fresh: style(fg(p.fresh).Bold(true)), Ghost: style(dim.Strikethrough(true)),
		Command: style(fg(p.command).Bold(p.command == "")), Selected: style(selected),
		Star: style(fg(p.star)), Bar: style(fg(p.accent).Bold(true)),
	}
}
