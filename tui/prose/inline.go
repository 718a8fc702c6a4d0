package prose

import (
	"strings"

	"drydock/tui/draw"
	"drydock/tui/theme"
)

// Inline wraps a short text behind a mark, as draw.Hanging does, and draws what
// stands in backticks as what could be typed. The rest is in the style given.
func Inline(t theme.Theme, style theme.Style, mark, text string, w int) []string {
	lines := draw.Hanging("", Plain(text), max(w-draw.Width(mark), 1))
	code := spans(text)
	for i, line := range lines {
		var b strings.Builder
		var run []rune
		inCode := false
		flush := func() {
			b.WriteString(pick(inCode, t.Command, style).Render(string(run)))
			run = run[:0]
		}
		for _, r := range line {
			if r != ' ' && len(code) > 0 {
				if code[0] != inCode {
					flush()
				}
				inCode, code = code[0], code[1:]
			}
			run = append(run, r)
		}
		flush()
		lines[i] = draw.Spaces(draw.Width(mark)) + b.String()
		if i == 0 {
			lines[i] = mark + b.String()
		}
	}
	return lines
}

// spans says of each rune that is no space whether it stands in backticks.
func spans(text string) []bool {
	var out []bool
	code := false
	for _, r := range text {
		switch r {
		case '`':
			code = !code
		case ' ':
		default:
			out = append(out, code)
		}
	}
	return out
}

func pick(code bool, command, style theme.Style) theme.Style {
	if code {
		return command
	}
	return style
}

// Plain is a short text without its backticks, for where all is one style.
func Plain(text string) string { return strings.ReplaceAll(text, "`", "") }
