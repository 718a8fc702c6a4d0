package python

import (
	"fmt"
	"io"
	"path"
	"slices"
	"strings"
	"time"

	"drydock/sim/machine"
)

// Main is the python program of a version ("3.12.12").
func Main(version string) machine.Main {
	return func(p *machine.Process) int {
		in := newInterp(p, version)
		p.OnSignal = in.signalled
		t := &thread{in: in, proc: p.Proc}
		p.Use(baseMemory)
		return in.command(t, p.Args[1:])
	}
}

// command carries out python's own command line.
func (in *interp) command(t *thread, words []string) int {
	p := in.process
	for len(words) > 0 && strings.HasPrefix(words[0], "-") && words[0] != "-" {
		switch words[0] {
		case "-u":
			in.unbuffered = true
		case "-V", "--version":
			p.Printf("Python %s\n", in.version)
			return 0
		case "-c":
			if len(words) < 2 {
				p.Errorf("Argument expected for the -c option\n")
				return 2
			}
			in.script = "<string>"
			return in.run(t, words[1]+"\n")
		case "-m":
			if len(words) < 2 {
				p.Errorf("Argument expected for the -m option\n")
				return 2
			}
			return in.runNamed(t, words[1], words[2:])
		case "-B", "-O", "-s", "-S", "-E", "-I", "-i", "-q", "-X", "-W":
			if words[0] == "-X" || words[0] == "-W" {
				words = words[1:]
			}
		default:
			p.Errorf("unknown option %s\nusage: python [option] ... [-c cmd | -m mod | file | -] [arg] ...\nTry `python -h' for more information.\n", words[0])
			return 2
		}
		words = words[min(1, len(words)):]
	}
	if len(words) == 0 || words[0] == "-" {
		return in.readInput(t)
	}
	n, err := p.FS.Stat(p.Abs(words[0]))
	if err == nil && n.IsDir() {
		p.Errorf("%s: can't find '__main__' module in '%s'\n", p.Path, p.Abs(words[0]))
		return 1
	}
	data, err := p.ReadFile(words[0])
	if err != nil {
		number := map[bool]string{true: "[Errno 13] Permission denied", false: "[Errno 2] No such file or directory"}[n != nil]
		p.Errorf("python: can't open file '%s': %s\n", p.Abs(words[0]), number)
		return 2
	}
	in.script = p.Abs(words[0])
	return in.run(t, string(data))
}

// arguments are sys.argv.
func (in *interp) arguments() []string {
	words := in.process.Args[1:]
	for len(words) > 0 && strings.HasPrefix(words[0], "-") {
		if words[0] == "-c" || words[0] == "-m" {
			return append([]string{words[0]}, words[min(2, len(words)):]...)
		}
		words = words[1:]
	}
	if len(words) == 0 {
		return []string{""}
	}
	return words
}

// run runs a source as the main module.
func (in *interp) run(t *thread, src string) int {
	if in.process.Stdin.Terminal() == nil {
		in.process.Sleep(20 * time.Millisecond) // an interpreter takes its time to start
	}
	_, err := t.main(src)
	return t.finish(err)
}

func (t *thread) main(src string) (*module, error) {
	in := t.in
	in.sources[in.script] = src
	t.file = in.script
	list, err := parse(src)
	if err != nil {
		return nil, err
	}
	m := &module{name: "__main__", file: in.script, attrs: map[string]any{"__name__": "__main__", "__file__": in.script, "__doc__": nil}}
	in.modules["__main__"] = m
	_, err = t.body(list, &scope{vars: m.attrs, module: m, name: "<module>"})
	return m, err
}

// readInput runs what standard input holds, or talks to a person.
func (in *interp) readInput(t *thread) int {
	p := in.process
	in.script = "<stdin>"
	if p.Stdin.Terminal() != nil {
		return in.interactive(t)
	}
	src, _ := io.ReadAll(p.Stdin)
	return in.run(t, string(src))
}

