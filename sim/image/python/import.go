package python

import (
	"errors"
	"path"
	"slices"
	"strings"

	"drydock/sim/machine"
)

// standardModules are the parts of the standard library that scripts may import.
// Some have all that small scripts use, the others only exist.
func standardModules() []string {
	return []string{"os", "sys", "time", "socket", "json", "random", "math", "datetime", "signal", "threading", "http", "http.server", "socketserver",
		"urllib", "urllib.request", "urllib.parse", "urllib.error", "platform", "logging", "re", "collections", "functools", "itertools", "typing", "uuid", "hashlib",
		"atexit", "string", "pathlib", "subprocess", "argparse", "asyncio", "base64", "contextlib", "copy", "csv", "dataclasses", "enum", "errno",
		"getpass", "glob", "io", "multiprocessing", "os.path", "pprint", "queue", "secrets", "shutil", "sqlite3", "ssl", "statistics", "struct", "tempfile",
		"textwrap", "traceback", "unittest", "warnings", "__future__", "abc", "concurrent", "concurrent.futures", "operator", "resource", "select", "decimal", "zoneinfo"}
}

func (t *thread) importStatement(st *importStmt, s *scope) error {
	if !st.from {
		for _, n := range append([]importName{{st.module, st.as}}, st.names...) {
			m, err := t.load(n.name)
			if err != nil {
				return err
			}
			name := n.as
			if name == "" {
				name, _, _ = strings.Cut(n.name, ".")
				if m, err = t.load(name); err != nil {
					return err
				}
			}
			if err := s.set(name, m); err != nil {
				return err
			}
		}
		return nil
	}
	if st.module == "__future__" {
		return nil
	}
	m, err := t.load(strings.TrimLeft(st.module, "."))
	if err != nil {
		return err
	}
	for _, n := range st.names {
		if n.name == "*" {
			for _, k := range sortedKeys(m.attrs) {
				if !strings.HasPrefix(k, "_") {
					if err := s.set(k, m.attrs[k]); err != nil {
						return err
					}
				}
			}
			continue
		}
		v, err := t.member(m, n.name)
		if err != nil {
			return err
		}
		as := n.as
		if as == "" {
			as = n.name
		}
		if err := s.set(as, v); err != nil {
			return err
		}
	}
	return nil
}

// member is what `from m import name` finds.
func (t *thread) member(m *module, name string) (any, error) {
	if v, ok := m.attrs[name]; ok {
		return v, nil
	}
	if sub, err := t.load(m.name + "." + name); err == nil {
		return sub, nil
	}
	switch {
	case m.name == "typing":
		return &class{name: name, attrs: map[string]any{}}, nil
	case m.file != "":
		return nil, t.raise("ImportError", "cannot import name '%s' from '%s' (%s)", name, m.name, m.file)
	}
	return nil, lacks("from %s import %s", m.name, name)
}

// load finds a module: one that is loaded, the standard library, what pip
// installed, or a file beside the script.
func (t *thread) load(name string) (*module, error) {
	if m := t.in.modules[name]; m != nil {
		return m, nil
	}
	top, rest, nested := strings.Cut(name, ".")
	if !slices.Contains(standardModules(), name) {
		if m, err := t.loadFile(name); m != nil || err != nil {
			return m, err
		}
		if !t.installed(top) {
			if nested && t.in.modules[top] != nil {
				return nil, t.raise("ModuleNotFoundError", "No module named '%s'; '%s' is not a package", name, top)
			}
			return nil, t.raise("ModuleNotFoundError", "No module named '%s'", top)
		}
	}
	attrs := t.in.library(name)
	if attrs == nil {
		attrs = map[string]any{}
		if nested && !slices.Contains(standardModules(), name) && t.in.library(top) != nil {
			return nil, t.raise("ModuleNotFoundError", "No module named '%s'", name)
		}
	}
	m := &module{name: name, attrs: attrs}
	t.in.modules[name] = m
	if nested {
		parent, err := t.load(top)
		if err == nil && !strings.Contains(rest, ".") {
			parent.attrs[rest] = m
		}
	}
	return m, nil
}

