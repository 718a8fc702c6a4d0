package machine

import (
	"fmt"
	"io/fs"
	"path"
	"strings"
	"time"

	"drydock/sim/clock"
	"drydock/sim/vfs"
)

// Main is a program: it runs as a process and returns its exit status.
type Main func(p *Process) int

// Process is a running program on a machine, in a container or not.
type Process struct {
	*clock.Proc
	PID int // as the machine counts
	// LocalPID is the number inside the process's container: 1 is its first process.
	LocalPID int
	Machine  *Machine
	Parent   *Process
	Args     []string // Args[0] is the name it was called by
	Path     string   // the executable that runs
	Env      *Env
	Dir      string
	User     User
	FS       *vfs.FS
	Net      *Namespace
	Host     string // what `hostname` says
	Group    *Group // the container's limits and process tree; nil outside containers
	Started  time.Time
	// Umask are the permission bits that new files do not get.
	Umask fs.FileMode

	Stdin  *Input
	Stdout *Output
	Stderr *Output
	TTY    *TTY // the terminal that it is attached to, or nil

	// OnSignal decides what a signal does; nil or a false result means the
	// default. It is called by whoever sends the signal.
	OnSignal func(Signal) bool

	// Times is how many turns of a loop what the process does stands for, and so what
	// it starts; 0 is 1. A shell whose loop does the same again and again sets it.
	Times int

	sinks   []Sink // as it was started, for the pipes' counts
	source  Source
	status  int
	memory  int64
	memPeak int64
}

// User is who a process runs as.
type User struct {
	Name string
	UID  int
	GID  int
	Home string
}

// Root is the superuser.
func Root() User { return User{Name: "root", Home: "/root"} }

// Spec says how to start a process; zero fields are taken from the parent.
type Spec struct {
	Args   []string
	Env    *Env
	Dir    string
	User   *User
	FS     *vfs.FS
	Net    *Namespace
	Host   string
	Group  *Group
	Stdin  Source
	Stdout Sink
	Stderr Sink
	TTY    *TTY
	Weight *clock.Weight
	// Main overrides the search for a program: the process runs this.
	Main Main
}

// Spawn starts a program as a child of p. Errors are *ExecError.
func (p *Process) Spawn(s Spec) (*Process, error) {
	inherit(&s, p)
	return p.Machine.start(s, p)
}

// Run spawns and waits; it returns the exit status, or the error of not starting.
func (p *Process) Run(s Spec) (int, error) {
	child, err := p.Spawn(s)
	if err != nil {
		return 0, err
	}
	return p.WaitChild(child), nil
}

// WaitChild waits until the other process has ended and returns its exit status.
func (p *Process) WaitChild(child *Process) int {
	p.WaitFor(child.Exited(), child.Done)
	return child.status
}

func inherit(s *Spec, p *Process) {
	if s.Env == nil {
		s.Env = p.Env.Clone()
	}
	if s.Dir == "" {
		s.Dir = p.Dir
	}
	if s.User == nil {
		u := p.User
		s.User = &u
	}
	if s.FS == nil {
		s.FS = p.FS
	}
	if s.Net == nil {
		s.Net = p.Net
	}
	if s.Host == "" {
		s.Host = p.Host
	}
	if s.Group == nil {
		s.Group = p.Group
	}
	if s.Stdin == nil {
		s.Stdin = p.Stdin.source
	}
	if s.Stdout == nil {
		s.Stdout = p.Stdout.sink
	}
	if s.Stderr == nil {
		s.Stderr = p.Stderr.sink
	}
	if s.TTY == nil {
		s.TTY = p.TTY
	}
	if s.Weight == nil {
		w := p.Weight()
		s.Weight = &w
	}
}

// Status is the exit status of a process that is done: 0 to 255.
func (p *Process) Status() int { return p.status }

// Exit ends the process with a status, from wherever it is called; called from
// the process's own code it does not return.
func (p *Process) Exit(status int) {
	if p.Done() {
		return
	}
	p.status = status
	p.Kill()
}

// Abs makes a path of the process absolute.
func (p *Process) Abs(name string) string {
	if path.IsAbs(name) {
		return path.Clean(name)
	}
	return path.Join("/", p.Dir, name)
}

