package main

import (
	"encoding/json"
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

func TestShellOnATerminalAsksLineByLine(t *testing.T) {
	var out strings.Builder
	lines := "cd /tmp\ndocker run -d --name web nginx:alpine >/dev/null 2>&1\nsleep 5; docker ps --format {{.Names}}\n"
	sys := &system{in: strings.NewReader(lines), out: &out, err: &out, getenv: func(string) string { return "" }, terminal: true}
	if status := run(sys, []string{"shell"}); status != 0 {
		t.Fatalf("status %d:\n%s", status, out.String())
	}
	if !strings.Contains(out.String(), "web\n") || strings.Contains(out.String(), "cd /tmp") {
		t.Errorf("the output of the commands alone was expected:\n%s", out.String())
	}
}

func TestThePipedGameNeedsNoTerminal(t *testing.T) {
	got := drydock(t, "0.1\n2\n@quit\n", "play", "--state", t.TempDir())
	if got.status != 0 || !strings.Contains(got.out, "docker run") || strings.Contains(got.out, "\x1b") {
		t.Errorf("got %+v", got)
	}
}

func TestProgressIsKeptBetweenTwoGames(t *testing.T) {
	state := t.TempDir()
	drydock(t, "docker run -d --name beacon nginx:alpine\n\n@quit\n", "0.1", "--state", state)
	if got := drydock(t, "", "progress", "--state", state); !strings.Contains(got.out, "under way") {
		t.Errorf("progress: %+v", got)
	}
	if got := drydock(t, "", "0.1", "--state", state); !strings.Contains(got.out, "Step 2") {
		t.Errorf("the second game: %+v", got)
	}
	if got := drydock(t, "", "progress", "reset", "--state", state); got.status != 0 || !strings.Contains(got.out, state) {
		t.Errorf("reset: %+v", got)
	}
	if got := drydock(t, "", "progress", "--state", state); strings.Contains(got.out, "under way") {
		t.Errorf("after reset: %+v", got)
	}
}

func TestExportedProgressCanBeImported(t *testing.T) {
	from, to := t.TempDir(), t.TempDir()
	drydock(t, "docker run -d --name beacon nginx:alpine\n\n@quit\n", "0.1", "--state", from)
	exported := drydock(t, "", "progress", "export", "--state", from)
	if got := drydock(t, exported.out, "progress", "import", "--state", to); got.status != 0 {
		t.Fatalf("import: %+v", got)
	}
	if got := drydock(t, "", "progress", "--state", to); !strings.Contains(got.out, "under way") {
		t.Errorf("after the import: %+v", got)
	}
}

func TestEverySandboxCanBePlayed(t *testing.T) {
	for _, world := range worldNames() {
		got := drydock(t, "@harbour\n@quit\n", "sandbox", world, "--state", t.TempDir())
		if got.status != 0 || got.err != "" || !strings.Contains(got.out, "Machine ") {
			t.Errorf("%s: %+v", world, got)
		}
	}
	if got := drydock(t, "", "sandbox", "atlantis"); got.status != exitUsage || !strings.Contains(got.err, "laptop") {
		t.Errorf("a world that is not there: %+v", got)
	}
}

func TestLessonsAreListedForPeopleAndPrograms(t *testing.T) {
	if got := drydock(t, "", "lessons"); got.status != 0 || !strings.Contains(got.out, "all-aboard") {
		t.Errorf("lessons: %+v", got)
	}
	var list []lessonEntry
	got := drydock(t, "", "lessons", "--json")
	if err := json.Unmarshal([]byte(got.out), &list); err != nil || len(list) == 0 || list[0].Steps == 0 || list[0].ID == "" {
		t.Errorf("lessons --json: %v: %+v", err, list)
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
		{"no-such-lesson"}, {"play", "no-such-lesson"}, {"--theme", "pink"}, {"progress", "burn"},
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
