package resp

import (
	"reflect"
	"testing"
)

func TestAnswersSurviveTheWire(t *testing.T) {
	for _, r := range []Reply{nil, int64(-3), "text\r\nof two lines", State("OK"), Error("ERR no"), []Reply{"a", nil, []Reply{int64(1)}}} {
		got, rest, ok := Decode(Encode(r))
		if !ok || rest != "" || !reflect.DeepEqual(got, r) {
			t.Errorf("%#v became %#v (%v, %q)", r, got, ok, rest)
		}
	}
}

func TestCommandsInBothForms(t *testing.T) {
	got := Commands(Command([]string{"SET", "a", "b c"}) + "PING\r\nGET a\n")
	want := [][]string{{"SET", "a", "b c"}, {"PING"}, {"GET", "a"}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func FuzzDecode(f *testing.F) {
	f.Add("*2\r\n$3\r\nGET\r\n$1\r\na\r\n")
	f.Add("$-1\r\n:5\r\n+OK\r\n-ERR\r\n*-1\r\n")
	f.Fuzz(func(t *testing.T, text string) {
		_, _, _ = Decode(text)
		Commands(text)
	})
}
