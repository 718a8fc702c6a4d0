package shell

import (
	"fmt"
	"strings"
	"time"

	"mvdan.cc/sh/v3/syntax"

	"drydock/sim/clock"
	"drydock/sim/machine"
)

// control says what interrupts the normal sequence of commands.
type control int

const (
	goOn control = iota
	breaking
	continuing
	returning
	exiting
)

// interp is one shell process at work.
type interp struct {
	state
	p       *machine.Process
	flavour flavour
	// prompts says that lines are typed at it, which changes how errors read.
	prompts  bool
	fds      map[int]stream // 3 and up; 0 to 2 are the process's own
	ctl      control
	levels   int // how many loops a break or continue leaves
	loops    int
	calls    int // functions and sourced files on the stack
	depth    int // nested evaluation, bounded
	tested   int // in a condition: -e does not count
	tail     bool
	line     uint
	lineBase uint
	scopes   []map[string]saved
	jobs     []*job
	lastJob  int
	pending  []machine.Signal // caught, not yet handled
	wake     *clock.Signal
	stopped  bool // Ctrl-C reached an interactive shell
	history  *history
	mute     bool // inside a trap
	started  time.Time
	unsub    int // substitutions that set $?
	family   *family
	temps    []string // files behind <(...)
	pipes    []string // statuses of the last pipeline; nil after a simple command
}

func newInterp(p *machine.Process, st state, f flavour) *interp {
	sh := &interp{p: p, state: st, flavour: f, wake: p.Clock().NewSignal(), fds: map[int]stream{}, started: p.Now(), family: &family{}}
	return sh
}

// fork makes the shell of a child process.
func (sh *interp) fork(p *machine.Process) *interp {
	c := newInterp(p, sh.clone(), sh.flavour)
	for n := 3; n < maxFd; n++ {
		if s, ok := sh.fds[n]; ok {
			c.fds[n] = s
		}
	}
	c.family = sh.family
	c.tested, c.loops, c.calls, c.depth = sh.tested, sh.loops, sh.calls, sh.depth
	c.line, c.lineBase, c.started = sh.line, sh.lineBase, sh.started
	return c
}

// tick is what one command or one turn of a loop costs: it keeps an endless
// loop from stopping the world's clock.
const tick = time.Millisecond

func (sh *interp) spend() {
	sh.p.Sleep(tick)
	sh.p.Work(tick)
}

// maxDepth bounds functions and substitutions within each other.
const maxDepth = 500

// stmts runs a list in order.
func (sh *interp) stmts(list []*syntax.Stmt) {
	tail := sh.tail
	for i, s := range list {
		if sh.leaving() {
			return
		}
		sh.tail = tail && i == len(list)-1 && len(list) == 1
		sh.stmt(s)
	}
	sh.tail = tail
}

// leaving reports that the rest of the current list is not to be run.
func (sh *interp) leaving() bool { return sh.ctl != goOn || sh.stopped }

// stmt runs one statement with its redirections.
func (sh *interp) stmt(s *syntax.Stmt) {
	if sh.opt.noExec {
		return
	}
	if sh.depth++; sh.depth > maxDepth {
		sh.depth--
		sh.fail("maximum nesting level exceeded (%d)", maxDepth)
		sh.ctl = exiting
		return
	}
	defer func() { sh.depth-- }()
	sh.line = s.Pos().Line() + sh.lineBase
	if s.Background || s.Coprocess || s.Disown {
		sh.background(s)
		return
	}
	if s.Negated {
		sh.tested++
		sh.tail = false
	}
	sh.redirected(s.Redirs, s.Cmd, func() { sh.command(s.Cmd) })
	if _, simple := s.Cmd.(*syntax.CallExpr); simple {
		sh.pipes = nil
	}
	if s.Negated {
		sh.tested--
		if sh.ctl != exiting {
			sh.status = oneIf(sh.status == 0)
		}
		return
	}
	sh.checkErrExit(s.Cmd)
	sh.runTraps()
}

// checkErrExit runs the ERR trap after a failure and ends the shell under set
// -e. Lists decide for their parts themselves.
func (sh *interp) checkErrExit(cmd syntax.Command) {
	if sh.status == 0 || sh.tested > 0 || sh.ctl != goOn {
		return
	}
	if b, ok := cmd.(*syntax.BinaryCmd); ok && b.Op != syntax.Pipe && b.Op != syntax.PipeAll {
		return
	}
	if action := sh.traps["ERR"]; action != "" && !sh.mute {
		status := sh.status
		sh.mute = true
		sh.eval(action)
		sh.mute = false
		if sh.ctl == goOn {
			sh.status = status
		}
	}
	if sh.opt.errExit && sh.ctl == goOn {
		sh.ctl = exiting
	}
}

