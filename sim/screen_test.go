package sim

import (
	"strings"
	"testing"
)

func shown(s *screen) string {
	var lines []string
	for _, l := range s.lines() {
		lines = append(lines, strings.TrimRight(l.Text, " "))
	}
	return strings.Join(lines, "|")
}

func TestScreenShowsWhatATerminalWould(t *testing.T) {
	for _, tc := range []struct{ name, write, want string }{
		{"lines", "one\ntwo\n", "one|two"},
		{"unfinished line", "one\ntw", "one|tw"},
		{"carriage return", "10%\r90%\n", "90%"},
		{"moving up to write a row anew", "a: Waiting\nb: Waiting\n\x1b[2A\x1b[2Ka: Done\n\x1b[1B", "a: Done|b: Waiting"},
		{"erasing to the end of the line", "Downloading [==>  ]\rDone\x1b[K\n", "Done"},
		{"tab", "a\tb\n", "a       b"},
		{"clear", "old\x1b[2J\x1b[Hnew\n", "new"},
		{"colour is kept and closed", "\x1b[31mred\x1b[0m plain\n", "\x1b[31mred\x1b[m plain"},
		{"unknown sequence does nothing", "a\x1b[?25lb\n", "ab"},
	} {
		s := &screen{columns: 80}
		s.write(tc.write)
		if got := shown(s); got != tc.want {
			t.Errorf("%s: %q, want %q", tc.name, got, tc.want)
		}
	}
}

func TestScreenPutsSequencesTogetherThatArriveInPieces(t *testing.T) {
	s := &screen{columns: 80}
	for _, b := range []byte("x\x1b[2Ky\n\x1b[1A\x1b[32mg\x1b[m\n") {
		s.write(string(b))
	}
	if got := shown(s); got != "\x1b[32mg\x1b[my" && got != " \x1b[32mg" && !strings.Contains(got, "\x1b[32mg\x1b[m") {
		t.Fatalf("%q", got)
	}
}

func FuzzScreen(f *testing.F) {
	f.Add("a\x1b[5A\x1b[999C\rb\x1b[J\t\n")
	f.Fuzz(func(t *testing.T, text string) {
		s := &screen{columns: 80}
		s.write(text)
		s.typed("laptop$ ", text, 1, true)
		for _, l := range s.lines() {
			if strings.ContainsAny(l.Text, "\n\r\t\b") {
				t.Fatalf("a control character was left in %q", l.Text)
			}
		}
	})
}