// interactive is the prompt: a line or block at a time.
func (in *interp) interactive(t *thread) int {
	p := in.process
	in.unbuffered = true
	p.Printf("Python %s (main, Nov 14 2026, 01:12:44) [GCC 14.2.0] on linux\nType \"help\", \"copyright\", \"credits\" or \"license\" for more information.\n", in.version)
	m := &module{name: "__main__", file: "<stdin>", attrs: map[string]any{"__name__": "__main__"}}
	s := &scope{vars: m.attrs, module: m, name: "<module>"}
	var block []string
	for {
		p.Printf("%s", map[bool]string{true: "... ", false: ">>> "}[len(block) > 0])
		line, err := p.Stdin.ReadLine()
		if err != nil {
			p.Printf("\n")
			return 0
		}
		if len(block) > 0 && strings.TrimSpace(line) != "" || strings.HasSuffix(strings.TrimRight(line, " "), ":") {
			block = append(block, line)
			continue
		}
		src := strings.Join(append(block, line), "\n") + "\n"
		block = nil
		in.sources["<stdin>"] = src
		list, err := parse(src)
		if err == nil {
			err = t.show(list, s)
		}
		if e, ok := err.(*raised); ok && e.value.class.name == "SystemExit" {
			return t.exitStatus(e.value)
		}
		t.report(err)
	}
}

// show runs statements typed at the prompt and prints the values of expressions.
func (t *thread) show(list []stmt, s *scope) error {
	for _, st := range list {
		x, ok := st.(*exprStmt)
		if !ok {
			if _, err := t.body([]stmt{st}, s); err != nil {
				return err
			}
			continue
		}
		v, err := t.eval(x.x, s)
		if err != nil {
			if e, ok := err.(*raised); ok {
				e.trace = append(e.trace, traceEntry{"<stdin>", "<module>", x.span})
			}
			return err
		}
		if v != nil {
			t.in.write(repr(t, v) + "\n")
		}
	}
	return nil
}

// runNamed is python -m.
func (in *interp) runNamed(t *thread, name string, words []string) int {
	p := in.process
	in.script = p.Abs(".") + "/-m"
	switch name {
	case "http.server":
		return t.finish(in.fileServer(t, words))
	case "flask":
		return in.flaskCommand(t, words)
	case "uvicorn", "gunicorn":
		if t.installed(name) {
			return in.serveCommand(t, name, words)
		}
	case "pip", "venv", "pytest", "unittest", "compileall", "ensurepip":
		if program := p.Machine.Site.Programs(name); program != nil && name == "pip" {
			p.Args = append([]string{"pip"}, words...)
			return program(p)
		}
		p.Errorf("python: 'python -m %s' is part of Python, but this simulator does not have it\n", name)
		return 1
	}
	m, err := t.loadFile(name + ".__main__")
	if m == nil && err == nil {
		if data, readErr := p.ReadFile(strings.ReplaceAll(name, ".", "/") + ".py"); readErr == nil {
			in.script = p.Abs(strings.ReplaceAll(name, ".", "/") + ".py")
			return in.run(t, string(data))
		}
		p.Errorf("%s: No module named %s\n", p.Path, name)
		return 1
	}
	return t.finish(err)
}

// fileServer is python -m http.server [PORT] [--bind ADDRESS] [--directory DIR].
func (in *interp) fileServer(t *thread, words []string) error {
	host, port := "", 8000
	for i := 0; i < len(words); i++ {
		next := ""
		if i+1 < len(words) {
			next = words[i+1]
		}
		switch {
		case slices.Contains([]string{"-b", "--bind"}, words[i]):
			host = next
			i++
		case slices.Contains([]string{"-d", "--directory"}, words[i]):
			in.process.Dir = in.process.Abs(next)
			i++
		default:
			if _, err := fmt.Sscan(words[i], &port); err != nil || strings.HasPrefix(words[i], "-") {
				in.process.Errorf("usage: server.py [-h] [--cgi] [-b ADDRESS] [-d DIRECTORY] [-p VERSION] [port]\nserver.py: error: argument port: invalid int value: '%s'\n", words[i])
				return t.raise("SystemExit", "2")
			}
		}
	}
	handler := in.webModules("http.server")["SimpleHTTPRequestHandler"]
	s := &webServer{in: in, host: host, port: port, handler: handler}
	if err := t.listen(host, port, s.serve); err != nil {
		return err
	}
	shown := host
	if shown == "" {
		shown = "0.0.0.0"
	}
	in.write(fmt.Sprintf("Serving HTTP on %s port %d (http://%s:%d/) ...\n", shown, port, shown, port))
	err := t.serveForever()
	if e, ok := err.(*raised); ok && e.value.class.name == "KeyboardInterrupt" {
		in.write("\nKeyboard interrupt received, exiting.\n")
		return nil
	}
	return err
}

