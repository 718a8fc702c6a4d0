package prose

import (
	"strings"

	"drydock/tui/draw"
	"drydock/tui/theme"
)

// fence draws a block of code. What is too long for a line goes on below it: a
// command as a shell would take it, other text behind an ellipsis.
func fence(t theme.Theme, p part, width int) []string {
	var out []string
	bar := t.Rule.Render(theme.Vertical) + " "
	for line := range strings.SplitSeq(strings.TrimRight(p.text, "\n"), "\n") {
		line = strings.ReplaceAll(line, "\t", "    ")
		if command, ok := strings.CutPrefix(line, "$ "); ok {
			mark := t.Dim.Render("$ ")
			for _, text := range Command(command, width-4) {
				out = append(out, bar+mark+t.Command.Render(text))
				mark = "  "
			}
			continue
		}
		style := t.Text
		if p.language == "" || p.language == "text" || p.language == "console" {
			style = t.Dim
		}
		for _, text := range broken(line, width-2) {
			out = append(out, bar+style.Render(text))
		}
	}
	return out
}

// Command breaks a command line between words, such that it can still be copied
// into a shell.
func Command(line string, width int) []string {
	if draw.Width(line) <= width || width < 8 {
		return []string{draw.Clip(line, width)}
	}
	at := strings.LastIndexByte(line[:cellsOf(line, width-2)], ' ')
	if at <= 0 || strings.TrimSpace(line[:at]) == "" {
		return []string{draw.Clip(line, width)}
	}
	return append([]string{line[:at] + " \\"}, Command("  "+line[at+1:], width)...)
}

// broken breaks a line of other code; what goes on begins with an ellipsis below
// the line's own indentation.
func broken(line string, width int) []string {
	if draw.Width(line) <= width || width < 8 {
		return []string{draw.Clip(line, width)}
	}
	indent := len(line) - len(strings.TrimLeft(line, " "))
	if indent > width/2 {
		return []string{draw.Clip(line, width)}
	}
	at := cellsOf(line, width)
	if space := strings.LastIndexByte(line[:at], ' '); space > indent {
		at = space + 1
	}
	if at <= indent+2 {
		return []string{draw.Clip(line, width)}
	}
	return append([]string{strings.TrimRight(line[:at], " ")}, broken(draw.Spaces(indent)+theme.Ellipsis+" "+line[at:], width)...)
}

// cellsOf is how many bytes of a line take at most w cells.
func cellsOf(line string, w int) int {
	used := 0
	for i, r := range line {
		if used += draw.Width(string(r)); used > w {
			return i
		}
	}
	return len(line)
}
