package theme_test

import (
	"reflect"
	"regexp"
	"testing"

	"drydock/tui/theme"
)

func TestWithoutColourThereIsNoColour(t *testing.T) {
	colour := regexp.MustCompile(`\x1b\[[0-9;]*(3[0-8]|4[0-8]|9[0-7]|10[0-7])[;m]`)
	styles := reflect.ValueOf(theme.New(theme.None))
	for i := range styles.NumField() {
		if s, ok := styles.Field(i).Interface().(theme.Style); ok && colour.MatchString(s.Render("x")) {
			t.Errorf("%s is coloured: %q", styles.Type().Field(i).Name, s.Render("x"))
		}
	}
}

func TestStatesDifferInEveryTheme(t *testing.T) {
	for _, kind := range []theme.Kind{theme.Dark, theme.Light, theme.Sixteen} {
		th := theme.New(kind)
		seen := map[string]bool{}
		for _, s := range []theme.Style{th.Good, th.Warn, th.Bad, th.Dim, th.Text} {
			seen[s.Render("x")] = true
		}
		if len(seen) != 5 {
			t.Errorf("theme %d: only %d of 5 looks differ", kind, len(seen))
		}
	}
}
