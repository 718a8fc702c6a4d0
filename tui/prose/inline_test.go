package prose_test

import (
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"drydock/tui/draw"
	"drydock/tui/prose"
	"drydock/tui/theme"
)

func TestCodeInAShortTextIsDrawnAsCodeAlsoOverALineBreak(t *testing.T) {
	th := theme.New(theme.Dark)
	lines := prose.Inline(th, th.Strong, "1 ", "It is `docker run -d nginx` that fails", 18)
	plain := ansi.Strip(strings.Join(lines, "|"))
	if want := "1 It is docker run|  -d nginx that|  fails"; plain != want {
		t.Errorf("got %q", plain)
	}
	all := strings.Join(lines, "")
	for _, want := range []string{th.Strong.Render("It is "), th.Command.Render("docker run"), th.Command.Render("-d nginx ")} {
		if !strings.Contains(all, want) {
			t.Errorf("%q is not in %q", want, lines)
		}
	}
	for _, line := range lines {
		if draw.Width(line) > 18 {
			t.Errorf("%q is wider than 18", line)
		}
	}
}
