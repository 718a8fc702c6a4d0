package progress

import (
	"bytes"
	"regexp"
	"strings"
	"testing"
	"time"

	"drydock/sim/clock"
)

// show runs a script against a display and returns what was printed.
func show(t *testing.T, o Options, script func(p *clock.Proc, tr *Trace)) string {
	t.Helper()
	c := clock.New(1, time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC))
	defer c.Close()
	var out bytes.Buffer
	o.Out = &out
	c.Go("build", clock.Work, func(p *clock.Proc) {
		tr := New(c.Now)
		d := Show(c, tr, o)
		script(p, tr)
		d.Close()
	})
	c.Advance(time.Hour)
	return out.String()
}

func failing(p *clock.Proc, tr *Trace) {
	read := tr.Vertex("read", "[internal] load build definition from Dockerfile")
	s := read.Status("transferring dockerfile:")
	s.Progress(77, 0).Finish()
	read.Finish()
	base := tr.Vertex("from", "[1/3] FROM alpine")
	blob := base.Status("sha256:abc")
	for part := range int64(3) {
		blob.Progress(1_000_000*part, 3_000_000)
		p.Sleep(200 * time.Millisecond)
	}
	blob.Progress(3_000_000, 3_000_000).Finish()
	base.Finish()
	tr.Vertex("one", "[2/3] RUN echo one").FromCache()
	bad := tr.Vertex("bad", "[3/3] RUN make").Start()
	p.Sleep(1500 * time.Millisecond)
	bad.Log("compil")
	p.Sleep(200 * time.Millisecond)
	bad.Log("ing\nno rule\n")
	bad.Fail("exit code: 2")
}

func TestPlainFormNumbersTheStepsAndRepeatsTheEndOfAFailedOne(t *testing.T) {
	got := show(t, Options{Mode: Plain, Heading: "building"}, failing)
	want := `#0 building

#1 [internal] load build definition from Dockerfile
#1 transferring dockerfile: 77B done
#1 DONE 0.0s

#2 [1/3] FROM alpine
#2 sha256:abc 0B / 3.00MB
#2 sha256:abc 1.00MB / 3.00MB 0.2s
#2 sha256:abc 2.00MB / 3.00MB 0.4s
#2 sha256:abc 3.00MB / 3.00MB 0.6s
#2 sha256:abc 3.00MB / 3.00MB 0.6s done
#2 DONE 0.6s

#3 [2/3] RUN echo one
#3 CACHED

#4 [3/3] RUN make
#4 1.500 compiling
#4 1.700 no rule
#4 ERROR: exit code: 2
------
 > [3/3] RUN make:
1.500 compiling
1.700 no rule
------
`
	if got != strings.Replace(want, "#4 1.700 no rule", "#4 1.700 no rule", 1) && got != strings.ReplaceAll(want, "1.500 no rule", "1.700 no rule") {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// screen is what stands on a terminal after some output with cursor movements.
func screen(out string) string {
	var rows []string
	at := 0
	for _, piece := range regexp.MustCompile(`\x1b\[\??[0-9;]*[A-Za-z]|\n|[^\x1b\n]+`).FindAllString(out, -1) {
		for len(rows) <= at {
			rows = append(rows, "")
		}
		switch {
		case piece == "\n":
			at++
		case strings.HasSuffix(piece, "A") && piece[0] == 0x1b:
			n := 0
			for _, r := range piece[2 : len(piece)-1] {
				n = n*10 + int(r-'0')
			}
			at -= n
		case piece[0] != 0x1b:
			rows[at] = strings.TrimRight(piece, " ")
		}
	}
	return strings.Join(rows, "\n")
}

func TestTerminalFormRewritesItsRows(t *testing.T) {
	got := screen(show(t, Options{Mode: Terminal, Builder: "docker:default", Size: func() (int, int) { return 72, 24 }}, failing))
	want := `
[+] Building 2.3s (4/4) FINISHED                         docker:default
 => [internal] load build definition from Dockerfile               0.0s
 => => transferring dockerfile: 77B                                0.0s
 => [1/3] FROM alpine                                              0.6s
 => => sha256:abc 3.00MB / 3.00MB                                  0.6s
 => CACHED [2/3] RUN echo one                                      0.0s
 => ERROR [3/3] RUN make                                           1.7s
------
 > [3/3] RUN make:
1.500 compiling
1.700 no rule
------`
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestARunningProgramShowsItsLastLinesInATerminal(t *testing.T) {
	got := show(t, Options{Mode: Terminal, Builder: "docker:default", Size: func() (int, int) { return 72, 24 }}, failing)
	if !strings.Contains(got, " => => # compil ") {
		t.Errorf("the unfinished line is not shown:\n%q", got)
	}
}

func TestQuietFormShowsNothing(t *testing.T) {
	if got := show(t, Options{Mode: Quiet}, failing); got != "" {
		t.Errorf("got %q", got)
	}
}

func TestWarningsAreListedAfterTheBuild(t *testing.T) {
	var out bytes.Buffer
	PrintWarnings(&out, []Warning{{Text: "A: one (line 1)"}, {Text: "B: two (line 2)"}}, false)
	want := "\n \x1b[33m2 warnings found (use docker --debug to expand):\n\x1b[0m - A: one (line 1)\n - B: two (line 2)\n"
	if out.String() != want {
		t.Errorf("got %q, want %q", out.String(), want)
	}
}
