package draw_test

import (
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"drydock/tui/draw"
)

func TestFitIsAlwaysExactlyAsWide(t *testing.T) {
	for _, text := range []string{"", "a", "abcdefghijkl", "\x1b[31mrot und lang\x1b[0m", "→→→→→→→→", "日本語日本語"} {
		for w := range 12 {
			if got := ansi.StringWidth(draw.Fit(text, w)); got != w {
				t.Errorf("Fit(%q, %d) is %d wide", text, w, got)
			}
		}
	}
}

func TestAFrameHoldsWhatIsPutIntoIt(t *testing.T) {
	f := draw.Frame{Title: "title", Right: "right", Foot: "foot"}
	got := strings.Join(f.Around([]string{"one", "a line that is longer than the frame"}, 20, 4), "\n")
	want := "╭─ title ── right ─╮\n" +
		"│one               │\n" +
		"│a line that is lo…│\n" +
		"╰─ foot ───────────╯"
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestOverLeavesTheRestAsItWas(t *testing.T) {
	base := []string{"\x1b[31mabcdefgh\x1b[0m", "ijklmnop"}
	got := draw.Over(base, []string{"XX", "YY", "ZZ"}, 3, 0)
	if ansi.Strip(got[0]) != "abcXXfgh" || got[1] != "ijkYYnop" {
		t.Errorf("got %q", got)
	}
}
