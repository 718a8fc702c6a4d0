// Package draw has the few operations on lines of styled text that every pane
// needs: fit to a width, clip to a height, frame, put beside and over each
// other. A line may hold colour sequences; widths are in cells.
package draw

import (
	"strings"

	"github.com/charmbracelet/x/ansi"

	"drydock/tui/theme"
)

// Width is the number of cells that a line takes.
func Width(line string) int {
	if plain(line) {
		return len(line)
	}
	return ansi.StringWidth(line)
}

// plain reports printable ASCII only, for which a byte is a cell.
func plain(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

// Clip cuts a line to at most w cells, with an ellipsis where something is missing.
func Clip(line string, w int) string {
	if w <= 0 {
		return ""
	}
	if len(line) <= w && plain(line) || Width(line) <= w {
		return line
	}
	return ansi.Truncate(line, w, theme.Ellipsis)
}

// Fit clips or pads a line to exactly w cells.
func Fit(line string, w int) string {
	if w <= 0 {
		return ""
	}
	line = Clip(line, w)
	return line + Spaces(w-Width(line))
}

// Spaces is n blanks; none when n is not positive.
func Spaces(n int) string { return strings.Repeat(" ", max(n, 0)) }

// Repeat is a one-cell glyph n times; nothing when n is not positive.
func Repeat(glyph string, n int) string { return strings.Repeat(glyph, max(n, 0)) }

// Ends puts one text at the left and one at the right end of w cells; the left
// one gives way.
func Ends(left, right string, w int) string {
	r := Width(right)
	if r >= w {
		return Fit(right, w)
	}
	return Fit(left, w-r) + right
}

// Pad makes a block exactly w × h: lines are fitted, missing ones added.
func Pad(lines []string, w, h int) []string {
	out := make([]string, max(h, 0))
	for i := range out {
		if i < len(lines) {
			out[i] = Fit(lines[i], w)
		} else {
			out[i] = Spaces(w)
		}
	}
	return out
}

// Beside joins two blocks line by line with a separator between them.
func Beside(left, right []string, separator string) []string {
	out := make([]string, min(len(left), len(right)))
	for i := range out {
		out[i] = left[i] + separator + right[i]
	}
	return out
}

// hyphen stands for hyphens while lines are broken: a name such as hello-world
// stays in one piece.
const hyphen = "\u2011"

// Wrap breaks a text at spaces to lines of at most w cells; a word that is
// longer is cut.
func Wrap(text string, w int) []string {
	if w <= 0 {
		return nil
	}
	wrapped := ansi.Wrap(strings.ReplaceAll(text, "-", hyphen), w, "")
	return strings.Split(strings.ReplaceAll(wrapped, hyphen, "-"), "\n")
}

// Hanging wraps a text behind a first-line mark; later lines are indented as far.
func Hanging(mark, text string, w int) []string {
	indent := Width(mark)
	lines := Wrap(text, max(w-indent, 1))
	for i, line := range lines {
		if i == 0 {
			lines[i] = mark + line
		} else {
			lines[i] = Spaces(indent) + line
		}
	}
	return lines
}

// Over puts a block on top of another with its corner at x, y. What does not
// fit beneath is dropped.
func Over(base, top []string, x, y int) []string {
	out := append([]string(nil), base...)
	for i, line := range top {
		row := y + i
		if row < 0 || row >= len(out) {
			continue
		}
		width := Width(out[row])
		if x >= width {
			continue
		}
		line = Clip(line, width-x)
		under, end := out[row], x+Width(line)
		// What is cut to nothing would still leave its colour sequences behind.
		out[row] = line
		if x > 0 {
			out[row] = ansi.Truncate(under, x, "") + out[row]
		}
		if end < width {
			out[row] += ansi.TruncateLeft(under, end, "")
		}
	}
	return out
}

// Frame is a border with a title.
type Frame struct {
	Title, Right string // in the upper edge
	Foot         string // in the lower edge
	Style        theme.Style
}

// Around puts the frame around lines; the whole is w × h.
func (f Frame) Around(lines []string, w, h int) []string {
	if w < 2 || h < 2 {
		return Pad(lines, w, h)
	}
	out := make([]string, 0, h)
	out = append(out, f.edge("╭", f.Title, f.Right, "╮", w))
	side := f.Style.Render(theme.Vertical)
	for _, line := range Pad(lines, w-2, h-2) {
		out = append(out, side+line+side)
	}
	return append(out, f.edge("╰", f.Foot, "", "╯", w))
}

func (f Frame) edge(left, title, right, end string, w int) string {
	inner := w - 2
	if title != "" {
		title = Clip(" "+title+" ", inner-1)
	}
	if right != "" && Width(title)+Width(right)+5 <= inner {
		right = " " + right + " "
	} else {
		right = ""
	}
	lead := 1
	if title == "" {
		lead = 0
	}
	tail := 0
	if right != "" {
		tail = 1
	}
	rest := inner - lead - Width(title) - Width(right) - tail
	return f.Style.Render(left+Repeat(theme.Horizon, lead)) + title + f.Style.Render(Repeat(theme.Horizon, rest)) + right +
		f.Style.Render(Repeat(theme.Horizon, tail)+end)
}
