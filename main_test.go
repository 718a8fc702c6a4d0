package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// outcome is what a command line did.
type outcome struct {
	out, err string
	status   int
}

// drydock runs a command line without a terminal, with that standard input.
func drydock(t *testing.T, stdin string, args ...string) outcome {
	t.Helper()
	var out, errs strings.Builder
	sys := &system{in: strings.NewReader(stdin), out: &out, err: &errs, getenv: func(string) string { return "" }, piped: true}
	status := run(sys, args)
	return outcome{out.String(), errs.String(), status}
}

func write(t *testing.T, name, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return file
}

func TestShellKeepsStreamsApartAndReturnsTheStatus(t *testing.T) {
	got := drydock(t, "", "shell", "-c", "echo out; echo err >&2; exit 3")
	if want := (outcome{"out\n", "err\n", 3}); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func TestShellReadsAScriptFromAPipe(t *testing.T) {
	got := drydock(t, "for i in 1 2; do\n  echo $i\ndone\ncat <<EOF\ndoc\nEOF\n", "shell")
	if want := (outcome{"1\n2\ndoc\n", "", 0}); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func TestShellTakesAWorld(t *testing.T) {
	world := write(t, "world.yaml", "machines: [server]\nfiles: {note.txt: hello}\n")
	got := drydock(t, "", "shell", "--world", world, "-c", "hostname; cat note.txt")
	if got.out != "server\nhello" || got.status != 0 {
		t.Errorf("got %+v", got)
	}
}

func TestShellSaysWhereAWorldIsWrong(t *testing.T) {
	world := write(t, "world.yaml", "machines: [server]\nwarp: 9\n")
	got := drydock(t, "", "shell", "--world", world, "-c", "true")
	if got.status != exitFailure || !strings.Contains(got.err, "world.yaml: line 2: there is no key \"warp\"") || strings.Count(got.err, "\n") != 1 {
		t.Errorf("got %+v", got)
	}
}

func TestReplayReadsStandardInputOrAFile(t *testing.T) {
	recording := "=== world\nmachines: [laptop]\n=== end\nlaptop$ echo hello\n=== exit 1\n"
	want := strings.Replace(recording, "=== exit 1", "hello\n=== exit 0", 1)
	if got := drydock(t, recording, "replay"); got.out != want {
		t.Errorf("from standard input: %+v", got)
	}
	if got := drydock(t, "", "replay", write(t, "r.txt", recording)); got.out != want {
		t.Errorf("from a file: %+v", got)
	}
}

func TestWrongUseIsOneLineAndStatusTwo(t *testing.T) {
	for _, args := range [][]string{
		{"--nonsense"}, {"shell", "--nonsense"}, {"shell", "too", "many"}, {"replay", "a", "b"}, {"version", "x"},
	} {
		got := drydock(t, "", args...)
		if got.status != exitUsage || strings.Count(got.err, "\n") != 1 || !strings.HasPrefix(got.err, "drydock: ") || got.out != "" {
			t.Errorf("drydock %s: %+v", strings.Join(args, " "), got)
		}
	}
}

func TestAMissingFileIsAFailureInOneLine(t *testing.T) {
	for _, args := range [][]string{{"replay", "/nowhere/r.txt"}, {"shell", "--world", "/nowhere/w.yaml"}} {
		got := drydock(t, "", args...)
		if got.status != exitFailure || strings.Count(got.err, "\n") != 1 || !strings.Contains(got.err, "/nowhere/") {
			t.Errorf("drydock %s: %+v", strings.Join(args, " "), got)
		}
	}
}

func TestVersionAndHelpGoToStandardOutput(t *testing.T) {
	if got := drydock(t, "", "version"); !strings.HasPrefix(got.out, "drydock ") || got.status != 0 {
		t.Errorf("version: %+v", got)
	}
	if got := drydock(t, "", "help"); !strings.Contains(got.out, "replay") || got.err != "" || got.status != 0 {
		t.Errorf("help: %+v", got)
	}
}
