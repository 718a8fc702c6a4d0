package harbour_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"drydock/tui/harbour"
	"drydock/tui/play/playtest"
	"drydock/tui/theme"
)

func TestLook(t *testing.T) {
	m := harbour.New()
	m.Show(playtest.Small())
	for _, s := range [][2]int{{38, 10}, {47, 14}, {89, 20}, {100, 30}} {
		fmt.Printf("== %v\n%s\n", s, ansi.Strip(strings.Join(m.View(theme.New(theme.None), s[0], s[1], false), "\n")))
	}
	three := playtest.Large(9, "laptop", "server", "backup")
	m.Show(three)
	for _, s := range [][2]int{{38, 10}, {89, 20}} {
		fmt.Printf("== %v\n%s\n", s, ansi.Strip(strings.Join(m.View(theme.New(theme.None), s[0], s[1], false), "\n")))
	}
	m.Show(playtest.Large(300, "laptop", "server", "backup"))
	fmt.Println(ansi.Strip(strings.Join(m.View(theme.New(theme.None), 89, 20, false), "\n")))
	m.Show(playtest.Large(3000, "laptop"))
	fmt.Println(ansi.Strip(strings.Join(m.View(theme.New(theme.None), 89, 12, false), "\n")))
}
