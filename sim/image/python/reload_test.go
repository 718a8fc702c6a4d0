package python

import (
	"strings"
	"testing"
	"time"
)

const debugged = `
from flask import Flask
app = Flask(__name__)

@app.route("/")
def index():
    return "Hello"

if __name__ == "__main__":
    app.run(debug=True)
`

// In debug mode a changed file is served without a restart; a broken one answers
// 500 until it is mended.
func TestADebuggedFlaskApplicationFollowsItsFiles(t *testing.T) {
	l := newLab(t, "flask")
	_, _, errs := l.start(debugged, time.Second)
	write := func(src string) {
		if err := l.m.FS.WriteFile("/app/app.py", []byte(src), 0o644, 0, 0); err != nil {
			t.Fatal(err)
		}
	}
	if r := l.get(5000, "/"); r.Body != "Hello" {
		t.Fatalf("at first: %+v\n%s", r, errs)
	}
	write(strings.ReplaceAll(debugged, "Hello", "Ahoy"))
	if r := l.get(5000, "/"); r.Body != "Ahoy" {
		t.Errorf("after a change: %+v\n%s", r, errs)
	}
	write("x = = 2\n")
	if r := l.get(5000, "/"); r.Status != 500 || !strings.Contains(errs.String(), "SyntaxError") {
		t.Errorf("broken: %+v\n%s", r, errs)
	}
	write(debugged)
	if r := l.get(5000, "/"); r.Body != "Hello" {
		t.Errorf("mended: %+v\n%s", r, errs)
	}
	if n := strings.Count(errs.String(), " * Detected change in '/app/app.py', reloading\n"); n != 3 {
		t.Errorf("%d reloads in the log:\n%s", n, errs)
	}
}

// Without debug mode the program that was started goes on.
func TestAFlaskApplicationWithoutDebugKeepsWhatItRead(t *testing.T) {
	l := newLab(t, "flask")
	plain := strings.ReplaceAll(debugged, "debug=True", "")
	l.start(plain, time.Second)
	if err := l.m.FS.WriteFile("/app/app.py", []byte(strings.ReplaceAll(plain, "Hello", "Ahoy")), 0o644, 0, 0); err != nil {
		t.Fatal(err)
	}
	if r := l.get(5000, "/"); r.Body != "Hello" {
		t.Errorf("after a change: %+v", r)
	}
}
