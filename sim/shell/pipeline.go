package shell

import (
	"fmt"
	"strings"
	"time"

	"mvdan.cc/sh/v3/syntax"

	"drydock/sim/machine"
)

// stages takes a tree of `a | b | c` apart. The second result says which stages
// send their standard error into the pipe too (|&).
func stages(c *syntax.BinaryCmd) (list []*syntax.Stmt, both []bool) {
	left := c.X
	if b, ok := left.Cmd.(*syntax.BinaryCmd); ok && len(left.Redirs) == 0 && !left.Negated &&
		(b.Op == syntax.Pipe || b.Op == syntax.PipeAll) {
		list, both = stages(b)
	} else {
		list, both = []*syntax.Stmt{left}, []bool{false}
	}
	both[len(both)-1] = c.Op == syntax.PipeAll
	return append(list, c.Y), append(both, false)
}

// pipeline runs each stage as a child process, all at once; data flows as it
// is written. The status is that of the last stage (see pipefail).
func (sh *interp) pipeline(c *syntax.BinaryCmd) {
	list, both := stages(c)
	children, ok := sh.startStages(list, both, nil)
	if !ok {
		return
	}
	statuses := make([]string, len(children))
	status := 0
	for i, child := range children {
		s := sh.p.WaitChild(child)
		sh.foreground(child, false)
		statuses[i] = fmt.Sprint(s)
		if i == len(children)-1 && (!sh.opt.pipeFail || s != 0) || sh.opt.pipeFail && s != 0 {
			status = s
		}
		if sh.prompts && s == 128+int(machine.SIGINT) {
			sh.stopped = true
		}
	}
	sh.status = status
	sh.pipes = statuses
}

// startStages starts the processes of a pipeline. The last writes where the
// shell does; in is what the first reads, nil for what the shell reads.
func (sh *interp) startStages(list []*syntax.Stmt, both []bool, in machine.Source) ([]*machine.Process, bool) {
	var children []*machine.Process
	for i, s := range list {
		var out machine.Sink
		var next *machine.Pipe
		if i < len(list)-1 {
			next = machine.NewPipe(sh.p.Clock()).AutoClose()
			out = next
		}
		child, err := sh.spawnStage(s, in, out, both[i])
		if err != nil {
			for _, c := range children {
				c.Exit(128 + int(machine.SIGPIPE))
			}
			return nil, false
		}
		sh.foreground(child, true)
		children = append(children, child)
		if next != nil {
			in = next
		}
	}
	return children, true
}

// spawnStage is spawnShell for a stage: with |& its errors go into the pipe.
func (sh *interp) spawnStage(s *syntax.Stmt, in machine.Source, out machine.Sink, both bool) (*machine.Process, error) {
	if !both {
		return sh.spawnShell(title(s), in, out, []*syntax.Stmt{s})
	}
	before := sh.p.Stderr
	sh.p.Stderr = machine.NewOutput(sh.p, out)
	defer func() { sh.p.Stderr = before }()
	return sh.spawnShell(title(s), in, out, []*syntax.Stmt{s})
}

// title is how a stage appears in ps before its program runs.
func title(s *syntax.Stmt) string {
	if c, ok := s.Cmd.(*syntax.CallExpr); ok && len(c.Args) > 0 {
		return c.Args[0].Lit()
	}
	return ""
}

// timed is `time PIPELINE`: real is virtual time; user and sys are what a
// small command takes.
func (sh *interp) timed(c *syntax.TimeClause) {
	from := sh.p.Now()
	if c.Stmt != nil {
		sh.stmt(c.Stmt)
	}
	real := sh.p.Now().Sub(from)
	user := min(real/4, 12*time.Millisecond)
	if c.PosixFormat {
		sh.p.Errorf("real %.2f\nuser %.2f\nsys %.2f\n", real.Seconds(), user.Seconds(), (user / 2).Seconds())
		return
	}
	sh.p.Errorf("\nreal\t%s\nuser\t%s\nsys\t%s\n", minutes(real, sh.flavour), minutes(user, sh.flavour), minutes(user/2, sh.flavour))
}