// command runs what a statement holds.
func (sh *interp) command(cmd syntax.Command) {
	if call, ok := cmd.(*syntax.CallExpr); ok {
		sh.call(call)
		return
	}
	if _, ok := cmd.(*syntax.Subshell); !ok {
		tail := sh.tail
		sh.tail = false
		defer func() { sh.tail = tail }()
	}
	switch c := cmd.(type) {
	case nil:
		sh.status = 0
	case *syntax.Block:
		sh.stmts(c.Stmts)
	case *syntax.Subshell:
		sh.subshell(c.Stmts)
	case *syntax.BinaryCmd:
		sh.binary(c)
	case *syntax.FuncDecl:
		if c.Name != nil {
			sh.funcs[c.Name.Value] = c.Body
		}
		sh.status = 0
	case *syntax.DeclClause:
		sh.declare(c)
	case *syntax.TimeClause:
		sh.timed(c)
	default:
		sh.compound(cmd)
	}
}

// binary runs `a && b`, `a || b` and pipelines.
func (sh *interp) binary(c *syntax.BinaryCmd) {
	if c.Op == syntax.Pipe || c.Op == syntax.PipeAll {
		sh.pipeline(c)
		return
	}
	sh.tested++
	sh.stmt(c.X)
	sh.tested--
	if sh.leaving() {
		return
	}
	if (sh.status == 0) == (c.Op == syntax.AndStmt) {
		sh.stmt(c.Y)
	}
}

// subshell runs a list in a child process.
func (sh *interp) subshell(list []*syntax.Stmt) {
	child, err := sh.spawnShell("", nil, nil, list)
	if err != nil {
		return
	}
	sh.await(child)
}

// spawnShell starts a copy of this shell that runs a list.
func (sh *interp) spawnShell(title string, in machine.Source, out machine.Sink, list []*syntax.Stmt) (*machine.Process, error) {
	if err := sh.mayFork(); err != nil {
		return nil, err
	}
	args := sh.p.Args
	if title != "" {
		args = []string{title}
	}
	child, err := sh.p.Spawn(machine.Spec{Args: args, Stdin: in, Stdout: out, Env: sh.p.Env, Main: func(p *machine.Process) int {
		c := sh.fork(p)
		c.p.Path, c.tail = sh.p.Path, true
		c.listen()
		c.stmts(list)
		return c.finish()
	}})
	if err == nil {
		sh.family.add(child)
	}
	return child, err
}

// family counts the living processes that a shell and its subshells started.
type family struct{ alive int }

func (f *family) add(p *machine.Process) {
	f.alive++
	p.Exited().Watch(func() { f.alive-- })
}

// maxProcesses is how many processes a shell's family may have before fork fails.
const maxProcesses = 1000

// mayFork lets the time of starting a process pass, which grows with the number
// of those that compete, and fails when there are too many.
func (sh *interp) mayFork() error {
	n := time.Duration(sh.family.alive)
	sh.p.Sleep(tick + tick*n*n/2000)
	sh.p.Work(tick)
	if sh.family.alive < maxProcesses {
		return nil
	}
	sh.fail("fork: retry: Resource temporarily unavailable")
	sh.status = 254
	sh.ctl = exiting
	return shellError("fork")
}

// finish runs the EXIT trap and gives the exit status.
func (sh *interp) finish() int {
	if sh.ctl == exiting {
		sh.ctl = goOn
	}
	if action, ok := sh.traps["EXIT"]; ok && action != "" {
		delete(sh.traps, "EXIT")
		status := sh.status
		sh.eval(action)
		if sh.ctl != exiting {
			sh.status = status
		}
		sh.ctl = exiting
	}
	return sh.status & 0xff
}

// fail prints an error in this shell's words.
func (sh *interp) fail(format string, args ...any) {
	sh.p.Errorf("%s%s\n", sh.prefix(), fmt.Sprintf(format, args...))
	sh.status = 1
}

// prefix is what stands before an error: bash names the line unless it is typed
// at, dash always does, busybox does for scripts only.
func (sh *interp) prefix() string {
	name := sh.name
	script := strings.Contains(name, "/") || strings.HasSuffix(name, ".sh")
	switch {
	case sh.flavour == dash:
		return fmt.Sprintf("%s: %d: ", name, max(sh.line, 1))
	case sh.flavour == ash && script && !sh.prompts && !isShellName(name):
		return fmt.Sprintf("%s: line %d: ", name, max(sh.line, 1))
	case sh.flavour == ash || sh.prompts:
		return name + ": "
	default:
		return fmt.Sprintf("%s: line %d: ", name, max(sh.line, 1))
	}
}

// isShellName reports that $0 is the shell itself and not a script.
func isShellName(name string) bool {
	switch name[strings.LastIndex(name, "/")+1:] {
	case "sh", "ash", "bash", "dash", "-bash", "-sh", "busybox":
		return true
	}
	return false
}

func oneIf(b bool) int {
	if b {
		return 1
	}
	return 0
}
