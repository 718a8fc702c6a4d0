package python

import (
	"path"
	"slices"
	"strings"
	"time"

	"drydock/sim/machine"
)

// systemModules are os, sys and what else is about the process and its machine.
func (in *interp) systemModules(name string) map[string]any {
	switch name {
	case "os":
		return in.osModule()
	case "os.path":
		return pathFunctions()
	case "sys":
		return in.sysModule()
	case "platform":
		return functions(map[string]func(*thread, args) (any, error){
			"node":           func(t *thread, _ args) (any, error) { return t.in.process.Host, nil },
			"python_version": func(t *thread, _ args) (any, error) { return t.in.version, nil },
			"system":         func(*thread, args) (any, error) { return "Linux", nil },
			"machine":        func(*thread, args) (any, error) { return "x86_64", nil },
			"release":        func(*thread, args) (any, error) { return machine.KernelRelease, nil },
			"platform": func(*thread, args) (any, error) {
				return "Linux-" + machine.KernelRelease + "-x86_64-with-glibc2.41", nil
			},
		})
	case "signal":
		return signalModule()
	case "atexit":
		return functions(map[string]func(*thread, args) (any, error){
			"register": func(t *thread, a args) (any, error) {
				v, _ := a.get(0, "")
				t.in.atExit = append(t.in.atExit, v)
				return v, nil
			},
		})
	case "getpass":
		return functions(map[string]func(*thread, args) (any, error){"getuser": func(t *thread, _ args) (any, error) { return t.in.process.User.Name, nil }})
	}
	return nil
}

// environment is os.environ: the process's variables.
type environment struct{ process *machine.Process }

func (e *environment) typeName() string { return "_Environ" }

func (e *environment) asDict() *dict {
	d := newDict()
	for _, v := range e.process.Env.List() {
		name, value, _ := strings.Cut(v, "=")
		d.put(name, value)
	}
	return d
}

func (e *environment) length() int64 { return int64(len(e.process.Env.List())) }

func (e *environment) contains(v any) bool {
	_, ok := e.process.Env.Lookup(toStr(nil, v))
	return ok
}

func (e *environment) item(t *thread, key any) (any, error) {
	if v, ok := e.process.Env.Lookup(toStr(t, key)); ok {
		return v, nil
	}
	return nil, &raised{value: &object{class: t.in.exceptions["KeyError"], attrs: map[string]any{"args": newTuple(key)}}}
}

func (e *environment) setItem(t *thread, key, value any) error {
	text, ok := value.(string)
	if !ok {
		return t.raise("TypeError", "str expected, not %s", typeName(value))
	}
	e.process.Env.Set(toStr(t, key), text)
	return nil
}

func (e *environment) each(t *thread, fn func(any) (bool, error)) error {
	return t.each(e.asDict(), fn)
}

func (e *environment) attr(t *thread, name string) (any, bool) {
	if name == "setdefault" || name == "pop" {
		return nil, false
	}
	m := t.valueMethod(e.asDict(), name)
	return m, m != nil
}

func (in *interp) osModule() map[string]any {
	p := in.process
	attrs := functions(map[string]func(*thread, args) (any, error){
		"getenv": func(_ *thread, a args) (any, error) {
			if v, ok := p.Env.Lookup(a.str(0, "key", "")); ok {
				return v, nil
			}
			v, _ := a.get(1, "default")
			return v, nil
		},
		"getpid":    func(*thread, args) (any, error) { return int64(p.LocalPID), nil },
		"getppid":   func(*thread, args) (any, error) { return int64(0), nil },
		"getuid":    func(*thread, args) (any, error) { return int64(p.User.UID), nil },
		"geteuid":   func(*thread, args) (any, error) { return int64(p.User.UID), nil },
		"getgid":    func(*thread, args) (any, error) { return int64(p.User.GID), nil },
		"getlogin":  func(*thread, args) (any, error) { return p.User.Name, nil },
		"getcwd":    func(*thread, args) (any, error) { return p.Dir, nil },
		"cpu_count": func(*thread, args) (any, error) { return int64(p.Machine.CPUs), nil },
		"urandom": func(_ *thread, a args) (any, error) {
			b := make([]byte, min(a.integer(0, "", 16), 4096))
			for i := range b {
				b[i] = byte(p.Clock().Rand().Uint32())
			}
			return bytesValue(b), nil
		},
		"uname": func(*thread, args) (any, error) {
			return &record{"posix.uname_result", []string{"sysname", "nodename", "release", "version", "machine"},
				[]any{"Linux", p.Host, machine.KernelRelease, "#1 SMP PREEMPT_DYNAMIC Debian 6.12.48-1 (2025-09-20)", "x86_64"}}, nil
		},
		"listdir":  listDir,
		"makedirs": func(t *thread, a args) (any, error) { return makeDirs(t, a, true) },
		"mkdir":    func(t *thread, a args) (any, error) { return makeDirs(t, a, false) },
		"remove":   removeFile, "unlink": removeFile,
		"rename": func(t *thread, a args) (any, error) {
			if err := p.FS.Rename(p.Abs(a.str(0, "", "")), p.Abs(a.str(1, "", ""))); err != nil {
				return nil, t.osError(err, a.str(0, "", ""))
			}
			return nil, nil
		},
		"chdir": func(_ *thread, a args) (any, error) { p.Dir = p.Abs(a.str(0, "", "")); return nil, nil },
		"kill": func(t *thread, a args) (any, error) {
			if a.integer(0, "", 0) == int64(p.LocalPID) {
				p.Signal(machine.Signal(a.integer(1, "", 0)))
				return nil, t.deliver()
			}
			return nil, t.raiseOS("OSError", 3, "No such process", nil)
		},
		"_exit":  func(t *thread, a args) (any, error) { p.Exit(int(a.integer(0, "", 0)) & 0xff); return nil, nil },
		"fspath": func(_ *thread, a args) (any, error) { return a.str(0, "", ""), nil },
		"system": func(*thread, args) (any, error) { return nil, lacks("os.system()") },
	})
	attrs["environ"] = &environment{p}
	attrs["name"], attrs["sep"], attrs["linesep"] = "posix", "/", "\n"
	attrs["path"] = &module{name: "os.path", attrs: pathFunctions()}
	return attrs
}

