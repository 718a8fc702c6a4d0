package replay_test

import (
	"io"
	"strings"
	"testing"

	"drydock/sim/replay"
)

const small = `# a title
=== world
machines: [laptop, server]
=== end
=== file notes/one.txt
hello
=== end
laptop$ cat notes/one.txt
something else
=== exit 3
=== event wait 3 s
server$ hostname
=== exit 0
`

func TestReplayKeepsTheFormAndPrintsItsOwnOutputs(t *testing.T) {
	var out strings.Builder
	if err := replay.Run("small.txt", strings.NewReader(small), &out); err != nil {
		t.Fatal(err)
	}
	want := strings.NewReplacer("something else\n=== exit 3", "hello\n=== exit 0", "$ hostname\n", "$ hostname\nserver\n").Replace(small)
	if out.String() != want {
		t.Errorf("got:\n%s\nwant:\n%s", out.String(), want)
	}
}

func TestReplayIsTheSameEachTime(t *testing.T) {
	text := "=== world\nimages: [nginx:alpine]\n=== end\nlaptop$ docker run -d nginx:alpine\n=== exit 0\nlaptop$ docker ps -a\n=== exit 0\n"
	var first, second strings.Builder
	for _, out := range []*strings.Builder{&first, &second} {
		if err := replay.Run("twice.txt", strings.NewReader(text), out); err != nil {
			t.Fatal(err)
		}
	}
	if first.String() != second.String() {
		t.Errorf("first:\n%s\nsecond:\n%s", first.String(), second.String())
	}
}

func TestFilesGoWhereTheShellIs(t *testing.T) {
	text := "laptop$ mkdir deep && cd deep\n=== exit 0\n=== file a.txt\ndown here\n=== end\nlaptop$ cat ../deep/a.txt\n=== exit 0\n"
	var out strings.Builder
	if err := replay.Run("deep.txt", strings.NewReader(text), &out); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(out.String(), "a.txt\ndown here\n=== exit 0") {
		t.Errorf("the file was not found:\n%s", out.String())
	}
}

func TestAnEventWritesAFileAndAddsToIt(t *testing.T) {
	text := "=== event /etc/tool.conf now says: a = 1\n=== event the file now also says: b = 2\nlaptop$ cat /etc/tool.conf\n=== exit 0\n"
	var out strings.Builder
	if err := replay.Run("conf.txt", strings.NewReader(text), &out); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(out.String(), "tool.conf\na = 1\nb = 2\n=== exit 0") {
		t.Errorf("the file holds something else:\n%s", out.String())
	}
}

func TestTheTitleSaysWhoGaveTheCommands(t *testing.T) {
	for title, want := range map[string]string{
		"# tools: docker client 29.7.2":  "dev",
		"# tools: podman 5.4.2, rootful": "root",
		"# tools: podman 5.4.2\n# everything here is run by the user student (uid 1000)": "student",
	} {
		var out strings.Builder
		err := replay.Run("who.txt", strings.NewReader(title+"\n=== world\nmachines: [laptop]\n=== end\nlaptop$ id -un\n=== exit 0\n"), &out)
		if err != nil || !strings.Contains(out.String(), "-un\n"+want+"\n") {
			t.Errorf("%s: %v\n%s", title, err, out.String())
		}
	}
}

func TestTheTitleMayNameTheDirectory(t *testing.T) {
	text := "# state: nothing is local; directory: shop\nlaptop$ basename $PWD\n=== exit 0\n"
	var out strings.Builder
	if err := replay.Run("shop.txt", strings.NewReader(text), &out); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(out.String(), "$PWD\nshop\n") {
		t.Errorf("the session is somewhere else:\n%s", out.String())
	}
}

func TestWaitUntilAboutCountsFromTheFirstCommand(t *testing.T) {
	text := "laptop$ date +%s\n=== exit 0\nlaptop$ sleep 20\n=== exit 0\n=== event wait until about 62 seconds have passed\nlaptop$ date +%s\n=== exit 0\n"
	rec, err := replay.Parse("wait.txt", strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	results, err := rec.Enact()
	if err != nil {
		t.Fatal(err)
	}
	if passed := number(t, results[3].Stdout) - number(t, results[0].Stdout); passed != 62 {
		t.Errorf("%d seconds passed, not 62", passed)
	}
}

func number(t *testing.T, text string) (n int) {
	t.Helper()
	for _, r := range strings.TrimSpace(text) {
		if r < '0' || r > '9' {
			t.Fatalf("%q is no number", text)
		}
		n = n*10 + int(r-'0')
	}
	return n
}

func TestPowerAndDaemonEvents(t *testing.T) {
	text := `=== world
machines: [node-1, node-2]
=== end
=== event the docker daemon of node-2 is stopped
node-2$ docker ps
=== exit 1
=== event the docker daemon of node-2 is started again
node-2$ docker ps -q
=== exit 0
=== event node-2 loses power
node-2$ true
=== exit 255
=== event node-2 has power again
node-2$ true
=== exit 0
`
	rec, err := replay.Parse("power.txt", strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	results, err := rec.Enact()
	if err != nil {
		t.Fatal(err)
	}
	for i, step := range rec.Steps {
		if step.Kind == replay.Command && results[i].Status != step.Status {
			t.Errorf("line %d: %s: exit %d, not %d: %s", step.Line, step.Text, results[i].Status, step.Status, results[i].Output)
		}
	}
}

func TestAnEventThatMeansNothingIsReportedWithItsLineAndTheRestGoesOn(t *testing.T) {
	text := "laptop$ true\n=== exit 0\n=== event the moon is full\nlaptop$ echo on\n=== exit 0\n"
	var out strings.Builder
	err := replay.Run("moon.txt", strings.NewReader(text), &out)
	if err == nil || !strings.Contains(err.Error(), "moon.txt:3: ") {
		t.Errorf("error: %v", err)
	}
	if !strings.Contains(out.String(), "echo on\non\n") {
		t.Errorf("the rest was not re-enacted:\n%s", out.String())
	}
}

func TestFaultsOfAParsedRecordingNameTheLine(t *testing.T) {
	for text, want := range map[string]string{
		"# t\n=== world\nmachines: [a]\n":                     "x.txt:2: the world has no end",
		"laptop$ true\n":                                      "x.txt:1: the command has no end",
		"laptop$ true\n=== exit many\n":                       "x.txt:2: \"many\" is no exit status",
		"=== world\n=== end\nwhat is this\n":                  "x.txt:3: ",
		"=== world\n=== end\n=== world\n=== end\n":            "x.txt:4: a recording has one world",
		"=== world\nmachinery: [a]\n=== end\n":                "x.txt:1: world: ",
		"=== world\n=== end\n=== quake\n":                     "x.txt:3: ",
		"# t\n=== world\nmachines: [a]\n=== end\n=== file \n": "x.txt:5: ",
	} {
		err := replay.Run("x.txt", strings.NewReader(text), io.Discard)
		if err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%q: error %v, want %s…", text, err, want)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add(small)
	f.Add("=== world\nmachines: [a, a]\n=== end\n")
	f.Add("=== event wait 1e300 s until x\n=== event wait . s")
	f.Fuzz(func(t *testing.T, text string) {
		rec, err := replay.Parse("fuzz.txt", strings.NewReader(text))
		if err != nil && !strings.HasPrefix(err.Error(), "fuzz.txt") {
			t.Errorf("the error does not name the recording: %v", err)
		}
		if err == nil && len(rec.Steps) > strings.Count(text, "\n")+1 {
			t.Errorf("%d steps in %d lines", len(rec.Steps), strings.Count(text, "\n")+1)
		}
	})
}
