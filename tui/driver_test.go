package tui_test

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"

	"drydock/lessons"
	"drydock/tui"
	"drydock/tui/play"
	"drydock/tui/play/playtest"
)

// driver is a real program in a bubble of time: keys go in, the screen is looked
// at when everything has come to rest.
type driver struct {
	t       *testing.T
	program *tea.Program
	model   *recorder
	game    *playtest.Game
}

// recorder keeps the last view and counts the messages.
type recorder struct {
	tea.Model
	view    tea.View
	updates int
}

// looked tells the program that the test has looked and goes on: whatever the
// program does next comes after that, also for the race detector.
type looked struct{}

func (r *recorder) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	if _, only := msg.(looked); only {
		return r, nil
	}
	r.updates++
	m, cmd := r.Model.Update(msg)
	r.Model = m
	return r, cmd
}

func (r *recorder) View() tea.View {
	r.view = r.Model.View()
	return r.view
}

// drive runs a scenario with a program that begins in the lesson made by hand.
func drive(t *testing.T, w, h int, scenario func(*driver)) {
	t.Helper()
	driveWith(t, w, h, tui.Options{}, scenario)
}

func driveWith(t *testing.T, w, h int, o tui.Options, scenario func(*driver)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		game := playtest.New()
		if o.Course == nil {
			o.Course = &lessons.Course{Lessons: []*lessons.Lesson{game.L}}
			o.Start = game.L.ID
		}
		o.Open = func(*lessons.Lesson, lessons.Saved) (play.Game, error) { return game, nil }
		if o.Theme == "" {
			o.Theme = "dark"
		}
		d := &driver{t: t, game: game, model: &recorder{Model: tui.New(o)}}
		d.program = tea.NewProgram(d.model, tea.WithInput(nil), tea.WithOutput(io.Discard), tea.WithWindowSize(w, h),
			tea.WithColorProfile(colorprofile.TrueColor), tea.WithoutSignalHandler())
		done := make(chan error)
		go func() { _, err := d.program.Run(); done <- err }()
		synctest.Wait()
		defer func() {
			d.program.Kill()
			<-done
			time.Sleep(24 * time.Hour) // ticks that were under way end
		}()
		scenario(d)
	})
}

// press sends keys by name ("enter", "ctrl+z", "f3") and waits for rest.
func (d *driver) press(names ...string) {
	for _, name := range names {
		d.program.Send(keyPress(name))
		synctest.Wait()
	}
}

// typed sends a text letter by letter.
func (d *driver) typed(text string) {
	for _, r := range text {
		d.program.Send(tea.KeyPressMsg{Code: r, Text: string(r)})
	}
	synctest.Wait()
}

func (d *driver) send(msg tea.Msg) {
	d.program.Send(msg)
	synctest.Wait()
}

// pass lets real time pass.
func (d *driver) pass(t time.Duration) {
	d.send(looked{})
	time.Sleep(t)
	synctest.Wait()
}

func keyPress(name string) tea.KeyPressMsg {
	var k tea.KeyPressMsg
	for {
		if rest, ok := strings.CutPrefix(name, "ctrl+"); ok {
			k.Mod |= tea.ModCtrl
			name = rest
		} else if rest, ok := strings.CutPrefix(name, "shift+"); ok {
			k.Mod |= tea.ModShift
			name = rest
		} else {
			break
		}
	}
	special := map[string]rune{
		"enter": tea.KeyEnter, "esc": tea.KeyEscape, "tab": tea.KeyTab, "up": tea.KeyUp, "down": tea.KeyDown, "left": tea.KeyLeft, "right": tea.KeyRight,
		"pgup": tea.KeyPgUp, "pgdown": tea.KeyPgDown, "backspace": tea.KeyBackspace, "space": tea.KeySpace,
		"f1": tea.KeyF1, "f2": tea.KeyF2, "f3": tea.KeyF3, "f4": tea.KeyF4, "f5": tea.KeyF5, "f6": tea.KeyF6, "f7": tea.KeyF7, "f8": tea.KeyF8,
		"f9": tea.KeyF9, "f10": tea.KeyF10, "f12": tea.KeyF12,
	}
	if code, ok := special[name]; ok {
		k.Code = code
		return k
	}
	k.Code = []rune(name)[0]
	if k.Mod == 0 {
		k.Text = name
	}
	return k
}

// screen is what can be read now, without colours.
func (d *driver) screen() string { return ansi.Strip(d.model.view.Content) }

func (d *driver) shows(texts ...string) {
	d.t.Helper()
	for _, text := range texts {
		if !strings.Contains(d.screen(), text) {
			d.t.Fatalf("%q is not on the screen:\n%s", text, d.screen())
		}
	}
}

func (d *driver) hides(texts ...string) {
	d.t.Helper()
	for _, text := range texts {
		if strings.Contains(d.screen(), text) {
			d.t.Fatalf("%q is on the screen:\n%s", text, d.screen())
		}
	}
}

// did checks what was asked of the game.
func (d *driver) did(want ...string) {
	d.t.Helper()
	if got := strings.Join(d.game.Log, "\n"); got != strings.Join(want, "\n") {
		d.t.Fatalf("asked of the game:\n%s\nwanted:\n%s\n\n%s", got, strings.Join(want, "\n"), d.screen())
	}
}

// coloured compares the screen with its colours.
func (d *driver) coloured(name string) {
	d.t.Helper()
	compare(d.t, name+".ansi", d.model.view.Content+"\n")
}

// golden compares the screen with a file; DRYDOCK_UPDATE=1 writes it anew.
func (d *driver) golden(name string) {
	d.t.Helper()
	var lines []string
	for line := range strings.SplitSeq(d.screen(), "\n") {
		lines = append(lines, strings.TrimRight(line, " "))
	}
	compare(d.t, name+".txt", strings.Join(lines, "\n")+"\n")
}

func compare(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if os.Getenv("DRYDOCK_UPDATE") == "1" {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil || string(want) != got {
		t.Errorf("%s differs (%v); got\n%s", file, err, got)
	}
}
