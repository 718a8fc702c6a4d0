package shell

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"drydock/sim/machine"
)

func TestPipelinesStream(t *testing.T) {
	b := newBench(t)
	got := b.runFor("while true; do echo tick; sleep 1; done | head -3", time.Minute)
	if got.out != "tick\ntick\ntick\n" || !got.ended || got.took > 5*time.Second {
		t.Errorf("got %q, ended %v after %v", got.out, got.ended, got.took)
	}
}

func TestEndlessLoopLetsTheWorldGoOn(t *testing.T) {
	b := newBench(t)
	for _, line := range []string{"while true; do :; done", "f() { f; }; f", ":(){ :|:& };:", "yes >/dev/null", "x=a; while true; do x=$x$x; done"} {
		got := b.runFor(line, time.Second)
		if got.took > time.Second {
			t.Errorf("%s: took %v of virtual time", line, got.took)
		}
	}
}

func TestBackgroundJobs(t *testing.T) {
	b := newBench(t)
	got := b.run("sleep 5 & echo started $!; wait; echo done")
	if !strings.HasPrefix(got.out, "started ") || !strings.HasSuffix(got.out, "\ndone\n") || got.took < 5*time.Second {
		t.Errorf("got %q after %v", got.out, got.took)
	}
	b.want("(sleep 2; exit 7) & wait $!; echo $?", "7\n")
	b.want("sleep 100 & kill $!; wait $!; echo $?", "143\n")
}

func TestSimpleCommandTakesTheShellsPlace(t *testing.T) {
	b := newBench(t)
	var out bytes.Buffer
	p, err := b.m.Start(machine.Spec{Args: []string{"sh", "-c", "sleep 100"}, Stdout: &out})
	if err != nil {
		t.Fatal(err)
	}
	b.clock.Advance(time.Second)
	if p.Command() != "sleep 100" {
		t.Errorf("the process is %q", p.Command())
	}
	p.Signal(machine.SIGTERM)
	b.clock.Run()
	if !p.Done() || p.Status() != 143 {
		t.Errorf("done %v, status %d", p.Done(), p.Status())
	}
}

func TestTrapRunsAfterTheForegroundCommand(t *testing.T) {
	b := newBench(t)
	b.want("trap 'echo bye' EXIT; echo hi", "hi\n")
	b.want(`sh -c 'trap "echo term; exit 3" TERM; kill $$; sleep 1; echo not reached'; echo $?`, "term\n3\n")
	got := b.run(`sh -c 'trap "echo term; exit 0" TERM; sleep 60 & wait' & sleep 1; kill $!; wait $!; echo $?`)
	if got.out != "term\n0\n" || got.took > 3*time.Second {
		t.Errorf("got %q after %v", got.out, got.took)
	}
}

// seat is a terminal with an interactive shell.
type seat struct {
	*bench
	tty    *machine.TTY
	screen bytes.Buffer
	shell  *machine.Process
}

func sit(t *testing.T) *seat {
	b := newBench(t)
	s := &seat{bench: b}
	s.tty = machine.NewTTY(b.clock, 80, 24, &s.screen)
	p, err := b.m.Start(machine.Spec{Args: []string{"-bash"}, Main: b.login.Interactive(), Stdin: s.tty, Stdout: s.tty, Stderr: s.tty, TTY: s.tty})
	if err != nil {
		t.Fatal(err)
	}
	s.shell = p
	b.clock.Run()
	return s
}

func (s *seat) typed(line string) string {
	s.screen.Reset()
	s.tty.Type(line + "\n")
	s.clock.Advance(time.Second)
	return s.screen.String()
}

func TestPromptAndContinuation(t *testing.T) {
	s := sit(t)
	if s.tty.Editor == nil || s.tty.Editor.Prompt != "laptop$ " {
		t.Fatalf("editor %+v", s.tty.Editor)
	}
	if out := s.typed("echo hello"); out != "hello\n" {
		t.Errorf("got %q", out)
	}
	s.typed("if true; then")
	if s.tty.Editor.Prompt != "> " {
		t.Errorf("prompt %q in an unfinished construct", s.tty.Editor.Prompt)
	}
	if out := s.typed("echo inner; fi"); out != "inner\n" {
		t.Errorf("got %q", out)
	}
	if out := s.typed("nosuch"); out != "bash: nosuch: command not found\n" {
		t.Errorf("got %q", out)
	}
	s.typed("echo 'open")
	s.tty.Interrupt(machine.SIGINT)
	s.clock.Run()
	if s.tty.Editor == nil || s.tty.Editor.Prompt != "laptop$ " {
		t.Error("Ctrl-C does not start afresh")
	}
	if h := s.login.History(); len(h) != 3 || h[0] != "echo hello" {
		t.Errorf("history %q", h)
	}
}

