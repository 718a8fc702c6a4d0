package layout_test

import (
	"image"
	"strings"
	"testing"

	"drydock/tui/layout"
)

// sketch draws a layout, one letter a rectangle and a cell for every 4 × 2.
func sketch(l layout.Layout, w, h int) string {
	rows := make([][]byte, h)
	for y := range rows {
		rows[y] = []byte(strings.Repeat(".", w))
	}
	for letter, r := range map[byte]image.Rectangle{
		'h': l.Header, 't': l.Tabs, 'g': l.Goal, 'L': l.Lesson, 'H': l.Harbour, '|': l.Rule, 'T': l.Terminal, 'a': l.Actions,
	} {
		for y := r.Min.Y; y < r.Max.Y; y++ {
			for x := r.Min.X; x < r.Max.X; x++ {
				if rows[y][x] != '.' {
					rows[y][x] = '!'
				} else {
					rows[y][x] = letter
				}
			}
		}
	}
	var out strings.Builder
	for y, row := range rows {
		line := string(row)
		if y > 0 && line == string(rows[y-1]) {
			continue
		}
		for x := 0; x < w; x += 10 {
			out.WriteByte(line[x])
		}
		out.WriteByte('\n')
	}
	return out.String()
}

func TestShapes(t *testing.T) {
	for _, c := range []struct {
		name      string
		w, h      int
		zoom, tab layout.Pane
		want      string
	}{
		{"wide", 140, 44, layout.None, layout.Terminal, "hhhhhhhhhhhhhh\nLLLLL|HHHHHHHH\nLLLLL|TTTTTTTT\n"},
		{"medium", 80, 23, layout.None, layout.Terminal, "hhhhhhhh\nLLLLLHHH\nTTTTTTTT\naaaaaaaa\n"},
		{"medium, terminal enlarged", 80, 23, layout.Terminal, layout.Terminal, "hhhhhhhh\nTTTTTTTT\naaaaaaaa\n"},
		{"narrow, terminal", 60, 17, layout.None, layout.Terminal, "hhhhhh\ntttttt\ngggggg\nTTTTTT\naaaaaa\n"},
		{"narrow, lesson", 60, 17, layout.None, layout.Lesson, "hhhhhh\ntttttt\nLLLLLL\naaaaaa\n"},
	} {
		if got := sketch(layout.Of(c.w, c.h, layout.View{Zoom: c.zoom, Tab: c.tab}), c.w, c.h); got != c.want {
			t.Errorf("%s: got\n%swant\n%s", c.name, got, c.want)
		}
	}
}

func TestEveryCellBelongsToOneThing(t *testing.T) {
	for w := layout.MinWidth; w <= 160; w += 7 {
		for h := layout.MinHeight - 1; h <= 60; h += 3 {
			for _, zoom := range []layout.Pane{layout.None, layout.Lesson, layout.Harbour, layout.Terminal} {
				if s := sketch(layout.Of(w, h, layout.View{Zoom: zoom, Tab: layout.Harbour, Reading: w % 30}), w, h); strings.ContainsAny(s, ".!") {
					t.Fatalf("%d×%d zoom %d: a cell is nobody's or two's\n%s", w, h, zoom, s)
				}
			}
		}
	}
}