// Script is a program that pip put on the PATH: flask, gunicorn, uvicorn.
func Script(name, version string) machine.Main {
	return func(p *machine.Process) int {
		in := newInterp(p, version)
		p.OnSignal = in.signalled
		t := &thread{in: in, proc: p.Proc}
		in.script = path.Join(p.Abs("."), "-")
		p.Use(baseMemory)
		p.Sleep(150 * time.Millisecond)
		if name == "flask" {
			return in.flaskCommand(t, p.Args[1:])
		}
		return in.serveCommand(t, name, p.Args[1:])
	}
}

// option reads --name value, --name=value or -n value out of a command line.
func option(words []string, otherwise string, names ...string) string {
	for i, w := range words {
		for _, n := range names {
			if w == n && i+1 < len(words) {
				return words[i+1]
			}
			if rest, ok := strings.CutPrefix(w, n+"="); ok && strings.HasPrefix(n, "--") {
				return rest
			}
		}
	}
	return otherwise
}

// flaskCommand is flask run.
func (in *interp) flaskCommand(t *thread, words []string) int {
	p := in.process
	app := option(words, p.Env.Get("FLASK_APP"), "--app", "-A")
	if !slices.Contains(words, "run") {
		p.Errorf("flask: only `flask run` is simulated\n")
		return 1
	}
	if app == "" {
		app = "app"
		if !p.FS.Exists(p.Abs("app.py")) && p.FS.Exists(p.Abs("wsgi.py")) {
			app = "wsgi"
		}
	}
	app = strings.TrimSuffix(app, ".py")
	file, _, _ := strings.Cut(app, ":")
	if !p.FS.Exists(p.Abs(file + ".py")) {
		p.Errorf("Usage: flask run [OPTIONS]\nTry 'flask run --help' for help.\n\nError: Could not locate a Flask application. Use the 'flask --app' option, 'FLASK_APP' environment variable, or a 'wsgi.py' or 'app.py' file in the current directory.\n")
		return 2
	}
	w, err := in.application(t, app)
	if err != nil {
		return t.finish(err)
	}
	host, port := option(words, p.Env.Get("FLASK_RUN_HOST"), "--host", "-h"), 5000
	if host == "" {
		host = "127.0.0.1"
	}
	_, _ = fmt.Sscan(option(words, orText(p.Env.Get("FLASK_RUN_PORT"), "5000"), "--port", "-p"), &port)
	w.name, w.target = file+".py", app
	return t.finish(w.develop(t, host, port, slices.Contains(words, "--debug") || flaskDebug(p.Env.Get("FLASK_DEBUG"))))
}

// flaskDebug reads FLASK_DEBUG as flask.helpers.get_debug_flag does (Flask 3.1).
func flaskDebug(value string) bool {
	return value != "" && !slices.Contains([]string{"0", "false", "no"}, strings.ToLower(value))
}