func TestInterruptEndsTheForegroundOnly(t *testing.T) {
	s := sit(t)
	for _, line := range []string{"sleep 100; echo not reached", "while true; do sleep 1; done", "while true; do :; done", "sleep 100 | cat", "sh -c 'sleep 100; echo inner'", "sleep 100 & wait"} {
		s.typed(line)
		if s.tty.Editor != nil {
			t.Fatalf("%s: the prompt is back at once", line)
		}
		s.screen.Reset()
		s.tty.Interrupt(machine.SIGINT)
		s.clock.Advance(10 * time.Millisecond)
		if s.tty.Editor == nil || s.shell.Done() {
			t.Fatalf("%s: no prompt after Ctrl-C (shell done %v)", line, s.shell.Done())
		}
		if out := s.screen.String(); strings.Contains(out, "reached") || strings.Contains(out, "inner") {
			t.Errorf("%s: printed %q", line, out)
		}
		if s.login.Status() != 130 {
			t.Errorf("%s: status %d", line, s.login.Status())
		}
	}
}

func TestEndOfInputLeavesTheShell(t *testing.T) {
	s := sit(t)
	s.tty.EOF()
	s.clock.Run()
	if !s.shell.Done() {
		t.Error("the shell goes on after Ctrl-D")
	}
}

func TestCommandsAreTheCauseOfWhatTheyDo(t *testing.T) {
	b := newBench(t)
	b.run("sleep 1")
	events := b.clock.Events(0)
	if len(events) != 1 || events[0].Actor != "laptop$" || events[0].Reason != "run" || events[0].Message != "sleep 1" || events[0].Object.Kind != "command" {
		t.Errorf("events %+v", events)
	}
}

func TestCompletion(t *testing.T) {
	s := sit(t)
	s.site.Complete = func(tool string, _ *machine.Process, args []string, word string) []machine.Completion {
		if tool == "docker" && len(args) == 0 {
			return []machine.Completion{{Text: "ps"}, {Text: "pull"}}
		}
		return nil
	}
	s.typed("mkdir projects; touch notes.txt; MYVAR=1")
	for _, c := range []struct{ line, want string }{
		{"unam", "uname"}, {"docker p", "ps pull"}, {"echo x | docker p", "ps pull"}, {"cat no", "notes.txt"}, {"cd ", "projects/"},
		{"ls proj", "projects/"}, {"echo $MYV", "$MYVAR"}, {"COLOR=red unam", "uname"},
	} {
		_, found := s.tty.Editor.Complete(c.line, len(c.line))
		var words []string
		for _, f := range found {
			words = append(words, f.Text)
		}
		if got := strings.Join(words, " "); got != c.want {
			t.Errorf("%q completes to %q, want %q", c.line, got, c.want)
		}
	}
}

func TestLineThatIsEndedTakesItsChildrenAlong(t *testing.T) {
	b := newBench(t)
	p, err := b.m.Start(machine.Spec{Args: []string{"bash"}, Main: b.login.Line("sleep 900 & sleep 1000 | cat; echo not reached")})
	if err != nil {
		t.Fatal(err)
	}
	b.clock.Advance(time.Second)
	p.Signal(machine.SIGINT)
	b.clock.Run()
	var left []string
	for _, p := range b.m.Processes() {
		left = append(left, p.Command())
	}
	if got := strings.Join(left, ", "); got != "sleep 900" {
		t.Errorf("still there: %s", got)
	}
}

func BenchmarkPipeline(b *testing.B) {
	s := newBench(b)
	for b.Loop() {
		s.run("for i in 1 2 3; do echo $i; done | grep 2 | wc -l")
	}
}
