package harbour

import (
	"image"

	"drydock/tui/draw"
	"drydock/tui/theme"
)

// hit is where an object is drawn.
type hit struct {
	at  image.Rectangle
	key Key
}

// block is a drawn rectangle and the objects in it.
type block struct {
	lines []string
	hits  []hit
}

func (b *block) height() int { return len(b.lines) }

// line adds one line.
func (b *block) line(text string) { b.lines = append(b.lines, text) }

// object adds lines that are all one object, w cells wide.
func (b *block) object(key Key, w int, lines ...string) {
	y := len(b.lines)
	b.hits = append(b.hits, hit{image.Rect(0, y, w, y+len(lines)), key})
	b.lines = append(b.lines, lines...)
}

// below adds another block under this one.
func (b *block) below(other block) {
	y := len(b.lines)
	b.lines = append(b.lines, other.lines...)
	b.take(other, 0, y)
}

// take adds the objects of a block that is drawn with its corner at x, y.
func (b *block) take(other block, x, y int) {
	for _, h := range other.hits {
		b.hits = append(b.hits, hit{h.at.Add(image.Pt(x, y)), h.key})
	}
}

// sized makes the block exactly w × h.
func (b block) sized(w, h int) block {
	out := block{lines: draw.Pad(b.lines, w, h)}
	all := image.Rect(0, 0, w, h)
	for _, hit := range b.hits {
		if hit.at = hit.at.Intersect(all); !hit.at.Empty() {
			out.hits = append(out.hits, hit)
		}
	}
	return out
}

// row puts blocks of the same height beside each other.
func row(gap int, blocks ...block) block {
	var out block
	x := 0
	for i, b := range blocks {
		if i == 0 {
			out.lines = append(out.lines, b.lines...)
		} else {
			x += gap
			for j := range out.lines {
				out.lines[j] += draw.Spaces(gap) + b.lines[j]
			}
		}
		out.take(b, x, 0)
		if len(b.lines) > 0 {
			x += draw.Width(b.lines[0])
		}
	}
	return out
}

// framed puts a frame around a block; the whole is w × h.
func framed(f draw.Frame, b block, w, h int) block {
	inner := b.sized(max(w-4, 0), max(h-2, 0))
	for i := range inner.lines {
		inner.lines[i] = " " + inner.lines[i] + " "
	}
	out := block{lines: f.Around(inner.lines, w, h)}
	out.take(inner, 2, 1)
	return out
}

// styleOf is how an object's name is written: selected, just changed, or at rest.
func (m *Model) styleOf(t theme.Theme, key Key, rest theme.Style) theme.Style {
	switch {
	case key == m.selected:
		return t.Selected
	case m.fresh[key] != "":
		return t.Fresh
	}
	return rest
}

// news is the word for what happened to an object a moment ago, in front of it a mark.
func (m *Model) news(t theme.Theme, key Key) string {
	if what := m.fresh[key]; what != "" {
		return t.Fresh.Render(" ◂ " + what)
	}
	return ""
}