func minutes(d time.Duration, f flavour) string {
	m := int(d.Minutes())
	s := (d - time.Duration(m)*time.Minute).Seconds()
	if f == bash {
		return fmt.Sprintf("%dm%.3fs", m, s)
	}
	return fmt.Sprintf("%dm %.2fs", m, s)
}

// job is a command in the background.
type job struct {
	number  int
	proc    *machine.Process // the last process of it
	all     []*machine.Process
	text    string
	waited  bool
	running bool // as the learner was last told
}

// background starts a statement without waiting for it. Its standard input is
// empty, as a process in the background may not read from the terminal.
func (sh *interp) background(s *syntax.Stmt) {
	copied := *s
	copied.Background, copied.Coprocess, copied.Disown = false, false, false
	copied.Semicolon = syntax.Pos{}
	var all []*machine.Process
	if b, ok := copied.Cmd.(*syntax.BinaryCmd); ok && len(copied.Redirs) == 0 && !copied.Negated && (b.Op == syntax.Pipe || b.Op == syntax.PipeAll) {
		list, both := stages(b)
		started, ok := sh.startStages(list, both, machine.NoInput{})
		if !ok {
			return
		}
		all = started
		for _, c := range all {
			sh.foreground(c, false)
		}
	} else {
		child, err := sh.spawnShell(title(&copied), machine.NoInput{}, nil, []*syntax.Stmt{&copied})
		if err != nil {
			return
		}
		all = []*machine.Process{child}
	}
	last := all[len(all)-1]
	sh.lastJob = sh.nextJobNumber()
	j := &job{number: sh.lastJob, proc: last, all: all, text: strings.TrimSpace(printed(&copied)), running: true}
	sh.jobs = append(sh.jobs, j)
	last.Exited().Watch(sh.wake.Broadcast)
	sh.lastBg = last.LocalPID
	sh.status = 0
	if sh.prompts {
		sh.p.Errorf("[%d] %d\n", j.number, last.LocalPID)
	}
}

func (sh *interp) nextJobNumber() int {
	n := 0
	for _, j := range sh.jobs {
		n = max(n, j.number)
	}
	return n + 1
}

// reportJobs tells an interactive user which jobs have ended since the last prompt.
func (sh *interp) reportJobs() {
	var left []*job
	for i, j := range sh.jobs {
		if !j.proc.Done() {
			left = append(left, j)
			continue
		}
		if !j.waited {
			sh.p.Errorf("%s\n", sh.jobLine(j, len(sh.jobs)-1-i, false))
		}
	}
	sh.jobs = left
}

// jobLine is a line of `jobs`; age 0 marks the current job, 1 the one before.
func (sh *interp) jobLine(j *job, age int, pid bool) string {
	mark := " "
	switch age {
	case 0:
		mark = "+"
	case 1:
		mark = "-"
	}
	state, end := "Running", " &"
	if j.proc.Done() {
		end = ""
		switch s := j.proc.Status(); {
		case s == 0:
			state = "Done"
		case s > 128 && signalText(s-128) != "":
			state = signalText(s - 128)
		default:
			state = fmt.Sprintf("Exit %d", s)
			if sh.flavour != bash {
				state = fmt.Sprintf("Done(%d)", s)
			}
		}
	}
	number := ""
	if pid {
		number = fmt.Sprintf("%d ", j.proc.LocalPID)
	}
	if sh.flavour != bash {
		return fmt.Sprintf("[%d]%s %s%-27s%s", j.number, mark, number, state, j.text)
	}
	return fmt.Sprintf("[%d]%s  %s%-24s%s%s", j.number, mark, number, state, j.text, end)
}

// signalText is how shells name the end of a process by a signal.
func signalText(n int) string {
	switch machine.Signal(n) {
	case machine.SIGHUP:
		return "Hangup"
	case machine.SIGINT:
		return "Interrupt"
	case machine.SIGKILL:
		return "Killed"
	case machine.SIGTERM:
		return "Terminated"
	case machine.SIGPIPE:
		return "Broken pipe"
	}
	return ""
}
