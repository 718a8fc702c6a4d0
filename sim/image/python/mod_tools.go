package python

import (
	"fmt"
	"regexp"
	"strings"

	"drydock/sim/clock"
)

// toolModules are logging, threading, re and helpers.
func (in *interp) toolModules(name string) map[string]any {
	switch name {
	case "logging":
		return in.loggingModule()
	case "threading":
		return in.threadingModule()
	case "re":
		return reModule()
	case "collections":
		return functions(map[string]func(*thread, args) (any, error){
			"OrderedDict": toDict,
			"defaultdict": func(t *thread, a args) (any, error) { v, _ := a.get(0, ""); return &defaultDict{newDict(), v}, nil },
			"deque":       func(t *thread, a args) (any, error) { items, err := a.items(t); return &list{items}, err },
			"Counter": func(t *thread, a args) (any, error) {
				items, err := a.items(t)
				d := newDict()
				for _, v := range items {
					n, _ := d.get(v)
					i, _ := asInt(n)
					d.put(v, i+1)
				}
				return d, err
			},
		})
	case "functools":
		return functionModule()
	case "asyncio":
		return functions(map[string]func(*thread, args) (any, error){
			"run": identity,
			"sleep": func(t *thread, a args) (any, error) {
				return in.timeModules("time")["sleep"].(*builtin).call(t, a)
			},
			"gather": func(_ *thread, a args) (any, error) { return &list{a.pos}, nil },
		})
	case "itertools":
		return iterModule()
	case "traceback":
		return functions(map[string]func(*thread, args) (any, error){"print_exc": func(t *thread, _ args) (any, error) {
			if n := len(t.handling); n > 0 {
				t.in.process.Errorf("%s", t.traceback(t.handling[n-1]))
			}
			return nil, nil
		}})
	case "copy":
		return functions(map[string]func(*thread, args) (any, error){"copy": identity, "deepcopy": identity})
	case "pprint":
		return map[string]any{"pprint": fn("pprint", printTo)}
	case "typing", "abc", "contextlib", "warnings", "__future__", "http.client":
		return map[string]any{}
	}
	return nil
}

// identity gives back what it was given: a decorator that changes nothing.
func identity(_ *thread, a args) (any, error) { v, _ := a.get(0, ""); return v, nil }

// functionModule is functools.
func functionModule() map[string]any {
	return functions(map[string]func(*thread, args) (any, error){
		"wraps": func(*thread, args) (any, error) { return fn("wraps", identity), nil },
		"cache": identity,
		"lru_cache": func(_ *thread, a args) (any, error) {
			if len(a.pos) == 1 {
				if _, ok := a.pos[0].(*function); ok {
					return a.pos[0], nil
				}
			}
			return fn("lru_cache", identity), nil
		},
		"partial": func(_ *thread, a args) (any, error) {
			return fn("partial", func(t *thread, more args) (any, error) {
				kw := map[string]any{}
				for k, v := range a.kw {
					kw[k] = v
				}
				for k, v := range more.kw {
					kw[k] = v
				}
				return t.call(a.pos[0], args{append(append([]any{}, a.pos[1:]...), more.pos...), kw})
			}), nil
		},
	})
}

// iterModule is itertools. What is endless in Python is only very long.
func iterModule() map[string]any {
	return functions(map[string]func(*thread, args) (any, error){
		"count": func(_ *thread, a args) (any, error) {
			return &rangeValue{a.integer(0, "start", 0), 1 << 62, max(a.integer(1, "step", 1), 1)}, nil
		},
		"cycle": func(t *thread, a args) (any, error) { items, err := a.items(t); return &cycle{items}, err },
		"chain": func(t *thread, a args) (any, error) {
			l := &list{}
			for _, v := range a.pos {
				items, err := t.items(v)
				if err != nil {
					return nil, err
				}
				l.items = append(l.items, items...)
			}
			return l, nil
		},
	})
}

// cycle repeats items for ever.
type cycle struct{ items []any }

func (c *cycle) typeName() string                 { return "cycle" }
func (c *cycle) attr(*thread, string) (any, bool) { return nil, false }
func (c *cycle) each(t *thread, fn func(any) (bool, error)) error {
	for len(c.items) > 0 {
		for _, v := range c.items {
			if more, err := fn(v); err != nil || !more {
				return err
			}
		}
	}
	return nil
}

// defaultDict makes missing values when they are asked for.
type defaultDict struct {
	d    *dict
	make any
}

