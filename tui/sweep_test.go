package tui_test

import (
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"drydock/lessons"
	"drydock/sim"
	"drydock/tui"
	"drydock/tui/draw"
	"drydock/tui/play"
	"drydock/tui/play/playtest"
)

// begin makes a model in the lesson made by hand, without a program around it.
func begin(game *playtest.Game) *tui.Model {
	m := tui.New(tui.Options{
		Course: &lessons.Course{Lessons: []*lessons.Lesson{game.L}}, Start: game.L.ID, Theme: "dark", ReducedMotion: true,
		Open: func(*lessons.Lesson, lessons.Saved) (play.Game, error) { return game, nil },
	})
	m.Init()
	return m
}

// TestEverySizeIsFilledExactly tries each pane, enlarged or not, and dialogs.
func TestEverySizeIsFilledExactly(t *testing.T) {
	keys := [][]string{{}, {"esc"}, {"esc", "tab"}, {"ctrl+g"}, {"esc", "ctrl+g"}, {"shift+tab", "ctrl+g", "down"}, {"f1"}, {"f2"}, {"f10"}, {"f3", "f3", "f3"}, {"f12"}}
	crowd := playtest.Large(300, "laptop", "server", "backup")
	waiting := playtest.SwarmOf(5, 300)
	waiting.Tasks[7].Node, waiting.Tasks[7].State, waiting.Tasks[7].Error = "", "pending", "no suitable node (insufficient resources on 5 nodes)"
	for i, world := range []sim.State{playtest.Small(), crowd, waiting, playtest.Swarm(3), playtest.Compose()} {
		if i == 2 {
			keys = [][]string{{}, {"shift+tab", "down", "down"}}
		}
		for _, press := range keys {
			game := playtest.New()
			game.S = world
			m := begin(game)
			m.Update(tea.WindowSizeMsg{Width: 100, Height: 30})
			for _, k := range press {
				m.Update(keyPress(k))
			}
			for w := 0; w <= 150; w += 6 {
				for h := 0; h <= 50; h += 5 {
					m.Update(tea.WindowSizeMsg{Width: w, Height: h})
					checkSize(t, m.View().Content, w, h, press)
				}
			}
		}
	}
}

func checkSize(t *testing.T, content string, w, h int, press []string) {
	t.Helper()
	if w == 0 || h == 0 {
		if content != "" {
			t.Fatalf("%d×%d is not empty", w, h)
		}
		return
	}
	lines := strings.Split(content, "\n")
	if len(lines) != h {
		t.Fatalf("%d×%d after %v has %d lines", w, h, press, len(lines))
	}
	for i, line := range lines {
		if draw.Width(line) != w {
			t.Fatalf("%d×%d after %v: line %d is %d wide: %q", w, h, press, i, draw.Width(line), line)
		}
	}
}

// BenchmarkKey is one key at the prompt to the new frame, with 3,000 containers
// of which the harbour has the focus or not.
func BenchmarkKey(b *testing.B) {
	for name, press := range map[string]string{"prompt": "", "harbour": "shift+tab"} {
		b.Run(name, func(b *testing.B) {
			game := playtest.New()
			game.S = playtest.Large(3000, "laptop", "server", "backup")
			m := begin(game)
			m.Update(tea.WindowSizeMsg{Width: 140, Height: 45})
			if press != "" {
				m.Update(keyPress(press))
			}
			for b.Loop() {
				m.Update(keyPress("x"))
				m.View()
				m.Update(keyPress("backspace"))
				m.View()
			}
			b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(2*b.N), "µs/key")
		})
	}
}

// BenchmarkCommand is a command run to the new frame, with 3,000 containers.
func BenchmarkCommand(b *testing.B) {
	game := playtest.New()
	game.S = playtest.Large(3000, "laptop", "server", "backup")
	m := begin(game)
	m.Update(tea.WindowSizeMsg{Width: 140, Height: 45})
	for b.Loop() {
		m.Update(keyPress("f8"))
		m.Update(keyPress("f6"))
		m.Update(keyPress("f7"))
		m.View()
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N), "µs/command")
}
