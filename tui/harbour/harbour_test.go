package harbour_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"drydock/sim"
	"drydock/tui/draw"
	"drydock/tui/harbour"
	"drydock/tui/play/playtest"
	"drydock/tui/theme"
)

// picture draws a world without colours.
func picture(m *harbour.Model, w, h int, focused bool) string {
	lines := m.View(theme.New(theme.Dark), w, h, focused)
	for i := range lines {
		lines[i] = strings.TrimRight(ansi.Strip(lines[i]), " ")
	}
	return strings.Join(lines, "\n") + "\n"
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name+".txt")
	if os.Getenv("DRYDOCK_UPDATE") == "1" {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if want, err := os.ReadFile(file); err != nil || string(want) != got {
		t.Errorf("%s differs (%v); got\n%s", file, err, got)
	}
}

func TestPictures(t *testing.T) {
	worlds := map[string]sim.State{
		"small": playtest.Small(), "nine": playtest.Large(9, "laptop", "server", "backup"), "hundreds": playtest.Large(300, "laptop", "server", "backup"),
		"thousands": playtest.Large(3000, "laptop"), "building": building(),
	}
	for name, world := range worlds {
		for _, s := range [][2]int{{37, 10}, {46, 14}, {87, 20}, {100, 30}} {
			m := harbour.New()
			m.Show(world)
			golden(t, fmt.Sprintf("%s-%dx%d", name, s[0], s[1]), picture(&m, s[0], s[1], false))
		}
	}
}

// building is a world in which an image is being built.
func building() sim.State {
	s := playtest.Small()
	s.Containers = s.Containers[:1]
	s.Builds = []sim.Build{{Machine: "laptop", Tag: "team/api:1.1", Steps: []sim.BuildStep{
		{Name: "[1/4] FROM python:3.12-slim", State: "cached"}, {Name: "[2/4] WORKDIR /app", State: "cached"},
		{Name: "[3/4] COPY . .", State: "running"}, {Name: "[4/4] RUN pip install .", State: "waiting"},
	}}}
	return s
}

func TestEveryStateOfAContainerHasItsGlyph(t *testing.T) {
	states := []struct {
		change func(*sim.Container)
		want   string
	}{
		{func(c *sim.Container) {}, "● web running"},
		{func(c *sim.Container) { c.Health = "starting" }, "◐ web starting"},
		{func(c *sim.Container) { c.Health = "healthy" }, "● web healthy"},
		{func(c *sim.Container) { c.Health = "unhealthy" }, "◐ web unhealthy"},
		{func(c *sim.Container) { c.State = "paused" }, "‖ web paused"},
		{func(c *sim.Container) { c.State, c.Running, c.Restarts = "restarting", false, 3 }, "↻ web restarting, 3×"},
		{func(c *sim.Container) { c.State, c.Running, c.ExitCode = "exited", false, 1 }, "✗ web exited 1"},
		{func(c *sim.Container) { c.State, c.Running = "exited", false }, "○ web exited 0"},
		{func(c *sim.Container) { c.State, c.Running = "created", false }, "○ web created"},
		{func(c *sim.Container) { c.State, c.Running, c.ExitCode, c.OOMKilled = "exited", false, 137, true }, "✗ web out of memory, 137"},
	}
	for _, state := range states {
		s := playtest.Small()
		s.Containers = s.Containers[:1]
		s.Containers[0].Ports = nil
		state.change(&s.Containers[0])
		m := harbour.New()
		m.Show(s)
		if got := picture(&m, 50, 6, false); !strings.Contains(got, state.want) {
			t.Errorf("%q is not in\n%s", state.want, got)
		}
	}
}

func TestAMachineWithoutPowerSaysSo(t *testing.T) {
	s := playtest.Small()
	s.Machines[0].Powered = false
	m := harbour.New()
	m.Show(s)
	if got := picture(&m, 60, 12, false); !strings.Contains(got, "✗ laptop") || !strings.Contains(got, "no power") {
		t.Errorf("got\n%s", got)
	}
}

func TestWhatIsClickedIsWhatIsDrawnThere(t *testing.T) {
	m := harbour.New()
	m.Show(playtest.Small())
	for _, s := range [][2]int{{37, 10}, {87, 20}, {100, 30}} {
		lines := strings.Split(picture(&m, s[0], s[1], false), "\n")
		for _, name := range []string{"web", "api", "data", "shop", "nginx:alpine"} {
			for y, line := range lines {
				at := strings.Index(line, " "+name)
				if at < 0 {
					continue
				}
				key, ok := m.At(draw.Width(line[:at])+1, y, s[0], s[1], false)
				if got := m.Name(key); !ok || !strings.HasPrefix(got, name) && key.Kind != "container" && key.Kind != "volume" && key.Kind != "registry" {
					t.Errorf("%v: a click on %s at line %d finds %q", s, name, y, got)
				}
				break
			}
		}
	}
}

func TestArrowsReachEverything(t *testing.T) {
	m := harbour.New()
	m.Show(playtest.Small())
	seen := map[string]bool{}
	for _, d := range []harbour.Direction{harbour.Down, harbour.Right, harbour.Right, harbour.Down, harbour.Left, harbour.Left, harbour.Down, harbour.Right,
		harbour.Down, harbour.Down, harbour.Right, harbour.Right, harbour.Up, harbour.Up, harbour.Left} {
		m.Move(d, 100, 30)
		seen[m.Selected().Kind] = true
	}
	for _, kind := range []string{"container", "image", "network", "volume"} {
		if !seen[kind] {
			t.Errorf("no %s was reached; saw %v", kind, seen)
		}
	}
}

func TestGhostsGoAway(t *testing.T) {
	s := playtest.Small()
	m := harbour.New()
	m.Show(s)
	s.Containers = s.Containers[1:]
	s.Networks = append([]sim.Network(nil), s.Networks...)
	s.Networks[0].Containers = nil
	if !m.Show(s) {
		t.Fatal("a container was removed and nothing is marked")
	}
	got := picture(&m, 87, 20, false)
	if !strings.Contains(got, "removed") || strings.Contains(got, "bridge removed") {
		t.Errorf("the ghost is not there, or the network that stays is one:\n%s", got)
	}
	m.Calm()
	if got := picture(&m, 87, 20, false); strings.Contains(got, "removed") {
		t.Errorf("the ghost stays:\n%s", got)
	}
}

func BenchmarkView(b *testing.B) {
	for _, n := range []int{3, 3000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			m := harbour.New()
			m.Show(playtest.Large(n, "laptop", "server", "backup"))
			t := theme.New(theme.Dark)
			for b.Loop() {
				m.View(t, 90, 21, false)
			}
		})
	}
}