// record is a value with named fields, such as os.uname().
type record struct {
	name   string
	fields []string
	values []any
}

func (r *record) typeName() string { return r.name }

func (r *record) attr(_ *thread, name string) (any, bool) {
	if i := slices.Index(r.fields, name); i >= 0 {
		return r.values[i], true
	}
	return nil, false
}

func (r *record) item(t *thread, key any) (any, error) { return t.getItem(&tuple{r.values}, key) }

func (r *record) each(t *thread, fn func(any) (bool, error)) error {
	return t.each(&tuple{r.values}, fn)
}

func listDir(t *thread, a args) (any, error) {
	name := a.str(0, "path", ".")
	entries, err := t.in.process.FS.ReadDir(t.in.process.Abs(name))
	if err != nil {
		return nil, t.osError(err, name)
	}
	l := &list{}
	for _, e := range entries {
		l.items = append(l.items, e.Name)
	}
	return l, nil
}

func makeDirs(t *thread, a args, parents bool) (any, error) {
	p, name := t.in.process, a.str(0, "name", "")
	full := p.Abs(name)
	if n, err := p.FS.Stat(full); err == nil && n.IsDir() && a.truth(-1, "exist_ok", false) {
		return nil, nil
	}
	first := full
	for parents && path.Dir(first) != "/" && !p.FS.Exists(path.Dir(first)) {
		first = path.Dir(first)
	}
	err := p.MayChange(first)
	if err == nil && parents {
		err = p.FS.MkdirAll(path.Dir(full), 0o755, p.User.UID, p.User.GID)
	}
	if err == nil {
		err = p.FS.Mkdir(full, 0o755, p.User.UID, p.User.GID)
	}
	if err != nil {
		return nil, t.osError(err, name)
	}
	return nil, nil
}

func removeFile(t *thread, a args) (any, error) {
	p, name := t.in.process, a.str(0, "path", "")
	err := p.MayChange(name)
	if err == nil {
		err = p.FS.Remove(p.Abs(name))
	}
	if err != nil {
		return nil, t.osError(err, name)
	}
	return nil, nil
}

