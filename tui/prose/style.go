package prose

import (
	"charm.land/glamour/v2/ansi"

	"drydock/tui/theme"
)

// styles is the look of Markdown in a theme: calm, with weight instead of colour.
func styles(kind theme.Kind) ansi.StyleConfig {
	colour := theme.Colours(kind)
	yes := true
	bold := ansi.StylePrimitive{Bold: &yes}
	accent := ansi.StylePrimitive{Bold: &yes, Color: name(colour.Accent)}
	code := ansi.StylePrimitive{Color: name(colour.Command)}
	if colour.Command == "" {
		code.Bold = &yes
	}
	level, bar := uint(2), "│ "
	one := uint(1)
	return ansi.StyleConfig{
		Heading: ansi.StyleBlock{StylePrimitive: accent}, H1: ansi.StyleBlock{StylePrimitive: accent},
		Emph: ansi.StylePrimitive{Italic: &yes}, Strong: bold,
		Code:        ansi.StyleBlock{StylePrimitive: code},
		CodeBlock:   ansi.StyleCodeBlock{StyleBlock: ansi.StyleBlock{StylePrimitive: code, Margin: &level}},
		List:        ansi.StyleList{LevelIndent: level},
		Item:        ansi.StylePrimitive{BlockPrefix: "· "},
		Enumeration: ansi.StylePrimitive{BlockPrefix: ". "},
		BlockQuote:  ansi.StyleBlock{StylePrimitive: ansi.StylePrimitive{Italic: &yes}, Indent: &one, IndentToken: &bar},
		Task:        ansi.StyleTask{Ticked: theme.Met + " ", Unticked: theme.Open + " "},
		LinkText:    bold, Link: ansi.StylePrimitive{Underline: &yes},
		HorizontalRule: ansi.StylePrimitive{Format: "\n──────\n", Color: name(colour.Rule)},
		Table: ansi.StyleTable{
			CenterSeparator: text("┼"), ColumnSeparator: text("│"), RowSeparator: text("─"),
		},
	}
}

func text(s string) *string { return &s }

// name is a colour for Glamour: nil is the terminal's own.
func name(colour string) *string {
	if colour == "" {
		return nil
	}
	return &colour
}