func (d *defaultDict) typeName() string { return "collections.defaultdict" }
func (d *defaultDict) asDict() *dict    { return d.d }
func (d *defaultDict) length() int64    { return int64(len(d.d.entries)) }
func (d *defaultDict) contains(v any) bool {
	_, ok := d.d.get(v)
	return ok
}
func (d *defaultDict) each(t *thread, fn func(any) (bool, error)) error { return t.each(d.d, fn) }
func (d *defaultDict) attr(t *thread, name string) (any, bool) {
	m := t.valueMethod(d.d, name)
	return m, m != nil
}
func (d *defaultDict) setItem(_ *thread, key, value any) error { d.d.put(key, value); return nil }
func (d *defaultDict) item(t *thread, key any) (any, error) {
	if v, ok := d.d.get(key); ok {
		return v, nil
	}
	v, err := t.call(d.make, args{})
	d.d.put(key, v)
	return v, err
}

// logger is a logger of the logging module.
type logger struct{ name string }

func (l *logger) typeName() string { return "Logger" }

func levels10() map[string]int64 {
	return map[string]int64{"debug": 10, "info": 20, "warning": 30, "warn": 30, "error": 40, "exception": 40, "critical": 50}
}

func (l *logger) attr(t *thread, name string) (any, bool) {
	if level, ok := levels10()[name]; ok {
		return fn(name, func(t *thread, a args) (any, error) { return nil, l.log(t, name, level, a) }), true
	}
	switch name {
	case "setLevel":
		return fn(name, func(t *thread, a args) (any, error) { t.in.logLevel = a.integer(0, "", t.in.logLevel); return nil, nil }), true
	case "addHandler", "handlers", "propagate":
		return fn(name, func(*thread, args) (any, error) { return nil, nil }), true
	}
	return nil, false
}

func (l *logger) log(t *thread, name string, level int64, a args) error {
	if level < t.in.logLevel || len(a.pos) == 0 {
		return nil
	}
	text := toStr(t, a.pos[0])
	if len(a.pos) > 1 {
		v, err := t.percent(text, &tuple{a.pos[1:]})
		if err != nil {
			return err
		}
		text = v.(string)
	}
	shown := map[string]string{"warn": "WARNING", "exception": "ERROR"}[name]
	if shown == "" {
		shown = strings.ToUpper(name)
	}
	format, _ := t.in.builtins["__logformat__"].(string)
	if format == "" {
		format = "%(levelname)s:%(name)s:%(message)s"
	}
	line := strings.NewReplacer("%(levelname)s", shown, "%(name)s", l.name, "%(message)s", text, "%(asctime)s",
		t.in.process.Now().UTC().Format("2006-01-02 15:04:05,000"), "%(levelname)-8s", fmt.Sprintf("%-8s", shown)).Replace(format)
	if to, ok := t.in.builtins["__logstream__"].(*file); ok && to.stream == "stdout" {
		t.in.write(line + "\n")
	} else {
		t.in.process.Errorf("%s\n", line)
	}
	if name == "exception" && len(t.handling) > 0 {
		t.in.process.Errorf("%s", t.traceback(t.handling[len(t.handling)-1]))
	}
	return nil
}

func (in *interp) loggingModule() map[string]any {
	root := &logger{name: "root"}
	attrs := map[string]any{}
	for name := range levels10() {
		attrs[name], _ = root.attr(nil, name)
	}
	for name, level := range map[string]int64{"DEBUG": 10, "INFO": 20, "WARNING": 30, "ERROR": 40, "CRITICAL": 50} {
		attrs[name] = level
	}
	attrs["getLogger"] = fn("getLogger", func(_ *thread, a args) (any, error) { return &logger{a.str(0, "name", "root")}, nil })
	attrs["basicConfig"] = fn("basicConfig", func(t *thread, a args) (any, error) {
		t.in.logLevel = a.integer(-1, "level", t.in.logLevel)
		if s, ok := a.kw["level"].(string); ok {
			t.in.logLevel = levels10()[strings.ToLower(s)]
		}
		if f, ok := a.kw["format"]; ok {
			t.in.builtins["__logformat__"] = f
		}
		if f, ok := a.kw["stream"]; ok {
			t.in.builtins["__logstream__"] = f
		}
		return nil, nil
	})
	for _, name := range []string{"StreamHandler", "Formatter", "FileHandler"} {
		attrs[name] = fn(name, func(*thread, args) (any, error) { return &logger{}, nil })
	}
	return attrs
}

// worker is a threading.Thread: a second process on the virtual clock that ends
// with the script.
type worker struct {
	target any
	args   args
	daemon bool
	proc   *clock.Proc
}

func (w *worker) typeName() string { return "Thread" }

func (w *worker) setAttr(*thread, string, any) error { return nil }

