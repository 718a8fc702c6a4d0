package tui_test

import (
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"drydock/lessons"
	"drydock/sim"
	"drydock/tui"
	"drydock/tui/play/playtest"
)

func TestADigitTypesTheActionAndRunsIt(t *testing.T) {
	drive(t, 100, 30, func(d *driver) {
		d.press("2")
		d.pass(40 * time.Millisecond)
		d.did()
		d.shows("laptop$ do") // it is being typed
		d.pass(time.Second)
		d.did("type docker ps")
	})
}

func TestWithReducedMotionAnActionRunsAtOnce(t *testing.T) {
	driveWith(t, 100, 30, tui.Options{ReducedMotion: true}, func(d *driver) {
		d.press("2")
		d.did("type docker ps")
	})
}

func TestADigitInALineIsTyped(t *testing.T) {
	drive(t, 100, 30, func(d *driver) {
		d.typed("sleep 1")
		d.press("enter")
		d.did("type sleep 1")
	})
}

func TestACommandIsInterruptedAndNothingQuits(t *testing.T) {
	drive(t, 100, 30, func(d *driver) {
		d.game.OnType = func(g *playtest.Game, _ string) { g.C.Busy, g.C.Reading, g.Due = true, false, time.Hour }
		d.typed("sleep 3600")
		d.press("enter")
		d.pass(3 * time.Second)
		d.shows("running for 3s", "^C stops it")
		d.press("ctrl+c")
		d.hides("running for")
		d.press("ctrl+c")
		d.shows("Leave this lesson?")
		d.press("esc")
		d.hides("Leave this lesson?")
		d.did("type sleep 3600", "interrupt  ")
	})
}

func TestAnIdleGameDoesNothing(t *testing.T) {
	drive(t, 100, 30, func(d *driver) {
		before := d.model.updates
		d.pass(10 * time.Minute)
		if d.model.updates != before {
			t.Errorf("%d updates while nothing was due", d.model.updates-before)
		}
		d.typed("docker ps")
		d.press("enter")
		if d.game.Time < 10*time.Minute {
			t.Errorf("the world's clock is at %v after ten minutes", d.game.Time)
		}
	})
}

func TestTimeTicksOnlyWhileSomethingIsDue(t *testing.T) {
	drive(t, 100, 30, func(d *driver) {
		d.game.Due = 3 * time.Second
		d.press("f7") // ×5
		d.pass(200 * time.Millisecond)
		if d.game.Due == 0 {
			t.Fatal("three seconds passed in a fifth of one")
		}
		d.pass(500 * time.Millisecond)
		if d.game.Due != 0 {
			t.Errorf("%v are left at five times the speed", d.game.Due)
		}
		before := d.model.updates
		d.pass(time.Hour)
		if n := d.model.updates - before; n > 2 {
			t.Errorf("%d updates after everything was done", n)
		}
	})
}

func TestPausedTimeStandsStill(t *testing.T) {
	drive(t, 100, 30, func(d *driver) {
		d.game.Due = 10 * time.Second
		d.press("f5")
		at := d.game.Time
		d.pass(time.Minute)
		if d.game.Time != at {
			t.Errorf("%v passed in a pause", d.game.Time-at)
		}
		d.shows("paused")
		d.press("f6")
		if d.game.Due != 0 || d.game.Time != at+10*time.Second {
			t.Errorf("a step went from %v to %v", at, d.game.Time)
		}
	})
}

func TestHintsComeOneByOneAndTheSolutionIsAskedFor(t *testing.T) {
	drive(t, 140, 45, func(d *driver) {
		d.press("f3")
		d.shows("Hint 1 of 3", "PORTS column")
		d.press("f3", "f3")
		d.shows("Hint 3 of 3")
		d.press("f3")
		d.shows("It costs")
		d.press("2")
		d.shows("Solution")
		d.did("solution")
	})
}

func TestAQuestionIsAnsweredByItsNumber(t *testing.T) {
	drive(t, 140, 45, func(d *driver) {
		d.game.At, d.game.Now, d.game.Open = 1, lessons.Asking, nil
		d.press("f7")
		d.shows("What will a second container with -p 8080:80 do?", "2 It fails")
		d.press("2")
		d.did("answer 2")
		d.shows("You said")
		d.hides("The engine cannot bind")
		d.typed("docker run x")
		d.press("enter")
		d.shows("Right", "The engine cannot bind the port twice.")
	})
}

func TestEnterGoesOnWhenTheStepIsDone(t *testing.T) {
	drive(t, 80, 24, func(d *driver) {
		d.game.OnType = func(g *playtest.Game, _ string) { g.Now = lessons.Passed }
		d.typed("x")
		d.press("enter")
		d.shows("Done.", "enter goes on")
		d.press("enter")
		d.did("type x", "next")
		d.shows("What if it is taken?")
	})
}

func TestUndoSaysWhatWasUndone(t *testing.T) {
	drive(t, 100, 30, func(d *driver) {
		d.press("ctrl+z")
		d.shows("there is nothing to undo in this step")
		d.typed("docker rm -f web")
		d.press("enter", "ctrl+z")
		d.shows("undone: docker rm -f web")
		d.press("ctrl+y")
		d.did("type docker rm -f web", "undo", "redo")
	})
}