func pathFunctions() map[string]any {
	text := func(f func(string) string) func(*thread, args) (any, error) {
		return func(_ *thread, a args) (any, error) { return f(a.str(0, "", "")), nil }
	}
	return functions(map[string]func(*thread, args) (any, error){
		"join": func(_ *thread, a args) (any, error) {
			out := ""
			for i := range a.pos {
				part := a.str(i, "", "")
				if path.IsAbs(part) {
					out = part
				} else if out == "" || strings.HasSuffix(out, "/") {
					out += part
				} else {
					out += "/" + part
				}
			}
			return out, nil
		},
		"exists": func(t *thread, a args) (any, error) {
			return t.in.process.FS.Exists(t.in.process.Abs(a.str(0, "", ""))), nil
		},
		"isfile": func(t *thread, a args) (any, error) {
			n, err := t.in.process.FS.Stat(t.in.process.Abs(a.str(0, "", "")))
			return err == nil && !n.IsDir(), nil
		},
		"isdir": func(t *thread, a args) (any, error) {
			n, err := t.in.process.FS.Stat(t.in.process.Abs(a.str(0, "", "")))
			return err == nil && n.IsDir(), nil
		},
		"getsize": func(t *thread, a args) (any, error) {
			n, err := t.in.process.FS.Stat(t.in.process.Abs(a.str(0, "", "")))
			if err != nil {
				return nil, t.osError(err, a.str(0, "", ""))
			}
			return n.Size(), nil
		},
		"abspath":  func(t *thread, a args) (any, error) { return t.in.process.Abs(a.str(0, "", "")), nil },
		"realpath": func(t *thread, a args) (any, error) { return t.in.process.Abs(a.str(0, "", "")), nil },
		"basename": text(func(s string) string { return s[strings.LastIndexByte(s, '/')+1:] }),
		"dirname": text(func(s string) string {
			if i := strings.LastIndexByte(s, '/'); i > 0 {
				return s[:i]
			} else if i == 0 {
				return "/"
			}
			return ""
		}),
		"expanduser": func(t *thread, a args) (any, error) {
			return strings.Replace(a.str(0, "", ""), "~", t.in.process.User.Home, 1), nil
		},
		"splitext": func(_ *thread, a args) (any, error) {
			s := a.str(0, "", "")
			ext := path.Ext(s)
			return newTuple(strings.TrimSuffix(s, ext), ext), nil
		},
	})
}

func (in *interp) sysModule() map[string]any {
	attrs := functions(map[string]func(*thread, args) (any, error){
		"exit":              reflection()["exit"],
		"getsizeof":         func(t *thread, a args) (any, error) { v, _ := a.get(0, ""); n, err := t.length(v); return n + 49, err },
		"setrecursionlimit": func(*thread, args) (any, error) { return nil, nil },
	})
	argv := &list{}
	for _, a := range in.arguments() {
		argv.items = append(argv.items, a)
	}
	attrs["argv"] = argv
	attrs["stdout"], attrs["stderr"], attrs["stdin"] = &file{name: "<stdout>", stream: "stdout"}, &file{name: "<stderr>", stream: "stderr"}, &file{name: "<stdin>", stream: "stdin"}
	attrs["version"] = in.version + " (main, Nov 14 2026, 01:12:44) [GCC 14.2.0]"
	attrs["platform"], attrs["executable"], attrs["prefix"] = "linux", in.process.Path, "/usr/local"
	attrs["maxsize"] = int64(1<<63 - 1)
	attrs["path"] = &list{[]any{path.Dir(in.script), "/usr/local/lib/python" + minor(in.version), sitePackages(in.version)}}
	attrs["modules"] = newDict()
	info := &tuple{}
	for _, part := range strings.Split(in.version, ".") {
		n := int64(0)
		for _, c := range part {
			n = n*10 + int64(c-'0')
		}
		info.items = append(info.items, n)
	}
	attrs["version_info"] = &record{"sys.version_info", []string{"major", "minor", "micro"}[:min(3, len(info.items))], info.items}
	return attrs
}

func signalModule() map[string]any {
	attrs := functions(map[string]func(*thread, args) (any, error){
		"signal": func(t *thread, a args) (any, error) {
			h, _ := a.get(1, "handler")
			s := machine.Signal(a.integer(0, "signalnum", 0))
			if s == machine.SIGKILL || s == machine.SIGSTOP {
				return nil, t.raiseOS("OSError", 22, "Invalid argument", nil)
			}
			if n, ok := h.(int64); ok && n == 0 {
				h = nil
			}
			t.in.signals[s] = h
			return nil, nil
		},
		"pause": func(t *thread, _ args) (any, error) {
			if t.proc == nil {
				return nil, nil
			}
			t.proc.Wait(t.in.wake)
			return nil, t.deliver()
		},
		"alarm": func(t *thread, a args) (any, error) {
			p := t.in.process
			p.Clock().After(time.Duration(a.integer(0, "", 0))*time.Second, func() { p.Signal(machine.SIGALRM) })
			return int64(0), nil
		},
	})
	for name, s := range map[string]machine.Signal{"SIGTERM": machine.SIGTERM, "SIGINT": machine.SIGINT, "SIGHUP": machine.SIGHUP, "SIGUSR1": machine.SIGUSR1,
		"SIGUSR2": machine.SIGUSR2, "SIGKILL": machine.SIGKILL, "SIGQUIT": machine.SIGQUIT, "SIGALRM": machine.SIGALRM, "SIGCHLD": machine.SIGCHLD} {
		attrs[name] = int64(s)
	}
	attrs["SIG_IGN"], attrs["SIG_DFL"] = ignoreSignal, int64(0)
	return attrs
}