// sitePackages is where pip puts packages.
func sitePackages(version string) string {
	parts := strings.SplitN(version, ".", 3)
	if len(parts) < 2 {
		return "/usr/local/lib/python3/site-packages"
	}
	return "/usr/local/lib/python" + parts[0] + "." + parts[1] + "/site-packages"
}

// installed reports whether a package's directory is where Python looks: the
// site-packages of this interpreter, a virtual environment, PYTHONPATH.
func (t *thread) installed(name string) bool {
	p := t.in.process
	dirs := []string{sitePackages(t.in.version), "/root/.local/lib/python" + minor(t.in.version) + "/site-packages"}
	for _, d := range strings.Split(p.Env.Get("PYTHONPATH"), ":") {
		if d != "" {
			dirs = append(dirs, d)
		}
	}
	if venv := p.Env.Get("VIRTUAL_ENV"); venv != "" {
		dirs = append(dirs, venv+"/lib/python"+minor(t.in.version)+"/site-packages")
	} else if strings.HasSuffix(path.Dir(p.Path), "/bin") {
		dirs = append(dirs, path.Join(path.Dir(path.Dir(p.Path)), "lib/python"+minor(t.in.version)+"/site-packages"))
	}
	return slices.ContainsFunc(dirs, func(d string) bool { return p.FS.Exists(path.Join(d, name)) })
}

func minor(version string) string {
	parts := strings.SplitN(version, ".", 3)
	if len(parts) < 2 {
		return version
	}
	return parts[0] + "." + parts[1]
}

// loadFile imports a module from a file beside the script.
func (t *thread) loadFile(name string) (*module, error) {
	p := t.in.process
	dir := path.Dir(t.in.script)
	if t.in.script == "<string>" || t.in.script == "<stdin>" {
		dir = p.Dir
	}
	base := path.Join(p.Abs(dir), strings.ReplaceAll(name, ".", "/"))
	for _, file := range []string{base + ".py", base + "/__init__.py"} {
		data, err := p.ReadFile(file)
		if err == nil {
			return t.runModule(name, file, string(data))
		}
	}
	if n, err := p.FS.Stat(base); err == nil && n.IsDir() && !strings.Contains(name, ".") && !t.installed(name) {
		m := &module{name: name, file: base, attrs: map[string]any{}}
		t.in.modules[name] = m
		return m, nil
	}
	return nil, nil
}

func (t *thread) runModule(name, file, src string) (*module, error) {
	if len(t.in.modules) > 200 {
		return nil, lacks("so many modules")
	}
	t.in.sources[file] = src
	list, err := parse(src)
	var bad *syntaxError
	if errors.As(err, &bad) {
		return nil, t.raise(bad.what, "%s (%s, line %d)", bad.text, path.Base(file), bad.at.line)
	}
	m := &module{name: name, file: file, attrs: map[string]any{"__name__": name, "__file__": file}}
	t.in.modules[name] = m
	_, err = t.body(list, &scope{vars: m.attrs, module: m, name: "<module>"})
	return m, err
}

// library makes the module of a name, or nil when only its name is known.
func (in *interp) library(name string) map[string]any {
	for _, shelf := range []func(string) map[string]any{in.systemModules, in.timeModules, in.netModules, in.webModules, in.dataModules, in.toolModules, in.packageModules} {
		if m := shelf(name); m != nil {
			return m
		}
	}
	return nil
}

// functions makes a module's attributes out of functions.
func functions(list map[string]func(*thread, args) (any, error)) map[string]any {
	attrs := map[string]any{}
	for name, call := range list {
		attrs[name] = fn(name, call)
	}
	return attrs
}

// ignoreSignal is signal.SIG_IGN.
const ignoreSignal = int64(1)

var _ = machine.SIGTERM
