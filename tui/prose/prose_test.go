package prose_test

import (
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"drydock/tui/draw"
	"drydock/tui/prose"
	"drydock/tui/theme"
)

func TestCommandsAreNeverBroken(t *testing.T) {
	text := "Pull it, then look at `nginx:1.27-alpine` again and again:\n\n" +
		"```console\n$ docker run -d --name web -p 8080:80 nginx:1.27-alpine\n```\n\nThat was all."
	var cache prose.Cache
	lines := cache.Lines(theme.New(theme.Dark), text, 58)
	plain := ansi.Strip(strings.Join(lines, "\n"))
	for _, want := range []string{"$ docker run -d --name web -p 8080:80 nginx:1.27-alpine", "nginx:1.27-alpine again"} {
		if !strings.Contains(plain, want) {
			t.Errorf("%q is not in one piece:\n%s", want, plain)
		}
	}
}

func FuzzLinesFit(f *testing.F) {
	f.Add("# a\n\n```\nlong long long line\n", 20)
	f.Add("- a\n- b `c-d`\n\n| a | b |\n|---|---|\n| c | d |\n", 12)
	f.Fuzz(func(t *testing.T, text string, width int) {
		if width < 0 || width > 200 || len(text) > 2000 {
			t.Skip()
		}
		var cache prose.Cache
		for _, line := range cache.Lines(theme.New(theme.None), text, width) {
			if draw.Width(line) > width {
				t.Fatalf("%q is wider than %d", line, width)
			}
		}
	})
}
