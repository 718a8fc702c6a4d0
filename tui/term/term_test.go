package term_test

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"

	"drydock/sim"
	"drydock/tui/draw"
	"drydock/tui/term"
	"drydock/tui/theme"
)

func shown(m *term.Model, w, h int) string {
	lines, _ := m.View(theme.New(theme.Dark), w, h, true)
	for i := range lines {
		lines[i] = strings.TrimRight(ansi.Strip(lines[i]), " ")
	}
	return strings.Join(lines, "\n")
}

func console(n int) sim.Console {
	c := sim.Console{Machine: "laptop", Prompt: "laptop$ ", Reading: true, History: []string{"docker ps", "docker images"}}
	c.Lines = append(c.Lines, sim.ConsoleLine{Text: "laptop$ seq " + fmt.Sprint(n), Kind: sim.LineCommand, Command: 1})
	for i := range n {
		c.Lines = append(c.Lines, sim.ConsoleLine{Text: fmt.Sprintf("\x1b[32mline %d\x1b[m", i+1), Command: 1})
	}
	return c
}

func TestTheNewestLinesAreSeenAndTheOthersCanBe(t *testing.T) {
	m := term.New()
	m.Show(console(100), 0)
	if got, want := shown(&m, 20, 4), "line 98\nline 99\nline 100\nlaptop$"; got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	m.Scroll(1000, 20, 4)
	if got := shown(&m, 30, 4); !strings.HasPrefix(got, "laptop$ seq 100\nline 1\n") || !strings.Contains(got, "more below") {
		t.Errorf("at the oldest line:\n%s", got)
	}
	m.Scroll(-1000, 20, 4)
	if m.Scrolled() {
		t.Error("still scrolled back")
	}
}

func TestLongLinesWrapBetweenWordsOrAreCut(t *testing.T) {
	m := term.New()
	m.Show(sim.Console{Reading: true, Lines: []sim.ConsoleLine{{Text: "CONTAINER ID   IMAGE   NAMES"}}}, 0)
	if got := shown(&m, 20, 3); got != "CONTAINER ID   IMAGE\nNAMES\n" {
		t.Errorf("wrapped:\n%s", got)
	}
	m.Cut()
	if got := shown(&m, 20, 2); got != "CONTAINER ID   IMAG…\n" {
		t.Errorf("cut:\n%s", got)
	}
}

func TestTheLastOutputIsCopiedWithoutColours(t *testing.T) {
	m := term.New()
	m.Show(console(2), 0)
	if got := m.LastOutput(); got != "line 1\nline 2" {
		t.Errorf("got %q", got)
	}
}

func TestHistoryKeepsWhatWasBeingTyped(t *testing.T) {
	m := term.New()
	m.Show(console(0), 0)
	m.Set("half a li")
	var got []string
	for _, step := range []func(){m.HistoryBack, m.HistoryBack, m.HistoryBack, m.HistoryForward, m.HistoryForward} {
		step()
		got = append(got, m.Value())
	}
	if want := "docker images, docker ps, docker ps, docker images, half a li"; strings.Join(got, ", ") != want {
		t.Errorf("got %v", got)
	}
}

func FuzzAnyTextFits(f *testing.F) {
	f.Add("\x1b[31mred and \tlong\x1b[0m 日本", 12, 3)
	f.Fuzz(func(t *testing.T, text string, w, h int) {
		if w < 0 || w > 120 || h < 0 || h > 60 || !utf8.ValidString(text) {
			t.Skip()
		}
		m := term.New()
		m.Show(sim.Console{Reading: true, Prompt: "$ ", Lines: []sim.ConsoleLine{{Text: ansi.Strip(text)}}}, 0)
		m.Paste(text)
		m.Complete(func(string, int) (int, []sim.Candidate) { return 0, []sim.Candidate{{Text: text}, {Text: "x"}} })
		lines, _ := m.View(theme.New(theme.None), w, h, true)
		if len(lines) != h {
			t.Fatalf("%d lines for %d", len(lines), h)
		}
		for _, line := range lines {
			if draw.Width(line) > max(w, 0) {
				t.Fatalf("%q is wider than %d", line, w)
			}
		}
	})
}
