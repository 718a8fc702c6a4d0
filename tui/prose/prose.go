// Package prose turns a lesson's Markdown into lines. Glamour does the text;
// code fences are drawn here, because Glamour breaks their long lines and a
// command must stay in one piece.
package prose

import (
	"strings"

	"charm.land/glamour/v2"

	"drydock/tui/draw"
	"drydock/tui/theme"
)

// Cache keeps what was rendered: rendering is slow and a text is drawn after
// every key. The zero value is ready.
type Cache struct {
	pages map[page][]string
}

type page struct {
	text  string
	width int
	kind  theme.Kind
}

// maxPages bounds the cache; a lesson needs two or three at a time.
const maxPages = 24

// Lines are the lines of a text in a width. They must not be changed.
func (c *Cache) Lines(t theme.Theme, text string, width int) []string {
	key := page{text, width, t.Kind}
	if lines, ok := c.pages[key]; ok {
		return lines
	}
	if c.pages == nil || len(c.pages) >= maxPages {
		c.pages = map[page][]string{}
	}
	lines := render(t, text, width)
	c.pages[key] = lines
	return lines
}

// render draws text and fences in turn, with one blank line between them.
func render(t theme.Theme, text string, width int) []string {
	if width < 4 {
		return nil
	}
	var out []string
	for _, part := range split(text) {
		var lines []string
		if part.fence {
			lines = fence(t, part, width)
		} else {
			lines = markdown(t, part.text, width)
		}
		if len(lines) == 0 {
			continue
		}
		if len(out) > 0 {
			out = append(out, "")
		}
		out = append(out, lines...)
	}
	return out
}

// hyphen stands for the hyphens of inline code while Glamour wraps, which would
// break a line at them.
const hyphen = "\u2011"

func markdown(t theme.Theme, text string, width int) []string {
	r, err := glamour.NewTermRenderer(glamour.WithStyles(styles(t.Kind)), glamour.WithWordWrap(width))
	if err != nil {
		return draw.Wrap(text, width)
	}
	out, err := r.Render(keepHyphens(text))
	if err != nil {
		return draw.Wrap(text, width)
	}
	lines := strings.Split(strings.ReplaceAll(out, hyphen, "-"), "\n")
	for i, line := range lines {
		lines[i] = draw.Clip(strings.TrimRight(line, " "), width)
	}
	return trimBlank(lines)
}

// keepHyphens protects the hyphens between backticks.
func keepHyphens(text string) string {
	parts := strings.Split(text, "`")
	for i := 1; i < len(parts); i += 2 {
		parts[i] = strings.ReplaceAll(parts[i], "-", hyphen)
	}
	return strings.Join(parts, "`")
}

func trimBlank(lines []string) []string {
	blank := func(line string) bool { return strings.TrimSpace(line) == "" || draw.Width(line) == 0 }
	for len(lines) > 0 && blank(lines[0]) {
		lines = lines[1:]
	}
	for len(lines) > 0 && blank(lines[len(lines)-1]) {
		lines = lines[:len(lines)-1]
	}
	return lines
}

// part is a piece of Markdown: text, or the inside of a fence.
type part struct {
	text     string
	fence    bool
	language string
}

// split finds the fences of a text. One that is not closed goes to the end.
func split(text string) []part {
	var out []part
	var now part
	mark := ""
	flush := func(next part) {
		if strings.TrimSpace(now.text) != "" {
			out = append(out, now)
		}
		now = next
	}
	for line := range strings.SplitSeq(text, "\n") {
		trimmed := strings.TrimLeft(line, " ")
		switch {
		case mark == "" && (strings.HasPrefix(trimmed, "```") || strings.HasPrefix(trimmed, "~~~")):
			mark = trimmed[:3]
			flush(part{fence: true, language: strings.TrimSpace(strings.Trim(trimmed, "`~"))})
		case mark != "" && strings.TrimRight(trimmed, "`~ ") == "" && strings.HasPrefix(trimmed, mark):
			mark = ""
			flush(part{})
		default:
			now.text += line + "\n"
		}
	}
	flush(part{})
	return out
}
