package tui_test

import (
	"strings"
	"testing"
	"time"

	"drydock/lessons"
	"drydock/sim"
	"drydock/tui"
	"drydock/tui/play/playtest"
)

func TestAWhatIfLeavesTheLessonAsItWas(t *testing.T) {
	driveWith(t, 140, 45, tui.Options{ReducedMotion: true}, func(d *driver) {
		d.press("f12")
		d.pass(7 * time.Second) // the notice goes away
		d.shows("what if?", "F12 back to the lesson")
		d.typed("docker rm -f web")
		d.press("enter")
		d.pass(time.Second)
		if got := strings.Join(d.game.Other.Log, "\n"); got != "type docker rm -f web" {
			t.Errorf("asked of the branch: %q", got)
		}
		d.did("branch")
		d.press("f12")
		d.hides("what if?", "docker rm -f web")
		d.typed("docker ps")
		d.press("enter")
		d.did("branch", "type docker ps")
		if got := d.game.Other.Log; got[len(got)-1] != "close" {
			t.Errorf("the branch was not closed: %q", got)
		}
	})
}

func TestAWhatIfGivesNoHintsAndDoesNotEndTheStep(t *testing.T) {
	drive(t, 100, 30, func(d *driver) {
		d.press("f12", "f3")
		if len(d.game.Other.Shown)+len(d.game.Shown) > 0 {
			t.Error("a hint was given")
		}
		d.game.Other.Now = lessons.Passed
		d.press("esc", "esc", "enter")
		if d.game.Other.At != d.game.At {
			t.Error("the branch went on to the next step")
		}
	})
}

func TestThemesInColour(t *testing.T) {
	for _, theme := range []string{"dark", "light"} {
		driveWith(t, 100, 30, tui.Options{Theme: theme}, func(d *driver) {
			d.game.S = playtest.Swarm(3)
			playtest.LoseNode(&d.game.S, "node-3")
			d.typed("x")
			d.press("enter")
			d.coloured("lesson-" + theme)
		})
	}
}

func TestThePowerOfTheSelectedMachineIsAKey(t *testing.T) {
	drive(t, 140, 45, func(d *driver) {
		d.press("shift+tab", "down")
		for range 8 {
			d.press("up")
		}
		d.shows("x power off")
		d.press("x")
		d.did("fault  power off laptop")
	})
}

func TestFaultsThatWouldChangeNothingAreNotOffered(t *testing.T) {
	drive(t, 140, 45, func(d *driver) {
		d.game.S = playtest.Swarm(3)
		d.game.S.Cut = []string{"node-2"}
		d.typed("x")
		d.press("enter", "f10")
		d.shows("power off node-1", "network cut node-1", "network heal", "internet up")
		d.hides("network cut node-2", "internet down", "power on")
		d.press("esc")
		d.game.S = sim.State{Internet: true, Machines: d.game.S.Machines[:1]}
		d.typed("x")
		d.press("enter", "f10")
		d.shows("internet down")
		d.hides("internet up", "network cut", "network heal")
	})
}
