package theme_test

import (
	"testing"

	"github.com/charmbracelet/x/ansi"

	"drydock/tui/theme"
)

func TestEveryGlyphTakesOneCell(t *testing.T) {
	for _, g := range theme.Glyphs() {
		if ansi.StringWidth(g) != 1 || ansi.StringWidthWc(g) != 1 {
			t.Errorf("%q takes %d or %d cells", g, ansi.StringWidth(g), ansi.StringWidthWc(g))
		}
	}
}