// Memory is what the process has resident now, in bytes.
func (p *Process) Memory() int64 { return p.memory }

// Use sets the process's resident memory. Beyond its group's limit, or the
// machine's memory, the kernel kills it (137).
func (p *Process) Use(bytes int64) {
	p.memory = bytes
	p.memPeak = max(p.memPeak, bytes)
	if g := p.Group; g != nil && g.MemoryLimit > 0 && g.MemoryUsed() > g.MemoryLimit {
		g.oom(p)
		return
	}
	if p.Machine.Memory > 0 && p.Machine.MemoryUsed() > p.Machine.Memory {
		p.Machine.oom(p)
	}
}

// Exhaust is a process that takes memory without end, as a loop does that
// doubles a text: the kernel kills it at the first limit that it meets. Without
// any limit nothing happens.
func (p *Process) Exhaust() {
	want := p.Machine.Memory
	if g := p.Group; g != nil && g.MemoryLimit > 0 {
		want = g.MemoryLimit
	}
	if want > 0 {
		p.Use(want + 1)
	}
}

// Capable tells whether the process has a capability of root. Outside
// containers root has them all.
func (p *Process) Capable(name string) bool {
	switch {
	case p.User.UID != 0:
		return false
	case p.Group == nil:
		return true
	case p.Group.Privileges == nil:
		return name != "CAP_SYS_ADMIN" && name != "CAP_NET_ADMIN"
	}
	return p.Group.Privileges[name]
}

// Printf writes to standard output.
func (p *Process) Printf(format string, args ...any) { fmt.Fprintf(p.Stdout, format, args...) }

// Errorf writes to standard error.
func (p *Process) Errorf(format string, args ...any) { fmt.Fprintf(p.Stderr, format, args...) }

// Now is the virtual time.
func (p *Process) Now() time.Time { return p.Clock().Now() }

// Command is the process's command line as `ps` shows it.
func (p *Process) Command() string { return strings.Join(p.Args, " ") }

// Group is the kernel's view of a container: one tree of processes with limits.
type Group struct {
	Name        string
	Init        *Process
	MemoryLimit int64 // bytes, 0 is none
	PidsLimit   int64 // 0 or below is none
	NanoCPUs    int64 // billionths of a processor, 0 is all
	SeesMachine bool  // its processes see those of the whole machine (--pid host)
	// Limits are the soft resource limits (nofile, nproc, ...) that differ from
	// the machine's own; -1 is without limit.
	Limits map[string]int64
	// Privileges are the capabilities of root in here, such as CAP_CHOWN; nil
	// is those that every container gets.
	Privileges map[string]bool
	OOMKilled  bool
	Frozen     bool
	procs      []*Process
	lastPID    int
	busy       processors
}

// Processes lists the living members in the order in which they started.
func (g *Group) Processes() []*Process {
	var live []*Process
	for _, p := range g.procs {
		if !p.Done() {
			live = append(live, p)
		}
	}
	g.procs = live
	return live
}

// MemoryUsed sums the resident memory of the members, in bytes.
func (g *Group) MemoryUsed() int64 {
	var total int64
	for _, p := range g.Processes() {
		total += p.memory
	}
	return total
}

// Freeze pauses or resumes all members.
func (g *Group) Freeze(on bool) {
	g.Frozen = on
	for _, p := range g.Processes() {
		p.Proc.Freeze(on)
	}
}

// KillAll ends every member with SIGKILL.
func (g *Group) KillAll() {
	for _, p := range g.Processes() {
		p.Exit(128 + int(SIGKILL))
	}
}

func (g *Group) oom(p *Process) {
	g.OOMKilled = true
	p.Machine.Site.Clock.Emit(clock.Event{
		Actor: "kernel", Reason: "oom", Object: clock.Object{Kind: "container", Name: g.Name, Machine: p.Machine.Name},
		Message: fmt.Sprintf("the kernel killed %s: it used more than its memory limit of %d bytes", p.Args[0], g.MemoryLimit),
	})
	p.Exit(128 + int(SIGKILL))
}
