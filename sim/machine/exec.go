package machine

import (
	"path"
	"strings"

	"drydock/sim/clock"
	"drydock/sim/vfs"
)

// ExecError says why a program could not be started. Its text is the kernel's;
// each tool adds its own words around it.
type ExecError struct {
	Name   string // as it was asked for
	Reason ExecReason
}

// ExecReason is the kind of an ExecError.
type ExecReason int

// Why a program cannot start, with the exit status that shells and runc give.
const (
	NotInPath   ExecReason = iota // a bare name that no directory of $PATH has: 127
	NoSuchFile                    // a path where nothing is, or its interpreter is missing: 127
	NotAllowed                    // it is there but not executable: 126
	IsDirectory                   // it is a directory: 126
)

// Error gives the words of Go's exec and runc, as docker prints them.
func (e *ExecError) Error() string {
	switch e.Reason {
	case NotInPath:
		return "executable file not found in $PATH"
	case NoSuchFile:
		return "no such file or directory"
	case IsDirectory:
		return "is a directory: permission denied"
	default:
		return "permission denied"
	}
}

// Status is the exit status that stands for the error: 126 or 127.
func (e *ExecError) Status() int {
	if e.Reason == NotInPath || e.Reason == NoSuchFile {
		return 127
	}
	return 126
}

// LookPath finds the executable that a name means for an environment in a file
// system: the path, or an *ExecError.
func LookPath(f *vfs.FS, env *Env, dir, name string) (string, error) {
	if strings.Contains(name, "/") {
		full := name
		if !path.IsAbs(full) {
			full = path.Join(dir, full)
		}
		return full, executable(f, full, name)
	}
	search, ok := env.Lookup("PATH")
	if !ok {
		search = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
	}
	denied := false
	for _, d := range strings.Split(search, ":") {
		full := path.Join(d, name)
		err := executable(f, full, name)
		if err == nil {
			return full, nil
		}
		if e, ok := err.(*ExecError); ok && e.Reason == NotAllowed {
			denied = true
		}
	}
	if denied {
		return "", &ExecError{name, NotAllowed}
	}
	return "", &ExecError{name, NotInPath}
}

func executable(f *vfs.FS, full, name string) error {
	n, err := f.Stat(full)
	switch {
	case err != nil:
		return &ExecError{name, NoSuchFile}
	case n.IsDir():
		return &ExecError{name, IsDirectory}
	case n.Mode&0o111 == 0:
		return &ExecError{name, NotAllowed}
	}
	return nil
}

// load turns an executable into something that runs: the program that its node
// names, or the interpreter in its first line. The second result is the path of
// what runs in the end.
func (s *Site) load(spec *Spec, full string) (Main, string, error) {
	name := spec.Args[0]
	script := full
	if strings.Contains(name, "/") {
		script = name // the interpreter is given the path as it was called
	}
	for range 4 {
		n, err := spec.FS.Stat(full)
		if err != nil {
			return nil, "", &ExecError{name, NoSuchFile}
		}
		if n.Program != "" {
			if m := s.Programs(n.Program); m != nil {
				return m, full, nil
			}
			return nil, "", &ExecError{name, NoSuchFile}
		}
		line, isScript := strings.CutPrefix(firstLine(n.Data), "#!")
		if !isScript {
			return nil, "", &ExecError{name, NotAllowed}
		}
		words := strings.Fields(line)
		if len(words) == 0 {
			return nil, "", &ExecError{name, NoSuchFile}
		}
		if path.Base(words[0]) == "env" && len(words) > 1 {
			words[0], err = LookPath(spec.FS, spec.Env, spec.Dir, words[1])
			if err != nil {
				return nil, "", &ExecError{name, NoSuchFile}
			}
			words = append(words[:1], words[2:]...)
		}
		spec.Args = append(append(words, script), spec.Args[1:]...)
		full, script = words[0], words[0]
	}
	return nil, "", &ExecError{name, NoSuchFile}
}

func firstLine(data []byte) string {
	line, _, _ := strings.Cut(string(data[:min(len(data), 200)]), "\n")
	return line
}

func (m *Machine) start(s Spec, parent *Process) (*Process, error) {
	main, full := s.Main, ""
	if main == nil {
		var err error
		if full, err = LookPath(s.FS, s.Env, s.Dir, s.Args[0]); err != nil {
			return nil, err
		}
		if main, full, err = m.Site.load(&s, full); err != nil {
			return nil, err
		}
	}
	p := &Process{
		Machine: m, Parent: parent, Args: s.Args, Path: full, Env: s.Env, Dir: s.Dir, User: *s.User, FS: s.FS, Net: s.Net,
		Host: s.Host, Group: s.Group, TTY: s.TTY, Started: m.Site.Clock.Now(), memory: 600 << 10,
	}
	p.Stdin, p.Stdout, p.Stderr = &Input{p, s.Stdin}, NewOutput(p, s.Stdout), NewOutput(p, s.Stderr)
	if parent != nil {
		p.Umask, p.Times = parent.Umask, parent.Times
	} else {
		p.Umask = 0o022
	}
	m.adopt(p)
	p.hold()
	p.Proc = m.Site.Clock.Go(strings.Join(s.Args, " "), *s.Weight, func(*clock.Proc) {
		p.status = main(p) & 0xff
	})
	p.Exited().Watch(func() { m.bury(p) })
	return p, nil
}

// Exec replaces the program that the process runs, as execve does: the number,
// the streams and the parent stay. It must be called from the process's own
// code, and returns only to say why the program could not be started.
func (p *Process) Exec(args []string, env *Env) error {
	s := Spec{Args: args, Env: env}
	inherit(&s, p)
	full, err := LookPath(s.FS, s.Env, s.Dir, args[0])
	if err != nil {
		return err
	}
	main, full, err := p.Machine.Site.load(&s, full)
	if err != nil {
		return err
	}
	p.Args, p.Path, p.Env, p.OnSignal = s.Args, full, s.Env, nil
	p.Exit(main(p) & 0xff)
	return nil
}

// adopt gives the process its number and its place in its group.
func (m *Machine) adopt(p *Process) {
	m.lastPID++
	p.PID, p.LocalPID = m.lastPID, m.lastPID
	m.procs = append(m.procs, p)
	if g := p.Group; g != nil {
		if g.Init == nil {
			g.Init = p
		}
		g.lastPID++
		p.LocalPID = g.lastPID
		g.procs = append(g.procs, p)
	}
}

// bury cleans up after a process: its sockets close, and with the first process
// of a container all others end.
func (m *Machine) bury(p *Process) {
	p.Net.closeOf(p)
	p.release()
	if p.Group != nil && p.Group.Init == p {
		p.Group.KillAll()
	}
	for i, other := range m.procs {
		if other == p {
			m.procs = append(m.procs[:i:i], m.procs[i+1:]...)
			break
		}
	}
}
