package tui_test

import (
	"fmt"
	"testing"
)

func TestScreens(t *testing.T) {
	for _, s := range [][2]int{{80, 24}, {100, 30}, {140, 45}, {64, 20}} {
		t.Run(fmt.Sprintf("%dx%d", s[0], s[1]), func(t *testing.T) {
			drive(t, s[0], s[1], func(d *driver) { d.golden(fmt.Sprintf("lesson-%dx%d", s[0], s[1])) })
		})
	}
}