func (w *worker) attr(_ *thread, name string) (any, bool) {
	switch name {
	case "start":
		return fn(name, func(t *thread, _ args) (any, error) {
			if t.proc == nil {
				return nil, lacks("starting a thread while a request is handled")
			}
			p := t.in.process
			w.proc = p.Clock().Go(p.Command()+" (thread)", p.Weight(), func(proc *clock.Proc) {
				inner := &thread{in: t.in, proc: proc, file: t.file}
				if _, err := inner.call(w.target, w.args); err != nil {
					inner.report(err)
				}
			})
			p.Exited().Watch(w.proc.Kill)
			return nil, nil
		}), true
	case "join":
		return fn(name, func(t *thread, _ args) (any, error) {
			if t.proc != nil && w.proc != nil {
				t.proc.WaitFor(w.proc.Exited(), w.proc.Done)
			}
			return nil, nil
		}), true
	case "is_alive":
		return fn(name, func(*thread, args) (any, error) { return w.proc != nil && !w.proc.Done(), nil }), true
	case "daemon":
		return w.daemon, true
	case "name":
		return "Thread-1", true
	}
	return nil, false
}

func (in *interp) threadingModule() map[string]any {
	attrs := functions(map[string]func(*thread, args) (any, error){
		"Thread": func(t *thread, a args) (any, error) {
			w := &worker{daemon: a.truth(-1, "daemon", false)}
			w.target, _ = a.get(1, "target")
			if v, ok := a.kw["args"]; ok {
				items, err := t.items(v)
				if err != nil {
					return nil, err
				}
				w.args.pos = items
			}
			return w, nil
		},
	})
	free := &class{name: "Lock", attrs: map[string]any{}}
	for _, m := range []string{"acquire", "release", "__enter__", "__exit__"} {
		free.attrs[m] = fn("method "+m, func(*thread, args) (any, error) { return nil, nil })
	}
	attrs["Lock"], attrs["RLock"] = free, free
	return attrs
}

// match is a match object of re.
type match struct {
	groups []string
	names  []string
}

func (m *match) typeName() string { return "re.Match" }

func (m *match) attr(_ *thread, name string) (any, bool) {
	switch name {
	case "group":
		return fn(name, func(t *thread, a args) (any, error) {
			v, ok := a.get(0, "")
			if !ok {
				return m.groups[0], nil
			}
			return m.item(t, v)
		}), true
	case "groups":
		return fn(name, func(*thread, args) (any, error) {
			out := &tuple{}
			for _, g := range m.groups[1:] {
				out.items = append(out.items, g)
			}
			return out, nil
		}), true
	}
	return nil, false
}

func (m *match) item(t *thread, key any) (any, error) {
	for i, n := range m.names {
		if n == key && n != "" || int64(i) == key {
			return m.groups[i], nil
		}
	}
	return nil, t.raise("IndexError", "no such group")
}

func reModule() map[string]any {
	with := func(f func(t *thread, re *regexp.Regexp, a args) (any, error)) func(*thread, args) (any, error) {
		return func(t *thread, a args) (any, error) {
			re, err := regexp.Compile(a.str(0, "pattern", ""))
			if err != nil {
				return nil, lacks("the regular expression %q", a.str(0, "pattern", ""))
			}
			return f(t, re, args{a.pos[min(1, len(a.pos)):], a.kw})
		}
	}
	find := func(anchor string) func(*thread, args) (any, error) {
		return with(func(_ *thread, re *regexp.Regexp, a args) (any, error) {
			text := a.str(0, "string", "")
			at := re.FindStringSubmatchIndex(text)
			if at == nil || anchor != "" && at[0] != 0 || anchor == "full" && at[1] != len(text) {
				return nil, nil
			}
			return &match{re.FindStringSubmatch(text), re.SubexpNames()}, nil
		})
	}
	return functions(map[string]func(*thread, args) (any, error){
		"search": find(""), "match": find("start"), "fullmatch": find("full"),
		"sub": with(func(_ *thread, re *regexp.Regexp, a args) (any, error) {
			with := regexp.MustCompile(`\\(\d)`).ReplaceAllString(strings.ReplaceAll(a.str(0, "repl", ""), "$", "$$"), "$${$1}")
			return re.ReplaceAllString(a.str(1, "string", ""), with), nil
		}),
		"findall": with(func(_ *thread, re *regexp.Regexp, a args) (any, error) {
			l := &list{}
			for _, m := range re.FindAllStringSubmatch(a.str(0, "string", ""), -1) {
				if len(m) == 1 {
					l.items = append(l.items, m[0])
				} else {
					l.items = append(l.items, m[1])
				}
			}
			return l, nil
		}),
		"split": with(func(_ *thread, re *regexp.Regexp, a args) (any, error) {
			l := &list{}
			for _, part := range re.Split(a.str(0, "string", ""), -1) {
				l.items = append(l.items, part)
			}
			return l, nil
		}),
	})
}