func TestSeveralPastedLinesWaitForAConfirmation(t *testing.T) {
	drive(t, 100, 30, func(d *driver) {
		d.send(tea.PasteMsg{Content: "docker ps\ndocker images\n"})
		d.did()
		d.shows("2 lines were pasted")
		d.press("enter")
		d.did("type docker ps", "type docker images")
		d.send(tea.PasteMsg{Content: "rm -rf /\nhalt"})
		d.press("esc")
		d.did("type docker ps", "type docker images")
	})
}

func TestCompletionOffersAndTakes(t *testing.T) {
	drive(t, 100, 30, func(d *driver) {
		d.game.Words = []sim.Candidate{{Text: "restart", Help: "Restart containers"}, {Text: "rename", Help: "Rename a container"}}
		d.typed("r")
		d.press("tab")
		d.shows("Restart containers", "Rename a container", "laptop$ re")
		d.press("tab", "enter", "enter")
		d.did("type rename ")
	})
}

func TestASecretIsNotShown(t *testing.T) {
	drive(t, 100, 30, func(d *driver) {
		d.game.OnType = func(g *playtest.Game, _ string) { g.C.Busy, g.C.Secret, g.C.Prompt = true, true, "Password: " }
		d.typed("docker login")
		d.press("enter")
		d.typed("hunter2")
		d.shows("Password:")
		d.hides("hunter2")
		d.press("enter")
		d.did("type docker login", "type hunter2")
	})
}

func TestWhatChangedIsMarkedForAMoment(t *testing.T) {
	drive(t, 140, 45, func(d *driver) {
		d.game.OnType = func(g *playtest.Game, _ string) {
			g.S.Containers = append(g.S.Containers[1:], playtest.Container("laptop", "cache", "redis:alpine", "running", 6379, 6379, true))
		}
		d.typed("docker rm -f web")
		d.press("enter")
		d.shows("cache ◂ new", "removed")
		d.pass(2 * time.Second)
		d.shows("cache")
		d.hides("◂ new", "removed")
	})
}

func TestWhyShowsTheChainOfCauses(t *testing.T) {
	drive(t, 140, 45, func(d *driver) {
		d.game.Causes = []sim.Cause{{Text: "web exited with status 137", See: "docker inspect web"}, {Text: "laptop$ docker kill web"}}
		d.press("shift+tab", "right", "right", "f9")
		d.shows("Why ", "web exited with status 137", "because", "see it with docker inspect web")
		d.press("esc")
		d.hides("see it with")
	})
}

func TestTheMouseDoesWhatTheKeysDo(t *testing.T) {
	driveWith(t, 80, 24, tui.Options{ReducedMotion: true}, func(d *driver) {
		for y, line := range strings.Split(d.screen(), "\n") {
			if x := strings.Index(line, "2 docker ps"); x >= 0 {
				d.send(tea.MouseClickMsg{X: len([]rune(line[:x])) + 1, Y: y, Button: tea.MouseLeft})
			}
		}
		d.did("type docker ps")
		d.send(tea.MouseClickMsg{X: 3, Y: 3, Button: tea.MouseLeft})
		d.shows("━ A door to the web server ━")
		d.send(tea.MouseWheelMsg{X: 3, Y: 3, Button: tea.MouseWheelDown})
		d.shows("The web server listens")
	})
}

func TestNothingIsLostInASmallWindow(t *testing.T) {
	drive(t, 100, 30, func(d *driver) {
		d.typed("docker ps")
		d.send(tea.WindowSizeMsg{Width: 50, Height: 12})
		d.shows("Please enlarge the window")
		d.press("x", "enter")
		d.send(tea.WindowSizeMsg{Width: 64, Height: 20})
		d.press("enter")
		d.did("type docker ps")
	})
}

// clickOn clicks the first cell of a text on the screen.
func (d *driver) clickOn(text string) {
	d.t.Helper()
	for y, line := range strings.Split(d.screen(), "\n") {
		if before, _, ok := strings.Cut(line, text); ok {
			d.send(tea.MouseClickMsg{X: len([]rune(before)), Y: y, Button: tea.MouseLeft})
			return
		}
	}
	d.t.Fatalf("%q is not on the screen:\n%s", text, d.screen())
}

func TestEverythingThatLooksPressableIs(t *testing.T) {
	driveWith(t, 140, 45, tui.Options{ReducedMotion: true}, func(d *driver) {
		d.clickOn("knock at the door")
		d.did("type curl -s localhost:8080")
		d.clickOn("api ──")
		d.shows("━ Harbour", "nothing listens")
		d.game.At, d.game.Now, d.game.Open = 1, lessons.Asking, nil
		d.press("f7")
		d.clickOn("It fails")
		d.did("type curl -s localhost:8080", "answer 2")
	})
}

func TestTheNarrowShapeBeginsWithReading(t *testing.T) {
	drive(t, 64, 20, func(d *driver) {
		d.shows("━ A door to the web server ━")
		d.typed("docker ps")
		d.shows("━ laptop ━", "laptop$ docker ps")
		d.clickOn("Harbour")
		d.shows("━ Harbour ━")
	})
}