func orText(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

// application loads MODULE:NAME and finds the application in it.
func (in *interp) application(t *thread, target string) (*webApp, error) {
	file, name, _ := strings.Cut(target, ":")
	in.script = in.process.Abs(strings.ReplaceAll(file, ".", "/") + ".py")
	m, err := t.loadFile(path.Base(strings.ReplaceAll(file, ".", "/")))
	if err != nil {
		return nil, err
	}
	if m == nil {
		return nil, t.raise("ModuleNotFoundError", "No module named '%s'", file)
	}
	for _, n := range []string{strings.TrimSuffix(name, "()"), "app", "application", "create_app"} {
		v := m.attrs[n]
		if f, ok := v.(*function); ok {
			if v, err = t.call(f, args{}); err != nil {
				return nil, err
			}
		}
		if w, ok := v.(*webApp); ok {
			return w, nil
		}
	}
	return nil, t.raise("AttributeError", "module '%s' has no attribute '%s'", file, orText(name, "app"))
}

// serveCommand is gunicorn or uvicorn with MODULE:APP.
func (in *interp) serveCommand(t *thread, name string, words []string) int {
	p := in.process
	target := ""
	for i, w := range words {
		if !strings.HasPrefix(w, "-") && strings.Contains(w, ":") && (i == 0 || !strings.HasPrefix(words[i-1], "-") || strings.HasPrefix(words[i-1], "--reload")) {
			target = w
		}
	}
	if target == "" {
		p.Errorf("%s: No application module specified.\n", name)
		return 1
	}
	w, err := in.application(t, target)
	if err != nil {
		return t.finish(err)
	}
	host, port := option(words, "127.0.0.1", "--host"), 8000
	_, _ = fmt.Sscan(option(words, "8000", "--port"), &port)
	if bind := option(words, "", "-b", "--bind"); bind != "" {
		h, n, _ := strings.Cut(bind, ":")
		host = h
		_, _ = fmt.Sscan(n, &port)
	}
	log := w.flaskLog
	if name == "uvicorn" {
		log = func(r machine.Request, status int) {
			p.Printf("INFO:     %s:40000 - \"%s %s HTTP/1.1\" %d %s\n", r.From, verb(r), orSlash(r.Path), status, map[bool]string{true: "OK", false: "Error"}[status < 400])
		}
	} else {
		log = func(machine.Request, int) {}
	}
	if err := t.listen(host, port, func(r machine.Request) machine.Response { return w.serve(r, log) }); err != nil {
		return t.finish(err)
	}
	in.announce(name, host, port)
	err = t.serveForever()
	if e, ok := err.(*raised); ok && e.value.class.name == "KeyboardInterrupt" {
		err = nil
	}
	return t.finish(err)
}

// announce is what the servers say when they are ready; both stop on SIGTERM.
func (in *interp) announce(name, host string, port int) {
	p := in.process
	p.Use(baseMemory + 30<<20)
	bye := func() {}
	if name == "uvicorn" {
		p.Errorf("INFO:     Started server process [%d]\nINFO:     Waiting for application startup.\nINFO:     Application startup complete.\nINFO:     Uvicorn running on http://%s:%d (Press CTRL+C to quit)\n",
			p.LocalPID, host, port)
		bye = func() {
			p.Errorf("INFO:     Shutting down\nINFO:     Waiting for application shutdown.\nINFO:     Application shutdown complete.\nINFO:     Finished server process [%d]\n", p.LocalPID)
		}
	} else {
		say := func(pid int, text string) {
			p.Errorf("[%s +0000] [%d] [INFO] %s\n", p.Now().UTC().Format("2006-01-02 15:04:05"), pid, text)
		}
		say(p.LocalPID, "Starting gunicorn 23.0.0")
		say(p.LocalPID, fmt.Sprintf("Listening at: http://%s:%d (%d)", host, port, p.LocalPID))
		say(p.LocalPID, "Using worker: sync")
		say(p.LocalPID+6, fmt.Sprintf("Booting worker with pid: %d", p.LocalPID+6))
		bye = func() {
			say(p.LocalPID, "Handling signal: term")
			say(p.LocalPID+6, fmt.Sprintf("Worker exiting (pid: %d)", p.LocalPID+6))
			say(p.LocalPID, "Shutting down: Master")
		}
	}
	before := p.OnSignal
	p.OnSignal = func(s machine.Signal) bool {
		if s == machine.SIGTERM || s == machine.SIGINT {
			bye()
			p.Exit(0)
			return true
		}
		return before(s)
	}
}
